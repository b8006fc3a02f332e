import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dotenvLines, envCommands } from '../../src/cli/say/env.ts'
import { makeHome } from './program.ts'

const run = promisify(execFile)

/** What shells, their start-up options and readers of `.env` take for their own, and what must simply come through. */
const signs = [
  ...`'"\`$!%^&|<>()[]{}*?~#;:,.=+-_/\\@ \taZ0`,
  ...[
    '’',
    '‘',
    '‚',
    '‛',
    '“',
    'é',
    '日',
    '🔑',
    '\u00a0',
    '\u2028',
    '\u0024{HOME}',
    '%PATH%',
    '$(id)',
    '`id`',
    '!!',
    '!x',
  ],
  ...['--', '-n', '\\n', "''", '""', '\\\\', '~/', '@(', '{a,b}', '; rm', ' #', '\u0001', '\u007f'],
]
const seed = 20261128
const values = fc.sample(
  fc.array(fc.constantFrom(...signs), { minLength: 1, maxLength: 24 }).map((parts) => parts.join('')),
  {
    seed,
    numRuns: 500,
  },
)
const sets = values.map((value, index) => [`AWS_VALUE_${index}`, value] as const)
const commands = envCommands({ sets, unsets: ['AWS_GONE'] })
const expected = Object.fromEntries(sets)

function isThere(program: string): boolean {
  return spawnSync(program, ['-c', ':'], { stdio: 'ignore' }).error === undefined
}

/** The environment after a shell has evaluated the lines, as `env -0` tells it. */
async function evaluated(program: string, args: readonly string[], lines: readonly string[], script: string) {
  const home = makeHome()
  const file = join(home, 'lines')
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  writeFileSync(join(home, 'script'), script)
  const { stdout } = await run(program, [...args, join(home, 'script'), file], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', AWS_GONE: 'still here' },
    maxBuffer: 16 * 1024 * 1024,
  })
  const entries = stdout
    .split('\0')
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])
  return Object.fromEntries(entries.filter(([name]) => name?.startsWith('AWS_')))
}

const posix = 'eval "$(cat "$1")"\nexec env -0\n'

describe(`500 values (seed ${seed}) come out of a shell as they went in`, () => {
  for (const [program, args, script, lines] of [
    ['bash', ['--norc', '--noprofile'], posix, commands.bash],
    ['zsh', ['-f'], posix, commands.bash],
    ['dash', [], posix, commands.bash],
    ['ksh', [], posix, commands.bash],
    ['fish', ['--no-config'], 'cat $argv[1] | source\nexec env -0\n', commands.fish],
    [
      'pwsh',
      ['-NoProfile', '-NonInteractive', '-File'],
      'Get-Content $args[0] | Invoke-Expression\n& env -0\n',
      commands.powershell,
    ],
  ] as const)
    test(program, { skip: !isThere(program) }, async () => {
      expect(await evaluated(program, args, lines, script)).toEqual(expected)
    })

  test('bash with all that may stand in the way: set -euC, extglob, posix mode', {
    skip: !isThere('bash'),
  }, async () => {
    const script = `set -euC; set -o posix; shopt -s extglob nullglob\n${posix}`
    expect(await evaluated('bash', ['--norc', '--noprofile'], commands.bash, script)).toEqual(expected)
  })

  test('zsh with options under which quotes are read otherwise', { skip: !isThere('zsh') }, async () => {
    const script = `setopt rc_quotes err_exit no_unset glob_subst sh_word_split bang_hist extended_glob\n${posix}`
    expect(await evaluated('zsh', ['-f'], commands.bash, script)).toEqual(expected)
  })

  test('powershell, by the rules of its tokenizer for verbatim strings', () => {
    // about_Quoting_Rules; tokenizer.cs ScanStringLiteral with IsSingleQuote: ' and U+2018 to U+201B, two of them stand for the second.
    const isQuote = (sign: string | undefined) => sign !== undefined && /['\u2018-\u201b]/.test(sign)
    const read = (text: string): string | null => {
      let value = ''
      for (let at = 1; at < text.length; at += 1) {
        if (!isQuote(text[at])) value += text[at]
        else if (isQuote(text[at + 1])) value += text[(at += 1)]
        else return at === text.length - 1 ? value : null
      }
      return null
    }
    const found = commands.powershell.slice(1).map((line) => {
      const [, name = '', literal = ''] = /^\$Env:(\w+) = ('.*)$/s.exec(line) ?? []
      return [name, read(literal)]
    })
    expect(Object.fromEntries(found)).toEqual(expected)
  })

  test('cmd, by the rules of its parser in the body of for /f', () => {
    // "How does the Windows Command Interpreter parse scripts", phase 2: quotes toggle, `^` escapes outside of them; then `set "…"`
    // takes everything up to the last quote. Phase 1 (`%`) is over when the variable of `for` is put in.
    const read = (line: string): readonly [string, string] | null => {
      let text = ''
      let isQuoted = false
      for (let at = 0; at < line.length; at += 1) {
        const sign = line[at]!
        if (sign === '"') isQuoted = !isQuoted
        if (!isQuoted && sign === '^') text += line[(at += 1)]
        else if (!isQuoted && /[&|<>()]/.test(sign)) return null
        else text += sign
      }
      const [, name, value] = /^set "([^=]+)=(.*)"[^"]*$/s.exec(text) ?? []
      return name === undefined || value === undefined ? null : [name, value]
    }
    const found = commands.cmd.slice(1).map(read)
    expect(found).not.toContain(null)
    expect(Object.fromEntries(found as [string, string][])).toEqual(expected)
  })
})

describe(`of the same values, those that a .env file can hold (seed ${seed})`, () => {
  const writable = sets.flatMap(([name, value]) => {
    try {
      return [{ name, value, line: dotenvLines({ sets: [[name, value]], unsets: [] })[0]! }]
    } catch {
      return []
    }
  })
  const file = writable.map(({ line }) => `${line}\n`).join('')
  const expectedOf = Object.fromEntries(writable.map(({ name, value }) => [name, value]))

  test('are many, and all that stand in real credentials', () => {
    expect(writable.length).toBeGreaterThan(50)
    const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY=='
    expect(dotenvLines({ sets: [['AWS_SECRET_ACCESS_KEY', key]], unsets: [] })).toEqual([
      `AWS_SECRET_ACCESS_KEY=${key}`,
    ])
  })

  test('are read back by Node', () => {
    expect(parseEnv(file)).toEqual(expectedOf)
  })

  test('are read back by the rule of npm dotenv', () => {
    // lib/main.js of dotenv 17: LINE, then trim, then quotes at both ends, then \n and \r where they were double.
    const rule =
      /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm
    const found = [...file.matchAll(rule)].map(([, name = '', written = '']) => {
      const value = written.trim()
      const bare = value.replace(/^(['"`])([\s\S]*)\1$/, '$2')
      return [name, value.startsWith('"') ? bare.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : bare]
    })
    expect(Object.fromEntries(found)).toEqual(expectedOf)
  })

  const hasPython = spawnSync('python3', ['-c', 'import dotenv'], { stdio: 'ignore' }).status === 0
  test('are read back by python-dotenv', { skip: !hasPython }, async () => {
    const home = makeHome({ '.env': file })
    const code = 'import dotenv, json, sys; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))'
    const { stdout } = await run('python3', ['-c', code, join(home, '.env')])
    expect(JSON.parse(stdout)).toEqual(expectedOf)
  })
})
