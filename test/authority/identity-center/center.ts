import type { Authority, Decision } from '../../../src/authority/index.ts'
import { sign } from '../../../src/signature/index.ts'
import { type Answer, send } from '../server/caller.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads the members it expects of any reply
export type Json = any

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
  /** The exception that SDKs choose by the header. */
  readonly error: string | null
}

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
export const portalScopes = ['sso:account:access']
export const redirectUri = 'http://127.0.0.1/oauth/callback'

/** A call of the OIDC endpoints. */
export async function oidc(authority: Authority, path: string, body: unknown): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return replyOf(await fetch(authority.url + path, { method: 'POST', body: text }))
}

/** A call of the portal with an access token. */
export async function portal(authority: Authority, path: string, token: string | null, method = 'GET'): Promise<Reply> {
  const headers: Record<string, string> = token === null ? {} : { 'x-amz-sso_bearer_token': token }
  return replyOf(await fetch(authority.url + path, { method, headers }))
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as Json),
    error: response.headers.get('x-amzn-errortype'),
  }
}

export interface Client {
  readonly clientId: string
  readonly clientSecret: string
}

export async function register(authority: Authority, members: object = {}): Promise<Client> {
  const reply = await oidc(authority, '/client/register', {
    clientName: 'a program',
    clientType: 'public',
    ...members,
  })
  const { clientId, clientSecret } = reply.body as Client
  return { clientId, clientSecret }
}

export interface Device {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string
}

export async function startDevice(authority: Authority, client: Client): Promise<Device> {
  const reply = await oidc(authority, '/device_authorization', { ...client, startUrl: authority.startUrl })
  return reply.body as Device
}

export function poll(authority: Authority, client: Client, { deviceCode }: Pick<Device, 'deviceCode'>): Promise<Reply> {
  return oidc(authority, '/token', { ...client, grantType: deviceGrant, deviceCode })
}

export interface Tokens {
  readonly accessToken: string
  readonly expiresIn: number
  readonly refreshToken?: string
}

/** Signs a person in by the device grant, without a browser. */
export async function signIn(
  authority: Authority,
  user: string,
  client?: Client,
): Promise<Tokens & { readonly client: Client }> {
  const who = client ?? (await register(authority, { scopes: portalScopes }))
  const device = await startDevice(authority, who)
  if (!authority.ssoApprove({ userCode: device.userCode, user })) throw new Error('the sign-in could not be allowed')
  const reply = await poll(authority, who, device)
  if (reply.status !== 200) throw new Error(`no token: ${JSON.stringify(reply.body)}`)
  return { ...(reply.body as Tokens), client: who }
}

export function refresh(authority: Authority, client: Client, refreshToken: string | undefined): Promise<Reply> {
  return oidc(authority, '/token', { ...client, grantType: 'refresh_token', refreshToken })
}

/** A signed call of AWS JSON 1.1, by root unless it is said otherwise. */
export async function named(
  authority: Authority,
  target: string,
  body: object,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = authority.root,
): Promise<Answer & { readonly json: Json; readonly error: string | undefined }> {
  const service = target.startsWith('SWB') ? 'sso' : 'identitystore'
  const { request } = sign(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: [
        ['Host', new URL(authority.url).host],
        ['Content-Type', 'application/x-amz-json-1.1'],
        ['X-Amz-Target', target],
      ],
      body: JSON.stringify(body),
    },
    { credentials, region: 'us-east-1', service, at: new Date() },
  )
  const answer = await send(authority, request)
  return { ...answer, json: JSON.parse(answer.body) as Json, error: answer.headers['x-amzn-errortype'] as string }
}

export async function lastDecision(authority: Authority): Promise<Decision> {
  const [last] = await authority.decisions({ limit: 1 })
  if (last === undefined) throw new Error('nothing was decided')
  return last
}

/** A browser without scripts: it keeps the cookie, follows nothing, and sends a form as it stands on the page. */
export function formBrowser(authority: Authority, password = 'Correct-Horse-1') {
  let cookie = ''
  async function go(path: string, form?: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
    const response = await fetch(new URL(path, authority.url), {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { Cookie: cookie }), ...headers },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    })
    const set = response.headers.get('set-cookie')
    if (set !== null) cookie = set.split(';')[0]!
    const html = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      html,
      title: /<h1>([^<]*)<\/h1>/.exec(html)?.[1],
      alert: /role="alert">([^<]*)</.exec(html)?.[1],
      token: /name="token" value="([^"]*)"/.exec(html)?.[1] ?? '',
      location: response.headers.get('location'),
    }
  }
  return {
    go,
    cookie: () => cookie,
    /** Opens the page and sends its form. */
    async send(path: string, form: Readonly<Record<string, string>>) {
      const { token } = await go(path)
      return go(path, { token, ...form })
    },
    async signIn(path: string, as: Readonly<Record<string, string>> = {}) {
      return this.send(path, { step: 'sign-in', username: 'ada', password, ...as })
    },
  }
}
