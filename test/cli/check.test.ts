import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { knownSdks } from '../../src/holder/chains/index.ts'
import { credentialsFile, issuer, short } from './authority.ts'
import { countersign, environment, main, makeHome, startCountersign } from './program.ts'

const here = issuer()

/** The computer that runs the tests may be busy with others. */
const patient = ['--timeout', '30']

/** An endpoint of one's own for a test. */
async function endpoint(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer!)
  await new Promise<void>((accept) => server.listen(0, '127.0.0.1', accept))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('check', () => {
  test('is what the bare command does: on an empty machine it says so on stdout, with exit code 1', async () => {
    const { code, stdout, stderr } = await countersign(['--offline'])
    expect(code).toBe(1)
    expect(stderr).toBe('')
    expect(stdout.split('\n')[0]).toMatch(/^✗ .*credentials/i)
    expect(stdout).toContain('AWS_ACCESS_KEY_ID')
  })

  test('says in one line who you are when everything is well, with exit code 0', async () => {
    const files = credentialsFile(here.alice)
    const { code, stdout, stderr } = await countersign(['--endpoint-url', here.authority.url, ...patient], { files })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      `✓ You are arn:aws:iam::123456789012:user/alice, by ${short(here.alice.accessKeyId)} from ~/.aws/credentials:2, profile default.\n`,
    )
  })

  test('proves a stale session token and names the cure, with exit code 1', async () => {
    const files = credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken })
    const { code, stdout, stderr } = await countersign(['check', '--endpoint-url', here.authority.url, ...patient], {
      files,
    })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain('~/.aws/credentials:4')
    expect(stdout).toContain('Why we are sure:')
    expect(stdout).toContain('The security token included in the request is invalid')
  })

  test('gives the same as JSON, with the shape of the contract', async () => {
    const files = credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken })
    const { code, stdout, stderr } = await countersign(['--json', '--endpoint-url', here.authority.url, ...patient], {
      files,
    })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const verdict = JSON.parse(stdout)
    expect(Object.keys(verdict)).toEqual([
      ...['schema', 'status', 'sdk', 'credential', 'identity', 'reply', 'causes', 'chain'],
    ])
    expect(verdict).toMatchObject({
      schema: 'countersign.check/1',
      status: 'rejected',
      sdk: 'aws-cli-v2',
      identity: null,
    })
    expect(verdict.credential).toEqual({
      accessKeyId: short(here.alice.accessKeyId),
      kind: 'long-term',
      account: '123456789012',
      sessionToken: {
        present: true,
        issuedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        version: 2,
        region: expect.any(String),
      },
      expiration: null,
      source: {
        provider: 'shared-credentials-file',
        profile: 'default',
        file: '~/.aws/credentials',
        line: 2,
        column: 21,
        variable: null,
      },
    })
    expect(verdict.reply).toEqual({
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: 403,
      code: 'InvalidClientTokenId',
      message: expect.stringContaining('The security token included in the request is invalid'),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      date: expect.any(String),
    })
    expect(verdict.causes[0]).toEqual({
      id: 'stale-session-token',
      certainty: 'proven',
      title: expect.any(String),
      evidence: expect.any(Array),
      fix: {
        says: expect.any(String),
        automatic: true,
        commands: {
          bash: expect.any(Array),
          fish: expect.any(Array),
          powershell: expect.any(Array),
          cmd: expect.any(Array),
        },
      },
    })
    for (const each of verdict.causes[0].evidence) expect(['says', 'says,at']).toContain(Object.keys(each).join())
    const winner = verdict.chain.find((step: { outcome: string }) => step.outcome === 'found')
    expect(winner).toEqual({
      provider: 'shared-credentials-file',
      outcome: 'found',
      because: expect.any(String),
      at: { file: '~/.aws/credentials', line: 2, column: 21 },
    })
    expect(verdict.chain[0]).toMatchObject({ provider: 'env', outcome: 'absent' })
  })

  test('cannot tell without the network: exit code 3', async () => {
    const files = credentialsFile(here.alice)
    const { code, stdout } = await countersign(['--offline', '--json'], { files })
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'unverified', reply: null, identity: null })
  })

  test('cannot tell when nobody answers: exit code 3, and it says so', async () => {
    const files = credentialsFile(here.alice)
    const { code, stdout } = await countersign(['--endpoint-url', 'http://127.0.0.1:9', '--timeout', '2'], { files })
    expect(code).toBe(3)
    expect(stdout).toContain('Could not tell whether AWS accepts')
  })

  test('gives a silent endpoint up in time, and tells meanwhile on stderr what it is waiting for', async () => {
    const files = credentialsFile(here.alice)
    const url = await endpoint(() => {})
    const { code, stdout, progress } = await countersign(['--endpoint-url', url, '--timeout', '0.9'], { files })
    expect(code).toBe(3)
    expect(progress).toEqual([expect.stringMatching(/^asking STS/)])
    expect(stdout).not.toContain(' ...')
    const quiet = await countersign(['--endpoint-url', url, '--timeout', '0.9', '--quiet'], { files })
    expect(quiet).toMatchObject({ stderr: '', progress: [] })
    expect(quiet.stdout.split('\n')).toHaveLength(2)
  })

  test('takes a word that is neither verb nor profile for a mistake: exit code 2 with a hint', async () => {
    const files = credentialsFile(here.alice)
    expect(await countersign(['explan', '--offline'], { files })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean: countersign explain?'),
    })
    expect(await countersign(['check', 'explan', '--offline', '--json'], { files })).toMatchObject({ code: 1 })
    expect(await countersign(['default', '--offline'], { files })).toMatchObject({ code: 3 })
  })

  test.each([
    [['dev', '--profile', 'prod'], 'Two profiles'],
    [['--endpoint-url', 'localhost:7374'], '--endpoint-url'],
    [['--endpoint-url', 'http://u:p@127.0.0.1'], '--endpoint-url'],
    [['--region', 'eu-west-1.evil.example'], '--region'],
    [['--timeout', 'soon'], '--timeout'],
    [['--sdk', 'cobol'], '--sdk'],
  ])('refuses %j with exit code 2 and nothing on stdout', async (args, says) => {
    const { code, stdout, stderr } = await countersign(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
  })

  test('takes its clock from COUNTERSIGN_NOW', async () => {
    const files = credentialsFile(here.alice)
    const args = ['--json', '--endpoint-url', here.authority.url, ...patient]
    const late = await countersign(args, { files, env: { COUNTERSIGN_NOW: '2015-08-30T12:36:00Z' } })
    expect(late.code).toBe(1)
    expect(JSON.parse(late.stdout).causes[0]).toMatchObject({ id: 'clock-skew', certainty: 'proven' })
    const wrong = await countersign(args, { files, env: { COUNTERSIGN_NOW: 'yesterday' } })
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
  })

  test('survives a reader that has left', async () => {
    const { child, outcome } = startCountersign(['chain', '--json'])
    child.stdout.destroy()
    expect(await outcome).toMatchObject({ code: 0, signal: null, stderr: '' })
  })

  const neverTakes = '/dev/full'
  test('is no success when stdout does not take all of it', { skip: !existsSync(neverTakes) }, async () => {
    const home = makeHome()
    const line = `"${process.execPath}" "${main}" completion bash > ${neverTakes}`
    const done = spawnSync('sh', ['-c', line], { env: environment(home), encoding: 'utf8' })
    expect(done.status).toBe(2)
    expect(done.stderr).toContain('could not be written to stdout (ENOSPC)')
  })

  test('colours nothing in a pipe unless it is told to', async () => {
    const plain = await countersign(['--offline'])
    expect(plain.stdout).not.toContain('\u001b')
    const forced = await countersign(['--offline', '--color', 'on'])
    expect(forced.stdout).toContain('\u001b[')
    expect(forced.stdout.replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain.stdout)
  })

  test('writes ASCII where the locale promises nothing else', async () => {
    const { stdout } = await countersign(['--offline'], { env: { LANG: 'C' } })
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/)
  })

  test('shows with --debug what is sent, without signature, token and secret', async () => {
    const files = credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken })
    const { stderr } = await countersign(['--debug', '--endpoint-url', here.authority.url, ...patient], { files })
    expect(stderr).toContain('debug: POST ')
    expect(stderr).toMatch(/authorization: \(not shown\)/i)
    for (const secret of [here.alice.secretAccessKey, here.session.sessionToken, 'Signature=', here.alice.accessKeyId])
      expect(stderr).not.toContain(secret)
  })
})

describe('whoami', () => {
  test('tells account, ARN, kind and expiry', async () => {
    const args = ['whoami', '--endpoint-url', here.authority.url, '--region', 'eu-west-1', ...patient]
    const { code, stdout } = await countersign(args, { files: credentialsFile(here.alice) })
    expect(code).toBe(0)
    expect(stdout).toContain('Account  123456789012\n')
    expect(stdout).toContain('ARN      arn:aws:iam::123456789012:user/alice\n')
    expect(stdout).toContain('Type     IAM user\n')
    expect(stdout).toContain('Region   eu-west-1\n')
    expect(stdout).toContain('Expires  never (a long-term key)\n')
  })

  test('gives the same as JSON', async () => {
    const files = credentialsFile(here.session)
    const { code, stdout } = await countersign(['whoami', '--json', '--endpoint-url', here.authority.url, ...patient], {
      files,
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign.whoami/1',
      status: 'valid',
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/alice',
      type: 'user',
      name: 'alice',
      sessionName: null,
      causes: [],
    })
  })

  test('says what check says, on stderr, when AWS does not know you', async () => {
    const { code, stdout, stderr } = await countersign(['whoami', '--offline'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/credentials/)
  })
})

describe('chain', () => {
  test('tells as JSON what one SDK finds, under that SDK', async () => {
    const { code, stdout } = await countersign(['chain', '--json'], { files: credentialsFile(here.alice) })
    expect(code).toBe(0)
    const { schema, sdks } = JSON.parse(stdout)
    expect(schema).toBe('countersign.chain/1')
    expect(Object.keys(sdks)).toEqual(['aws-cli-v2'])
    expect(Object.keys(sdks['aws-cli-v2'])).toEqual(['winner', 'error', 'clientError', 'version', 'evidence', 'chain'])
    expect(sdks['aws-cli-v2'].winner).toMatchObject({
      accessKeyId: short(here.alice.accessKeyId),
      source: { provider: 'shared-credentials-file', file: '~/.aws/credentials', line: 2, column: 21 },
    })
    expect(sdks['aws-cli-v2'].error).toBeNull()
  })

  test('tells the error with which an SDK stops, in its own words', async () => {
    const { code, stdout } = await countersign(['chain', 'nosuch', '--json', '--sdk', 'boto3'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).sdks.boto3).toMatchObject({
      winner: null,
      error: 'ProfileNotFound: The config profile (nosuch) could not be found',
    })
  })

  test('compares every SDK that it knows', async () => {
    // Without a region some of them make no client at all.
    const setting = {
      files: credentialsFile(here.alice),
      env: { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' },
    }
    const { stdout } = await countersign(['chain', '--sdk', 'all', '--json'], setting)
    const { sdks } = JSON.parse(stdout)
    expect(Object.keys(sdks).sort()).toEqual([...knownSdks].sort())
    expect(sdks['js-v3'].chain[0]).toMatchObject({ provider: 'env', outcome: 'absent', reason: 'not-configured' })
    expect(sdks['boto3'].chain[4]).toMatchObject({ outcome: 'found', reason: 'static' })
    const text = await countersign(['chain', '--sdk', 'all'], setting)
    // Java v1 asks the user database for the home, which is not the one that HOME names here.
    expect(text.stdout.replace(/\s+/g, ' ')).toMatch(
      /(All \d+|; the other \d+) use AKIA….{4} of profile default \(~\/.aws\/credentials:2\)\./,
    )
  })

  test('shows hidden credentials too, and which one wins', async () => {
    const { stdout } = await countersign(['chain'], {
      files: credentialsFile(here.alice),
      env: { AWS_ACCESS_KEY_ID: here.session.accessKeyId, AWS_SECRET_ACCESS_KEY: here.session.secretAccessKey },
    })
    expect(stdout.split('\n')[0]).toContain(`would use ${short(here.session.accessKeyId)} from the environment`)
    expect(stdout).toMatch(/shared-credentials-file +shadowed: /)
  })
})

describe('explain', () => {
  const pasted =
    'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.'

  test('explains a pasted message, with this machine as evidence', async () => {
    const files = credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken })
    const args = ['explain', pasted, '--json', '--endpoint-url', here.authority.url, ...patient]
    const { code, stdout } = await countersign(args, { files })
    expect(code).toBe(1)
    const told = JSON.parse(stdout)
    expect(Object.keys(told)).toEqual(['schema', 'error', 'causes'])
    expect(told.schema).toBe('countersign.explain/1')
    expect(told.error).toEqual({
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: null,
      client: 'aws-cli',
    })
    expect(told.causes[0]).toMatchObject({ id: 'stale-session-token', certainty: 'proven' })
  })

  test('reads stdin for - and when it is piped to', async () => {
    for (const args of [['explain', '-'], ['explain']]) {
      const { stdout } = await countersign([...args, '--offline'], { input: `$ aws sts …\n\n${pasted}\n` })
      expect(stdout).toMatch(/^InvalidClientTokenId from sts GetCallerIdentity/)
    }
  })

  test('takes a bare code', async () => {
    const { code, stdout } = await countersign(['explain', 'ExpiredToken', '--offline'])
    expect([0, 1]).toContain(code)
    expect(stdout).toMatch(/^ExpiredToken\n/)
    expect(stdout).toMatch(/expired/)
  })

  test('cannot tell what a text means that is no AWS error: exit code 3', async () => {
    const { code, stdout } = await countersign(['explain', 'it does not work', '--offline'])
    expect(code).toBe(3)
    expect(stdout).toContain('not an AWS error that is known here')
  })

  test('warns of a secret in the pasted text and does not repeat it', async () => {
    const { stdout, stderr } = await countersign(['explain', '--offline', '-'], {
      input: `${pasted}\nAWS_SECRET_ACCESS_KEY=${here.alice.secretAccessKey}\nAWS_SESSION_TOKEN=${here.session.sessionToken}\n`,
    })
    expect(stderr).toContain('holds')
    for (const secret of [here.alice.secretAccessKey, here.session.sessionToken])
      expect(stdout + stderr).not.toContain(secret)
  })

  test('wants a text: exit code 2 without one, exit code 3 for more than 16 MB', async () => {
    expect(await countersign(['explain'])).toMatchObject({ code: 2, stdout: '' })
    const { code, stdout } = await countersign(['explain', '-'], { input: 'x'.repeat(16 * 1024 * 1024 + 1) })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  })
})

test('no verb writes into the home directory', async () => {
  const home = makeHome()
  for (const args of [['--offline'], ['chain'], ['whoami', '--offline'], ['explain', 'ExpiredToken', '--offline']])
    await countersign(args, { home })
  const { readdirSync } = await import('node:fs')
  expect(readdirSync(home)).toEqual([])
})
