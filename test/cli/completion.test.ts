import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { causeNumbers } from '../../src/cause-ids.ts'
import { verbs } from '../../src/cli/rows/index.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, environment, main, makeHome } from './program.ts'

const run = promisify(execFile)

const files = {
  '.aws/config':
    '[default]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-1\n[profile "two words"]\n[sso-session s]\n',
  '.aws/credentials': "[it's]\naws_access_key_id = x\n[dev]\n",
}

async function candidates(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, code } = await countersign(['completion', 'bash', '--', ...words], { files })
  expect([stderr, code]).toEqual(['', 0])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0]!)
}

describe('what completes a word', () => {
  test('is a verb or a profile at first', async () => {
    expect(await candidates('')).toEqual([
      'words',
      ...verbs.map(({ name }) => name),
      "it's",
      'dev',
      'default',
      'two words',
    ])
    expect(await candidates('who')).toEqual(['words', 'whoami'])
  })

  test.each([
    ['a flag of the verb', ['check', '--all'], ['words', '--all-profiles']],
    ['a flag of every verb', ['lint', '--reg'], ['words', '--region']],
    ['a profile behind the verb', ['whoami', 'd'], ['words', 'dev', 'default']],
    ['a profile behind -p', ['check', '-p', 'two'], ['words', 'two words']],
    [
      'a profile behind --profile=, as bash breaks it',
      ['check', '--profile', '=', 'de'],
      ['words', '--profile=dev', '--profile=default'],
    ],
    ['one of the values of a flag', ['check', '--color', 'o'], ['words', 'on', 'off']],
    ['a region', ['check', '--region', 'eu-west-'], ['words', 'eu-west-1', 'eu-west-2', 'eu-west-3']],
    ['an SDK', ['chain', '--sdk', 'java'], ['words', 'java-v2', 'java-v1']],
    [
      'a cause by its number',
      ['explain', 'C8'],
      ['words', ...Object.values(causeNumbers).filter((number) => number?.startsWith('C8'))],
    ],
    ['a cause by its id', ['lab', 'stale-s'], ['words', 'stale-session-token']],
    ['a file', ['check', '--bundle', ''], ['files']],
    ['a directory', ['serve', '--data', ''], ['directories']],
    ['a command behind --', ['check', '--', 'aw'], ['command']],
    ['nothing where nothing can stand', ['whoami', 'dev', ''], ['words']],
    ['the shell itself', ['completion', 'f'], ['words', 'fish']],
  ])('is %s', async (_, words, expected) => {
    expect(await candidates(...words)).toEqual(expected)
  })

  test('is asked of a shell that is known, else it is wrong usage', async () => {
    expect(await countersign(['completion', 'csh'])).toMatchObject({ code: 2, stdout: '' })
    expect((await countersign(['completion'])).stderr).toContain('countersign completion bash|zsh|fish|powershell')
  })
})

/** A home directory with `countersign` on its PATH, and the script of a shell in a file. */
async function shellHome(
  shell: string,
): Promise<{ readonly home: string; readonly env: Record<string, string>; readonly script: string }> {
  const home = makeHome(files)
  mkdirSync(join(home, 'bin'))
  const program = join(home, 'bin', 'countersign')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(program, 0o755)
  const script = join(home, 'script')
  writeFileSync(script, (await countersign(['completion', shell])).stdout)
  const env = { ...environment(home), PATH: `${join(home, 'bin')}:${process.env['PATH']}` }
  return { home, env, script }
}

const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined

describe.skipIf(!has('bash'))('bash', () => {
  async function completed(...words: readonly string[]): Promise<readonly string[]> {
    const { env, script } = await shellHome('bash')
    const asked = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await run('bash', ['--norc', '-u', '-c', asked, 'bash', script, 'countersign', ...words], {
      env,
    })
    return stdout.trimEnd().split('\n')
  }

  test('completes profiles, quoted where they need it', async () => {
    expect(await completed('whoami', '')).toEqual(["it\\'s", 'dev', 'default', 'two\\ words'])
  })

  test('replaces only what stands behind the equals sign', async () => {
    expect(await completed('check', '--profile', '=', 'de')).toEqual(['dev', 'default'])
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  test('completes with the words that say what each is', async () => {
    const { home, env, script } = await shellHome('fish')
    const ask = (line: string) =>
      run('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line], { env, cwd: home })
    expect((await ask('countersign who')).stdout).toBe(
      'whoami\twho AWS says you are: account, ARN, kind of principal, session, expiry\n',
    )
    expect((await ask('countersign check --color o')).stdout.split('\n')).toEqual(['off', 'on', ''])
    expect((await ask('countersign check --bundle scr')).stdout).toContain('script')
  })
})

describe.skipIf(!has('zsh'))('zsh', () => {
  test('completes in a terminal', async () => {
    const { home, env, script } = await shellHome('zsh')
    const zsh = inTerminal(['-f'], { program: 'zsh', home, env: { ...env, PS1: 'ready> ' } })
    await zsh.until('ready> ')
    zsh.type(`autoload -Uz compinit && compinit -u && source ${script} && cd ${home} && echo loa''ded\r`)
    await zsh.until('loaded')
    await zsh.until('ready> ')
    zsh.type('countersign whoa\t')
    await zsh.until('countersign whoami')
    zsh.type('de\t')
    await zsh.until(/dev\s+-- profile|default\s+-- profile/)
  })
})
