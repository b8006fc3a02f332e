/**
 * Asks the real AWS SDKs for JavaScript which credential they use.
 *
 *     node test/truth/record/javascript/recorder.ts js-v3 < states.jsonl > answers.jsonl
 *
 * One state per line comes in, one answer per line goes out (the protocol stands in ../record.ts). The states are asked by a few
 * child processes, because a role loop lets the SDK for JavaScript v2 run until its memory is full: such a child is ended,
 * the answer says so, and a new child goes on.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What is asked of each SDK; everything else of the package is loaded by it. */
const entries: Readonly<Record<string, string>> = {
  'js-v3': "export { defaultProvider } from '@aws-sdk/credential-provider-node'",
  'js-v2': `
    require('aws-sdk/lib/maintenance_mode_message').suppress = true
    module.exports = require('aws-sdk/lib/node_loader')
    require('aws-sdk/clients/sts')
    require('aws-sdk/clients/sso')
    require('aws-sdk/clients/ssooidc')`,
}

const children = 4
const memoryMegabytes = 192
const secondsPerState = 15

interface State {
  readonly id: number
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const sdk = process.argv[2] ?? ''
const entry = entries[sdk]
if (entry === undefined) throw new Error(`node recorder.ts ${Object.keys(entries).join('|')}`)

mkdirSync(`${folder}dist`, { recursive: true })
const bundle = `${folder}dist/${sdk}.cjs`
await build({
  stdin: { contents: entry, resolveDir: folder },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile: bundle,
  logLevel: 'error',
})

const waiting: State[] = []
let ended = false
const idle: Asker[] = []

class Asker {
  #child: ChildProcessWithoutNullStreams | null = null
  #state: State | null = null
  #timer: NodeJS.Timeout | undefined

  ask(state: State): void {
    this.#state = state
    this.#child ??= this.#start()
    this.#timer = setTimeout(() => this.#child?.kill('SIGKILL'), secondsPerState * 1000)
    this.#child.stdin.write(`${JSON.stringify(state)}\n`)
  }

  end(): void {
    this.#child?.stdin.end()
  }

  #start(): ChildProcessWithoutNullStreams {
    const flags = ['--no-warnings', `--max-old-space-size=${memoryMegabytes}`]
    const child = spawn(process.execPath, [...flags, `${folder}ask.ts`, sdk, bundle], { env: {} })
    child.stderr.resume()
    child.stdin.on('error', () => {})
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (this.#state !== null) this.#answer(line)
    })
    child.on('close', () => {
      this.#child = null
      if (this.#state === null) return
      const why = `Endless: no answer within ${secondsPerState} seconds or ${memoryMegabytes} MiB`
      const { id } = this.#state
      this.#answer(JSON.stringify({ id, accessKeyId: null, sessionToken: null, source: null, error: why }))
    })
    return child
  }

  #answer(line: string): void {
    clearTimeout(this.#timer)
    this.#state = null
    process.stdout.write(`${line}\n`)
    idle.push(this)
    hand()
  }
}

for (let count = 0; count < children; count += 1) idle.push(new Asker())

/** Gives waiting states to idle children; at the end of the input lets the children go. */
function hand(): void {
  while (waiting.length > 0 && idle.length > 0) idle.pop()?.ask(waiting.shift() as State)
  if (ended && waiting.length === 0) for (const asker of idle) asker.end()
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line.trim() === '') return
    waiting.push(JSON.parse(line) as State)
    hand()
  })
  .on('close', () => {
    ended = true
    hand()
  })
