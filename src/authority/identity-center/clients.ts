import { sameText } from '../../signature/index.ts'
import { type Ground, isOwnStartUrl } from './ground.ts'
import { isRefusal, type OidcRefusal, oidcRefusal } from './oidc-faults.ts'
import { optionalText, optionalTexts, requiredText } from './request-members.ts'

/** A program that registered (RegisterClient). Nothing of it is kept here: its id is the registration, sealed. */
export interface Client {
  readonly id: string
  readonly name: string
  /** Empty for profiles without an `sso-session`, whose tokens are for the portal all the same. */
  readonly scopes: readonly string[]
  /** Empty: none was named, so the device grant and the refreshing of its tokens are meant. */
  readonly grantTypes: readonly string[]
  readonly redirectUris: readonly string[]
  /** Seconds since the epoch. */
  readonly issuedAt: number
}

/** What a token may be for here. Others are of applications that this authority is not (CodeCatalyst, Q Developer). */
export const portalScope = 'sso:account:access'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const grants: readonly string[] = [deviceGrant, 'authorization_code', 'refresh_token']
/** 90 days (IAM Identity Center OIDC API Reference, RegisterClient). */
const lifetime = 90 * 86_400
const largestRegistration = 4096

/** Gives the reply's members, or the refusal. */
export function registerClient(body: Readonly<Record<string, unknown>>, ground: Ground, origin: string) {
  const name = requiredText(body, 'clientName', 256)
  if (isRefusal(name)) return name
  const type = requiredText(body, 'clientType', 64)
  if (isRefusal(type)) return type
  const scopes = optionalTexts(body, 'scopes', 50, 128)
  if (isRefusal(scopes)) return scopes
  const grantTypes = optionalTexts(body, 'grantTypes', 10, 128)
  if (isRefusal(grantTypes)) return grantTypes
  const redirectUris = optionalTexts(body, 'redirectUris', 10, 1024)
  if (isRefusal(redirectUris)) return redirectUris
  const issuerUrl = optionalText(body, 'issuerUrl', 2048)
  if (isRefusal(issuerUrl)) return issuerUrl
  if (/[\u0000-\u001f\u007f]/.test(name))
    return oidcRefusal('invalid-client-metadata', 'clientName has control characters.')
  if (type !== 'public') return oidcRefusal('invalid-client-metadata', 'clientType must be public.')
  const strange = scopes.find((scope) => scope !== portalScope)
  if (strange !== undefined)
    return oidcRefusal('invalid-scope', `The only scope here is ${portalScope}; ${JSON.stringify(strange)} is none.`)
  const unknown = grantTypes.find((grant) => !grants.includes(grant))
  if (unknown !== undefined)
    return oidcRefusal('unsupported-grant-type', `There is no grant type ${JSON.stringify(unknown)}.`)
  const bad = redirectUris.find((uri) => !isRedirectUri(uri))
  if (bad !== undefined)
    return oidcRefusal(
      'invalid-redirect-uri',
      `${JSON.stringify(bad)} is no redirect URI: http or https on a loopback address, without a fragment.`,
    )
  if (grantTypes.includes('authorization_code') && redirectUris.length === 0)
    return oidcRefusal('invalid-redirect-uri', 'The grant authorization_code needs a redirect URI.')
  if (issuerUrl !== undefined && !isOwnStartUrl(issuerUrl, ground))
    return oidcRefusal('invalid-request', 'issuerUrl is not the start URL of this authority.')
  const issuedAt = Math.floor(ground.now() / 1000)
  const registration = { n: name, s: scopes, g: grantTypes, r: redirectUris, i: issuedAt }
  if (JSON.stringify(registration).length > largestRegistration)
    return oidcRefusal('invalid-client-metadata', 'The registration is too large.')
  const clientId = ground.state.seal('client', registration)
  return {
    ok: {
      clientId,
      clientSecret: secretOf(clientId, ground),
      clientIdIssuedAt: issuedAt,
      clientSecretExpiresAt: issuedAt + lifetime,
      authorizationEndpoint: `${origin}/authorize`,
      tokenEndpoint: `${origin}/token`,
    },
  }
}

/** The client that an id stands for; null for one that was not given out here, or 90 days ago. */
export function clientOf(id: string, ground: Ground): Client | null {
  const registration = ground.state.open('client', id)
  if (registration === null) return null
  const { n, s, g, r, i } = registration as { n: string; s: string[]; g: string[]; r: string[]; i: number }
  if (i + lifetime <= ground.now() / 1000) return null
  return { id, name: n, scopes: s, grantTypes: g, redirectUris: r, issuedAt: i }
}

/** The client that calls, by id and secret. */
export function callingClient(body: Readonly<Record<string, unknown>>, ground: Ground): Client | OidcRefusal {
  const id = requiredText(body, 'clientId', 16_384)
  if (isRefusal(id)) return id
  const secret = requiredText(body, 'clientSecret', 16_384)
  if (isRefusal(secret)) return secret
  const isRight = sameText(secret, secretOf(id, ground))
  const client = clientOf(id, ground)
  return isRight && client !== null
    ? client
    : oidcRefusal('invalid-client', 'clientId and clientSecret are not those of a client, or are over: register again.')
}

/** What tells clients apart, shorter than their ids. */
export function clientMark({ id }: Client, ground: Ground): string {
  return ground.state.vouch('client', id)
}

/** May the client's tokens be refreshed? Only where it asked for a scope, as sessions of the CLI do. */
export function mayRefresh({ scopes, grantTypes }: Client): boolean {
  return scopes.length > 0 && (grantTypes.length === 0 || grantTypes.includes('refresh_token'))
}

export function mayUse({ grantTypes }: Client, grant: string): boolean {
  return grantTypes.length === 0 ? grant !== 'authorization_code' : grantTypes.includes(grant)
}

/** Ports of loopback addresses do not count: a program takes any that is free (RFC 8252 §7.3). */
export function isRegisteredUri({ redirectUris }: Client, uri: string): boolean {
  return isRedirectUri(uri) && redirectUris.some((registered) => withoutPort(registered) === withoutPort(uri))
}

function withoutPort(text: string): string {
  const url = new URL(text)
  url.port = ''
  return url.href
}

/**
 * Anybody may register under any name, so a code goes only to programs on the computer of the person who allows it (RFC 8252 §7.3),
 * and to no page that somebody was talked into.
 */
function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.hash !== '' || text.includes('#') || url.username !== '' || url.password !== '') return false
  return /^https?:$/.test(url.protocol) && isLoopbackName(url.hostname)
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function secretOf(id: string, ground: Ground): string {
  return ground.state.vouch('client secret', id)
}
