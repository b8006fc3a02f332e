import crypto from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { noteSecret } from '../../setup.ts'
import { formBrowser } from '../identity-center/center.ts'
import { asker } from '../server/caller.ts'
import {
  firstToken,
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
  await makePerson(authority, 'ada')
})
afterEach(() => authority.clock({}))
afterAll(() => authority.stop())

const wrong = { message: 'Account, user name or password is not right.', reason: 'sign-in-wrong' }
/** How many tries are judged as wrong before the next has to wait. */
const judged = async (tryIt: () => Promise<{ readonly status: number }>) => {
  for (let count = 0; ; count += 1) {
    const { status } = await tryIt()
    if (status === 429) return count
    expect(status).toBe(403)
  }
}
const expectFew = (count: number) => {
  expect(count).toBeGreaterThan(5)
  expect(count).toBeLessThanOrEqual(10)
}
const later = (seconds: number) => authority.clock({ offset: seconds })
const root = { email: 'root@example.com', password }
const asRoot = (person: Visitor, as: object = {}) => person.api('sign-in', { ...root, ...as })
const makeRoot = async () => {
  const { status } = await visitor(authority).api('sign-in/first', { token: firstToken(authority), ...root })
  if (status !== 200) throw new Error(`no root: ${status}`)
}

describe('signing in to the console', () => {
  test.each([
    ['the account number', () => authority.account],
    ['the account number as AWS shows it', () => authority.account.replace(/(....)(?=.)/g, '$1-')],
    ['the alias, in any case', () => ' Acme '],
  ])('takes %s', async (_, account) => {
    await asker(authority)({ Action: 'CreateAccountAlias', AccountAlias: 'acme' })
    const person = visitor(authority)
    const { status, body, cookie } = await person.signIn({ account: account(), userName: 'ADA' })
    expect([status, body.step, cookie === null]).toEqual([200, 'signed-in', false])
    expect(body.session).toEqual((await person.session()).body)
    expect(await lastDecision(authority)).toMatchObject({
      service: 'signin',
      operation: 'ConsoleLogin',
      outcome: 'accepted',
      principal: `arn:aws:iam::${authority.account}:user/ada`,
    })
    const user = await asker(authority)({ Action: 'GetUser', UserName: 'ada' })
    expect(Date.now() - Date.parse(user.text('PasswordLastUsed'))).toBeLessThan(60_000)
  })

  test('gives one and the same answer, whatever was wrong; the decision has the true reason', async () => {
    await asker(authority)({ Action: 'CreateUser', UserName: 'eve' })
    const cases: [Record<string, string>, string][] = [
      [{ password: 'x' }, 'the password of the user ada is another one'],
      [{ userName: 'eve' }, 'the user eve has no password'],
      [{ userName: 'nobody' }, 'there is no user of that name'],
      [{ userName: '' }, 'there is no user of that name'],
      [{ account: '123456789012' }, 'the account has another number and alias'],
      [{ account: 'acme' }, 'the account has another number and alias'],
      [{ account: '' }, 'the account has another number and alias'],
      [{ password: '' }, 'the password of the user ada is another one'],
      [{ password: `${password}${'x'.repeat(10_000)}` }, 'the password of the user ada is another one'],
      [{ userName: 'x'.repeat(10_000) }, 'there is no user of that name'],
    ]
    for (const [as, evidence] of cases) {
      const { status, body, cookie } = await visitor(authority).signIn(as)
      expect([status, body, cookie]).toEqual([403, wrong, null])
      const decision = await lastDecision(authority)
      expect(decision).toMatchObject({ operation: 'ConsoleLogin', outcome: 'refused', evidence: [evidence] })
      expect(decision.principal).toBeNull()
    }
    for (const as of [{ email: root.email }, { email: '' }, { email: 'x' }]) {
      const { status, body } = await visitor(authority).signIn(as)
      expect([status, body]).toEqual([403, wrong])
    }
  })

  test('does the same work for nobody as for a wrong password', async () => {
    const real = await startAuthority({ data: ':memory:', port: 0 })
    onTestFinished(() => real.stop())
    await makePerson(real, 'ada')
    await asker(real)({ Action: 'CreateUser', UserName: 'eve' })
    const { scrypt } = crypto
    onTestFinished(() => {
      crypto.scrypt = scrypt
      syncBuiltinESMExports()
    })
    let work: unknown[] = []
    crypto.scrypt = ((...args: Parameters<typeof scrypt>) => {
      const [, salt, length, { N, r, p }] = args
      work.push([(salt as Uint8Array).length, length, N, r, p])
      return scrypt(...args)
    }) as typeof scrypt
    syncBuiltinESMExports()
    for (const as of [{}, { userName: 'nobody' }, { userName: 'eve' }, { account: '000000000000' }, { email: 'a@b' }]) {
      work = []
      expect((await visitor(real).signIn({ ...as, password: 'wrong' })).body).toEqual(wrong)
      // N 2^15, r 8, p 3: what passwords are hashed with (docs/decisions/0017-identity-center.md).
      expect([as, work]).toEqual([as, [[expect.any(Number), 32, 32_768, 8, 3]]])
    }
  })

  test('refuses what is no JSON, or lacks a member, without counting it as a guess', async () => {
    const person = visitor(authority)
    const paths = ['sign-in', 'sign-in/mfa', 'sign-in/password', 'sign-in/first']
    for (const path of paths)
      for (const body of ['', '{', 'null', '[]', '"x"', '{}', '{"account":1,"userName":[],"password":{}}'])
        expect([path, body, (await person.api(path, body)).status]).toEqual([path, body, 400])
    expect((await person.api('sign-in')).status).toBe(405)
    expect((await person.signIn()).body.step).toBe('signed-in')
  })

  test('slows down guesses by name, also of names that nobody has, and tells how long to wait', async () => {
    for (const as of [{ password: 'x' }, { userName: 'nobody' }, { account: 'acme' }, { email: 'a@b.example' }]) {
      expectFew(await judged(() => visitor(authority).signIn(as)))
      const { status, body, headers } = await visitor(authority).signIn(as)
      expect([status, body]).toEqual([429, { message: expect.any(String), reason: 'throttled', seconds: 1 }])
      expect(headers.get('retry-after')).toBe('1')
    }
    // The right password does not help meanwhile, and the other pages wait too.
    expect((await visitor(authority).signIn()).status).toBe(429)
    expect((await formBrowser(authority, password).signIn('/start')).status).toBe(429)
    expect(await lastDecision(authority)).toMatchObject({ reason: 'throttled' })
    await makePerson(authority, 'bob')
    expect((await visitor(authority).signIn({ userName: 'bob' })).status).toBe(200)
    later(2)
    expect((await visitor(authority).signIn()).status).toBe(200)
    // Right once, and the count begins anew.
    expect((await visitor(authority).signIn({ password: 'x' })).status).toBe(403)
  })

  test('judges few of many guesses at once', async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, () => visitor(authority).signIn({ password: 'x' })))
    expect(replies.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(11)
  })

  test('ends what this browser had before', async () => {
    const [person, copy] = [visitor(authority), visitor(authority)]
    await person.signIn()
    copy.carry(person.cookie())
    await person.signIn()
    expect([await person.isSignedIn(), await copy.isSignedIn()]).toEqual([true, false])
  })

  test('keeps passwords, codes, challenges and cookies out of decisions', async () => {
    const code = await giveDevice(authority, 'ada')
    const person = visitor(authority)
    const { challenge } = (await person.signIn()).body
    const digits = code()
    await person.api('sign-in/mfa', { challenge, code: digits })
    await person.aws({ Action: 'GetUser' })
    await visitor(authority).signIn({ password: 'Secret-Wrong-77' })
    const decisions = JSON.stringify(await authority.decisions({ limit: 100 }))
    const secrets = [password, 'Secret-Wrong-77', challenge, digits, person.cookie().split('=')[1]!]
    for (const secret of secrets)
      expect(decisions.includes(`"${secret}`) || decisions.includes(` ${secret}`)).toBe(false)
  })
})

describe('a one-time code', () => {
  test('is asked for once the password is right, and makes a session with MFA', async () => {
    const code = await giveDevice(authority, 'ada')
    const person = visitor(authority)
    const first = await person.signIn()
    expect([first.status, first.body, first.cookie]).toEqual([
      200,
      { step: 'mfa', challenge: expect.any(String) },
      null,
    ])
    expect(await person.isSignedIn()).toBe(false)
    expect(await lastDecision(authority)).toMatchObject({ operation: 'CheckMfa', outcome: 'accepted' })
    const { challenge } = first.body
    const digits = code()
    const other = digits === '000000' ? '000001' : '000000'
    for (const wrongCode of [other, '', '12345', 'abcdef', `${digits}0`]) {
      const { status, body } = await person.api('sign-in/mfa', { challenge, code: wrongCode })
      expect([status, body.reason]).toEqual([403, 'sign-in-wrong'])
      expect(await lastDecision(authority)).toMatchObject({ operation: 'ConsoleLogin', cause: 'mfa-code-wrong' })
    }
    const done = await person.api('sign-in/mfa', { challenge, code: ` ${digits.slice(0, 3)} ${digits.slice(3)}` })
    expect([done.status, done.body.step, done.body.session.mfa]).toEqual([200, 'signed-in', true])
    // The challenge may still stand, but the code has been used.
    expect((await visitor(authority).api('sign-in/mfa', { challenge, code: digits })).status).toBe(403)
  })

  test('may be of any of the devices', async () => {
    await giveDevice(authority, 'ada')
    const ask = asker(authority)
    const made = await ask({ Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: 'second' })
    const SerialNumber = made.text('SerialNumber')
    const at = (offset: number) => {
      later(offset)
      return authority.mfaCode(SerialNumber)!
    }
    const [AuthenticationCode1, AuthenticationCode2] = [at(-60), at(-30)]
    later(0)
    await ask({ Action: 'EnableMFADevice', UserName: 'ada', SerialNumber, AuthenticationCode1, AuthenticationCode2 })
    const person = visitor(authority)
    const { challenge } = (await person.signIn()).body
    const done = await person.api('sign-in/mfa', { challenge, code: authority.mfaCode(SerialNumber)! })
    expect(done.body.step).toBe('signed-in')
  })

  test('has five minutes, counts for the password that was shown, and for no other step', async () => {
    const code = await giveDevice(authority, 'ada')
    const person = visitor(authority)
    const over = async (challenge: string, path = 'sign-in/mfa', more: object = { code: code() }) =>
      (await person.api(path, { challenge, ...more })).body.reason
    const { challenge } = (await person.signIn()).body
    expect(await over(challenge, 'sign-in/password', { newPassword: otherPassword })).toBe('challenge-over')
    for (const other of ['', 'x', `${challenge.slice(0, -1)}${challenge.endsWith('A') ? 'B' : 'A'}`, person.cookie()])
      expect(await over(other)).toBe('challenge-over')
    expect((await person.api('sign-in/mfa', { challenge, code: code(301) })).body.reason).toBe('challenge-over')
    later(0)
    await asker(authority)({ Action: 'UpdateLoginProfile', UserName: 'ada', Password: otherPassword })
    expect(await over(challenge)).toBe('challenge-over')
  })

  test('is guessed at slowly, by whoever has the password', async () => {
    const code = await giveDevice(authority, 'ada')
    const person = visitor(authority)
    const digits = code()
    const other = digits === '000000' ? '000001' : '000000'
    expectFew(
      await judged(async () => {
        const { challenge } = (await person.signIn()).body
        return person.api('sign-in/mfa', { challenge, code: other })
      }),
    )
    const { challenge } = (await person.signIn()).body
    const { status, body } = await person.api('sign-in/mfa', { challenge, code: digits })
    expect([status, body.reason]).toEqual([429, 'throttled'])
    const after = await person.api('sign-in/mfa', { challenge, code: code(31) })
    expect(after.body.step).toBe('signed-in')
  })
})

describe('another password', () => {
  const require = (more: Record<string, string> = {}) =>
    asker(authority)({ Action: 'UpdateLoginProfile', UserName: 'ada', PasswordResetRequired: 'true', ...more })

  test('is chosen after the code, by the rules of the account, and then one is signed in', async () => {
    await asker(authority)({
      Action: 'UpdateAccountPasswordPolicy',
      MinimumPasswordLength: '10',
      RequireSymbols: 'true',
      RequireNumbers: 'true',
    })
    const code = await giveDevice(authority, 'ada')
    await require()
    const person = visitor(authority)
    const first = (await person.signIn()).body
    expect(first.step).toBe('mfa')
    const second = (await person.api('sign-in/mfa', { challenge: first.challenge, code: code() })).body
    expect(second).toEqual({
      step: 'new-password',
      challenge: expect.any(String),
      policy: {
        minimumLength: 10,
        requireSymbols: true,
        requireNumbers: true,
        requireUppercase: false,
        requireLowercase: false,
        kinds: 0,
      },
    })
    expect(await person.isSignedIn()).toBe(false)
    const { challenge } = second
    const short = await person.api('sign-in/password', { challenge, newPassword: 'short' })
    expect([short.status, short.body]).toEqual([
      400,
      {
        message: 'This password cannot be taken.',
        reason: 'password-policy-violation',
        faults: [
          'The password must have at least 10 characters.',
          'The password must have a number (0 to 9).',
          'The password must have a symbol.',
        ],
      },
    ])
    for (const newPassword of ['', 'Aa1-'.repeat(33), password])
      expect((await person.api('sign-in/password', { challenge, newPassword })).body.faults).toHaveLength(1)
    const done = await person.api('sign-in/password', { challenge, newPassword: otherPassword })
    expect([done.status, done.body.step, done.body.session.mfa]).toEqual([200, 'signed-in', true])
    expect((await visitor(authority).api('sign-in/password', { challenge, newPassword: 'Third-Horse-3' })).status).toBe(
      403,
    )
    expect((await visitor(authority).signIn()).status).toBe(403)
    expect((await visitor(authority).signIn({ password: otherPassword })).status).toBe(200)
  })

  test('is chosen when the old one has expired; with hard expiry only an administrator helps', async () => {
    const ask = asker(authority)
    await ask({ Action: 'UpdateAccountPasswordPolicy', MaxPasswordAge: '1' })
    later(86_401)
    expect((await visitor(authority).signIn()).body).toMatchObject({ step: 'new-password', policy: { kinds: 0 } })
    later(0)
    await ask({ Action: 'UpdateAccountPasswordPolicy', MaxPasswordAge: '1', HardExpiry: 'true' })
    later(86_401)
    const { status, body } = await visitor(authority).signIn()
    expect([status, body.reason]).toEqual([403, 'password-expired'])
    // Only to whoever knows it.
    expect((await visitor(authority).signIn({ password: 'x' })).body).toEqual(wrong)
  })

  test('by the default policy needs three kinds of characters', async () => {
    await require()
    expect((await visitor(authority).signIn()).body.policy).toEqual({
      minimumLength: 8,
      requireSymbols: false,
      requireNumbers: false,
      requireUppercase: false,
      requireLowercase: false,
      kinds: 3,
    })
  })
})

describe('changing one\u2019s own password', () => {
  const change = (person: Visitor, oldPassword: string, newPassword: string) =>
    person.api('password', { oldPassword, newPassword })

  test('needs the permission of ChangePassword, or an account that lets everybody', async () => {
    const person = visitor(authority)
    await person.signIn()
    const denied = await change(person, password, otherPassword)
    expect([denied.status, denied.body.reason]).toEqual([403, 'not-authorized'])
    const ask = asker(authority)
    await ask({ Action: 'UpdateAccountPasswordPolicy', AllowUsersToChangePassword: 'true' })
    const statement = { Effect: 'Deny', Action: 'iam:ChangePassword', Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await ask({ Action: 'PutUserPolicy', UserName: 'ada', PolicyName: 'no', PolicyDocument })
    expect((await change(person, password, otherPassword)).status).toBe(403)
    await ask({ Action: 'DeleteUserPolicy', UserName: 'ada', PolicyName: 'no' })
    expect((await change(person, password, otherPassword)).status).toBe(200)
  })

  test('ends every other sign-in, and goes on with this one', async () => {
    await makePerson(authority, 'bob', ['iam:ChangePassword'])
    const as = { userName: 'bob' }
    const [person, other] = [visitor(authority), visitor(authority)]
    await person.signIn(as)
    await other.signIn(as)
    expect((await change(person, 'wrong', otherPassword)).body.reason).toBe('sign-in-wrong')
    expect((await change(person, password, 'short')).body.faults).toHaveLength(2)
    const done = await change(person, password, otherPassword)
    expect([done.status, done.body.step]).toEqual([200, 'signed-in'])
    expect(await lastDecision(authority)).toMatchObject({ operation: 'PasswordUpdated', outcome: 'accepted' })
    expect([await person.isSignedIn(), await other.isSignedIn()]).toEqual([true, false])
    expect((await person.api('sign-out', {})).status).toBe(200)
    expect((await change(visitor(authority), password, otherPassword)).status).toBe(401)
  })

  test('is guessed at as slowly as signing in is', async () => {
    const person = visitor(authority)
    await asker(authority)({ Action: 'UpdateAccountPasswordPolicy', AllowUsersToChangePassword: 'true' })
    await person.signIn()
    expectFew(await judged(() => change(person, 'x', otherPassword)))
    expect((await change(person, password, otherPassword)).status).toBe(429)
    expect((await visitor(authority).signIn()).status).toBe(429)
  })
})

describe('root', () => {
  test('chooses its password by a link, and then signs in by e-mail; no policy limits it', async () => {
    expect(authority.firstSignInLink).toMatch(new RegExp(`^${authority.url}/console/first#token=[\\w-]+$`))
    const token = firstToken(authority)
    const person = visitor(authority)
    const weak = await person.api('sign-in/first', { token, email: root.email, password: 'short' })
    expect([weak.status, weak.body.faults.length]).toEqual([400, 2])
    const same = await person.api('sign-in/first', { token, email: 'Aa1@example.com', password: 'aA1@EXAMPLE.com' })
    expect(same.body.faults).toEqual(['The password must not be the name of the account.'])
    for (const email of ['', 'x', '@', 'a b@c', `${'x'.repeat(300)}@x`])
      expect((await person.api('sign-in/first', { token, email, password })).body.reason).toBe('email')
    const done = await person.api('sign-in/first', { token, ...root })
    expect([done.status, done.body.step]).toEqual([200, 'signed-in'])
    expect(done.body.session.principal).toEqual({
      type: 'root',
      arn: `arn:aws:iam::${authority.account}:root`,
      name: root.email,
      userId: authority.account,
    })
    expect(authority.firstSignInLink).toBeNull()
    const again = visitor(authority)
    expect((await asRoot(again, { email: ' Root@Example.com ' })).body.step).toBe('signed-in')
    expect((await again.aws({ Action: 'ListUsers' })).status).toBe(200)
    expect((await asRoot(visitor(authority), { password: 'x' })).body).toEqual(wrong)
  })

  test.each<[string, (token: string) => Promise<string>]>([
    [
      'used before',
      async (token) => {
        await makeRoot()
        return token
      },
    ],
    [
      'a day old',
      async (token) => {
        later(86_400)
        return token
      },
    ],
    ['changed', async (token) => `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`],
    [
      'of another authority',
      async () => {
        const other = await quickAuthority()
        onTestFinished(() => other.stop())
        return firstToken(other)
      },
    ],
  ])('is not let in by a link that is %s', async (_, made) => {
    const token = await made(firstToken(authority))
    const { status, body, cookie } = await visitor(authority).api('sign-in/first', { token, ...root })
    expect([status, body.reason, cookie]).toEqual([403, 'link-over', null])
    expect(await lastDecision(authority)).toMatchObject({ outcome: 'refused', reason: 'link-over' })
  })

  test('gets one password of two links that are used at once', async () => {
    const token = firstToken(authority)
    const replies = await Promise.all(
      [password, otherPassword].map((one) =>
        visitor(authority).api('sign-in/first', { token, ...root, password: one }),
      ),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('registers its device in the console, and from then on shows its code; its other sessions end', async () => {
    await makeRoot()
    const [person, other] = [visitor(authority), visitor(authority)]
    await asRoot(person)
    await asRoot(other)
    const made = await person.aws({ Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: 'root' })
    const seed = made.body.CreateVirtualMFADeviceResponse.CreateVirtualMFADeviceResult.VirtualMFADevice
    noteSecret('seed of root', Buffer.from(seed.Base32StringSeed, 'base64').toString())
    const serialNumber: string = seed.SerialNumber
    const at = (offset: number) => {
      later(offset)
      return authority.mfaCode(serialNumber)!
    }
    const [code1, code2] = [at(-60), at(-30)]
    const code = at(0)
    const wrongCodes = await person.api('root-mfa', { serialNumber, code1: code2, code2: code1 })
    expect([wrongCodes.status, wrongCodes.body.reason]).toEqual([403, 'mfa-codes-wrong'])
    expect((await person.api('root-mfa', { serialNumber: 'x', code1, code2 })).status).toBe(404)
    expect((await person.api('root-mfa', { serialNumber, code1, code2 })).body).toEqual({ enabled: true })
    expect((await person.session()).body).toMatchObject({ signedIn: true, mfa: false })
    expect(await other.isSignedIn()).toBe(false)
    const next = await asRoot(visitor(authority))
    expect(next.body.step).toBe('mfa')
    const done = await visitor(authority).api('sign-in/mfa', { challenge: next.body.challenge, code })
    expect([done.body.step, done.body.session.mfa]).toEqual(['signed-in', true])
    // A device that is five minutes fast is out of step until two of its codes say so.
    const fast = { serialNumber, code1: at(300), code2: at(330) }
    const inStep = at(360)
    later(0)
    const wanted = await asRoot(visitor(authority))
    const challenge: string = wanted.body.challenge
    expect((await visitor(authority).api('sign-in/mfa', { challenge, code: fast.code2 })).status).toBe(403)
    expect((await person.api('root-mfa/resync', { ...fast, serialNumber: 'x' })).status).toBe(404)
    expect((await person.api('root-mfa/resync', { ...fast, code2: undefined })).status).toBe(400)
    expect((await person.api('root-mfa/resync', { ...fast, code1: fast.code2 })).body.reason).toBe('mfa-codes-wrong')
    expect((await person.api('root-mfa/resync', fast)).body).toEqual({ resynced: true })
    expect(await lastDecision(authority)).toMatchObject({ operation: 'ResyncMFADevice', outcome: 'accepted' })
    expect((await visitor(authority).api('sign-in/mfa', { challenge, code: inStep })).body.step).toBe('signed-in')
    const summary = await asker(authority)({ Action: 'GetAccountSummary' })
    expect(summary.body).toMatch(/AccountMFAEnabled<\/key>\s*<value>1</)
    // Only root itself.
    const ada = visitor(authority)
    await ada.signIn()
    expect((await ada.api('root-mfa', { serialNumber, code1, code2 })).status).toBe(403)
    expect((await visitor(authority).api('root-mfa', { serialNumber, code1, code2 })).status).toBe(401)
    expect((await ada.api('root-mfa/resync', fast)).status).toBe(403)
    expect((await visitor(authority).api('root-mfa/resync', fast)).status).toBe(401)
  })

  test('changes its password in the console; the policy of the account is not about it', async () => {
    await makeRoot()
    const person = visitor(authority)
    await asRoot(person)
    const policy = { MinimumPasswordLength: '100', MaxPasswordAge: '1', HardExpiry: 'true' }
    expect((await asker(authority)({ Action: 'UpdateAccountPasswordPolicy', ...policy })).status).toBe(200)
    const weak = await person.api('password', { oldPassword: password, newPassword: root.email })
    expect(weak.body.faults).toContain('The password must not be the name of the account.')
    const changed = await person.api('password', { oldPassword: password, newPassword: otherPassword })
    expect([changed.status, changed.body.step]).toEqual([200, 'signed-in'])
    later(86_500)
    expect((await asRoot(visitor(authority), { password: otherPassword })).body.step).toBe('signed-in')
  })

  test('gets a new link from an operator who takes its password away; what was before ends', async () => {
    const data = mkdtempSync(join(tmpdir(), 'countersign-root-'))
    onTestFinished(() => rmSync(data, { recursive: true, force: true }))
    const start = (resetRootPassword = false) => startAuthority({ data, port: 0, passwordWork: 4, resetRootPassword })
    const first = await start()
    const oldToken = firstToken(first)
    const person = visitor(first)
    await person.api('sign-in/first', { token: oldToken, ...root })
    await first.stop()
    const second = await start()
    expect(second.firstSignInLink).toBeNull()
    const same = visitor(second)
    same.carry(person.cookie())
    expect(await same.isSignedIn()).toBe(true)
    await second.stop()
    const third = await start(true)
    onTestFinished(() => third.stop())
    const after = visitor(third)
    after.carry(person.cookie())
    expect(await after.isSignedIn()).toBe(false)
    const newToken = firstToken(third)
    const use = (token: string) => visitor(third).api('sign-in/first', { token, ...root, password: otherPassword })
    expect((await use(oldToken)).body.reason).toBe('link-over')
    expect((await use(newToken)).status).toBe(200)
    expect((await visitor(third).api('sign-in', { ...root, password: otherPassword })).status).toBe(200)
    noteSecret('root password', otherPassword)
    const database = readFileSync(join(data, 'countersign.sqlite'), 'latin1')
    for (const secret of [password, otherPassword, newToken]) expect(database.includes(secret)).toBe(false)
  })
})
