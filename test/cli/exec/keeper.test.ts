import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/anatomy/secret.ts'
import { createKeeper, type Renewed } from '../../../src/cli/exec/keeper.ts'
import type { Credential } from '../../../src/holder/sources/credential.ts'

const start = Date.parse('2026-11-28T12:00:00Z')
const minute = 60_000
const at = { probe: 'test' }

/** A credential that ends so many minutes after the start; null: nobody knows. */
function ending(id: string, minutes: number | null): Credential {
  return {
    provider: 'custom-process',
    profile: null,
    accessKeyId: { value: id, at },
    secretAccessKey: { value: new Secret('made up'), at },
    sessionToken: null,
    expiration: minutes === null ? null : { value: new Date(start + minutes * minute), at },
    accountId: null,
  }
}

/** A keeper on a clock that is turned by hand, with what renewing brings, in order. */
function keeping(first: Credential, ...brings: readonly (Credential | string)[]) {
  let now = start
  let renewals = 0
  const keep = createKeeper(
    first,
    () => new Date(now),
    async (): Promise<Renewed> => {
      const next = brings[renewals] ?? 'nothing more'
      renewals += 1
      return typeof next === 'string' ? { kind: 'not-renewed', because: next } : { kind: 'held', credential: next }
    },
  )
  return {
    async askAt(minutes: number) {
      now = start + minutes * minute
      const kept = await keep()
      return kept.kind === 'kept' ? kept.credential.accessKeyId.value : `over: ${kept.because}`
    },
    keep,
    renewals: () => renewals,
  }
}

describe('a credential that is handed out', () => {
  test('is renewed a quarter of an hour before its end, and not sooner', async () => {
    const keeper = keeping(ending('one', 60), ending('two', 105))
    expect([await keeper.askAt(0), await keeper.askAt(44), await keeper.askAt(46)]).toEqual(['one', 'one', 'two'])
    expect(keeper.renewals()).toBe(1)
  })

  test('that is short is renewed after two thirds of its time', async () => {
    const keeper = keeping(ending('one', 15), ending('two', 26))
    expect([await keeper.askAt(9), await keeper.askAt(11)]).toEqual(['one', 'two'])
  })

  test('goes on to its end while renewing fails, and is tried again, but not at each question', async () => {
    const keeper = keeping(ending('one', 60), 'no network', 'no network', ending('two', 120))
    expect(await keeper.askAt(50)).toBe('one')
    expect(await keeper.askAt(50.1)).toBe('one')
    expect(keeper.renewals()).toBe(1)
    expect(await keeper.askAt(55)).toBe('one')
    expect(await keeper.askAt(59)).toBe('two')
  })

  test('is not handed out after its end, and the reason is told', async () => {
    const keeper = keeping(ending('one', 60), 'a one-time code is needed')
    expect(await keeper.askAt(61)).toBe('over: a one-time code is needed')
  })

  test('without a known end is looked up again after a minute', async () => {
    const keeper = keeping(ending('one', null), ending('two', null))
    expect([await keeper.askAt(0.5), await keeper.askAt(2)]).toEqual(['one', 'two'])
  })

  test('is renewed once, however many ask at the same time', async () => {
    const keeper = keeping(ending('one', 60), ending('two', 105))
    await keeper.askAt(0)
    const answers = await Promise.all([keeper.askAt(50), keeper.askAt(50), keeper.askAt(50)])
    expect(answers).toEqual(['two', 'two', 'two'])
    expect(keeper.renewals()).toBe(1)
  })
})
