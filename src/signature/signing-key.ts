import { createHmac, hash } from 'node:crypto'

const block = 64
const scratch = Buffer.alloc(1024)
/** The beginnings of the scratch by their length, for making a view costs more than filling it. */
const beginnings: Buffer[] = []
const outer = Buffer.alloc(block + 32)

/**
 * The key that signs for one secret, day, region and AWS service. It lives as long as that day's scope and may be kept
 * between requests; it cannot be turned back into the secret. It never shows itself when printed.
 */
export class SigningKey {
  /** Both padded key blocks of HMAC (RFC 2104), so that a signature costs two one-shot hashes and no object. */
  readonly #innerPad: Uint8Array
  readonly #outerPad: Uint8Array

  constructor(key: Uint8Array) {
    this.#innerPad = new Uint8Array(block)
    this.#outerPad = new Uint8Array(block)
    for (let index = 0; index < block; index++) {
      const byte = key[index] ?? 0
      this.#innerPad[index] = byte ^ 0x36
      this.#outerPad[index] = byte ^ 0x5c
    }
  }

  /** HMAC-SHA256 of the text's UTF-8 form, as 64 lower-case hexadecimal digits. */
  sign(text: string): string {
    const inner = this.#inner(text)
    outer.set(this.#outerPad, 0)
    outer.write(inner, block, 'latin1')
    return hash('sha256', outer, 'hex')
  }

  #inner(text: string): string {
    if (text.length * 3 > scratch.length - block)
      return hash('sha256', Buffer.concat([this.#innerPad, Buffer.from(text)]), 'latin1')
    scratch.set(this.#innerPad, 0)
    const length = block + scratch.write(text, block, 'utf8')
    return hash('sha256', (beginnings[length] ??= scratch.subarray(0, length)), 'latin1')
  }

  toJSON(): string {
    return '‹hidden›'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '‹hidden›'
  }
}

/**
 * Derives the signing key of a credential scope.
 * @param secretAccessKey the plain secret
 * @param date the scope's day, `YYYYMMDD`
 * @param region the scope's region
 * @param service the scope's AWS service, e.g. `sts`
 * Source: AWS General Reference, "Calculate the signature" (the chain date, region, service, `aws4_request`).
 */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): SigningKey {
  const ofDate = createHmac('sha256', `AWS4${secretAccessKey}`).update(date).digest()
  const ofRegion = createHmac('sha256', ofDate).update(region).digest()
  const ofService = createHmac('sha256', ofRegion).update(service).digest()
  return new SigningKey(createHmac('sha256', ofService).update('aws4_request').digest())
}
