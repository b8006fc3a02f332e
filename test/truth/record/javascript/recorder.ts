/**
 * Asks the real AWS SDKs for JavaScript which credential they use.
 *
 *     node test/truth/record/javascript/recorder.ts js-v3 < states.jsonl > answers.jsonl
 *
 * One state per line comes in, one answer per line goes out (the protocol stands in ../conversation.ts). A child process asks the
 * SDK, because v2 follows a circle of profiles without end: such a child is ended, the answer says so, and a new child goes on.
 * `--build` bundles the SDK once before; `--version` tells which it is.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What is asked of each SDK; everything else of the package is loaded by it. */
const entries: Readonly<Record<string, string>> = {
  'js-v3': `
    export { defaultProvider } from '@aws-sdk/credential-provider-node'
    export { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
    export { IAMClient, GetUserCommand } from '@aws-sdk/client-iam'`,
  'js-v2': `
    require('aws-sdk/lib/maintenance_mode_message').suppress = true
    module.exports = require('aws-sdk/lib/node_loader')
    require('aws-sdk/clients/sts')
    require('aws-sdk/clients/iam')
    require('aws-sdk/clients/sso')
    require('aws-sdk/clients/ssooidc')`,
}

const memoryMegabytes = 192
/** Of computing, not of waiting: the machine may be busy. Nothing that ends needs more than two. */
const secondsPerState = 4

interface State {
  readonly id: number
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const [, , sdk = '', mode] = process.argv
const bundle = `${folder}dist/${sdk}.cjs`

async function bundleUp(): Promise<void> {
  const contents = entries[sdk]
  if (contents === undefined) throw new Error(`node recorder.ts ${Object.keys(entries).join('|')} [--build|--version]`)
  mkdirSync(`${folder}dist`, { recursive: true })
  const stdin = { contents, resolveDir: folder }
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile: bundle, logLevel: 'error' })
}

function versionOf(): string {
  const name = sdk === 'js-v3' ? '@aws-sdk/credential-provider-node' : 'aws-sdk'
  const { version } = JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')) as {
    version: string
  }
  return `${name} on Node ${process.versions.node}: ${version}`
}

/** Hands the states on to a child, one after the other. */
function answer(): void {
  const asker = new Asker()
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line.trim() !== '') asker.ask(JSON.parse(line) as State)
    })
    .on('close', () => asker.end())
}

/** Seconds of processor time that a process has used (proc(5): the 14th and 15th word of `stat`, in hundredths). */
function computed({ pid }: ChildProcessWithoutNullStreams): number {
  try {
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(words[11]) + Number(words[12])) / 100
  } catch {
    return 0
  }
}

class Asker {
  readonly #waiting: State[] = []
  #child: ChildProcessWithoutNullStreams | null = null
  #state: State | null = null
  #timer: NodeJS.Timeout | undefined
  #ended = false

  ask(state: State): void {
    this.#waiting.push(state)
    if (this.#state === null) this.#next()
  }

  end(): void {
    this.#ended = true
    if (this.#state === null) this.#child?.stdin.end()
  }

  #next(): void {
    this.#state = this.#waiting.shift() ?? null
    if (this.#state === null) {
      if (this.#ended) this.#child?.stdin.end()
      return
    }
    this.#child ??= this.#start()
    this.#watch(this.#child)
    this.#child.stdin.write(`${JSON.stringify(this.#state)}\n`)
  }

  #leave(child: ChildProcessWithoutNullStreams): void {
    this.#child = null
    child.kill('SIGKILL')
  }

  #watch(child: ChildProcessWithoutNullStreams): void {
    const start = computed(child)
    this.#timer = setInterval(() => {
      if (computed(child) - start > secondsPerState) child.kill('SIGKILL')
    }, 500)
  }

  #start(): ChildProcessWithoutNullStreams {
    const flags = ['--no-warnings', `--max-old-space-size=${memoryMegabytes}`]
    const child = spawn(process.execPath, [...flags, `${folder}ask.ts`, sdk, bundle], { env: {} })
    child.stderr.resume()
    child.stdin.on('error', () => {})
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (this.#state === null || child !== this.#child || !/^(?:next|over) \{/.test(line)) return
      // What was thrown where nobody catches it would have ended a program.
      if (line.startsWith('over')) this.#leave(child)
      this.#tell(line.slice(5))
    })
    child.on('close', (code, signal) => {
      if (this.#child !== child) return
      this.#child = null
      if (this.#state === null) return
      const { id } = this.#state
      // Ended by `#watch`, or by Node for want of memory.
      const isEndless = signal === 'SIGKILL' || signal === 'SIGABRT'
      const error = isEndless
        ? 'Endless: the SDK does not come to an end'
        : `RecorderError: the child ended with ${code}`
      this.#tell(JSON.stringify({ id, accessKeyId: null, sessionToken: null, source: null, error }))
    })
    return child
  }

  #tell(line: string): void {
    clearInterval(this.#timer)
    process.stdout.write(`${line}\n`)
    this.#state = null
    this.#next()
  }
}

if (mode === '--build') await bundleUp()
else if (mode === '--version') process.stdout.write(`${versionOf()}\n`)
else answer()
