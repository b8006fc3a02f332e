import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskedLine } from '../../src/cli/say/masked.ts'
import { idOf, secretOf, tokenOf } from '../holder/diagnosis/stand-in.ts'

const id = idOf('AKIA', 21)
const secret = secretOf(21)
const token = tokenOf(21)
const shortId = `${id.slice(0, 4)}…${id.slice(-4)}`

describe('a line in a diff', () => {
  test.each([
    ['a key id', `aws_access_key_id = ${id}`, `aws_access_key_id = ${shortId}`],
    ['a secret', `aws_secret_access_key=${secret}`, 'aws_secret_access_key=‹secret, 40 characters›'],
    ['a token', `aws_session_token = ${token}`, `aws_session_token = ‹session token, ${token.length} characters›`],
    ['quotes, which may be what is wrong', `aws_access_key_id = "${id}"`, `aws_access_key_id = "${shortId}"`],
    [
      'a comment behind',
      `aws_secret_access_key = ${secret} # mine`,
      'aws_secret_access_key = ‹secret, 40 characters› # mine',
    ],
    [
      'a sign that nobody sees',
      `aws_secret_access_key = ${secret}\u200b`,
      'aws_secret_access_key = ‹secret, 40 characters and 1 that cannot be seen›',
    ],
    ['a secret in the place of the id', `aws_access_key_id = ${secret}`, 'aws_access_key_id = ‹40 characters›'],
    [
      'an id in the place of the secret',
      `aws_secret_access_key = ${id}`,
      'aws_secret_access_key = ‹secret, 20 characters›',
    ],
    [
      'a start-up file',
      `export AWS_SECRET_ACCESS_KEY='${secret}'`,
      "export AWS_SECRET_ACCESS_KEY='‹secret, 40 characters›'",
    ],
    [
      'UTF-16, whose every second byte stands for all to read',
      Buffer.from(`aws_secret_access_key = ${secret}`, 'utf16le').toString('latin1'),
      '‹UTF-16, or no text at all›',
    ],
    ['fish', `set -gx AWS_SECRET_ACCESS_KEY ${secret}`, 'set -gx AWS_SECRET_ACCESS_KEY ‹secret, 40 characters›'],
    ['PowerShell', `$Env:AWS_ACCESS_KEY_ID = '${id}'`, `$Env:AWS_ACCESS_KEY_ID = '${shortId}'`],
    ['JSON', `  "SecretAccessKey": "${secret}",`, '  "SecretAccessKey": "‹secret, 40 characters›",'],
    ['what goes on from the line above', `    ${secret.slice(0, 20)}`, '    ‹value, 20 characters›'],
    ['a reference', 'export AWS_SESSION_TOKEN=$OLD_TOKEN', 'export AWS_SESSION_TOKEN=$OLD_TOKEN'],
    ['a header', '[profile dev]', '[profile dev]'],
    ['a role', 'role_arn = arn:aws:iam::123456789012:role/Admin', 'role_arn = arn:aws:iam::123456789012:role/Admin'],
    [
      'a token file',
      'web_identity_token_file = /var/run/secrets/token',
      'web_identity_token_file = /var/run/secrets/token',
    ],
    ['a region', 'region = eu-west-1', 'region = eu-west-1'],
    ['nothing', '', ''],
  ])('shows %s so that it can be told', (_, line, shown) => {
    expect(maskedLine(line)).toBe(shown)
  })

  test('never shows half of a secret, whatever stands around it (seed 11)', () => {
    const names = [
      'aws_secret_access_key',
      'AWS_SECRET_ACCESS_KEY',
      'SecretAccessKey',
      'aws_session_token',
      'AWS_SESSION_TOKEN',
      'aws_access_key_id',
      'password',
      'old_secret',
    ]
    const around = fc.string({ unit: fc.constantFrom(' ', '"', "'", '#', '=', ':', ',', 'a', '-', '\t', '$', '`') })
    const between = fc.constantFrom('=', ' = ', ': ', '":"', ' => ', ':=', "='", ' = "')
    const value = fc.constantFrom(
      secret,
      token,
      secret.replaceAll('/', '%2F'),
      `${secret.slice(0, 17)} ${secret.slice(17)}`,
    )
    fc.assert(
      fc.property(around, fc.constantFrom(...names), between, value, around, (before, name, sign, kept, behind) => {
        const shown = maskedLine(`${before} ${name}${sign}${kept}${behind}`)
        for (let at = 0; at + 12 <= kept.length; at += 4) expect(shown).not.toContain(kept.slice(at, at + 12))
      }),
      { seed: 11, numRuns: 2000 },
    )
  })
})
