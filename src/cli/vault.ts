import { Secret } from '../anatomy/secret.ts'
import { CountersignError } from '../errors.ts'
import type { Unlocking, Vault } from '../holder/vault/index.ts'
import type { Call } from './terminal.ts'

/*
 * How the verbs open the vault and take turns. `COUNTERSIGN_VAULT` chooses: `keychain`, `file`, or neither: the keychain where one
 * answers, and the encrypted file else.
 */

/**
 * The vault of this person. Nothing is unlocked or asked before something is wanted of it. Where a keychain answers and an encrypted
 * file is there too (from a time, or a login over SSH, without one), what the keychain does not hold is looked for in the file.
 *
 * @throws CountersignError `vault-locked` when the chosen one cannot be had, `usage` for another word in `COUNTERSIGN_VAULT`
 */
export async function openVault(call: Call): Promise<Vault> {
  const chosen = call.machine.env('COUNTERSIGN_VAULT') || 'auto'
  if (!['auto', 'keychain', 'file'].includes(chosen))
    throw new CountersignError('usage', `COUNTERSIGN_VAULT is keychain or file, not "${chosen}".`)
  if (call.recorded === true) throw new CountersignError('vault-locked', 'A recorded machine has no vault.')
  const { openKeychain, vaultFile } = await import('../holder/vault/index.ts')
  if (chosen === 'file') return await noted(call, await openFile(call))
  const keychain = await openKeychain(call.machine.platform)
  if (keychain === null) {
    if (chosen === 'auto') return await noted(call, await openFile(call))
    throw new CountersignError('vault-locked', 'No keychain answers here.', {
      data: { hint: 'Keys can be kept in an encrypted file: COUNTERSIGN_VAULT=file.' },
    })
  }
  const hasFile = call.machine.readFile(vaultFile(call.machine)).kind !== 'absent'
  return await noted(call, chosen === 'auto' && hasFile ? both(keychain, await openFile(call)) : keychain)
}

async function noted(call: Call, vault: Vault): Promise<Vault> {
  const { notedVault } = await import('../holder/vault/known-names.ts')
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  return notedVault(call.machine, realDisk(), vault)
}

function both(keychain: Vault, file: Vault): Vault {
  return {
    says: keychain.says,
    get: async (name) => (await keychain.get(name)) ?? (await file.get(name)),
    put: (name, item) => keychain.put(name, item),
    async remove(name) {
      await keychain.remove(name)
      await file.remove(name)
    },
    names: async () => [...new Set([...(await keychain.names()), ...(await file.names())])].sort(),
  }
}

async function openFile(call: Call): Promise<Vault> {
  const { openEncryptedFile } = await import('../holder/vault/index.ts')
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  return openEncryptedFile(call.machine, realDisk(), unlockingOf(call))
}

function unlockingOf(call: Call): Unlocking {
  const { machine, terminal } = call
  const identityFile = machine.env('COUNTERSIGN_VAULT_IDENTITY')
  if (identityFile) return { kind: 'identity', identities: identitiesIn(textOf(call, identityFile)) }
  const given = machine.env('COUNTERSIGN_VAULT_PASSPHRASE')
  const file = machine.env('COUNTERSIGN_VAULT_PASSPHRASE_FILE')
  const [line = ''] = given || !file ? [given] : textOf(call, file).split(/\r?\n/, 1)
  return {
    kind: 'passphrase',
    async ask({ fresh, again }) {
      // What was given beforehand does not become right by being tried again.
      if (line !== '') return again ? null : new Secret(line)
      if (!fresh)
        return secret(
          await terminal.ask(again ? 'That is not it. Passphrase of the vault:' : 'Passphrase of the vault:'),
        )
      const chosen = await terminal.ask('Choose a passphrase for the vault:')
      if (chosen === null) return null
      if ((await terminal.ask('Once more:')) === chosen) return new Secret(chosen)
      throw new CountersignError('cancelled', 'The two passphrases differ; nothing was written.')
    },
  }
}

function secret(text: string | null): Secret | null {
  return text === null ? null : new Secret(text)
}

/** One identity per line; `#` begins a comment (age-keygen(1)). */
function identitiesIn(text: string): readonly Secret[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const identities = lines.filter((line) => /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/.test(line))
  if (identities.length > 0) return identities.map((line) => new Secret(line))
  throw new CountersignError(
    'vault-locked',
    'The file that COUNTERSIGN_VAULT_IDENTITY names holds no AGE-SECRET-KEY-1….',
  )
}

function textOf({ machine }: Call, path: string): string {
  const reading = machine.readFile(path, 64 * 1024)
  if (reading.kind === 'found') return new TextDecoder().decode(reading.bytes)
  const why = reading.kind === 'absent' ? 'it is not there' : reading.detail
  throw new CountersignError('file-unreadable', `${path} cannot be read: ${why}.`, { data: { path } })
}

const waiting = 'Another countersign is asking for the same credentials; waiting for it.\n'

/**
 * Runs `work` while no other countersign of this person does the same (named by `name`): the second one tells the person so, waits two
 * minutes at most, and should first look whether the first has left what it wants. Ctrl-C gives the turn back.
 *
 * @throws CountersignError `limit` when the other one is not done by then
 */
export async function withLock<T>(call: Call, name: string, work: () => Promise<T>): Promise<T> {
  const { inTurn } = await import('../holder/vault/index.ts')
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  let hasBegun = false
  const begin = async (): Promise<T> => {
    hasBegun = true
    return await work()
  }
  const turn = inTurn(
    {
      machine: call.machine,
      disk: realDisk(),
      mark: globalThis.crypto.randomUUID(),
      pause: (ms) => call.terminal.pause(ms),
      beforeExit: call.beforeExit,
      onWait: () => void call.terminal.tell(waiting),
    },
    name,
    begin,
  )
  return await turn.catch(async (error: unknown) => {
    // Where nothing can be written nobody can wait for anybody.
    if (hasBegun || !(error instanceof CountersignError) || error.code !== 'file-unwritable') throw error
    return await work()
  })
}
