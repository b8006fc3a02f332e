import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import type { SigningCredentials } from '../../../src/signature/index.ts'
import { named } from '../identity-center/center.ts'
import { type Answer, type Ask, asker, decisionOf, makeSession, makeUser } from './caller.ts'

let authority: Authority
let ask: Ask
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
  ask = asker(authority)
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const policy = (...Action: string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })

function keysIn(answer: Answer): SigningCredentials & { sessionToken: string } {
  return {
    accessKeyId: answer.text('AccessKeyId'),
    secretAccessKey: answer.text('SecretAccessKey'),
    sessionToken: answer.text('SessionToken'),
  }
}

async function federate(credentials: SigningCredentials, more: Record<string, string> = {}): Promise<Answer> {
  const answer = await ask({ Action: 'GetFederationToken', Name: 'bob', ...more }, { credentials })
  if (answer.status !== 200) throw new Error(answer.body)
  return answer
}

const lifetime = (answer: Answer) => Math.round((Date.parse(answer.text('Expiration')) - Date.now()) / 1000)
const roundly = (seconds: number) => expect.toSatisfy((value: number) => Math.abs(value - seconds) < 30)

describe('GetFederationToken', () => {
  test('gives a session in the name that was asked for, for twelve hours', async () => {
    const user = await makeUser(ask, 'ada', ['sts:GetFederationToken'])
    const answer = await federate(user)
    expect(answer.text('Arn')).toBe(`arn:aws:sts::${authority.account}:federated-user/bob`)
    expect(answer.text('FederatedUserId')).toBe(`${authority.account}:bob`)
    expect(answer.text('PackedPolicySize')).toBe('0')
    expect(lifetime(answer)).toEqual(roundly(43_200))
    const who = await ask({ Action: 'GetCallerIdentity' }, { credentials: keysIn(answer) })
    expect([who.text('Arn'), who.text('UserId')]).toEqual([
      `arn:aws:sts::${authority.account}:federated-user/bob`,
      `${authority.account}:bob`,
    ])
    expect(lifetime(await federate(user, { DurationSeconds: '900' }))).toEqual(roundly(900))
  })

  test('of root lasts an hour at most', async () => {
    expect(lifetime(await federate(authority.root))).toEqual(roundly(3600))
    expect(lifetime(await federate(authority.root, { DurationSeconds: '129600' }))).toEqual(roundly(3600))
    expect(lifetime(await federate(authority.root, { DurationSeconds: '1000' }))).toEqual(roundly(1000))
  })

  test('may do what both the user and the session policy allow, and without one nothing', async () => {
    const user = await makeUser(ask, 'ada', ['sts:GetFederationToken', 'sso:ListInstances'])
    const list = async (answer: Answer) =>
      (await named(authority, 'SWBExternalService.ListInstances', {}, keysIn(answer))).error ?? 'allowed'
    expect(await list(await federate(user))).toBe('AccessDeniedException')
    expect(await list(await federate(user, { Policy: policy('sso:*') }))).toBe('allowed')
    expect(await list(await federate(user, { Policy: policy('ec2:*') }))).toBe('AccessDeniedException')
    const managed = { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/AdministratorAccess' }
    expect(await list(await federate(user, managed))).toBe('allowed')
    const other = await makeUser(ask, 'eve', ['sts:GetFederationToken'])
    expect(await list(await federate(other, { Policy: policy('*') }))).toBe('AccessDeniedException')
    expect(await list(await federate(authority.root, { Policy: policy('sso:*') }))).toBe('allowed')
    expect(await list(await federate(authority.root))).toBe('AccessDeniedException')
  })

  test('can call nothing in IAM, and only GetCallerIdentity in STS', async () => {
    const user = await makeUser(ask, 'ada', ['*'])
    const credentials = keysIn(await federate(user, { Policy: policy('*') }))
    for (const parameters of [
      { Action: 'ListUsers' },
      { Action: 'GetUser' },
      { Action: 'AssumeRole', RoleArn: `arn:aws:iam::${authority.account}:role/x`, RoleSessionName: 'xx' },
      { Action: 'GetAccessKeyInfo', AccessKeyId: user.accessKeyId },
    ]) {
      const answer = await ask(parameters, { credentials })
      expect([parameters.Action, answer.status, answer.code]).toEqual([parameters.Action, 403, 'InvalidClientTokenId'])
      expect((await decisionOf(authority, answer)).cause).toBe('session-from-session')
    }
    for (const Action of ['GetSessionToken', 'GetFederationToken']) {
      const answer = await ask({ Action, Name: 'bob' }, { credentials })
      expect([answer.status, answer.message]).toEqual([403, `Cannot call ${Action} with session credentials`])
    }
  })

  test('is not for sessions, whatever their policies say', async () => {
    const user = await makeUser(ask, 'ada', ['*'])
    const session = await makeSession(ask, user)
    const answer = await ask({ Action: 'GetFederationToken', Name: 'bob' }, { credentials: session })
    expect([answer.status, answer.code, answer.message]).toEqual([
      403,
      'AccessDenied',
      'Cannot call GetFederationToken with session credentials',
    ])
  })

  test('needs sts:GetFederationToken on the federated user, and sts:TagSession for tags', async () => {
    const user = await makeUser(ask, 'ada')
    const refused = await ask({ Action: 'GetFederationToken', Name: 'bob' }, { credentials: user })
    expect(refused.message).toContain(
      `not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::${authority.account}:federated-user/bob`,
    )
    const PolicyDocument = policy('sts:GetFederationToken')
    await ask({ Action: 'PutUserPolicy', UserName: 'ada', PolicyName: 'p', PolicyDocument })
    const tags = { 'Tags.member.1.Key': 'Team', 'Tags.member.1.Value': 'a' }
    const tagged = await ask({ Action: 'GetFederationToken', Name: 'bob', ...tags }, { credentials: user })
    expect(tagged.message).toContain('sts:TagSession')
    expect((await ask({ Action: 'GetFederationToken', Name: 'bob' }, { credentials: user })).status).toBe(200)
  })

  test('ends with the key that it was made with', async () => {
    const user = await makeUser(ask, 'ada', ['sts:GetFederationToken'])
    const credentials = keysIn(await federate(user))
    await ask({ Action: 'UpdateAccessKey', UserName: 'ada', AccessKeyId: user.accessKeyId, Status: 'Inactive' })
    const answer = await ask({ Action: 'GetCallerIdentity' }, { credentials })
    expect(answer.code).toBe('InvalidClientTokenId')
    expect((await decisionOf(authority, answer)).cause).toBe('session-parent-gone')
  })

  test.each<[string, Record<string, string>, string]>([
    ['a name of one letter', { Name: 'b' }, 'ValidationError'],
    ['a name with a blank', { Name: 'b b' }, 'ValidationError'],
    ['less than a quarter of an hour', { DurationSeconds: '899' }, 'ValidationError'],
    ['more than 36 hours', { DurationSeconds: '129601' }, 'ValidationError'],
    ['a policy that is none', { Policy: '{}' }, 'MalformedPolicyDocument'],
    ['a policy that is not there', { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/NoSuch' }, 'ValidationError'],
  ])('refuses %s', async (_, more, code) => {
    const answer = await ask({ Action: 'GetFederationToken', Name: 'bob', ...more })
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

describe('the federation endpoint', () => {
  const session = ({ accessKeyId, secretAccessKey, sessionToken }: ReturnType<typeof keysIn>) =>
    JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken })

  async function getToken(Session: string, more: Record<string, string> = {}, method = 'POST') {
    const query = new URLSearchParams({ Action: 'getSigninToken', Session, ...more })
    const response =
      method === 'GET'
        ? await fetch(`${authority.url}/federation?${query}`)
        : await fetch(`${authority.url}/federation`, { method, body: query })
    return { status: response.status, body: (await response.json()) as { SigninToken?: string; message?: string } }
  }

  async function logIn(SigninToken: string) {
    const query = new URLSearchParams({
      Action: 'login',
      Issuer: 'x',
      Destination: 'https://a.example/<b>',
      SigninToken,
    })
    const response = await fetch(`${authority.url}/federation?${query}`)
    return { status: response.status, html: await response.text(), headers: response.headers }
  }

  async function roleKeys() {
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: authority.account }, Action: 'sts:AssumeRole' }],
    })
    await ask({ Action: 'CreateRole', RoleName: 'op', AssumeRolePolicyDocument: trust })
    const user = await makeUser(ask, 'ada', ['sts:AssumeRole'])
    const RoleArn = `arn:aws:iam::${authority.account}:role/op`
    return keysIn(await ask({ Action: 'AssumeRole', RoleArn, RoleSessionName: 'ada' }, { credentials: user }))
  }

  test.each(['GET', 'POST'])('makes a sign-in of a role session (%s), and the page says whose', async (method) => {
    const { status, body } = await getToken(session(await roleKeys()), { SessionDuration: '1800' }, method)
    expect([status, Object.keys(body)]).toEqual([200, ['SigninToken']])
    const page = await logIn(body.SigninToken!)
    expect(page.status).toBe(200)
    expect(page.html).toContain(`arn:aws:sts::${authority.account}:assumed-role/op/ada`)
    expect(page.headers.get('set-cookie')).toBeNull()
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('makes one of a federated user, but with its own length only', async () => {
    const user = await makeUser(ask, 'ada', ['sts:GetFederationToken'])
    const keys = session(keysIn(await federate(user)))
    expect((await logIn((await getToken(keys)).body.SigninToken!)).html).toContain('federated-user/bob')
    expect((await getToken(keys, { SessionDuration: '1800' })).body.message).toContain('GetFederationToken')
  })

  test('refuses what is no session of a role or a federated user', async () => {
    const keys = await roleKeys()
    const user = await makeUser(ask, 'eve')
    const plain = await makeSession(ask, user)
    for (const Session of [
      '',
      '{}',
      'null',
      'x'.repeat(20_000),
      JSON.stringify({ sessionId: user.accessKeyId, sessionKey: user.secretAccessKey }),
      session({ ...keys, secretAccessKey: 'another' }),
      session({ ...keys, accessKeyId: plain.accessKeyId }),
      session({ ...keys, sessionToken: plain.sessionToken }),
      session(plain),
    ])
      expect((await getToken(Session)).status).toBe(400)
    for (const SessionDuration of ['899', '43201', 'x'])
      expect((await getToken(session(keys), { SessionDuration })).status).toBe(400)
    authority.clock({ offset: 3700 })
    expect((await getToken(session(keys))).body.message).toContain('expired')
    const [decision] = await authority.decisions({ limit: 1 })
    expect(decision).toMatchObject({ service: 'signin', operation: 'GetSigninToken', cause: 'session-expired' })
    authority.clock({})
  })

  test('takes a sign-in token for a quarter of an hour', async () => {
    const { SigninToken } = (await getToken(session(await roleKeys()))).body
    authority.clock({ offset: 901 })
    expect((await logIn(SigninToken!)).status).toBe(400)
    authority.clock({})
    expect((await logIn(SigninToken!)).status).toBe(200)
    expect((await logIn(`${SigninToken!.slice(0, -1)}x`)).status).toBe(400)
    expect((await fetch(`${authority.url}/federation?Action=other`)).status).toBe(400)
  })
})
