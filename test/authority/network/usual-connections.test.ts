import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { type SignableRequest, sign } from '../../../src/signature/index.ts'
import { call } from '../server/caller.ts'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({
    data: ':memory:',
    port: 0,
    limits: { headTime: 300, requestTime: 400, idleTime: 600 },
  })
})
afterAll(() => authority.stop())

/** A connection, and what has come over it: `replies(n)` waits for so many whole replies. */
function open() {
  const socket: Socket = connect(Number(new URL(authority.url).port), '127.0.0.1')
  let received = ''
  let changed = (): void => {}
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    changed()
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  return {
    socket,
    closed,
    received: () => received,
    async replies(many: number): Promise<string[]> {
      for (;;) {
        const all = split(received)
        if (all.length >= many) return all
        await new Promise<void>((resolve, reject) => {
          changed = resolve
          void closed.then(() => reject(new Error(`closed after ${received}`)))
        })
      }
    },
  }
}

function split(received: string): string[] {
  const replies: string[] = []
  for (let rest = received; ; ) {
    const end = rest.indexOf('\r\n\r\n') + 4
    const length = end < 4 ? Number.NaN : Number(/^content-length: (\d+)/im.exec(rest)?.[1])
    if (!(rest.length >= end + length)) return replies
    replies.push(rest.slice(0, end + length))
    rest = rest.slice(end + length)
  }
}

function signed(body = 'Action=GetCallerIdentity&Version=2011-06-15', service = 'sts'): SignableRequest {
  const headers: [string, string][] = [
    ['Host', new URL(authority.url).host],
    ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
    ['Content-Length', String(body.length)],
  ]
  const request = { method: 'POST', path: '/', query: '', headers, body }
  return sign(request, { credentials: authority.root, region: 'us-east-1', service, at: new Date() }).request
}

function bytesOf({ headers, body }: SignableRequest, more = ''): string {
  return `POST / HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${more}\r\n${String(body)}`
}

const usual = () => bytesOf(signed())
/** Read by Node's server, as it asks something of the connection. */
const other = () => bytesOf(signed(), 'TE: trailers\r\n')
const accepted = /^HTTP\/1\.1 200 OK\r\n[\s\S]*<GetCallerIdentityResult>/

test('a reply looks the same whoever read the request', async () => {
  const connection = open()
  connection.socket.write(usual())
  await connection.replies(1)
  connection.socket.write(other())
  const [ours, theirs] = await connection.replies(2)
  const form = (reply: string) => reply.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replace(/Date: .*/, 'Date')
  expect(form(ours!)).toBe(form(theirs!))
  expect(ours).toMatch(accepted)
  connection.socket.destroy()
})

test.each([1, 7, 60, 400])('requests in pieces of %i bytes are put together', async (size) => {
  const connection = open()
  const bytes = usual() + other() + usual()
  await new Promise((resolve) => connection.socket.on('connect', resolve))
  connection.socket.setNoDelay(true)
  // From one moment to the next: whoever is slow comes to Node's server.
  for (let at = 0; at < bytes.length; at += size) {
    connection.socket.write(bytes.slice(at, at + size))
    if (at % (size * 40) === 0) await new Promise(setImmediate)
  }
  for (const reply of await connection.replies(3)) expect(reply).toMatch(accepted)
  connection.socket.destroy()
})

test('requests sent without waiting are answered in their order, also those that have to wait for the store', async () => {
  const connection = open()
  const names = Array.from({ length: 40 }, (_, index) => `u${index}`)
  const create = (name: string) => bytesOf(signed(`Action=CreateUser&Version=2010-05-08&UserName=${name}`, 'iam'))
  connection.socket.write(names.map((name) => create(name) + usual()).join(''))
  const replies = await connection.replies(2 * names.length)
  expect(replies.map((reply) => /<UserName>(\w+)/.exec(reply)?.[1] ?? 'who')).toEqual(
    names.flatMap((name) => [name, 'who']),
  )
  connection.socket.destroy()
})

test('a refusal closes nothing, and what is no HTTP is answered after it', async () => {
  const connection = open()
  const request = signed()
  const forged = request.headers.map(([name, value]) => [name, value.replace(/[0-9a-f]{64}$/, 'f'.repeat(64))] as const)
  connection.socket.write(`${bytesOf({ ...request, headers: forged })}${usual()}no HTTP\r\n\r\n`)
  const replies = await connection.replies(3)
  expect(replies.map((reply) => Number(reply.slice(9, 12)))).toEqual([403, 200, 400])
  await connection.closed
})

test('a body that ends with its connection is answered as no HTTP, and changes nothing', async () => {
  const connection = open()
  connection.socket.end(bytesOf(signed('Action=CreateUser&Version=2010-05-08&UserName=half', 'iam')).slice(0, -1))
  await connection.closed
  expect(connection.received()).toMatch(/^HTTP\/1\.1 400 /)
  expect((await call(authority, { Action: 'GetUser', UserName: 'half' })).code).toBe('NoSuchEntity')
})

test('a body that stops coming is refused in time', async () => {
  const connection = open()
  connection.socket.write(usual().slice(0, -1))
  await connection.closed
  expect(connection.received()).toMatch(/^HTTP\/1\.1 408 /)
})

test('whoever says nothing more after an answer is let go', async () => {
  const connection = open()
  connection.socket.write(usual())
  await connection.replies(1)
  await connection.closed
})

test('whoever closes its side after a request is answered all the same', async () => {
  const connection = open()
  connection.socket.end(usual())
  await connection.closed
  expect(connection.received()).toMatch(accepted)
})

test('a stop answers what has begun, and says that the connection ends', async () => {
  const connection = open()
  await call(authority, { Action: 'CreateUser', UserName: 'slow' })
  const slow = signed('Action=CreateLoginProfile&Version=2010-05-08&UserName=slow&Password=aB3%2Babcdefghijkl', 'iam')
  // When the first is answered, the second, which came with it, has begun: hashing a password takes a while.
  connection.socket.write(usual() + bytesOf(slow))
  await connection.replies(1)
  const stopped = authority.stop()
  await connection.closed
  const [, last] = split(connection.received())
  expect(last).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(last).toMatch(/^Connection: close\r$/m)
  await stopped
})
