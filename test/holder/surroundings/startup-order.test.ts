import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { effectOf } from '../../../src/holder/surroundings/assignment.ts'
import { readSettings } from '../../../src/holder/surroundings/settings.ts'

/*
 * Which start-up files a shell reads, and in which order, by the shells of this computer: a window within a login, as on Linux.
 * A shell that is not installed is passed over.
 */
let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'startup-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const isThere = (shell: string) =>
  process.platform === 'linux' && spawnSync(shell, ['-c', 'exit 0'], { stdio: 'ignore' }).status === 0
const windows: Readonly<Record<string, readonly string[]>> = {
  bash: ['-lic', 'exec bash -ic "env -0"'],
  zsh: ['-lic', 'env -0'],
  fish: ['-lic', 'env -0'],
  tcsh: ['-c', 'env -0'],
}
const set = (value: string) => `export AWS_PROFILE=${value}\n`

const cases: readonly (readonly [shell: string, why: string, files: Readonly<Record<string, string>>])[] = [
  ['bash', '.bashrc comes after .profile', { '.profile': set('login'), '.bashrc': set('window') }],
  ['bash', '.bash_profile is read in place of .profile', { '.bash_profile': set('one'), '.profile': set('two') }],
  ['bash', '.bash_login is read in place of .profile', { '.bash_login': set('one'), '.profile': set('two') }],
  ['bash', 'an empty .bash_profile keeps .profile from being read', { '.bash_profile': '\n', '.profile': set('two') }],
  ['bash', 'a file reads another one', { '.profile': '. ~/.keys\n', '.keys': set('keys') }],
  ['bash', 'what was exported is exported still', { '.profile': set('login'), '.bashrc': 'AWS_PROFILE=again\n' }],
  ['bash', 'what is not exported is no use', { '.bashrc': 'AWS_PROFILE=hidden\n' }],
  ['bash', 'a guard for scripts is passed', { '.bashrc': `case $- in *i*) ;; *) return ;; esac\n${set('window')}` }],
  ['bash', 'what stands behind a return is not reached', { '.bashrc': `return\n${set('never')}` }],
  ['bash', 'a window takes it back', { '.profile': set('login'), '.bashrc': 'unset AWS_PROFILE\n' }],
  [
    'zsh',
    '.zlogin comes last',
    { '.zshenv': set('a'), '.zprofile': set('b'), '.zshrc': set('c'), '.zlogin': set('d') },
  ],
  ['zsh', '.zshrc comes after .zprofile', { '.zprofile': set('b'), '.zshrc': set('c') }],
  ['zsh', 'files of bash are not read', { '.bashrc': set('bash'), '.profile': set('login') }],
  [
    'fish',
    'config.fish comes after conf.d',
    { '.config/fish/conf.d/a.fish': set('a'), '.config/fish/config.fish': set('b') },
  ],
  [
    'fish',
    'a global variable is taken before a universal one',
    {
      '.config/fish/fish_variables': '# VERSION: 3.0\nSETUVAR --export AWS_PROFILE:universal\n',
      '.config/fish/config.fish': set('global'),
    },
  ],
  [
    'fish',
    'a universal variable alone',
    { '.config/fish/fish_variables': '# VERSION: 3.0\nSETUVAR --export AWS_PROFILE:two\\x20words\n' },
  ],
  [
    'tcsh',
    '.tcshrc is read in place of .cshrc',
    { '.tcshrc': 'setenv AWS_PROFILE t\n', '.cshrc': 'setenv AWS_PROFILE c\n' },
  ],
  ['tcsh', '.cshrc is read where there is no .tcshrc', { '.cshrc': 'setenv AWS_PROFILE c\n' }],
]

describe('the start of a shell', () => {
  test.each(cases.filter(([shell]) => isThere(shell)))('%s: %s', async (shell, _, files) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), text)
    }
    // In a session of its own: a shell for people would take the terminal on which the tests run.
    const { stdout } = spawnSync('setsid', ['-w', shell, ...windows[shell]!], {
      env: { HOME: home, PATH: process.env['PATH'], TERM: 'dumb', USER: 'alice' },
      cwd: home,
      encoding: 'utf8',
      timeout: 20_000,
    })
    const real = stdout.split('\0').flatMap((entry) => /(?:^|\n)AWS_PROFILE=(.*)$/s.exec(entry)?.[1] ?? [])[0]
    const machine = recordedMachine({
      env: { HOME: home },
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [join(home, name), text])),
    })
    const settings = await readSettings(machine)
    const effect = effectOf(settings.filter(({ name, reader }) => name === 'AWS_PROFILE' && reader === shell))
    expect(effect.kind === 'sets' ? effect.by.value?.reveal() : undefined).toBe(real)
    expect(effect.kind).not.toBe('unknown')
  })
})
