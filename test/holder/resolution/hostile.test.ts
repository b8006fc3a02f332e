import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/anatomy/secret.ts'
import { traceChain } from '../../../src/holder/chains/index.ts'
import type { IncomingReply, OutgoingRequest } from '../../../src/holder/machine/machine.ts'
import { type Resolution, resolveStep } from '../../../src/holder/resolution/index.ts'
import type { Credential, Place } from '../../../src/holder/sources/credential.ts'
import type { CredentialPlan } from '../../../src/holder/sources/plan.ts'
import { home, keepingDisk, machineWith } from './machine.ts'

const at: Place = { variable: 'X' }
const hidden = 'qT7vN2cZ9pLw4Xk8Rb3Ys6Hd1Mf5Gj0Ea/Uo+ViQ'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    '\0',
    'a\r\nb',
    '../..',
    'https://x/',
    'é',
    '/run/token',
    home,
    'eu-west-1',
    'eu-west-1.evil.example/#',
  ),
)
const keys = (id: string, secret: string, token: string | null): Credential => ({
  provider: 'env',
  profile: null,
  accessKeyId: { value: id, at },
  secretAccessKey: { value: new Secret(secret), at },
  sessionToken: token === null ? null : { value: new Secret(token), at },
  expiration: null,
  accountId: null,
})
const maybe = fc.option(text)
const { plan } = fc.letrec<{ plan: CredentialPlan }>((tie) => ({
  plan: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.record({
      kind: fc.constant('static' as const),
      credential: fc.tuple(text, text, maybe).map((parts) => keys(...parts)),
    }),
    fc.record({
      kind: fc.constant('web-identity' as const),
      profile: maybe,
      roleArn: text,
      tokenFile: text,
      sessionName: maybe,
      region: maybe,
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('sso' as const),
      profile: maybe,
      startUrl: text,
      region: text,
      accountId: text,
      roleName: text,
      sessionName: maybe,
      tokenFile: fc.constantFrom('/run/sso', '/run/over', '/run/broken'),
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('login' as const),
      profile: maybe,
      session: text,
      cacheFile: fc.constantFrom('/run/login', '/run/broken'),
      region: maybe,
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('process' as const),
      profile: maybe,
      command: text,
      run: fc.constantFrom('words' as const, 'shell' as const),
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('container' as const),
      url: text,
      tokenFile: fc.option(fc.constantFrom('/run/token', '/run/none')),
      token: fc.option(text.map((value) => new Secret(value))),
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('instance-metadata' as const),
      endpoint: text,
      versionOne: fc.boolean(),
      at: fc.option(fc.constant(at)),
    }),
    fc.record({
      kind: fc.constant('assume-role' as const),
      profile: maybe,
      roleArn: text,
      sessionName: maybe,
      externalId: maybe,
      mfaSerial: maybe,
      durationSeconds: fc.option(fc.double()),
      region: maybe,
      from: tie('plan'),
      at: fc.constant(at),
    }),
  ),
}))

const body = fc.oneof(
  text,
  fc.json(),
  fc.constantFrom(
    `<Error><Code>AccessDenied</Code><Message>no ${hidden}</Message></Error>`,
    '{"accessToken":null,"expiresIn":1e99}',
    '{"accessToken":{},"expiresIn":5,"refreshToken":"r"}',
    '{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":1e300}}',
    '{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}',
    '<A><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t\u00e9</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></A>',
  ),
)
const reply = fc.record({
  status: fc.constantFrom(200, 200, 200, 302, 400, 401, 403, 404, 429, 500),
  headers: fc.array(fc.tuple(fc.constantFrom('date', 'x-amzn-errortype', 'location'), text), { maxLength: 3 }),
  body,
  receivedAt: fc.constant(new Date(0)),
}) as fc.Arbitrary<IncomingReply>

const files = {
  '/run/token': 'header.payload.signature',
  '/run/sso': `{"accessToken":"${hidden}","expiresAt":"2099-01-01T00:00:00Z"}`,
  '/run/over': `{"accessToken":"${hidden}","expiresAt":"2020-01-01T00:00:00Z","clientId":"c","clientSecret":"${hidden}","refreshToken":"${hidden}","registrationExpiresAt":"2099-01-01T00:00:00Z"}`,
  '/run/login': `{"accessToken":{"accessKeyId":"A","secretAccessKey":"${hidden}","sessionToken":"${hidden}","expiresAt":"2020-01-01T00:00:00Z"},"refreshToken":"${hidden}","clientId":"c","dpopKey":"none"}`,
  '/run/broken': '{"accessToken":',
}

describe('whatever is planned and whatever answers', () => {
  test('is a value with words, and shows no secret (seed 20261128)', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.array(reply, { minLength: 1, maxLength: 4 }),
        fc.string(),
        async (wanted, replies, printed) => {
          const sent: OutgoingRequest[] = []
          const machine = machineWith({
            files,
            env: { AWS_REGION: 'eu-west-1' },
            send: async (request) => {
              sent.push(request)
              if (sent.length % 5 === 0) throw new TypeError(`odd ${hidden}`)
              return replies[sent.length % replies.length]!
            },
            run: async () => ({
              kind: 'ended',
              exitCode: printed.length % 2,
              signal: null,
              stdout: printed,
              stderr: `${printed} ${hidden}`,
            }),
          })
          const trace = traceChain(machine, { sdk: 'aws-cli-v2' })
          const step = {
            provider: 'sso',
            outcome: 'found',
            reason: 'asked-later',
            because: '',
            at: null,
            credential: null,
            plan: wanted,
          } as const
          const resolution: Resolution = await resolveStep(machine, { ...trace, winner: step }, step, {
            disk: keepingDisk(),
            askCode: async () => '123456',
          })
          expect(['resolved', 'failed', 'described']).toContain(resolution.kind)
          if (resolution.kind !== 'resolved') expect(resolution.because.length).toBeGreaterThan(5)
          expect(JSON.stringify(resolution)).not.toContain(hidden)
          expect(sent.length).toBeLessThan(40)
          // A token of a person goes to AWS alone, whatever a region is called.
          for (const { url, headers } of sent) {
            if (!headers.some(([name]) => /bearer|dpop/i.test(name))) continue
            expect(new URL(url).hostname).toMatch(
              /\.(amazonaws\.com|amazonaws\.com\.cn|aws\.amazon\.com|amazonaws\.eu)$/,
            )
          }
        },
      ),
      { numRuns: 1500, seed: 20261128 },
    )
  })
})
