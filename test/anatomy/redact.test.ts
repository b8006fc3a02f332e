import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { redact, redactWords } from '../../src/anatomy/redact.ts'

const piece = 'b3xA'.repeat(16)
const secret = `mAdE0uP/${'k9Qz'.repeat(8)}`

describe('words that quote a value', () => {
  test.each([
    ['the rest of a wrapped token', `region 'eu-west-1\n${piece}' is none`, "region 'eu-west-1\n‹hidden›' is none"],
    ['the same as Python writes it', `'eu-west-1\\n${piece}'`, "'eu-west-1\\n‹hidden›'"],
    [
      'the same in a URL',
      `https://sts.eu-west-1%0A${piece}.amazonaws.com`,
      'https://sts.eu-west-1%0A‹hidden›.amazonaws.com',
    ],
    ['a secret in the place of a region', `Provided region_name '${secret}'`, "Provided region_name '‹hidden›'"],
    ['a short password in an Authorization header', 'Authorization=Basic bGFiOmxhYg==', 'Authorization=Basic ‹hidden›'],
    ['all but the ends of a key id', 'AKIAQYYQYYQYYQYYLTDZ is none', 'AKIA…LTDZ is none'],
  ])('are told without %s', (_, says, told) => {
    expect(redactWords(says)).toBe(told)
  })

  test.each([
    'ProfileNotFound: The config profile (dev) could not be found',
    'Unable to parse config file: /house/ana/.aws/config\nfailed to load assume role arn:aws:iam::123456789012:role/Deploy',
    '[Errno 2] No such file or directory: /house/ana/.aws/sso/cache/a7a07f494db7b3ef8d9cffbc80d19104dbe8f51e.json',
  ])('stay as they are where nothing is secret: %s', (says) => {
    expect(redactWords(says)).toBe(says)
  })
})

test('a sentence that is spared the rules is one that they would leave as it is', () => {
  const cases = new URL('../cases/errors/', import.meta.url)
  const texts = readdirSync(cases).flatMap(
    (name) => JSON.parse(readFileSync(new URL(name, cases), 'utf8')) as readonly { readonly text: string }[],
  )
  // Line by line, and word by word, so that little of what gives a secret away stands beside it.
  const pieces = texts.flatMap(({ text }) => text.split('\n').flatMap((line) => [line, ...line.split(/[\s"',]+/)]))
  expect(pieces.length).toBeGreaterThan(10_000)
  for (const piece of new Set(pieces)) {
    // A value that was cut into lines has a rule of its own.
    if (!/\\|%0/.test(piece)) expect(redactWords(piece)).toBe(redact(piece).text)
  }
})

test.each([
  ['a token by its name', `sessionToken: ${piece}`],
  ['a key in a shell', `AWS_SECRET_ACCESS_KEY=${secret}`],
  ['a secret alone', secret.padEnd(40, 'k9Qz').slice(0, 40)],
  ['a password in an address', 'the proxy http://ana:hunter22@proxy.corp:3128 does not answer'],
  ['a password by its name', 'password = hunter22!'],
  ['a session token alone', `IQoJ${piece}`],
  ['a web identity token alone', `eyJhbGciOiJSUzI1NiJ9.${piece}.${piece}`],
  ['another scheme', `Basic ${piece}`],
  ['an argument', `--session-token ${piece}`],
  ['a code', '--token-code 123456'],
])('a sentence that holds %s is not spared', (_, says) => {
  expect(redactWords(says)).toContain('‹hidden›')
  expect(redactWords(says)).toBe(redact(says).text)
})
