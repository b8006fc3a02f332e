import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import { home, hours, idOf, type Laid, machine, secretOf, tokenOf } from './stand-in.ts'

/*
 * A doctor who finds something in the healthy is worse than none. Machines in every arrangement that works, some of them odd
 * to look at, must come out without a single claim, with and without the network.
 */
const seed = 20261128

interface Healthy {
  readonly laid: Laid
  readonly profile: string | undefined
}

const expiryNotes = [
  '',
  `x_security_token_expires = ${hours(5).toISOString()}\n`,
  'expiration = 2026-11-30 03:00:00\n',
  'aws_credential_expiration = 2026-11-29T12:00:00Z\n',
  'x_security_token_expires = 2026-11-29T01:00:00+09:00\n',
  'expiration = some day\n',
]

const healthy: fc.Arbitrary<Healthy> = fc
  .record({
    seed: fc.integer({ min: 1, max: 120 }),
    kind: fc.constantFrom('long-term', 'old long-term', 'session v2', 'session v1', 'session of unknown form'),
    place: fc.constantFrom('env', 'credentials', 'config', 'credentials and config'),
    selected: fc.constantFrom('default', 'variable', 'argument'),
    note: fc.constantFrom(...expiryNotes),
    region: fc.constantFrom('eu-west-1', 'us-east-1', 'ap-east-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'),
    otherProfile: fc.constantFrom('none', 'other account', 'same account', 'placeholder', 'stale token'),
    ending: fc.constantFrom('\n', '\r\n'),
    blanks: fc.constantFrom('', ' ', '\t'),
    comment: fc.boolean(),
    upperCase: fc.boolean(),
    endpoint: fc.constantFrom(undefined, 'http://127.0.0.1:7374'),
    legacyTwin: fc.boolean(),
    platform: fc.constantFrom<('linux' | 'darwin' | 'win32')[]>('linux', 'darwin', 'win32'),
  })
  .map(layOut)

function layOut(choice: {
  seed: number
  kind: string
  place: string
  selected: string
  note: string
  region: string
  otherProfile: string
  ending: string
  blanks: string
  comment: boolean
  upperCase: boolean
  endpoint: string | undefined
  legacyTwin: boolean
  platform: 'linux' | 'darwin' | 'win32'
}): Healthy {
  const isSession = choice.kind.startsWith('session')
  const id = choice.kind === 'old long-term' ? 'AKIAJQABLZS4A3QDU576' : idOf(isSession ? 'ASIA' : 'AKIA', choice.seed)
  const secret = secretOf(choice.seed)
  const token = isSession ? tokenOfKind(choice) : undefined
  const name = choice.selected === 'default' ? 'default' : 'my team'
  const key = (text: string) => (choice.upperCase ? text.toUpperCase() : text)
  const pair = [
    `${key('aws_access_key_id')} =${choice.blanks}${id}${choice.blanks}`,
    `${key('aws_secret_access_key')}=${secret}`,
    ...(token === undefined ? [] : [`${key('aws_session_token')} = ${token}`]),
    ...(token !== undefined && choice.legacyTwin ? [`aws_security_token = ${token}`] : []),
  ]
  const held = [...(choice.comment ? ['# the key of my laptop'] : []), ...pair, isSession ? choice.note.trim() : '']
  const inCredentials = choice.place.includes('credentials')
  const header = name === 'default' ? '[default]' : '[profile "my team"]'
  const settings = [header, `region = ${choice.region}`, ...(choice.place === 'config' ? held : ['output = json'])]
  const lines = (texts: readonly string[]) =>
    `${texts.filter((text) => text !== '').join(choice.ending)}${choice.ending}`
  const env: Record<string, string> =
    choice.place === 'env'
      ? {
          AWS_ACCESS_KEY_ID: id,
          AWS_SECRET_ACCESS_KEY: secret,
          ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
          ...(token !== undefined && choice.legacyTwin ? { AWS_SECURITY_TOKEN: token } : {}),
        }
      : {}
  // An argument makes the AWS CLI leave the environment out, so that keys there can only be chosen without one.
  const selected = choice.place === 'env' ? 'default' : choice.selected
  return {
    profile: selected === 'argument' ? name : undefined,
    laid: {
      platform: choice.platform,
      ...(choice.platform === 'win32' ? { userHome: 'C:\\u\\alice' } : {}),
      env: {
        AWS_REGION: choice.region,
        USERPROFILE: 'C:\\u\\alice',
        ...(selected === 'variable' ? { AWS_PROFILE: name } : {}),
        ...(choice.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: choice.endpoint }),
        ...env,
      },
      files: files(choice.platform, {
        config: lines(settings),
        credentials: lines([...(inCredentials ? [`[${name}]`, ...held] : []), ...others(choice, id)]),
      }),
      sts: { keys: { [id]: { secret, ...(token === undefined ? {} : { token }) } } },
    },
  }
}

function files(platform: string, texts: Readonly<Record<string, string>>): Record<string, string> {
  const directory = platform === 'win32' ? 'C:\\u\\alice\\.aws\\' : `${home}/.aws/`
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [directory + name, text]))
}

function tokenOfKind({ kind, seed: number, region }: { kind: string; seed: number; region: string }): string {
  if (kind === 'session v2') return tokenOf(number, { region, createdAt: hours(-((number % 11) + 0.1)) })
  // No known format: nothing may follow from it, whatever its length.
  return `${kind === 'session v1' ? 'Zm9v' : 'opaque.'}${secretOf(number).repeat(number % 7)}${secretOf(number + 1)}`.replaceAll(
    '/',
    '_',
  )
}

function others({ otherProfile, seed: number }: { otherProfile: string; seed: number }, id: string): string[] {
  const section = (...lines: string[]) => ['[other]', ...lines]
  switch (otherProfile) {
    case 'other account':
      return section(
        `aws_access_key_id = ${idOf('AKIA', number + 120, '210987654321')}`,
        `aws_secret_access_key = ${secretOf(number + 120)}`,
      )
    case 'same account':
      return section(
        `aws_access_key_id = ${idOf('AKIA', number + 121)}`,
        `aws_secret_access_key = ${secretOf(number + 121)}`,
      )
    case 'placeholder':
      return section(
        'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
        'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      )
    case 'stale token':
      return section(
        `aws_access_key_id = ${id.replace('ASIA', 'AKIA')}`,
        `aws_secret_access_key = ${secretOf(number)}`,
        `aws_session_token = ${tokenOf(number + 2)}`,
      )
    default:
      return []
  }
}

test(`claims nothing about 1,000 healthy machines, offline or asked (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(healthy, async ({ laid, profile }) => {
      const local = await diagnose(machine(laid).machine, { offline: true, profile })
      expect(local.causes).toEqual([])
      expect(local.status).toBe('unverified')
      const asked = await diagnose(machine(laid).machine, { profile })
      expect(asked.causes).toEqual([])
      expect(asked.status).toBe('valid')
    }),
    { seed, numRuns: 1000 },
  )
})

test(`claims nothing about keys that STS accepts, however they look from outside (seed ${seed})`, async () => {
  const odd = fc.record({
    id: fc.constantFrom('test', 'minioadmin', 'AKIAIOSFODNN7EXAMPLE', idOf('AKIA', 40), 'GK31c2f218a2e44f485b94239e'),
    secret: fc.constantFrom(
      'test',
      'minioadmin',
      secretOf(41),
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'with-hyphens_and_more',
    ),
  })
  await fc.assert(
    fc.asyncProperty(odd, async ({ id, secret }) => {
      const credentials = `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
      const laid = {
        credentials,
        env: { AWS_ENDPOINT_URL: 'http://localhost:4566' },
        sts: { keys: { [id]: { secret } } },
      }
      expect((await diagnose(machine(laid).machine, { offline: true })).causes).toEqual([])
      expect((await diagnose(machine(laid).machine)).status).toBe('valid')
    }),
    { seed, numRuns: 60 },
  )
})
