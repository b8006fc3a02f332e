import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'

/*
 * why: the body is read before anybody has shown who they are, so that no body may break what reads it.
 */
let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0 })
})
afterAll(() => authority.stop())

const deep = (open: string, close: string) => `${open.repeat(6000)}1${close.repeat(6000)}`

test.each([
  [
    'members with methods of their own',
    '{"RegionOptStatusContains":[{"toString":1,"valueOf":1}],"MaxResults":{"toJSON":1}}',
  ],
  ['lists deeper than the stack', `{"RegionOptStatusContains":[${'['.repeat(30_000)}${']'.repeat(30_000)}]}`],
  ['objects in objects', `{"MaxResults":${deep('{"a":', '}')}}`],
  ['names that every object has', '{"__proto__":{"MaxResults":1},"constructor":{"prototype":1}}'],
])('an unsigned call with %s is refused for its missing signature', async (_, body) => {
  const reply = await fetch(`${authority.url}/listRegions`, { method: 'POST', body })
  expect(reply.status).toBe(403)
  expect(await reply.json()).toEqual({ message: 'Request is missing Authentication Token' })
})
