import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cppConfigGrammar, cppCredentialsGrammar } from '../../../../src/holder/files/dialects/cpp.ts'
import { dotnetGrammar } from '../../../../src/holder/files/dialects/dotnet.ts'
import { phpGrammar } from '../../../../src/holder/files/dialects/php.ts'
import { parseIni } from '../../../../src/holder/files/syntax.ts'
import { asData, lineByLine } from '../line-by-line.ts'

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
          expect(asData(grammar.read(document, 'linux'))).toEqual(asData(grammar.read(lineByLine(document), 'linux')))
        }),
        { seed: 5, numRuns: 1500 },
      )
    },
  )
})
