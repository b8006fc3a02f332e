import type { Identity, Recipient } from 'age-encryption'
import { Stanza } from 'age-encryption'
import type { Secret } from '../../anatomy/secret.ts'

/*
 * age's passphrase recipient (https://c2sp.org/age, "The scrypt recipient type") with Node's own scrypt: it does not stop everything else
 * for seconds, as one in JavaScript does. What it writes is opened by every `age`, and the other way round.
 */
const label = 'age-encryption.org/v1/scrypt'
const saltBytes = 16
/** What age itself takes at most: a file must not make us work for hours. */
const mostWork = 20

/** @param workFactor the logarithm to the base 2 of scrypt's N; age's own is 18, about a second */
export function passphraseRecipient(passphrase: Secret, workFactor: number): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const { createCipheriv, randomBytes } = await import('node:crypto')
      const salt = randomBytes(saltBytes)
      const key = await derive(passphrase, salt, workFactor)
      // Each key is used once, so that the nonce may be zero.
      const cipher = createCipheriv('chacha20-poly1305', key, new Uint8Array(12), { authTagLength: 16 })
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
      return [new Stanza(['scrypt', unpadded(salt), String(workFactor)], new Uint8Array(body))]
    },
  }
}

export function passphraseIdentity(passphrase: Secret): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza] = stanzas
      if (stanzas.length !== 1 || stanza === undefined || stanza.args[0] !== 'scrypt') return null
      const [, saltText = '', work = ''] = stanza.args
      const salt = Buffer.from(saltText, 'base64')
      if (stanza.args.length !== 3 || !/^[1-9]\d?$/.test(work) || unpadded(salt) !== saltText) return null
      if (salt.length !== saltBytes || Number(work) > mostWork || stanza.body.length !== 32) return null
      const key = await derive(passphrase, salt, Number(work))
      const { createDecipheriv } = await import('node:crypto')
      const cipher = createDecipheriv('chacha20-poly1305', key, new Uint8Array(12), { authTagLength: 16 })
      cipher.setAuthTag(stanza.body.subarray(16))
      try {
        return new Uint8Array(Buffer.concat([cipher.update(stanza.body.subarray(0, 16)), cipher.final()]))
      } catch {
        return null
      }
    },
  }
}

async function derive(passphrase: Secret, salt: Uint8Array, workFactor: number): Promise<Uint8Array> {
  const { scrypt } = await import('node:crypto')
  const [N, r] = [2 ** workFactor, 8]
  const labelled = Buffer.concat([Buffer.from(label), salt])
  return await new Promise((accept, reject) => {
    scrypt(passphrase.reveal(), labelled, 32, { N, r, p: 1, maxmem: 128 * N * r + 1024 * 1024 }, (error, key) =>
      error === null ? accept(key) : reject(error),
    )
  })
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
