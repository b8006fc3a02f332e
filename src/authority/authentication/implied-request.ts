import { type ReadAuthorization, type SigningKey, sameText } from '../../signature/index.ts'
import type { SignatureMismatch, SignedTexts } from '../model/store.ts'
import { maskedTexts, partsOf, type RequestParts, textsOf } from './request-parts.ts'
import { type Mistake, mistakesOf, type SignedRequestSeen } from './signing-mistakes.ts'

/** How many mistakes may still be tried: a flood of wrong signatures must not cost more than some part of the time. */
export interface TryBudget {
  /** May one more be tried at this time (milliseconds since the epoch)? */
  take(now: number): boolean
}

/** A try costs some ten microseconds. */
const triesPerSecond = 10_000

export function createTryBudget(): TryBudget {
  let second = Number.NaN
  let left = 0
  return {
    take(now) {
      const at = Math.floor(now / 1000)
      if (at !== second) {
        second = at
        left = triesPerSecond
      }
      left -= 1
      return left >= 0
    },
  }
}

/** Singles and pairs of one request. */
const mostTries = 400

export interface Implied {
  readonly parts: RequestParts
  readonly says: string
  readonly aspects: readonly Mistake['aspect'][]
}

/**
 * What was signed instead of what was computed: each likely mistake is made, alone and then two together, until one gives the very
 * signature that was sent, which proves it. Null when none does. Only for the symmetric algorithm.
 */
export function findImplied(seen: SignedRequestSeen, mayTry: () => boolean): Implied | null {
  const { parts } = seen
  const isProven = createProof(seen.authorization, parts.key)
  let tries = 0
  const attempt = (change: Partial<RequestParts>): RequestParts | null | 'over' => {
    tries += 1
    if (tries > mostTries || !mayTry()) return 'over'
    const changed = { ...parts, ...change }
    return isProven(changed) ? changed : null
  }
  const tried: Mistake[] = []
  for (const mistake of mistakesOf(seen)) {
    const found = attempt(mistake.change)
    if (found === 'over') return null
    if (found !== null) return { parts: found, ...told([mistake]) }
    if (mistake.often) tried.push(mistake)
  }
  for (const pair of pairsOf(tried)) {
    const found = attempt({ ...pair[0].change, ...pair[1].change })
    if (found === 'over') return null
    if (found !== null) return { parts: found, ...told(pair) }
  }
  return null
}

/** The likely ones come first in both places. */
function* pairsOf(mistakes: readonly Mistake[]): Generator<readonly [Mistake, Mistake]> {
  for (let sum = 1; sum < 2 * mistakes.length; sum += 1) {
    for (let first = Math.max(0, sum - mistakes.length + 1); 2 * first < sum; first += 1) {
      const [one, other] = [mistakes[first]!, mistakes[sum - first]!]
      if (one.aspect !== other.aspect) yield [one, other]
    }
  }
}

function createProof(authorization: ReadAuthorization, usual: () => SigningKey): (parts: RequestParts) => boolean {
  const sent = authorization.signature
  let usualKey: SigningKey | null = null
  return (parts) => {
    const key = parts.key === usual ? (usualKey ??= usual()) : parts.key()
    return sameText(key.sign(textsOf(parts).stringToSign), sent)
  }
}

function told(mistakes: readonly Mistake[]): Omit<Implied, 'parts'> {
  const says = `the request was ${mistakes.map((mistake) => mistake.says).join('; and ')}`
  return { says, aspects: mistakes.map(({ aspect }) => aspect) }
}

/**
 * The two sides of a mismatch for the decision log, every secret masked. `computed` is what the verification made; without
 * `implied` and with `secretSays` the request is right, and the secret was another one.
 */
export function describeMismatch(
  seen: Omit<SignedRequestSeen, 'secret'> & { readonly secrets: readonly string[] },
  implied: Implied | null,
  secretSays: string | null,
): SignatureMismatch {
  const { parts, request, secrets } = seen
  const computed: SignedTexts = maskedTexts(parts, request, secrets)
  if (implied !== null) {
    return {
      computed,
      implied: maskedTexts(implied.parts, request, secrets),
      says: `${implied.says.charAt(0).toUpperCase()}${implied.says.slice(1)}.`,
    }
  }
  if (secretSays !== null) {
    return { computed, implied: computed, says: `The request was signed as it arrived; ${secretSays}.` }
  }
  const says =
    'None of the likely mistakes gives the signature that was sent: then the canonical request is what was computed here, and it was signed with another secret.'
  return { computed, implied: null, says }
}

/** The pieces of a request that did not verify; null where its form is another one than the pieces can say. */
export function seenParts(
  request: SignedRequestSeen['request'],
  authorization: ReadAuthorization,
  computed: SignedTexts,
  key: () => SigningKey,
): RequestParts | null {
  const parts = partsOf(request, authorization, computed, key)
  return textsOf(parts).canonicalRequest === computed.canonicalRequest ? parts : null
}
