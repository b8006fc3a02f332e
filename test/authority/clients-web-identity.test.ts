import { type ExecFileException, execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { startIssuer, type TestIssuer } from './server/issuer.ts'

/*
 * Web identity as workloads use it: a file with a token, the ARN of a role, and nothing else. The SDK for JavaScript always, the
 * AWS CLI and boto3 where they are installed (in CI they must be).
 */
const inCi = process.env['CI'] !== undefined
const hasBoto3 = inCi || spawnSync('python3', ['-c', 'import boto3']).status === 0
const hasCli = inCi || spawnSync('aws', ['--version']).status === 0

const javascript = `
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
try {
  const { Arn } = await new STSClient({ region: 'us-east-1', maxAttempts: 1 }).send(new GetCallerIdentityCommand({}))
  console.log(JSON.stringify({ arn: Arn }))
} catch (error) {
  console.log(JSON.stringify({ name: error.name, message: error.message }))
}
`
const python = `
import json, boto3
try:
    print(json.dumps({'arn': boto3.Session(region_name='us-east-1').client('sts').get_caller_identity()['Arn']}))
except Exception as error:
    print(json.dumps({'name': type(error).__name__, 'message': str(error)}))
`
interface Outcome {
  readonly arn?: string
  readonly name?: string
  readonly message?: string
}

let authority: Authority
let issuer: TestIssuer
let home: string
let roleArn: string

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'countersign-web-identity-'))
  issuer = await startIssuer()
  authority = await startAuthority({ data: ':memory:', port: 0 })
  const iam = new IAMClient({ endpoint: authority.url, region: 'us-east-1', credentials: authority.root })
  const { OpenIDConnectProviderArn: Federated } = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.url, ClientIDList: ['sts.amazonaws.com'] }),
  )
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { [`${issuer.url.replace('http://', '')}:sub`]: 'repo:me/*' } },
      },
    ],
  }
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  )
  roleArn = Role?.Arn ?? ''
})
afterAll(async () => {
  await authority.stop()
  await issuer.close()
  rmSync(home, { recursive: true, force: true })
})

const now = () => Math.floor(Date.now() / 1000)

async function environment(claims: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const token = await issuer.sign({
    iss: issuer.url,
    sub: 'repo:me/app:ref:refs/heads/main',
    aud: 'sts.amazonaws.com',
    iat: now(),
    exp: now() + 600,
    ...claims,
  })
  const file = join(home, `token-${Math.random()}`)
  writeFileSync(file, token, { mode: 0o600 })
  const kept = Object.entries(process.env).filter(([name]) => /^(?:PATH|PYENV_.*|LANG|SYSTEMROOT)$/i.test(name))
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: home,
    AWS_ENDPOINT_URL: authority.url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_ARN: roleArn,
    AWS_ROLE_SESSION_NAME: 'build',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  }
}

function execute(program: string, args: readonly string[], env: Record<string, string>) {
  return new Promise<{ readonly failed: ExecFileException | null; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      execFile(program, args, { env, timeout: 60_000 }, (failed, stdout, stderr) => resolve({ failed, stdout, stderr }))
    },
  )
}

async function ask(program: string, args: readonly string[], claims?: Record<string, unknown>): Promise<Outcome> {
  const { failed, stdout, stderr } = await execute(program, args, await environment(claims))
  if (failed !== null) throw new Error(stderr)
  return JSON.parse(stdout) as Outcome
}

const clients = [
  ['the SDK for JavaScript', ['node', ['--input-type=module', '-e', javascript]], true],
  ['boto3', ['python3', ['-c', python]], hasBoto3],
] as const

describe.each(clients)('%s', (name, [program, args], is) => {
  it.runIf(is)('is the role by the token of the file', async () => {
    const told = await ask(program, args)
    expect(told).toEqual({ arn: `arn:aws:sts::${authority.account}:assumed-role/ci/build` })
  })

  const sdk = name !== 'boto3'
  const refusals = [
    [
      'a subject that the trust policy does not mean',
      { sub: 'repo:you/app' },
      'AccessDenied',
      /^Not authorized to perform sts:AssumeRoleWithWebIdentity$/,
    ],
    [
      'a token for somebody else',
      { aud: 'you' },
      'InvalidIdentityToken',
      /^The web identity token provided could not be validated\. /,
    ],
    [
      'an expired token',
      { exp: 1_700_000_000, iat: 1_699_999_000 },
      'ExpiredTokenException',
      /^Token expired: current date\/time \d+ must be before the expiration date\/time 1700000000$/,
    ],
  ] as const
  it.runIf(is).each(refusals)('says of %s what the authority said', async (_what, claims, code, words) => {
    const { name: error, message = '' } = await ask(program, args, claims)
    if (sdk) {
      // The names of modelled errors end in Exception there.
      expect(error).toBe(code === 'InvalidIdentityToken' ? 'InvalidIdentityTokenException' : code)
      expect(message).toMatch(words)
    } else {
      const [, told, said] =
        /^An error occurred \((\w+)\) when calling the AssumeRoleWithWebIdentity operation: (.*)$/.exec(message) ?? []
      expect(told).toBe(code)
      expect(said).toMatch(words)
    }
  })
})

describe('the AWS CLI', () => {
  it.runIf(hasCli)('shows what it got, in AWS’s members', async () => {
    const env = await environment()
    const args = ['sts', 'assume-role-with-web-identity', '--role-arn', roleArn, '--role-session-name', 'by-hand']
    const token = `file://${env['AWS_WEB_IDENTITY_TOKEN_FILE']}`
    const query = '{s:SubjectFromWebIdentityToken,p:Provider,a:Audience,u:AssumedRoleUser.Arn,e:Credentials.Expiration}'
    const { stdout, stderr } = await execute(
      'aws',
      [...args, '--web-identity-token', token, '--output', 'json', '--query', query],
      env,
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      s: 'repo:me/app:ref:refs/heads/main',
      p: `arn:aws:iam::${authority.account}:oidc-provider/${issuer.url.replace('http://', '')}`,
      a: 'sts.amazonaws.com',
      u: `arn:aws:sts::${authority.account}:assumed-role/ci/by-hand`,
      e: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
    })
  })
})
