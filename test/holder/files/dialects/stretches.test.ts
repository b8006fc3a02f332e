import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cppConfigGrammar, cppCredentialsGrammar } from '../../../../src/holder/files/dialects/cpp.ts'
import { dotnetGrammar } from '../../../../src/holder/files/dialects/dotnet.ts'
import { phpGrammar } from '../../../../src/holder/files/dialects/php.ts'
import type { Grammar } from '../../../../src/holder/files/documents.ts'
import { type IniDocument, parseIni } from '../../../../src/holder/files/syntax.ts'

const pieces = [
  '[default]\n',
  '[profile a]\n',
  '[b]\n',
  '[ c ]\n',
  '[a=b]\n',
  'k = v\n',
  'k2=w # c\n',
  'k3 = x ; y\n',
  'j=\n',
  'j =\n  n = 1\n',
  '\n',
  '# c\n',
  '; d\n',
  'yes = 1\n',
  'x = [1]\n',
  'junk\n',
  'K = 2\n',
  ' i = 3\n',
  '[sso-session s]\n',
  'z = 1',
  'a',
  '\r\n',
]

describe('grammars that take plain sections as they are (seed 5)', () => {
  test.each([phpGrammar, dotnetGrammar, cppConfigGrammar, cppCredentialsGrammar])(
    '$name reads the same without them',
    (grammar) => {
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
          const document = parseIni(new TextEncoder().encode(parts.join('')))
          expect(told(grammar, document)).toEqual(told(grammar, inOneStretch(document)))
        }),
        { seed: 5, numRuns: 1500 },
      )
    },
  )
})

function inOneStretch(document: IniDocument): IniDocument {
  const { encoding, text, lines, oddities } = document
  const stretches = lines.length === 0 ? [] : [{ name: null, start: 0, end: lines.length }]
  return {
    encoding,
    text,
    lines,
    oddities,
    stretches,
    line: (index) => document.line(index),
    offset: (index) => document.offset(index),
  }
}

function told(grammar: Grammar, document: IniDocument): unknown {
  const { sections, problems } = grammar.read(document, 'linux')
  return {
    problems,
    sections: sections.map(({ name, line, column, entries, repeated }) => ({
      name,
      line,
      column,
      entries: [...entries],
      repeated: [...repeated],
    })),
  }
}
