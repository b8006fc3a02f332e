import { describe, expect, it, test } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from '../actions/authority-at-hand.ts'
import { fault, type Recorded, replay } from './replay.ts'

/** Facts of radkawar/stackd's recordings of AWS, September 2026: `testdata/aws/iam/mfa*.json`. */
const wrong = fault('AccessDenied', 403, 'MultiFactorAuthentication failed with invalid MFA one time pass code. ')
const notValidated = fault(
  'AccessDenied',
  403,
  'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
)
const invalidCodes = fault('InvalidAuthenticationCode', 403, 'Authentication code for device is not valid.')
const notOfUser = fault('NoSuchEntity', 404, 'MFA Device invalid for user.')
const ownMfa = fault(
  'AccessDenied',
  403,
  'To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user.',
)

const serialOf = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`

interface Scene {
  readonly at: AuthorityAtHand
  session(step: number, device?: string): Promise<Recorded>
  pair(operation: 'EnableMFADevice' | 'ResyncMFADevice', second: number, user?: string): Promise<Recorded>
}

/** Users `owner` and `other`, and a device `phone` that is nobody's; steps count from the present one. */
async function begin(): Promise<Scene> {
  const at = await openAuthority()
  for (const UserName of ['owner', 'other']) await at.ok('CreateUser', { UserName })
  await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' })
  const phone = serialOf('phone')
  return {
    at,
    session: async (step) =>
      (
        await replay(
          at,
          'GetSessionToken',
          { DurationSeconds: '900', SerialNumber: phone, TokenCode: at.code(phone, step) },
          at.user('owner'),
        )
      ).recorded,
    pair: async (operation, second, UserName = 'owner') =>
      (
        await replay(at, operation, {
          UserName,
          SerialNumber: phone,
          AuthenticationCode1: at.code(phone, second - 1),
          AuthenticationCode2: at.code(phone, second),
        })
      ).recorded,
  }
}

describe('as recorded of AWS, a virtual MFA device', () => {
  it('goes its whole way (mfa.json)', async () => {
    const { at, pair } = await begin()
    const SerialNumber = serialOf('phone')
    const call = async (operation: string, query: Readonly<Record<string, string>>) =>
      (await replay(at, operation, query)).recorded
    expect(await call('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' })).toEqual(
      fault('EntityAlreadyExists', 409, 'MFA device already exists.'),
    )
    expect(await call('DeactivateMFADevice', { UserName: 'owner', SerialNumber })).toEqual(notOfUser)
    expect(await pair('ResyncMFADevice', 0)).toEqual(notOfUser)
    const codes = (first: number, second: number) =>
      call('EnableMFADevice', {
        UserName: 'owner',
        SerialNumber,
        AuthenticationCode1: at.code(SerialNumber, first),
        AuthenticationCode2: at.code(SerialNumber, second),
      })
    expect(await codes(0, 0)).toEqual(invalidCodes)
    expect(await codes(0, -1)).toEqual(invalidCodes)
    expect(await codes(-1, 0)).toBe('ok')
    expect(await codes(-1, 0)).toEqual(fault('EntityAlreadyExists', 409, 'MFA Device for user owner already exists.'))
    expect(await pair('EnableMFADevice', 0, 'other')).toEqual(
      fault('EntityAlreadyExists', 409, 'MFA Device is already in use.'),
    )
    expect(await call('DeleteVirtualMFADevice', { SerialNumber })).toEqual(
      fault('DeleteConflict', 409, 'MFA VirtualDevice in use. Must deactivate first.'),
    )
    expect(await call('DeleteUser', { UserName: 'owner' })).toEqual(
      fault('DeleteConflict', 409, 'Cannot delete entity, must remove tokens from principal first.'),
    )
    expect(await call('DeactivateMFADevice', { UserName: 'other', SerialNumber })).toEqual(notOfUser)
    expect(await pair('ResyncMFADevice', 0, 'other')).toEqual(notOfUser)
    expect(await pair('ResyncMFADevice', 0)).toEqual(invalidCodes)
    expect(await call('DeactivateMFADevice', { UserName: 'owner', SerialNumber })).toBe('ok')
    expect(await call('DeactivateMFADevice', { UserName: 'owner', SerialNumber })).toEqual(notOfUser)
    // The pair that enabled it for one user does not enable it for another.
    expect(await pair('EnableMFADevice', 0, 'other')).toEqual(invalidCodes)
    expect(await pair('EnableMFADevice', 1, 'other')).toEqual(invalidCodes)
    expect(await pair('EnableMFADevice', 2, 'other')).toBe('ok')
  })

  test.each([
    [-3, wrong],
    [-2, 'ok'],
    [-1, 'ok'],
    [0, 'ok'],
    [1, 'ok'],
    [2, 'ok'],
    [3, wrong],
  ] as const)('has its code of step %i judged as %j (mfa_verification.json)', async (step, recorded) => {
    const { at, pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    at.tick(90)
    expect(await session(step)).toEqual(recorded)
    expect(await session(step)).toEqual(wrong)
  })

  /** Each row: the steps in the order in which their codes were shown, and which of them were taken. */
  test.each([
    ['mfa_code_order.json', [2, 1, 0], 'yyy'],
    ['mfa_code_order.json', [0, -1, 1], 'yyy'],
    ['mfa_code_order.json', [-2, 0, -1, 1], 'yyyy'],
    ['mfa_authentication_drift.json', [2, -2, 0, -2], 'yyyn'],
    ['mfa_authentication_drift.json', [-2, 2, 0, 2], 'yyyn'],
    ['mfa_reuse.json', [0, 1, 0, 2, 1, 2], 'yynynn'],
  ] as const)('has its codes count once, in any order (%s: %j)', async (_source, steps, taken) => {
    const { at, pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    at.tick(90)
    for (const [index, step] of steps.entries())
      expect(await session(step), `${index}`).toEqual(taken[index] === 'y' ? 'ok' : wrong)
  })

  test('is resynchronized by codes that were used, but by no pair twice (mfa_reuse.json)', async () => {
    const { at, pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    at.tick(90)
    for (const step of [0, 1, 2]) await session(step)
    expect(await pair('ResyncMFADevice', 1)).toBe('ok')
    expect(await pair('ResyncMFADevice', 2)).toEqual(invalidCodes)
    expect(await pair('ResyncMFADevice', 3)).toBe('ok')
    expect(await pair('ResyncMFADevice', 4)).toEqual(invalidCodes)
  })

  test('keeps what was used when it is resynchronized, and no more (mfa_synchronization_reuse.json)', async () => {
    const { at, pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    at.tick(90)
    expect(await session(-1)).toBe('ok')
    expect(await pair('ResyncMFADevice', 0)).toBe('ok')
    expect(await session(-1)).toEqual(wrong)
    expect(await session(0)).toBe('ok')
    expect(await session(-1)).toEqual(wrong)
  })

  test('has the codes of its pair taken for a session (mfa_synchronization_codes.json)', async () => {
    const { pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    for (const step of [-1, 0, 1]) expect(await session(step)).toBe('ok')
  })

  test.each([
    [0, 'ok'],
    [720, 'ok'],
    [990, 'ok'],
    [1000, 'ok'],
    [1001, invalidCodes],
    [1012, invalidCodes],
    [1440, invalidCodes],
    [-998, 'ok'],
    [-999, invalidCodes],
  ] as const)('whose second code is %i steps off is answered %j (mfa_pair_window.json)', async (second, recorded) => {
    expect(await (await begin()).pair('EnableMFADevice', second)).toEqual(recorded)
  })

  test('is searched from where it was last found, also after it was taken from its user (mfa_resync_anchor.json)', async () => {
    const { at, pair } = await begin()
    expect(await pair('EnableMFADevice', 600)).toBe('ok')
    for (const second of [1200, 1800, 1802]) expect(await pair('ResyncMFADevice', second), `${second}`).toBe('ok')
    await at.ok('DeactivateMFADevice', { UserName: 'owner', SerialNumber: serialOf('phone') })
    expect(await pair('EnableMFADevice', 1804)).toBe('ok')
  })

  test('has nine codes judged, and then says something else for a while (mfa_rejection_threshold.json)', async () => {
    const { at, pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    at.tick(90)
    for (let tries = 0; tries < 9; tries++) expect(await session(-10)).toEqual(wrong)
    expect(await session(0)).toEqual(notValidated)
    at.tick(180)
    expect(await session(0)).toBe('ok')
  })

  test('gives no session when it is nobody’s any more (mfa.json)', async () => {
    const { at, pair, session } = await begin()
    await pair('EnableMFADevice', 0)
    await at.ok('DeactivateMFADevice', { UserName: 'owner', SerialNumber: serialOf('phone') })
    expect(await session(0)).toEqual(notValidated)
  })

  test('is added and removed by its user with MFA only, once there is one (mfa_self_management.json)', async () => {
    const { at, pair, session } = await begin()
    await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'second' })
    await at.ok('PutUserPolicy', {
      UserName: 'owner',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: ['iam:EnableMFADevice', 'iam:DeactivateMFADevice', 'iam:ResyncMFADevice'],
          Resource: '*',
        },
      }),
    })
    const owner = at.user('owner')
    const enable = async (name: string, as = owner, UserName = 'owner', second = 0) =>
      (
        await replay(
          at,
          'EnableMFADevice',
          {
            UserName,
            SerialNumber: serialOf(name),
            AuthenticationCode1: at.code(serialOf(name), second - 1),
            AuthenticationCode2: at.code(serialOf(name), second),
          },
          as,
        )
      ).recorded
    const deactivate = async (name: string, as = owner) =>
      (await replay(at, 'DeactivateMFADevice', { UserName: 'owner', SerialNumber: serialOf(name) }, as)).recorded
    expect(await enable('phone')).toBe('ok')
    expect(await enable('second')).toEqual(ownMfa)
    expect(await enable('phone', owner, 'owner', 4)).toEqual(ownMfa)
    expect(await deactivate('phone')).toEqual(ownMfa)
    expect(await deactivate('missing')).toEqual(ownMfa)
    expect(await pair('ResyncMFADevice', 4)).toBe('ok')
    // Of someone else: there the policy decides alone.
    await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'theirs' })
    expect(await enable('theirs', owner, 'other')).toBe('ok')
    at.tick(30)
    const phone = serialOf('phone')
    const issued = await at.ok('GetSessionToken', { SerialNumber: phone, TokenCode: at.code(phone, 4) }, owner)
    const withMfa = at.session(issued.Credentials.SessionToken)
    expect(await enable('second', withMfa)).toBe('ok')
    expect(await deactivate('phone', withMfa)).toBe('ok')
    expect(await deactivate('second', withMfa)).toBe('ok')
    expect(await enable('phone', owner, 'owner', 8)).toBe('ok')
    expect(await session(8)).toBe('ok')
  })
})
