import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver, type Page } from 'playwright-core'
import { type Line, quantile } from './line.ts'

const here = dirname(fileURLToPath(import.meta.url))
const runs = 15
/** Milliseconds. */
const second = 1000
/** No secret of anybody. */
const password = 'Correct-Horse-9'

/**
 * The list of 10,000 users in a browser that is signed in and has nothing in its cache: when something is painted first, when the rows
 * stand, and how long searching and turning the page take. The trace of the last run is written to `test-results/`.
 */
export async function measureConsole(): Promise<readonly Line[]> {
  const { child, url, account } = await start()
  const browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    headless: true,
  })
  try {
    const storageState = await signedIn(browser, url, account)
    const painted: number[] = []
    const shown: number[] = []
    const searched: number[] = []
    const turned: number[] = []
    // The first one warms up what the server and the system keep.
    for (let run = -1; run < runs; run++) {
      const context = await browser.newContext({ storageState, viewport: { width: 1280, height: 900 } })
      const page = await context.newPage()
      const isTraced = run === runs - 1
      if (isTraced) await trace(browser, page)
      await page.goto(`${url}/console/users`, { waitUntil: 'commit' })
      const stood = await until(page, rowsStand)
      const times = [await firstPaint(page), stood] as const
      if (isTraced) await browser.stopTracing()
      const others = [await search(page), await turn(page)] as const
      await context.close()
      if (run < 0) continue
      painted.push(times[0])
      shown.push(times[1])
      searched.push(others[0])
      turned.push(others[1])
    }
    return [
      line('first contentful paint of the console’s list of 10,000 users, signed in, nothing cached ÷ 1 s', painted, 1),
      line('… its rows shown ÷ 1 s', shown, 1),
      line('… searching them, from the last key to the rows ÷ 1 s', searched, 0.5),
      line('… turning the page, from the click to the rows ÷ 1 s', turned, 0.5),
    ]
  } finally {
    await browser.close()
    child.disconnect()
  }
}

function line(what: string, times: readonly number[], bound: number): Line {
  const at = (share: number) => quantile(times, share)
  return {
    what,
    ratio: at(0.5) / second,
    bound,
    atMost: true,
    low: at(0.25) / second,
    high: at(0.75) / second,
    detail: `${at(0.5).toFixed(0)} ms, ${runs} runs in a Chromium, the slowest ${Math.max(...times).toFixed(0)} ms`,
  }
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly account: string
}

async function start(): Promise<Server> {
  const child = fork(join(here, 'console-server.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ url, account }] = (await once(child, 'message')) as [{ url: string; account: string }]
  return { child, url, account }
}

/** The cookies of somebody who is signed in. */
async function signedIn(browser: Browser, url: string, account: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${url}/console/`)
  await page.getByLabel('Account ID or alias').fill(account)
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.locator('#top').waitFor()
  const state = await context.storageState()
  await context.close()
  return state
}

const rowsStand = `document.querySelectorAll('tbody tr').length === 50`

/** The first frame in which `holds` does, in milliseconds since the page's address was asked for. */
async function until(page: Page, holds: string): Promise<number> {
  return await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => (${holds} ? resolve(performance.now()) : requestAnimationFrame(look))
    look()
  })`)
}

async function firstPaint(page: Page): Promise<number> {
  return await page.evaluate<number>(`new Promise((resolve) => new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName('first-contentful-paint')
    if (entry !== undefined) resolve(entry.startTime)
  }).observe({ type: 'paint', buffered: true }))`)
}

async function trace(browser: Browser, page: Page): Promise<void> {
  const results = join(here, '..', 'test-results')
  mkdirSync(results, { recursive: true })
  await browser.startTracing(page, { path: join(results, 'console-users-trace.json') })
}

/** Until the one that is sought stands alone. */
async function search(page: Page): Promise<number> {
  await page.getByRole('searchbox').fill('user-0777')
  await until(page, `document.querySelectorAll('tbody tr').length === 10`)
  return await between(page, () => page.keyboard.type('7'), `document.querySelectorAll('tbody tr').length === 1`)
}

async function turn(page: Page): Promise<number> {
  await page.getByRole('searchbox').fill('')
  await until(page, rowsStand)
  const first = `document.querySelector('tbody tr').textContent`
  const before = await page.evaluate<string>(first)
  const next = page.getByRole('button', { name: 'Next page' }).first()
  return await between(page, () => next.click(), `${first} !== ${JSON.stringify(before)}`)
}

/** Milliseconds from the act until `holds` does, by the page's own clock. */
async function between(page: Page, act: () => Promise<void>, holds: string): Promise<number> {
  const began = await page.evaluate<number>('performance.now()')
  await act()
  return (await until(page, holds)) - began
}
