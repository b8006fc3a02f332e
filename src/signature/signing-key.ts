import { createHmac, hash } from 'node:crypto'

const block = 64
const scratch = Buffer.alloc(4096)
const outerScratch = Buffer.alloc(block + 32)

/**
 * The key that signs for one secret, day, region and AWS service. It lives as long as that day's scope and may be kept
 * between requests; it cannot be turned back into the secret. It never shows itself when printed.
 */
export class SigningKey {
  /** Both padded key blocks of HMAC (RFC 2104), so that a signature costs two one-shot hashes and no object. */
  readonly #pads: Uint8Array

  constructor(key: Uint8Array) {
    this.#pads = new Uint8Array(block * 2)
    for (let index = 0; index < block; index++) {
      const byte = key[index] ?? 0
      this.#pads[index] = byte ^ 0x36
      this.#pads[block + index] = byte ^ 0x5c
    }
  }

  /** HMAC-SHA256 of the text's UTF-8 form, as 64 lower-case hexadecimal digits. */
  sign(text: string): string {
    const inner = this.#inner(text)
    outerScratch.set(this.#pads.subarray(block), 0)
    outerScratch.write(inner, block, 'latin1')
    return hash('sha256', outerScratch, 'hex')
  }

  #inner(text: string): string {
    const pad = this.#pads.subarray(0, block)
    if (text.length * 3 > scratch.length - block)
      return hash('sha256', Buffer.concat([pad, Buffer.from(text)]), 'latin1')
    scratch.set(pad, 0)
    const written = scratch.write(text, block, 'utf8')
    return hash('sha256', scratch.subarray(0, block + written), 'latin1')
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
