import { describe, expect, test } from 'vitest'
import { rules } from '../../../src/holder/lint/finding.ts'
import { type Files, found, keys, role, secret } from './files.ts'

const temporary = `aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${secret}\n`
const sso =
  '[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n[profile a]\nsso_session = s\n'

/** Files with a defect, and all that is found in them. */
const rows: readonly (readonly [what: string, files: Files, expected: readonly string[]])[] = [
  ['nothing is wrong', { config: '[default]\nregion = eu-west-1\n', credentials: `[default]\n${keys}` }, []],
  ['there are no files', {}, []],
  ['comments, blank lines and nested settings', { config: '# a\n\n; b\n[default]\ns3 =\n  max_queue = 5\n' }, []],
  ['a name with a blank, in quotes', { config: '[profile "a b"]\nregion = eu-west-1\n' }, []],

  ['a byte order mark', { credentials: `\uFEFF[default]\n${keys}` }, ['credentials:1:1 byte-order-mark']],
  [
    'a file of Windows PowerShell',
    { credentials: Buffer.from(`\uFEFF[default]\n${keys}`, 'utf16le') },
    ['credentials:1:1 utf-16'],
  ],
  [
    'a byte of another encoding',
    { credentials: Buffer.from(`[default]\n# caf\u00e9\n${keys}`, 'latin1') },
    ['credentials:2:6 not-utf-8'],
  ],
  ['a NUL byte', { credentials: `[default]\n# \0\n${keys}` }, ['credentials:2:3 nul-byte']],
  [
    'carriage returns alone',
    { credentials: `[default]\n${keys}`.replaceAll('\n', '\r') },
    ['credentials:1:10 carriage-return'],
  ],
  ['carriage returns and line feeds', { credentials: `[default]\n${keys}`.replaceAll('\n', '\r\n') }, []],
  ['a file that cannot be read', { credentials: 'EACCES' }, ['credentials:1:1 unreadable']],
  ['a file that others may read', { credentials: `[default]\n${keys}`, mode: 0o644 }, ['credentials:1:1 permissions']],
  ['a file without secrets that others may read', { config: '[default]\nregion = eu-west-1\n', mode: 0o644 }, []],

  ['no closing bracket', { credentials: `[default\n${keys}` }, ['credentials:1:1 open-header']],
  ['a comment behind a header', { credentials: `[default] # me\n${keys}` }, ['credentials:1:11 text-after-header']],
  ['text behind a header', { credentials: `[default] me\n${keys}` }, ['credentials:1:11 text-after-header']],
  ['an indented header', { credentials: `  [default]\n${keys}` }, ['credentials:1:1 indented-header']],
  ['two blanks in a header', { config: '[profile  a]\nregion = eu-west-1\n' }, ['config:1:1 header-spelling']],
  ['a header in another case', { config: '[Profile a]\nregion = eu-west-1\n' }, ['config:1:1 header-spelling']],
  ['a prefix where none belongs', { credentials: `[profile a]\n${keys}` }, ['credentials:1:1 profile-prefix']],
  ['no prefix where one belongs', { config: `[a]\n${keys}` }, ['config:1:1 profile-prefix']],
  [
    'a section twice',
    { credentials: `[a]\n${keys}[b]\n${keys}[a]\nregion = eu-west-1\n` },
    ['credentials:7:1 duplicate-section'],
  ],
  [
    'the default profile in two writings',
    { config: `[default]\nregion = eu-west-1\n[profile default]\nregion = us-east-1\n` },
    ['config:3:1 default-twice'],
  ],
  ['DEFAULT', { config: '[DEFAULT]\nregion = eu-west-1\n' }, ['config:1:1 inherited-section']],
  [
    'a setting before any section',
    { credentials: `region = eu-west-1\n[default]\n${keys}` },
    ['credentials:1:1 line-before-section'],
  ],
  ['a line that is nothing', { credentials: `[default]\n${keys}hello\n` }, ['credentials:4:1 not-a-setting']],
  ['a mark of a merge', { credentials: `[default]\n<<<<<<< HEAD\n${keys}` }, ['credentials:2:1 not-a-setting']],
  ['a line without a key', { credentials: `[default]\n${keys}= x\n` }, ['credentials:4:1 no-key']],
  [
    'a key twice',
    { credentials: `[default]\n${keys}region = eu-west-1\nregion = us-east-1\n` },
    ['credentials:4:1 duplicate-key'],
  ],
  ['a colon', { credentials: `[default]\n${keys}region: eu-west-1\n` }, ['credentials:4:7 colon-delimiter']],
  ['an indented key', { credentials: `[default]\n${keys}  region = eu-west-1\n` }, ['credentials:4:1 indented-key']],
  [
    'an indented first key',
    { config: '[default]\n\tregion = eu-west-1\n', credentials: `[default]\n${keys}` },
    ['config:2:1 indented-key'],
  ],
  [
    'a value that goes on',
    { credentials: `[default]\n${keys}output = json\n  or text\n` },
    ['credentials:5:3 continued-value'],
  ],
  ['a key in capitals', { credentials: `[default]\n${keys}Region = eu-west-1\n` }, ['credentials:4:1 key-case']],
  ['a misspelt key', { credentials: `[default]\n${keys}regoin = eu-west-1\n` }, ['credentials:4:1 unknown-key']],
  ['a key as JSON has it', { config: '[default]\nAccessKeyId = x\n' }, ['config:2:1 unknown-key']],
  ['a key that is like none', { credentials: `[default]\n${keys}x_mine = y\n` }, []],
  [
    'a comment behind a value',
    { credentials: `[default]\n${keys}region = eu-west-1 # here\n` },
    ['credentials:4:19 inline-comment'],
  ],
  ['quotes', { credentials: `[default]\n${keys}region = "eu-west-1"\n` }, ['credentials:4:10 quoted-value']],
  [
    'a character that nobody sees',
    { credentials: `[default]\n${keys}region = eu-west-1\u200b\n` },
    ['credentials:4:19 invisible-character'],
  ],
  [
    'brackets in a value, which the SDK for C++ takes for a header',
    { config: '[default]\ncredential_process = /bin/sh -c "cat [x]"\n' },
    ['config:2:22 odd-value'],
  ],
  [
    'a parameter that all can read',
    { credentials: `[default]\n${keys}`, config: '[profile a]\nsso_start_url = https://x.awsapps.com/start#/\n' },
    ['config:2:1 sso-incomplete'],
  ],
  ['no value', { config: '[default]\nregion =\n' }, ['config:2:9 empty-value']],

  [
    'id and secret swapped',
    { credentials: `[default]\naws_access_key_id = ${secret}\naws_secret_access_key = AKIAIOSFODNN7EXAMPLE\n` },
    ['credentials:2:21 access-key-id-shape', 'credentials:3:25 secret-shape'],
  ],
  [
    'placeholders',
    { credentials: '[default]\naws_access_key_id = YOUR_ACCESS_KEY\naws_secret_access_key = <secret>\n' },
    ['credentials:2:21 access-key-id-shape', 'credentials:3:25 secret-shape'],
  ],
  [
    'a secret that is cut',
    { credentials: `[default]\n${keys.trimEnd().slice(0, -3)}\n` },
    ['credentials:3:25 secret-shape'],
  ],
  [
    'a token that is a placeholder',
    { credentials: `[default]\n${temporary}aws_session_token = <token>\n` },
    ['credentials:4:21 session-token-shape'],
  ],
  ['a temporary key alone', { credentials: `[default]\n${temporary}` }, ['credentials:2:1 session-without-token']],
  [
    'a token beside a long-term key',
    { credentials: `[default]\n${keys}aws_session_token = ${'A'.repeat(60)}\n` },
    ['credentials:4:1 token-of-another-key'],
  ],
  [
    'a session that is over',
    {
      credentials: `[default]\n${temporary}aws_session_token = ${'A'.repeat(60)}\nx_security_token_expires = 2025-12-31T00:00:00Z\n`,
    },
    ['credentials:5:28 expired'],
  ],
  [
    'half a pair',
    { credentials: '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n' },
    ['credentials:2:1 partial-pair'],
  ],
  [
    'the other half',
    { credentials: `[default]\naws_secret_access_key = ${secret}\n` },
    ['credentials:2:1 partial-pair'],
  ],
  [
    'a token without keys',
    { credentials: `[default]\naws_session_token = ${'A'.repeat(60)}\n` },
    ['credentials:2:1 partial-pair'],
  ],
  [
    'a pair in two files',
    {
      config: '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n',
      credentials: `[default]\naws_secret_access_key = ${secret}\n`,
    },
    ['credentials:2:1 pair-in-two-files'],
  ],
  ['a role without a source', { config: `[profile a]\nrole_arn = ${role}\n` }, ['config:2:1 role-without-source']],
  [
    'two sources',
    {
      config: `[profile a]\nrole_arn = ${role}\nsource_profile = b\ncredential_source = Environment\n[profile b]\n${keys}`,
    },
    ['config:4:1 two-role-sources'],
  ],
  [
    'a source without a role',
    { config: `[profile a]\nsource_profile = b\n[profile b]\n${keys}` },
    ['config:2:1 source-without-role'],
  ],
  [
    'a source that does not exist',
    { config: `[profile a]\nrole_arn = ${role}\nsource_profile = gone\n` },
    ['config:3:18 source-profile-missing'],
  ],
  [
    'a source without credentials',
    { config: `[profile a]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\nregion = eu-west-1\n` },
    ['config:3:18 source-profile-empty'],
  ],
  [
    'a circle of two',
    {
      config: `[profile a]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\nrole_arn = ${role}\nsource_profile = a\n`,
    },
    ['config:3:18 role-loop', 'config:6:18 role-loop'],
  ],
  ['a circle of one', { config: `[profile a]\nrole_arn = ${role}\nsource_profile = a\n` }, ['config:3:18 role-loop']],
  ['a role with its own keys', { config: `[profile a]\nrole_arn = ${role}\nsource_profile = a\n${keys}` }, []],
  [
    'a credential_source in another case',
    { config: `[profile a]\nrole_arn = ${role}\ncredential_source = environment\n` },
    ['config:3:21 credential-source'],
  ],
  [
    'a credential_source that is none',
    { config: `[profile a]\nrole_arn = ${role}\ncredential_source = Vault\n` },
    ['config:3:21 credential-source'],
  ],
  [
    'a one-time code',
    {
      config: `[profile a]\nrole_arn = ${role}\nsource_profile = b\nmfa_serial = arn:aws:iam::123456789012:mfa/u\n[profile b]\n${keys}`,
    },
    ['config:4:1 mfa-prompt'],
  ],
  [
    'keys and a process',
    { config: `[default]\n${keys}credential_process = /bin/cat x\n` },
    ['config:4:1 mixed-sources'],
  ],
  [
    'an sso-session that does not exist',
    { config: '[profile a]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n' },
    ['config:2:15 sso-session-missing'],
  ],
  [
    'a setting of IAM Identity Center that is missing',
    { config: `${sso}sso_account_id = 123456789012\n` },
    ['config:5:1 sso-incomplete'],
  ],
  ['a profile for bearer tokens', { config: sso }, []],
  [
    'a start URL that differs',
    { config: `${sso}sso_account_id = 123456789012\nsso_role_name = R\nsso_region = us-east-1\n` },
    ['config:8:1 sso-conflict'],
  ],
  ['services that do not exist', { config: '[profile a]\nservices = x\n' }, ['config:2:1 services-missing']],
  [
    'a token file that does not exist',
    { config: `[profile a]\nrole_arn = ${role}\nweb_identity_token_file = /gone\n` },
    ['config:3:1 token-file-missing'],
  ],
  [
    'a role that is no ARN',
    { config: `[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\n${keys}` },
    ['config:2:12 arn-shape'],
  ],
  [
    'an account without its zero',
    { config: `${sso}sso_account_id = 12345678901\nsso_role_name = R\n` },
    ['config:6:18 account-shape'],
  ],
  ['a zone', { config: '[default]\nregion = eu-west-1a\n' }, ['config:2:10 region-shape']],
  ['a region that is newer than the tables', { config: '[default]\nregion = eu-north-9\n' }, []],
  ['an address without http', { config: '[default]\nendpoint_url = localhost:4566\n' }, ['config:2:16 url-shape']],
  ['a number that is none', { config: '[default]\nmax_attempts = few\n' }, ['config:2:16 number-shape']],
  ['a choice that does not exist', { config: '[default]\noutput = xml\n' }, ['config:2:10 choice-shape']],
]

describe('lint', () => {
  test.each(rows)('finds: %s', (_, files, expected) => {
    expect(found(files).map(({ place, rule }) => `${place} ${rule}`)).toEqual(expected)
  })

  test('has a row here for each of its rules', () => {
    const told = new Set(rows.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[1])))
    expect(Object.keys(rules).filter((rule) => !told.has(rule))).toEqual([])
  })
})

test('every rule says what it is about in one sentence', () => {
  expect(Object.values(rules).filter((says) => !/^[\w[].*\.$/.test(says))).toEqual([])
})
