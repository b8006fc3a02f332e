import { CountersignError } from '../errors.ts'
import { base32ToNumber, numberToBase32 } from './base32.ts'

/** What the four letters before a unique id of IAM say. Source: IAM User Guide, "IAM identifiers", unique ID prefixes. */
const uniqueIdPrefixes = {
  ABIA: 'an STS service bearer token',
  ACCA: 'a context-specific credential',
  AGPA: 'a user group',
  AIDA: 'an IAM user',
  AIPA: 'an instance profile',
  AKIA: 'a long-term access key',
  ANPA: 'a managed policy',
  ANVA: 'a version of a managed policy',
  APKA: 'a public key',
  AROA: 'a role',
  ASCA: 'a certificate',
  ASIA: 'a temporary access key',
} as const

export type UniqueIdPrefix = keyof typeof uniqueIdPrefixes

export interface AccessKeyIdReading {
  /** Only `long-term` and `temporary` sign requests with a secret; `other` is the id of another thing. */
  readonly kind: 'long-term' | 'temporary' | 'other'
  readonly prefix: UniqueIdPrefix
  /** What the prefix says, as it stands in a sentence: "an IAM user". */
  readonly names: string
  /** Twelve digits, or `null` when the id does not carry its account. */
  readonly account: string | null
}

const signing = /^(AKIA|ASIA)[A-Z2-7]{16}$/
const unique = /^([A-Z]{4})[A-Z0-9]{12,124}$/

/** Whether a text has the shape of an id that signs requests: `AKIA` or `ASIA` and 16 of `A-Z 2-7`. */
export function isAccessKeyId(text: string): boolean {
  return signing.test(text)
}

/**
 * Reads an access key id, or the unique id of something else that was put in its place. `null` for anything that has
 * neither shape: surrounding blanks, lower case, wrong length.
 * Source: IAM User Guide, "IAM identifiers"; the shape of the ids that AWS issues.
 */
export function parseAccessKeyId(text: string): AccessKeyIdReading | null {
  const prefix = text.slice(0, 4)
  if (signing.test(text)) {
    const kind = prefix === 'AKIA' ? 'long-term' : 'temporary'
    return { kind, prefix: prefix as UniqueIdPrefix, names: namesOf(prefix), account: accountOfAccessKeyId(text) }
  }
  if (prefix === 'AKIA' || prefix === 'ASIA' || !unique.test(text) || !Object.hasOwn(uniqueIdPrefixes, prefix))
    return null
  return { kind: 'other', prefix: prefix as UniqueIdPrefix, names: namesOf(prefix), account: null }
}

/**
 * The account that issued an access key, out of the id itself: twelve digits, or `null` when the text is no access key id
 * or one of the older ids (before about March 2019), which carry none. There is no checksum: a mistyped id may name another
 * account, so this is evidence and not proof.
 * Source: the reverse-engineering published at awsteele.com (2020) and by TalBeerySec (2023).
 */
export function accountOfAccessKeyId(text: string): string | null {
  // The top bit marks the newer scheme, and it is the fifth character's: A to P have it clear.
  if (!signing.test(text) || /^[A-P]/.test(text.slice(4))) return null
  // Sixteen characters are 80 bits; the account is the 40 after the first.
  const account = (base32ToNumber(text.slice(4)) >> 39n) & 0xff_ffff_ffffn
  return account > 999_999_999_999n ? null : account.toString().padStart(12, '0')
}

/**
 * Makes a new access key id that carries its account as AWS's do.
 * @param account twelve digits
 * @param randomBytes at least 5 fresh random bytes
 * @throws CountersignError `defect` for another account or too few bytes
 */
export function mintAccessKeyId(prefix: 'AKIA' | 'ASIA', account: string, randomBytes: Uint8Array): string {
  return mint(prefix, account, randomBytes, 16)
}

/**
 * Makes the unique id of a user, role, policy and so on: 21 characters, the account inside by the scheme of key ids.
 * @param account twelve digits
 * @param randomBytes at least 6 fresh random bytes
 * @throws CountersignError `defect` for another account or too few bytes
 */
export function mintUniqueId(prefix: UniqueIdPrefix, account: string, randomBytes: Uint8Array): string {
  return mint(prefix, account, randomBytes, 17)
}

/**
 * An access key id for output: first four and last four characters. Whatever does not look like an id is named by its
 * length alone, since a secret or a password may stand in the id's place.
 */
export function maskAccessKeyId(id: string): string {
  if (/^[A-Z0-9]{16,32}$/.test(id)) return `${id.slice(0, 4)}…${id.slice(-4)}`
  return id === '' ? '‹empty›' : `‹${id.length} ${id.length === 1 ? 'character' : 'characters'}›`
}

function mint(prefix: string, account: string, randomBytes: Uint8Array, length: 16 | 17): string {
  const randomBits = length * 5 - 41
  if (!/^\d{12}$/.test(account) || randomBytes.length * 8 < randomBits) {
    throw new CountersignError('defect', 'An id needs an account of twelve digits and enough random bytes')
  }
  let random = 0n
  for (const byte of randomBytes.subarray(0, 8)) random = (random << 8n) | BigInt(byte)
  const kept = BigInt.asUintN(randomBits, random)
  const number = (((1n << 40n) | BigInt(account)) << BigInt(randomBits)) | kept
  return prefix + numberToBase32(number, length)
}

function namesOf(prefix: string): string {
  return uniqueIdPrefixes[prefix as UniqueIdPrefix]
}
