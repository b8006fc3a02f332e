import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Ajv from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chainRules, knownSdks } from '../../../src/holder/chains/index.ts'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import type { TextEdit } from '../../../src/holder/lint/finding.ts'
import { lintJson } from '../../../src/holder/lint/json.ts'
import { renderSarif } from '../../../src/holder/lint/sarif.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { runs } from '../../runs.ts'
import { type Files, home, keys, linted, machineOf, role, secret } from './files.ts'

const isSarif = new Ajv({ schemaId: 'id', meta: false, logger: false })
  .addMetaSchema(
    JSON.parse(readFileSync(createRequire(import.meta.url).resolve('ajv/lib/refs/json-schema-draft-04.json'), 'utf8')),
  )
  .compile(JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'vectors', 'sarif-2.1.0.json'), 'utf8')))

const other = 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY'
const token = `IQoJb3JpZ2luX2VjEXAMPLE${'Ab3x'.repeat(40)}`

/** Pieces of files, whole and broken, that are put together at random. */
const pieces = fc.constantFrom(
  '[default]',
  '[default',
  '[a]',
  '[profile a]',
  '[profile  a]',
  '[Profile a] # mine',
  '  [b]',
  '[DEFAULT]',
  '[sso-session s]',
  'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
  'aws_access_key_id: ASIAIOSFODNN7EXAMPLE',
  `aws_secret_access_key = ${secret}`,
  `aws_secret_access_key = "${secret}" # ${other}`,
  `AWS_Secret_Access_Key=${other}`,
  `  aws_secret_acces_key = ${secret}`,
  secret,
  `# ${secret}`,
  `= ${secret}`,
  `aws_session_token = ${token.slice(0, 90)}`,
  `  ${token.slice(90, 120)}==`,
  `  ${token.slice(120)}=`,
  `role_arn = ${role}`,
  'role_arn = ',
  'source_profile = a',
  'source_profile = default',
  'credential_source = environment',
  'credential_process = /bin/sh -c "[ -f x ] && (cat x)"',
  'sso_session = s',
  'sso_account_id = 1',
  'region = eu-west-1 ; here',
  'region = eu-west-1a',
  '  region = eu-west-1',
  'hello',
  's3 =',
  '  max_queue = 5',
  '\0',
  '\uFEFF',
  'expiration = 2020-01-01T00:00:00Z',
  '',
)

const text = fc
  .tuple(fc.array(pieces, { maxLength: 9 }), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([lines, end]) => lines.join(end) + end)
const content = fc.oneof(
  { weight: 9, arbitrary: text },
  { weight: 1, arbitrary: text.map((whole) => Buffer.from(`\uFEFF${whole}`, 'utf16le')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
)
const files: fc.Arbitrary<Files> = fc.record({ config: content, credentials: content })

const seed = 20261128

describe(`the reports of lint (seed ${seed})`, () => {
  test('is SARIF 2.1.0 by its schema, whatever is found', () => {
    fc.assert(
      fc.property(files, (state) => {
        const log = renderSarif(linted(state), (path) => pathToFileURL(path).href)
        expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true)
      }),
      { seed, numRuns: runs(30, 10) },
    )
  })

  test('never tells a secret, in no format and no edit', () => {
    fc.assert(
      fc.property(files, (state) => {
        const report = linted(state)
        const told = JSON.stringify([lintJson(machineOf(state), report), renderSarif(report, (path) => path)])
        const secrets = [secret, other, token.slice(0, 90), token.slice(90, 120), token.slice(120)]
        expect(secrets.filter((hidden) => told.includes(hidden))).toEqual([])
      }),
      { seed, numRuns: runs(80, 25) },
    )
  })

  test('points at places that exist, in the order of the files', () => {
    fc.assert(
      fc.property(fc.record({ config: text, credentials: text }), (state) => {
        const places = linted(state).findings.map(({ at }) => {
          const lines = (at.file.endsWith('config') ? state.config : state.credentials).split(/\r\n|\n|\r/)
          const line = (lines[at.line - 1] ?? '').replace(/^\uFEFF/, '')
          expect(at.column).toBeLessThanOrEqual(line.length + 1)
          expect(at.endColumn).toBeLessThanOrEqual(line.length + 1)
          expect(at.endColumn).toBeGreaterThanOrEqual(at.column)
          return (at.file.endsWith('config') ? 0 : 1e6) + at.line * 1000 + at.column
        })
        expect(places).toEqual([...places].sort((a, b) => a - b))
      }),
      { seed, numRuns: runs(30, 10) },
    )
  })
})

/** Makes edits in a text, from its end to its beginning. */
function edited(whole: string, edits: readonly TextEdit[]): string {
  const ends = [0, ...[...whole.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)]
  const place = (line: number, column: number): number => (ends[line - 1] ?? whole.length) + column - 1
  const mark = edits.some(({ bytes }) => bytes !== undefined) ? whole.replace(/^\uFEFF/, '') : whole
  return edits
    .filter(({ bytes }) => bytes === undefined)
    .sort((a, b) => b.line - a.line || b.column - a.column)
    .reduce((text, { line, column, endLine, endColumn, text: put }) => {
      return text.slice(0, place(line, column)) + put + text.slice(place(endLine, endColumn))
    }, mark)
}

describe('fixes', () => {
  test.each([
    ['a comment behind a value', 'region = eu-west-1 # here', '# here\nregion = eu-west-1'],
    ['quotes', 'region = "eu-west-1"', 'region = eu-west-1'],
    ['a colon', 'region: eu-west-1', 'region = eu-west-1'],
    ['an indented key', '  region = eu-west-1', 'region = eu-west-1'],
    ['a misspelt key', 'regoin = eu-west-1', 'region = eu-west-1'],
    ['capitals', 'REGION = eu-west-1', 'region = eu-west-1'],
    ['garbage', 'hello', '# hello'],
    ['a character that nobody sees', 'region = eu-west-1\u200b', 'region = eu-west-1'],
  ])('mends %s', (_, line, mended) => {
    const whole = (inner: string): string => `[default]\n${keys}${inner}\n`
    const { findings } = linted({ credentials: whole(line) })
    expect(findings).toHaveLength(1)
    expect(edited(whole(line), findings[0]!.fix!.edits)).toBe(whole(mended))
  })

  test.each([
    ['a comment that holds a secret', `region = eu-west-1 # ${other}`],
    ['what may be meant', 'external_id = a #1'],
    ['a value that differs', 'region = us-east-1\nregion = eu-west-1'],
    ['a process', 'credential_process = "/bin/a"'],
  ])('leaves alone: %s', (_, lines) => {
    const findings = linted({ credentials: `[default]\n${lines}\n` }).findings
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.map(({ fix }) => fix)).toEqual(findings.map(() => null))
  })

  test('never take credentials from an SDK that had some', () => {
    fc.assert(
      fc.property(fc.record({ config: text, credentials: text }), (state) => {
        const machine = overlayMachine(machineOf(state), { env: { AWS_REGION: 'us-east-1' } })
        for (const { fix, at, profile } of linted(state).findings) {
          if (fix === null || profile === null) continue
          const name = at.file.endsWith('config') ? 'config' : 'credentials'
          const after = overlayMachine(machine, {
            files: { [`${home}/.aws/${name}`]: new TextEncoder().encode(edited(state[name], fix.edits)) },
          })
          for (const sdk of knownSdks) {
            if (!has(machine, sdk, profile)) continue
            expect({ sdk, profile, has: has(after, sdk, profile) }).toEqual({ sdk, profile, has: true })
          }
        }
      }),
      { seed, numRuns: runs(50, 17) },
    )
  })
})

function has(machine: ReturnType<typeof machineOf>, sdk: (typeof knownSdks)[number], profile: string): boolean {
  const asked = overlayMachine(machine, { env: { AWS_PROFILE: profile, AWS_SDK_LOAD_CONFIG: '1' } })
  const { winner, error } = chainRules(sdk).trace(asked, {}, readAwsFiles(asked))
  return error === null && winner !== null
}

describe('at its limits', () => {
  test('goes through a large file in seconds, and tells how much more there is', () => {
    const profiles = Array.from({ length: 2000 }, (_, index) => `[profile p${index}]\nregion: eu-west-1\n`).join('')
    const { findings, more } = linted({ config: profiles })
    expect([findings.length, more]).toEqual([1000, 1000])
    expect(findings.at(-1)!.breaks).toBe(null)
  })

  test('is not held up by lines that would take a careless pattern forever', () => {
    const blanks = ' '.repeat(20_000)
    const bad = [
      blanks,
      '"'.repeat(20_000),
      `a = ${' #'.repeat(10_000)}`,
      `[${blanks}x`,
      `region = x${blanks}x`,
      'a = b\n'.repeat(5000),
    ]
    const started = performance.now()
    for (const line of bad) linted({ config: `[default]\n${line}\n` })
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
