import { type ExecFileException, execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'

/*
 * The last links of the chain of real SDKs: the SDK for JavaScript always, boto3 where it is installed (in CI it must be). Each
 * client is a process of its own with nothing in its environment but what the authority says to set.
 */
const inCi = process.env['CI'] !== undefined
const hasBoto3 = inCi || spawnSync('python3', ['-c', 'import boto3']).status === 0

const javascript = `
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
const client = new STSClient({ region: 'us-east-1', maxAttempts: 1 })
try {
  const { Arn } = await client.send(new GetCallerIdentityCommand({}))
  console.log(JSON.stringify({ arn: Arn }))
} catch (error) {
  console.log(JSON.stringify({ name: error.name, message: error.message }))
}
`
const python = `
import json, boto3, botocore.exceptions
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
type Client = (environment: Record<string, string>) => Promise<Outcome>

let authority: Authority
let strict: Authority
let roleless: Authority
let home: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'countersign-metadata-'))
  authority = await startAuthority({ data: ':memory:', port: 0, imdsRole: 'web', containerRole: 'app' })
  strict = await startAuthority({ data: ':memory:', port: 0, imdsRole: 'web', imds: 'required' })
  roleless = await startAuthority({ data: ':memory:', port: 0, imds: 'optional' })
  writeFileSync(join(home, 'token'), authority.container!.authorizationToken, { mode: 0o600 })
})
afterAll(async () => {
  await Promise.all([authority, strict, roleless].map((one) => one.stop()))
  rmSync(home, { recursive: true, force: true })
})

function run(program: string, args: readonly string[], environment: Record<string, string>): Promise<Outcome> {
  const kept = Object.entries(process.env).filter(([name]) => /^(?:PATH|PYENV_.*|LANG|SYSTEMROOT)$/i.test(name))
  const env = { ...(Object.fromEntries(kept) as Record<string, string>), HOME: home, ...environment }
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, timeout: 60_000 }, (error: ExecFileException | null, stdout, stderr) =>
      error === null ? resolve(JSON.parse(stdout) as Outcome) : reject(new Error(`${error.message}\n${stderr}`)),
    )
  })
}

const clients: readonly (readonly [name: string, client: Client, is: boolean])[] = [
  ['the SDK for JavaScript', (env) => run('node', ['--input-type=module', '-e', javascript], env), true],
  ['boto3', (env) => run('python3', ['-c', python], env), hasBoto3],
]

describe.each(clients)('%s', (name, client, is) => {
  const instance = (at: Authority) => ({ AWS_ENDPOINT_URL: at.url, AWS_EC2_METADATA_SERVICE_ENDPOINT: at.url })
  const session = (at: Authority, role: string, session: string) =>
    new RegExp(`^arn:aws:sts::${at.account}:assumed-role/${role}/${session}$`)

  it.runIf(is)('is the instance by IMDSv2, also where tokens are required', async () => {
    const told = await client(instance(strict))
    expect(told.arn).toMatch(session(strict, 'web', 'i-[0-9a-f]{17}'))
    expect(told.arn).toContain(strict.instanceId)
  })

  it.runIf(is)('finds no credentials on an instance without a role', async () => {
    const told = await client(instance(roleless))
    expect(told.arn).toBeUndefined()
    expect(told.name).toBe(name === 'boto3' ? 'NoCredentialsError' : 'CredentialsProviderError')
  })

  const pod = () => ({
    AWS_ENDPOINT_URL: authority.url,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: authority.container!.fullUri,
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  const podSession = 'eks-countersign-countersign-[0-9a-f-]{36}'

  it.runIf(is)('is the pod by the token in the environment', async () => {
    const token = authority.container!.authorizationToken
    const told = await client({ ...pod(), AWS_CONTAINER_AUTHORIZATION_TOKEN: token })
    expect(told.arn).toMatch(session(authority, 'app', podSession))
  })

  it.runIf(is)('is the pod by the file of the token', async () => {
    const told = await client({ ...pod(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(home, 'token') })
    expect(told.arn).toMatch(session(authority, 'app', podSession))
  })

  it.runIf(is)('is the task by the id in the path', async () => {
    const full = authority.url + authority.container!.relativeUri
    const told = await client({ ...pod(), AWS_CONTAINER_CREDENTIALS_FULL_URI: full })
    expect(told.arn).toMatch(session(authority, 'app', '[0-9a-f]{32}'))
  })
})

describe('boto3', () => {
  it.runIf(hasBoto3)('is the instance by IMDSv1, where that is allowed', async () => {
    // Without the token's PUT: the fetcher alone, as an old client asks.
    const old = python.replace(
      'import json',
      'import botocore.utils\nbotocore.utils.InstanceMetadataFetcher._fetch_metadata_token = lambda self: None\nimport json',
    )
    const at = (one: Authority) => ({ AWS_ENDPOINT_URL: one.url, AWS_EC2_METADATA_SERVICE_ENDPOINT: one.url })
    const told = await run('python3', ['-c', old], at(authority))
    expect(told.arn).toBe(`arn:aws:sts::${authority.account}:assumed-role/web/${authority.instanceId}`)
    expect((await run('python3', ['-c', old], at(strict))).name).toBe('NoCredentialsError')
  })

  it.runIf(hasBoto3)('says what the agent said when the token of the pod is wrong', async () => {
    const told = await run('python3', ['-c', python], {
      AWS_ENDPOINT_URL: authority.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: authority.container!.fullUri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong',
      AWS_EC2_METADATA_DISABLED: 'true',
    })
    expect(told.name).toBe('CredentialRetrievalError')
    expect(told.message).toMatch(
      /^Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 400 from container metadata: \[[0-9a-f-]{36}\]: \(InvalidTokenException\): /,
    )
  })
})
