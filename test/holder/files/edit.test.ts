import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CountersignError } from '../../../src/errors.ts'
import { readAsBotocore } from '../../../src/holder/files/dialects/botocore.ts'
import { applyEdit, type FileEdit } from '../../../src/holder/files/edit.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'

const seed = 20260801
const file = 'credentials'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const edited = (text: string, edit: FileEdit): string => textOf(applyEdit(bytesOf(text), edit))
const set = (section: string, key: string, value: string): FileEdit => ({ kind: 'set', file, section, key, value })
const unset = (section: string, key: string): FileEdit => ({ kind: 'unset', file, section, key })
const rename = (section: string, to: string): FileEdit => ({ kind: 'rename-section', file, section, to })

describe('setting a key', () => {
  test.each([
    ['keeps what stands around the value', '[a]\n# c\nk = old\nl = m\n', '[a]\n# c\nk = new\nl = m\n'],
    ['keeps the delimiter and its blanks', '[a]\nk:\told  \n', '[a]\nk:\tnew\n'],
    ['keeps the case in which the key is written', '[a]\nK=old\n', '[a]\nK=new\n'],
    ['fills an empty value', '[a]\nk =\n', '[a]\nk = new\n'],
    ['fills an empty value without blanks', '[a]\nk=\n', '[a]\nk=new\n'],
    ['replaces continued lines', '[a]\nk = old\n  more\n# c\n  most\nl = m\n', '[a]\nk = new\n# c\nl = m\n'],
    ['replaces a block', '[a]\nk =\n  x = 1\nl = m\n', '[a]\nk = new\nl = m\n'],
    ['makes one of a key that stands twice', '[a]\nk = 1\nl = m\nk = 2\n', '[a]\nk = new\nl = m\n'],
    [
      'adds at the end of the section, before its trailing blank lines',
      '[a]\nl = m\n\n[b]\n',
      '[a]\nl = m\nk = new\n\n[b]\n',
    ],
    ['adds under the indent of its neighbours', '[a]\n  l = m\n[b]\n', '[a]\n  l = m\n  k = new\n[b]\n'],
    ['adds below a continued value', '[a]\nl = m\n   n\n', '[a]\nl = m\n   n\nk = new\n'],
    ['adds to an empty section', '[a]\n[b]\n', '[a]\nk = new\n[b]\n'],
    ['adds with the line endings of the file', '[a]\r\nl = m\r\n', '[a]\r\nl = m\r\nk = new\r\n'],
    ['closes a last line that has no ending', '[a]\r\nl = m', '[a]\r\nl = m\r\nk = new\r\n'],
    ['keeps a byte order mark', '\uFEFF[a]\nk = old\n', '\uFEFF[a]\nk = new\n'],
    ['makes the section', '[b]\nl = m\n', '[b]\nl = m\n\n[a]\nk = new\n'],
    ['makes the section after a blank line', '[b]\nl = m\n\n', '[b]\nl = m\n\n[a]\nk = new\n'],
    ['makes the file', '', '[a]\nk = new\n'],
    [
      'finds an entry of [DEFAULT] only by that name',
      '[DEFAULT]\nk = old\n[a]\n',
      '[DEFAULT]\nk = old\n[a]\nk = new\n',
    ],
  ])('%s', (_, before, after) => {
    expect(edited(before, set('a', 'k', 'new'))).toBe(after)
  })

  test('leaves bytes that are not UTF-8 as they are, and writes its own as UTF-8', () => {
    const before = Buffer.from('# caf\xe9\n[a]\nk = old\n', 'latin1')
    const after = Buffer.concat([Buffer.from('# caf\xe9\n[a]\nk = ', 'latin1'), Buffer.from('é\n')])
    expect(Buffer.from(applyEdit(before, set('a', 'k', 'é')))).toEqual(after)
  })
})

describe('unsetting a key', () => {
  test.each([
    ['takes its line away', '[a]\nk = v\nl = m\n', '[a]\nl = m\n'],
    ['takes its continued lines away', '[a]\nk = v\n  w\n  x\nl = m\n', '[a]\nl = m\n'],
    ['takes its block away', '[a]\nk =\n  x = 1\n\n  y = 2\nl = m\n', '[a]\nl = m\n'],
    ['keeps a comment among the continued lines', '[a]\nk = v\n# c\n  w\nl = m\n', '[a]\n# c\nl = m\n'],
    ['takes all of a key that stands twice', '[a]\nk = 1\nl = m\nK = 2\n', '[a]\nl = m\n'],
    ['takes it out of every section of that name', '[a]\nk = 1\n[b]\nk = 2\n[a]\nk = 3\n', '[a]\n[b]\nk = 2\n[a]\n'],
    ['changes nothing where it is not', '[a]\nl = m\n[b]\nk = v', '[a]\nl = m\n[b]\nk = v'],
    ['works on the last line without an ending', '[a]\r\nl = m\r\nk = v', '[a]\r\nl = m\r\n'],
  ])('%s', (_, before, after) => {
    expect(edited(before, unset('a', 'k'))).toBe(after)
  })

  test('works in [DEFAULT]', () => {
    expect(edited('[DEFAULT]\nk = v\n[a]\n', unset('DEFAULT', 'k'))).toBe('[DEFAULT]\n[a]\n')
  })
})

describe('renaming a section', () => {
  test.each([
    ['changes the text between the brackets alone', ' [ a ]  # [c\n', 'x', ' [x]  # [c\n', ' a '],
    ['reaches to the last bracket, as Python does', '[a] # ]\n', 'x', '[x]\n', 'a] # '],
    ['renames all of that name', '[a]\n[b]\n[a]\n', 'x', '[x]\n[b]\n[x]\n', 'a'],
    ['leaves a continued value that looks like a header', '[b]\nk = v\n  [a]\n', 'x', '[b]\nk = v\n  [a]\n', 'a'],
  ])('%s', (_, before, to, after, section) => {
    expect(edited(before, rename(section, to))).toBe(after)
  })

  test('is refused when the name is taken', () => {
    expect(() => edited('[a]\n[b]\n', rename('a', 'b'))).toThrow(expect.objectContaining({ code: 'conflict' }))
  })
})

describe('an edit that the syntax cannot hold', () => {
  test.each([
    ['a value of two lines', set('a', 'k', 'x\ny')],
    ['a key with a delimiter', set('a', 'k=', 'x')],
    ['a key that would be a comment', set('a', '#k', 'x')],
    ['a key that would be a header', set('a', '[k]', 'x')],
    ['an empty key', unset('a', '')],
    ['a section of two lines', set('a\nb', 'k', 'x')],
    ['an empty section', rename('a', '')],
  ])('is refused: %s', (_, edit) => {
    expect(() => edited('[a]\nk = v\n', edit)).toThrow(CountersignError)
  })

  test('is refused on UTF-16 rather than mixing two encodings', () => {
    expect(() => applyEdit(Buffer.from('\uFEFF[a]\nk = v\n', 'utf16le'), set('a', 'k', 'x'))).toThrow(
      expect.objectContaining({ code: 'syntax' }),
    )
  })
})

describe('a header with blanks before it, which botocore takes for a part of the section above,', () => {
  const text = '[a]\nj = i\nk = v\n  [b]\nk = w\nl = m\n'
  const refused = (edit: FileEdit) => expect(() => edited(text, edit)).toThrow(/credentials:4 is a header with blanks/)

  test('is never lost, nor is a key below it', () => {
    refused(set('a', 'k', 'new'))
    refused(unset('a', 'k'))
    refused(unset('a', 'l'))
    refused(set('a', 'n', 'new'))
  })

  test('keeps nobody from changing what stands above', () => {
    expect(edited(text, set('a', 'j', 'new'))).toBe(text.replace('j = i', 'j = new'))
    expect(edited(text, unset('a', 'j'))).toBe(text.replace('j = i\n', ''))
    expect(edited(text, unset('a', 'x'))).toBe(text)
  })
})

describe(`any edit of any file (seed ${seed})`, () => {
  const line = fc.constantFrom(
    '[a]',
    '[b]',
    '[c]',
    '  [a]',
    '[DEFAULT]',
    'k = v',
    'K=w',
    'l = m',
    '  l: n',
    '   more',
    '# c',
    '  ; d',
    '',
    ' ',
    'garbage',
    'k',
    '= x',
    'k =',
  )
  const content = fc
    .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
    .map(([lines, ending, closed]) => lines.join(ending) + (closed ? ending : ''))
  const name = fc.constantFrom('a', 'b', 'new section')
  const value = fc.constantFrom('x', '', 'AKID', 'a = b', '[a]', '"q"')

  // Where a header is a part of a value nothing is done.
  const edited = (text: string, edit: FileEdit): string => {
    try {
      return textOf(applyEdit(bytesOf(text), edit))
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'conflict') return fc.pre(false) as never
      throw error
    }
  }
  const valuesOf = (text: string, section: string, key: string): readonly string[] =>
    readAsBotocore(parseIni(bytesOf(text)), 'linux')
      .sections.filter((each) => each.name === section)
      .flatMap(({ entries, repeated }) => [entries.get(key), ...repeated.filter((entry) => entry.key === key)])
      .flatMap((entry) => (entry === undefined ? [] : [entry.value]))

  test('that sets leaves exactly that value there, and a second time changes nothing', () => {
    fc.assert(
      fc.property(content, name, value, (text, section, set_) => {
        const after = edited(text, set(section, 'k', set_))
        expect(valuesOf(after, section, 'k')).toEqual([set_])
        expect(edited(after, set(section, 'k', set_))).toBe(after)
      }),
      { seed, numRuns: 1500 },
    )
  })

  test('that unsets leaves none, takes only whole lines away and keeps every comment', () => {
    fc.assert(
      fc.property(content, name, (text, section) => {
        const after = edited(text, unset(section, 'k'))
        expect(valuesOf(after, section, 'k')).toEqual([])
        const linesOf = (each: string): readonly string[] => each.split(/\r\n|\n|\r/)
        const comments = (each: string): readonly string[] => linesOf(each).filter((one) => /^\s*[#;]/.test(one))
        expect(comments(after)).toEqual(comments(text))
        const rest = [...linesOf(text)]
        for (const one of linesOf(after)) {
          if (one === '' && !rest.includes('')) continue
          const at = rest.indexOf(one)
          expect(at).toBeGreaterThanOrEqual(0)
          rest.splice(0, at + 1)
        }
      }),
      { seed, numRuns: 1500 },
    )
  })

  test('touches no other section', () => {
    fc.assert(
      fc.property(content, value, (text, set_) => {
        for (const edit of [set('a', 'k', set_), unset('a', 'k')]) {
          const after = edited(text, edit)
          for (const key of ['k', 'l']) expect(valuesOf(after, 'b', key)).toEqual(valuesOf(text, 'b', key))
        }
      }),
      { seed, numRuns: 1500 },
    )
  })
})
