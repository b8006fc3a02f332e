import type { IncomingReply } from '../machine/machine.ts'
import { memberOf } from '../machine/reply-members.ts'
import { signInEndpoint } from '../resolution/endpoints.ts'
import { call, codeOf, objectIn, refusalOf, textIn } from '../resolution/exchange.ts'
import { type Described, type Failed, failed } from '../resolution/resolution.ts'
import type { CallMeans } from './means.ts'
import type { SsoSettings } from './sso-settings.ts'

/** An answer of the sign-in services: the members of its JSON object. */
export interface SsoAnswer {
  readonly kind: 'answered'
  readonly members: Readonly<Record<string, unknown>>
  text(name: string): string | null
}

/** The code of a refusal stands in `error` too (RFC 6749 §5.2): `authorization_pending`, `slow_down`, … */
export type SsoRefused = Failed & { readonly error: string | null }

/** One operation of the OIDC service (service model sso-oidc 2019-06-10): JSON there and back, not signed. */
export async function callOidc(
  means: CallMeans,
  settings: Pick<SsoSettings, 'region' | 'at'>,
  operation: 'RegisterClient' | 'StartDeviceAuthorization' | 'CreateToken',
  parameters: Readonly<Record<string, unknown>>,
): Promise<SsoAnswer | SsoRefused | Described> {
  const paths = {
    RegisterClient: '/client/register',
    StartDeviceAuthorization: '/device_authorization',
    CreateToken: '/token',
  } as const
  const endpoint = oidcEndpoint(means, settings.region)
  if (endpoint === null) return noEndpoint(settings)
  return await send(means, {
    service: 'sso-oidc',
    operation,
    at: settings.at,
    request: {
      method: 'POST',
      url: `${endpoint}${paths[operation]}`,
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify(parameters),
    },
  })
}

/** One operation of the portal (service model sso 2019-06-10), with the access token. */
export async function callPortal(
  means: CallMeans,
  settings: Pick<SsoSettings, 'region' | 'at'>,
  operation: 'ListAccounts' | 'ListAccountRoles' | 'Logout',
  accessToken: string,
  query: Readonly<Record<string, string>> = {},
): Promise<SsoAnswer | SsoRefused | Described> {
  const paths = {
    ListAccounts: '/assignment/accounts',
    ListAccountRoles: '/assignment/roles',
    Logout: '/logout',
  } as const
  const endpoint = signInEndpoint(means, 'sso', settings.region)
  if (endpoint === null) return noEndpoint(settings)
  const text = new URLSearchParams(query).toString().replaceAll('+', '%20')
  return await send(means, {
    service: 'sso',
    operation,
    at: settings.at,
    request: {
      method: operation === 'Logout' ? 'POST' : 'GET',
      url: `${endpoint}${paths[operation]}${text === '' ? '' : `?${text}`}`,
      headers: [['x-amz-sso_bearer_token', accessToken]],
      body: '',
    },
  })
}

/** Where the OIDC service is, and the page of its authorization endpoint; null for a region that is no host name. */
export function oidcEndpoint(means: CallMeans, region: string): string | null {
  return signInEndpoint(means, 'sso_oidc', region)
}

function noEndpoint({ region, at }: Pick<SsoSettings, 'region' | 'at'>): SsoRefused {
  const because = `"${region}" (sso_region) cannot be the name of a region`
  return { ...failed('no-region', `InvalidRegionError: ${because}`, because, at), error: null }
}

async function send(
  means: CallMeans,
  planned: Parameters<typeof call>[1],
): Promise<SsoAnswer | SsoRefused | Described> {
  const called = await call({ ...means, trail: [] }, planned)
  if (called.kind === 'described') return called
  if (called.kind === 'failed') return { ...called, error: null }
  const { reply } = called
  if (reply.status < 200 || reply.status > 299) return { ...refusalOf(planned, reply), error: errorOf(reply) }
  const members = reply.body.trim() === '' ? {} : objectIn(reply.body)
  if (members !== null) return { kind: 'answered', members, text: (name) => textIn(members, name) }
  const because = `the answer to ${planned.service}:${planned.operation} is no JSON object`
  return { ...failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because, planned.at), error: null }
}

/** OAuth's own word; where only the name of the exception came, it is told from that. */
function errorOf(reply: IncomingReply): string | null {
  const word = memberOf(reply.body, 'error')
  if (word !== null) return word
  const code = codeOf(reply)?.replace(/Exception$/, '')
  return code === undefined ? null : code.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
}
