import type { Credential } from '../sources/credential.ts'
import type { VaultItem } from '../vault/vault.ts'
import { credentialOf } from './resolution.ts'

/** A key of the vault as the credential of a profile, which has it by `countersign process`. */
export function credentialOfKey(profile: string, item: Extract<VaultItem, { kind: 'access-key' }>): Credential {
  return credentialOf('custom-process', profile, 'vault', {
    accessKeyId: item.accessKeyId,
    secretAccessKey: item.secretAccessKey.reveal(),
    sessionToken: null,
    expiration: null,
    accountId: null,
  })
}
