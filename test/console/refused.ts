import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Sha256 } from '@aws-crypto/sha256-js'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { realMachine } from '../../src/holder/machine/real.ts'
import { callAws } from '../../src/lab/caller.ts'
import type { KeyPair } from '../../src/lab/stage.ts'
import { noteSecret } from '../setup.ts'
import type { Console } from './console.ts'

/** Real requests that are refused, each for its own reason, and the commands that a page tells to type. */

export interface Refused {
  readonly requestId: string
  readonly code: string
}

/** Calls with these credentials, by a clock that is so many minutes off; must be refused. */
export async function refused(
  { authority }: Console,
  credentials: KeyPair & { readonly sessionToken?: string },
  [service, operation, parameters = {}]: readonly ['iam' | 'sts', string, Readonly<Record<string, string>>?],
  minutesOff = 0,
): Promise<Refused> {
  const machine = realMachine({})
  const now = () => new Date(Date.now() + minutesOff * 60_000)
  const answer = await callAws({ ...machine, now }, authority.url, credentials, service, operation, parameters)
  if (answer.refusal === null) throw new Error(`${operation} was not refused`)
  return { requestId: answer.text('RequestId'), code: answer.refusal.code }
}

/** A key of a user, who may do what the policy says. */
export async function makeKey(console: Console, name: string, statements: readonly unknown[] = []): Promise<KeyPair> {
  await console.aws('iam', 'CreateUser', { UserName: name })
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await console.aws('iam', 'PutUserPolicy', { UserName: name, PolicyName: 'of-the-test', PolicyDocument })
  }
  const made = await console.aws('iam', 'CreateAccessKey', { UserName: name })
  return { accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
}

/** Sends what the JavaScript SDK's own signer signs, with any user agent; gives the request id. */
export async function sendSigned(console: Console, credentials: KeyPair, userAgent: string): Promise<string> {
  const body = 'Action=GetCallerIdentity&Version=2011-06-15'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const signed = await signerOf(credentials).sign(requestTo(console, { method: 'POST', headers, body }))
  return await send(console, 'POST', '/', { ...signed.headers, 'user-agent': userAgent }, body)
}

/** A client that encodes its query twice where it signs, and once where it sends; gives the request id. */
export async function sendEncodedTwice(console: Console, credentials: KeyPair, value: string): Promise<string> {
  const fixed = { Action: 'GetCallerIdentity', Version: '2011-06-15' }
  const query = { ...fixed, Note: encodeURIComponent(value) }
  const signed = await signerOf(credentials).sign(requestTo(console, { method: 'GET', query }))
  const sent = `/?Action=${fixed.Action}&Note=${encodeURIComponent(value)}&Version=${fixed.Version}`
  return await send(console, 'GET', sent, signed.headers, '')
}

function signerOf(credentials: KeyPair): SignatureV4 {
  return new SignatureV4({ service: 'sts', region: 'us-east-1', credentials, sha256: Sha256, applyChecksum: false })
}

function requestTo({ authority }: Console, options: ConstructorParameters<typeof HttpRequest>[0]): HttpRequest {
  const { hostname, host } = new URL(authority.url)
  return new HttpRequest({ protocol: 'http:', hostname, path: '/', ...options, headers: { host, ...options.headers } })
}

function send(
  { authority }: Console,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const { hostname, port } = new URL(authority.url)
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(body.length) }
    const sent = http.request({ host: hostname, port, method, path, headers: { ...headers, ...length } }, (reply) => {
      reply.resume()
      reply.on('end', () => resolve(String(reply.headers['x-amzn-requestid'])))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A wrong secret of the right shape. */
export function otherSecret(of: KeyPair): KeyPair {
  const secretAccessKey = createHash('sha256').update(of.secretAccessKey).digest('base64').slice(0, 40)
  noteSecret('secret key', secretAccessKey)
  return { ...of, secretAccessKey }
}

const run = promisify(execFile)

/**
 * Types a command into bash, with the AWS CLI pointed at this authority. What it prints may be secret, as it should be: that goes
 * into a file of its own.
 */
export async function type(
  { authority }: Console,
  line: string,
  credentials: KeyPair,
): Promise<{ readonly output: () => string }> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-typed-'))
  const file = join(home, 'printed')
  try {
    await run('bash', ['-c', `{ ${line}\n} > ${file}`], {
      cwd: home,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        AWS_ENDPOINT_URL: authority.url,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        AWS_MAX_ATTEMPTS: '1',
        ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
      },
      timeout: 60_000,
    })
    const printed = readFileSync(file, 'utf8')
    return { output: () => printed }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
