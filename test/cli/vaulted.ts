import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity } from 'age-encryption'
import { Secret } from '../../src/anatomy/secret.ts'
import { overlayMachine } from '../../src/holder/machine/overlay.ts'
import { realMachine } from '../../src/holder/machine/real.ts'
import { realDisk } from '../../src/holder/machine/real-disk.ts'
import { openEncryptedFile, type Unlocking, type VaultItem } from '../../src/holder/vault/index.ts'
import { notedVault } from '../../src/holder/vault/known-names.ts'
import { mustCall } from '../../src/lab/caller.ts'
import { type Phone, phoneWith, twoCodes } from '../../src/lab/phone.ts'
import { noteSecret } from '../setup.ts'
import type { Issuer } from './authority.ts'

/** Made for these tests alone. A passphrase would do as well, but takes a second each time. */
const identity = await generateX25519Identity()
const directory = mkdtempSync(join(tmpdir(), 'countersign-identity-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
const identityFile = join(directory, 'identity.txt')
writeFileSync(identityFile, `${identity}\n`, { mode: 0o600 })
noteSecret('age identity', identity)

/** What makes the program keep its keys in an encrypted file that these tests can open. */
export const vaultEnv = { COUNTERSIGN_VAULT: 'file', COUNTERSIGN_VAULT_IDENTITY: identityFile } as const

/** Made for these tests, too, and worth nothing. */
export const passphrase = 'a passphrase that opens nothing else'

/** Puts items into the vault of a home directory, as `configure import --keychain` does. */
export async function fillVault(
  home: string,
  items: Readonly<Record<string, VaultItem>>,
  lock: 'identity' | 'passphrase' = 'identity',
): Promise<void> {
  const machine = overlayMachine(realMachine(), { env: { HOME: home, XDG_STATE_HOME: null } })
  const ask = async () => new Secret(passphrase)
  const unlocking: Unlocking =
    // A thousandth of the work that age asks for by itself.
    lock === 'passphrase'
      ? { kind: 'passphrase', ask, workFactor: 8 }
      : { kind: 'identity', identities: [new Secret(identity)] }
  const file = openEncryptedFile(machine, realDisk(), unlocking)
  const vault = notedVault(machine, realDisk(), file)
  for (const [name, item] of Object.entries(items)) await vault.put(name, item)
}

export function keyItem(pair: { readonly accessKeyId: string; readonly secretAccessKey: string }): VaultItem {
  const { accessKeyId, secretAccessKey } = pair
  return { kind: 'access-key', accessKeyId, secretAccessKey: new Secret(secretAccessKey), sessionToken: null }
}

export interface Device {
  readonly serial: string
  readonly phone: Phone
  readonly item: VaultItem
}

/** A virtual device of alice's, enabled so long ago that none of its codes of these minutes is used up. */
export async function deviceOf({ authority }: Issuer, name = 'alice'): Promise<Device> {
  const { url, root } = authority
  const machine = realMachine({})
  const made = await mustCall(machine, url, root, 'iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: name })
  const SerialNumber = made.text('SerialNumber')
  const seed = Buffer.from(made.text('Base32StringSeed'), 'base64').toString('latin1')
  noteSecret('seed', seed)
  const phone = phoneWith(seed)
  const past = new Date(Date.now() - 600_000)
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(phone, past)
  await clock(url, { offset: -600 })
  const codes = { UserName: 'alice', SerialNumber, AuthenticationCode1, AuthenticationCode2 }
  await mustCall(machine, url, root, 'iam', 'EnableMFADevice', codes)
  await clock(url, {})
  return { serial: SerialNumber, phone, item: { kind: 'totp-seed', serial: SerialNumber, seed: new Secret(seed) } }
}

/** Moves the authority's clock by so many seconds, or gives it back. */
export async function clock(url: string, to: { readonly offset?: number }): Promise<void> {
  const reply = await fetch(`${url}/_test/clock`, {
    method: 'POST',
    headers: { 'X-Countersign-Test': '1' },
    body: JSON.stringify(to),
  })
  if (!reply.ok) throw new Error(`the clock was not moved: ${reply.status}`)
}
