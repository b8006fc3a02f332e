import { describe, expect, test } from 'vitest'
import { troubleOf } from '../../src/cli/say/trouble.ts'
import { CountersignError, type ErrorCode } from '../../src/errors.ts'

const look = { columns: 200, colour: false, unicode: true }

describe('an error that ends a verb', () => {
  test.each([
    ['usage', 2],
    ['file-unreadable', 2],
    ['file-unwritable', 2],
    ['syntax', 2],
    ['store', 2],
    ['unreachable', 3],
    ['offline', 3],
    ['limit', 3],
    ['conflict', 3],
    ['defect', 70],
  ] as [ErrorCode, number][])('of code %s ends with %d and is told in its own words', (code, exit) => {
    const { text, code: got } = troubleOf(look, new CountersignError(code, 'The thing is so.'))
    expect(got).toBe(exit)
    expect(text).toContain('The thing is so.')
  })

  test('that nobody foresaw ends with 70, and its text, which may quote a secret, is withheld', () => {
    const text = troubleOf(look, new TypeError('Invalid character in header content ["x-amz-security-token"] hunter2'))
    expect(text.code).toBe(70)
    expect(text.text).toContain('TypeError')
    expect(text.text).not.toContain('hunter2')
    expect(text.text).toMatch(/at .*trouble\.test\.ts:\d+:\d+/)
  })

  test('that only names a variable of the program is told whole', () => {
    expect(troubleOf(look, new ReferenceError('foo is not defined')).text).toContain('foo is not defined')
  })

  test('that is no error at all ends with 70', () => {
    expect(troubleOf(look, 'a string with hunter2').code).toBe(70)
    expect(troubleOf(look, 'a string with hunter2').text).not.toContain('hunter2')
  })
})
