import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { profileOfHeader } from '../../../src/holder/files/aws-files.ts'
import { readAsBotocore } from '../../../src/holder/files/dialects/botocore.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'
import { makeHome } from '../program.ts'
import { configureHere, type Result } from './in-process.ts'

/*
 * `configure` is a drop-in for `aws configure`: the same commands are given to both, on the same files, and both must print, leave
 * and answer the same. Where we differ on purpose stands in `expected`, with the reason.
 */

const here = dirname(fileURLToPath(import.meta.url))
const count = Number(process.env['COUNTERSIGN_CASES'] ?? 40)
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 5)

function asksAboutDefault([first, name]: Case['args'], { AWS_PROFILE: fromEnvironment }: Case['env']): boolean {
  return (first === '--profile' ? name : first === undefined ? fromEnvironment : undefined) === 'default'
}

const onlyVersion2 = new Set(['list-profiles', 'import', 'export-credentials'])

interface Case {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly input: string
  readonly config: string | null
  readonly credentials: string | null
}

const clis = [
  { name: 'AWS CLI v1', python: 'python3', major: '1' },
  { name: 'AWS CLI v2', python: '/usr/bin/python3', major: '2' },
] as const

// ---- what is tried

const profiles = ['default', 'dev', 'a b', 'prod-eu'] as const
const id = fc.constantFrom('AKIAIOSFODNN7EXAMPLE', 'AKIAI44QH7DHBEXAMPLE', 'ASIAIOSFODNN7EXAMPLE', 'test')
const secret = fc.constantFrom('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY')
const settings: readonly (readonly [key: string, value: fc.Arbitrary<string>])[] = [
  ['region', fc.constantFrom('eu-west-1', 'us-east-1', 'ap-south-1')],
  ['output', fc.constantFrom('json', 'text', 'table')],
  ['role_arn', fc.constant('arn:aws:iam::123456789012:role/reader')],
  ['source_profile', fc.constantFrom('default', 'dev')],
  ['external_id', fc.constantFrom('a=b', 'a:b', '12', 'x y', '$HOME', '%d')],
  ['cli_pager', fc.constantFrom('', 'less -R')],
  [
    'my_own',
    fc
      .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcXYZ019_-/+=:.@ ') })
      .map((text) => text.trim() || 'x'),
  ],
]
const keys: typeof settings = [
  ['aws_access_key_id', id],
  ['aws_secret_access_key', secret],
  ['aws_session_token', fc.constant('FwoGZXIvYXdzEBYaDHalfAToken')],
]

function lines(from: typeof settings): fc.Arbitrary<readonly string[]> {
  return fc
    .subarray([...from])
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map(([key, value]) =>
          fc.tuple(value, fc.constantFrom(' = ', '=', ' =')).map(([text, sign]) => `${key}${sign}${text}`),
        ),
      ),
    )
}

const block = fc.constantFrom<readonly string[]>(
  [],
  [],
  ['s3 =', '    max_concurrent_requests = 20'],
  ['s3 =', '  addressing_style = path', '  max_queue_size = 10'],
)
const comment = fc.constantFrom<readonly string[]>([], [], ['# a comment'], [''])

function section(header: (name: string) => string, from: typeof settings) {
  return (name: string) =>
    fc
      .tuple(comment, lines(from), block)
      .map(([above, own, nested]) => [...above, `[${header(name)}]`, ...own, ...(from === settings ? nested : [])])
}

function file(header: (name: string) => string, from: typeof settings, more: fc.Arbitrary<readonly string[]>) {
  return fc.option(
    fc
      .tuple(
        fc.subarray([...profiles]).chain((names) => fc.tuple(...names.map(section(header, from)))),
        more,
      )
      .map(([sections, rest]) => {
        const all = [...sections.flat(), ...rest]
        return all.length === 0 ? '' : `${all.join('\n')}\n`
      }),
    { freq: 6 },
  )
}

const config = file(
  (name) => (name === 'default' ? name : name.includes(' ') ? `profile '${name}'` : `profile ${name}`),
  settings,
  fc.constantFrom<readonly string[]>([], [], ['[preview]', 'cloudfront = true']),
)
const credentials = file((name) => name, keys, fc.constant([]))

const key = fc.constantFrom(
  'region',
  'output',
  'role_arn',
  'external_id',
  'my_own',
  'cli_pager',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  's3',
  'Region',
)
const nested = fc.constantFrom('s3.max_concurrent_requests', 's3.addressing_style', 's3.new_one')
const looked = fc.oneof(
  key,
  nested,
  fc
    .tuple(
      fc.constantFrom('profile.dev', 'profile.a b', 'profile.nobody', 'default', 'dev', 'prod-eu'),
      fc.oneof(key, nested),
    )
    .map((both) => both.join('.')),
  fc.constantFrom('preview.cloudfront', 'preview.nothing', 'plugins.nothing'),
)
const changed = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', 'profile.dev.', 'profile.a b.', 'profile.fresh.', 'default.'),
      fc.constantFrom(...[...settings, ...keys]),
    )
    .chain(([prefix, [name, value]]) =>
      value.filter((text) => text !== '').map((text) => [`${prefix}${name}`, text] as const),
    ),
  fc
    .tuple(fc.constantFrom('', 'profile.dev.', 'default.'), nested)
    .map(([prefix, name]) => [`${prefix}${name}`, '7'] as const),
  fc.constant(['preview.cloudfront', 'false'] as const),
)
const chosen = fc
  .option(fc.constantFrom(...profiles, 'nobody'), { freq: 2 })
  .map((name) => (name === null ? [] : ['--profile', name]))

/** A CSV that stands on the command line itself, as `--csv "$(cat FILE)"` gives it. */
const row = (user: string) =>
  fc.constantFrom(
    `${user},AKIAJ77QH7DHBEXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`,
    `${user},AKIAJ77QH7DHBEXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`,
    `${user},,`,
    `${user}`,
  )
const csv = fc
  .tuple(
    fc.constantFrom(
      'User name,Access key ID,Secret access key',
      'User Name,Access Key Id,Secret Access Key',
      'User name,Password,Secret access key',
    ),
    row('dev'),
    row('carol'),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([head, one, two, end]) => [head, one, two, ''].join(end))

const command = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(csv, fc.subarray(['--skip-invalid']), fc.constantFrom([], ['--profile-prefix', 'my-']))
      .map(([text, ...flags]) => ({ args: ['import', '--csv', text, ...flags.flat()], input: '' })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(chosen, fc.constantFrom('process', 'env', 'env-no-export', 'powershell', 'windows-cmd'))
      .map(([profile, format]) => ({ args: ['export-credentials', '--format', format, ...profile], input: '' })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(looked, chosen).map(([name, profile]) => ({ args: ['get', name, ...profile], input: '' })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(changed, chosen)
      .map(([[name, value], profile]) => ({ args: ['set', name, value, ...profile], input: '' })),
  },
  { weight: 2, arbitrary: chosen.map((profile) => ({ args: ['list', ...profile], input: '' })) },
  { weight: 1, arbitrary: fc.constant({ args: ['list-profiles'], input: '' }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        chosen,
        fc.constantFrom('', 'AKIAI44QH7DHBEXAMPLE'),
        fc.constantFrom('', 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY'),
        fc.constantFrom('', 'eu-central-1'),
        fc.constantFrom('', 'text'),
        fc.constantFrom(4, 4, 4, 3, 0),
      )
      .map(([profile, one, two, three, four, some]) => ({
        args: [...profile],
        input: [one, two, three, four]
          .slice(0, some)
          .map((line) => `${line}\n`)
          .join(''),
      })),
  },
)

const environment = fc.record(
  {
    AWS_PROFILE: fc.constantFrom('dev', 'default', 'nobody'),
    AWS_DEFAULT_REGION: fc.constantFrom('us-west-2', 'sa-east-1'),
  },
  { requiredKeys: [] },
)

const one: fc.Arbitrary<Case> = fc
  .record({
    command,
    env: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: environment }),
    config,
    credentials,
  })
  .map(({ command: { args, input }, env, ...files }) => ({ args, input, env: env as Case['env'], ...files }))

// ---- both sides

function homeOf({ config: one, credentials: two }: Case): string {
  const home = makeHome()
  mkdirSync(join(home, '.aws'), { mode: 0o700 })
  if (one !== null) writeFileSync(join(home, '.aws', 'config'), one)
  if (two !== null) writeFileSync(join(home, '.aws', 'credentials'), two)
  return home
}

/** A role is not really assumed: whoever tries finds nobody, at once. */
const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' }

function around(home: string, { env }: Case) {
  return { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', AWS_EC2_METADATA_DISABLED: 'true', ...nowhere, ...env }
}

type Meaning = Readonly<Record<string, Readonly<Record<string, string | Readonly<Record<string, string>>>>>>

/** What botocore reads in both files of a home; sections without settings are none. */
function meaningOf(home: string): Record<'config' | 'credentials', Meaning> {
  const of = (role: 'config' | 'credentials'): Meaning => {
    let bytes: Uint8Array
    try {
      bytes = readFileSync(join(home, '.aws', role))
    } catch {
      return {}
    }
    const { sections, problems } = readAsBotocore(parseIni(bytes), 'linux')
    expect(problems).toEqual([])
    return Object.fromEntries(
      sections
        .filter(({ entries }) => entries.size > 0)
        .map(({ name, entries }) => [
          role === 'config'
            ? `${profileOfHeader(name) === null ? '' : 'profile '}${profileOfHeader(name) ?? name}`
            : name,
          Object.fromEntries(
            [...entries.values()].map((entry) => [
              entry.key,
              entry.nested === null ? entry.value : Object.fromEntries(entry.nested),
            ]),
          ),
        ]),
    )
  }
  return { config: of('config'), credentials: of('credentials') }
}

function runAws(python: string, cases: readonly (Case & { readonly home: string })[]): readonly Result[] {
  const ran = spawnSync(python, [join(here, 'aws_configure.py')], {
    input: JSON.stringify({
      cases: cases.map((each) => ({
        args: ['configure', ...each.args],
        env: around(each.home, each),
        input: each.input,
      })),
    }),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
  })
  if (ran.status !== 0) throw new Error(ran.stderr)
  const results = JSON.parse(ran.stdout) as readonly Result[]
  expect(results.filter(({ code }) => code < 0)).toEqual([])
  return results
}

/** What we are to print and answer where the AWS CLI gave that. */
function expected({ args }: Case, theirs: Result): Pick<Result, 'code' | 'stdout'> {
  // 255 is "something went wrong" there; our codes are those of the contract.
  const code = theirs.code === 0 ? 0 : 1
  // Questions are prose: they go to stderr.
  if (args[0]?.startsWith('--') !== false) return { code, stdout: '' }
  if (args[0] !== 'list') return { code, stdout: theirs.stdout }
  return { code, stdout: code === 0 ? comparable(theirs.stdout) : '' }
}

/** The table without what the AWS CLI gets wrong: the end of the secret, and locations. */
function comparable(table: string): string {
  return table
    .split('\n')
    .map((line) =>
      line
        .slice(0, 52)
        .replace(/^(secret_key +)\*+\S*/, (_, name: string) => `${name}hidden`)
        .replace(/ +/g, ' '),
    )
    .join('\n')
}

const tokenKeys = ['aws_session_token', 'aws_security_token']

/** What the AWS CLI leaves, without the token of the session before, which it forgets beside a new long-term key. */
function withoutStale(before: Meaning, after: Meaning): Meaning {
  return Object.fromEntries(
    Object.entries(after).map(([name, own]) => {
      const { aws_access_key_id: now } = own
      const isNew = typeof now === 'string' && now.startsWith('AKIA') && before[name]?.['aws_access_key_id'] !== now
      return [
        name,
        isNew ? Object.fromEntries(Object.entries(own).filter(([setting]) => !tokenKeys.includes(setting))) : own,
      ]
    }),
  )
}

describe.each(clis)('beside $name', ({ name, python, major }) => {
  const found = spawnSync(python, ['-c', 'import awscli; print(awscli.__version__)'], { encoding: 'utf8' })
  const isThere = found.status === 0 && found.stdout.startsWith(`${major}.`)
  if (!isThere) console.info(`skipped: ${name} is not there as ${python}`)

  test.skipIf(!isThere)(
    `${count} commands (seed ${seed}) print, write and answer the same`,
    { timeout: 120_000 },
    async () => {
      const cases = fc
        .sample(one, { numRuns: count, seed })
        .filter(({ args }) => !onlyVersion2.has(args[0] ?? '') || major === '2')
        // Version 2 has no [preview] any more, and makes a block of the profile of it.
        .filter(({ args }) => !args[1]?.startsWith('preview.') || major === '1')
        // Version 1 makes a [profile default] then, which hides all that [default] has.
        .filter(({ args, env }) => major === '2' || !asksAboutDefault(args, env))
        .map((each) => ({ ...each, home: homeOf(each) }))
      const theirs = runAws(python, cases)
      const differences: string[] = []
      for (const [index, each] of cases.entries()) {
        const home = homeOf(each)
        const before = meaningOf(home)
        const ours = await configureHere(each.args, { env: around(home, each), input: each.input })
        const theirResult = theirs[index]!
        const wanted = expected(each, theirResult)
        const printed = each.args[0] !== 'list' ? ours.stdout : ours.code === 0 ? comparable(ours.stdout) : ''
        const got = { code: ours.code === 2 ? 1 : ours.code, stdout: printed }
        const left = meaningOf(each.home)
        const wantedFiles = { ...left, credentials: withoutStale(before.credentials, left.credentials) }
        const files = meaningOf(home)
        try {
          expect({ ...got, files }).toEqual({ ...wanted, files: wantedFiles })
        } catch {
          const { args, env, input, config, credentials } = each
          differences.push(
            [{ args, env, input }, config, credentials, theirResult, ours, wantedFiles, files]
              .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
              .join('\n'),
          )
        }
      }
      expect(differences.join('\n\n')).toBe('')
    },
  )
})
