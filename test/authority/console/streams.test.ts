import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { apiRows } from '../../../src/authority/console/api-rows.ts'
import type { ApiRow } from '../../../src/authority/console/ground.ts'
import { type Authority, type LogLine, startAuthority } from '../../../src/authority/index.ts'
import { asker } from '../server/caller.ts'
import { makePerson, quickAuthority, type Visitor, visitor } from './visitor.ts'

const all = ['*']
let authority: Authority
beforeAll(async () => {
  authority = await quickAuthority()
})
beforeEach(async () => {
  await authority.reset()
  await makePerson(authority, 'ada', all)
})
afterAll(() => authority.stop())

async function signedIn(userName = 'ada', at = authority): Promise<Visitor> {
  const person = visitor(at)
  expect((await person.signIn({ userName })).body.step).toBe('signed-in')
  return person
}

/** Opens the stream of decisions; `text` grows as it comes, unless nobody reads. */
async function follow(person: Visitor, { reads = true, at = authority } = {}) {
  const asked = request(new URL('/console/api/decisions/stream', at.url), {
    agent: false,
    headers: { Cookie: person.cookie(), Accept: 'text/event-stream' },
  })
  asked.on('error', () => {})
  asked.end()
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) => asked.once('response', resolve))
  const told = { status: response.statusCode, headers: response.headers, text: '' }
  const ended = new Promise<string>((resolve) => response.once('close', () => resolve(told.text)))
  if (reads) response.on('data', (part) => (told.text += part))
  onTestFinished(() => void asked.destroy())
  return { ...told, ended, text: () => told.text, close: () => asked.destroy() }
}

describe('a stream of events', () => {
  // Why: whoever stops an authority while a page is open would have to wait for its connection.
  test.each([true, false])('does not hold up a stop, whether its other side reads (%s) or not', async (reads) => {
    const other = await startAuthority({ data: ':memory:', port: 0, passwordWork: 4 })
    await makePerson(other, 'ada', all)
    await follow(await signedIn('ada', other), { reads, at: other })
    const begun = performance.now()
    await other.stop()
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  test('ends before anything is sent that the session may not see any more', async () => {
    for (const end of [
      (person: Visitor) => person.api('sign-out', {}),
      () => asker(authority)({ Action: 'DeleteUserPolicy', UserName: 'ada', PolicyName: 'p' }),
    ]) {
      const person = await signedIn()
      const stream = await follow(person)
      expect((await end(person)).status).toBe(200)
      authority.clock({ offset: 2 })
      await asker(authority)({ Action: 'GetCallerIdentity', Version: '2011-06-15' })
      expect(await stream.ended).not.toContain('GetCallerIdentity')
      authority.clock({})
    }
  })

  test('is one of sixteen at most that one person has, so that others get theirs', async () => {
    await makePerson(authority, 'bob', all)
    const ada = await signedIn()
    const open = []
    for (let count = 0; count < 16; count += 1) open.push(await follow(ada))
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200))
    const more = await follow(await signedIn())
    expect([more.status, JSON.parse(await more.ended).Error.Code]).toEqual([503, 'ServiceUnavailable'])
    expect((await follow(await signedIn('bob'))).status).toBe(200)
    open[0]!.close()
    await open[0]!.ended
    await expect.poll(async () => (await follow(ada)).status).toBe(200)
  })

  // Why: a browser opens it again by itself each time that it broke off.
  test('does not keep its session from idling out', async () => {
    const person = await signedIn()
    authority.clock({ offset: 600 })
    expect((await follow(person)).headers['set-cookie']).toBeUndefined()
    expect((await person.api('table/users')).cookie).not.toBeNull()
    authority.clock({})
  })
})

describe('what breaks inside', () => {
  test('is a 500 in JSON that tells nothing, and known to the operator', async () => {
    const log: LogLine[] = []
    const other = await startAuthority({ data: ':memory:', port: 0, passwordWork: 4, log: (line) => log.push(line) })
    onTestFinished(() => other.stop())
    await makePerson(other, 'ada')
    const person = await signedIn('ada', other)
    const broken: ApiRow[] = [
      {
        method: 'GET',
        path: 'broken',
        permission: [],
        run() {
          throw new Error('inner words')
        },
      },
      { method: 'POST', path: 'broken-later', permission: [], run: () => Promise.reject(new Error('inner words')) },
    ]
    const rows = apiRows as ApiRow[]
    rows.push(...broken)
    onTestFinished(() => void rows.splice(rows.length - broken.length, broken.length))
    for (const reply of [await person.api('broken'), await person.api('broken-later', {})]) {
      expect([reply.status, reply.headers.get('content-type')]).toEqual([500, 'application/json'])
      expect(reply.body.Error.Code).toBe('InternalFailure')
      expect(JSON.stringify(reply.body)).not.toContain('inner')
    }
    expect(log.filter(({ message }) => message.includes('inner words'))).toHaveLength(2)
    expect((await person.session()).body.signedIn).toBe(true)
  })
})

describe('a body', () => {
  test('is as long as what it is for: a megabyte of JSON for who is signed in, 64 KB for anybody', async () => {
    const person = await signedIn()
    const send = async (who: Visitor, path: string, size: number) =>
      (await who.api(path, JSON.stringify({ document: 'x'.repeat(size) }))).status
    expect(await send(person, 'policy-check', 900_000)).toBe(400)
    expect(await send(person, 'policy-check', 1_100_000)).toBe(413)
    expect(await send(visitor(authority), 'sign-in', 60_000)).toBe(400)
    expect(await send(visitor(authority), 'sign-in', 70_000)).toBe(413)
    expect((await person.aws({ Action: 'GetUser', UserName: 'x'.repeat(2_000_000) })).status).toBe(400)
  })
})
