import { createPublicKey, X509Certificate } from 'node:crypto'
import type { createLocalJWKSet, JSONWebKeySet } from 'jose'
import type { Directory } from '../directory/directory.ts'
import { oidcProviderArn } from '../model/arn-of.ts'
import type { OidcProvider } from '../model/entities.ts'
import type { Refusal } from '../model/refusal.ts'
import { createKeyRing, type IssuerDocuments, type IssuerKeys } from './issuer-keys.ts'

/** Who bears a token of an identity provider, once that is proven. */
export interface WebIdentity {
  /** As trust policies and replies name the provider: its ARN, or the name of one that every account has. */
  readonly provider: string
  /** The issuer without its scheme: what condition keys begin with. */
  readonly server: string
  readonly subject: string
  /** `azp` where the token has one, else the audience that the provider knows. */
  readonly audience: string
  /** All claims, for condition keys, tags and source identity. */
  readonly claims: Readonly<Record<string, unknown>>
}

export interface WebIdentities {
  /** `now`: milliseconds since the epoch. */
  verify(token: string, directory: Directory, now: number): Promise<WebIdentity | { readonly refused: Refusal }>
  /** For CreateOpenIDConnectProvider: the certificate that the issuer shows now. */
  thumbprint(issuer: string): Promise<string | null>
}

/** STS API, AssumeRoleWithWebIdentity, `WebIdentityToken`. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
/** Seconds by which clocks may differ (IAM User Guide, "OIDC federation": five minutes beyond the expiration). */
const tolerance = 300
/** A token is refused as too old although it has not expired (mozilla-iam/mozilla-aws-cli#146); AWS names no limit. */
const oldest = 86_400

const sentences = {
  noJwt: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  azpNeeded: 'Token audience contains more than one audience while authorized party is not present',
  instant: 'Invalid timestamp in token claims.',
  // Two blanks, as it was seen.
  key: "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  thumbprint: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
  /** For an audience that the provider does not know, too, of which AWS said "Incorrect token audience" once. */
  other:
    'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
} as const

/** Providers that need not be registered (IAM User Guide, "Identify users for OIDC federation"): issuer → name. */
const builtIn: Readonly<Record<string, string>> = {
  'https://accounts.google.com': 'accounts.google.com',
  'accounts.google.com': 'accounts.google.com',
  'https://cognito-identity.amazonaws.com': 'cognito-identity.amazonaws.com',
}

/**
 * Verifies OpenID Connect ID tokens as STS does (`authority.md` §3.5): form, provider, times, audience, then the signature, the one
 * thing for which the network is needed. Refusals are `identity-…` with AWS's sentences, as they were recorded in September 2026
 * (radkawar/stackd, `internal/services/sts/testdata/oidc`); the log gets what was seen.
 */
export function createWebIdentities(documents: IssuerDocuments): WebIdentities {
  const ring = createKeyRing(documents)
  return {
    thumbprint: (issuer) => documents.thumbprint(issuer),
    async verify(token, directory, now) {
      const read = readToken(token)
      if ('refused' in read) return read
      const { claims } = read
      const provider = providerOf(claims.iss, directory)
      if (provider === null) {
        return invalid(`No OpenIDConnect provider found in your account for ${claims.iss}`, [
          `The issuer of the token is ${claims.iss}; no provider of this account has that URL.`,
        ])
      }
      const untimely = faultOfTimes(claims, Math.floor(now / 1000))
      if (untimely !== null) return untimely
      if (claims.azp === undefined && claims.aud.length > 1)
        return invalid(sentences.azpNeeded, [`The token is for ${shown(claims.aud)}, and has no azp.`])
      const audience = audienceOf(claims, provider)
      if (audience === null) {
        return invalid(sentences.other, [
          `The token is for ${shown(claims.azp ?? claims.aud)}; the provider's client ids are ${shown(provider.clientIds ?? [])}.`,
        ])
      }
      const unsigned = await faultOfSignature(token, read.header, provider, ring, now)
      if (unsigned !== null) return unsigned
      return { provider: provider.name, server: provider.server, subject: claims.sub, audience, claims }
    },
  }
}

interface Claims extends Readonly<Record<string, unknown>> {
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly azp: string | undefined
  readonly exp: number
  readonly iat: number
  readonly nbf: number | undefined
}

interface Header {
  readonly alg: string
  readonly kid: string | null
}

interface ReadToken {
  readonly header: Header
  readonly claims: Claims
}

interface Provider {
  readonly name: string
  readonly server: string
  readonly url: string
  readonly thumbprints: readonly string[]
  /** Null: the trust policy alone says who the audience is. */
  readonly clientIds: readonly string[] | null
}

type Refused = { readonly refused: Refusal }

function readToken(token: string): ReadToken | Refused {
  const parts = token.split('.')
  const header = parts.length === 3 ? jsonPart(parts[0]!) : null
  const payload = parts.length === 3 ? jsonPart(parts[1]!) : null
  // No extension is understood, so a header that demands one (`crit`) is none that can be read.
  if (header === null || payload === null || typeof header['alg'] !== 'string' || header['crit'] !== undefined) {
    return invalid(sentences.noJwt, ['The token is no JSON Web Token in compact form.'])
  }
  const read = readClaims(payload)
  if ('refused' in read) return read
  const { alg, kid } = header
  return { header: { alg, kid: typeof kid === 'string' && kid !== '' ? kid : null }, claims: read.claims }
}

function readClaims(payload: Readonly<Record<string, unknown>>): { readonly claims: Claims } | Refused {
  const missing = ['iss', 'sub', 'aud', 'exp', 'iat'].find((name) => payload[name] === undefined)
  if (missing !== undefined) return invalid(`Missing a required claim: ${missing}`, [`The token has no ${missing}.`])
  const { iss, azp, nbf } = payload
  const aud = typeof payload['aud'] === 'string' ? [payload['aud']] : payload['aud']
  if (Array.isArray(aud) && aud.length === 0)
    return invalid('Claim is not allowed to be empty: aud', ['The token is for nobody.'])
  // A subject may be empty, longer than the reply's own limit, or a number.
  const sub = typeof payload['sub'] === 'number' ? String(payload['sub']) : payload['sub']
  const isAudience = Array.isArray(aud) && aud.length <= 100 && aud.every((one) => isText(one, 255))
  if (!isText(iss, 255) || !isText(sub, 20_000) || !isAudience || !(azp === undefined || isText(azp, 255))) {
    return invalid(sentences.other, ['A claim of the token (iss, sub, aud, azp) is not what it should be.'])
  }
  const exp = secondsOf(payload['exp'])
  const iat = secondsOf(payload['iat'])
  const from = nbf === undefined ? undefined : secondsOf(nbf)
  if (exp === null || iat === null || from === null)
    return invalid(sentences.instant, ['exp, iat or nbf of the token is no whole number of seconds.'])
  return { claims: { ...payload, iss, sub, aud, azp, exp, iat, nbf: from } }
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most
}

/** Also as text, but whole. */
function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(seconds) ? (seconds as number) : null
}

function jsonPart(part: string): Readonly<Record<string, unknown>> | null {
  if (!/^[\w-]+$/.test(part)) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}

function providerOf(issuer: string, directory: Directory): Provider | null {
  const server = issuer.replace(/^https?:\/\//, '')
  const registered = directory.oidcProvider(oidcProviderArn(directory.account, server))
  if (registered !== undefined && registered.issuer === issuer) return registeredProvider(registered, server)
  const name = Object.hasOwn(builtIn, issuer) ? builtIn[issuer]! : null
  return name === null ? null : { name, server: name, url: `https://${name}`, thumbprints: [], clientIds: null }
}

function registeredProvider({ arn, issuer, thumbprints, clientIds }: OidcProvider, server: string): Provider {
  return { name: arn, server, url: issuer, thumbprints, clientIds }
}

function faultOfTimes({ exp, iat, nbf }: Claims, now: number): Refused | null {
  // AWS prints the time with which it compared, not the one that it was.
  const early = now - tolerance
  const late = now + tolerance
  if (early >= exp) {
    const evidence = [`The token expired at ${instant(exp)}.`]
    return { refused: { reason: 'identity-token-expired', now: early, expiresAt: exp, evidence } }
  }
  if (now - iat > oldest) {
    const evidence = [`The token was issued at ${instant(iat)}, more than a day ago.`]
    return { refused: { reason: 'identity-token-too-old', age: now - iat, evidence } }
  }
  if (nbf !== undefined && late < nbf) {
    return invalid(
      `Token not yet valid: current date/time ${late} must be after or equal to the not-before date/time ${nbf}`,
      [`The token does not hold before ${instant(nbf)}.`],
    )
  }
  if (late >= iat) return null
  return invalid(`Token issued in the future: ${iat}`, [`The token says that it was issued at ${instant(iat)}.`])
}

function instant(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `second ${seconds} of the epoch` : date.toISOString()
}

/** Where there is an authorised party, that is the one that counts. */
function audienceOf({ aud, azp }: Claims, { clientIds }: Provider): string | null {
  const candidates = azp === undefined ? aud : [azp]
  if (clientIds === null) return candidates[0] ?? null
  return candidates.find((one) => clientIds.includes(one)) ?? null
}

async function faultOfSignature(
  token: string,
  { alg, kid }: Header,
  provider: Provider,
  ring: ReturnType<typeof createKeyRing>,
  now: number,
): Promise<Refused | null> {
  if (!algorithms.includes(alg)) {
    return invalid(sentences.key, [`The token is signed by ${alg.slice(0, 16)}; STS takes ${algorithms.join(', ')}.`])
  }
  let known = await ring.of(provider, now)
  let verdict = await judgeSignature(token, kid, known)
  if (verdict === 'no-key') {
    known = await ring.of(provider, now, true)
    verdict = await judgeSignature(token, kid, known)
  }
  if (verdict === 'genuine') return null
  if (verdict === 'forged')
    return invalid(sentences.other, ['The signature of the token is not by the key that it names.'])
  if (known.kind === 'found')
    return invalid(sentences.key, ['The provider has no such key as the one that the token names.'])
  return faultOfKeys(known)
}

function faultOfKeys(known: Exclude<IssuerKeys, { readonly kind: 'found' }>): Refused {
  switch (known.kind) {
    case 'unreachable':
      return { refused: { reason: 'identity-provider-unreachable', evidence: [known.why] } }
    case 'untrusted':
      return invalid(sentences.thumbprint, [known.why])
    case 'unusable':
      return invalid(sentences.key, [known.why])
  }
}

/** To import a key costs more than to verify with it. */
const importedSets = new WeakMap<
  JSONWebKeySet,
  { readonly count: number; readonly find: ReturnType<typeof createLocalJWKSet> }
>()

/**
 * Those of a provider's keys that STS looks at: with an id (the last one of that id), not for encryption, without `key_ops`, be
 * they only `verify`, and not of another certificate. The hash is the token's to say, whatever `alg` the key has.
 */
function signingKeys({ keys }: JSONWebKeySet): JSONWebKeySet {
  const byId = new Map<string, JSONWebKeySet['keys'][number]>()
  for (const { alg: _, ...key } of keys)
    if (typeof key.kid === 'string' && key.kid !== '' && key.use !== 'enc' && key.key_ops === undefined && agrees(key))
      byId.set(key.kid, key)
  return { keys: [...byId.values()] }
}

/** A key may come with its certificate, but not be that alone. */
function agrees({ x5c, ...key }: JSONWebKeySet['keys'][number]): boolean {
  if (x5c === undefined) return true
  try {
    const certificate = new X509Certificate(Buffer.from(String((x5c as unknown[])[0]), 'base64'))
    return createPublicKey({ key, format: 'jwk' }).equals(certificate.publicKey)
  } catch {
    return false
  }
}

async function judgeSignature(
  token: string,
  kid: string | null,
  known: IssuerKeys,
): Promise<'genuine' | 'forged' | 'no-key'> {
  if (known.kind !== 'found') return 'no-key'
  // Loaded when it is needed: most authorities never see such a token.
  const { compactVerify, createLocalJWKSet, errors } = await import('jose')
  try {
    let set = importedSets.get(known.keys)
    if (set === undefined) {
      const usable = signingKeys(known.keys)
      set = { count: usable.keys.length, find: createLocalJWKSet(usable) }
      importedSets.set(known.keys, set)
    }
    // A token that names no key is taken only where there is no choice.
    if (kid === null && set.count !== 1) return 'no-key'
    await compactVerify(token, set.find, { algorithms })
    return 'genuine'
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed ? 'forged' : 'no-key'
  }
}

function invalid(says: string, evidence: readonly string[]): Refused {
  return { refused: { reason: 'identity-token-invalid', says, evidence } }
}

function shown(values: string | readonly string[]): string {
  const texts = typeof values === 'string' ? [values] : values
  if (texts.length === 0) return 'none'
  return texts.length > 5 ? `${texts.slice(0, 5).join(', ')} and ${texts.length - 5} more` : texts.join(', ')
}
