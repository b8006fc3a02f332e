import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goGrammar, goSectionName } from '../../../src/holder/files/dialects/go.ts'
import { type GoFile, goSection } from '../../../src/holder/files/dialects/go-sections.ts'
import { parseInt64, parseRfc3339, trimSpace } from '../../../src/holder/files/dialects/go-text.ts'
import { goV1Grammar } from '../../../src/holder/files/dialects/go-v1.ts'
import type { Grammar } from '../../../src/holder/files/documents.ts'
import type { FileReadingByDialect } from '../../../src/holder/files/reading.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'
import { lineByLine } from './line-by-line.ts'

const seed = 20261128

function read(grammar: Grammar, text: string): FileReadingByDialect {
  return grammar.read(parseIni(new TextEncoder().encode(text)), 'linux')
}

/** Values by section and key, sections of one name one after the other. */
function values(grammar: Grammar, text: string): unknown {
  return read(grammar, text).sections.map(({ name, entries }) => [
    name,
    Object.fromEntries([...entries].map(([key, { value, nested }]) => [key, nested === null ? value : [...nested]])),
  ])
}

describe('the grammar of Go, version 2', () => {
  test('reads settings with comments, quotation marks, colons and keys in any case', () => {
    const text = '[default] ; c\nA = 1 # c\nb: "2" ; c\nC=\'3\'\nd = "4" 5\ne#f = 6#7\n# g = 8\n;h = 9\n'
    expect(values(goGrammar, text)).toEqual([['default', { a: '1', b: '2', c: '3', d: '"4" 5', 'e#f': '6#7' }]])
  })

  test('takes an indented line for a sub-setting below an empty value, and for a setting or a continuation elsewhere', () => {
    const text = '[default]\n  first = 1 # c\ns3 =\n  a = b # c\n  d\nkey = v\n  more\n  other = w\n'
    expect(values(goGrammar, text)).toEqual([
      ['default', { first: '1', s3: [['a', 'b # c']], key: 'v\nmore', other: 'w' }],
    ])
  })

  test('passes over lines that it does not know, and what stands before any section', () => {
    expect(values(goGrammar, 'lost = 1\n[default]\nwhat\n[broken\nkey = v\n[]\nlost = 2\n')).toEqual([
      ['default', { key: 'v' }],
      ['', {}],
    ])
  })

  test('ends lines at line feeds alone', () => {
    expect(values(goGrammar, '[default]\r\nkey = a\rb\r\n  more\r\n')).toEqual([['default', { key: 'a\rb\nmore\r' }]])
  })

  test('tells where a value stands, and those of its key before it', () => {
    const [section] = read(goGrammar, '\uFEFFx\n[a]\nkey  =  "v" # c\nkey = w\n').sections
    expect(section).toMatchObject({ name: 'a', line: 2, column: 1 })
    expect(section!.repeated).toMatchObject([{ value: 'v', rawValue: '  "v" # c', line: 3, column: 9, keyColumn: 1 }])
    expect(section!.entries.get('key')).toMatchObject({ value: 'w', line: 4, column: 7, lastLine: 4 })
  })

  test('keeps one blank behind the first word of a header', () => {
    expect([' a ', 'profile \t a  b', 'profile', '\u0085x\u00a0'].map(goSectionName)).toEqual([
      'a',
      'profile a  b',
      'profile',
      'x',
    ])
  })

  test('falls over a value that is one quotation mark, wherever it stands', () => {
    for (const text of ['x = "\n', "[a]\n x: ' \n", '[a]\nx = " # c\n']) {
      expect(read(goGrammar, text).problems).toMatchObject([{ sdkSays: expect.stringContaining('out of range') }])
    }
    for (const text of ['# x = "\n', '[a = "]\n', '[a]\n x = " # c\n'])
      expect(read(goGrammar, text).problems).toEqual([])
  })
})

describe('the grammar of Go, version 1', () => {
  test('knows keys in their own case, and quotation marks of one kind', () => {
    const text = '[default] ; c\nA = 1 # c\n  b: "2" ; c\nC=\'3\'\nd = "4" 5\ne = 6#7\nf = g "h"\n'
    expect(values(goV1Grammar, text)).toEqual([['default', { A: '1', b: '2', C: "'3'", d: '4', e: '6#7', f: 'g "h"' }]])
  })

  test('drops an empty setting with the indented lines below it', () => {
    expect(values(goV1Grammar, '[default]\ns3 =\n  a = b\n  c = d\nkey = v\n')).toEqual([['default', { key: 'v' }]])
  })

  test('refuses the whole file for what is no setting, and says where', () => {
    const refused = (text: string) =>
      read(goV1Grammar, text).problems.map(({ kind, line, column }) => [kind, line, column])
    expect(refused('[a]\nkey = v\nwhat')).toEqual([['no-delimiter', 3, 1]])
    expect(refused('[a]\nwhat # c\n')).toEqual([['no-delimiter', 2, 1]])
    expect(refused('[a]\nkey = # c\n')).toEqual([['broken-block', 2, 7]])
    expect(refused('[a]\n[b\nkey = v\n')).toEqual([['open-header', 2, 1]])
    expect(refused('[a , b]\n')).toEqual([['open-header', 1, 1]])
    expect(refused('[ ]\n')).toEqual([['open-header', 1, 1]])
    expect(refused('x]\n')).toEqual([['open-header', 1, 2]])
    // But not for a line that is a word alone, when another follows.
    expect(refused('[a]\nwhat\nkey = v\n')).toEqual([])
  })

  test('takes the file for empty when a quotation mark has no fellow', () => {
    expect(read(goV1Grammar, '[a]\nkey = "v\n[b]\nkey = w\n')).toMatchObject({ sections: [], problems: [] })
  })
})

const piece = fc.constantFrom(
  ...['[default]', '[profile a]', '[profile a]', '[ b ]', '[c, d]', '[e = f]', '[]', '[ ]', '[x', '[y] # c', ' [z]'],
  ...[
    'k = v',
    'k=w',
    'K = u',
    'region : r',
    'region',
    ' s = t',
    '\tu',
    's3 =',
    '  a = b',
    '# c',
    ';d',
    ' # e',
    '',
    ' ',
  ],
  ...[
    '= v',
    'k = é',
    'k = "q" ; w',
    'k = "',
    "k = '",
    'k = "a',
    'k = # c',
    'k = a , b',
    'k = a,b',
    'k = , a',
    '\u0000',
  ],
)
const ending = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '')
const texts = fc.array(fc.tuple(piece, ending), { maxLength: 24 }).map((lines) => lines.flat().join(''))

describe.each([goGrammar, goV1Grammar])('the stretches of a document for $name', (grammar) => {
  test(`say nothing else than its lines do (seed ${seed})`, () => {
    fc.assert(
      fc.property(texts, (text) => {
        const document = parseIni(new TextEncoder().encode(text))
        expect(plain(grammar.read(document, 'linux'))).toEqual(plain(grammar.read(lineByLine(document), 'linux')))
      }),
      { seed, numRuns: 3000 },
    )
  })

  test('are read in linear time, however hostile the text', () => {
    const hostile = ['[', '"', '= ', ' ,', '\\"', 'a\n b\n', '[a]\n', '= "\n', ' \n', '\r'].map((part) =>
      part.repeat(200_000 / part.length),
    )
    const began = performance.now()
    for (const text of hostile) read(grammar, text)
    expect(performance.now() - began).toBeLessThan(15_000)
  })
})

/** Readings as data: whatever made their sections, by the names that count. */
function plain({ sections, problems }: FileReadingByDialect) {
  const copy = ({ name, line, column, entries, repeated }: (typeof sections)[number]) => ({
    name: trimSpace(name),
    line,
    column,
    entries: [...entries],
    repeated: [...repeated],
  })
  return { sections: sections.map(copy), problems }
}

describe('the sections of both files for Go, version 2', () => {
  const file = (role: GoFile['role'], text: string): GoFile => ({
    path: `/${role}`,
    written: `/${role}`,
    role,
    reading: read(goGrammar, text),
  })
  const merged = (config: string, credentials: string, name: string) => {
    const section = goSection(file('config', config), file('credentials', credentials), name)
    return section === null ? null : Object.fromEntries([...section.settings].map(([key, { value }]) => [key, value]))
  }

  test('move listed keys alone from the credentials file', () => {
    expect(merged('[profile a]\nregion = 1\nendpoint_url = 1\n', '[a]\nregion = 2\nendpoint_url = 2\n', 'a')).toEqual({
      region: '2',
      endpoint_url: '1',
    })
    expect(merged('', '[a]\nendpoint_url = 2\n', 'a')).toEqual({ endpoint_url: '2' })
  })

  test('rename profiles in the order of their names, so that one called "profile x" hides x', () => {
    const text = '[profile profile x]\nregion = 1\n[profile x]\nregion = 2\n'
    expect(merged(text, '', 'profile x')).toEqual({ region: '1' })
    expect(merged(text, '', 'x')).toBeNull()
    expect(merged('[profile x]\nregion = 2\n', '', 'profile x')).toBeNull()
  })

  test('keep the default in any case of letters, as a profile of its own', () => {
    expect(merged('[DEFAULT]\nregion = 1\n', '', 'DEFAULT')).toEqual({ region: '1' })
    expect(merged('[DEFAULT]\nregion = 1\n', '', 'default')).toBeNull()
  })
})

describe('the words of Go', () => {
  test('are numbers with and without a prefix', () => {
    expect(
      ['12', '-3', '+4', '0x1F', '0b11', '017', '1_000', '08', '1_', '', '9223372036854775808'].map((text) =>
        parseInt64(text, 'prefixed'),
      ),
    ).toEqual([12n, -3n, 4n, 31n, 3n, 15n, 1000n, null, null, null, null])
    expect(['12', '0x1F', '017'].map((text) => parseInt64(text, 'decimal'))).toEqual([12n, null, 17n])
  })

  test('are instants, with an hour of one digit and a comma where they are not strict', () => {
    const instants = [
      '2099-01-01T00:00:00Z',
      '2099-01-01T1:00:00,5+01:00',
      '2099-02-29T00:00:00Z',
      '2099-01-01T00:00:00UTC',
    ]
    expect(instants.map((text) => parseRfc3339(text)?.toISOString() ?? null)).toEqual([
      '2099-01-01T00:00:00.000Z',
      '2099-01-01T00:00:00.500Z',
      null,
      null,
    ])
    expect(instants.map((text) => parseRfc3339(text, true) !== null)).toEqual([true, false, false, false])
  })
})
