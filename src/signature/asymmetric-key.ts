import { createECDH, createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { CountersignError } from '../errors.ts'

export const asymmetricAlgorithm = 'AWS4-ECDSA-P256-SHA256'

/** The order of P-256, less two: the largest candidate that still leaves a scalar below the order (SP 800-186 §3.2.1.3). */
const largestCandidate = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n
const counters = 254

/** The P-256 key pair that a secret stands for in SigV4A. It does not depend on day, region or AWS service. */
export class AsymmetricSigningKey {
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject

  constructor(privateKey: KeyObject, publicKey: KeyObject) {
    this.#privateKey = privateKey
    this.#publicKey = publicKey
  }

  /** The DER-encoded ECDSA signature over SHA-256 of the text, in hexadecimal digits. It differs at each call. */
  sign(text: string): string {
    return sign('sha256', Buffer.from(text), { key: this.#privateKey, dsaEncoding: 'der' }).toString('hex')
  }

  /** Whether `signature` (hexadecimal, DER) is one of this key over the text. Anything that is no signature is just false. */
  verify(text: string, signature: string): boolean {
    // A DER signature over P-256 has at most 72 bytes.
    if (signature.length > 144 || !/^(?:[0-9a-f]{2})+$/.test(signature)) return false
    return verify(
      'sha256',
      Buffer.from(text),
      { key: this.#publicKey, dsaEncoding: 'der' },
      Buffer.from(signature, 'hex'),
    )
  }

  /** The public half as its two coordinates, each 64 hexadecimal digits. */
  publicPoint(): { readonly x: string; readonly y: string } {
    const { x, y } = this.#publicKey.export({ format: 'jwk' })
    return {
      x: Buffer.from(x ?? '', 'base64url').toString('hex'),
      y: Buffer.from(y ?? '', 'base64url').toString('hex'),
    }
  }

  toJSON(): string {
    return '‹hidden›'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '‹hidden›'
  }
}

/**
 * Derives the SigV4A key pair of a credential: NIST SP 800-108 in counter mode with HMAC-SHA256, then the candidate test of
 * FIPS 186-5 appendix A.2.2. It costs some tens of microseconds: keep the result.
 * Source: AWS General Reference, "Signature Version 4A"; aws-c-auth `source/key_derivation.c`.
 * @throws CountersignError `defect` when no counter gives a key (the chance is below 2⁻⁸⁰⁰⁰)
 */
export function asymmetricSigningKey(accessKeyId: string, secretAccessKey: string): AsymmetricSigningKey {
  const key = `AWS4A${secretAccessKey}`
  for (let counter = 1; counter <= counters; counter++) {
    const input = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from(asymmetricAlgorithm),
      Buffer.from([0]),
      Buffer.from(accessKeyId),
      Buffer.from([counter, 0, 0, 1, 0]),
    ])
    const candidate = BigInt(`0x${createHmac('sha256', key).update(input).digest('hex')}`)
    if (candidate <= largestCandidate) return pairOf(candidate + 1n)
  }
  throw new CountersignError('defect', 'No SigV4A key could be derived')
}

function pairOf(scalar: bigint): AsymmetricSigningKey {
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(d)
  const point = curve.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  return new AsymmetricSigningKey(
    createPrivateKey({ key: { ...jwk, d: d.toString('base64url') }, format: 'jwk' }),
    createPublicKey({ key: jwk, format: 'jwk' }),
  )
}

/**
 * Whether a region set (`X-Amz-Region-Set`) covers a region: one of its members is the region's name or a pattern in which
 * `*` stands for any text.
 */
export function regionSetCovers(regionSet: readonly string[], region: string): boolean {
  return regionSet.some((pattern) => matches(pattern, region))
}

/** Greedy from the left, so the cost is linear whatever the pattern. */
function matches(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const tail = rest.pop() as string
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false
  let at = head.length
  const end = text.length - tail.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
