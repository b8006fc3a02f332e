import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { phpGrammar } from '../../../../src/holder/files/dialects/php.ts'
import { parseIni } from '../../../../src/holder/files/syntax.ts'

/** `null` for a document that PHP refuses; else sections with their settings (test/truth/record/php/parser.php). */
type Answer = readonly (readonly [string, readonly (readonly [string, string])[]])[] | null

const recording: {
  readonly php: string
  readonly documents: readonly string[]
  readonly answers: readonly Answer[]
} = JSON.parse(readFileSync(new URL('../../../truth/php-parser.json', import.meta.url), 'utf8'))

describe(`the grammar of PHP, against what PHP ${recording.php} answered`, () => {
  test(`agrees on all ${recording.documents.length} documents`, () => {
    const disagreements = recording.documents.flatMap((document, index) => {
      const expected = sorted(recording.answers[index] ?? null)
      const predicted = sorted(read(document))
      return JSON.stringify(predicted) === JSON.stringify(expected) ? [] : [{ document, expected, predicted }]
    })
    expect(recording.documents.length).toBeGreaterThan(500)
    expect(disagreements).toEqual([])
  })

  test('takes linear time for a document of one long line', () => {
    const line = `[default]\n${'key ; '.repeat(200_000)}`
    const start = performance.now()
    read(line)
    expect(performance.now() - start).toBeLessThan(1500)
  })
})

function read(document: string): Answer {
  const { sections, problems } = phpGrammar.read(parseIni(new TextEncoder().encode(document)), 'linux')
  if (problems.length > 0) return null
  return sections.map(({ name, entries }) => [
    name,
    [...entries.values()].map(({ key, value }) => [key, value] as const),
  ])
}

/** PHP keeps a section and a key at the place where it first stood. */
function sorted(answer: Answer): Answer {
  const order = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
    a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
  return answer === null ? null : answer.map(([name, pairs]) => [name, [...pairs].sort(order)] as const).sort(order)
}
