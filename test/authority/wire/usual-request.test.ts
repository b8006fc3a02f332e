import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readUsual } from '../../../src/authority/wire/index.ts'
import { runs } from '../../runs.ts'

const body = 'Action=GetCallerIdentity&Version=2011-06-15'
const usual = [
  'POST / HTTP/1.1',
  'Host: sts.us-east-1.amazonaws.com',
  'Content-Type: application/x-www-form-urlencoded; charset=utf-8',
  'X-Amz-Date: 20261129T031325Z',
  'Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261129/us-east-1/sts/aws4_request',
  `Content-Length: ${body.length}`,
]
const text = (lines: readonly string[], content = body) =>
  Buffer.from(`${lines.join('\r\n')}\r\n\r\n${content}`, 'latin1')
const without = (start: string) => usual.filter((line) => !line.startsWith(start))

describe('a usual request', () => {
  test('is read with its lines in order, names in lower case, and what follows it', () => {
    const read = readUsual(Buffer.concat([text(usual), Buffer.from('POST / HT')]))
    expect(read).toMatchObject({
      head: {
        headers: usual
          .slice(1)
          .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
        host: 'sts.us-east-1.amazonaws.com',
        contentType: 'application/x-www-form-urlencoded; charset=utf-8',
        bodyLength: body.length,
      },
    })
    if (read === null || read === 'unfinished') throw new Error('not read')
    expect([String(read.body), String(read.rest)]).toEqual([body, 'POST / HT'])
  })

  test('is unfinished until the last byte of its body is there, and not known before its head is whole', () => {
    const whole = text(usual)
    const headEnd = whole.length - body.length
    for (let size = 0; size < whole.length; size++)
      expect(readUsual(whole.subarray(0, size))).toBe(size < headEnd ? null : 'unfinished')
  })

  test('keeps two names apart that begin, end and count alike', () => {
    const names = ['x-amz-a', 'x-bmz-a', 'X-Amz-A', 'x-amz-a']
    const before = readUsual(text(usual))
    const read = readUsual(text([...usual, ...names.map((name, index) => `${name}: ${index}`)]))
    expect(read).toHaveProperty('head.headers', [
      ...(before === null || before === 'unfinished' ? [] : before.head.headers),
      ...names.map((name, index) => [name.toLowerCase(), String(index)]),
    ])
  })

  test.each([
    ['another method', ['PUT / HTTP/1.1', ...usual.slice(1)]],
    ['another path', ['POST /a HTTP/1.1', ...usual.slice(1)]],
    ['a query', ['POST /?a HTTP/1.1', ...usual.slice(1)]],
    ['HTTP/1.0', ['POST / HTTP/1.0', ...usual.slice(1)]],
    ['no length', without('Content-Length')],
    ['two lengths', [...usual, `content-length: ${body.length}`]],
    ['a length with a sign', [...without('Content-Length'), `Content-Length: +${body.length}`]],
    ['a length of hexadecimal digits', [...without('Content-Length'), 'Content-Length: 0x2b']],
    ['a length beyond what is usual', [...without('Content-Length'), 'Content-Length: 16385']],
    ['chunks', [...usual, 'Transfer-Encoding: chunked']],
    ['an end of the connection', [...usual, 'Connection: close']],
    ['an upgrade', [...usual, 'Upgrade: h2c']],
    ['an expectation', [...usual, 'Expect: 100-continue']],
    ['a name that is none', [...usual, 'a b: c']],
    ['a blank before the colon', [...usual, 'a : b']],
    ['no blank after the colon', [...usual, 'a:b']],
    ['two blanks after the colon', [...usual, 'a:  b']],
    ['a blank at the end', [...usual, 'a: b ']],
    ['nothing after the colon', [...usual, 'a: ']],
    ['a folded line', [...usual, 'a: b\r\n c']],
    ['a lone line feed', [...usual, 'a: b\nc: d']],
    ['a lone carriage return', [...usual, 'a: b\rc']],
    ['a tab', [...usual, 'a: b\tc']],
    ['a character beyond ASCII', [...usual, 'a: \xe9']],
    ['more headers than are usual', [...usual, ...Array.from({ length: 100 }, (_, index) => `h${index}: a`)]],
    ['a larger head than is usual', [...usual, `a: ${'b'.repeat(16_384)}`]],
  ])('is none with %s', (_what, lines) => {
    expect(readUsual(text(lines))).toBeNull()
  })
})

describe('beside Node’s parser', () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, rawHeaders, httpVersion } = request
      response.end(
        JSON.stringify({ method, url, rawHeaders, httpVersion, body: Buffer.concat(chunks).toString('latin1') }),
      )
    })
  })
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => server.close())

  async function byNode(bytes: Buffer): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(bytes)
    let reply = ''
    for await (const chunk of socket) reply += String(chunk)
    return reply
  }

  const seed = 20261129
  const name = fc.oneof(
    fc.constantFrom(
      'Host',
      'Connection',
      'Content-Length',
      'Transfer-Encoding',
      'Accept',
      'TE',
      'Keep-Alive',
      'x-amz-a',
    ),
    fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'aZ9-_!~: (\x7f\xe9') }),
  )
  const value = fc.oneof(
    fc.constantFrom('keep-alive', 'close', '5', '005', 'chunked', 'identity', '5, 5'),
    fc.string({ maxLength: 8, unit: fc.constantFrom(...'aZ9 ,;:\t\r\n\0\x7f\xe9') }),
  )
  const blank = fc.constantFrom(': ', ': ', ': ', ': ', ':', ':  ', ' : ', ':\t')
  const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n ')
  const requests = fc
    .tuple(
      fc.constantFrom('POST / HTTP/1.1', 'POST / HTTP/1.1', 'POST / HTTP/1.1', 'POST / HTTP/1.0', 'POST  / HTTP/1.1'),
      fc.array(fc.tuple(name, blank, value, lineEnd), { maxLength: 6 }),
      fc.constantFrom('Content-Length: 5', 'content-LENGTH: 00005', 'Content-Length: 4', 'Content-Length: 0'),
      fc.nat({ max: 6 }),
    )
    .map(([start, lines, length, place]) => {
      const all = lines.map((parts) => parts.join(''))
      all.splice(place, 0, `${length}\r\n`)
      return Buffer.from(`${start}\r\nHost: a\r\n${all.join('')}\r\nhello`, 'latin1')
    })

  test('whatever is read is read in the same way', { timeout: 120_000 }, async () => {
    let usuals = 0
    await fc.assert(
      fc.asyncProperty(requests, async (bytes) => {
        const read = readUsual(bytes)
        if (read === null || read === 'unfinished') return
        usuals += 1
        const reply = await byNode(bytes.subarray(0, bytes.length - read.rest.length))
        expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
        const theirs = JSON.parse(reply.slice(reply.indexOf('{'), reply.indexOf('}') + 1))
        expect(theirs).toEqual({
          method: 'POST',
          url: '/',
          httpVersion: '1.1',
          rawHeaders: theirs.rawHeaders,
          body: read.body.toString('latin1'),
        })
        expect(read.head.headers.flat()).toEqual(
          theirs.rawHeaders.map((part: string, index: number) => (index % 2 === 0 ? part.toLowerCase() : part)),
        )
      }),
      { seed, numRuns: runs(20_000, 2_000) },
    )
    expect(usuals).toBeGreaterThan(100)
  })
})
