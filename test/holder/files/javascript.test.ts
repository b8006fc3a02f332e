import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { javascriptV2Grammar, javascriptV3Grammar } from '../../../src/holder/files/dialects/javascript.ts'
import type { Grammar } from '../../../src/holder/files/documents.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'

type Read = readonly (readonly [section: string, settings: Readonly<Record<string, string>>])[]

function read(grammar: Grammar, content: string | Uint8Array): Read {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const { sections } = grammar.read(parseIni(bytes), 'linux')
  return sections.map(({ name, entries }) => [
    name,
    Object.fromEntries([...entries.values()].map(({ key, value }) => [key, value])),
  ])
}

const v3 = (content: string | Uint8Array): Read => read(javascriptV3Grammar, content)
const v2 = (content: string | Uint8Array): Read => read(javascriptV2Grammar, content)

describe('the grammar of the SDKs for JavaScript', () => {
  test('below a header without its bracket the settings belong to the section above', () => {
    const text = '[default]\na = 1\n[prod\na = 2\nb = 3\n'
    expect(v3(text)).toEqual([['default', { a: '2', b: '3' }]])
    expect(v2(text)).toEqual(v3(text))
  })

  test('a comment begins at the start of a line or after a blank, in headers too', () => {
    const text = '# c\n[a] ; c\nx = 1 # c\ny = 1#2;3\n ; c\nz =#4\n'
    expect(v3(text)).toEqual([['a', { x: '1', y: '1#2;3', z: '#4' }]])
    expect(v2(text)).toEqual(v3(text))
  })

  test('indented headers and settings are as good as others, and a colon is no delimiter', () => {
    expect(v2('  [a]\n\tx = 1\ny: 2\n')).toEqual([['a', { x: '1' }]])
  })

  test('in v3 what is indented below an empty setting belongs to it, until a line that is not', () => {
    const text = '[a]\nsts =\n  endpoint_url = u\n  x = 1\ny = 2\n  z = 3\n'
    expect(v3(text)).toEqual([['a', { 'sts.endpoint_url': 'u', 'sts.x': '1', y: '2', z: '3' }]])
    expect(v2(text)).toEqual([['a', { endpoint_url: 'u', x: '1', y: '2', z: '3' }]])
  })

  test('of a key that stands twice the last value counts, and the first is kept for who wants to tell of it', () => {
    const reading = javascriptV3Grammar.read(parseIni(new TextEncoder().encode('[a]\nx = 1\n x = 2\n')), 'linux')
    const [section] = reading.sections
    expect(section?.entries.get('x')).toMatchObject({ value: '2', line: 3, column: 6, keyColumn: 2 })
    expect(section?.repeated).toMatchObject([{ value: '1', line: 2 }])
  })

  test('a setting without key or value is none, and below [] nothing is read', () => {
    expect(v2('[a]\n= 1\nx =\ny ==\n[]\nz = 1\n')).toEqual([['a', { y: '=' }]])
  })

  test('a byte order mark is a blank', () => {
    expect(v3('\uFEFF[a]\nx = 1\n')).toEqual([['a', { x: '1' }]])
  })

  test('a lone carriage return ends no line', () => {
    expect(v3('[a]\rx = 1\r[b]\ny = 2\r\n')).toEqual([['a]\rx = 1\r[b', { y: '2' }]])
    expect(v3('[a]\nx = 1\ry = 2\n')).toEqual([['a', { x: '1\ry = 2' }]])
  })

  test('bytes that are not UTF-8 are replacement characters', () => {
    const bytes = Uint8Array.of(...new TextEncoder().encode('[a]\nx = '), 0xe9, 0x0a)
    expect(v3(bytes)).toEqual([['a', { x: '\uFFFD' }]])
  })

  test('a header that reaches into the language makes the file unusable, in the words of each SDK', () => {
    const problems = (grammar: Grammar, text: string): readonly unknown[] =>
      grammar.read(parseIni(new TextEncoder().encode(text)), 'linux').problems.map(({ sdkSays }) => sdkSays)
    expect(problems(javascriptV3Grammar, '[a]\nx = 1\n[profile __proto__]\n')).toEqual([
      'Error: Found invalid profile name "profile __proto__"',
    ])
    expect(problems(javascriptV2Grammar, '[services __proto__]\n')).toEqual([
      "Error: Cannot load profile name 'services __proto__' from shared ini file.",
    ])
    expect(problems(javascriptV3Grammar, '[services __proto__]\n')).toEqual([])
  })

  test('plain sections are read as line by line (seed 20261128)', () => {
    const line = fc.constantFrom(
      '[default]',
      '[profile a]',
      'x = 1',
      'y=2',
      'x = 1 # c',
      '',
      '# c',
      '  z = 3',
      's =',
      '[b',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        // A mark at the start keeps the parser from taking plain sections as they are.
        for (const grammar of [javascriptV3Grammar, javascriptV2Grammar]) {
          expect(read(grammar, lines.join('\n'))).toEqual(read(grammar, `\uFEFF\n${lines.join('\n')}`))
        }
      }),
      { seed: 20261128, numRuns: 300 },
    )
  })

  test('hostile text is read in linear time, in many lines and in one', () => {
    const odd = [
      '[',
      `[${' '.repeat(50)}`,
      '=',
      ' ;',
      'x'.repeat(40),
      `a =${' '.repeat(40)}`,
      '[a b c]',
      '\u00a0#',
    ].join('\n')
    const long = [' ', '[', '=', '#', '\u00a0', 'profile '].map((part) => `[a]\n${part.repeat(200_000)}\n`).join('')
    const start = performance.now()
    v3(`${odd}\n`.repeat(5_000) + long)
    v2(`${odd}\n`.repeat(5_000) + long)
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
