import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { type SessionTokenFields, unwrapSessionToken, wrapSessionToken } from '../../anatomy/session-token.ts'
import { CountersignError } from '../../errors.ts'
import type { RingKey } from '../model/entities.ts'
import type { SessionClaims } from '../model/principal.ts'
import { decodeClaims, encodeClaims } from './claims.ts'
import type { Random } from './mint.ts'

/**
 * Seals session tokens and opens them again. A token holds all that is needed to judge its bearer, so no session has a row
 * anywhere. Its outside keeps AWS's version 2 layout (creation time, region and account readable), see `anatomy/session-token.ts`.
 */
export interface SessionRing {
  /**
   * Seals under the newest key. `region` stands in the clear in the token. `version` 1: as the global endpoint gives them, with
   * neither region nor account in the clear. Default: 2.
   */
  seal(claims: SessionClaims, region: string, version?: 1 | 2): string
  open(token: string): OpenedToken
}

export type OpenedToken =
  | { readonly kind: 'genuine'; readonly claims: SessionClaims; readonly version?: 1 }
  /** Not base64, not our layout, cut, or too long. */
  | { readonly kind: 'malformed' }
  /** Well-formed, but sealed by another authority, under a key that is gone, or altered. */
  | { readonly kind: 'foreign' }

export interface SessionRingOptions {
  /** The ring as it is now; the same array as long as it has not changed. */
  readonly keys: () => readonly RingKey[]
  readonly random?: Random
}

/** Characters. AWS says "usually less than 4096 bytes" and promises no limit; HTTP servers take 8 KB of one header. */
export const longestToken = 8_192
/** Bytes of encoded claims that fit into the longest token, with room for the outside. */
export const largestClaims = 5_900

const ivBytes = 12
const tagBytes = 16
const accountDigits = 12

/** How many bytes of a token's inside these claims take, of `largestClaims`: the measure for AWS's packed size in percent. */
export function sizeOfClaims(claims: SessionClaims): number {
  return encodeClaims(claims).length
}

/**
 * A ring over the keys that the directory holds: AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV under the newest
 * key; any key of the ring opens. The clear fields of the outside are authenticated with the inside, and a
 * token has one spelling only (`unwrapSessionToken`), so a change of any byte is noticed.
 * `seal` throws `store` when the ring is empty and `limit` when the claims are too large; `open` never throws.
 */
export function createSessionRing({ keys, random = randomBytes }: SessionRingOptions): SessionRing {
  let known: readonly RingKey[] | null = null
  let byNumber = new Map<number, KeyObject>()
  let newest = 0

  function refresh(): void {
    const current = keys()
    if (current === known) return
    byNumber = new Map(current.map((key) => [Number(key.id), createSecretKey(key.secret, 'base64')]))
    newest = Math.max(0, ...byNumber.keys())
    known = current
  }

  return {
    seal(claims, region, version = 2) {
      refresh()
      const key = byNumber.get(newest)
      if (key === undefined) throw new CountersignError('store', 'the ring has no key to seal a session with')
      const encoded = encodeClaims(claims)
      const inside = version === 1 ? Buffer.concat([Buffer.from(claims.account, 'latin1'), encoded]) : encoded
      if (inside.length > largestClaims) {
        throw new CountersignError('limit', `a session holds ${largestClaims} bytes at most`, {
          data: { limit: largestClaims, size: inside.length },
        })
      }
      const iv = random(ivBytes)
      const createdAt = new Date(claims.issuedAt * 1000)
      const clear = version === 1 ? { version, region: '', account: '' } : { region, account: claims.account }
      const outside = { signingKeyNumber: newest, ...clear, createdAt, iv }
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      cipher.setAAD(outsideOf(outside))
      const sealed = Buffer.concat([cipher.update(inside), cipher.final(), cipher.getAuthTag()])
      return wrapSessionToken({ ...outside, sealed })
    },

    open(token) {
      if (token.length > longestToken) return { kind: 'malformed' }
      const fields = unwrapSessionToken(token)
      if (fields === null || fields.iv.length !== ivBytes || fields.sealed.length < tagBytes)
        return { kind: 'malformed' }
      refresh()
      const key = byNumber.get(fields.signingKeyNumber)
      if (key === undefined) return { kind: 'foreign' }
      const inside = unsealed(key, fields)
      const issuedAt = fields.createdAt.getTime() / 1000
      const claims = inside && readInside(inside, fields, issuedAt)
      return claims === null
        ? { kind: 'foreign' }
        : { kind: 'genuine', claims, ...(fields.version === 1 ? { version: 1 } : {}) }
    },
  }
}

/** Where the account does not stand outside, it is the first that stands inside. */
function readInside(
  inside: Uint8Array,
  { version, account }: SessionTokenFields,
  issuedAt: number,
): SessionClaims | null {
  if (version !== 1) return decodeClaims(inside, { account, issuedAt })
  const own = Buffer.from(inside.subarray(0, accountDigits)).toString('latin1')
  return decodeClaims(inside.subarray(accountDigits), { account: own, issuedAt })
}

function unsealed(key: KeyObject, fields: SessionTokenFields): Uint8Array | null {
  const end = fields.sealed.length - tagBytes
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, fields.iv, { authTagLength: tagBytes })
    decipher.setAAD(outsideOf(fields))
    decipher.setAuthTag(fields.sealed.subarray(end))
    return Buffer.concat([decipher.update(fields.sealed.subarray(0, end)), decipher.final()])
  } catch {
    return null
  }
}

/** JSON, so that no two different outsides give the same bytes. */
function outsideOf(outside: Omit<SessionTokenFields, 'iv' | 'sealed'>): Uint8Array {
  const { version, signingKeyNumber, region, account, createdAt } = outside
  const name = version === 1 ? 'countersign global session 1' : 'countersign session 1'
  return Buffer.from(JSON.stringify([name, signingKeyNumber, region, account, createdAt.getTime()]), 'utf8')
}
