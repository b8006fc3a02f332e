import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { realDoors } from '../../../src/holder/login/browser.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

/** The real listener, asked over HTTP. */
async function door(state = 'the-state') {
  const opened = await realDoors.awaitRedirect(state)
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; body: string }>((accept, reject) => {
      const asked = request(new URL(path, opened.redirectUri), { method, headers }, (response) => {
        let body = ''
        response.on('data', (piece) => {
          body += piece
        })
        response.on('end', () => accept({ status: response.statusCode ?? 0, body }))
      })
      asked.on('error', reject)
      asked.end()
    })
  return { opened, ask }
}

describe('the way back to the program', () => {
  test('takes the code that comes with its state', async () => {
    const { opened, ask } = await door()
    const shown = await ask('/oauth/callback?code=abc&state=the-state')
    expect(shown).toMatchObject({ status: 200, body: expect.stringContaining('Signed in') })
    expect(await opened.answer).toEqual({ kind: 'code', code: 'abc' })
    opened.close()
    expect(new URL(opened.redirectUri).hostname).toBe('127.0.0.1')
  })

  test('is neither ended nor taken by what comes from elsewhere', async () => {
    const { opened, ask } = await door()
    const { port } = new URL(opened.redirectUri)
    for (const [path, headers, method] of [
      ['/oauth/callback?code=evil&state=guessed', {}, 'GET'],
      ['/oauth/callback?code=evil', {}, 'GET'],
      ['/oauth/callback?error=access_denied', {}, 'GET'],
      ['/?code=evil&state=the-state', {}, 'GET'],
      ['/oauth/callback?code=evil&state=the-state', { host: `evil.example:${port}` }, 'GET'],
      ['/oauth/callback?code=evil&state=the-state', {}, 'POST'],
      ['/oauth/callback?code=&state=the-state', {}, 'GET'],
    ] as const)
      expect((await ask(path, headers, method)).status).toBe(400)
    await ask('/oauth/callback?code=right&state=the-state')
    expect(await opened.answer).toEqual({ kind: 'code', code: 'right' })
    opened.close()
  })

  test('stands what no address can be, and connections that say nothing', async () => {
    const { opened, ask } = await door()
    const { port } = new URL(opened.redirectUri)
    const said = (text: string) =>
      new Promise<string>((accept) => {
        let heard = ''
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
        socket.on('data', (piece) => {
          heard += piece
        })
        socket.on('close', () => accept(heard))
        socket.on('error', () => {})
      })
    const silent = said('GET /oauth')
    for (const target of ['//', 'http://[', '//:x', '/%'])
      expect(await said(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
    await ask('/oauth/callback?code=right&state=the-state')
    expect(await opened.answer).toEqual({ kind: 'code', code: 'right' })
    opened.close()
    // Else it would wait for the end of that request.
    expect(await silent).toBe('')
  })

  test('tells an error that comes with its state', async () => {
    const { opened, ask } = await door()
    const shown = await ask('/oauth/callback?error=access_denied&state=the-state')
    expect(shown.body).toContain('Not signed in')
    expect(await opened.answer).toEqual({ kind: 'error', error: 'access_denied' })
    opened.close()
  })
})

describe('a browser', () => {
  const has = (platform: 'linux' | 'darwin' | 'win32', env: Record<string, string>) =>
    realDoors.hasBrowser(recordedMachine({ platform, env }))

  test('is on every Mac and Windows, unless somebody came over SSH', () => {
    expect(has('darwin', {})).toBe(true)
    expect(has('win32', {})).toBe(true)
    expect(has('darwin', { SSH_CONNECTION: '10.0.0.1 50000 10.0.0.2 22' })).toBe(false)
  })

  test('on Linux needs a screen and something that opens pages, or BROWSER', () => {
    expect(has('linux', { PATH: '/nowhere', DISPLAY: ':0' })).toBe(false)
    expect(has('linux', { BROWSER: 'firefox' })).toBe(true)
    expect(has('linux', { BROWSER: '' })).toBe(false)
  })
})
