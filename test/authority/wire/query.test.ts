import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseParameters } from '../../../src/authority/wire/index.ts'

const form = (text: string) => parseParameters('', Buffer.from(text, 'latin1'))
const read = (result: ReturnType<typeof parseParameters>) =>
  'parameters' in result ? Object.fromEntries(result.parameters) : result.refused.reason

describe('the Query parser', () => {
  test('reads a form body and a query string alike', () => {
    expect(read(form('Action=GetCallerIdentity&Version=2011-06-15'))).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
    })
    expect(read(parseParameters('Action=ListUsers&PathPrefix=%2Fa%2F', null))).toEqual({
      Action: 'ListUsers',
      PathPrefix: '/a/',
    })
  })

  test('reads a plus as a blank in a body, and as a plus in a query string, where it was signed as one', () => {
    expect(read(form('A=a+b%2Bc'))).toEqual({ A: 'a b+c' })
    expect(read(parseParameters('A=a+b%20c', null))).toEqual({ A: 'a+b c' })
  })

  test('leaves the parameters of a presigned call to the signature', () => {
    expect(read(parseParameters('X-Amz-Algorithm=x&Action=A&x-amz-date=1&X-Amz-Foo=2', null))).toEqual({ Action: 'A' })
  })

  test('keeps values with equal signs, empty values, names without value, and passes over empty pairs', () => {
    expect(read(form('&A=b=c&&B=&C&'))).toEqual({ A: 'b=c', B: '', C: '' })
  })

  test.each([
    ['a cut percent escape', 'A=%4'],
    ['a percent sign alone', 'A=100%'],
    ['an overlong UTF-8 sequence', 'A=%C0%AF'],
    ['a surrogate in UTF-8', 'A=%ED%A0%80'],
    ['a cut UTF-8 sequence', 'A=%E2%82'],
    ['a raw byte that is no UTF-8', 'A=\xff'],
    ['a broken name', '%ZZ=1'],
  ])('refuses %s as a malformed query string', (_what, text) => {
    expect(read(form(text))).toBe('query-malformed')
  })

  test('takes raw UTF-8 in a body, but no raw bytes in a request target', () => {
    expect(read(parseParameters('', Buffer.from('A=Zoë')))).toEqual({ A: 'Zoë' })
    expect(read(parseParameters('A=Zo\xeb', null))).toBe('query-malformed')
  })

  test('refuses a parameter given twice, in one place or in both', () => {
    expect(read(form('A=1&A=2'))).toBe('input-malformed')
    expect(read(parseParameters('A=1', Buffer.from('A=1')))).toBe('input-malformed')
    expect(read(form('A=1&%41=2'))).toBe('input-malformed')
  })

  test('is bounded in the number of parameters and the length of a name', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => `a${index}=`).join('&')
    expect(read(form(many))).toBe('input-malformed')
    expect(read(form(`${'a'.repeat(513)}=1`))).toBe('input-malformed')
  })

  test('gives back what URLSearchParams wrote (seed 42)', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.string({ unit: 'grapheme' })),
        (pairs) => {
          const wanted = Object.entries(pairs).filter(([name]) => !/^x-amz-/i.test(name))
          const text = new URLSearchParams(wanted).toString()
          const result = parseParameters('', Buffer.from(text))
          expect('parameters' in result && [...result.parameters]).toEqual(wanted)
        },
      ),
      { seed: 42 },
    )
  })

  test('never throws for any bytes (seed 43)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Object.keys(parseParameters('', bytes))).toHaveLength(1)
      }),
      { seed: 43 },
    )
  })
})
