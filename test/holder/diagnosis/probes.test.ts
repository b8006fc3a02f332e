import { describe, expect, test } from 'vitest'
import { wrapSessionToken } from '../../../src/anatomy/session-token.ts'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import { describeProbe } from '../../../src/holder/diagnosis/probes/notices.ts'
import type { Leave, ProbeNotice } from '../../../src/holder/diagnosis/probes/question.ts'
import type { Verdict } from '../../../src/holder/diagnosis/verdict.ts'
import type { IncomingReply, OutgoingRequest } from '../../../src/holder/machine/machine.ts'
import { readAuthorization } from '../../../src/signature/index.ts'
import { accountB, hours, idOf, type Laid, machine, now, refusal, reply, secretOf, section } from './stand-in.ts'

const id = idOf('AKIA', 3)
const secret = secretOf(3)
const good = { [id]: { secret } }

function told(verdict: Verdict): readonly string[] {
  return verdict.causes.map((cause) => `${cause.id} ${cause.certainty}`)
}

function scopeOf(request: OutgoingRequest) {
  const { url, method, headers, body } = request
  const read = readAuthorization({ method, path: new URL(url).pathname, query: '', headers, body })
  return read.kind === 'read' ? read.scope : null
}

async function asked(laid: Laid, question: Parameters<typeof diagnose>[1] = {}) {
  const { machine: made, sent } = machine(laid)
  const probes: ProbeNotice[] = []
  const verdict = await diagnose(made, { onProbe: (probe) => void probes.push(probe), ...question })
  return { verdict, probes, requests: sent.requests, names: probes.map(({ name }) => name) }
}

describe('a region that an account must switch on', () => {
  const env = { AWS_REGION: 'ap-east-1' }
  const credentials = section('default', id, secret)

  /** Replies of EC2 and Account Management in the forms of their API references. */
  const place =
    (ec2: string | null, account: string | null) =>
    (request: OutgoingRequest): IncomingReply | null => {
      const service = scopeOf(request)?.service
      if (service === 'ec2')
        return ec2 === null
          ? reply(
              403,
              '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors><RequestID>r</RequestID></Response>',
            )
          : reply(
              200,
              `<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><regionInfo><item><regionName>ap-east-1</regionName><regionEndpoint>ec2.ap-east-1.amazonaws.com</regionEndpoint><optInStatus>${ec2}</optInStatus></item></regionInfo></DescribeRegionsResponse>`,
            )
      if (service === 'account')
        return account === null
          ? reply(403, '{"message":"no"}', now, [['x-amzn-errortype', 'AccessDeniedException']])
          : reply(200, `{"RegionName":"ap-east-1","RegionOptStatus":"${account}"}`)
      return null
    }

  test.each([
    ['not-opted-in', null, 'has not switched on ap-east-1', 'aws account enable-region --region-name ap-east-1'],
    [null, 'DISABLED', 'has not switched on ap-east-1', 'aws account enable-region --region-name ap-east-1'],
    ['not-opted-in', 'ENABLING', 'just being switched', 'export AWS_REGION=us-east-1'],
  ])('is told by what EC2 (%s) and Account Management (%s) say', async (ec2, account, says, command) => {
    const { verdict, requests } = await asked({
      env,
      credentials,
      sts: { keys: good, regions: ['us-east-1'], instead: place(ec2, account) },
    })
    expect(told(verdict)).toEqual(['region-not-enabled proven'])
    expect(verdict.causes[0]!.evidence.map((fact) => fact.says).join('\n')).toContain(says)
    expect(verdict.causes[0]!.fix.commands.bash).toEqual([command])
    const urls = requests.map(({ url }) => url)
    expect(urls).toContain('https://ec2.us-east-1.amazonaws.com/')
    expect(urls).toContain('https://account.us-east-1.amazonaws.com/getRegionOptStatus')
  })

  test('is not to blame when the account has it', async () => {
    const { verdict } = await asked({ env, credentials, sts: { keys: {}, instead: place('opted-in', 'ENABLED') } })
    expect(told(verdict).join()).not.toContain('region-not-enabled')
  })

  test('is asked about at the configured endpoint, signed for the other region', async () => {
    const { verdict, requests } = await asked({
      env: { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:7374' },
      credentials,
      sts: { keys: good, regions: ['us-east-1'], instead: place('not-opted-in', null) },
    })
    expect(told(verdict)).toEqual(['region-not-enabled proven'])
    expect(requests.every(({ url }) => url.startsWith('http://127.0.0.1:7374/'))).toBe(true)
    const scopes = requests.map((request) => `${scopeOf(request)?.service} ${scopeOf(request)?.region}`)
    expect(scopes).toContain('sts us-east-1')
    expect(scopes).toContain('ec2 us-east-1')
  })

  test('goes with an old token: what the account is set to is asked of IAM', async () => {
    const session = { id: idOf('ASIA', 9), secret: secretOf(9), token: oldToken() }
    const summary = (version: number) => (request: OutgoingRequest) =>
      request.body.includes('GetAccountSummary')
        ? reply(
            200,
            `<GetAccountSummaryResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>2</value></entry><entry><key>GlobalEndpointTokenVersion</key><value>${version}</value></entry></SummaryMap></GetAccountSummaryResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetAccountSummaryResponse>`,
          )
        : null
    for (const [version, says] of [
      [1, 'set to give out such tokens'],
      [2, 'a new session is enough'],
    ] as const) {
      const { verdict } = await asked({
        env,
        credentials: section('default', session.id, session.secret, session.token),
        sts: { keys: { [session.id]: session }, regions: ['us-east-1'], instead: summary(version) },
      })
      expect(verdict.causes[0]).toMatchObject({ id: 'v1-token-in-opt-in-region', certainty: 'proven' })
      expect(verdict.causes[0]!.evidence.map((fact) => fact.says).join('\n')).toContain(says)
    }
  })
})

describe('other partitions', () => {
  const credentials = section('default', id, secret)
  const inChina = { keys: good, regions: ['cn-north-1'] }

  test('are not asked without leave, and the finding says how to ask them', async () => {
    const { verdict, requests } = await asked({ credentials, sts: inChina })
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(['sts.eu-west-1.amazonaws.com'])
    expect(JSON.stringify(verdict.causes)).toContain('countersign check --yes')
    expect(told(verdict)[0]).toBe('key-unknown possible')
  })

  test('are asked with leave, and prove the cause when one accepts the key', async () => {
    const leaves: Leave[] = []
    const { verdict, requests } = await asked(
      { credentials, sts: inChina },
      {
        mayAsk: async (what) => {
          leaves.push(what)
          return true
        },
      },
    )
    expect(leaves.map((leave) => leave.for)).toEqual(['other-partitions'])
    expect(verdict.causes[0]).toMatchObject({
      id: 'other-partition',
      certainty: 'proven',
      fix: { commands: { bash: ['export AWS_REGION=cn-north-1'] } },
    })
    expect(new Set(requests.map(({ url }) => new URL(url).host))).toEqual(
      new Set([
        'sts.eu-west-1.amazonaws.com',
        'sts.cn-north-1.amazonaws.com.cn',
        'sts.us-gov-west-1.amazonaws.com',
        'sts.eusc-de-east-1.amazonaws.eu',
      ]),
    )
  })

  test('make it likely only when one knows the id and not the secret', async () => {
    const { verdict } = await asked(
      { credentials: section('default', id, secretOf(4)), sts: inChina },
      { mayAsk: async () => true },
    )
    expect(verdict.causes[0]).toMatchObject({ id: 'other-partition', certainty: 'likely' })
  })

  test('are not asked for leave while the key is accepted', async () => {
    const { verdict } = await asked(
      { credentials, sts: { keys: good } },
      { mayAsk: async () => expect.unreachable('nobody is to be asked') },
    )
    expect(verdict.status).toBe('valid')
  })
})

describe('another profile of the same account', () => {
  const admin = { id: idOf('AKIA', 90), secret: secretOf(90), user: 'admin' }
  const keys = { [id]: { secret, state: 'inactive' as const }, [admin.id]: admin }
  const credentials = section('default', id, secret) + section('admin', admin.id, admin.secret)

  test('may be asked with leave, and then proves which of the three it is', async () => {
    const leaves: string[] = []
    const { verdict } = await asked(
      { credentials, sts: { keys } },
      {
        mayAsk: async (what) => {
          leaves.push(what.says)
          return what.for === 'neighbour'
        },
      },
    )
    expect(told(verdict)).toEqual(['key-inactive proven'])
    expect(leaves.at(-1)).toContain('profile "admin"')
  })

  test('is not used for the account of another', async () => {
    const foreign = idOf('AKIA', 91, accountB)
    const { verdict, requests } = await asked(
      { credentials: section('default', id, secret) + section('admin', foreign, secretOf(91)), sts: { keys } },
      { mayAsk: async (what) => what.for === 'neighbour' },
    )
    expect(JSON.stringify(requests)).not.toContain(foreign)
    expect(told(verdict).join()).not.toContain('proven')
  })
})

describe('a signature that is wrong on purpose', () => {
  test.each([
    ['the key id stands alone in the environment', { env: { AWS_ACCESS_KEY_ID: id } }, 'partial-credentials'],
    [
      'the key id stands alone in the file',
      { credentials: `[default]\naws_access_key_id = ${id}\n` },
      'partial-credentials',
    ],
    ['the key id stands in both places', { credentials: section('default', id, id) }, 'id-secret-swapped'],
  ])('tells whether AWS knows the key when %s', async (_, laid, cause) => {
    for (const [keys, says] of [
      [good, 'AWS knows the key id'],
      [{}, 'AWS does not know the key id either'],
    ] as const) {
      const { verdict, requests, names } = await asked({ ...laid, sts: { keys } })
      expect(told(verdict)[0]).toBe(`${cause} proven`)
      expect(names).toEqual(['sts-with-wrong-signature'])
      expect(scopeOf(requests[0]!)?.accessKeyId).toBe(id)
      expect(verdict.causes[0]!.evidence.map((fact) => fact.says).join('\n')).toContain(says)
    }
  })

  test('is never made for what could be a secret', async () => {
    const { requests } = await asked({ env: { AWS_ACCESS_KEY_ID: secret }, sts: { keys: {} } })
    expect(requests).toEqual([])
  })
})

describe('an endpoint that somebody has set', () => {
  const env = { AWS_ENDPOINT_URL: 'http://emulator:4566' }
  const credentials = section('default', id, secret)
  const atAws = (request: OutgoingRequest) =>
    new URL(request.url).host === 'emulator:4566'
      ? refusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
      : null

  test('is proven to be the trouble when AWS itself knows the key, asked with leave', async () => {
    const { verdict, requests } = await asked(
      { env, credentials, sts: { keys: good, instead: atAws } },
      { mayAsk: async ({ for: what }) => what === 'aws-itself' },
    )
    expect(verdict.causes[0]).toMatchObject({
      id: 'endpoint-override',
      certainty: 'proven',
      fix: { commands: { bash: ['unset AWS_ENDPOINT_URL'] } },
    })
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(['emulator:4566', 'sts.eu-west-1.amazonaws.com'])
  })

  test('is likely to be it without leave, and AWS is not told of the key', async () => {
    const { verdict, requests } = await asked({ env, credentials, sts: { keys: good, instead: atAws } })
    expect(told(verdict)[0]).toBe('endpoint-override likely')
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(['emulator:4566'])
  })

  test('is not blamed when AWS does not know the key either', async () => {
    const { verdict } = await asked(
      { env, credentials, sts: { keys: {}, instead: atAws } },
      { mayAsk: async ({ for: what }) => what === 'aws-itself' },
    )
    expect(told(verdict).join()).not.toContain('endpoint-override')
  })
})

describe('an empty session token', () => {
  test.each(['env', 'file'])('is proven by leaving it away (%s)', async (place) => {
    const laid =
      place === 'env'
        ? { env: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: ' ' } }
        : { credentials: section('default', id, secret, '\u200b') }
    const { verdict } = await asked({ ...laid, sts: { keys: good } })
    const empty = verdict.causes.find((cause) => cause.id === 'session-token-empty')
    if (place === 'env')
      expect(empty).toMatchObject({ certainty: 'proven', fix: { commands: { bash: ['unset AWS_SESSION_TOKEN'] } } })
    expect(verdict.status).not.toBe('valid')
  })
})

describe('what a role asks for', () => {
  const pair = section('keys', id, secret)
  const role = (more: string, source = 'keys') =>
    `[profile r]\nrole_arn = arn:aws:iam::609629065308:role/x\nsource_profile = ${source}\n${more}`

  test.each([
    ['duration_seconds = 43201\n', 'keys', 'duration-too-long'],
    ['duration_seconds = 899\n', 'keys', 'duration-too-long'],
    ['duration_seconds = 3601\n', 'session', 'duration-too-long'],
    ['mfa_serial = arn:aws:iam::609629065308:user/alice\n', 'keys', 'mfa-serial-wrong'],
    ['mfa_serial = arn:aws:iam::210987654321:mfa/alice\n', 'keys', 'mfa-serial-wrong'],
    ['mfa_serial = 123456\n', 'keys', 'mfa-serial-wrong'],
    ['mfa_serial = arn:aws:iam::609629065308:u2f/user/alice/key\n', 'keys', 'mfa-device-unusable'],
  ])('is proven impossible without asking: %j with %s', async (more, source, cause) => {
    const session = section('session', idOf('ASIA', 9), secretOf(9), wrapped())
    const { verdict, requests } = await asked(
      { config: role(more, source), credentials: pair + session },
      { profile: 'r', offline: true },
    )
    expect(told(verdict)).toEqual([`${cause} proven`])
    expect(verdict.status).toBe('unusable')
    expect(verdict.causes[0]!.evidence[0]!.at).toMatchObject({ line: 4 })
    expect(requests).toEqual([])
  })

  test.each([
    ['duration_seconds = 43200\n', 'keys'],
    ['duration_seconds = 900\n', 'keys'],
    ['duration_seconds = 3600\n', 'session'],
    ['mfa_serial = arn:aws:iam::609629065308:mfa/alice\n', 'keys'],
    ['mfa_serial = GAHT12345678\n', 'keys'],
    ['', 'keys'],
  ])('is nothing to speak of when it is possible: %j with %s', async (more, source) => {
    const session = section('session', idOf('ASIA', 9), secretOf(9), wrapped())
    const { verdict } = await asked(
      { config: role(more, source), credentials: pair + session },
      { profile: 'r', offline: true },
    )
    expect(verdict).toMatchObject({ status: 'unverified', causes: [] })
  })

  const refusedBy = (message: string, devices: readonly string[] | null) => (request: OutgoingRequest) => {
    if (request.body.includes('Action=AssumeRole')) return refusal(403, 'AccessDenied', message)
    if (!request.body.includes('ListMFADevices')) return null
    return devices === null
      ? refusal(
          403,
          'AccessDenied',
          'User: arn:aws:iam::609629065308:user/alice is not authorized to perform: iam:ListMFADevices',
        )
      : reply(
          200,
          `<ListMFADevicesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListMFADevicesResult><IsTruncated>false</IsTruncated><MFADevices>${devices.map((serial) => `<member><UserName>alice</UserName><SerialNumber>${serial}</SerialNumber><EnableDate>2026-01-01T00:00:00Z</EnableDate></member>`).join('')}</MFADevices></ListMFADevicesResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListMFADevicesResponse>`,
        )
  }
  const noAccess =
    'User: arn:aws:iam::609629065308:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::609629065308:role/x'
  const unable =
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.'
  const device = 'arn:aws:iam::609629065308:mfa/alice'

  test.each([
    ['a code that is none', 'mfa-code-wrong proven', `mfa_serial = ${device}\n`, '12345', refusedBy(noAccess, null)],
    [
      'a code that was used',
      'mfa-code-wrong proven',
      `mfa_serial = ${device}\n`,
      '123456',
      refusedBy('MultiFactorAuthentication failed with invalid MFA one time pass code. ', null),
    ],
    [
      'a device that STS does not find',
      'mfa-serial-wrong likely',
      `mfa_serial = ${device}\n`,
      '123456',
      refusedBy(unable, null),
    ],
    [
      'a device that is not among yours',
      'mfa-serial-wrong proven',
      `mfa_serial = ${device}\n`,
      '123456',
      refusedBy(unable, [`${device}-new`]),
    ],
    [
      'a role that wants a code of the device that its source names',
      'mfa-required likely',
      '',
      null,
      refusedBy(noAccess, null),
    ],
  ])('is told by what STS and IAM say: %s', async (_, expected, more, code, instead) => {
    const source = expected.startsWith('mfa-required') ? `[profile keys]\nmfa_serial = ${device}\n` : ''
    const { verdict } = await asked(
      { config: role(more) + source, credentials: pair, sts: { keys: good, instead } },
      { profile: 'r', ...(code === null ? {} : { askCode: async () => code }) },
    )
    expect(told(verdict)).toContain(expected)
    expect(verdict.causes.filter(({ certainty }) => certainty === 'proven').map((cause) => cause.id)).toEqual(
      expected.endsWith('proven') ? [expected.split(' ')[0]] : [],
    )
    expect(JSON.stringify(verdict)).not.toMatch(/"\d{5,6}"|code 1234/)
  })

  test('names the one device that there is in the cure', async () => {
    const { verdict } = await asked(
      {
        config: role('mfa_serial = arn:aws:iam::609629065308:mfa/old\n'),
        credentials: pair,
        sts: { keys: good, instead: refusedBy(unable, [device]) },
      },
      { profile: 'r', askCode: async () => '123456' },
    )
    expect(verdict.causes[0]).toMatchObject({
      id: 'mfa-serial-wrong',
      certainty: 'proven',
      fix: {
        commands: { bash: ['countersign fix mfa-serial-wrong --profile r'] },
        edits: [{ kind: 'set', section: 'profile r', key: 'mfa_serial', value: device }],
      },
    })
  })
})

describe('an endpoint of one region and signatures for another', () => {
  test('are proven wrong without asking', async () => {
    const { verdict } = await asked(
      {
        env: { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'https://sts.eu-west-1.amazonaws.com' },
        credentials: section('default', id, secret),
      },
      { offline: true },
    )
    expect(told(verdict)).toEqual(['signing-scope-wrong proven'])
    expect(verdict.causes[0]!.fix.commands.bash).toEqual(['unset AWS_ENDPOINT_URL'])
  })

  test.each([
    { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'https://sts.eu-west-1.amazonaws.com' },
    { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'https://sts.amazonaws.com' },
    { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'https://vpce-1a2b.sts.us-east-1.vpce.amazonaws.com' },
    { AWS_REGION: 'us-gov-west-1' },
  ])('are nothing to speak of when they fit: %j', async (env) => {
    const { verdict } = await asked({ env, credentials: section('default', id, secret) }, { offline: true })
    expect(verdict).toMatchObject({ status: 'unverified', causes: [] })
  })
})

describe('the instance metadata', () => {
  const vendor = { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' }
  const session = { id: idOf('ASIA', 9), secret: secretOf(9), token: wrapped() }
  const role = JSON.stringify({
    Code: 'Success',
    Type: 'AWS-HMAC',
    AccessKeyId: session.id,
    SecretAccessKey: session.secret,
    Token: session.token,
    Expiration: hours(6).toISOString(),
  })
  const instance = (over: Readonly<Record<string, IncomingReply | null>>) => (request: OutgoingRequest) => {
    const { host, pathname } = new URL(request.url)
    if (host !== '169.254.169.254') return null
    const paths: Readonly<Record<string, IncomingReply>> = {
      '/latest/api/token': reply(200, 'dG9rZW4='),
      '/latest/meta-data/iam/info': reply(
        200,
        '{"Code":"Success","InstanceProfileArn":"arn:aws:iam::609629065308:instance-profile/app"}',
      ),
      '/latest/meta-data/iam/security-credentials/': reply(200, 'app'),
      '/latest/meta-data/iam/security-credentials/app': reply(200, role),
      ...Object.fromEntries(Object.entries(over).filter(([, each]) => each !== null)),
    }
    if (over[pathname] === null) throw new Error('no answer')
    const hasToken = request.headers.some(([name]) => name.toLowerCase() === 'x-aws-ec2-metadata-token')
    if (request.method === 'GET' && !hasToken) return reply(401, '')
    return paths[pathname] ?? reply(404, '')
  }

  test('gives the role of an instance on which nothing is configured, as the SDKs use it', async () => {
    const { verdict } = await asked({
      files: vendor,
      sts: { keys: { [session.id]: session }, instead: instance({}) },
    })
    expect(verdict).toMatchObject({ status: 'valid', credential: { source: { provider: 'iam-role' } }, causes: [] })
  })

  test('is not asked on a computer that is no instance', async () => {
    const { verdict, requests } = await asked({ sts: { keys: {} } })
    expect(requests).toEqual([])
    expect(told(verdict)).toEqual(['no-credentials proven'])
  })

  test('is known to lose its answer at the hop limit, by two questions that differ in nothing else', async () => {
    const { verdict, requests } = await asked({
      files: { ...vendor, '/.dockerenv': '' },
      sts: { keys: {}, instead: instance({ '/latest/api/token': null }) },
    })
    expect(verdict.causes[0]).toMatchObject({ id: 'imds-hop-limit', certainty: 'proven' })
    expect(requests.some(({ url }) => url.endsWith('/security-credentials/app'))).toBe(false)
  })

  test('is known to have no role', async () => {
    const none = reply(404, '')
    const { verdict } = await asked({
      files: vendor,
      sts: {
        keys: {},
        instead: instance({
          '/latest/meta-data/iam/info': none,
          '/latest/meta-data/iam/security-credentials/': none,
        }),
      },
    })
    expect(verdict.causes[0]).toMatchObject({ id: 'instance-role-broken', certainty: 'proven' })
    expect(verdict.status).toBe('absent')
  })

  test('lets no credentials of the role through to the verdict', async () => {
    const { verdict } = await asked({ files: vendor, sts: { keys: {}, instead: instance({}) } })
    const shown = JSON.stringify(verdict)
    expect(shown).not.toContain(session.secret)
    expect(shown).not.toContain(session.token.slice(0, 60))
  })
})

describe('a probe', () => {
  test('is described with where it goes and what it carries, without any value', async () => {
    const { probes } = await asked({ credentials: section('default', id, secret, wrapped()), sts: { keys: {} } })
    const lines = probes.map(describeProbe)
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      expect(line).toMatch(
        /^probe [\w-]+ tells .+; it goes to https:\/\/sts\.eu-west-1\.amazonaws\.com and carries .+$/,
      )
      expect(line).not.toContain(id)
    }
  })

  test('is never made with --offline', async () => {
    const { probes, requests } = await asked(
      { credentials: section('default', id, secret, wrapped()), sts: { keys: {} } },
      { offline: true, mayAsk: async () => true, withProfile: 'default' },
    )
    expect({ probes, requests }).toEqual({ probes: [], requests: [] })
  })
})

describe('the rounds of questions', () => {
  /** How many answers had to be awaited one after the other. */
  async function rounds(laid: Laid, question: Parameters<typeof diagnose>[1] = {}): Promise<number> {
    const { machine: made } = machine(laid)
    let count = 0
    let open = 0
    const counted = Object.assign(Object.create(made), {
      send: async (request: OutgoingRequest) => {
        if (open === 0) count += 1
        open += 1
        const answer = await made.send(request)
        // All that go out together are out before the first answer is given.
        await new Promise((accept) => setTimeout(accept, 5))
        open -= 1
        return answer
      },
    })
    await diagnose(counted, question)
    return count
  }
  const credentials = section('default', id, secret)
  const late = { at: hours(3) }

  test.each([
    ['one for a healthy key', 1, { credentials, sts: { keys: good } }],
    ['one for a leftover token', 1, { credentials: section('default', id, secret, wrapped()), sts: { keys: good } }],
    ['one for a key that AWS does not know', 1, { credentials, sts: { keys: {} } }],
    ['two for a wrong clock', 2, { credentials, sts: { keys: good, ...late } }],
    ['two for a wrong clock and a wrong key', 2, { credentials, sts: { keys: {}, ...late } }],
    [
      'two for a region that is not switched on',
      2,
      { env: { AWS_REGION: 'ap-east-1' }, credentials, sts: { keys: good, regions: ['us-east-1'] } },
    ],
    [
      'two for keys in the environment that hide a profile',
      2,
      {
        env: { AWS_ACCESS_KEY_ID: idOf('AKIA', 77), AWS_SECRET_ACCESS_KEY: secretOf(77), AWS_PROFILE: 'work' },
        credentials: section('work', id, secret),
        sts: { keys: good },
      },
    ],
    [
      'two where nobody who knows AWS answers',
      2,
      { credentials, sts: { keys: {}, instead: () => reply(502, 'Bad Gateway') } },
    ],
  ] satisfies readonly [string, number, Laid][])('are %s', async (_, count, laid) => {
    expect(await rounds(laid)).toBe(count)
  })

  test('share one deadline, also while the clock stands still', async () => {
    const { machine: made } = machine({ credentials, sts: { keys: good, ...late } })
    let ticks = 0
    const patience: number[] = []
    const slow = Object.assign(Object.create(made), {
      ticks: () => ticks,
      send: async (request: OutgoingRequest) => {
        patience.push(request.timeoutMs)
        ticks += 800
        return await made.send(request)
      },
    })
    const verdict = await diagnose(slow, { timeoutMs: 1000 })
    expect(patience).toEqual([1000, 200])
    expect(told(verdict)).toEqual(['clock-skew proven'])
    ticks = 0
    const stuck = Object.assign(Object.create(slow), {
      send: async () => {
        ticks += 1000
        throw new Error('no answer')
      },
    })
    expect(await diagnose(stuck, { timeoutMs: 1000 })).toMatchObject({ status: 'unverified', causes: [] })
    expect(ticks).toBe(1000)
  })

  test('ask a person for one leave at a time', async () => {
    let open = 0
    const asked: string[] = []
    const question = {
      mayAsk: async ({ for: what }: Leave) => {
        open += 1
        expect(open).toBe(1)
        asked.push(what)
        await new Promise((accept) => setTimeout(accept, 5))
        open -= 1
        return false
      },
    }
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }
    const { machine: made } = machine({ env, credentials, sts: { keys: {} } })
    await diagnose(made, question)
    expect(asked).toEqual(['other-partitions', 'aws-itself'])
  })

  test('are two when other partitions are asked', async () => {
    expect(await rounds({ credentials, sts: { keys: {} } }, { mayAsk: async () => true })).toBe(2)
  })
})

function wrapped(): string {
  return wrapSessionToken({
    region: 'eu-west-1',
    account: '609629065308',
    signingKeyNumber: 7,
    createdAt: hours(-0.2),
    iv: new Uint8Array(12).fill(3),
    sealed: Uint8Array.from({ length: 400 }, (_, index) => (index * index * 5 + index) & 255),
  })
}

/** The layout of a token of the global endpoint (`anatomy.md` §3.3). */
function oldToken(): string {
  const field = (number: number, bytes: Uint8Array) => [(number << 3) | 2, ...lengthOf(bytes.length), ...bytes]
  const lengthOf = (size: number) => (size < 128 ? [size] : [(size & 127) | 128, size >> 7])
  let seconds = Math.floor(hours(-0.2).getTime() / 1000)
  const instant: number[] = []
  for (; seconds > 127; seconds = Math.floor(seconds / 128)) instant.push((seconds & 127) | 128)
  return Buffer.from([
    0x17,
    ...field(1, Buffer.from('er/aws')),
    ...[0x10, 0x10],
    ...field(3, new Uint8Array(12).fill(3)),
    ...field(4, new Uint8Array(129).fill(17)),
    ...[0x28, ...instant, seconds],
    ...field(6, new Uint8Array(42).fill(34)),
  ]).toString('base64')
}
