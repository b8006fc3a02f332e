import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Authority } from '../../../src/authority/index.ts'
import { createGuesses } from '../../../src/authority/sign-in/guesses.ts'
import { formBrowser } from '../identity-center/center.ts'
import { giveDevice, makePerson, password, quickAuthority, visitor } from './visitor.ts'

describe('guesses', () => {
  const now = Date.parse('2026-11-28T12:00:00Z')
  const failTwentyTimes = (guesses: ReturnType<typeof createGuesses>, name: string) => {
    for (let count = 0; count < 20; count += 1) guesses.failed(name, now)
  }

  // Why: else trying many names would be the way to go on guessing at one.
  test('at a name are not forgotten because others are tried', () => {
    const guesses = createGuesses()
    failTwentyTimes(guesses, 'ada')
    for (let count = 0; count < 50_000; count += 1) guesses.failed(`nobody ${count}`, now)
    expect(guesses.wait('ada', now)).toBeGreaterThan(0)
    expect(guesses.wait('nobody 49999', now)).toBe(0)
  })

  test('that were not judged are taken back, unless another one came after', () => {
    const guesses = createGuesses()
    for (let count = 0; count < 50; count += 1) guesses.failed('ada', now)()
    expect(guesses.wait('ada', now)).toBe(0)
    failTwentyTimes(guesses, 'ada')
    const wait = guesses.wait('ada', now)
    const takeBack = guesses.failed('ada', now)
    guesses.failed('ada', now)
    takeBack()
    expect(guesses.wait('ada', now)).toBeGreaterThanOrEqual(wait)
    guesses.forget('ada')
    expect(guesses.wait('ada', now)).toBe(0)
  })
})

describe('guesses at codes', () => {
  let authority: Authority
  beforeAll(async () => {
    authority = await quickAuthority()
  })
  afterAll(() => authority.stop())

  // Why: whoever knows the password signs in with it in between, which ends the count of wrong passwords.
  test('are counted by person, whichever page they are made at and however many devices there are', async () => {
    await makePerson(authority, 'ada')
    await giveDevice(authority, 'ada')
    const code = await giveDevice(authority, 'ada', 'second')
    const statuses: number[] = []
    for (let round = 0; round < 12; round += 1) {
      const { challenge } = (await visitor(authority).signIn()).body
      const wrong = ['000000', '000001', '000002'].find((digits) => digits !== code())!
      statuses.push((await visitor(authority).api('sign-in/mfa', { challenge, code: wrong })).status)
      const page = await formBrowser(authority, password).signIn('/start', { username: 'ada', code: wrong })
      statuses.push(page.status)
    }
    expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(10)
    // The right code of the device that was never guessed at has to wait as well.
    const { challenge } = (await visitor(authority).signIn()).body
    expect((await visitor(authority).api('sign-in/mfa', { challenge, code: code() })).status).toBe(429)
    authority.clock({ offset: 3_600 })
    const later = (await visitor(authority).signIn()).body
    const done = await visitor(authority).api('sign-in/mfa', { challenge: later.challenge, code: code(3_600) })
    expect(done.body.step).toBe('signed-in')
  })
})

describe('whoever has signed in before', () => {
  let authority: Authority
  beforeAll(async () => {
    authority = await quickAuthority()
    await makePerson(authority, 'ada')
    await makePerson(authority, 'bob')
  })
  afterAll(() => authority.stop())

  const guess = (userName: string, cookie: string, as: object = { password: 'x' }) => {
    const browser = visitor(authority)
    browser.carry(cookie)
    return browser.signIn({ userName, ...as })
  }
  const slowDown = async (userName: string, cookie: string) => {
    for (let count = 0; count < 12; count += 1) await guess(userName, cookie)
    expect((await guess(userName, cookie, {})).status).toBe(429)
  }

  // Why: else one request in a quarter of an hour keeps anybody out for ever.
  test('is not kept out of that browser by a stranger who guesses at the name', async () => {
    const first = await visitor(authority).signIn()
    expect(first.known).toMatch(
      /^countersign-known=[\w-]+; Max-Age=7776000; Path=\/console\/; HttpOnly; SameSite=Strict$/,
    )
    const cookie = first.known!.split(';')[0]!
    await slowDown('ada', '')
    const again = await guess('ada', cookie, {})
    expect([again.status, again.body.step, again.known]).toEqual([200, 'signed-in', null])
    // It has guesses of its own, no more than anybody, and none at other names; and they are nobody else's.
    await slowDown('ada', cookie)
    await slowDown('bob', cookie)
    expect((await guess('bob', (await firstOf('cat')).split(';')[0]!, {})).status).toBe(429)
    authority.clock({ offset: 91 * 86_400 })
    await slowDown('ada', '')
    expect((await guess('ada', cookie, {})).status).toBe(429)
    authority.clock({})
  })

  async function firstOf(userName: string): Promise<string> {
    await makePerson(authority, userName)
    return (await visitor(authority).signIn({ userName })).known!
  }
})
