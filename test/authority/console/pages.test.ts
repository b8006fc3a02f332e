import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createConsole } from '../../../src/authority/console/index.ts'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { openConsoleFiles } from '../../../src/authority/network/console-files.ts'
import type { Received } from '../../../src/authority/wire/index.ts'
import { noteSecret } from '../../setup.ts'
import { makeCertificate } from '../server/certificate.ts'
import { makePerson, password, quickAuthority, visitor } from './visitor.ts'

let authority: Authority
beforeAll(async () => {
  authority = await quickAuthority()
})
afterAll(() => authority.stop())

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends the path as it stands: nothing is resolved on the way, as `fetch` would. */
function ask(path: string, options: https.RequestOptions = {}, url = authority.url, body?: string): Promise<Answer> {
  const { hostname, port, protocol } = new URL(url)
  const send = protocol === 'https:' ? https.request : http.request
  return new Promise((resolve, reject) => {
    const sent = send({ hostname, port, path, rejectUnauthorized: false, ...options }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('the pages of the console', () => {
  test('stand at every address, framed by nobody and with a nonce that is never the same', async () => {
    const nonces = new Set<string>()
    for (const path of ['/console/', '/console/users', '/console/users/alice%2Fbob', '/console/no/such/page?x=1']) {
      const { status, headers, body } = await ask(path)
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
      const policy = String(headers['content-security-policy'])
      const nonce = /style-src 'self' 'nonce-([\w+/=]{24})'/.exec(policy)![1]!
      nonces.add(nonce)
      const rest = policy.replace(/style-src [^;]*; /, '')
      expect(rest).toBe(
        "default-src 'none'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      )
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      const page = body.toString()
      expect(page.includes('__NONCE__')).toBe(false)
      // No script and no style stands in the page itself, and nothing is of another place.
      expect(page).not.toMatch(
        /<script(?![^>]* src="\/console\/)|<style|\son\w+=|\sstyle=|(?:src|href)="(?!\/console\/)/,
      )
      expect(page).not.toContain(authority.account)
    }
    expect(nonces.size).toBe(4)
  })

  test('bring their files packed where the browser takes that, and kept for a year', async () => {
    const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec((await ask('/console/')).body.toString())![1]!
    const plain = await ask(script)
    const packed = await ask(script, { headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } })
    const refused = await ask(script, { headers: { 'Accept-Encoding': 'gzip;q=0' } })
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect([plain, packed, refused].map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      'gzip',
      undefined,
    ])
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true)
    expect(refused.body.equals(plain.body)).toBe(true)
  })

  test('lend their font to the pages of Identity Center, under names that stay', async () => {
    for (const weight of [400, 700]) {
      const { status, headers, body } = await ask(`/console/open-sans-${weight}.woff2`)
      expect([status, headers['content-type']]).toEqual([200, 'font/woff2'])
      expect(body.subarray(0, 4).toString()).toBe('wOF2')
    }
  })

  test('answer HEAD as GET without the body, and nothing else', async () => {
    const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec((await ask('/console/')).body.toString())![1]!
    for (const path of ['/console/', script]) {
      const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })]
      expect([head.status, head.body.length]).toEqual([200, 0])
      expect(head.headers['content-type']).toBe(get.headers['content-type'])
      expect(head.headers['content-length']).toBe(String(get.body.length))
    }
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect(await ask('/console/users', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(await ask('/console')).toMatchObject({ status: 301, headers: { location: '/console/' } })
  })

  test.each([
    '/console/assets/missing-12345678.js',
    '/console/assets/',
    '/console/assets/..%2f..%2findex',
    '/console/assets/..%2f..%2f..%2fpackage.json',
    '/console/assets/../../x',
    '/console/assets/../index.html',
    '/console/assets/%2e%2e/index.html',
    '/console/assets/..',
    '/console/assets/.',
    '/console/assets/..\\..\\package.json',
    '/console/assets/%00.js',
    '/console/assets/index.html',
    '/console/assets/x.js/../../../../package.json',
  ])('have no file %s', async (path) => {
    const { status, body } = await ask(path)
    expect([status, body.toString()]).toEqual([404, 'There is no such file.\n'])
  })

  test.each([
    '/console/../package.json',
    '/console/..%2fpackage.json',
    '/console/%2e%2e/%2e%2e/etc/passwd',
    '/console//etc/passwd',
    '/console/index.html',
    '/console/favicon.svg/../../package.json',
  ])('show nothing of the disk at %s', async (path) => {
    const { headers, body } = await ask(path)
    // The page that says that there is no such page; or what the API says of an action that is missing.
    expect(String(headers['content-type'])).toMatch(/^text\/(?:html|xml)/)
    expect(body.toString()).not.toMatch(/"name": "countersign"|root:|__NONCE__/)
  })

  test('that were never built say how to build them', async () => {
    const place = mkdtempSync(join(tmpdir(), 'countersign-console-'))
    onTestFinished(() => rmSync(place, { recursive: true, force: true }))
    const pages = createConsole({ ground: {} as never, exchange: {} as never, files: openConsoleFiles(place) })
    const call = { method: 'GET', path: '/console/users', query: '', head: { headers: [] } } as unknown as Received
    const reply = await pages.answer(call, Buffer.alloc(0))
    expect(reply).toMatchObject({ status: 503, contentType: 'text/plain; charset=utf-8' })
    expect(String(reply.body)).toContain('npm run console')
    // Built while it serves: no new start is needed.
    writeFileSync(join(place, 'index.html'), '<p nonce="__NONCE__">')
    expect((await pages.answer(call, Buffer.alloc(0))).status).toBe(200)
  })
})

describe('the cookie', () => {
  test('is Secure under TLS, and bound to that by its name', async () => {
    const data = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
    const before = await quickAuthority(data)
    await makePerson(before, 'ada')
    await before.stop()
    const secure = await startAuthority({ data, port: 0, passwordWork: 4, tls: makeCertificate() })
    onTestFinished(async () => {
      await secure.stop()
      rmSync(data, { recursive: true, force: true })
    })
    const body = JSON.stringify({ account: secure.account, userName: 'ada', password })
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }
    const signedIn = await ask('/console/api/sign-in', { method: 'POST', headers }, secure.url, body)
    expect(signedIn.status).toBe(200)
    const [line] = signedIn.headers['set-cookie']!
    expect(line).toMatch(/^__Secure-countersign-console=[\w-]+; Path=\/console\/; HttpOnly; SameSite=Strict; Secure$/)
    const cookie = line!.split(';')[0]!
    noteSecret('console cookie', cookie.slice(cookie.indexOf('=') + 1))
    const session = await ask('/console/api/session', { headers: { Cookie: cookie } }, secure.url)
    expect(JSON.parse(session.body.toString())).toMatchObject({ signedIn: true })
    // The same under the name that it has without TLS is none.
    const renamed = cookie.replace('__Secure-', '')
    const other = await ask('/console/api/session', { headers: { Cookie: renamed } }, secure.url)
    expect(JSON.parse(other.body.toString())).toMatchObject({ signedIn: false })
  })

  test('of another account is none here', async () => {
    const elsewhere = await quickAuthority()
    onTestFinished(() => elsewhere.stop())
    for (const one of [authority, elsewhere]) await makePerson(one, 'ada', ['iam:*'])
    const [here, there] = [visitor(authority), visitor(elsewhere)]
    expect((await there.signIn()).status).toBe(200)
    expect(await there.isSignedIn()).toBe(true)
    here.carry(there.cookie())
    expect(await here.isSignedIn()).toBe(false)
    expect((await here.aws({ Action: 'ListUsers' })).status).toBe(401)
    // Nor as a second one, before or behind one's own.
    const own = visitor(authority)
    await own.signIn()
    for (const both of [`${own.cookie()}; ${there.cookie()}`, `${there.cookie()}; ${own.cookie()}`]) {
      here.carry(both)
      expect((await here.session()).body).toMatchObject({ signedIn: true, account: { id: authority.account } })
    }
  })
})
