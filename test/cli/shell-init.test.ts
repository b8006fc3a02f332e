import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, environment, main, makeHome, type Setting } from './program.ts'
import { devArn, roleOf } from './roles.ts'

/** The function of `shell-init` in real shells: what is left for the shell is carried out in it. */
const here = issuer()
const setting = roleOf(here)

const node = `'${process.execPath}'`
const program = `${node} '${main}'`
const shells = {
  bash: { args: ['--norc', '--noprofile'], init: `eval "$(${program} shell-init bash)"`, code: '$?' },
  zsh: { args: ['-f'], init: `eval "$(${program} shell-init zsh)"`, code: '$?' },
  fish: { args: ['--no-config'], init: `${program} shell-init fish | source`, code: '$status' },
} as const
type Name = keyof typeof shells

function isThere(shell: string): boolean {
  return spawnSync(shell, ['-c', ':'], { stdio: 'ignore' }).error === undefined
}

/** Runs a script with the function of that shell; `tmp` is the directory for temporary files, which must be empty in the end. */
async function run(shell: Name, script: string, { files, env }: Setting = setting()) {
  const home = makeHome(files)
  const tmp = join(home, 'with blanks')
  mkdirSync(tmp)
  const { args, init } = shells[shell]
  const done = promisify(execFile)(shell, [...args, '-c', `${init}\n${script}`], {
    cwd: home,
    env: { ...environment(home, env), TMPDIR: tmp, SHELL: `/bin/${shell}` },
  })
  const outcome = await done.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
  expect(readdirSync(tmp)).toEqual([])
  return outcome
}

describe.for(Object.keys(shells) as Name[])('in %s', (shell) => {
  const { code } = shells[shell]
  const there = { skip: !isThere(shell) }

  test('env acts on the shell itself, prints nothing on stdout, and --unset takes it out again', there, async () => {
    const { stdout, stderr } = await run(
      shell,
      `countersign env dev; countersign whoami -q; countersign env --unset; echo "left:$AWS_ACCESS_KEY_ID$AWS_REGION"`,
    )
    expect(stdout).toBe(`${devArn}\nleft:\n`)
    expect(stderr).toMatch(/This shell uses the credentials of "dev", until 20/)
    expect(stderr).not.toContain(here.alice.secretAccessKey)
  })

  test(
    'keeps the exit code of the program, and leaves the shell as it was when there are no credentials',
    there,
    async () => {
      const { stdout } = await run(
        shell,
        `countersign env alice -q; countersign env nobody; echo ${code}; countersign whoami -q; countersign chain --nonsense; echo ${code}`,
      )
      expect(stdout).toBe('1\narn:aws:iam::123456789012:user/alice\n2\n')
    },
  )

  test('other verbs run as they are, with their words untouched', there, async () => {
    const words = `-c 'echo "$1"' x 'a  b*$HOME'`
    const { stdout } = await run(
      shell,
      `countersign exec alice -- sh ${words}; countersign exec alice -- sh -c 'exit 9'; echo ${code}`,
    )
    expect(stdout).toBe('a  b*$HOME\n9\n')
  })

  test('a command after -- that is called like one of our verbs is only a word', there, async () => {
    const { stdout } = await run(shell, `countersign exec alice -- env | grep -c ^COUNTERSIGN_SHELL; echo done`)
    expect(stdout).toBe('0\ndone\n')
  })

  test('it may be read twice', there, async () => {
    const { stdout } = await run(shell, `${shells[shell].init}\ncountersign env alice -q; countersign whoami -q`)
    expect(stdout).toBe('arn:aws:iam::123456789012:user/alice\n')
  })

  test('a person who types it sees what has happened', there, async () => {
    const { files, env } = setting()
    const home = makeHome(files)
    const { args, init } = shells[shell]
    const terminal = inTerminal([...args, '-i'], {
      program: shell,
      home,
      env: { ...env, SHELL: `/bin/${shell}` },
      columns: 250,
    })
    terminal.type(`${init}\r`)
    terminal.type('countersign env dev\r')
    await terminal.until('This shell uses the credentials of "dev"')
    terminal.type('countersign whoami -q\r')
    await terminal.until(devArn)
    terminal.type('exit\r')
    await terminal.ended
    expect(terminal.text()).not.toContain(here.alice.secretAccessKey)
  })
})

describe.for(['bash', 'zsh'] as const)('in %s', (shell) => {
  const there = { skip: !isThere(shell) }

  test('what is captured is for whoever captures it', there, async () => {
    const { stdout } = await run(
      shell,
      `lines="$(countersign env alice)"; echo "before:\${AWS_ACCESS_KEY_ID-none}"; eval "$lines"; countersign whoami -q`,
    )
    expect(stdout).toBe('before:none\narn:aws:iam::123456789012:user/alice\n')
  })

  test('it minds set -eu and noclobber, and an alias of its name', there, async () => {
    const strict =
      shell === 'bash' ? 'shopt -s expand_aliases; set -euC' : 'setopt err_exit no_unset no_clobber ksh_arrays'
    const { code, stdout } = await run(
      shell,
      `alias countersign=false\n${strict}\n${shells[shell].init}\ncountersign env alice -q\ncountersign whoami -q\ncountersign env nobody\necho not here`,
    )
    expect(stdout).toBe('arn:aws:iam::123456789012:user/alice\n')
    expect(code).toBe(1)
  })
})

test('fish gives what it captures to whoever captures it', { skip: !isThere('fish') }, async () => {
  const { stdout } = await run(
    'fish',
    'set lines (countersign env alice); echo "before:$AWS_ACCESS_KEY_ID"; count $lines',
  )
  expect(stdout).toMatch(/^before:\n\d+\n$/)
})

test('a path with blanks and quotes is written so that the shell finds it', { skip: !isThere('bash') }, async () => {
  const home = makeHome()
  const place = join(home, "it's a place")
  mkdirSync(place)
  const own = join(place, 'node "x"')
  symlinkSync(process.execPath, own)
  const { stdout } = await promisify(execFile)(own, [main, 'shell-init', 'bash'], { env: environment(home) })
  const done = await promisify(execFile)('bash', ['-c', `${stdout}\ncountersign --version`], { env: environment(home) })
  expect(done.stdout).toMatch(/^\d+\.\d+\.\d+/)
})

test('what comes after the function is over is left nowhere', async () => {
  const home = makeHome(setting().files)
  const file = join(home, 'gone')
  const env = { COUNTERSIGN_SHELL: 'bash', COUNTERSIGN_SHELL_FILE: file }
  const { code, stderr } = await countersign(['env', 'alice'], { home, env })
  expect(code).toBe(3)
  expect(stderr).toContain('no longer waits')
  expect(existsSync(file)).toBe(false)
})

test.each([
  [[], 'Which shell'],
  [['tcsh'], 'no function for the shell "tcsh"'],
])('shell-init %j is wrong usage', async (words, says) => {
  const { code, stdout, stderr } = await countersign(['shell-init', ...words])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
})

test('PowerShell: the function leaves its variables as they were and removes its file, whatever happens', async () => {
  const { stdout } = await countersign(['shell-init', 'powershell'])
  expect(stdout).toMatch(/finally \{\s+\$Env:COUNTERSIGN_SHELL, \$Env:COUNTERSIGN_SHELL_FILE = \$before\s+Remove-Item/)
  expect(stdout).toContain(`& ${process.execPath} ${main} @args`)
})
