import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { look } from '../../console/console.ts'
import { oidc, poll, portalScopes, redirectUri, register, startDevice } from './center.ts'

/*
 * The pages in a real browser: its own rules for forms, cookies and content security decide here. Skipped where Chromium does not start.
 */
let authority: Authority
let browser: Browser | null = null
// Not the package's own arguments: they switch the browser's rules off and run it in one process.
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
try {
  browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args,
    headless: true,
  })
} catch {
  // Libraries of the system that it needs are not there.
}
const password = 'Correct-Horse-1'
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true, passwordWork: 8 })
})
beforeEach(async () => {
  await authority.reset()
  await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin', password })
})
afterAll(async () => {
  await authority.stop()
  await browser?.close()
})

/** A window of its own, and what its console complained of. It closes with the browser: this build ends when its last window does. */
async function open(): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser!.newContext({ viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, complaints }
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

describe.skipIf(browser === null)('in Chromium', () => {
  it('a person signs in and allows a device, with a narrow window and without a complaint', async () => {
    const client = await register(authority, { clientName: 'the CLI' })
    const device = await startDevice(authority, client)
    const { page, complaints } = await open()
    await page.goto(device.verificationUriComplete)
    await page.getByLabel('User name').waitFor()
    await look(page, 'identity-center-sign-in')
    await signIn(page)
    await page.getByRole('heading', { name: 'Allow access?' }).waitFor()
    await look(page, 'identity-center-approve')
    expect(await page.locator('main').textContent()).toContain('the CLI')
    // Nothing is wider than the window.
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
      true,
    )
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: 'Access allowed' }).waitFor()
    await look(page, 'identity-center-done')
    expect((await poll(authority, client, device)).status).toBe(200)
    expect(complaints).toEqual([])
    const cookies = await page.context().cookies()
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
  })

  it('a program that came by the browser gets its code at its own address', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const client = await register(authority, {
      scopes: portalScopes,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [redirectUri],
    })
    const answers: URL[] = []
    const server = createServer((request, response) => {
      answers.push(new URL(request.url ?? '', 'http://127.0.0.1'))
      response.end('back at the program')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/callback`
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: callback,
      state: 's',
      code_challenge_method: 'S256',
      scopes: portalScopes.join(' '),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    })
    const { page, complaints } = await open()
    await page.goto(`${authority.url}/authorize?${query}`)
    await signIn(page)
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await look(page, 'identity-center-authorize')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByText('back at the program').waitFor()
    const code = answers.find(({ pathname }) => pathname === '/oauth/callback')?.searchParams.get('code')
    const exchange = { ...client, grantType: 'authorization_code', code, redirectUri: callback, codeVerifier: verifier }
    expect((await oidc(authority, '/token', exchange)).status).toBe(200)
    expect(complaints.filter((complaint) => !complaint.includes('favicon'))).toEqual([])
  })

  it('a wrong password is told in words that are read out, and the name stays', async () => {
    const { page } = await open()
    await page.goto(authority.portalUrl)
    await page.getByLabel('User name').fill('ada')
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toBe('User name, password or one-time code is not right.')
    expect(await page.getByLabel('User name').inputValue()).toBe('ada')
    await look(page, 'identity-center-refused')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your access' }).waitFor()
    await look(page, 'identity-center-start')
    await page.goto(`${authority.url}/device`)
    await page.getByRole('textbox').waitFor()
    await look(page, 'identity-center-code')
    await page.getByRole('textbox').fill('AAAA-AAAA')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await look(page, 'identity-center-code-unknown')
  })
})
