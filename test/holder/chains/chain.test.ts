import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { everyCredential, traceChain } from '../../../src/holder/chains/index.ts'
import type { Trace } from '../../../src/holder/chains/trace.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'

const home = '/house/ana'
const credentialsFile = `${home}/.aws/credentials`
const configFile = `${home}/.aws/config`
const pair = (id: string): string => `aws_access_key_id = ${id}\naws_secret_access_key = made-up-secret\n`
const envPair = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'made-up-secret' }

function machine({ env = {}, files = {}, ...rest }: Recording) {
  return recordedMachine({ env: { HOME: home, ...env }, files, cwd: home, userHome: home, ...rest })
}

function cli(recording: Recording, question: Omit<Parameters<typeof traceChain>[1], 'sdk'> = {}): Trace {
  return traceChain(machine(recording), { sdk: 'aws-cli-v2', ...question })
}

const outcomes = (trace: Trace): Record<string, string> =>
  Object.fromEntries(trace.steps.map(({ provider, outcome }) => [provider, outcome]))

describe('the trace', () => {
  test("names all twelve providers in botocore's order, also those behind the winner", () => {
    const trace = cli({ env: envPair, files: { [credentialsFile]: `[default]\n${pair('AKIDFILE')}` } })
    expect(outcomes(trace)).toEqual({
      env: 'found',
      'assume-role': 'absent',
      'assume-role-with-web-identity': 'absent',
      sso: 'absent',
      'shared-credentials-file': 'shadowed',
      login: 'absent',
      'custom-process': 'absent',
      'config-file': 'absent',
      'ec2-credentials-file': 'absent',
      'boto-config': 'absent',
      'container-role': 'absent',
      'iam-role': 'absent',
    })
    expect(trace.steps.map(({ provider }) => provider)).toEqual(Object.keys(outcomes(trace)))
    expect(trace.winner).toBe(trace.steps[0])
    expect(trace.steps[4]?.credential?.accessKeyId.value).toBe('AKIDFILE')
  })

  test('tells the place of each value to the column, and the text as it stands where reading changed it', () => {
    const content =
      '# mine\n\n[dev]\n\taws_access_key_id\t= \u00a0AKIDFILE\n\tAWS_SECRET_ACCESS_KEY:x\n\taws_session_token = t\n'
    const credential = cli({ files: { [credentialsFile]: content } }, { profile: 'dev' }).winner?.credential
    expect(credential?.accessKeyId).toEqual({
      value: 'AKIDFILE',
      raw: '\u00a0AKIDFILE',
      at: { file: credentialsFile, line: 4, column: 23 },
    })
    expect(credential?.secretAccessKey.at).toEqual({ file: credentialsFile, line: 5, column: 24 })
    expect(credential?.sessionToken?.at).toEqual({ file: credentialsFile, line: 6, column: 22 })
  })

  test('leaves the environment out when an argument names the profile, not when a variable does', () => {
    const files = { [credentialsFile]: `[dev]\n${pair('AKIDDEV')}` }
    const byArgument = cli({ env: envPair, files }, { profile: 'dev' })
    expect([outcomes(byArgument)['env'], byArgument.winner?.credential?.accessKeyId.value]).toEqual([
      'skipped',
      'AKIDDEV',
    ])
    const byVariable = cli({ env: { ...envPair, AWS_PROFILE: 'dev' }, files })
    expect([byVariable.winner?.provider, byVariable.profile]).toEqual([
      'env',
      { name: 'dev', from: { variable: 'AWS_PROFILE' } },
    ])
  })

  test('names a winner that is only asked later without credentials of it', () => {
    const content = '[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = b\n'
    const trace = cli({ files: { [configFile]: content, [credentialsFile]: `[b]\n${pair('AKIDB')}` } })
    expect(trace.winner).toMatchObject({
      provider: 'assume-role',
      credential: null,
      at: { file: configFile, line: 2, column: 12 },
    })
  })

  test('ends also behind ten thousand roles that lean on each other', () => {
    const content = Array.from(
      { length: 10_000 },
      (_, i) => `[profile p${i}]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = p${i + 1}\n`,
    ).join('')
    const trace = cli({ files: { [configFile]: content } }, { profile: 'p0' })
    expect(trace.error?.says).toBe('RecursionError: maximum recursion depth exceeded')
  })

  test('stops with an error and still shows what stands behind it', () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIDENV' }
    const trace = cli({ env, files: { [credentialsFile]: `[default]\n${pair('AKIDFILE')}` } })
    expect(trace.winner).toBeNull()
    expect(trace.error).toEqual({
      reason: 'partial-credentials',
      says: 'PartialCredentialsError: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY',
      at: { variable: 'AWS_ACCESS_KEY_ID' },
    })
    expect(outcomes(trace)).toMatchObject({ env: 'broken', 'shared-credentials-file': 'shadowed' })
  })

  test('lets a broken file stop also those whose keys are in the environment, and says where it is broken', () => {
    const trace = cli({ env: envPair, files: { [configFile]: '[default]\nregion = eu-west-1\n\ngarbage\n' } })
    expect(trace.error).toEqual({
      reason: 'file-syntax',
      says: `ConfigParseError: Unable to parse config file: ${configFile}`,
      at: { file: configFile, line: 4, column: 1 },
    })
    expect(outcomes(trace)['env']).toBe('shadowed')
  })

  test('tells expired variables as broken and keeps what they hold', () => {
    const env = { ...envPair, AWS_CREDENTIAL_EXPIRATION: '2025-12-31T23:59:59Z' }
    const trace = cli({ env, now: new Date('2026-01-01T00:00:00Z') })
    expect(trace.error?.reason).toBe('expired')
    expect(trace.steps[0]?.credential?.expiration?.value).toEqual(new Date('2025-12-31T23:59:59Z'))
    expect(cli({ env, now: new Date('2025-12-31T23:59:59Z') }).winner?.provider).toBe('env')
  })

  test('holds no secret in anything but secrets', () => {
    const secret = 'not-to-be-seen-anywhere'
    const files = {
      [credentialsFile]: `[default]\naws_access_key_id = AKID\naws_secret_access_key = " ${secret}" # c\naws_session_token = ${secret}\n  ${secret}\n`,
      [configFile]: `[default]\naws_access_key_id = ${secret.slice(0, 3)}\naws_secret_access_key = ${secret}\n`,
    }
    const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: secret }
    for (const question of [{}, { profile: 'default' }]) {
      expect(JSON.stringify(cli({ env, files }, question))).not.toContain(secret)
    }
    expect(JSON.stringify(everyCredential(machine({ env, files })))).not.toContain(secret)
  })
})

describe('the AWS CLI v2 differs from boto3 and the AWS CLI v1', () => {
  const files = { [credentialsFile]: `[a]\n${pair('AKIDA')}region = eu-central-1\n[b]\n${pair('AKIDB')}` }
  const idOf = (sdk: 'aws-cli-v2' | 'aws-cli-v1' | 'boto3', env: Record<string, string>) =>
    traceChain(machine({ env, files }), { sdk }).winner?.credential?.accessKeyId.value

  test('in which variable chooses the profile (awscli/botocore/configprovider.py)', () => {
    const env = { AWS_PROFILE: 'a', AWS_DEFAULT_PROFILE: 'b' }
    expect([idOf('aws-cli-v2', env), idOf('aws-cli-v1', env), idOf('boto3', env)]).toEqual(['AKIDA', 'AKIDB', 'AKIDB'])
  })

  test('in honouring AWS_REGION', () => {
    const env = { AWS_PROFILE: 'a', AWS_REGION: 'eu-west-1' }
    const regionOf = (sdk: 'aws-cli-v2' | 'aws-cli-v1' | 'boto3') => traceChain(machine({ env, files }), { sdk }).region
    expect(regionOf('aws-cli-v2')).toEqual({ name: 'eu-west-1', at: { variable: 'AWS_REGION' } })
    expect(regionOf('boto3')).toEqual({ name: 'eu-central-1', at: { file: credentialsFile, line: 4, column: 10 } })
    expect(regionOf('aws-cli-v1')).toEqual(regionOf('boto3'))
  })

  test('in taking an empty profile argument for none', () => {
    const recording = machine({ files: { [credentialsFile]: `[default]\n${pair('AKIDFILE')}` } })
    expect(traceChain(recording, { sdk: 'aws-cli-v2', profile: '' }).winner?.provider).toBe('shared-credentials-file')
    expect(traceChain(recording, { sdk: 'boto3', profile: '' }).error?.says).toBe(
      'ProfileNotFound: The config profile () could not be found',
    )
  })

  test('in being able to use `aws login`', () => {
    const on = (files: Recording['files']) =>
      machine({
        files: { [configFile]: '[default]\nlogin_session = arn:aws:iam::123456789012:user/u\n', ...files },
      })
    const token = {
      accessToken: {
        accessKeyId: 'ASIALOGIN',
        secretAccessKey: 'made-up-secret',
        sessionToken: 'made-up-token',
        accountId: '123456789012',
        expiresAt: '2099-01-01T00:00:00Z',
      },
      clientId: 'c',
      refreshToken: 'r',
      dpopKey: 'k',
    }
    const name = createHash('sha256').update('arn:aws:iam::123456789012:user/u').digest('hex')
    const cached = on({ [`${home}/.aws/login/cache/${name}.json`]: JSON.stringify(token) })
    expect(traceChain(cached, { sdk: 'aws-cli-v2' }).winner?.provider).toBe('login')
    expect(traceChain(cached, { sdk: 'boto3' }).error?.reason).toBe('unsupported')
    expect(traceChain(on({}), { sdk: 'aws-cli-v2' }).error?.says).toBe(
      'LoginTokenLoadError: Error loading login session token: Unable to load a existing login session for session ' +
        "arn:aws:iam::123456789012:user/u. Please reauthenticate with 'aws login'.",
    )
  })

  test('in knowing no legacy STS endpoint', () => {
    const recording = machine({ env: { AWS_STS_REGIONAL_ENDPOINTS: 'legacy', AWS_DEFAULT_REGION: 'eu-west-1' } })
    expect(traceChain(recording, { sdk: 'aws-cli-v2' }).endpoint.sts).toBe('https://sts.eu-west-1.amazonaws.com')
    expect(traceChain(recording, { sdk: 'boto3' }).endpoint).toMatchObject({
      sts: 'https://sts.amazonaws.com',
      signingRegion: 'us-east-1',
    })
  })
})

describe('the endpoint', () => {
  test('of an argument outranks all that is configured, and needs no leave of AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', () => {
    const env = {
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      AWS_REGION: 'eu-west-1',
    }
    expect(cli({ env }, { endpointUrl: 'http://127.0.0.1:7374/' }).endpoint).toEqual({
      sts: 'http://127.0.0.1:7374',
      iam: 'http://127.0.0.1:7374',
      signingRegion: 'eu-west-1',
      overriddenBy: { flag: '--endpoint-url' },
    })
    expect(cli({ env }).endpoint).toMatchObject({ sts: 'https://sts.eu-west-1.amazonaws.com', overriddenBy: null })
  })

  test('names the line of a services section that moves it', () => {
    const content = `[default]\nservices = local\nregion = eu-west-1\n[services local]\niam =\n  endpoint_url = http://127.0.0.1:2\nsts =\n  endpoint_url = http://127.0.0.1:1\n`
    expect(cli({ files: { [configFile]: content } }).endpoint).toMatchObject({
      sts: 'http://127.0.0.1:1',
      iam: 'http://127.0.0.1:2',
      overriddenBy: { file: configFile, line: 7 },
    })
  })

  test('is signed for us-east-1 when there is no region', () => {
    expect(cli({}).endpoint).toEqual({
      sts: 'https://sts.amazonaws.com',
      iam: 'https://iam.amazonaws.com',
      signingRegion: 'us-east-1',
      overriddenBy: null,
    })
  })
})

describe('on Windows', () => {
  test('files are found by USERPROFILE, variables in any case, and both slashes are one', () => {
    const trace = traceChain(
      recordedMachine({
        platform: 'win32',
        env: { UserProfile: 'C:\\Users\\Ana', aws_profile: 'dev', HOME: 'D:\\elsewhere' },
        files: { 'c:/users/ana/.AWS/credentials': `[dev]\r\n${pair('AKIDDEV')}` },
      }),
      { sdk: 'aws-cli-v2' },
    )
    expect(trace.winner?.at).toEqual({ file: 'C:\\Users\\Ana\\.aws\\credentials', line: 2, column: 21 })
  })

  test('a path in a variable may hold %NAME%', () => {
    const trace = traceChain(
      recordedMachine({
        platform: 'win32',
        env: { STORE: 'D:\\keys', AWS_SHARED_CREDENTIALS_FILE: '%STORE%\\aws.ini' },
        files: { 'D:\\keys\\aws.ini': `[default]\n${pair('AKIDD')}` },
      }),
      { sdk: 'aws-cli-v2' },
    )
    expect(trace.winner?.credential?.accessKeyId.value).toBe('AKIDD')
  })
})

describe('a file that cannot be read', () => {
  test.each([
    ['a directory', { unreadable: 'directory' as const }, null],
    ['a pipe or device', { unreadable: 'not-a-file' as const }, null],
    ['a file without permission, which Python passes over', { unreadable: 'permission' as const }, null],
    ['a file that is too large', { unreadable: 'too-large' as const, detail: '99 bytes' }, 'file-unreadable'],
  ])('%s', (_, file, reason) => {
    const trace = cli({ env: envPair, files: { [credentialsFile]: file } })
    expect(trace.error?.reason ?? null).toBe(reason)
  })
})

describe('every credential of a machine', () => {
  test('is found wherever it stands, also where no SDK would look', () => {
    const found = everyCredential(
      machine({
        env: { ...envPair, AWS_CREDENTIAL_FILE: '~/ec2' },
        files: {
          [credentialsFile]: `[default]\n${pair('AKID1')}[profile x]\n${pair('AKID2')}[half]\naws_access_key_id = AKIDHALF\n[default]\n${pair('AKID3')}`,
          [configFile]: `[profile y]\n${pair('AKID4')}[z]\n${pair('AKID5')}garbage\n`,
          [`${home}/ec2`]: 'AWSAccessKeyId=AKID6\nAWSSecretKey=made-up-secret\n',
          [`${home}/.boto`]: `[Credentials]\n${pair('AKID7')}`,
        },
      }),
    )
    expect(found.map(({ accessKeyId, profile, provider }) => [accessKeyId.value, provider, profile])).toEqual([
      ['AKIDENV', 'env', null],
      ['AKID1', 'shared-credentials-file', 'default'],
      ['AKID2', 'shared-credentials-file', 'profile x'],
      ['AKID3', 'shared-credentials-file', 'default'],
      ['AKID4', 'config-file', 'y'],
      ['AKID5', 'config-file', 'z'],
      ['AKID6', 'ec2-credentials-file', null],
      ['AKID7', 'boto-config', null],
    ])
  })
})
