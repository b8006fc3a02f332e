import { describe, expect, test } from 'vitest'
import { explainError, explanationJson } from '../../../src/holder/diagnosis/index.ts'
import { postedTexts } from './corpus.ts'

const innocent = postedTexts.filter(({ top }) => top.includes(null) || top.includes('look-alike'))

/** Causes that say nothing against the credentials that were sent. */
const harmless = /^(look-alike|quota-or-conflict|key-deleted)$/

describe('explain reads what people posted', () => {
  test('of which there are at least 300', () => {
    expect(new Set(postedTexts.map(({ text }) => text)).size).toBeGreaterThanOrEqual(300)
  })

  test.each(postedTexts.map((each) => [`${each.family}: ${each.name} (${each.seen})`, each] as const))(
    '%s',
    async (_, each) => {
      const { error, causes } = await explainError(each.text)
      const { code = error?.code ?? null, ...rest } = each.error
      expect(error?.code ?? null).toBe(code)
      if (error !== null) expect(error).toMatchObject(rest)
      expect(each.top).toContain(causes[0]?.id ?? null)
    },
  )

  test.each(innocent.map((each) => [each.name, each] as const))(
    'without blaming credentials: %s',
    async (_, { text }) => {
      const blamed = (await explainError(text)).causes.filter(({ id }) => !harmless.test(id))
      expect(blamed).toEqual([])
    },
  )

  test('and repeats no whole key id, token or secret of them', async () => {
    for (const { text } of postedTexts.filter((_, index) => index % 3 === 0)) {
      const told = JSON.stringify(explanationJson(await explainError(text)))
      expect(told).not.toMatch(/A[KS]IA[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{8}|FwoG|p9Zq\/0bTnJ2k/)
    }
  })
})
