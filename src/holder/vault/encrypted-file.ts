import type { Secret } from '../../anatomy/secret.ts'
import { CountersignError } from '../../errors.ts'
import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import { parseItem, renderItem } from './item.ts'
import type { Vault, VaultItem } from './vault.ts'

/** How the file is locked and opened. */
export type Unlocking =
  | {
      readonly kind: 'passphrase'
      /**
       * The passphrase, or a new one where there is no file yet; null when nobody gives one. Asked again, with `again`, when it was wrong.
       */
      ask(how: { readonly fresh: boolean; readonly again: boolean }): Promise<Secret | null>
      /** See `passphraseRecipient`. Default: 18. */
      readonly workFactor?: number
    }
  /** age identities (`AGE-SECRET-KEY-1…`), as `age-keygen` writes them: the file is encrypted for all of them. */
  | { readonly kind: 'identity'; readonly identities: readonly Secret[] }

const mostBytes = 1024 * 1024
const mostItems = 1000
const attempts = 3
const usualWorkFactor = 18

export function vaultFile(machine: Machine): string {
  return joinPath(machine, ownDirectory(machine, 'vault'), 'vault.age')
}

/**
 * All items in one file, encrypted with age (https://c2sp.org/age), so that `age --decrypt` opens it too. It is read when something is
 * asked, and written in one step; when another process has written it meanwhile, the change is made again on what it wrote.
 * Throws `vault-locked` (no passphrase, or a wrong one), `syntax` (what stands there is no such file, or was damaged),
 * `file-unreadable`, `file-unwritable`, `limit`.
 */
export function openEncryptedFile(machine: Machine, disk: Disk, unlocking: Unlocking): Vault {
  const file = new EncryptedFile(machine, disk, unlocking)
  return {
    says: `the encrypted file ${file.path}`,
    get: async (name) => (await file.read()).get(name) ?? null,
    put: async (name, item) =>
      await file.change((items) => {
        items.set(name, item)
      }),
    remove: async (name) =>
      await file.change((items) => {
        items.delete(name)
      }),
    names: async () => [...(await file.read()).keys()].sort(),
  }
}

/** Items as they were read, with those that only a later version understands as they stood. */
type Items = Map<string, VaultItem>

interface Opened {
  readonly bytes: Uint8Array | null
  readonly items: Items
  readonly unknown: Readonly<Record<string, unknown>>
}

class EncryptedFile {
  readonly path: string
  readonly #machine: Machine
  readonly #disk: Disk
  readonly #unlocking: Unlocking
  #passphrase: Secret | null = null
  #opened: Opened | null = null

  constructor(machine: Machine, disk: Disk, unlocking: Unlocking) {
    this.path = vaultFile(machine)
    this.#machine = machine
    this.#disk = disk
    this.#unlocking = unlocking
  }

  async read(): Promise<Items> {
    return (await this.#open()).items
  }

  async change(edit: (items: Items) => void): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { bytes, items, unknown } = await this.#open()
      const changed = new Map(items)
      edit(changed)
      if (bytes === null && changed.size === 0) return
      if (changed.size > mostItems)
        throw new CountersignError('limit', `The vault holds at most ${mostItems} keys and seeds.`)
      const held = { ...unknown, ...Object.fromEntries([...changed].map(([name, item]) => [name, renderItem(item)])) }
      const next = await this.#encrypt(JSON.stringify({ version: 1, items: held }))
      try {
        this.#disk.write(this.path, next, { before: bytes })
        this.#opened = { bytes: next, items: changed, unknown }
        return
      } catch (error) {
        if (!(error instanceof CountersignError) || error.code !== 'conflict' || attempt === attempts) throw error
      }
    }
  }

  async #open(): Promise<Opened> {
    const bytes = this.#bytes()
    if (this.#opened !== null && isSame(this.#opened.bytes, bytes)) return this.#opened
    this.#opened =
      bytes === null ? { bytes, items: new Map(), unknown: {} } : this.#parse(bytes, await this.#decrypt(bytes))
    return this.#opened
  }

  #bytes(): Uint8Array | null {
    const reading = this.#machine.readFile(this.path, mostBytes)
    if (reading.kind === 'absent') return null
    if (reading.kind === 'found') return reading.bytes
    throw new CountersignError('file-unreadable', `${this.path} cannot be read: ${reading.detail}.`, {
      data: { path: this.path },
    })
  }

  async #decrypt(bytes: Uint8Array): Promise<string> {
    const age = await import('age-encryption')
    const { passphraseIdentity } = await import('./passphrase.ts')
    if (this.#unlocking.kind === 'identity') {
      const decrypter = new age.Decrypter()
      for (const identity of this.#unlocking.identities) decrypter.addIdentity(identity.reveal())
      const text = await this.#tried(decrypter, bytes)
      if (text !== null) return text
      throw this.#locked('is encrypted for other identities than those of COUNTERSIGN_VAULT_IDENTITY')
    }
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const known = this.#passphrase
      const passphrase = known ?? (await this.#unlocking.ask({ fresh: false, again: attempt > 1 }))
      if (passphrase === null) break
      const decrypter = new age.Decrypter()
      decrypter.addIdentity(passphraseIdentity(passphrase))
      const text = await this.#tried(decrypter, bytes)
      if (text !== null) {
        this.#passphrase = passphrase
        return text
      }
      this.#passphrase = null
      if (attempt === attempts) throw this.#locked('was not opened by that passphrase')
    }
    throw this.#locked('is locked, and nobody gave its passphrase')
  }

  /** Null when it is locked by something else. */
  async #tried(
    decrypter: InstanceType<typeof import('age-encryption').Decrypter>,
    bytes: Uint8Array,
  ): Promise<string | null> {
    try {
      return await decrypter.decrypt(bytes, 'text')
    } catch (cause) {
      if (cause instanceof Error && cause.message === noneMatched) return null
      throw this.#damaged(cause)
    }
  }

  #parse(bytes: Uint8Array, text: string): Opened {
    let held: unknown
    try {
      held = JSON.parse(text)
    } catch (cause) {
      throw this.#damaged(cause)
    }
    const { version, items } = (held ?? {}) as { readonly version?: unknown; readonly items?: unknown }
    if (typeof version === 'number' && version > 1)
      throw new CountersignError('syntax', `${this.path} was written by a later version of countersign.`, {
        data: { path: this.path, hint: 'Install that version; this one leaves the file alone.' },
      })
    if (version !== 1 || typeof items !== 'object' || items === null) throw this.#damaged(undefined)
    const parsed: Items = new Map()
    const unknown: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(items)) {
      const item = parseItem(value)
      if (item === null) unknown[name] = value
      else parsed.set(name, item)
    }
    return { bytes, items: parsed, unknown }
  }

  async #encrypt(text: string): Promise<Uint8Array> {
    const age = await import('age-encryption')
    const encrypter = new age.Encrypter()
    if (this.#unlocking.kind === 'identity') {
      for (const identity of this.#unlocking.identities)
        encrypter.addRecipient(await age.identityToRecipient(identity.reveal()))
    } else {
      this.#passphrase ??= await this.#unlocking.ask({ fresh: true, again: false })
      if (this.#passphrase === null) throw this.#locked('was not made: nobody chose a passphrase')
      const { passphraseRecipient } = await import('./passphrase.ts')
      const { workFactor = usualWorkFactor } = this.#unlocking
      encrypter.addRecipient(passphraseRecipient(this.#passphrase, workFactor))
    }
    return await encrypter.encrypt(text)
  }

  #locked(why: string): CountersignError {
    return new CountersignError('vault-locked', `The encrypted file ${this.path} ${why}.`, {
      data: {
        path: this.path,
        hint: 'Its passphrase is asked at the terminal, or taken from COUNTERSIGN_VAULT_PASSPHRASE or the file that COUNTERSIGN_VAULT_PASSPHRASE_FILE names; or COUNTERSIGN_VAULT_IDENTITY names a file of age identities.',
      },
    })
  }

  #damaged(cause: unknown): CountersignError {
    return new CountersignError(
      'syntax',
      `${this.path} is damaged, or no vault of countersign; it was left as it is.`,
      {
        cause,
        data: { path: this.path, hint: 'Bring it back from a backup, or move it away and import the keys anew.' },
      },
    )
  }
}

/** age-encryption's words for "locked by something else". */
const noneMatched = "no identity matched any of the file's recipients"

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
