import type { Secret } from '../../anatomy/secret.ts'

/** What is kept away from plain files. */
export type VaultItem =
  | {
      readonly kind: 'access-key'
      readonly accessKeyId: string
      readonly secretAccessKey: Secret
      /** Null: a key of a user. Sessions are kept elsewhere. */
      readonly sessionToken: null
    }
  | {
      readonly kind: 'totp-seed'
      /** Serial number (ARN) of the virtual device. */
      readonly serial: string
      /** Base32. */
      readonly seed: Secret
    }

/**
 * Where keys and seeds are kept: the keychain of the operating system, or an encrypted file. Names are chosen by who keeps
 * something: `profile/NAME` for the long-term key of a profile, `device/SERIAL` for the seed of a device.
 * Each call may ask the person to unlock it, and throws CountersignError `vault-locked` when nobody does.
 */
export interface Vault {
  /** In plain words, e.g. `the macOS keychain`, `an encrypted file`. */
  readonly says: string
  get(name: string): Promise<VaultItem | null>
  put(name: string, item: VaultItem): Promise<void>
  /** One that is not there is no error. */
  remove(name: string): Promise<void>
  /** Sorted. */
  names(): Promise<readonly string[]>
}
