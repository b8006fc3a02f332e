import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as driver, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import type { KeyPair } from '../../src/lab/stage.ts'
import { noteSecret } from '../setup.ts'

/*
 * The console in a real Chromium, before a real authority. The browser is that of the package `@sparticuz/chromium`, which carries its
 * binary for Linux on x64 and arm64; elsewhere these tests are skipped and say so.
 */
export const hasBrowser = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')

export const account = '123456789012'
/** Takes the password policy that AWS has by default; no secret of anybody. */
export const password = 'Correct-Horse-9'

const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
const results = fileURLToPath(new URL('../../test-results/', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export interface Console {
  readonly authority: Authority
  /** Calls the API with root's key, or another: `('iam', 'CreateUser', { UserName: 'bob' })`. */
  aws(
    service: 'iam' | 'sts',
    operation: string,
    parameters?: Readonly<Record<string, string>>,
    who?: KeyPair,
  ): ReturnType<typeof mustCall>
  /** A user with a password, and `AdministratorAccess` unless told otherwise. */
  makePerson(name: string, policies?: readonly string[]): Promise<void>
  /** A browser of its own, with its own cookies; nobody is signed in. */
  visit(options?: { readonly width?: number; readonly height?: number; readonly dark?: boolean }): Promise<Page>
  /** A page at this path below `/console`, signed in as that person. */
  signedIn(name: string, path: string, options?: Parameters<Console['visit']>[0]): Promise<Page>
  /** What the pages have complained of since the last test: thrown errors, errors on the console, breaches of the CSP. */
  readonly complaints: readonly string[]
}

const browserAtHand = Symbol.for('countersign.browser')

/** One browser for all files of a worker, which has no cookies in common for them; it ends with the worker. */
function browserOfWorker(): Promise<Browser> {
  const kept = globalThis as { [browserAtHand]?: Promise<Browser> }
  kept[browserAtHand] ??= launch()
  return kept[browserAtHand]
}

async function launch(): Promise<Browser> {
  return await driver.launch({
    executablePath: await chromium.executablePath(),
    // The sandbox needs more rights than a container gives; the pages are our own. Not the package's own list: with one process for
    // everything, a page that closes takes the browser with it.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    headless: true,
  })
}

/** One authority for a whole file of tests; the person `admin` may do everything. */
export function consoleFor(): Console {
  let browser: Browser
  let authority: Authority
  const complaints: string[] = []
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    authority = await startAuthority({
      data: ':memory:',
      port: 0,
      accountId: account,
      testControls: true,
      // Hashing at full strength costs a second each time on a busy machine.
      passwordWork: 10,
    })
    noteSecret('secret key', authority.root.secretAccessKey)
    noteSecret('password', password)
    browser = await browserOfWorker()
    await made.makePerson('admin')
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    const found = complaints.splice(0)
    expect(found, 'what the pages complained of').toEqual([])
  })
  afterAll(() => authority?.stop())

  const made: Console = {
    get authority() {
      return authority
    },
    complaints,
    aws: (service, operation, parameters = {}, who = authority.root) =>
      mustCall(realMachine({}), authority.url, who, service, operation, parameters),
    async makePerson(name, policies = [administrator]) {
      await made.aws('iam', 'CreateUser', { UserName: name })
      await made.aws('iam', 'CreateLoginProfile', { UserName: name, Password: password })
      for (const PolicyArn of policies) await made.aws('iam', 'AttachUserPolicy', { UserName: name, PolicyArn })
    },
    async visit({ width = 1280, height = 900, dark = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      })
      contexts.push(context)
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        // What a request was refused with is looked at by the tests themselves.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text())
      })
      page.on('request', (request) => {
        const url = new URL(request.url())
        if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== authority.url)
          complaints.push(`asked ${url.origin}`)
      })
      return page
    },
    async signedIn(name, path, options) {
      const page = await made.visit(options)
      // As the form does it, which has tests of its own; to load the page for it each time takes as long as many a test.
      const claim = { account, userName: name, password }
      const reply = await page.context().request.post(`${authority.url}/console/api/sign-in`, { data: claim })
      expect(await reply.json(), `${name} signs in`).toMatchObject({ step: 'signed-in' })
      await page.goto(`${authority.url}/console${path}`)
      await page.locator('#top').waitFor()
      return page
    },
  }
  return made
}

/** Fills in the form for IAM users. */
export async function signIn(page: Page, name: string, secret = password): Promise<void> {
  await page.getByLabel('Account ID or alias').fill(account)
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.locator('#top').waitFor()
}

/**
 * What axe-core finds on a page that is serious or worse, one line each (https://github.com/dequelabs/axe-core); by those of its rules
 * alone, if they are named.
 */
export async function faultsOf(page: Page, rules: readonly string[] | null = null): Promise<readonly string[]> {
  // The CSP forbids scripts in the page; the debugger may.
  if (await page.evaluate<boolean>(`typeof axe === 'undefined'`)) await page.evaluate(axe)
  return await page.evaluate(async (only) => {
    type Violation = { id: string; impact: string | null; help: string; nodes: readonly { html: string }[] }
    type Axe = { run(options: object): Promise<{ violations: readonly Violation[] }> }
    const { axe } = globalThis as unknown as { axe: Axe }
    // What holds, and the way to it, nobody reads; to tell it takes half the time.
    const brief = { resultTypes: ['violations'], selectors: false }
    const { violations } = await axe.run(only === null ? brief : { ...brief, runOnly: [...only] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  }, rules)
}

/** The rules that look at colours; all others find in the dark what they find in the light. */
const rulesOfColour = ['color-contrast', 'link-in-text-block']

/**
 * Writes pictures of the page as it is now to `test-results/console`: light and dark, wide and as narrow as a phone; and holds that axe finds
 * nothing serious in any of them. A page that is not much longer than its window is shown whole.
 */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(`${results}console`, { recursive: true })
  const before = page.viewportSize()!
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await comeToRest(page)
      // A dialog covers the window, not the page.
      const hasDialog = await page.getByRole('dialog').first().isVisible()
      const isShort = await page.evaluate<boolean>('document.documentElement.scrollHeight <= 3 * innerHeight')
      await page.screenshot({
        path: `${results}console/${name}-${width === 390 ? 'narrow' : 'wide'}-${colorScheme}.png`,
        fullPage: isShort && !hasDialog,
      })
      expect(
        await faultsOf(page, colorScheme === 'dark' ? rulesOfColour : null),
        `${name}, ${width} px, ${colorScheme}`,
      ).toEqual([])
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(before)
  await comeToRest(page)
}

/** Layouts follow their own size, a frame late; and colours that are on their way from one theme to the other are nobody's. */
async function comeToRest(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    scrollTo(0, 0)
    await document.fonts.ready
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
    // What turns for as long as something is loading has no end.
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
    await Promise.all(ending.map((one) => one.finished.catch(() => null)))
  })()`)
}
