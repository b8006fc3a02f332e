import type { JSONWebKeySet } from 'jose'

/** The way to an identity provider's own documents; made where the network may be touched. */
export interface IssuerDocuments {
  /**
   * What lies at a URL, at most so many bytes. `thumbprints`: SHA-1 of certificates (40 hexadecimal digits), one of which is
   * trusted where no public authority vouches for the server. Never rejects.
   */
  read(url: string, thumbprints: readonly string[], most: number): Promise<FetchedDocument>
  /** SHA-1 of the last certificate that the server of an `https` URL shows, or null when it cannot be reached. Never rejects. */
  thumbprint(url: string): Promise<string | null>
}

export type FetchedDocument =
  | { readonly kind: 'found'; readonly text: string }
  /** No connection came about. */
  | { readonly kind: 'unreachable'; readonly why: string }
  /** It did not answer in time, or not with a document. */
  | { readonly kind: 'unusable'; readonly why: string }
  /** Its certificate is vouched for by nobody, and has none of the thumbprints. */
  | { readonly kind: 'untrusted'; readonly why: string }

export type IssuerKeys =
  | { readonly kind: 'found'; readonly keys: JSONWebKeySet }
  | Exclude<FetchedDocument, { readonly kind: 'found' }>

/** An issuer as it was registered. */
export interface Issuer {
  /** With its scheme. */
  readonly url: string
  readonly thumbprints: readonly string[]
}

export interface KeyRing {
  /** `fresh`: for a token under a key that is not among those known; asks again unless that was done just now. */
  of(issuer: Issuer, now: number, fresh?: boolean): Promise<IssuerKeys>
}

const largestConfiguration = 65_536
const largestKeySet = 524_288
/** Of each kind (IAM User Guide, "Create an OpenID Connect identity provider": with more, tokens by that kind are refused). */
const mostKeys = 100
/** Milliseconds. */
const keptFor = 600_000
const askedAgainAfter = 10_000
const failureKeptFor = 1_000
/** An account has 100 providers; each may be known under several lists of thumbprints for a while. */
const mostIssuers = 400

interface Known {
  readonly at: number
  readonly result: Promise<IssuerKeys>
  failed: boolean
}

/**
 * The keys of identity providers, found as OpenID Connect Discovery 1.0 §4 says: `jwks_uri` of the issuer's
 * `/.well-known/openid-configuration`. Kept for ten minutes; who asks at the same time shares one answer.
 */
export function createKeyRing(documents: IssuerDocuments): KeyRing {
  const known = new Map<string, Known>()

  function ask(issuer: Issuer, name: string, now: number): Promise<IssuerKeys> {
    const entry: Known = { at: now, result: fetchKeys(issuer, documents), failed: false }
    known.delete(name)
    known.set(name, entry)
    for (const oldest of known.keys()) {
      if (known.size <= mostIssuers) break
      known.delete(oldest)
    }
    void entry.result.then(({ kind }) => {
      entry.failed = kind !== 'found'
    })
    return entry.result
  }

  return {
    of(issuer, now, fresh = false) {
      const name = [issuer.url, ...issuer.thumbprints].join(' ')
      const entry = known.get(name)
      if (entry === undefined) return ask(issuer, name, now)
      const age = now - entry.at
      const limit = entry.failed ? failureKeptFor : fresh ? askedAgainAfter : keptFor
      return age >= 0 && age < limit ? entry.result : ask(issuer, name, now)
    },
  }
}

async function fetchKeys(issuer: Issuer, documents: IssuerDocuments): Promise<IssuerKeys> {
  const address = `${issuer.url.replace(/\/$/, '')}/.well-known/openid-configuration`
  const configuration = await documents.read(address, issuer.thumbprints, largestConfiguration)
  if (configuration.kind !== 'found') return configuration
  const told = jsonObject(configuration.text)
  const uri = told?.['jwks_uri']
  if (typeof uri !== 'string' || !mayFetch(uri, issuer.url)) {
    return { kind: 'unusable', why: `${address} names no jwks_uri that may be fetched.` }
  }
  const named = told?.['issuer']
  if (typeof named === 'string' && named.replace(/\/$/, '') !== issuer.url.replace(/\/$/, '')) {
    return { kind: 'unusable', why: `${address} is that of another issuer.` }
  }
  const keys = await documents.read(uri, issuer.thumbprints, largestKeySet)
  if (keys.kind !== 'found') return keys
  const set = keySetOf(keys.text)
  return set === null
    ? { kind: 'unusable', why: `${uri} holds no set of keys that can be used.` }
    : { kind: 'found', keys: set }
}

function keySetOf(text: string): JSONWebKeySet | null {
  const keys = jsonObject(text)?.['keys']
  if (!Array.isArray(keys)) return null
  const objects = keys.filter((key) => typeof key === 'object' && key !== null)
  const kinds = ['RSA', 'EC'].map((kind) => objects.filter(({ kty }) => kty === kind))
  // Those of the other kind are good still: recorded of AWS (radkawar/stackd, internal/services/sts/testdata/oidc, September 2026).
  const usable = kinds.filter(({ length }) => length <= mostKeys).flat()
  return usable.length === 0 && kinds.flat().length > 0 ? null : { keys: usable }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

/** `https`, or a loopback host where the issuer is one itself. */
function mayFetch(uri: string, issuer: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol } = new URL(uri)
  return protocol === 'https:' || (isLoopbackIssuer(uri) && isLoopbackIssuer(issuer))
}

/** `http` on a host that cannot be but this computer (RFC 6761 §6.3, RFC 5735 §3, RFC 4291 §2.5.3). */
export function isLoopbackIssuer(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && /^(?:localhost|(?:[\w-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
}
