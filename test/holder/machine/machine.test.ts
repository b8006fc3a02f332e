import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OutgoingRequest } from '../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { routeOf } from '../../../src/holder/machine/proxy.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const posix = process.platform !== 'win32'
let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'machine-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

describe('reading a file of this computer', () => {
  test('gives bytes, time and mode', () => {
    writeFileSync(join(place, 'f'), 'content', { mode: 0o640 })
    expect(realMachine().readFile(join(place, 'f'))).toMatchObject({ kind: 'found', mode: posix ? 0o640 : null })
  })

  test('tells what is not there and what is no file', () => {
    expect(realMachine().readFile(join(place, 'none')).kind).toBe('absent')
    writeFileSync(join(place, 'f'), '')
    expect(realMachine().readFile(join(place, 'f', 'below')).kind).toBe('absent')
    expect(realMachine().readFile(place)).toMatchObject({ kind: 'unreadable', because: 'directory' })
  })

  test.runIf(posix)('does not wait for a pipe, a device or a loop of links', () => {
    const makePipe = 'mkfifo'
    execFileSync(makePipe, [join(place, 'pipe')])
    symlinkSync('loop', join(place, 'loop'))
    expect(realMachine().readFile(join(place, 'pipe'))).toMatchObject({ kind: 'unreadable', because: 'not-a-file' })
    expect(realMachine().readFile('/dev/zero')).toMatchObject({ kind: 'unreadable', because: 'not-a-file' })
    expect(realMachine().readFile(join(place, 'loop'))).toMatchObject({ kind: 'unreadable', because: 'loop' })
  })

  test('tells whether a file holds a text, of each file anew', () => {
    const holds = (name: string, text: string, most = 1000) => realMachine().mentions?.(join(place, name), text, most)
    writeFileSync(join(place, 'long'), `${'-'.repeat(500)}needle`)
    writeFileSync(join(place, 'short'), 'nothing')
    writeFileSync(join(place, 'large'), `needle${'-'.repeat(600_000)}`)
    expect(holds('long', 'needle')).toBe(true)
    expect(holds('short', 'needle')).toBe(false)
    expect(holds('long', 'needles')).toBe(false)
    expect(holds('large', 'needle')).toBe(false)
    expect(holds('large', 'needle', 1_000_000)).toBe(true)
    expect(holds('none', 'needle')).toBe(false)
    expect(realMachine().mentions?.(place, 'needle', 1000)).toBe(false)
  })

  test('refuses more than 64 MiB without reading it', () => {
    writeFileSync(join(place, 'big'), '')
    truncateSync(join(place, 'big'), 100 * 1024 * 1024)
    expect(realMachine().readFile(join(place, 'big'))).toMatchObject({ kind: 'unreadable', because: 'too-large' })
  })
})

describe('writing a file of this computer', () => {
  test.runIf(posix)('makes new files 0600 in new directories 0700', () => {
    realDisk().write(join(place, 'a', 'b', 'f'), bytesOf('x'))
    expect(statSync(join(place, 'a', 'b', 'f')).mode & 0o777).toBe(0o600)
    expect(statSync(join(place, 'a')).mode & 0o777).toBe(0o700)
  })

  test.runIf(posix)('keeps the mode of a file', () => {
    writeFileSync(join(place, 'f'), 'old')
    chmodSync(join(place, 'f'), 0o644)
    realDisk().write(join(place, 'f'), bytesOf('new'))
    expect([readFileSync(join(place, 'f'), 'utf8'), statSync(join(place, 'f')).mode & 0o777]).toEqual(['new', 0o644])
  })

  test.runIf(posix)('writes through links, also to a file that is not there yet', () => {
    mkdirSync(join(place, 'store'))
    writeFileSync(join(place, 'store', 'f'), 'old')
    symlinkSync('store/f', join(place, 'link'))
    symlinkSync('link', join(place, 'link-to-link'))
    symlinkSync('store/new', join(place, 'dangling'))
    realDisk().write(join(place, 'link-to-link'), bytesOf('new'))
    realDisk().write(join(place, 'dangling'), bytesOf('made'))
    expect(readFileSync(join(place, 'store', 'f'), 'utf8')).toBe('new')
    expect(readFileSync(join(place, 'store', 'new'), 'utf8')).toBe('made')
    expect(readdirSync(place).sort()).toEqual(['dangling', 'link', 'link-to-link', 'store'])
  })

  test('refuses a file that is no longer what it was, and changes nothing', () => {
    writeFileSync(join(place, 'f'), 'other')
    const write = (before: Uint8Array | null) => () => realDisk().write(join(place, 'f'), bytesOf('new'), { before })
    expect(write(bytesOf('old'))).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(write(null)).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe('other')
    write(bytesOf('other'))()
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe('new')
  })

  test('waits for another writer, and gives up with a conflict', () => {
    writeFileSync(join(place, '.f.countersign-lock'), '')
    expect(() => realDisk().write(join(place, 'f'), bytesOf('x'))).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    )
    expect(existsSync(join(place, 'f'))).toBe(false)
  })

  test('tells what cannot be written, and leaves nothing behind', () => {
    mkdirSync(join(place, 'f'))
    writeFileSync(join(place, 'f', 'inside'), '')
    expect(() => realDisk().write(join(place, 'f'), bytesOf('x'))).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    )
    expect(readdirSync(place)).toEqual(['f'])
  })

  test('removes, and lists', () => {
    realDisk().write(join(place, 'b'), bytesOf('x'))
    realDisk().write(join(place, 'a'), bytesOf('x'))
    expect(realDisk().list(place)).toEqual(['a', 'b'])
    realDisk().remove(join(place, 'a'))
    realDisk().remove(join(place, 'a'))
    expect(realDisk().list(place)).toEqual(['b'])
    expect(realDisk().list(join(place, 'none'))).toEqual([])
  })
})

describe('a request of this computer', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
  })

  async function listen(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<string> {
    server = createServer(answer)
    await new Promise<void>((ready) => void server?.listen(0, '127.0.0.1', ready))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const post = (url: string, rest: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
    method: 'POST',
    url,
    headers: [],
    body: '',
    timeoutMs: 5000,
    ...rest,
  })

  test('arrives as it was signed: path, query, headers, host and body', async () => {
    const url = await listen((request, reply) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () =>
        reply.end(JSON.stringify({ url: request.url, headers: request.headers, method: request.method, body })),
      )
    })
    const headers = [
      ['X-Amz-Date', '20260101T000000Z'],
      ['X-Twice', 'a'],
      ['X-Twice', 'b'],
    ] as const
    const reply = await realMachine().send(post(`${url}/a/../b%20c?x=1&x=%2F`, { headers, body: 'é' }))
    const seen = JSON.parse(reply.body)
    expect(seen).toMatchObject({ url: '/a/../b%20c?x=1&x=%2F', method: 'POST', body: 'é' })
    expect(seen.headers).toMatchObject({
      'x-amz-date': '20260101T000000Z',
      'x-twice': 'a, b',
      host: new URL(url).host,
      'content-length': '2',
    })
  })

  test('gives status, lower-case headers and body, and follows no redirect', async () => {
    const url = await listen((_, reply) =>
      reply.writeHead(302, { Location: 'http://127.0.0.1:1/', 'X-Odd': 'y' }).end('body'),
    )
    const reply = await realMachine().send(post(url))
    expect([reply.status, reply.body]).toEqual([302, 'body'])
    expect(reply.headers).toContainEqual(['x-odd', 'y'])
  })

  test('reads no more than a MiB of the reply', async () => {
    const url = await listen((_, reply) => {
      const more = (): void => {
        while (!reply.destroyed && reply.write('x'.repeat(65_536)));
        reply.once('drain', more)
      }
      more()
    })
    expect((await realMachine().send(post(url))).body.length).toBe(1024 * 1024)
  })

  test('is given up when the whole of it takes too long, also byte by byte', async () => {
    const url = await listen((_, reply) => {
      reply.writeHead(200)
      const drip = setInterval(() => reply.write('x'), 20)
      reply.on('close', () => clearInterval(drip))
    })
    await expect(realMachine().send(post(url, { timeoutMs: 200 }))).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('that no one answers is unreachable, and offline it never leaves', async () => {
    await expect(realMachine().send(post('http://127.0.0.1:1/'))).rejects.toMatchObject({ code: 'unreachable' })
    await expect(realMachine({ offline: true }).send(post('http://127.0.0.1:1/'))).rejects.toMatchObject({
      code: 'offline',
    })
    await expect(realMachine().send(post('ftp://127.0.0.1/'))).rejects.toMatchObject({ code: 'usage' })
  })

  test('takes a kept connection again, and makes a new one when the other side has closed it', async () => {
    const seen: number[] = []
    let cutNext = false
    const url = await listen((request, reply) => {
      seen.push(request.socket.remotePort ?? 0)
      if (cutNext) {
        cutNext = false
        request.socket.destroy()
      } else reply.end('x')
    })
    const kept = post(url, { keepAlive: true, body: 'a' })
    const machine = realMachine()
    await machine.send(kept)
    await machine.send(kept)
    expect(new Set(seen).size).toBe(1)
    // As when its patience ends in the very moment in which the next request is on its way.
    cutNext = true
    expect((await machine.send(kept)).body).toBe('x')
    expect(seen).toHaveLength(4)
    expect(seen[3]).not.toBe(seen[2])
    await machine.send(post(url))
    expect(new Set(seen).size).toBe(3)
  })

  test('tells when it is on its way, before the answer comes', async () => {
    const told: string[] = []
    const url = await listen((_, reply) => setTimeout(() => reply.end('x'), 30))
    await realMachine().send(post(url, { onSent: () => told.push('sent') }))
    told.push('answered')
    expect(told).toEqual(['sent', 'answered'])
  })

  test('tells once when the answer lets wait for itself', async () => {
    const told: string[] = []
    const held: ServerResponse[] = []
    const url = await listen((_, reply) => void held.push(reply))
    const onLate = () => {
      told.push('late')
      held[0]?.end('x')
    }
    await realMachine().send(post(url, { onLate }))
    told.push('answered')
    expect(told).toEqual(['late', 'answered'])
  })

  test('goes through a proxy when a variable names one', async () => {
    const proxy = await listen((request, reply) =>
      reply.end(`asked for ${request.url} with ${request.headers['proxy-authorization']}`),
    )
    server?.on('connect', (request: IncomingMessage, socket) => socket.end(`HTTP/1.1 407 No ${request.url}\r\n\r\n`))
    const before = process.env['http_proxy']
    try {
      process.env['http_proxy'] = proxy.replace('//', '//ana:p%40ss@')
      process.env['https_proxy'] = proxy
      const reply = await realMachine().send(post('http://sts.example/x?y'))
      expect(reply.body).toBe(
        `asked for http://sts.example/x?y with Basic ${Buffer.from('ana:p@ss').toString('base64')}`,
      )
      await expect(realMachine().send(post('https://sts.example/'))).rejects.toThrow(
        /answered 407 to CONNECT sts\.example:443/,
      )
    } finally {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
      delete process.env['https_proxy']
    }
  })

  test('to https is refused when the CA bundle cannot be read', async () => {
    const machine = realMachine({ caBundle: join(place, 'none.pem') })
    await expect(machine.send(post('https://127.0.0.1:1/'))).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

describe('the proxy of a URL', () => {
  const route = (url: string, env: Record<string, string>): string => {
    const chosen = routeOf(new URL(url), recordedMachine({ env }))
    return chosen.kind === 'proxy' ? chosen.proxy.host : chosen.kind
  }
  test.each([
    ['http://a.example/', { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    ['https://a.example/', { HTTP_PROXY: 'http://p:1' }, 'direct'],
    ['https://a.example/', { HTTPS_PROXY: 'p:1' }, 'p:1'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'q:2'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', https_proxy: '' }, 'direct'],
    ['https://a.example/', { HTTPS_PROXY: 'socks5://p:1' }, 'refused'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example' }, 'direct'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.a.example, b' }, 'direct'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'xample' }, 'p:1'],
    ['https://a.example:8443/', { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example:8443' }, 'direct'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, 'direct'],
    ['https://a.example/', { HTTPS_PROXY: 'http://p:1', no_proxy: '', NO_PROXY: '*' }, 'p:1'],
    ['http://127.0.0.1:7374/', { HTTP_PROXY: 'http://p:1', NO_PROXY: 'localhost,127.0.0.1' }, 'direct'],
  ])('%s with %o is %s', (url, env, expected) => {
    expect(route(url, env)).toBe(expected)
  })
})

describe('a machine that is data', () => {
  const windows = recordedMachine({ platform: 'win32', env: { Path: 'x' }, files: { 'C:\\A\\f': 'text' } })

  test('finds variables and files in any case on Windows alone', () => {
    expect([windows.env('PATH'), windows.envNames()]).toEqual(['x', ['Path']])
    expect(windows.readFile('c:/a/F').kind).toBe('found')
    const linux = recordedMachine({ env: { Path: 'x' }, files: { '/A/f': 'text' } })
    expect([linux.env('PATH'), linux.readFile('/a/f').kind]).toEqual([undefined, 'absent'])
    expect(linux.readFile('/A')).toMatchObject({ because: 'directory' })
  })

  test('refuses the network unless it was recorded', async () => {
    const request = { method: 'GET', url: 'http://x/', headers: [], body: '', timeoutMs: 1 } as const
    await expect(windows.send(request)).rejects.toMatchObject({ code: 'offline' })
  })
})

describe('a copy with changes', () => {
  const beneath = recordedMachine({ env: { A: '1', B: '2' }, files: { '/f': 'old', '/g': 'kept' } })
  const copy = overlayMachine(beneath, {
    env: { A: null, C: '3' },
    files: { '/f': bytesOf('new'), '/h': bytesOf('made'), '/g': null },
  })

  test('shows what was changed, and the rest as it is beneath', () => {
    expect([copy.env('A'), copy.env('B'), copy.env('C'), [...copy.envNames()].sort()]).toEqual([
      undefined,
      '2',
      '3',
      ['B', 'C'],
    ])
    const text = (path: string): string | null => {
      const reading = copy.readFile(path)
      return reading.kind === 'found' ? new TextDecoder().decode(reading.bytes) : null
    }
    expect([text('/f'), text('/h'), text('/g')]).toEqual(['new', 'made', null])
    expect(new TextDecoder().decode((beneath.readFile('/f') as { bytes: Uint8Array }).bytes)).toBe('old')
  })
})
