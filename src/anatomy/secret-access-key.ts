import { readBase64 } from './base64.ts'

/** What stands in the place of a secret, told by its shape alone. The text itself is in no result. */
export type SecretShape =
  /** 40 characters of `A-Z a-z 0-9 / +`: what AWS issues. */
  | 'secret-access-key'
  | 'empty'
  /** An access key id or another unique id of IAM: the two halves are swapped. */
  | 'access-key-id'
  /** An SMTP password of Amazon SES, which is derived from a secret and cannot sign. */
  | 'smtp-password'
  /** 64 hexadecimal digits: the secrets of some S3-compatible stores. */
  | 'hex-64'
  /** A secret whose `/` or `+` was written as `%2F` or `%2B`. */
  | 'percent-encoded'
  /** A secret in which `+` has become a blank. */
  | 'blank-for-plus'
  /** A secret with backslashes before some of its characters. */
  | 'backslash-escaped'
  /** A secret (perhaps with a line break behind it) that was encoded in base64 once more. */
  | 'base64-wrapped'
  /** The right characters, but fewer than 40. */
  | 'too-short'
  /** The right characters, but more than 40. */
  | 'too-long'
  /** Characters that no secret has. */
  | 'foreign-characters'

const secret = /^[A-Za-z0-9/+]{40}$/

/** Whether a text has the shape of a secret access key: 40 characters of `A-Z a-z 0-9 / +`. */
export function isSecretAccessKey(text: string): boolean {
  return secret.test(text)
}

/**
 * Names the shape of what stands in the place of a secret, most telling first. A shape proves nothing about the key pair:
 * a wrong secret mostly has the right shape.
 * Source: the shape of the secrets that AWS issues; SES Developer Guide, "Obtaining SMTP credentials", for the password.
 */
export function shapeOfSecret(text: string): SecretShape {
  if (text === '') return 'empty'
  if (secret.test(text)) return 'secret-access-key'
  if (/^A[A-Z]{2}A[A-Z0-9]{16,17}$/.test(text)) return 'access-key-id'
  if (isSmtpPassword(text)) return 'smtp-password'
  if (/^[0-9a-f]{64}$/i.test(text)) return 'hex-64'
  if (secret.test(text.replace(/%2F/gi, '/').replace(/%2B/gi, '+'))) return 'percent-encoded'
  if (secret.test(text.replaceAll(' ', '+'))) return 'blank-for-plus'
  if (text.includes('\\') && secret.test(text.replace(/\\(.)/g, '$1'))) return 'backslash-escaped'
  if (unwrapBase64(text, secret) !== null) return 'base64-wrapped'
  if (!/^[A-Za-z0-9/+]*$/.test(text)) return 'foreign-characters'
  return text.length < 40 ? 'too-short' : 'too-long'
}

/** 44 characters that decode to the version byte 4 and 32 bytes of HMAC. */
export function isSmtpPassword(text: string): boolean {
  if (!/^B[A-Za-z0-9/+]{43}$/.test(text)) return false
  return readBase64(text).bytes[0] === 4
}

/**
 * The text inside a base64 wrapping, when that text, without blanks and line breaks around it, has the shape asked for;
 * else `null`. For values that came out of a Kubernetes Secret or the like still encoded.
 */
export function unwrapBase64(text: string, shape: RegExp): string | null {
  if (text.length < 16 || text.length > 512) return null
  const { bytes, problem } = readBase64(text)
  if (problem !== null || bytes.some((byte) => byte > 0x7e)) return null
  const inner = String.fromCharCode(...bytes).trim()
  return shape.test(inner) ? inner : null
}
