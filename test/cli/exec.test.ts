import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, main, makeHome, startCountersign } from './program.ts'
import { devArn, roleOf } from './roles.ts'

/** `exec` as a person uses it: what the command gets, and what is left of our being there. */
const here = issuer()
const setting = roleOf(here)
const names = `env | cut -d= -f1 | grep -E '^(AWS|COUNTERSIGN_(EXEC|PROFILE|S))' | sort`

describe('the environment of the command', () => {
  test('has the credentials of the profile and nothing that leads elsewhere', async () => {
    const left = {
      AWS_PROFILE: 'alice',
      AWS_SESSION_TOKEN: 'old',
      AWS_VAULT: 'x',
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/x',
    }
    const { code, stdout } = await countersign(
      ['exec', 'dev', '--', 'sh', '-c', `${names}; echo $COUNTERSIGN_PROFILE`],
      {
        ...setting(),
        env: { ...left, COUNTERSIGN_SHELL_FILE: '/nowhere', COUNTERSIGN_SHELL: 'bash' },
      },
    )
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      ...['AWS_ACCESS_KEY_ID', 'AWS_ACCOUNT_ID', 'AWS_CREDENTIAL_EXPIRATION', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL'],
      ...['AWS_REGION', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
      ...['COUNTERSIGN_EXEC', 'COUNTERSIGN_PROFILE', 'COUNTERSIGN_SETS', 'dev', ''],
    ])
  })

  test('works for a command that asks AWS, also where the person has chosen another profile', async () => {
    const words = ['exec', 'dev', '--', process.execPath, main, 'whoami', '-q']
    const { stdout } = await countersign(words, { ...setting(), env: { AWS_PROFILE: 'alice' } })
    expect(stdout).toBe(`${devArn}\n`)
  })

  test('is the only place where the secret stands: no argument of a process has it', async () => {
    const script = 'tr "\\0" " " < /proc/$PPID/cmdline; tr "\\0" " " < /proc/$$/cmdline'
    const { stdout } = await countersign(['exec', 'alice', '--', 'sh', '-c', script], setting())
    expect(stdout).toContain('exec alice')
    expect(stdout).not.toContain(here.alice.secretAccessKey)
  })

  test('--duration is the length of the session, of a role and of a key', async () => {
    const script = 'echo $AWS_CREDENTIAL_EXPIRATION; test -n "$AWS_SESSION_TOKEN" && echo with a token'
    for (const profile of ['dev', 'alice']) {
      const words = ['exec', profile, '--duration', '20m', '--', 'sh', '-c', script]
      const before = Date.now()
      const { stdout } = await countersign(words, setting())
      const [end = '', ...rest] = stdout.trim().split('\n')
      expect(rest).toEqual(['with a token'])
      expect(Math.abs(Date.parse(end) - before - 20 * 60_000)).toBeLessThan(60_000)
    }
  })

  test('--duration is refused where nobody could be told', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }
    const { code, stderr } = await countersign(['exec', '--duration', '1h', '--', 'true'], { env })
    expect(code).toBe(2)
    expect(stderr).toMatch(/a\s+session\s+already/)
  })
})

describe('the command', () => {
  test.each([
    ['its own exit code', ['sh', '-c', 'exit 7'], 7, ''],
    ['127 when there is no such command', ['no-such-program'], 127, 'There is no program "no-such-program"'],
    ['126 when it cannot be run', ['./.aws/config'], 126, 'may not be run'],
  ])('gives %s', async (_, words, code, says) => {
    const outcome = await countersign(['exec', 'alice', '--', ...words], setting())
    expect(outcome.code).toBe(code)
    expect(outcome.stderr).toContain(says)
  })

  test('ends us by the signal that has ended it', async () => {
    const { code, signal } = await countersign(['exec', 'alice', '--', 'sh', '-c', 'kill -KILL $$'], setting())
    expect([code, signal]).toEqual([null, 'SIGKILL'])
  })

  test('is not started with more than the system can hand over, and that is said', async () => {
    const answer = {
      Version: 1,
      AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA',
      SecretAccessKey: 'x',
      SessionToken: 't'.repeat(300_000),
    }
    const files = {
      '.aws/config': '[profile large]\ncredential_process = cat answer.json\n',
      'answer.json': JSON.stringify(answer),
    }
    const { code, stderr } = await countersign(['exec', 'large', '--', 'true'], { files })
    expect(code).toBe(126)
    expect(stderr).toContain('"true" could not be started')
  })

  test('makes us write no image of our memory when it has crashed', async () => {
    const words = ['exec', 'alice', '--', 'sh', '-c', 'ulimit -c 0; kill -SEGV $$']
    const { code, signal } = await countersign(words, setting())
    expect([code, signal]).toEqual([139, null])
  })

  test('has stdin, stdout and stderr for itself, byte for byte', async () => {
    const words = ['exec', 'alice', '--', 'sh', '-c', 'cat; echo wrong >&2']
    const { stdout, stderr } = await countersign(words, { ...setting(), input: 'a\u0001b no line end' })
    expect([stdout, stderr]).toEqual(['a\u0001b no line end', 'wrong\n'])
  })

  test('is told by SIGPIPE that its reader has left', async () => {
    const { code, stderr } = await countersign(
      ['exec', 'alice', '--', 'bash', '-c', 'set -o pipefail; yes | head -1 >/dev/null; echo $? >&2'],
      setting(),
    )
    expect([code, stderr]).toEqual([0, '141\n'])
  })

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'gets %s that is sent to us',
    async (signal) => {
      const script = `trap "exit 9" ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`
      const started = startCountersign(['exec', 'alice', '--', 'sh', '-c', script], setting())
      expect(await started.line()).toBe('ready')
      started.child.kill(signal)
      expect((await started.outcome).code).toBe(9)
    },
  )

  test('stands behind "--", and who forgets that is told', async () => {
    const { code, stderr } = await countersign(['exec', 'alice', 'aws', 's3'], setting())
    expect(code).toBe(2)
    expect(stderr).toContain('countersign exec alice -- aws')
  })

  test('is not started with a session that is over', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }
    const over = { ...env, AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' }
    const { code, stdout, stderr } = await countersign(['exec', '--', 'echo', 'started'], { env: over })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/is over since 2020-01-01|expired/)
  })

  test('is not started with --dry-run', async () => {
    const { code, stdout, stderr } = await countersign(
      ['exec', 'alice', '--dry-run', '--', 'echo', 'started'],
      setting(),
    )
    expect([code, stdout, stderr]).toEqual([0, '', 'Would run "echo" with the credentials of "alice".\n'])
  })

  test('is wanted', async () => {
    const { code, stderr } = await countersign(['exec', 'alice'], setting())
    expect(code).toBe(2)
    expect(stderr).toContain('A command belongs after "--"')
  })
})

/**
 * Tells when it runs and when it runs again. Written so that the typed line itself does not have these words. It starts nothing: a shell
 * that is just starting a program (vfork) when Ctrl-Z comes is stopped for ever.
 */
const sleeper = `'${process.execPath}' -e "process.on('SIGCONT', () => console.log('awa' + 'ke')); setInterval(() => {}, 999); console.log('rea' + 'dy')"`

describe('in a terminal', () => {
  test('Ctrl-C ends the command, and us as it would have ended the command', async () => {
    const terminal = inTerminal(['exec', 'alice', '--', 'sh', '-c', 'echo ready; exec sleep 100'], setting())
    await terminal.until('ready')
    terminal.type('\x03')
    expect(await terminal.ended).toBe(130)
  })

  test('a command that takes Ctrl-C for something else goes on', async () => {
    const script = 'trap "echo caught" INT; echo ready; read line; read line; exit 5'
    const terminal = inTerminal(['exec', 'alice', '--', 'bash', '-c', script], setting())
    await terminal.until('ready')
    terminal.type('\x03')
    await terminal.until('caught')
    terminal.type('\rx\r')
    expect(await terminal.ended).toBe(5)
  })

  test('Ctrl-Z stops command and us together, and fg wakes both', async () => {
    const { files, env } = setting()
    const home = makeHome(files)
    const terminal = inTerminal(['--norc', '--noprofile', '-i'], { program: 'bash', home, env: { ...env, PS1: '> ' } })
    await terminal.until('> ')
    terminal.type(`'${process.execPath}' '${main}' exec alice -- ${sleeper}\r`)
    await terminal.until('ready')
    terminal.type('\x1a')
    await terminal.until('Stopped')
    await terminal.until('> ')
    terminal.type('fg\r')
    await terminal.until('awake')
    terminal.type('\x03')
    await terminal.until('> ')
    terminal.type('echo code=$?\r')
    await terminal.until('code=130')
    terminal.type('exit\r')
    await terminal.ended
  })

  test('a shell in it has its own job control', async () => {
    const terminal = inTerminal(['exec', 'alice', '--', 'bash', '--norc', '--noprofile', '-i'], {
      ...setting(),
      env: { PS1: 'inner> ' },
    })
    await terminal.until('inner> ')
    terminal.type(`${sleeper}\r`)
    await terminal.until('ready')
    terminal.type('\x1a')
    await terminal.until('Stopped')
    await terminal.until('inner> ')
    terminal.type('fg\r')
    await terminal.until('awake')
    terminal.type('\x03')
    await terminal.until('inner> ')
    terminal.type('exit 3\r')
    expect(await terminal.ended).toBe(3)
  })
})

describe('inside another exec', () => {
  const inner = (...flags: string[]) => [
    ...['exec', 'dev', '--', process.execPath, main, 'exec', 'alice', ...flags],
    ...['--', process.execPath, main, 'whoami', '-q'],
  ]

  test('it is refused, with the reason', async () => {
    const { code, stderr } = await countersign(inner(), setting())
    expect(code).toBe(2)
    expect(stderr).toContain('inside "countersign exec dev" already')
    expect(stderr).toContain('--nested')
  })

  test('--nested starts from the files, not from the outer credentials', async () => {
    const { code, stdout } = await countersign(inner('--nested'), setting())
    expect([code, stdout]).toEqual([0, 'arn:aws:iam::123456789012:user/alice\n'])
  })
})

test('nothing is written into the home of the person', async () => {
  const { files, env } = setting()
  const home = makeHome(files)
  await countersign(['exec', 'alice', '--', 'true'], { home, env })
  expect(readFileSync(join(home, '.aws/credentials'), 'utf8')).toBe(files['.aws/credentials'])
})
