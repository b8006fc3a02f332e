import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrapSessionToken } from '../../../src/anatomy/session-token.ts'
import type { CauseId } from '../../../src/cause-ids.ts'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import type { Verdict } from '../../../src/holder/diagnosis/verdict.ts'
import {
  accountB,
  hours,
  idOf,
  type KnownKey,
  type Laid,
  machine,
  refusal,
  reply,
  secretOf,
  tokenOf,
} from './stand-in.ts'

/*
 * Machines that are broken in several ways at once, roles, regions and one-time codes among them. Two causes may both be proven
 * only when both are true; and what excludes each other is never proven together.
 */
const seed = 20261128

interface Faults {
  readonly seed: number
  readonly session: boolean
  readonly key: 'good' | 'inactive' | 'unknown'
  readonly secretIsWrong: boolean
  readonly token:
    | 'good'
    | 'blank'
    | 'cut'
    | 'over'
    | 'over and cut'
    | 'other account'
    | 'left over'
    | 'missing'
    | 'old kind'
  readonly region: 'eu-west-1' | 'ap-east-1'
  readonly regionIsOff: boolean
  readonly hoursBehind: 0 | 3
  readonly role: null | {
    readonly duration: number | null
    readonly serial: 'none' | 'good' | 'of a user' | 'of another account' | 'a security key'
    readonly answer: 'given' | 'not allowed' | 'bad code'
  }
}

const faults: fc.Arbitrary<Faults> = fc.record({
  seed: fc.integer({ min: 1, max: 60 }),
  session: fc.boolean(),
  key: fc.constantFrom('good', 'good', 'good', 'inactive', 'unknown'),
  secretIsWrong: fc.constantFrom(false, false, false, true),
  token: fc.constantFrom(
    ...([
      'good',
      'good',
      'good',
      'blank',
      'cut',
      'over',
      'over and cut',
      'other account',
      'left over',
      'missing',
      'old kind',
    ] as const),
  ),
  region: fc.constantFrom('eu-west-1', 'eu-west-1', 'ap-east-1'),
  regionIsOff: fc.boolean(),
  hoursBehind: fc.constantFrom(0, 0, 3),
  role: fc.option(
    fc.record({
      duration: fc.constantFrom(null, 3600, 3601, 43_200, 43_201, 600),
      serial: fc.constantFrom('none', 'none', 'good', 'of a user', 'of another account', 'a security key'),
      answer: fc.constantFrom('given', 'not allowed', 'bad code'),
    }),
    { nil: null, freq: 2 },
  ),
})

const account = '609629065308'
const serials = {
  good: `arn:aws:iam::${account}:mfa/alice`,
  'of a user': `arn:aws:iam::${account}:user/alice`,
  'of another account': `arn:aws:iam::${accountB}:mfa/alice`,
  'a security key': `arn:aws:iam::${account}:u2f/user/alice/key`,
} as const

function oldToken(number: number): string {
  const field = (at: number, bytes: readonly number[]) => [(at << 3) | 2, ...sizeOf(bytes.length), ...bytes]
  const sizeOf = (size: number) => (size < 128 ? [size] : [(size & 127) | 128, size >> 7])
  let seconds = Math.floor(hours(-0.5).getTime() / 1000)
  const instant: number[] = []
  for (; seconds > 127; seconds = Math.floor(seconds / 128)) instant.push((seconds & 127) | 128)
  const name = [...'er/aws'].map((letter) => letter.charCodeAt(0))
  const filled = (length: number) => Array.from({ length }, (_, index) => (number * 7 + index * 3) & 255)
  const created = [0x28, ...instant, seconds]
  return Buffer.from([
    0x17,
    ...field(1, name),
    0x10,
    0x10,
    ...field(3, filled(12)),
    ...field(4, filled(129)),
    ...created,
    ...field(6, filled(42)),
  ]).toString('base64')
}

interface Broken {
  readonly laid: Laid
  readonly truth: ReadonlySet<CauseId>
}

function breakIt(f: Faults): Broken {
  const truth = new Set<CauseId>()
  const id = idOf(f.session ? 'ASIA' : 'AKIA', f.seed)
  const secret = secretOf(f.seed)
  const issued =
    f.token === 'old kind'
      ? oldToken(f.seed)
      : tokenOf(f.seed, { createdAt: hours(f.token.startsWith('over') ? -13 : -0.5) })
  const sent = tokenFor(f, issued, truth)
  if (f.key !== 'good')
    truth.add(f.session ? 'session-parent-gone' : f.key === 'inactive' ? 'key-inactive' : 'key-unknown')
  if (f.secretIsWrong) truth.add('secret-wrong').add('mixed-sessions')
  if (f.hoursBehind !== 0) truth.add('clock-skew')
  const isOff = f.region === 'ap-east-1' && (f.regionIsOff || (f.session && f.token === 'old kind'))
  if (isOff) truth.add(f.session && f.token === 'old kind' ? 'v1-token-in-opt-in-region' : 'region-not-enabled')
  const known: KnownKey = {
    secret,
    ...(f.key === 'inactive' && !f.session ? { state: 'inactive' as const } : {}),
    ...(f.session ? { token: issued, expired: f.token.startsWith('over') } : {}),
  }
  const isKnown = f.key === 'good' || (f.key === 'inactive' && !f.session)
  // Whatever is wrong with the pair is found before the role is looked at.
  const isSound = truth.size === 0
  // A token of blanks reaches a file as nothing at all.
  const inFile = f.token !== 'blank' || f.role !== null
  const token = inFile && sent === ' ' ? undefined : sent
  if (f.token === 'blank' && inFile) {
    truth.delete('session-token-empty')
    if (f.session) truth.add('session-token-missing')
  }
  const used = f.secretIsWrong ? secretOf(f.seed + 500) : secret
  const tokenLine = token === undefined ? '' : `aws_session_token = ${token}\n`
  const pair = `aws_access_key_id = ${id}\naws_secret_access_key = ${used}\n${tokenLine}`
  const { role } = f
  if (role !== null) rolesTruth(f, role, truth)
  return {
    truth,
    laid: {
      env: {
        AWS_REGION: f.region,
        ...(role === null ? {} : { AWS_PROFILE: 'r' }),
        ...(inFile ? {} : { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: used, AWS_SESSION_TOKEN: ' ' }),
      },
      ...(inFile ? { credentials: `[default]\n${pair}` } : {}),
      ...(role === null ? {} : { config: configOf(role) }),
      sts: {
        keys: isKnown ? { [id]: known } : {},
        at: hours(f.hoursBehind),
        ...(isOff ? { regions: ['us-east-1'] } : {}),
        instead: (request) =>
          request.body.includes('Action=AssumeRole') && isSound && role !== null ? roleAnswer(role, id) : null,
      },
    },
  }
}

function configOf({ duration, serial }: NonNullable<Faults['role']>): string {
  const lines = [
    '[profile r]',
    `role_arn = arn:aws:iam::${account}:role/x`,
    'source_profile = default',
    ...(duration === null ? [] : [`duration_seconds = ${duration}`]),
    ...(serial === 'none' ? [] : [`mfa_serial = ${serials[serial]}`]),
  ]
  return `${lines.join('\n')}\n`
}

function rolesTruth(f: Faults, role: NonNullable<Faults['role']>, truth: Set<CauseId>): void {
  const limit = f.session ? 3600 : 43_200
  if (role.duration !== null && (role.duration > limit || role.duration < 900)) truth.add('duration-too-long')
  if (role.serial === 'of a user') truth.add('mfa-serial-wrong')
  if (role.serial === 'of another account' && !f.session) truth.add('mfa-serial-wrong')
  if (role.serial === 'a security key') truth.add('mfa-device-unusable')
  if (role.answer === 'bad code' && role.serial !== 'none') truth.add('mfa-code-wrong')
  if (role.answer === 'not allowed') truth.add('explicitly-denied').add('mfa-required').add('permission-missing')
  // Whatever is wrong with the pair behind the role is wrong with its source.
  truth.add('source-profile-broken')
}

function roleAnswer({ answer, serial }: NonNullable<Faults['role']>, id: string) {
  const denied = `User: arn:aws:iam::${account}:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${account}:role/x`
  if (answer === 'not allowed') return refusal(403, 'AccessDenied', denied)
  if (answer === 'bad code' && serial !== 'none')
    return refusal(403, 'AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code. ')
  const token = wrapSessionToken({
    signingKeyNumber: 7,
    region: 'eu-west-1',
    account,
    createdAt: hours(0),
    iv: new Uint8Array(12).fill(9),
    sealed: new Uint8Array(300).fill(id.length),
  })
  const made = `<AccessKeyId>${idOf('ASIA', 61)}</AccessKeyId><SecretAccessKey>${secretOf(61)}</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${hours(1).toISOString()}</Expiration>`
  return reply(
    200,
    `<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAX:s</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/x/s</Arn></AssumedRoleUser><Credentials>${made}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  )
}

function tokenFor(f: Faults, issued: string, truth: Set<CauseId>): string | undefined {
  if (!f.session) {
    if (f.token === 'good' || f.token === 'missing') return undefined
    if (f.token === 'blank') {
      truth.add('session-token-empty').add('surrounding-whitespace')
      return ' '
    }
    truth.add('stale-session-token')
    if (f.token === 'over and cut' || f.token === 'cut') truth.add('session-token-cut')
    return f.token.endsWith('cut') ? issued.slice(0, 240) : tokenOf(f.seed + 200)
  }
  switch (f.token) {
    case 'blank':
      truth.add('session-token-empty').add('surrounding-whitespace')
      return ' '
    case 'cut':
      truth.add('session-token-cut')
      return issued.slice(0, 240)
    case 'over':
      truth.add('session-expired')
      return issued
    case 'over and cut':
      truth.add('session-token-cut').add('session-expired')
      return issued.slice(0, 240)
    case 'other account':
      truth.add('mixed-sessions')
      return tokenOf(f.seed + 200, { account: accountB })
    case 'left over':
      truth.add('mixed-sessions')
      return tokenOf(f.seed + 200)
    case 'missing':
      truth.add('session-token-missing')
      return undefined
    default:
      return issued
  }
}

/** Of each of these one at most can be so. */
const exclusive: readonly (readonly CauseId[])[] = [
  ['key-unknown', 'key-inactive', 'key-deleted'],
  ['session-token-missing', 'session-token-cut', 'session-token-empty', 'stale-session-token'],
  ['session-token-missing', 'mixed-sessions'],
  ['key-unknown', 'secret-wrong'],
  ['region-not-enabled', 'v1-token-in-opt-in-region', 'other-partition'],
  ['permission-missing', 'explicitly-denied'],
  ['mfa-serial-wrong', 'mfa-device-unusable'],
  ['no-credentials', 'partial-credentials', 'profile-not-found'],
]

function provenOf({ causes }: Verdict): readonly CauseId[] {
  return causes.filter(({ certainty }) => certainty === 'proven').map(({ id }) => id)
}

function expectSound(verdict: Verdict, truth: ReadonlySet<CauseId>): void {
  const proven = provenOf(verdict)
  for (const id of proven) expect(truth, `${id} is called proven`).toContain(id)
  for (const ids of exclusive) expect(proven.filter((id) => ids.includes(id)).length, ids.join()).toBeLessThan(2)
  expect(new Set(verdict.causes.map(({ id }) => id)).size, 'each cause is told once').toBe(verdict.causes.length)
}

test(`proves nothing that is not so, and no two that exclude each other, in 700 machines with roles and regions (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(faults, async (choice) => {
      const { laid, truth } = breakIt(choice)
      const verdict = await diagnose(machine(laid).machine, { askCode: async () => '123456' })
      expectSound(verdict, truth)
      const real = [...truth].filter((id) => id !== 'source-profile-broken')
      if (real.length === 0 && choice.role === null) expect(verdict).toMatchObject({ status: 'valid', causes: [] })
      if (real.length > 0 && choice.role === null)
        expect(['rejected', 'unusable', 'unverified']).toContain(verdict.status)
    }),
    { seed, numRuns: 700 },
  )
}, 60_000)

test(`holds that offline as well (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(faults, async (choice) => {
      const { laid, truth } = breakIt(choice)
      expectSound(await diagnose(machine(laid).machine, { offline: true }), truth)
    }),
    { seed, numRuns: 600 },
  )
}, 60_000)
