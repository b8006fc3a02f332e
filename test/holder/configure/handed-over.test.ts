import { describe, expect, test } from 'vitest'
import { type HandedOver, readHandedOver, textOf } from '../../../src/holder/configure/index.ts'

// The examples of AWS's own documentation.
const id = 'AKIAIOSFODNN7EXAMPLE'
const temporary = 'ASIAIOSFODNN7EXAMPLE'
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

/** Each key as `NAME ID SECRET TOKEN END`; `-` for what is missing. */
function told(read: HandedOver): readonly string[] {
  if (read.kind === 'refused') return [`refused: ${read.says}`]
  const keys = read.keys.map(({ name, accessKeyId, secretAccessKey, sessionToken, expiration }) =>
    [
      name ?? '-',
      accessKeyId,
      secretAccessKey.reveal() === secret ? 'secret' : 'another secret',
      sessionToken?.reveal() ?? '-',
      expiration?.toISOString() ?? '-',
    ].join(' '),
  )
  return [...keys, ...read.invalid.map(({ entry, says }) => `#${entry}: ${says}`)]
}

describe('a CSV of the AWS console', () => {
  test.each([
    [
      'today, of a user that was made with access',
      `User name,Password,Access key ID,Secret access key,Console login link\r\nalice,x,${id},${secret},https://a\r\n`,
      `alice ${id} secret - -`,
    ],
    [
      'today, of a key alone, which the AWS CLI refuses',
      `Access key ID,Secret access key\n${id},${secret}\n`,
      `- ${id} secret - -`,
    ],
    [
      'of 2013, quoted',
      `"User Name","Access Key Id","Secret Access Key"\n"alice","${id}","${secret}"`,
      `alice ${id} secret - -`,
    ],
    [
      'with a byte order mark and blanks',
      `\uFEFFUser name , Access key ID, Secret access key\r\n alice , ${id} , ${secret} \r\n\r\n`,
      `alice ${id} secret - -`,
    ],
    [
      'that a spreadsheet has written with semicolons',
      `User name;Access key ID;Secret access key\nalice;${id};${secret}`,
      `alice ${id} secret - -`,
    ],
    [
      'with a comma and a doubled quote in the password',
      `User name,Password,Access key ID,Secret access key\nalice,"p,""w",${id},${secret}`,
      `alice ${id} secret - -`,
    ],
  ])('%s', (_, text, wanted) => {
    expect(told(readHandedOver(text))).toEqual([wanted])
  })

  test('gives every user, and tells by number which rows have no key', () => {
    const text = `User name,Access key ID,Secret access key\nalice,${id},${secret}\nbob,,\n\ncarol,${id},${secret}\n`
    expect(told(readHandedOver(text))).toEqual([
      `alice ${id} secret - -`,
      `carol ${id} secret - -`,
      '#2: Row missing value for header "Access Key ID"',
    ])
  })

  test('refuses columns that are swapped, with the reason and nothing of the secret', () => {
    const read = readHandedOver(`User name,Access key ID,Secret access key\nalice,${secret},${id}`)
    expect(told(read)).toEqual(['#1: This is a secret access key, not an access key id.'])
    expect(JSON.stringify(read)).not.toContain(secret)
  })

  test.each([
    ['nothing', '', 'Provided CSV contains no contents'],
    [
      'SMTP credentials of SES',
      'IAM user name,SMTP user name,SMTP password\na,b,c',
      'These are SMTP credentials of Amazon SES: they cannot sign requests, so no profile can use them.',
    ],
    ['a password alone', 'User name,Password\nalice,x', 'Expected header "Access Key ID" not found'],
  ])('is refused when it is %s', (_, text, says) => {
    expect(told(readHandedOver(text))).toEqual([`refused: ${says}`])
  })
})

describe('JSON of the AWS CLI', () => {
  test.each([
    [
      'iam create-access-key',
      { AccessKey: { UserName: 'alice', AccessKeyId: id, Status: 'Active', SecretAccessKey: secret } },
      `alice ${id} secret - -`,
    ],
    [
      'sts get-session-token',
      {
        Credentials: {
          AccessKeyId: temporary,
          SecretAccessKey: secret,
          SessionToken: 'T',
          Expiration: '2027-01-02T03:04:05+01:00',
        },
      },
      `- ${temporary} secret T 2027-01-02T02:04:05.000Z`,
    ],
    [
      'sso get-role-credentials',
      {
        roleCredentials: {
          accessKeyId: temporary,
          secretAccessKey: secret,
          sessionToken: 'T',
          expiration: 1_800_000_000_000,
        },
      },
      `- ${temporary} secret T 2027-01-15T08:00:00.000Z`,
    ],
    ['a credential_process', { Version: 1, AccessKeyId: id, SecretAccessKey: secret }, `- ${id} secret - -`],
    [
      'the instance metadata',
      { Code: 'Success', AccessKeyId: temporary, SecretAccessKey: secret, Token: 'T' },
      `- ${temporary} secret T -`,
    ],
  ])('of %s', (_, value, wanted) => {
    expect(told(readHandedOver(JSON.stringify(value, null, 4)))).toEqual([wanted])
  })

  test('without a secret is told from JSON without any key', () => {
    const listed = { AccessKeyMetadata: [{ UserName: 'alice', AccessKeyId: id }] }
    expect(told(readHandedOver(JSON.stringify(listed)))[0]).toMatch(/AWS tells a secret once/)
    expect(told(readHandedOver('{"Users": []}'))).toEqual(['refused: There is no access key in this JSON.'])
    expect(told(readHandedOver('{"AccessKey": {'))[0]).toMatch(/^refused: This begins like JSON/)
  })
})

describe('lines that set variables', () => {
  const pair = (line: (name: string, value: string) => string) =>
    [line('AWS_ACCESS_KEY_ID', id), line('AWS_SECRET_ACCESS_KEY', secret)].join('\n')
  test.each([
    ['of bash', pair((name, value) => `export ${name}="${value}"`)],
    ['of .env', pair((name, value) => `${name}=${value}`)],
    ['of fish', pair((name, value) => `set -gx ${name} '${value}'`)],
    ['of PowerShell', pair((name, value) => `$Env:${name} = "${value}"`)],
    ['of cmd', pair((name, value) => `set ${name}=${value}`)],
    ['of cmd, quoted', pair((name, value) => `set "${name}=${value}"`)],
    ['of setx', pair((name, value) => `setx ${name} ${value}`)],
    ['of setx as a well-known page has it', `setx AWS_ACCESS_KEY_ID=${id} setx AWS_SECRET_ACCESS_KEY=${secret}`],
    ['on one line', `export AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret}`],
    ['of YAML', pair((name, value) => `  ${name}: ${value}`)],
    ["of the root user's old key file", `AWSAccessKeyId=${id}\r\nAWSSecretKey=${secret}\r\n`],
    [
      'below a comment with another key',
      `# AWS_ACCESS_KEY_ID=AKIAI44QH8DHBEXAMPLE\n${pair((name, value) => `export ${name}=${value}`)}`,
    ],
  ])('%s', (_, text) => {
    expect(told(readHandedOver(text))).toEqual([`- ${id} secret - -`])
  })

  test('of a session need its token', () => {
    const text = `export AWS_ACCESS_KEY_ID=${temporary}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n`
    expect(told(readHandedOver(text))).toEqual([
      '#1: ASIA…MPLE is the key of a session, and its session token is missing.',
    ])
    expect(told(readHandedOver(`${text}export AWS_SESSION_TOKEN=T/+=\n`))).toEqual([`- ${temporary} secret T/+= -`])
  })

  test('that contradict each other are not guessed at', () => {
    const text = `AWS_ACCESS_KEY_ID=${id}\nAWS_ACCESS_KEY_ID=AKIAI44QH8DHBEXAMPLE\nAWS_SECRET_ACCESS_KEY=${secret}`
    expect(told(readHandedOver(text))[0]).toMatch(/stands there twice/)
  })

  test('are not found in plain prose', () => {
    expect(told(readHandedOver('please set up my account'))[0]).toMatch(/^refused: There is no access key/)
  })
})

test('sections of a credentials file keep their names', () => {
  const text = `[123456789012_Admin]\naws_access_key_id=${temporary}\naws_secret_access_key=${secret}\naws_session_token=T\n\n[other]\nregion=x\n`
  expect(told(readHandedOver(text))).toEqual([`123456789012_Admin ${temporary} secret T -`])
})

test('a file in UTF-16, as Windows PowerShell writes it, is read like any other', () => {
  const text = `Access key ID,Secret access key\r\n${id},${secret}\r\n`
  const bytes = new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')])
  expect(told(readHandedOver(textOf(bytes)))).toEqual([`- ${id} secret - -`])
})
