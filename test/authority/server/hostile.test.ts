import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import type { SignableRequest } from '../../../src/signature/index.ts'
import { call, decisionOf, sendRaw } from './caller.ts'

const whoAmI = { Action: 'GetCallerIdentity' }
let authority: Authority

beforeAll(async () => {
  authority = await startAuthority({
    data: ':memory:',
    port: 0,
    limits: {
      headTime: 300,
      requestTime: 600,
      idleTime: 1_000,
      lingerTime: 100,
      bodySize: 1_048_576,
      freeBodySize: 16_384,
      allBodies: 4_194_304,
    },
  })
})
afterAll(async () => {
  // Whatever was sent: it still answers.
  expect((await call(authority, whoAmI)).status).toBe(200)
  await authority.stop()
})

const form = 'Content-Type: application/x-www-form-urlencoded\r\n'
const head = (line: string, headers = '') =>
  `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers}\r\n`

/** Every refusal is AWS's error document, whatever came. */
function expectFault(reply: string, status: number, code: string): void {
  expect(reply.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
  expect(reply).toMatch(/\r\ncontent-type: text\/xml\r\n/i)
  expect(reply).toMatch(/\r\nx-amzn-requestid: [0-9a-f-]{36}\r\n/i)
  expect(reply).toMatch(/\r\ndate: [A-Z][a-z]{2}, \d\d /i)
  expect(reply).toContain(`<Code>${code}</Code>`)
  expect(reply).toMatch(/<\/Error>\s*<RequestId>/)
}

describe('what is no HTTP', () => {
  test.each<[what: string, text: string | Buffer]>([
    ['noise', Buffer.from([0, 1, 2, 255, 254, 10, 13, 10])],
    ['a request line of one word', 'HELLO\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100a5010000a1030300', 'hex')],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n'],
    ['a control character in a header', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\u0016b\r\n\r\n'],
    ['two lengths', `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    [
      'a length and chunks',
      `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n'],
    [
      'a chunk size that is none',
      `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n${form}Transfer-Encoding: chunked\r\n\r\nzz\r\nA\r\n`,
    ],
  ])('is refused in AWS’s form: %s', async (_what, text) => {
    expectFault(await sendRaw(authority, text), 400, 'MalformedHttpRequestException')
  })

  test('a header that is too large is refused', async () => {
    const reply = await sendRaw(authority, head('GET /', `X-Large: ${'a'.repeat(80_000)}\r\n`))
    expectFault(reply, 431, 'RequestHeaderSectionTooLarge')
  })

  test('hundreds of headers within the size do no harm', async () => {
    const reply = await sendRaw(authority, head('GET /', 'X: y\r\n'.repeat(500)))
    expectFault(reply, 403, 'MissingAuthenticationToken')
  })

  test('a CONNECT is closed', async () => {
    expect(await sendRaw(authority, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toBe('')
  })

  test('an upgrade is an ordinary request', async () => {
    const reply = await sendRaw(
      authority,
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n',
    )
    expectFault(reply, 403, 'MissingAuthenticationToken')
  })
})

describe('slow clients', () => {
  test('that say nothing at all are let go', async () => {
    const begun = performance.now()
    await sendRaw(authority, '', 10_000)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  test('that never read a long answer are let go', async () => {
    const names = Array.from({ length: 80 }, (_, index) => ({
      Action: 'CreateUser',
      Path: `/${'p'.repeat(400)}/`,
      UserName: `n${index}`,
    }))
    for (const parameters of names) await call(authority, parameters)
    const long = await call(authority, { Action: 'ListUsers' })
    expect(long.body.length).toBeGreaterThan(65_536)
    let request: SignableRequest | null = null
    await call(authority, { Action: 'ListUsers' }, { alter: (signed) => (request = signed) })
    const { headers, body } = request!
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const bytes = `POST / HTTP/1.1\r\n${lines}Content-Length: ${body.length}\r\n\r\n${String(body)}`
    const received = await new Promise<number>((resolve, reject) => {
      let size = 0
      const socket = connect(Number(new URL(authority.url).port), '127.0.0.1')
      const timer = setTimeout(() => reject(new Error('still open')), 10_000)
      socket.pause()
      socket.write(bytes.repeat(200))
      socket.on('error', () => {})
      socket.on('close', () => {
        clearTimeout(timer)
        resolve(size)
      })
      socket.on('data', (chunk) => {
        size += chunk.length
      })
      socket.pause()
      // Reading again after the time shows whether the other side has let go.
      setTimeout(() => socket.resume(), 2_000)
    })
    expect(received).toBeLessThan(200 * long.body.length)
  })

  test('that do not end their header are let go with an answer', async () => {
    expectFault(
      await sendRaw(authority, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '),
      408,
      'RequestTimeoutException',
    )
  })

  test('that do not end their body are let go with an answer', async () => {
    const reply = await sendRaw(
      authority,
      `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n${form}Content-Length: 100\r\n\r\nAction=`,
    )
    expectFault(reply, 408, 'RequestTimeoutException')
  })

  test('that send one header line each moment do not hold their place', async () => {
    const dripped = await new Promise<string>((resolve) => {
      let reply = ''
      const socket: Socket = connect(Number(new URL(authority.url).port), '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n')
      const drip = setInterval(() => socket.write('X: y\r\n'), 50)
      socket.on('data', (chunk) => {
        reply += chunk.toString('latin1')
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        clearInterval(drip)
        resolve(reply)
      })
    })
    expectFault(dripped, 408, 'RequestTimeoutException')
  })
})

describe('bodies', () => {
  test('that are announced too large are refused unread', async () => {
    const reply = await sendRaw(authority, head('POST /', `${form}Content-Length: 99999999999\r\n`))
    expectFault(reply, 413, 'RequestEntityTooLarge')
  })

  test('of strangers are read only a little, and the stranger is told why', async () => {
    const reply = await sendRaw(authority, head('POST /', `${form}Content-Length: 500000\r\n`) + 'a'.repeat(200_000))
    expectFault(reply, 403, 'MissingAuthenticationToken')
  })

  test('in chunks without end are cut off', async () => {
    const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`
    const reply = await sendRaw(authority, head('POST /', `${form}Transfer-Encoding: chunked\r\n`) + chunk.repeat(8))
    expectFault(reply, 403, 'MissingAuthenticationToken')
  })

  test('of known callers may be as large as the limit, and no larger', async () => {
    const fits = await call(authority, { ...whoAmI, Padding: 'a'.repeat(900_000) })
    expect(fits.status).toBe(200)
    const exceeds = await call(authority, { ...whoAmI, Padding: 'a'.repeat(1_100_000) })
    expect(exceeds).toMatchObject({ status: 413, code: 'RequestEntityTooLarge' })
  })

  test('that are large of a caller with an unknown key are not read to their end', async () => {
    const credentials = { accessKeyId: 'AKIAQNZGKIQYSOMEKEY2', secretAccessKey: 'x' }
    const answer = await call(authority, { ...whoAmI, Padding: 'a'.repeat(900_000) }, { credentials })
    expect(answer).toMatchObject({ status: 403, code: 'InvalidClientTokenId' })
    expect(await decisionOf(authority, answer)).toMatchObject({ reason: 'key-unknown' })
  })

  test('that break off leave nothing behind', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(authority.url).port), '127.0.0.1', () => {
        socket.write(`${head('POST /', `${form}Content-Length: 100\r\n`)}Action`, () => {
          socket.destroy()
          resolve()
        })
      })
    })
    expect((await call(authority, whoAmI)).status).toBe(200)
  })

  test.each<[what: string, body: string, code: string]>([
    ['invalid UTF-8', 'Action=GetUser&Version=2010-05-08&UserName=%FF%FE', 'MalformedQueryString'],
    ['a broken escape', 'Action=GetUser&Version=2010-05-08&UserName=%G1', 'MalformedQueryString'],
    ['a control character in a name', 'Action=GetUser&Version=2010-05-08&UserName=%00', 'ValidationError'],
    [
      'a billion-index list',
      'Action=TagUser&Version=2010-05-08&UserName=a&Tags.member.999999999999.Key=x',
      'MalformedInput',
    ],
    [
      'a deep name',
      `Action=GetUser&Version=2010-05-08&UserName=${'a.'.repeat(50)}&${'Tags.'.repeat(80)}=1`,
      'NoSuchEntity',
    ],
    [
      'the name of a prototype',
      'Action=GetUser&Version=2010-05-08&__proto__.x=1&constructor=2&UserName=zzz',
      'NoSuchEntity',
    ],
    ['an action that is a prototype’s', 'Action=constructor&Version=2010-05-08', 'InvalidAction'],
    ['another content', '{"Action":"GetUser"}', 'MissingAction'],
  ])('with %s are refused in AWS’s form', async (_what, body, code) => {
    const answer = await call(authority, body, { service: 'iam' })
    expect(answer.code).toBe(code)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  test('with a thousand list members are refused briefly', async () => {
    const parameters: Record<string, string> = { Action: 'TagUser', UserName: 'a' }
    for (let index = 1; index <= 1_000; index++) {
      parameters[`Tags.member.${index}.Key`] = `k${index}`
      parameters[`Tags.member.${index}.Value`] = 'v'
    }
    const answer = await call(authority, parameters)
    expect(answer).toMatchObject({ status: 400, code: 'ValidationError' })
    expect(answer.message).toMatch(
      /^1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50$/,
    )
  })
})

test('a small body that arrives byte by byte is answered, and one that is cut off holds nothing', async () => {
  let signed: SignableRequest | undefined
  await call(authority, whoAmI, { alter: (request) => (signed = request) })
  const { headers, body } = signed!
  const lines = [...headers.map(([name, value]) => `${name}: ${value}`), `Content-Length: ${body.length}`]
  const opening = `POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`
  const { hostname, port } = new URL(authority.url)
  const drip = connect(Number(port), hostname)
  drip.setNoDelay(true)
  await once(drip, 'connect')
  drip.write(opening)
  for (const byte of Buffer.from(body)) {
    drip.write(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  let reply = ''
  for await (const chunk of drip) reply += chunk
  expect(reply).toMatch(/^HTTP\/1\.1 200 /)
  const cut = connect(Number(port), hostname)
  await once(cut, 'connect')
  cut.write(`${opening}${String(body).slice(0, 10)}`)
  cut.destroy()
  await once(cut, 'close')
  expect((await call(authority, whoAmI)).status).toBe(200)
})

test('requests one after the other on one connection are each answered, also behind a refused one', async () => {
  const one = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n${form}Content-Length: 5\r\n\r\nA=b&c`
  const reply = await sendRaw(authority, one + one + head('GET /healthz'))
  expect(reply.match(/HTTP\/1\.1 403 /g)).toHaveLength(2)
  expect(reply.match(/HTTP\/1\.1 200 /g)).toHaveLength(1)
})

test('a hundred connections of noise do not keep anybody from being served', async () => {
  const noise = Array.from({ length: 100 }, (_, index) => sendRaw(authority, Buffer.alloc(2_000, index), 3_000))
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(authority, whoAmI)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  await Promise.all(noise)
})
