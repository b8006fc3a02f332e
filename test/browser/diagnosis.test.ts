import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import chromium from '@sparticuz/chromium'
import { build } from 'esbuild'
import { type Browser, chromium as driver, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  explainError,
  explanationJson,
  parseBundle,
  recordedMachine,
  replayMachine,
} from '../../src/holder/diagnosis/anywhere.ts'
import { recordMachine } from '../../src/holder/diagnosis/bundled.ts'

/*
 * The diagnosis in a real Chromium: bundled for browsers, without anything of Node, it says the same as in Node. The browser is
 * that of the package `@sparticuz/chromium`, which carries its binary for Linux on x64 and arm64.
 */
const isCarried = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
const root = new URL('../../', import.meta.url)

/** Every n-th of the texts that people posted, so that all families are among them. */
function someTexts(count: number): readonly string[] {
  const folder = new URL('test/cases/errors/', root)
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { readonly text: string }[])
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!.text)
}

/** A machine as data, which goes into the browser as JSON: a token of another day beside a key of its own. */
const recording = {
  env: { HOME: '/u/alice', AWS_SESSION_TOKEN: `IQoJb3JpZ2luX2Vj${'QRSTUVWX'.repeat(20)}` },
  files: {
    '/u/alice/.aws/credentials': `[default]\naws_access_key_id = AKIA${'QRSTUVWX'.repeat(2)}\naws_secret_access_key = "${'madeUpBy'.repeat(5)}" \n`,
    '/u/alice/.aws/config':
      '[profile dev]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = default\n',
  },
  userHome: '/u/alice',
} as const

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: new URL('.', root).pathname,
    entryPoints: ['src/holder/diagnosis/anywhere.ts'],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2024',
    minify: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

describe.runIf(isCarried)('the diagnosis in a browser', () => {
  let code: string
  let server: Server
  let browser: Browser
  let page: Page
  const failures: string[] = []

  beforeAll(async () => {
    code = await bundle()
    server = createServer((request, reply) => {
      const isCode = request.url === '/diagnosis.js'
      reply.setHeader('content-type', isCode ? 'text/javascript; charset=utf-8' : 'text/html')
      reply.end(isCode ? code : '<!doctype html><title>diagnosis</title>')
    })
    await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready))
    browser = await driver.launch({
      executablePath: await chromium.executablePath(),
      // The sandbox needs more rights than a container gives; the page is our own.
      args: [...chromium.args, '--no-sandbox'],
      headless: true,
    })
    page = await browser.newPage()
    page.on('pageerror', (error) => failures.push(error.message))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  /** The explanations of texts, made in the page; without Node's names, so that nothing can lean on them. */
  async function inBrowser(texts: readonly string[], withMachine: boolean): Promise<readonly string[]> {
    const question = JSON.stringify({ texts, recording: withMachine ? recording : null })
    return (await page.evaluate(`(async () => {
      const { explainError, explanationJson, recordedMachine } = await import('/diagnosis.js')
      if (typeof process !== 'undefined' || typeof Buffer !== 'undefined') throw new Error('this is no browser')
      const { texts, recording } = ${question}
      const found = []
      for (const text of texts) {
        const machine = recording === null ? undefined : recordedMachine(recording)
        found.push(JSON.stringify(explanationJson(await explainError(text, { machine }))))
      }
      return found
    })()`)) as string[]
  }

  test.each([
    ['the text alone', false],
    ['a recorded machine beside it', true],
  ])('explains 50 errors that people posted as in Node, by %s', async (_, withMachine) => {
    const texts = someTexts(50)
    const here: string[] = []
    for (const text of texts) {
      const machine = withMachine ? recordedMachine(recording) : undefined
      here.push(JSON.stringify(explanationJson(await explainError(text, { machine }))))
    }
    expect(new Set(here).size).toBeGreaterThan(20)
    expect(await inBrowser(texts, withMachine)).toEqual(here)
    expect(failures).toEqual([])
  })

  test('explains beside a machine that comes out of a support bundle', async () => {
    const text =
      'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided.'
    const { text: bundled } = await recordMachine(recordedMachine(recording), { offline: true })
    const machine = replayMachine(parseBundle(bundled))
    const here = JSON.stringify(explanationJson(await explainError(text, { machine })))
    const there = await page.evaluate(`(async () => {
      const { explainError, explanationJson, parseBundle, replayMachine } = await import('/diagnosis.js')
      const machine = replayMachine(parseBundle(${JSON.stringify(bundled)}))
      return JSON.stringify(explanationJson(await explainError(${JSON.stringify(text)}, { machine })))
    })()`)
    expect(here).toContain('quoted-value')
    expect(there).toBe(here)
  })

  test('takes a page no more than 400 kB to load', () => {
    expect(gzipSync(code).length).toBeLessThan(400 * 1024)
  })
})
