import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { noteSecret } from '../../setup.ts'
import { formBrowser, poll, portal, portalScopes, register, startDevice } from '../identity-center/center.ts'
import { asker } from '../server/caller.ts'
import { makeCertificate } from '../server/certificate.ts'
import {
  giveDevice,
  lastDecision,
  makePerson,
  otherPassword,
  password,
  quickAuthority,
  type Visitor,
  visitor,
} from './visitor.ts'

let authority: Authority
beforeAll(async () => {
  authority = await quickAuthority()
})
beforeEach(async () => {
  await authority.reset()
  await makePerson(authority, 'ada', ['iam:*'])
})
afterEach(() => authority.clock({}))
afterAll(() => authority.stop())

async function signedIn(name = 'ada') {
  const person = visitor(authority)
  const reply = await person.signIn({ userName: name })
  if (reply.body.step !== 'signed-in') throw new Error(JSON.stringify(reply.body))
  return person
}

const later = (seconds: number) => authority.clock({ offset: seconds })

describe('a session of the console', () => {
  test('says who one is and how long it lasts, and nothing to a stranger', async () => {
    expect((await visitor(authority).session()).body).toEqual({ signedIn: false, account: null })
    const person = await signedIn()
    const { body, cookie } = await person.session()
    expect(body).toEqual({
      signedIn: true,
      account: { id: authority.account, alias: null, partition: 'aws' },
      principal: {
        type: 'user',
        arn: `arn:aws:iam::${authority.account}:user/ada`,
        name: 'ada',
        userId: expect.stringMatching(/^AIDA/),
      },
      mfa: false,
      expiresAt: expect.any(String),
      idleUntil: expect.any(String),
      formToken: expect.stringMatching(/^[\w-]{43}$/),
      region: 'us-east-1',
    })
    expect(cookie).toBeNull()
    const hours = (text: string) => Math.round((Date.parse(text) - Date.now()) / 360_000) / 10
    expect([hours(body.expiresAt), hours(body.idleUntil)]).toEqual([12, 1])
  })

  test('has a cookie that no script reads, that no other site brings along, and that says nothing', async () => {
    const { cookie } = await visitor(authority).signIn()
    expect(cookie).toMatch(/^countersign-console=[\w-]+; Path=\/console\/; HttpOnly; SameSite=Strict$/)
    const inside = Buffer.from(/=([\w-]+)/.exec(cookie!)![1]!, 'base64url').toString('latin1')
    expect(inside).not.toContain('AIDA')
    expect(inside).not.toContain('ada')
  })

  test('has a cookie for TLS only, under a name that pages without TLS cannot set, where there is TLS', async () => {
    const { cert, key } = makeCertificate()
    const secure = await startAuthority({ data: ':memory:', port: 0, passwordWork: 4, tls: { cert, key } })
    onTestFinished(() => secure.stop())
    const cookie = await new Promise<string>((resolve, reject) => {
      const body = JSON.stringify({
        token: /token=(.*)/.exec(secure.firstSignInLink!)![1],
        email: 'root@example.com',
        password,
      })
      const request = httpsRequest(
        new URL('/console/api/sign-in/first', secure.url),
        { method: 'POST', rejectUnauthorized: false },
        (reply) => resolve(reply.headers['set-cookie']?.[0] ?? ''),
      )
      request.on('error', reject)
      request.end(body)
    })
    expect(cookie).toMatch(/^__Secure-countersign-console=[\w-]+; Path=\/console\/; HttpOnly; SameSite=Strict; Secure$/)
  })

  test('calls the AWS API as a temporary session, by which its decisions are named', async () => {
    const person = await signedIn()
    const { status, body } = await person.aws({ Action: 'GetUser' })
    expect([status, body.GetUserResponse.GetUserResult.User.UserName]).toEqual([200, 'ada'])
    const decision = await lastDecision(authority)
    expect(decision).toMatchObject({ operation: 'GetUser', principal: `arn:aws:iam::${authority.account}:user/ada` })
    expect(decision.accessKeyId).toMatch(/^ASIA/)
    const logins = await authority.decisions({ limit: 10 })
    const login = logins.find(({ operation }) => operation === 'ConsoleLogin')
    expect(login).toMatchObject({ accessKeyId: decision.accessKeyId, outcome: 'accepted', service: 'signin' })
  })

  test.each([
    ['without a code', false, 403],
    ['with a code', true, 200],
  ])('tells policies whether there was MFA: %s', async (_, withCode, status) => {
    await asker(authority)({
      Action: 'PutUserPolicy',
      UserName: 'ada',
      PolicyName: 'mfa',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
          },
          { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Null: { 'aws:TokenIssueTime': 'true' } } },
          {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { NumericGreaterThan: { 'aws:MultiFactorAuthAge': '600' } },
          },
        ],
      }),
    })
    const code = withCode ? await giveDevice(authority, 'ada') : null
    const person = visitor(authority)
    const { body } = await person.signIn()
    if (code !== null) await person.api('sign-in/mfa', { challenge: body.challenge, code: code() })
    expect((await person.session()).body.mfa).toBe(withCode)
    expect((await person.aws({ Action: 'GetUser' })).status).toBe(status)
    if (!withCode) return
    later(700)
    expect((await person.aws({ Action: 'GetUser' })).status).toBe(403)
  })

  test('ends an hour after the last call, and is kept by calls but not by looking', async () => {
    const person = await signedIn()
    later(3_500)
    // Whether it lasts may be asked without making it last.
    expect((await person.session()).cookie).toBeNull()
    const called = await person.aws({ Action: 'GetUser' })
    expect([called.status, called.cookie]).toEqual([200, expect.stringContaining('countersign-console=')])
    later(7_000)
    expect(await person.isSignedIn()).toBe(true)
    later(7_101)
    expect(await person.isSignedIn()).toBe(false)
    expect((await person.aws({ Action: 'GetUser' })).status).toBe(401)
  })

  test('is not kept by a page that looks for news while nobody is there', async () => {
    const person = await signedIn()
    for (let at = 600; at <= 3_000; at += 600) {
      later(at)
      const { status, cookie } = await person.api('findings', undefined, { 'X-Unattended': '1' })
      expect([status, cookie]).toEqual([200, null])
    }
    later(3_601)
    expect(await person.isSignedIn()).toBe(false)
  })

  test('makes its cookie anew once a minute at most; an old one that was stolen idles out', async () => {
    const person = await signedIn()
    const stolen = person.cookie()
    later(59)
    expect((await person.aws({ Action: 'GetUser' })).cookie).toBeNull()
    later(61)
    expect((await person.aws({ Action: 'GetUser' })).cookie).not.toBeNull()
    later(3_601)
    expect(await person.isSignedIn()).toBe(true)
    person.carry(stolen)
    expect(await person.isSignedIn()).toBe(false)
  })

  test('ends after twelve hours, however busy one is', async () => {
    const person = await signedIn()
    for (let at = 3_000; at < 43_200; at += 3_000) {
      later(at)
      expect((await person.aws({ Action: 'GetUser' })).status).toBe(200)
    }
    later(43_201)
    expect(await person.isSignedIn()).toBe(false)
  })

  test('is over when the clock is set back before it', async () => {
    later(7_200)
    const person = await signedIn()
    authority.clock({})
    expect(await person.isSignedIn()).toBe(false)
  })

  test('is ended by signing out, also for whoever has a copy of its cookie', async () => {
    const [person, thief] = [await signedIn(), visitor(authority)]
    thief.carry(person.cookie())
    expect(await thief.isSignedIn()).toBe(true)
    const { status, cookie } = await person.api('sign-out', {})
    expect([status, cookie]).toEqual([200, expect.stringMatching(/^countersign-console=; Max-Age=0; Path=\/console\//)])
    expect(await thief.isSignedIn()).toBe(false)
    expect(await lastDecision(authority)).toMatchObject({ operation: 'SignOut', outcome: 'accepted' })
    // Nobody to sign out is no fault.
    expect((await visitor(authority).api('sign-out', {})).status).toBe(200)
  })

  test('is ended in every browser by signing out everywhere, the access portal included; others stay', async () => {
    await makePerson(authority, 'bob')
    const [desk, phone, bob] = [await signedIn(), await signedIn(), await signedIn('bob')]
    await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin', password })
    const client = await register(authority, { scopes: portalScopes })
    const device = await startDevice(authority, client)
    const approving = formBrowser(authority, password)
    const path = `/device?user_code=${device.userCode}`
    await approving.signIn(path)
    await approving.send(path, { step: 'allow', user_code: device.userCode })
    const { accessToken } = (await poll(authority, client, device)).body
    const accounts = async () => (await portal(authority, '/assignment/accounts', accessToken)).status
    expect(await accounts()).toBe(200)
    const reply = await desk.api('sign-out-everywhere', {})
    expect([reply.status, reply.body]).toEqual([200, { signedIn: false, ended: 3 }])
    expect([await desk.isSignedIn(), await phone.isSignedIn(), await bob.isSignedIn()]).toEqual([false, false, true])
    expect(await accounts()).toBe(401)
  })

  test.each<[string, Record<string, string>[]]>([
    ['another password', [{ Action: 'UpdateLoginProfile', UserName: 'ada', Password: otherPassword }]],
    ['no password any more', [{ Action: 'DeleteLoginProfile', UserName: 'ada' }]],
    [
      'being deleted',
      [
        { Action: 'DeleteUserPolicy', UserName: 'ada', PolicyName: 'p' },
        { Action: 'DeleteLoginProfile', UserName: 'ada' },
        { Action: 'DeleteUser', UserName: 'ada' },
      ],
    ],
  ])('is ended by %s', async (_, calls) => {
    const person = await signedIn()
    for (const call of calls) expect((await asker(authority)(call)).status).toBe(200)
    expect(await person.isSignedIn()).toBe(false)
    // What has ended stays so when somebody of that name comes back.
    if (calls.length === 3) {
      await makePerson(authority, 'ada')
      expect(await person.isSignedIn()).toBe(false)
    }
  })

  test('is ended by an MFA device that is registered, for that was not asked for', async () => {
    const person = await signedIn()
    await giveDevice(authority, 'ada')
    expect(await person.isSignedIn()).toBe(false)
  })

  test('goes on, without MFA as before, where somebody registers a device of their own; all others of theirs end', async () => {
    const allowed = { Effect: 'Allow', Action: 'iam:*', Resource: '*' }
    const withMfa = { Effect: 'Allow', Action: 'sts:GetAccessKeyInfo', Resource: '*' }
    const onlyWithMfa = { ...withMfa, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allowed, onlyWithMfa] })
    await asker(authority)({ Action: 'PutUserPolicy', UserName: 'ada', PolicyName: 'own', PolicyDocument })
    const [person, other] = [await signedIn(), await signedIn()]
    const keyInfo = { Action: 'GetAccessKeyInfo', Version: '2011-06-15', AccessKeyId: authority.root.accessKeyId }
    expect((await person.aws(keyInfo)).status).toBe(403)
    const assign = async (who: Visitor, name: string, UserName: string) => {
      const made = await who.aws({ Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: name })
      const device = made.body.CreateVirtualMFADeviceResponse.CreateVirtualMFADeviceResult.VirtualMFADevice
      noteSecret(`seed of ${name}`, Buffer.from(device.Base32StringSeed, 'base64').toString())
      const SerialNumber: string = device.SerialNumber
      const [AuthenticationCode1, AuthenticationCode2] = [-60, -30].map((offset) => {
        later(offset)
        return authority.mfaCode(SerialNumber)!
      })
      later(0)
      const codes = { AuthenticationCode1: AuthenticationCode1!, AuthenticationCode2: AuthenticationCode2! }
      return who.aws({ Action: 'EnableMFADevice', UserName, SerialNumber, ...codes })
    }
    expect((await assign(person, 'first', 'ada')).status).toBe(200)
    const { body } = await person.session()
    expect([body.signedIn, body.mfa]).toEqual([true, false])
    // AWS wants another sign-in, with the device, for what needs MFA.
    expect((await person.aws(keyInfo)).status).toBe(403)
    expect((await assign(person, 'second', 'ada')).status).toBe(403)
    expect(await other.isSignedIn()).toBe(false)
  })

  // Why: "Why refused?" would fill with what its own pages look for.
  test('leaves no refusal where a page looks for what is not there, but where somebody changes it', async () => {
    const person = await signedIn()
    const asked = async (Action: string) => (await person.aws({ Action, UserName: 'nobody-of-that-name' })).status
    expect([await asked('GetLoginProfile'), await asked('DeleteLoginProfile')]).toEqual([404, 404])
    const refused = await authority.decisions({ outcome: 'refused', limit: 10 })
    expect(refused.map(({ operation }) => operation)).toEqual(['DeleteLoginProfile'])
  })

  // Why: those pages keep no session on the server, and whoever has the cookie can let programs in.
  test('is ended everywhere with the sign-in to the pages of Identity Center, and with sign-ins that are under way', async () => {
    const [pages, person] = [formBrowser(authority, password), visitor(authority)]
    const code = await giveDevice(authority, 'ada')
    await pages.signIn('/start', { code: code() })
    const isAsked = async () => (await pages.go('/start')).title === 'Sign in'
    expect(await isAsked()).toBe(false)
    const { challenge } = (await person.signIn()).body
    const again = code(30)
    later(0)
    expect((await person.api('sign-in/mfa', { challenge, code: again })).body.step).toBe('signed-in')
    expect((await person.api('sign-out-everywhere', {})).body).toEqual({ signedIn: false, ended: 1 })
    expect(await isAsked()).toBe(true)
    const late = await visitor(authority).api('sign-in/mfa', { challenge, code: again })
    expect(late.body.reason).toBe('challenge-over')
  })

  test('follows the user through a new name', async () => {
    const person = await signedIn()
    await asker(authority)({ Action: 'UpdateUser', UserName: 'ada', NewUserName: 'eva' })
    expect((await person.session()).body.principal.name).toBe('eva')
  })

  test('is one of fifty at most; the oldest go', async () => {
    const people = []
    for (let count = 0; count < 52; count++) {
      later(count)
      people.push(await signedIn())
    }
    const states = await Promise.all(people.map((person) => person.isSignedIn()))
    expect(states.map((state) => (state ? '' : '-')).join('')).toBe('--')
  })

  test('lasts through a restart of the authority, and counts at no other one', async () => {
    const data = mkdtempSync(join(tmpdir(), 'countersign-console-'))
    onTestFinished(() => rmSync(data, { recursive: true, force: true }))
    const first = await quickAuthority(data)
    await makePerson(first, 'ada')
    const before = visitor(first)
    await before.signIn()
    await first.stop()
    const second = await quickAuthority(data)
    onTestFinished(() => second.stop())
    const after = visitor(second)
    after.carry(before.cookie())
    expect((await after.session()).body).toMatchObject({ signedIn: true, principal: { name: 'ada' } })
    const elsewhere = visitor(authority)
    elsewhere.carry(before.cookie())
    expect(await elsewhere.isSignedIn()).toBe(false)
  })

  test('is found among others of the same name, which another program on this host may have set', async () => {
    const person = await signedIn()
    const other = visitor(authority)
    other.carry([...Array(20).fill('countersign-console=x'), person.cookie()].join('; '))
    expect(await other.isSignedIn()).toBe(true)
  })

  test('is none with a cookie of which a character was changed', async () => {
    const person = await signedIn()
    const cookie = person.cookie()
    const start = cookie.indexOf('=') + 1
    for (let at = start; at < cookie.length; at += 7) {
      const other = cookie[at] === 'A' ? 'B' : 'A'
      person.carry(cookie.slice(0, at) + other + cookie.slice(at + 1))
      expect(await person.isSignedIn()).toBe(false)
    }
    for (const odd of ['countersign-console=', 'countersign-console', `countersign-console=${'A'.repeat(10_000)}`]) {
      person.carry(odd)
      expect(await person.isSignedIn()).toBe(false)
    }
    // Another program on this host may have set one of the same name.
    person.carry(`countersign-console=nothing; ${cookie}`)
    expect(await person.isSignedIn()).toBe(true)
  })

  test('is not begun by the cookie of the other sign-in pages, nor they by its', async () => {
    const pages = formBrowser(authority, password)
    await pages.signIn('/start')
    const person = visitor(authority)
    person.carry(pages.cookie().replace('countersign-sign-in', 'countersign-console'))
    expect(await person.isSignedIn()).toBe(false)
    const own = await signedIn()
    const reply = await fetch(`${authority.url}/start`, {
      headers: { Cookie: own.cookie().replace('countersign-console', 'countersign-sign-in') },
    })
    expect(await reply.text()).toContain('<h1>Sign in</h1>')
  })
})

describe('a request that changes something', () => {
  test.each(['sign-out', 'sign-out-everywhere', 'password', 'sign-in', 'aws'])(
    'needs the token that the page was told: %s',
    async (path) => {
      const [person, other] = [await signedIn(), await signedIn()]
      const token = (await other.session()).body.formToken
      for (const headers of [{ 'X-CSRF-Token': '' }, { 'X-CSRF-Token': 'x' }, { 'X-CSRF-Token': token }]) {
        const { status, body } = await person.api(path, {}, headers)
        expect([status, body.reason]).toEqual([403, 'form-token'])
      }
      expect(await person.isSignedIn()).toBe(true)
    },
  )

  test.each([{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }])(
    'is refused from another site, token or not: %o',
    async (headers) => {
      const person = await signedIn()
      for (const path of ['sign-out', 'sign-in', 'aws']) {
        expect((await person.api(path, {}, headers as Record<string, string>)).status).toBe(403)
      }
      expect((await person.api('session', undefined, headers as Record<string, string>)).status).toBe(403)
      expect(await person.isSignedIn()).toBe(true)
    },
  )
})
