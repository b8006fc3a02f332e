import { type Authority, type Decision, startAuthority } from '../../../src/authority/index.ts'
import { noteSecret } from '../../setup.ts'
import { asker, mustAsk } from '../server/caller.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads the members it expects of any reply
type Json = any

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
  /** The whole `Set-Cookie` line; null when there is none. */
  readonly cookie: string | null
  /** That by which a browser is known in which somebody has signed in; visitors come each time with none. */
  readonly known: string | null
}

export type Visitor = ReturnType<typeof visitor>

/** A browser as far as the API of the console needs one: it keeps the cookie, and knows the form's token once it was told. */
export function visitor(authority: Authority) {
  let cookie = ''
  let formToken = ''
  async function go(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(new URL(path, authority.url), {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        ...(cookie === '' ? {} : { Cookie: `theme=dark; ${cookie}` }),
        ...(formToken === '' ? {} : { 'X-CSRF-Token': formToken }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const lines = response.headers.getSetCookie()
    const set = lines.find((line) => /^(?:__Secure-)?countersign-console=/.test(line)) ?? null
    const known = lines.find((line) => /^(?:__Secure-)?countersign-known=/.test(line)) ?? null
    if (set !== null) {
      cookie = set.split(';')[0]!
      if (!cookie.endsWith('=')) noteSecret('console cookie', cookie.slice(cookie.indexOf('=') + 1))
    }
    const text = await response.text()
    const isJson = response.headers.get('content-type') === 'application/json'
    const read = text === '' || !isJson ? text : (JSON.parse(text) as Json)
    const token = read?.session?.formToken ?? read?.formToken
    if (token !== undefined) formToken = token
    return { status: response.status, headers: response.headers, body: read, cookie: set, known }
  }
  const api = (path: string, body?: unknown, headers?: Record<string, string>) =>
    go(`/console/api/${path}`, body, headers)
  return {
    go,
    api,
    cookie: () => cookie,
    carry(other: string) {
      cookie = other
    },
    forgetToken() {
      formToken = ''
    },
    session: () => api('session'),
    async isSignedIn(): Promise<boolean> {
      return (await api('session')).body.signedIn
    },
    signIn: (as: Readonly<Record<string, string>> = {}) =>
      api('sign-in', { account: authority.account, userName: 'ada', password, ...as }),
    /** A call of the AWS API, as the pages make it. */
    aws: (parameters: Readonly<Record<string, string>>) =>
      go('/console/api/aws', new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString(), {
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      }),
  }
}

/** Takes the password policy that AWS has by default; no secret of anybody. */
export const password = 'Correct-Horse-1'
export const otherPassword = 'Another-Horse-2'

/** An authority whose passwords cost nothing to hash. */
export function quickAuthority(data = ':memory:'): Promise<Authority> {
  return startAuthority({ data, port: 0, testControls: true, passwordWork: 4 })
}

/** A user with a password. */
export async function makePerson(authority: Authority, name: string, allow: readonly string[] = []): Promise<void> {
  const ask = asker(authority)
  await mustAsk(ask, { Action: 'CreateUser', UserName: name })
  await mustAsk(ask, { Action: 'CreateLoginProfile', UserName: name, Password: password })
  if (allow.length === 0) return
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: allow, Resource: '*' }] }
  await mustAsk(ask, {
    Action: 'PutUserPolicy',
    UserName: name,
    PolicyName: 'p',
    PolicyDocument: JSON.stringify(document),
  })
}

/** Registers an MFA device for a user; gives its codes, of so many seconds from now. */
export async function giveDevice(
  authority: Authority,
  owner: string,
  name = owner,
): Promise<(offset?: number) => string> {
  const ask = asker(authority)
  const made = await ask({ Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: name })
  const SerialNumber = made.text('SerialNumber')
  const at = (offset = 0) => {
    authority.clock({ offset })
    return authority.mfaCode(SerialNumber)!
  }
  const [AuthenticationCode1, AuthenticationCode2] = [at(-60), at(-30)]
  authority.clock({})
  const enabled = await ask({
    Action: 'EnableMFADevice',
    UserName: owner,
    SerialNumber,
    AuthenticationCode1,
    AuthenticationCode2,
  })
  if (enabled.status !== 200) throw new Error(enabled.body)
  return at
}

export async function lastDecision(authority: Authority): Promise<Decision> {
  const [last] = await authority.decisions({ limit: 1 })
  if (last === undefined) throw new Error('nothing was decided')
  return last
}

/** The token of the link to root's first sign-in. */
export function firstToken(authority: Authority): string {
  const token = /#token=(.*)$/.exec(authority.firstSignInLink ?? '')?.[1]
  if (token === undefined) throw new Error('there is no link')
  noteSecret('first sign-in link', token)
  return token
}
