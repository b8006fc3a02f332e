import type { Secret } from '../../anatomy/secret.ts'

/** One key as it was handed over. */
export interface HandedKey {
  /** The user or profile that it came with; null when nothing names one. */
  readonly name: string | null
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret | null
  /** The end of the session; null when it is not told. */
  readonly expiration: Date | null
}

/** What a person has handed over: keys, and the entries that cannot be used, by their number from 1. */
export type HandedOver =
  | {
      readonly kind: 'keys'
      readonly keys: readonly HandedKey[]
      readonly invalid: readonly { readonly entry: number; readonly says: string }[]
    }
  | Refused

/** Nothing in it can be used. Nothing of a secret is in the words. */
export interface Refused {
  readonly kind: 'refused'
  readonly says: string
  readonly hint: string | null
}

/** What stands in one entry, before it is judged. */
export interface RawKey {
  readonly name: string | null
  readonly id: string
  readonly secret: string
  readonly token: string | null
  readonly expiration: string | number | null
}

export function refused(says: string, hint: string | null = null): Refused {
  return { kind: 'refused', says, hint }
}
