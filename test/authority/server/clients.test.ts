import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import type { SigningCredentials } from '../../../src/signature/index.ts'
import { asker, makeSession, makeUser } from './caller.ts'

/*
 * Each refusal as real clients report it: code, message, status. The SDK for JavaScript always; the AWS CLI and boto3 where
 * they are installed. In CI they must be.
 */
const inCi = process.env['CI'] === 'true'
const hasCli = inCi || spawnSync('aws', ['--version']).status === 0
const hasBoto3 = inCi || spawnSync('python3', ['-c', 'import boto3']).status === 0
const reason = (is: boolean, what: string) => (is ? what : `${what} (skipped: it is not installed here)`)

const invalid = 'The security token included in the request is invalid'
interface Refused {
  readonly why: string
  readonly code: string
  readonly status: number
  readonly message: string | RegExp
  credentials(): SigningCredentials
}

let authority: Authority
let home: string
let keys: Record<'dev' | 'inactive' | 'deleted', { accessKeyId: string; secretAccessKey: string }>
let session: SigningCredentials & { sessionToken: string }
let other: typeof session

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'countersign-refusals-'))
  authority = await startAuthority({ data: ':memory:', port: 0 })
  const ask = asker(authority)
  keys = {
    dev: await makeUser(ask, 'dev'),
    inactive: await makeUser(ask, 'inactive'),
    deleted: await makeUser(ask, 'deleted'),
  }
  await ask({
    Action: 'UpdateAccessKey',
    UserName: 'inactive',
    AccessKeyId: keys.inactive.accessKeyId,
    Status: 'Inactive',
  })
  await ask({ Action: 'DeleteAccessKey', UserName: 'deleted', AccessKeyId: keys.deleted.accessKeyId })
  session = await makeSession(ask, keys.dev)
  other = await makeSession(ask, keys.dev)
})
afterAll(async () => {
  await authority.stop()
  rmSync(home, { recursive: true, force: true })
})

const refusals: readonly Refused[] = [
  {
    why: 'an unknown key',
    code: 'InvalidClientTokenId',
    status: 403,
    message: `${invalid}.`,
    credentials: () => ({ accessKeyId: 'AKIAQNZGKIQYSOMEKEY2', secretAccessKey: 'x'.repeat(40) }),
  },
  {
    why: 'an inactive key',
    code: 'InvalidClientTokenId',
    status: 403,
    message: `${invalid}.`,
    credentials: () => keys.inactive,
  },
  {
    why: 'a deleted key',
    code: 'InvalidClientTokenId',
    status: 403,
    message: `${invalid}.`,
    credentials: () => keys.deleted,
  },
  {
    why: 'a wrong secret',
    code: 'SignatureDoesNotMatch',
    status: 403,
    message:
      /^The request signature we calculated does not match the signature you provided\. .*The Canonical String for this request should have been\n'POST\n\/\n\n.*The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n/s,
    credentials: () => ({ ...keys.dev, secretAccessKey: 'x'.repeat(40) }),
  },
  {
    why: 'a secret in the place of the key id',
    code: 'IncompleteSignature',
    status: 400,
    message:
      /^Credential must have exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got 'wJalrXUtnFEMI\/K7MDENG\/bPxRfiCYEXAMPLEKEY\/\d{8}\/us-east-1\/sts\/aws4_request'$/,
    credentials: () => ({
      accessKeyId: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      secretAccessKey: 'AKIAIOSFODNN7EXAMPLE',
    }),
  },
  {
    why: 'a blank after the key id',
    code: 'IncompleteSignature',
    status: 400,
    message:
      /^'\/\d{8}\/us-east-1\/sts\/aws4_request' not a valid key=value pair \(missing equal-sign\) in Authorization header: 'AWS4-HMAC-SHA256 Credential=AKIA/,
    credentials: () => ({ ...keys.dev, accessKeyId: `${keys.dev.accessKeyId} ` }),
  },
  {
    why: 'a long-term key with a stale token',
    code: 'InvalidClientTokenId',
    status: 403,
    message: invalid,
    credentials: () => ({ ...keys.dev, sessionToken: session.sessionToken }),
  },
  {
    why: 'a temporary key without its token',
    code: 'InvalidClientTokenId',
    status: 403,
    message: invalid,
    credentials: () => ({ accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey }),
  },
  {
    why: 'a temporary key with the token of another session',
    code: 'InvalidClientTokenId',
    status: 403,
    message: invalid,
    credentials: () => ({ ...session, sessionToken: other.sessionToken }),
  },
  {
    why: 'a token that was cut',
    code: 'InvalidClientTokenId',
    status: 403,
    message: invalid,
    credentials: () => ({ ...session, sessionToken: session.sessionToken.slice(0, 100) }),
  },
]

describe('the AWS SDK for JavaScript reports', () => {
  test.each(refusals)('$why as $code', async ({ code, status, message, credentials }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials()
    const client = new STSClient({
      endpoint: authority.url,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    })
    const error = await client.send(new GetCallerIdentityCommand({})).then(
      () => null,
      (failure: Error & { $metadata?: { httpStatusCode?: number; requestId?: string } }) => failure,
    )
    client.destroy()
    expect(error).toMatchObject({ name: code, $metadata: { httpStatusCode: status } })
    expect(error?.$metadata?.requestId).toMatch(/^[0-9a-f-]{36}$/)
    expectMessage(error?.message ?? '', message)
  })

  test('nothing of a clock an hour off, because the Date of the refusal corrects it', async () => {
    authority.clock({ offset: 3600 })
    const client = new STSClient({ endpoint: authority.url, region: 'us-east-1', credentials: authority.root })
    const identity = await client.send(new GetCallerIdentityCommand({})).finally(() => authority.clock({}))
    expect(identity).toMatchObject({ Account: authority.account, $metadata: { attempts: 2 } })
    client.destroy()
  })
})

describe(reason(hasBoto3, 'boto3 reports'), () => {
  const script = `
import boto3, botocore.config, botocore.exceptions, json, sys
asked = json.load(sys.stdin)
told = []
for keys in asked["credentials"]:
    client = boto3.client("sts", endpoint_url=asked["url"], region_name="us-east-1",
        aws_access_key_id=keys["accessKeyId"], aws_secret_access_key=keys["secretAccessKey"],
        aws_session_token=keys.get("sessionToken"), config=botocore.config.Config(retries={"max_attempts": 1}))
    try:
        client.get_caller_identity()
        told.append({"code": None})
    except botocore.exceptions.ClientError as error:
        answer = error.response
        told.append({"code": answer["Error"]["Code"], "message": answer["Error"]["Message"],
            "type": answer["Error"].get("Type"), "status": answer["ResponseMetadata"]["HTTPStatusCode"],
            "requestId": answer["ResponseMetadata"].get("RequestId")})
json.dump(told, sys.stdout)
`
  test.runIf(hasBoto3)('each refusal with its code, message, type, status and request id', async () => {
    const child = spawn('python3', ['-c', script], { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.stdin.end(
      JSON.stringify({ url: authority.url, credentials: refusals.map((refusal) => refusal.credentials()) }),
    )
    await new Promise((resolve) => child.on('close', resolve))
    expect(err).toBe('')
    const told = JSON.parse(out) as { code: string; message: string; status: number; type: string; requestId: string }[]
    for (const [index, { why, code, status, message }] of refusals.entries()) {
      expect({ why, ...told[index]! }).toMatchObject({ why, code, status, type: 'Sender' })
      expect(told[index]!.requestId).toMatch(/^[0-9a-f-]{36}$/)
      expectMessage(told[index]!.message, message)
    }
  })
})

describe(reason(hasCli, 'the AWS CLI reports'), () => {
  // A start of the CLI costs a second: one of each code is enough, for boto3 has told the rest.
  const chosen = refusals.filter(({ why }) =>
    ['an inactive key', 'a wrong secret', 'a blank after the key id', 'a long-term key with a stale token'].includes(
      why,
    ),
  )
  test.runIf(hasCli).each(chosen)('$why as $code', async ({ code, message, credentials }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials()
    const { status, stderr } = await aws(['sts', 'get-caller-identity'], {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    })
    expect(status).not.toBe(0)
    const [, told, words] =
      /An error occurred \((\w+)\) when calling the GetCallerIdentity operation: (.*)/s.exec(stderr) ?? []
    expect(told).toBe(code)
    // The CLI ends its line itself.
    expectMessage(code === 'SignatureDoesNotMatch' ? (words ?? '') : (words ?? '').trimEnd(), message)
  })

  test.runIf(hasCli)('who it is', async () => {
    const { accessKeyId, secretAccessKey } = authority.root
    const { status, stdout } = await aws(['sts', 'get-caller-identity', '--output', 'json'], {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      UserId: authority.account,
      Account: authority.account,
      Arn: `arn:aws:iam::${authority.account}:root`,
    })
  })
})

function expectMessage(said: string, expected: string | RegExp): void {
  if (typeof expected === 'string') expect(said).toBe(expected)
  else expect(said).toMatch(expected)
}

function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => /^(?:PATH|PYENV_.*|LANG|SYSTEMROOT)$/i.test(name))
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: home,
    AWS_ENDPOINT_URL: authority.url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  }
}

function aws(args: readonly string[], more: Record<string, string>) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile('aws', args, { env: { ...environment(), ...more } }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    )
  })
}
