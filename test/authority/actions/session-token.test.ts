import { describe, expect, it } from 'vitest'
import { accountOfAccessKeyId } from '../../../src/anatomy/access-key-id.ts'
import { readSessionToken } from '../../../src/anatomy/session-token.ts'
import { ACCOUNT, openAuthority } from './authority-at-hand.ts'

describe('GetCallerIdentity', () => {
  it('tells each kind of caller who it is', async () => {
    const at = await openAuthority()
    expect(await at.ok('GetCallerIdentity')).toEqual({
      UserId: ACCOUNT,
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
    })
    const { User } = await at.ok('CreateUser', { UserName: 'u', Path: '/p/' })
    const user = at.user('u')
    const identity = { UserId: User.UserId, Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/p/u` }
    expect(await at.ok('GetCallerIdentity', {}, user)).toEqual(identity)
    const { Credentials } = await at.ok('GetSessionToken', {}, user)
    expect(await at.ok('GetCallerIdentity', {}, at.session(Credentials.SessionToken))).toEqual(identity)
  })
})

describe('GetSessionToken', () => {
  it('gives credentials of the user itself for twelve hours when no time is named', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { Credentials } = await at.ok('GetSessionToken', {}, at.user('u'))
    expect(Credentials.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(accountOfAccessKeyId(Credentials.AccessKeyId)).toBe(ACCOUNT)
    expect(Credentials.SecretAccessKey).toMatch(/^[A-Za-z0-9/+]{40}$/)
    expect(Credentials.Expiration).toBe('2026-11-29T00:00:00Z')
    expect(readSessionToken(Credentials.SessionToken)).toMatchObject({ account: ACCOUNT, region: 'eu-west-1' })
    const claims = at.claims(Credentials.SessionToken)
    expect(claims).toMatchObject({
      type: 'session',
      ownerId: at.user('u').userId,
      parentKeyId: at.user('u').accessKeyId,
      mfaAt: null,
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
    })
    expect(claims.expiresAt - claims.issuedAt).toBe(43_200)
  })

  it('gives the time that was asked for, and root never more than an hour', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const lasts = async (input: object, as = at.root) => {
      const { Credentials } = await at.ok('GetSessionToken', input, as)
      return (Date.parse(Credentials.Expiration) - Date.parse('2026-11-28T12:00:00Z')) / 1000
    }
    expect(await lasts({ DurationSeconds: 129_600 }, at.user('u'))).toBe(129_600)
    expect(await lasts({ DurationSeconds: 900 }, at.user('u'))).toBe(900)
    expect(await lasts({})).toBe(3600)
    expect(await lasts({ DurationSeconds: 129_600 })).toBe(3600)
    expect(await lasts({ DurationSeconds: 900 })).toBe(900)
  })

  it('is not given to a session', async () => {
    const at = await openAuthority()
    const { Credentials } = await at.ok('GetSessionToken')
    expect(await at.refused('GetSessionToken', {}, at.session(Credentials.SessionToken))).toMatchObject({
      reason: 'called-with-session',
      operation: 'GetSessionToken',
      cause: 'session-from-session',
    })
  })

  it('needs no permission, and no policy denies it', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' })
    await at.ok('GetSessionToken', {}, at.user('u'))
    await at.ok('GetCallerIdentity', {}, at.user('u'))
  })

  it('says when MFA was shown', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    const input = { SerialNumber, TokenCode: at.code(SerialNumber) }
    const { Credentials } = await at.ok('GetSessionToken', input, principal)
    expect(at.claims(Credentials.SessionToken).mfaAt).toBe(Math.floor(at.now.getTime() / 1000))
  })

  it('takes each code once', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    const input = { SerialNumber, TokenCode: at.code(SerialNumber) }
    const results = await Promise.all([1, 2, 3].map(() => at.call('GetSessionToken', input, principal)))
    expect(results.filter((result) => 'ok' in result)).toHaveLength(1)
    expect(await at.refused('GetSessionToken', input, principal)).toMatchObject({
      reason: 'mfa-code-used',
      cause: 'mfa-code-wrong',
    })
    at.tick(30)
    await at.ok('GetSessionToken', { SerialNumber, TokenCode: at.code(SerialNumber) }, principal)
  })

  it('takes each code once on two nodes together', async () => {
    const here = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await here.userWithDevice('u')
    const there = await openAuthority({ store: here.store })
    there.now = here.now
    const input = { SerialNumber, TokenCode: here.code(SerialNumber) }
    const results = await Promise.all([here, there].map((node) => node.call('GetSessionToken', input, principal)))
    expect(results.map((result) => ('ok' in result ? 'ok' : result.refused.reason)).sort()).toEqual([
      'mfa-code-used',
      'ok',
    ])
  })

  /** Why: AWS does (radkawar/stackd, `testdata/aws/iam/mfa_synchronization_codes.json`, September 2026). */
  it('takes the codes that enabled the device, each once', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    at.tick(-60)
    for (const step of [0, -1]) {
      const input = { SerialNumber, TokenCode: at.code(SerialNumber, step) }
      await at.ok('GetSessionToken', input, principal)
      expect(await at.refused('GetSessionToken', input, principal)).toMatchObject({ reason: 'mfa-code-used' })
    }
  })

  it('takes only the caller’s own device, with both halves of the pair', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    const { principal: other } = await at.userWithDevice('v')
    const TokenCode = at.code(SerialNumber)
    const reason = async (input: object, as = principal) => (await at.refused('GetSessionToken', input, as)).reason
    expect(await reason({ SerialNumber })).toBe('mfa-pair-incomplete')
    expect(await reason({ TokenCode })).toBe('mfa-pair-incomplete')
    expect(await reason({ SerialNumber, TokenCode }, other)).toBe('mfa-serial-wrong')
    expect(await reason({ SerialNumber, TokenCode }, at.root)).toBe('mfa-serial-wrong')
    expect(await reason({ SerialNumber: `${SerialNumber}x`, TokenCode })).toBe('mfa-serial-wrong')
    await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'idle' })
    const idle = `arn:aws:iam::${ACCOUNT}:mfa/idle`
    expect(await reason({ SerialNumber: idle, TokenCode: at.code(idle) })).toBe('mfa-serial-wrong')
    await at.ok('GetSessionToken', { SerialNumber, TokenCode }, principal)
  })

  it('slows guessing down: after many wrong codes even the right one has to wait', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    const right = at.code(SerialNumber)
    const wrong = right === '000000' ? '000001' : '000000'
    for (let tries = 0; tries < 30; tries++)
      await at.refused('GetSessionToken', { SerialNumber, TokenCode: wrong }, principal)
    expect(await at.refused('GetSessionToken', { SerialNumber, TokenCode: right }, principal)).toMatchObject({
      reason: 'mfa-tries-spent',
      evidence: [expect.stringContaining('Too many wrong codes')],
    })
    at.tick(15 * 60)
    await at.ok('GetSessionToken', { SerialNumber, TokenCode: at.code(SerialNumber) }, principal)
  })

  /** Why: tests that hold the clock make a device of the same name in the same second again and again. */
  it('does not hold the wrong codes of a device against one that takes its name in the same second', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    // Back to the second in which the device was made.
    at.tick(-60)
    const right = at.code(SerialNumber)
    const wrong = right === '000000' ? '000001' : '000000'
    for (let tries = 0; tries < 12; tries++)
      await at.refused('GetSessionToken', { SerialNumber, TokenCode: wrong }, principal)
    await at.ok('DeactivateMFADevice', { UserName: 'u', SerialNumber })
    await at.ok('DeleteVirtualMFADevice', { SerialNumber })
    await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'u' })
    const codes = { AuthenticationCode1: at.code(SerialNumber, -2), AuthenticationCode2: at.code(SerialNumber, -1) }
    await at.ok('EnableMFADevice', { UserName: 'u', SerialNumber, ...codes })
    await at.ok('GetSessionToken', { SerialNumber, TokenCode: at.code(SerialNumber) }, principal)
  })

  it('never tells a code or a seed in what it says to the log', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    const TokenCode = at.code(SerialNumber, 7)
    const refusal = JSON.stringify(await at.refused('GetSessionToken', { SerialNumber, TokenCode }, principal))
    expect(refusal).not.toContain(TokenCode)
    expect(refusal).not.toContain(at.state.directory.mfaDevice(SerialNumber)?.seed)
  })
})

describe('GetAccessKeyInfo', () => {
  it('reads the account out of any id, known or not, and refuses what carries none', async () => {
    const at = await openAuthority()
    // Public vectors, see the reference on anatomy.
    expect(await at.ok('GetAccessKeyInfo', { AccessKeyId: 'ASIAY34FZKBOKMUTVV7A' })).toEqual({
      Account: '609629065308',
    })
    expect(await at.ok('GetAccessKeyInfo', { AccessKeyId: 'ASIAQNZGKIQY56JQ7WML' })).toEqual({
      Account: '029608264753',
    })
    expect(await at.refused('GetAccessKeyInfo', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toMatchObject({
      reason: 'invalid-parameter',
    })
  })

  it('knows the account of an id that was chosen by hand', async () => {
    const at = await openAuthority({
      others: [
        {
          kind: 'access-key',
          id: 'AKIAIOSFODNN7EXAMPLE',
          owner: 'root',
          status: 'Inactive',
          createdAt: '2026-01-01T00:00:00Z',
          secret: 'unused',
        },
      ],
    })
    expect(await at.ok('GetAccessKeyInfo', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toEqual({ Account: ACCOUNT })
    await at.ok('DeleteAccessKey', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
    expect(await at.ok('GetAccessKeyInfo', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toEqual({ Account: ACCOUNT })
  })
})
