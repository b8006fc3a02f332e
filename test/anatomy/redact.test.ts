import { describe, expect, test } from 'vitest'
import { redactWords } from '../../src/anatomy/redact.ts'

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
