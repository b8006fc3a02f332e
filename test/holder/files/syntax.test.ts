import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import { parseIni, renderIni } from '../../../src/holder/files/syntax.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

const seed = 20260801
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Pieces that files are made of, the nasty ones more often than in life. */
const piece = fc.constantFrom(
  '[default]',
  '[profile x]',
  '[',
  ']',
  '=',
  ':',
  '#',
  ';',
  'aws_access_key_id',
  'value',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '\r\r\n',
  '\uFEFF',
  '\u200b',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\0',
  'é',
  '漢',
  '😀',
  '"',
  "'",
  '\\',
  '\x0c',
  '\x1c',
)
const anyText = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

describe('the lossless syntax', () => {
  test(`gives back any bytes as they were (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(renderIni(parseIni(bytes))).toEqual(bytes)
      }),
      { seed, numRuns: 500 },
    )
  })

  test(`gives back any text as it was, whatever its line endings (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(renderIni(parseIni(bytesOf(text)))).toEqual(bytesOf(text))
      }),
      { seed, numRuns: 1000 },
    )
  })

  test(`gives back text in which single bytes were broken (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(255), (text, at, byte) => {
        const bytes = bytesOf(`${text}x`)
        bytes[at % bytes.length] = byte
        expect(renderIni(parseIni(bytes))).toEqual(bytes)
      }),
      { seed, numRuns: 500 },
    )
  })

  test(`cuts text into lines where any of the three endings stands, and nowhere else (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const expected = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
        if (expected.at(-1) === '') expected.pop()
        const { lines } = parseIni(bytesOf(text))
        expect(lines.map((line) => line.text)).toEqual(expected)
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1))
      }),
      { seed, numRuns: 500 },
    )
  })

  test('knows a byte order mark, UTF-16, a NUL and the first byte that is not UTF-8, with their places', () => {
    expect(parseIni(bytesOf('\uFEFF[a]')).oddities).toEqual([{ kind: 'byte-order-mark', line: 1, column: 1 }])
    expect(parseIni(Buffer.from('\uFEFF[default]\n', 'utf16le')).oddities).toEqual([
      { kind: 'utf-16', line: 1, column: 1 },
    ])
    expect(parseIni(Buffer.from('[default]\na = b\n', 'utf16le')).oddities).toEqual([
      { kind: 'utf-16', line: 1, column: 1 },
    ])
    expect(parseIni(bytesOf('[a]\nb\0c')).oddities).toEqual([{ kind: 'nul-byte', line: 2, column: 2 }])
    expect(parseIni(Buffer.from('[a]\n# caf\xe9\n', 'latin1')).oddities).toEqual([
      { kind: 'not-utf-8', line: 2, column: 6 },
    ])
  })

  test.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
    ['a sequence that ends too soon', [0xe2, 0x82]],
    ['a lonely continuation', [0x80]],
  ])('finds %s', (_, bad) => {
    const bytes = new Uint8Array([...bytesOf('é\n12'), ...bad])
    expect(parseIni(bytes).oddities).toMatchObject([{ kind: 'not-utf-8', line: 2 }])
  })
})

describe('a large file', () => {
  const text = Array.from(
    { length: 10_000 },
    (_, i) =>
      `[profile p${i}]\naws_access_key_id = AKID${i}\naws_secret_access_key = made-up-secret\nregion = eu-west-1\n\n`,
  ).join('')
  const read = (content: string) =>
    readAwsFiles(recordedMachine({ env: { HOME: '/h' }, files: { '/h/.aws/config': content } })).config

  test('of 10,000 profiles is read whole', () => {
    expect(read(text).profiles.size).toBe(10_000)
  })

  test.each([
    ['more than 16 MiB', 'a'.repeat(16 * 1024 * 1024 + 1)],
    ['more than a million lines', '\n'.repeat(1_000_001)],
  ])('of %s is refused with a clear value', (_, content) => {
    const { state, reading } = read(content)
    expect(state).toMatchObject({ kind: 'unreadable', because: 'too-large' })
    expect(reading).toMatchObject({ sections: [], problems: [{ kind: 'too-large', line: 1 }] })
  })

  // What costs more than in proportion to the length would not come back before the runner gives up.
  test.each([
    ['one long line', 'a'.repeat(2_000_000)],
    ['a header that never ends', `[${'['.repeat(1_000_000)}`],
    ['brackets only', ']['.repeat(500_000)],
    ['blanks only', ' '.repeat(2_000_000)],
    ['a value of a million continued lines', `[a]\nk = v\n${'  x\n'.repeat(500_000)}`],
    ['a value of blank lines', `[a]\nk = v\n${'\n'.repeat(900_000)}  x`],
    ['delimiters only', `[a]\n${'='.repeat(1_000_000)}`],
    ['quotes in a header', `[profile ${'"'.repeat(500_000)}]`],
  ])('of %s is read', (_, content) => {
    read(content)
  })
})
