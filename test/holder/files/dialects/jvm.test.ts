import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { javaV1Grammar } from '../../../../src/holder/files/dialects/java-v1.ts'
import { javaV2Grammars } from '../../../../src/holder/files/dialects/java-v2.ts'
import { kotlinGrammars } from '../../../../src/holder/files/dialects/kotlin.ts'
import type { Grammar } from '../../../../src/holder/files/documents.ts'
import { parseIni } from '../../../../src/holder/files/syntax.ts'
import { asData, lineByLine } from '../line-by-line.ts'

const grammars: readonly Grammar[] = [
  javaV1Grammar,
  javaV2Grammars.config,
  javaV2Grammars.credentials,
  kotlinGrammars.config,
  kotlinGrammars.credentials,
]
const pieces = [
  '[default]\n',
  '[profile a]\n',
  '[b]\n',
  '[ c ]\n',
  '[]\n',
  '[sso-session s]\n',
  '[services x]\n',
  'k = v\n',
  'k2=w # c\n',
  'j=\n',
  'j =\n  n = 1\n',
  ' i = 3\n',
  '  \n',
  '# c\n',
  '; d\n',
  'junk\n',
  'a b = c\n',
  '\r\n',
  '\ufeff',
  '\u2028',
  'z = 1',
]
const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''))

describe('the grammars of the SDKs for the JVM (seed 5)', () => {
  test.each(grammars)('$name reads the same without plain sections', (grammar) => {
    fc.assert(
      fc.property(texts, (text) => {
        const document = parseIni(new TextEncoder().encode(text))
        expect(asData(grammar.read(document, 'linux'))).toEqual(asData(grammar.read(lineByLine(document), 'linux')))
      }),
      { seed: 5, numRuns: 1000 },
    )
  })

  test.each(grammars)('$name takes any bytes', (grammar) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const { line } of grammar.read(parseIni(bytes), 'linux').problems) expect(line).toBeGreaterThan(0)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  test.each(grammars)('$name takes 100,000 lines of one value, of blanks and of brackets in linear time', (grammar) => {
    const lines = [
      '[default]',
      'a =',
      ...Array.from({ length: 100_000 }, () => '  b = c'),
      `x = ${' '.repeat(100_000)}y`,
      '['.repeat(100_000),
    ]
    const document = parseIni(new TextEncoder().encode(lines.join('\n')))
    const before = process.cpuUsage()
    grammar.read(document, 'linux')
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
  })
})
