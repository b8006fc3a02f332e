import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import { noteSecret } from '../setup.ts'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, makeHome } from './program.ts'
import { devArn, roleOf } from './roles.ts'

/** `console` against an endpoint that answers as AWS's federation endpoint and STS are documented to. */
interface Seen {
  readonly method: string
  readonly path: string
  readonly form: URLSearchParams
}
let seen: Seen[] = []
let answer: { status: number; body: string } = { status: 200, body: '{"SigninToken":"the-token+/="}' }
const federated = `<GetFederationTokenResponse><GetFederationTokenResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
<SecretAccessKey>fedSecret</SecretAccessKey><SessionToken>fedToken</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration>
</Credentials></GetFederationTokenResult></GetFederationTokenResponse>`
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text
  })
  request.on('end', () => {
    const form = new URLSearchParams(body)
    seen.push({ method: request.method ?? '', path: request.url ?? '', form })
    const isSts = form.get('Action') === 'GetFederationToken'
    response.writeHead(isSts ? 200 : answer.status, { 'Content-Type': 'text/plain' })
    response.end(isSts ? federated : answer.body)
  })
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  noteSecret('secret key', 'sessionSecretMadeUp')
  noteSecret('session token', 'sessionTokenMadeUp')
})
afterAll(() => void server.close())
beforeEach(() => {
  seen = []
  answer = { status: 200, body: '{"SigninToken":"the-token+/="}' }
})

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

const session = () => ({
  AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'sessionSecretMadeUp',
  AWS_SESSION_TOKEN: 'sessionTokenMadeUp',
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL_SIGNIN: url,
})
const key = () => ({
  ...session(),
  AWS_SESSION_TOKEN: '',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_ENDPOINT_URL: url,
})

describe('countersign console', () => {
  test('trades the session for a token by POST, and prints the link alone', async () => {
    const { code, stdout, stderr } = await countersign(['console', '--duration', '2h'], { env: session() })
    expect([code, stderr]).toEqual([0, ''])
    const [request] = seen
    expect([request?.method, request?.path]).toEqual(['POST', '/federation'])
    expect(request?.form.get('Action')).toBe('getSigninToken')
    expect(request?.form.get('SessionDuration')).toBe('7200')
    expect(JSON.parse(request?.form.get('Session') ?? '')).toEqual({
      sessionId: 'ASIAIOSFODNN7EXAMPLE',
      sessionKey: 'sessionSecretMadeUp',
      sessionToken: 'sessionTokenMadeUp',
    })
    const link = new URL(stdout.trim())
    expect(`${link.origin}${link.pathname}`).toBe(`${url}/federation`)
    expect(Object.fromEntries(link.searchParams)).toEqual({
      Action: 'login',
      Issuer: 'countersign',
      Destination: `${url}/console/`,
      SigninToken: 'the-token+/=',
    })
  })

  test('says nothing of a length where none was asked for', async () => {
    await countersign(['console'], { env: session() })
    expect(seen[0]?.form.has('SessionDuration')).toBe(false)
  })

  test('of a key makes a federated session, with the policy that it may use', async () => {
    const policy = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
    const { code, stdout } = await countersign(['console', '--policy-arn', policy, '--duration', '1h'], { env: key() })
    expect(code).toBe(0)
    const [sts, federation] = seen
    expect(sts?.form.get('PolicyArns.member.1.arn')).toBe(policy)
    expect(sts?.form.get('DurationSeconds')).toBe('3600')
    // AWS refuses a request with SessionDuration for the credentials of GetFederationToken.
    expect(federation?.form.has('SessionDuration')).toBe(false)
    expect(JSON.parse(federation?.form.get('Session') ?? '')).toMatchObject({ sessionToken: 'fedToken' })
    expect(stdout).toContain('SigninToken=')
  })

  test('of a key without a policy asks for a role or for one', async () => {
    const { code, stderr } = await countersign(['console'], { env: key() })
    expect(code).toBe(2)
    expect(stderr).toContain('--policy-arn')
    expect(seen).toEqual([])
  })

  test.each([
    [400, 1, /GetSessionToken/],
    [500, 3, /Try again/],
  ])('tells what HTTP %i of the endpoint can mean', async (status, code, says) => {
    answer = { status, body: '<html>Invalid credentials parameter sessionSecretMadeUp</html>' }
    const outcome = await countersign(['console'], { env: session() })
    expect([outcome.code, outcome.stdout]).toEqual([code, ''])
    expect(outcome.stderr).toMatch(says)
    expect(outcome.stderr).not.toContain('sessionSecret')
  })

  test('takes no answer that has no token', async () => {
    answer = { status: 200, body: '<html>a captive portal</html>' }
    expect(await countersign(['console'], { env: session() })).toMatchObject({ code: 3, stdout: '' })
  })

  test.each([
    [['--duration', '13h'], '12 hours'],
    [['--service', 'https://evil.example'], '--service'],
    [['--offline'], '--offline'],
  ])('%j is wrong usage, and nothing is sent', async (words, says) => {
    const { code, stderr } = await countersign(['console', ...words], { env: session() })
    expect(code).toBe(2)
    expect(stderr).toContain(says)
    expect(seen).toEqual([])
  })

  test.each([
    ['http://signin.example', 'unencrypted'],
    ['https://signin.example', 'nothing was changed'],
  ])('the secret does not go to %s just like that', async (elsewhere, says) => {
    const env = { ...session(), AWS_ENDPOINT_URL_SIGNIN: elsewhere }
    const { code, stderr } = await countersign(['console'], { env })
    expect(code).toBe(2)
    expect(stderr.replace(/\s+/g, ' ')).toContain(says)
  })

  test('warns beside a link on a screen', async () => {
    const terminal = inTerminal(['console'], { env: session() })
    await terminal.until('SigninToken=')
    await terminal.until('is signed in as you')
    expect(await terminal.ended).toBe(0)
  })

  test('--open gives the link to the browser and does not print it', async () => {
    const home = makeHome()
    const browser = join(home, 'browser')
    writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${home}/part' && mv '${home}/part' '${home}/opened'\n`)
    chmodSync(browser, 0o700)
    const { code, stdout, stderr } = await countersign(['console', '--open'], {
      home,
      env: { ...session(), BROWSER: browser },
    })
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('Opened in the browser')
    await expect.poll(() => readIfThere(join(home, 'opened'))).toContain('/federation?Action=login')
  })
})

describe("the link of AWS's own partitions", () => {
  test.each([
    [
      'eu-west-1',
      's3',
      'https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1',
      'eu-west-1.signin.aws.amazon.com',
    ],
    [
      'cn-north-1',
      undefined,
      'https://cn-north-1.console.amazonaws.cn/console/home?region=cn-north-1',
      'cn-north-1.signin.amazonaws.cn',
    ],
    [
      'us-gov-west-1',
      undefined,
      'https://us-gov-west-1.console.amazonaws-us-gov.com/console/home?region=us-gov-west-1',
      'us-gov-west-1.signin.amazonaws-us-gov.com',
    ],
  ])('%s', async (region, page, destination, host) => {
    const { linkOf } = await import('../../src/cli/console.ts')
    const link = new URL(linkOf(`https://${host}`, region, page, 'token')!)
    expect(link.host).toBe(host)
    expect(link.searchParams.get('Destination')).toBe(destination)
  })
})

describe('against the authority', () => {
  const here = issuer()
  const setting = roleOf(here)
  const open = async (link: string) => (await fetch(link.trim())).text()

  test('the link of a role signs in as that role', async () => {
    const { code, stdout } = await countersign(['console', 'dev', '--duration', '2h'], setting())
    expect(code).toBe(0)
    const page = await open(stdout)
    expect(page).toContain('Sign in to the console?')
    expect(page).toContain(devArn)
    // What the button of the page sends.
    const link = new URL(stdout.trim())
    const pressed = await fetch(link.origin + link.pathname, {
      method: 'POST',
      redirect: 'manual',
      body: link.searchParams,
    })
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/console/'])
    const headers = { Cookie: pressed.headers.get('set-cookie')!.split(';')[0]! }
    const session = await fetch(`${link.origin}/console/api/session`, { headers })
    expect(await session.json()).toMatchObject({ signedIn: true, principal: { type: 'role', arn: devArn } })
  })

  test('the link of a key signs in as a federated user of it', async () => {
    const policy = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    const settled = setting()
    const allow = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:GetFederationToken', Resource: '*' }],
    }
    const put = { UserName: 'alice', PolicyName: 'federate', PolicyDocument: JSON.stringify(allow) }
    const { url: at, root } = here.authority
    await mustCall(realMachine({}), at, root, 'iam', 'PutUserPolicy', put)
    const { stderr, stdout } = await countersign(['console', 'alice', '--policy-arn', policy], settled)
    expect(stderr).toBe('')
    expect(await open(stdout)).toContain('federated-user/countersign')
  })

  test('a session with a code alone is refused, and the reason told', async () => {
    const { session: made } = here
    const env = {
      AWS_ACCESS_KEY_ID: made.accessKeyId,
      AWS_SECRET_ACCESS_KEY: made.secretAccessKey,
      AWS_SESSION_TOKEN: made.sessionToken,
      AWS_ENDPOINT_URL: here.authority.url,
      AWS_REGION: 'eu-west-1',
    }
    const { code, stdout, stderr } = await countersign(['console'], { env })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.replace(/\s+/g, ' ')).toContain('must come from AssumeRole or GetFederationToken')
  })
})
