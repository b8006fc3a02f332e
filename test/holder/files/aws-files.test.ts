import { describe, expect, test } from 'vitest'
import {
  expiryFields,
  headerForProfile,
  oddSections,
  profileOfHeader,
  readAwsFiles,
} from '../../../src/holder/files/aws-files.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

const read = (config: string, credentials = '') =>
  readAwsFiles(
    recordedMachine({ env: { HOME: '/h' }, files: { '/h/.aws/config': config, '/h/.aws/credentials': credentials } }),
  )

describe('what botocore refuses in a file', () => {
  test.each([
    ['a line before any header', 'a = b\n', 'no-section-yet', 1, 1],
    ['a header without its bracket', '[a]\nb = c\n[d\n', 'no-delimiter', 3, 1],
    ['a line without delimiter', '[a]\nb = c\nd\n', 'no-delimiter', 3, 1],
    ['a line without key', '[a]\n = c\n', 'no-key', 2, 2],
    ['a key twice', '[a]\nb = c\n\nB = d\n', 'duplicate-key', 4, 1],
    ['a section twice', '[a]\n[b]\n[a]\n', 'duplicate-section', 3, 1],
    ['a block without =', '[a]\ns3 =\n  nothing\n', 'broken-block', 2, 1],
    ['a byte order mark', '\uFEFF[a]\n', 'byte-order-mark', 1, 1],
  ] as const)('%s is told with its place', (_, content, kind, line, column) => {
    expect(read(content).config.reading.problems).toMatchObject([{ kind, line, column }])
  })

  test('names all of them, and reads on past them', () => {
    const { problems, sections } = read('x\n[a]\nb\nc = d\n[a]\ne = f\n').config.reading
    expect(problems.map(({ line }) => line)).toEqual([1, 3, 5])
    expect(sections.map(({ entries }) => [...entries.keys()])).toEqual([['c'], ['e']])
  })

  test('never repeats a value of the file', () => {
    const secret = 'made-up-secret-value'
    const content = `${secret}\n[a]\nk = ${secret}\nk = ${secret}\n${secret}\ns3 =\n  ${secret}\n`
    expect(JSON.stringify(read(content).config.reading.problems)).not.toContain(secret)
  })
})

describe('headers', () => {
  // Asked of botocore 1.43.11 in `test/truth`; here the spellings that people get wrong are named.
  test('whose spelling does not mean what it seems to mean are found in both files', () => {
    const { config, credentials } = {
      config: '[dev]\n[profile ok]\n[ default ]\n[sso-session s]\n[services t]\n[plugins]\n[ profile x]\n[Profile y]\n',
      credentials: '[profile a]\n[b]\n[Default]\n[ c]\n[profile "d e"]\n[DEFAULT]\n',
    }
    const found = oddSections(read(config, credentials)).map(({ section, kind, shouldBe, line }) => [
      line,
      section,
      kind,
      shouldBe,
    ])
    expect(found).toEqual([
      [1, 'dev', 'prefix-missing-in-config', 'profile dev'],
      [3, ' default ', 'blank-or-case', 'default'],
      [7, ' profile x', 'blank-or-case', 'profile x'],
      [8, 'Profile y', 'blank-or-case', 'profile y'],
      [1, 'profile a', 'prefix-in-credentials', 'a'],
      [3, 'Default', 'blank-or-case', 'default'],
      [4, ' c', 'blank-or-case', 'c'],
      [5, 'profile "d e"', 'prefix-in-credentials', 'd e'],
    ])
  })

  test.each(['default', 'dev', 'my prof', 'a"b', 'a\\b', "it's", 'é', 'a#b'])(
    'for the profile %s name it',
    (profile) => {
      expect(profileOfHeader(headerForProfile(profile))).toBe(profile)
    },
  )
})

describe('the noted end of a session', () => {
  test.each([
    [
      'saml2aws, with its zone',
      'x_security_token_expires = 2026-01-02T03:04:05+02:00\n',
      '2026-01-02T01:04:05.000Z',
      'written',
    ],
    ['aws-vault', 'aws_credential_expiration = 2026-01-02T03:04:05Z\n', '2026-01-02T03:04:05.000Z', 'written'],
    [
      'aws-mfa, in UTC',
      'assumed_role = False\naws_security_token = t\nexpiration = 2026-01-02 03:04:05\n',
      '2026-01-02T03:04:05.000Z',
      'utc',
    ],
    [
      'awsume, in local time',
      'autoawsume = true\nexpiration = 2026-01-02 03:04:05\n',
      new Date(2026, 0, 2, 3, 4, 5).toISOString(),
      'local',
    ],
    ['no one knows whom', 'expiration = 2026-01-02 03:04:05\n', '2026-01-02T03:04:05.000Z', 'unknown'],
  ])('by %s is read', (_, lines, at, zone) => {
    const [field] = expiryFields(read('', `[a]\n${lines}`))
    expect([field?.at?.toISOString(), field?.zone]).toEqual([at, zone])
  })

  test('that is no date is kept as it stands', () => {
    expect(expiryFields(read('', '[a]\nexpiration = soon\n'))).toMatchObject([
      { text: 'soon', at: null, line: 2, column: 14 },
    ])
  })
})
