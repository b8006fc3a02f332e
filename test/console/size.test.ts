import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { consoleFor, hasBrowser, signIn } from './console.ts'

describe.runIf(hasBrowser)('what the browser has to load', () => {
  const console = consoleFor()

  test('is at most 450 KB of scripts until the list of users stands, and the rest comes when it is asked for', async () => {
    const page = await console.visit()
    const scripts = listen(page)
    await page.goto(`${console.authority.url}/console/users`)
    await signIn(page, 'admin')
    await page.getByRole('link', { name: 'admin', exact: true }).waitFor()
    await page.waitForLoadState('networkidle')
    const first = await scripts()
    expect(first.packed).toBe(true)
    expect(first.bytes).toBeGreaterThan(50_000)
    expect(first.bytes).toBeLessThanOrEqual(450_000)
    // Another page brings what only it needs, and that is not small.
    await page.goto(`${console.authority.url}/console/policies/create`)
    await page.getByRole('textbox', { name: 'Policy document' }).waitFor()
    const after = await scripts()
    expect(after.bytes).toBeGreaterThan(first.bytes + 50_000)
  })
})

/** Adds up the scripts that this page loads, as they went over the wire. */
function listen(page: Page): () => Promise<{ readonly bytes: number; readonly packed: boolean }> {
  const sizes: Promise<{ readonly bytes: number; readonly packed: boolean }>[] = []
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return
    sizes.push(
      (async () => {
        const response = await request.response()
        const headers = await response!.allHeaders()
        // The browser's own measure (CDP `Network.loadingFinished`); from its cache nothing comes.
        const { responseBodySize: bytes } = await request.sizes()
        return { bytes, packed: bytes === 0 || headers['content-encoding'] === 'gzip' }
      })(),
    )
  })
  return async () => {
    const all = await Promise.all(sizes)
    return { bytes: all.reduce((sum, { bytes }) => sum + bytes, 0), packed: all.every(({ packed }) => packed) }
  }
}
