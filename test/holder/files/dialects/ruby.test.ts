import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RubyGrammarRules, rubyGrammar, rubyProfileName } from '../../../../src/holder/files/dialects/ruby.ts'
import { parseIni } from '../../../../src/holder/files/syntax.ts'

type Told = string | readonly (readonly [key: string, value: Told])[]
/** The class of Ruby's own error, or profiles with their settings (test/truth/record/ruby/parser.rb). */
type Answer =
  | string
  | readonly (readonly [profile: string, settings: readonly (readonly [string, Told | Record<string, string>])[]])[]

const recording: {
  readonly documents: readonly string[]
  readonly answers: Readonly<Record<string, readonly Answer[]>>
} = JSON.parse(readFileSync(new URL('../../../truth/ruby-parser.json', import.meta.url), 'utf8'))

const parsers: Readonly<Record<string, Pick<RubyGrammarRules, 'joinsBlanks' | 'remembersSetting'>>> = {
  '3.168.1': { joinsBlanks: false, remembersSetting: false },
  'source of 2024 and later': { joinsBlanks: true, remembersSetting: true },
}

describe('the grammar of the SDK for Ruby', () => {
  test.each(Object.entries(parsers))('is that of %s on all recorded documents', (version, rules) => {
    const answers = recording.answers[version] ?? []
    expect(answers.length).toBe(recording.documents.length)
    expect(answers.length).toBeGreaterThan(500)
    const wrong = recording.documents.flatMap((document, index) => {
      const [predicted, real] = [read(document, rules), sorted(answers[index]!)]
      return JSON.stringify(predicted) === JSON.stringify(real) ? [] : [{ document, predicted, real }]
    })
    expect(wrong.slice(0, 3)).toEqual([])
  })

  test('tells where a value stands', () => {
    const reading = rubyGrammar({ ...parsers['3.168.1']!, name: 'ruby', encoding: 'utf-8' }).read(
      bytes('[a]\n[b]\nk =  v ; c\n'),
      'linux',
    )
    const section = reading.sections.find(({ name }) => name === 'b')
    expect(section?.line).toBe(2)
    expect(section?.entries.get('k')).toMatchObject({ value: 'v', line: 3, column: 6 })
  })

  test('takes linear time for long lines and for many blocks', () => {
    const grammar = rubyGrammar({ ...parsers['source of 2024 and later']!, name: 'ruby', encoding: 'utf-8' })
    for (const text of [
      `[a]\nk = ${' '.repeat(500_000)}x\n`,
      `[${' '.repeat(500_000)}x]\n`,
      '[a]\nk = \n  x = y\n'.repeat(20_000),
      `[a]\nk = ${'a'.repeat(500_000)}\nk =\n${'  a = a\n'.repeat(20_000)}`,
    ]) {
      const began = performance.now()
      grammar.read(bytes(text), 'linux')
      expect(performance.now() - began).toBeLessThan(3000)
    }
  })
})

function bytes(text: string) {
  return parseIni(new TextEncoder().encode(text))
}

function read(text: string, rules: (typeof parsers)[string]): unknown {
  const { sections, problems } = rubyGrammar({ ...rules, name: 'ruby', encoding: 'utf-8' }).read(bytes(text), 'linux')
  if (problems[0]?.sdkSays !== undefined) return problems[0].sdkSays.replace(/:.*/s, '')
  const profiles = new Map<string, Map<string, unknown>>()
  for (const section of sections) {
    const profile = rubyProfileName(section.name, rules)
    const settings = profiles.get(profile) ?? new Map<string, unknown>()
    for (const { key, value, nested } of section.entries.values()) {
      settings.set(key, nested === null ? value : Object.fromEntries(nested))
    }
    if (settings.size > 0) profiles.set(profile, settings)
  }
  return sorted([...profiles].map(([name, settings]) => [name, [...settings] as never]))
}

/** In one order, blocks as lists. */
function sorted(answer: Answer): unknown {
  if (typeof answer === 'string') return answer
  const order = <T extends readonly [string, unknown]>(list: readonly T[]): readonly T[] =>
    [...list].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return order(
    answer.map(([profile, settings]) => [
      profile,
      order(settings.map(([key, value]) => [key, typeof value === 'string' ? value : order(Object.entries(value))])),
    ]),
  )
}
