import { describe, expect, test } from 'vitest'
import { knownSdks } from '../../../src/holder/chains/index.ts'
import { doing, type Files, found, keys, only, role } from './files.ts'

/** What SDKs do with a defect, as their own sources and the runs of the real ones tell it. */
const rows: readonly (readonly [
  what: string,
  rule: Parameters<typeof only>[0],
  files: Files,
  Record<string, string | null>,
])[] = [
  [
    'a byte order mark hides the first section from some, and others read past it',
    'byte-order-mark',
    { credentials: `\uFEFF[default]\n${keys}` },
    { cpp: 'find no credentials', dotnet: null },
  ],
  [
    'a header without its bracket stops Python, and C++ loses the section above it',
    'open-header',
    { credentials: `[default]\n${keys}[b\n${keys}` },
    { boto3: 'stop: ConfigParseError', cpp: 'find no credentials' },
  ],
  [
    'a key that stands twice stops Python, and others take the last',
    'duplicate-key',
    { credentials: `[default]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n${keys}` },
    { boto3: 'stop: ConfigParseError', 'go-v2': null },
  ],
  [
    'a line that is nothing stops Python, and Go reads on',
    'not-a-setting',
    { credentials: `[default]\n${keys}hello\n` },
    { boto3: 'stop: ConfigParseError', 'go-v2': null },
  ],
  [
    'a key with a colon is one to Python and none to Rust',
    'colon-delimiter',
    { credentials: `[default]\n${keys.replace(' =', ':')}` },
    { boto3: null, rust: 'stop' },
  ],
  [
    'a prefix in the credentials file hides the profile from Python',
    'profile-prefix',
    { credentials: `[profile a]\n${keys}` },
    { boto3: 'stop: ProfileNotFound' },
  ],
  [
    'a role without a source stops Python',
    'role-without-source',
    { config: `[profile a]\nrole_arn = ${role}\n` },
    { boto3: 'stop: PartialCredentialsError', ruby: 'stop' },
  ],
  [
    'a circle stops all that read it',
    'role-loop',
    { config: `[profile a]\nrole_arn = ${role}\nsource_profile = a\n` },
    { boto3: 'stop: InfiniteLoopConfigError', cpp: 'find no credentials' },
  ],
]

describe('who breaks, and how', () => {
  test.each(rows)('%s', (_, rule, files, expected) => {
    const finding = only(rule, files)
    const told = Object.keys(expected).map((sdk) => [sdk, doing(finding, sdk)] as const)
    for (const [sdk, how] of told) {
      if (expected[sdk] === null) expect({ sdk, how }).toEqual({ sdk, how: null })
      else expect({ sdk, how }).toEqual({ sdk, how: expect.stringContaining(expected[sdk]!) })
    }
  })

  test('names each SDK once in a finding, and only SDKs that are known', () => {
    for (const { breaks } of found({ credentials: `\uFEFF[default]\n${keys}hello\n`, config: '[a]\nregion=x y\n' })) {
      const names = (breaks ?? []).flatMap(({ sdks }) => sdks)
      expect(new Set(names).size).toBe(names.length)
      expect(names.filter((name) => !knownSdks.includes(name))).toEqual([])
    }
  })

  test('looks at each defect with the others mended, so that none hides the next', () => {
    const findings = found({ credentials: `[default]\n${keys}hello\nregion: eu-west-1\n` })
    expect(findings.map(({ rule }) => rule)).toEqual(['not-a-setting', 'colon-delimiter'])
    expect(doing(findings[1]!, 'boto3')).toBe(null)
  })

  test('remarks only on what no SDK stumbles over', () => {
    const { level, breaks } = only('key-case', { config: `[default]\n${keys}Output = json\n` })
    expect({ level, breaks }).toEqual({ level: 'note', breaks: [] })
  })
})
