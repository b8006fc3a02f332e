import { Secret } from '../../anatomy/secret.ts'
import type { VaultItem } from './vault.ts'

/** An item as it is kept: an object of texts. A keychain of Windows takes 2,560 bytes (CREDENTIALW `CRED_MAX_CREDENTIAL_BLOB_SIZE`). */
export function renderItem(item: VaultItem): Readonly<Record<string, string>> {
  return item.kind === 'access-key'
    ? { kind: item.kind, accessKeyId: item.accessKeyId, secretAccessKey: item.secretAccessKey.reveal() }
    : { kind: item.kind, serial: item.serial, seed: item.seed.reveal() }
}

/** Null for what is no item, or of a kind that a later version brings. */
export function parseItem(held: unknown): VaultItem | null {
  if (typeof held !== 'object' || held === null) return null
  const members = held as Readonly<Record<string, unknown>>
  const text = (name: string): string | null => (typeof members[name] === 'string' ? members[name] : null)
  if (text('kind') === 'access-key') {
    const [accessKeyId, secret] = [text('accessKeyId'), text('secretAccessKey')]
    if (accessKeyId === null || secret === null) return null
    return { kind: 'access-key', accessKeyId, secretAccessKey: new Secret(secret), sessionToken: null }
  }
  if (text('kind') === 'totp-seed') {
    const [serial, seed] = [text('serial'), text('seed')]
    return serial === null || seed === null ? null : { kind: 'totp-seed', serial, seed: new Secret(seed) }
  }
  return null
}

/** The name in the vault of a profile's own key. */
export function keyName(profile: string): string {
  return `profile/${profile}`
}

/** The name in the vault of a device's seed. */
export function seedName(serial: string): string {
  return `device/${serial}`
}
