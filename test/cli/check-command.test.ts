import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { spawn as openPty } from '@lydell/node-pty'
import { describe, expect, onTestFinished, test } from 'vitest'
import { credentialsFile, issuer, short } from './authority.ts'
import { countersign, environment, main, makeHome, startCountersign } from './program.ts'

const here = issuer()
const patient = ['--timeout', '30']
const run = (...words: readonly string[]) => ['check', ...patient, '--', ...words]

/** The config file of a profile that asks our own authority. */
const config = (profile = 'default') => ({
  '.aws/config': `[${profile === 'default' ? 'default' : `profile ${profile}`}]\nregion = us-east-1\nendpoint_url = ${here.authority.url}\n`,
})
const wrongSecret = () => ({ ...here.alice, secretAccessKey: 'madeUpBy'.repeat(5) })
/** pyenv chooses its Python by what stands below its root. */
const python = process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }

describe('a command that ends well, or fails for a reason of its own', () => {
  test('is not talked about, and keeps its exit code and both of its streams', async () => {
    for (const code of [0, 1, 254]) {
      const found = await countersign(run('sh', '-c', `echo out; echo err >&2; exit ${code}`))
      expect(found).toMatchObject({ code, stdout: 'out\n', stderr: 'err\n' })
    }
  })

  test('may print an AWS error and end well', async () => {
    const text =
      'An error occurred (ExpiredToken) when calling the ListBuckets operation: The security token has expired'
    const found = await countersign(run('sh', '-c', `echo "${text}" >&2; echo AccessDenied`))
    expect(found).toMatchObject({ code: 0, stdout: 'AccessDenied\n', stderr: `${text}\n` })
  })

  test.each([
    'expected AccessDenied to be Forbidden',
    'FAIL test/upload.test.ts > answers ExpiredToken after an hour',
    'TypeError: Cannot read properties of undefined',
    'curl: (22) The requested URL returned error: 403',
    'git@github.com: Permission denied (publickey).',
    'An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist',
  ])('is not talked about for a mere word in its output: %s', async (text) => {
    const found = await countersign(run('sh', '-c', 'printf "%s\\n" "$1"; exit 1', 'sh', text))
    expect(found).toMatchObject({ code: 1, stdout: `${text}\n`, stderr: '' })
  })

  test('a test run that prints an expected error is not talked about', async () => {
    const files = {
      'test_a.py': `import unittest
class A(unittest.TestCase):
    def test_a(self):
        self.assertEqual("The security token included in the request is invalid", "ok")
`,
    }
    const found = await countersign(run('python3', '-m', 'unittest', '-q', 'test_a'), { files, env: python })
    expect(found.code).toBe(1)
    // Its own words go to stderr, and nothing of ours stands behind them.
    expect(found.stderr.trimEnd()).toMatch(/FAILED \(failures=1\)$/)
  })

  test('gets our stdin, byte for byte, and the end of it', async () => {
    const found = await countersign(run('sh', '-c', 'cat; echo end'), { input: 'one\r\ntwo' })
    expect(found).toMatchObject({ code: 0, stdout: 'one\r\ntwoend\n', stderr: '' })
  })

  test('gets our environment and working directory as they are', async () => {
    const home = makeHome()
    const found = await countersign(run('sh', '-c', 'echo "$AWS_PROFILE $HOME $(pwd)"'), {
      home,
      env: { AWS_PROFILE: 'x' },
    })
    expect(found.stdout).toBe(`x ${home} ${home}\n`)
  })

  test('may print nothing, close its stdout, or open it by its name', async () => {
    expect(await countersign(run('true'))).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await countersign(run('sh', '-c', 'exec >&-; sleep 0.1; exit 4'))).toMatchObject({ code: 4, stdout: '' })
    const named = await countersign(run('sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr'))
    expect(named).toMatchObject({ code: 0, stdout: 'out\n', stderr: 'err\n' })
  })

  test('leaves what it started in the background alone, and nobody waits for that', async () => {
    const since = Date.now()
    const found = await countersign(run('sh', '-c', 'sleep 20 & echo started'))
    expect(found).toMatchObject({ code: 0, stdout: 'started\n' })
    expect(Date.now() - since).toBeLessThan(15_000)
  })
})

describe('a command that cannot be started', () => {
  test.each([
    ['no-such-program-here', 127, 'There is no program "no-such-program-here" in any directory of PATH.'],
    ['./absent', 127, 'There is no program "./absent".'],
    ['./data', 126, 'is not executable'],
    ['./folder', 126, 'is a directory'],
    ['./orphan', 127, 'names /no/such/interpreter in its first line'],
  ])('%s: exit code %i, as in a shell', async (program, code, says) => {
    const home = makeHome({ data: 'x', 'folder/x': '', orphan: '#!/no/such/interpreter\n' })
    await countersign(run('chmod', '+x', 'orphan'), { home })
    const found = await countersign(run(program), { home })
    expect(found).toMatchObject({ code, stdout: '' })
    expect(found.stderr.replace(/\s+/g, ' ')).toContain(says)
  })

  test('a missing command and a flag without sense here are wrong usage', async () => {
    expect((await countersign(['check', '--'])).code).toBe(2)
    expect((await countersign(['check', '--all-profiles', '--', 'true'])).code).toBe(2)
  })
})

describe('output', () => {
  test('of any bytes passes as it is', async () => {
    const program =
      'import os\nfor _ in range(64): os.write(1, bytes(range(256)) * 64)\nos.write(2, bytes(range(255, -1, -1)))'
    const { child, outcome } = startCountersign(run('python3', '-c', program), { env: python })
    const hashes = [createHash('sha256'), createHash('sha256')] as const
    child.stdout.setEncoding('latin1').on('data', (text: string) => hashes[0].update(text, 'latin1'))
    child.stderr.setEncoding('latin1').on('data', (text: string) => hashes[1].update(text, 'latin1'))
    expect((await outcome).code).toBe(0)
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const wanted = Buffer.concat(Array.from({ length: 64 * 64 }, () => all))
    expect(hashes.map((hash) => hash.digest('hex'))).toEqual([
      createHash('sha256').update(wanted).digest('hex'),
      createHash('sha256').update(Buffer.from(all).reverse()).digest('hex'),
    ])
  })

  test('of 100 MB passes in bounded memory, and its reader may be slow', async () => {
    const { child, outcome } = startCountersign(run('head', '-c', '100000000', '/dev/zero'))
    let size = 0
    let most = 0
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      size += text.length
      if (size % 50 < 2) most = Math.max(most, memoryOf(child.pid!))
    })
    expect((await outcome).code).toBe(0)
    expect(size).toBe(100_000_000)
    if (process.platform === 'linux') expect(most).toBeLessThan(250)
  })

  test('that is read late is not lost, although the command has long ended', async () => {
    const line = `"${process.execPath}" "${main}" check -- head -c 300000 /dev/zero | (sleep 1.5; wc -c)`
    const found = await countersign(run('sh', '-c', line))
    expect(found.stdout.trim()).toBe('300000')
  })

  test('that nobody reads any more ends the command as it would alone', async () => {
    const home = makeHome()
    const line = `"${process.execPath}" "${main}" check -- yes | head -1; echo "\${PIPESTATUS[0]}"`
    const found = await countersign(run('bash', '-c', line), { home })
    expect(found.stdout).toBe('y\n141\n')
  })
})

function memoryOf(id: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s reaches the command, which may end as it likes',
    async (signal) => {
      const line = `trap 'echo caught; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`
      const { child, outcome, line: first } = startCountersign(run('sh', '-c', line))
      expect(await first()).toBe('ready')
      child.kill(signal)
      expect(await outcome).toMatchObject({ code: 9, stdout: 'ready\ncaught\n', stderr: '' })
    },
  )

  test('a command that a signal ends has 128 and its number, and nothing is explained', async () => {
    const text = 'An error occurred (ExpiredToken) when calling the ListBuckets operation: expired'
    const found = await countersign(run('sh', '-c', `echo "${text}" >&2; kill -9 $$`))
    expect(found).toMatchObject({ code: 137, stderr: `${text}\n` })
    expect((await countersign(run('sh', '-c', `echo "${text}" >&2; exit 130`))).stderr).toBe(`${text}\n`)
  })
})

describe.skipIf(process.platform === 'win32')('at a terminal', () => {
  test('the command has one of its own, with colours and the size of ours', async () => {
    const found = await atTerminal(
      'test -t 0 && test -t 1 && test -t 2 && stty size; printf "\\033[31mred\\033[0m\\n"; exit 5',
    )
    expect(found).toEqual({ code: 5, screen: '22 77\r\n\u001b[31mred\u001b[0m\r\n' })
  })

  test('is asked and answered, with the echo that the command wants', async () => {
    const found = await atTerminal(
      'printf "name? "; read name; stty -echo; printf "secret? "; read secret; stty echo; echo "[$name $secret]"',
      {
        'name? ': 'ada\r',
        'secret? ': 'hush\r',
      },
    )
    expect(found.code).toBe(0)
    expect(found.screen).toBe('name? ada\r\nsecret? [ada hush]\r\n')
  })

  test('Ctrl-C interrupts the command and not us', async () => {
    const caught = await atTerminal('trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done', {
      ready: '\u0003',
    })
    expect(caught).toEqual({ code: 9, screen: 'ready\r\n^Ccaught\r\n' })
    expect((await atTerminal('echo ready; exec sleep 20', { ready: '\u0003' })).code).toBe(130)
  })

  test('Ctrl-D is the end of its input', async () => {
    expect(await atTerminal('printf ready; cat; echo done', { ready: '\u0004' })).toMatchObject({
      code: 0,
      screen: 'readydone\r\n',
    })
  })

  test('a new size reaches the command', async () => {
    const found = await atTerminal('trap "stty size; exit 0" WINCH; echo ready; while :; do sleep 0.05; done', {
      ready: 'resize',
    })
    expect(found).toEqual({ code: 0, screen: 'ready\r\n40 100\r\n' })
  })

  test('the settings of the terminal are as before, however it ends', async () => {
    const inner = (line: string) => `"${process.execPath}" "${main}" check -- sh -c '${line}'`
    for (const line of ['true', 'exit 3', 'stty raw -echo', 'kill -9 $$', 'kill -TERM $PPID; sleep 5']) {
      const found = await atTerminal(
        `stty -a > before; ${inner(line)}; stty -a > after; cmp before after && echo same`,
        {},
        true,
      )
      expect(found.screen.replace(/^[^\n]*Killed[^\n]*\n/, '')).toBe('same\r\n')
    }
  })

  test('what a full-screen program draws is not translated', async () => {
    expect((await atTerminal('stty -onlcr; printf "a\\nb\\n"')).screen).toBe('a\nb\n')
  })

  test('the last output is not lost, however much it is', async () => {
    const found = await atTerminal('head -c 2000000 /dev/zero | tr "\\0" x; echo; echo END')
    expect(found.screen.length).toBe(2_000_000 + 2 + 5)
    expect(found.screen.endsWith('END\r\n')).toBe(true)
  })

  test('a program left in the background does not hold us', async () => {
    expect(await atTerminal('sleep 20 & echo started')).toEqual({ code: 0, screen: 'started\r\n' })
  })

  test('the cause stands below what the command printed', async () => {
    const stale = { ...here.alice, sessionToken: here.session.sessionToken }
    const { home } = refusedCli({ ...credentialsFile(stale), ...config() })
    const found = await atTerminal('', {}, false, [join(home, 'bin', 'aws'), 'sts', 'get-caller-identity'], home)
    const lines = found.screen.split('\r\n').map((line) => line.replace(/\u001b\[[0-9;]*m/g, ''))
    expect(found.code).toBe(254)
    expect(lines[0]).toMatch(/^An error occurred \(InvalidClientTokenId\)/)
    expect(lines[2]).toMatch(/^✗ .*session token/)
  })
})

/** Runs `check -- COMMAND` in a terminal of 22 lines and 77 columns. `answers`: what is typed when that stands on the screen. */
async function atTerminal(
  line: string,
  answers: Readonly<Record<string, string>> = {},
  bare = false,
  words: readonly string[] = ['sh', '-c', line],
  home = makeHome(),
): Promise<{ readonly code: number; readonly screen: string }> {
  const [file, ...args] = bare ? words : [process.execPath, main, ...run(...words)]
  const terminal = openPty(file!, args, {
    cols: 77,
    rows: 22,
    cwd: home,
    env: { ...environment(home, python), TERM: 'xterm' },
  })
  onTestFinished(() => {
    try {
      terminal.kill('SIGKILL')
    } catch {
      // It has ended.
    }
  })
  let screen = ''
  const open = new Map(Object.entries(answers))
  terminal.onData((text) => {
    screen += text
    for (const [seen, typed] of open) {
      if (!screen.includes(seen)) continue
      open.delete(seen)
      if (typed === 'resize') terminal.resize(100, 40)
      else terminal.write(typed)
    }
  })
  const { exitCode } = await new Promise<{ exitCode: number }>((accept) => terminal.onExit(accept))
  return { code: exitCode, screen }
}

/** A home with a program `aws` that ends as the real one does when it is refused, only sooner; and the PATH to it. */
function refusedCli(files: Readonly<Record<string, string>>) {
  const text = 'The security token included in the request is invalid.'
  const line = `echo "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: ${text}" >&2`
  const home = makeHome({
    ...files,
    'bin/aws': `#!/bin/sh\n[ "$1" = --version ] && exec echo aws-cli/2.31.0\n${line}\nexit 254\n`,
  })
  chmodSync(join(home, 'bin', 'aws'), 0o755)
  return { home, env: { PATH: `${join(home, 'bin')}:${process.env['PATH']}` } }
}

describe('a command that AWS refuses', () => {
  test('the AWS CLI: cause, proof and cure on stderr after its own words', async () => {
    const files = { ...credentialsFile(wrongSecret(), 'dev'), ...config('dev') }
    const found = await countersign(run('aws', 'sts', 'get-caller-identity', '--profile', 'dev'), {
      files,
      env: python,
    })
    expect(found.code).toBeGreaterThan(250)
    expect(found.stdout).toBe('')
    const words = found.stderr.replace(/\s+/g, ' ')
    expect(words).toMatch(
      /SignatureDoesNotMatch.*✗ The key id is right, the secret key is not\. ~\/\.aws\/credentials:3/,
    )
    expect(words).toContain('Why we are sure:')
    expect(words).toContain('countersign configure --profile dev')
    expect(words).toMatch(/Whose rules: the AWS CLI( v1)?, profile dev\./)
  })

  test('boto3 with a stale token: by the rules of boto3', async () => {
    const files = { ...credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken }), ...config() }
    const program = 'import boto3; boto3.client("sts").get_caller_identity()'
    const found = await countersign(['check', '--json', ...patient, '--', 'python3', '-c', program], {
      files,
      env: python,
    })
    expect(found.code).toBe(1)
    expect(found.stdout).toBe('')
    const lines = found.stderr.trimEnd().split('\n')
    const told = JSON.parse(lines.at(-1)!)
    expect(told).toMatchObject({
      schema: 'countersign.explain/1',
      error: { code: 'InvalidClientTokenId', service: 'sts', operation: 'GetCallerIdentity', client: 'boto3' },
      sdk: 'boto3',
      profile: null,
      command: { program: 'python3', exitCode: 1, credentials: 'chain', notes: [] },
    })
    expect(told.causes[0]).toMatchObject({ id: 'stale-session-token', certainty: 'proven' })
    expect(lines.some((line) => line.includes('Traceback'))).toBe(true)
  })

  test('JavaScript v3: with its own chain, found by its package', async () => {
    const client = pathToFileURL(createRequire(import.meta.url).resolve('@aws-sdk/client-sts')).href
    const program = `import { GetCallerIdentityCommand, STSClient } from '${client}'\nawait new STSClient({ region: 'us-east-1' }).send(new GetCallerIdentityCommand({}))\n`
    const files = {
      ...credentialsFile(wrongSecret()),
      ...config(),
      'app.mjs': program,
      'package.json': '{"dependencies":{"@aws-sdk/client-sts":"3"}}',
    }
    const env = { AWS_ENDPOINT_URL: here.authority.url }
    const found = await countersign(['check', '--json', ...patient, '--', process.execPath, 'app.mjs'], { files, env })
    expect(found.code).toBe(1)
    const told = JSON.parse(found.stderr.trimEnd().split('\n').at(-1)!)
    expect(told).toMatchObject({ sdk: 'js-v3', error: { code: 'SignatureDoesNotMatch', client: 'js-v3' } })
    expect(told.causes[0]).toMatchObject({ id: 'secret-wrong', certainty: 'proven' })
  })

  test.skipIf(spawnSync('terraform', ['version']).status !== 0)(
    'Terraform, where it is installed: with the profile of its backend',
    async () => {
      const { url } = here.authority
      const files = {
        ...credentialsFile(wrongSecret(), 'state'),
        ...config('state'),
        'main.tf': `terraform {
  backend "s3" {
    bucket    = "b"
    key       = "k"
    region    = "us-east-1"
    profile   = "state"
    endpoints = { sts = "${url}", s3 = "${url}", iam = "${url}" }
  }
}
`,
      }
      const env = { CHECKPOINT_DISABLE: '1' }
      const words = ['terraform', 'init', '-no-color', '-input=false']
      const found = await countersign(['check', '--json', ...patient, '--', ...words], { files, env })
      const told = JSON.parse(found.stderr.trimEnd().split('\n').at(-1)!)
      expect(found.code).toBe(1)
      expect(told).toMatchObject({ sdk: 'terraform', profile: 'state', error: { client: 'terraform' } })
      expect(told.causes[0]).toMatchObject({ id: 'secret-wrong', certainty: 'proven' })
    },
  )

  test('accepted: not a word', async () => {
    const files = { ...credentialsFile(here.alice), ...config() }
    const found = await countersign(run('aws', 'sts', 'get-caller-identity', '--output', 'text'), {
      files,
      env: python,
    })
    expect(found).toMatchObject({ code: 0, stderr: '' })
    expect(found.stdout).toContain('user/alice')
  })

  test('by its own variables in front of it, not by ours', async () => {
    const { home, env } = refusedCli({ ...credentialsFile(here.alice), ...config() })
    const { accessKeyId, secretAccessKey } = here.alice
    const { sessionToken } = here.session
    const keys = [`AWS_ACCESS_KEY_ID=${accessKeyId}`, `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`]
    const words = ['env', ...keys, `AWS_SESSION_TOKEN=${sessionToken}`, 'aws', 'sts', 'get-caller-identity']
    const found = await countersign(['check', '--json', ...patient, '--', ...words], { home, env })
    const told = JSON.parse(found.stderr.trimEnd().split('\n').at(-1)!)
    const text = (await countersign(run(...words), { home, env })).stderr.replace(/\s+/g, ' ')
    expect(text).toMatch(/AWS_[A-Z_]+ comes with the command itself/)
    expect(told.causes[0]).toMatchObject({ id: 'stale-session-token', certainty: 'proven' })
    expect(JSON.stringify(told.causes[0].evidence)).toContain('AWS_SESSION_TOKEN')
    expect(told.sdk).toBe('aws-cli-v2')
    expect(found.stderr).not.toContain(secretAccessKey)
  })

  test('without credentials: said by the CLI before it asks anybody', async () => {
    const found = await countersign(['check', '--json', '--', 'aws', 'sts', 'get-caller-identity'], {
      env: { ...python, AWS_EC2_METADATA_DISABLED: 'true' },
    })
    const told = JSON.parse(found.stderr.trimEnd().split('\n').at(-1)!)
    // Where the tests run in a container, that is where they did not get.
    expect(told.causes[0].id).toMatch(/^(no-credentials|fell-through-to-role|docker-environment)$/)
    expect(told.error).toMatchObject({ code: 'NoCredentials', client: 'aws-cli' })
  })

  test('with a key that its own code chooses: what is found here is not blamed', async () => {
    const files = { ...credentialsFile(here.alice), ...config() }
    const { accessKeyId } = here.alice
    const program = `import boto3; boto3.client("sts", aws_access_key_id="${accessKeyId}", aws_secret_access_key="x" * 40).get_caller_identity()`
    const found = await countersign(run('python3', '-c', program), { files, env: python })
    expect(found.code).toBe(1)
    const words = found.stderr.replace(/\s+/g, ' ')
    expect(words).toContain(
      '? AWS accepts the credential that boto3 finds here; this command seems to use another one.',
    )
    expect(words).toContain(`It is ${short(accessKeyId)} from ~/.aws/credentials:2`)
    expect(words).not.toContain('The key id is right, the secret key is not')
  })

  test('--quiet says it in one line, --offline asks nobody', async () => {
    const { home, env } = refusedCli({ ...credentialsFile(here.alice) })
    const found = await countersign(['check', '-q', '--offline', '--', 'aws', 'sts', 'get-caller-identity'], {
      home,
      env,
    })
    expect(found.code).toBe(254)
    const [own, told, ...rest] = found.stderr.split('\n')
    expect([own, rest]).toEqual([expect.stringMatching(/^An error occurred/), ['']])
    expect(told).toMatch(/^InvalidClientTokenId from sts GetCallerIdentity: /)
  })

  test('with its words thrown away: the exit code of the AWS CLI is enough where a cause is proven', async () => {
    const stale = { ...here.alice, sessionToken: here.session.sessionToken }
    const refused = async (pair: Parameters<typeof credentialsFile>[0]) => {
      const { home, env } = refusedCli({ ...credentialsFile(pair), ...config() })
      return await countersign(run('sh', '-c', 'aws sts get-caller-identity >/dev/null 2>&1'), { home, env })
    }
    const told = await refused(stale)
    expect(told.code).toBe(254)
    expect(told.stderr).toMatch(/^\n✗ .*session token/)
    expect(told.stderr).toContain('aws ended with exit code 254')
    expect((await refused(here.alice)).stderr).toBe('')
  })

  test('by a program that nobody knows, which has run the AWS CLI', async () => {
    const { home, env } = refusedCli(credentialsFile(here.alice, 'dev'))
    writeFileSync(join(home, 'Makefile'), 'all:\n\t@aws sts get-caller-identity --profile dev\n')
    const found = await countersign(['check', '--json', '--offline', '--', 'make'], { home, env })
    const told = JSON.parse(found.stderr.trimEnd().split('\n').at(-1)!)
    expect(found.code).toBe(2)
    expect(told).toMatchObject({
      sdk: 'aws-cli-v2',
      error: { client: 'aws-cli' },
      command: { program: null, exitCode: 2 },
    })
  })

  test('with its error only on stdout, behind a megabyte of log', async () => {
    const text =
      'An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.'
    const line = `yes working | head -c 1000000; echo "${text}"; exit 1`
    const found = await countersign(['check', '--json', '--offline', '--', 'sh', '-c', line])
    expect(found.stdout.length).toBe(1_000_000 + text.length + 1)
    const told = JSON.parse(found.stderr.trimEnd().split('\n').at(-1)!)
    expect(told.error).toMatchObject({ code: 'ExpiredToken', operation: 'ListBuckets' })
  })
})
