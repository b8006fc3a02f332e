import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCShell } from '../../../src/holder/surroundings/c-shell.ts'
import { readCompose } from '../../../src/holder/surroundings/compose.ts'
import { readDotenv, readPythonDotenv } from '../../../src/holder/surroundings/dotenv.ts'
import {
  readCrontab,
  readEnvironmentD,
  readPamEnvironment,
  readProcEnvironment,
} from '../../../src/holder/surroundings/environment-files.ts'
import { readFishScript, readFishVariables } from '../../../src/holder/surroundings/fish-shell.ts'
import { parseHcl } from '../../../src/holder/surroundings/hcl.ts'
import { readPropertyList } from '../../../src/holder/surroundings/launchd.ts'
import { phpArrays } from '../../../src/holder/surroundings/php-arrays.ts'
import { readShellScript } from '../../../src/holder/surroundings/posix-shell.ts'
import { readPowershell } from '../../../src/holder/surroundings/powershell.ts'
import { readUnit } from '../../../src/holder/surroundings/systemd.ts'
import { readRegistryAnswer } from '../../../src/holder/surroundings/windows-environment.ts'
import { parseYaml } from '../../../src/holder/surroundings/yaml.ts'

/*
 * Files of a machine may hold anything. Every reader comes to an end on every text, and soon; each place that it gives lies in
 * the text.
 */
const seed = 20261130
const readers: Readonly<Record<string, (text: string) => readonly object[]>> = {
  sh: (text) => readShellScript(text, '/h'),
  zsh: (text) => readShellScript(text, null, 'zsh'),
  fish: (text) => readFishScript(text, '/h'),
  'fish variables': readFishVariables,
  PowerShell: (text) => readPowershell(text, '/h'),
  csh: (text) => readCShell(text, '/h'),
  dotenv: readDotenv,
  'python-dotenv': readPythonDotenv,
  'environment.d': readEnvironmentD,
  pam: readPamEnvironment,
  crontab: readCrontab,
  environ: readProcEnvironment,
  unit: (text) => readUnit(`[Service]\n${text}`).assignments,
  launchd: readPropertyList,
  PHP: (text) => phpArrays(text).flat(),
  HCL: (text) => parseHcl(text).blocks,
  registry: readRegistryAnswer,
}
const pieces = [
  'export ',
  'set -gx ',
  'setenv ',
  '$Env:',
  'AWS_A',
  '=',
  'x',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '"',
  "'",
  '`',
  '\\',
  '$',
  '$(',
  ')',
  '((',
  '))',
  '${',
  '}',
  '{',
  '[[',
  ']]',
  'if ',
  'then\n',
  'fi\n',
  'case x in ',
  'esac',
  ';;',
  'f() {',
  'function f',
  'end\n',
  'do ',
  'done',
  '<<E\n',
  'E\n',
  '<(',
  '&&',
  '||',
  '|',
  '&',
  ';',
  '#',
  '~',
  "$'",
  '\\x4',
  '@"\n',
  '\n"@',
  '<#',
  '#>',
  'Environment=',
  '%',
  '\0',
  'é',
  '𝄞',
  'A=(',
  '+=',
]

describe('any text at all', () => {
  test.each(Object.entries(readers))(`comes to an end in the reader of %s (seed ${seed})`, (_, read) => {
    const text = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    )
    fc.assert(
      fc.property(text, (given) => {
        for (const step of read(given)) {
          if (!('offset' in step)) continue
          expect(step.offset).toBeGreaterThanOrEqual(0)
          expect(step.offset).toBeLessThanOrEqual(given.length + '[Service]\n'.length)
        }
      }),
      { seed, numRuns: 400 },
    )
  })

  const size = 100_000
  const long = (piece: string) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size)
  const shapes = [
    '\n',
    ' ',
    '~',
    'A=~:',
    '"$(',
    '${',
    '$((',
    '`',
    "'",
    '"',
    '\\',
    '{',
    '(',
    'f(){ ',
    'if x;',
    '<<E\n',
    'A=\n',
    "A='\n",
    'A="x',
    "$env:a='b';",
    'x=1;',
    'export A=b\n',
    '#',
    '\r',
    'case x in (',
    '=',
    '- A\n',
    '# VERSION: 3\nSETUVAR --export A:\\x41\n',
    '@"\n',
    "@'\n",
    '"`',
    '"\\',
    "'\\",
  ]
  test.each(Object.entries(readers))('that is long and odd is read soon by the reader of %s', (_, read) => {
    for (const shape of shapes) {
      const before = performance.now()
      read(long(shape))
      expect(performance.now() - before, JSON.stringify(shape)).toBeLessThan(3000)
    }
  })

  test('compose files come to an end as well', async () => {
    for (const shape of ['a: &a [*a]\n', '- ', '{', '? ', '&a ', '<<: *a\n', '"', "'", '  '])
      await readCompose(long(shape).slice(0, 20_000))
  })

  test.each(['- ', '? ', '[', '{a: '])('YAML that is deeper than the stack is no YAML: %j', async (shape) => {
    await expect(parseYaml(long(shape))).resolves.toBeNull()
  })

  test('thousands of statements in one string that never ends are looked at once', () => {
    const before = performance.now()
    expect(readPowershell(`"${long("$env:A='b';")}`, '/h')).toEqual([])
    expect(performance.now() - before).toBeLessThan(3000)
  })
})
