import { fstatSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CountersignError } from '../errors.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { parseCommandLine } from './grammar.ts'
import { troubleOf, usageText } from './say/trouble.ts'
import { exitCode, type Flags, type Look, type Progress, type Scratch, type Terminal, type Verb } from './terminal.ts'

/** Set by the bundler; when run from source the version stands in package.json. */
declare const __COUNTERSIGN_VERSION__: string | undefined

/** One module per verb, loaded only when it is asked for: no verb pays at start for another. */
const modules: Readonly<Record<string, () => Promise<Verb>>> = {
  check: async () => (await import('./check.ts')).check,
  chain: async () => (await import('./chain.ts')).chain,
  lint: async () => (await import('./lint.ts')).lint,
  whoami: async () => (await import('./whoami.ts')).whoami,
  explain: async () => (await import('./explain.ts')).explain,
  fix: async () => (await import('./fix.ts')).fix,
  undo: async () => (await import('./undo.ts')).undo,
  env: async () => (await import('./env.ts')).env,
  exec: async () => (await import('./exec.ts')).exec,
  process: async () => (await import('./process.ts')).process,
  console: async () => (await import('./console.ts')).console,
  'shell-init': async () => (await import('./shell-init.ts')).shellInit,
  configure: async () => (await import('./configure.ts')).configure,
  login: async () => (await import('./login.ts')).login,
  logout: async () => (await import('./logout.ts')).logout,
  rotate: async () => (await import('./rotate.ts')).rotate,
  serve: async () => (await import('./serve.ts')).serve,
  lab: async () => (await import('./lab.ts')).lab,
  tour: async () => (await import('./tour.ts')).tour,
  completion: async () => (await import('./completion.ts')).completion,
}

async function obey(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args)
  switch (line.kind) {
    case 'wrong':
      write(2, usageText(lookOf(undefined, undefined), line.says, line.hint))
      return exitCode.usage
    case 'version':
      write(1, `${version()}\n`)
      return exitCode.fine
    case 'help': {
      const { generalHelp, verbHelp } = await import('./say/usage.ts')
      const look = lookOf(undefined, undefined)
      write(1, line.verb === null ? generalHelp(look) : verbHelp(look, line.verb))
      return exitCode.fine
    }
    case 'run': {
      const machine = await machineFor(line.flags)
      const terminal = terminalFor(line.flags, machine)
      const { flags, operands, child, implied } = line
      const verb = await modules[line.verb.name]!()
      const call = { terminal, machine, flags, operands, child, implied, scratch, beforeExit, program }
      if (!flags.on('debug')) return await verb(call)
      const { toldMachine } = await import('./question.ts')
      return await verb({ ...call, machine: toldMachine(machine, terminal) })
    }
  }
}

async function machineFor(flags: Flags): Promise<Machine> {
  const { realMachine } = await import('../holder/machine/real.ts')
  const now = process.env['COUNTERSIGN_NOW']
  return realMachine({
    offline: flags.on('offline'),
    ...(now === undefined || now === '' ? {} : { now: instant(now) }),
    ...(flags.text('ca-bundle') === undefined ? {} : { caBundle: flags.text('ca-bundle') }),
  })
}

function instant(text: string): Date {
  const extended = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const at = new Date(extended)
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(extended) && !Number.isNaN(at.getTime()))
    return at
  throw new CountersignError('usage', 'COUNTERSIGN_NOW is an instant such as 2026-11-28T12:00:00Z.')
}

function terminalFor(flags: Flags, machine: Machine): Terminal {
  let look: Look | undefined
  return {
    out: (text) => write(1, text),
    err: (text) => write(2, text),
    get look() {
      look ??= lookOf(flags.text('color'), machine)
      return look
    },
    get inputIsPerson() {
      return isTerminal(0)
    },
    get outputIsPerson() {
      return isTerminal(1)
    },
    input: readInput,
    tell: tellPerson,
    ask: askPerson,
    isPersonThere,
    progress: (says) => (flags.on('quiet') ? silence : startProgress(says)),
    pause: (ms) => new Promise((accept) => setTimeout(accept, ms)),
    untilStopped,
  }
}

function lookOf(colour: string | undefined, machine: Machine | undefined): Look {
  const person = isTerminal(1)
  const env = (name: string) => (machine === undefined ? process.env[name] : machine.env(name)) ?? ''
  const columns = person ? process.stdout.columns : Number.parseInt(env('COLUMNS'), 10)
  return {
    columns: Math.min(100, Math.max(60, Number.isInteger(columns) && columns > 0 ? columns : 80)),
    colour: colour === 'on' || (colour !== 'off' && person && env('NO_COLOR') === '' && env('TERM') !== 'dumb'),
    unicode:
      process.platform === 'win32'
        ? env('WT_SESSION') !== '' || env('TERM_PROGRAM') === 'vscode' || env('TERM').includes('xterm')
        : /utf-?8/i.test(env('LC_ALL') || env('LC_CTYPE') || env('LANG')) && env('TERM') !== 'linux',
  }
}

/** Asks the file first: merely touching `process.stdout` loads the network modules. */
function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    return false
  }
  return [process.stdin, process.stdout, process.stderr][descriptor]!.isTTY === true
}

const gone = new Set<number>()
/** Why stdout did not take all of it, as the system's error code; null when it has, and when its reader has left. */
let lostBy: string | null = null

/** Writes all of it, at once. When the reader has left (`countersign | head`) the rest is dropped. */
function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length && !gone.has(descriptor); ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      const { code = 'it failed' } = error as NodeJS.ErrnoException
      // EAGAIN: the pipe is full and somebody made it non-blocking. EPIPE, on Windows EOF: nobody is there any more.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
      else gone.add(descriptor)
      if (descriptor === 1 && !['EAGAIN', 'EPIPE', 'EOF'].includes(code)) lostBy = code
    }
  }
}

async function readInput(limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array)
    size += bytes.length
    if (size > limit)
      throw new CountersignError('limit', `More than ${limit} bytes came on stdin, which is more than is read.`)
    chunks.push(bytes)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

async function askPerson(question: string, { shown = false } = {}): Promise<string | null> {
  const person = await import('./person.ts')
  return await person.askPerson(question, { shown, stdinIsTerminal: isTerminal(0) })
}

async function tellPerson(text: string): Promise<void> {
  if (isTerminal(2) || !(await import('./person.ts')).tellPerson(text)) write(2, text)
}

async function isPersonThere(): Promise<boolean> {
  return isTerminal(0) || (await import('./person.ts')).isSomebodyThere()
}

const silence: Progress = { now: () => {}, end: () => {} }

const barWidth = 20

/** Half a second is how long a person waits without wondering. */
const patienceMs = 500

function startProgress(says: string): Progress {
  const person = isTerminal(2)
  let current = says
  let bar = ''
  let shown = false
  const show = () => {
    shown = true
    // Names of profiles and hosts come from elsewhere: none may steer the terminal.
    const plain = current.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    write(2, person ? `\r\u001b[2K${bar}${plain} …` : `${plain} ...\n`)
  }
  const timer = setTimeout(show, patienceMs)
  return {
    now(next, done) {
      if (next === current) return
      current = next
      bar = done === undefined ? '' : `[${'#'.repeat(Math.round(done * barWidth)).padEnd(barWidth, '-')}] `
      // Into a file every step would be a line of its own.
      if (shown && (person || done === undefined)) show()
    },
    end() {
      clearTimeout(timer)
      if (shown && person) write(2, '\r\u001b[2K')
      shown = false
    },
  }
}

function scratch(): Scratch {
  const path = mkdtempSync(join(realpathSync(process.env['TMPDIR'] || process.env['TEMP'] || '/tmp'), 'countersign-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** As shells show them. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Also before a signal ends this process, of which `exit` is not told. */
function beforeExit(undo: () => void): () => void {
  const onSignal = (signal: (typeof endingSignals)[number]) => {
    release()
    undo()
    if (process.listenerCount(signal) > 0) return
    // Leaving by oneself gives the terminal back as it was, should somebody be asked at it. Of Ctrl-C one has to die (see `endBy`).
    const isAsked = isTerminal(0) && process.stdin.isRaw
    if (signal === 'SIGINT' && !isAsked) process.kill(process.pid, signal)
    else process.exit(exitCodes[signal])
  }
  const release = () => {
    process.off('exit', undo)
    for (const signal of endingSignals) process.off(signal, onSignal)
  }
  process.on('exit', undo)
  for (const signal of endingSignals) process.on(signal, onSignal)
  return release
}

/** `npm` passes a Ctrl-C on to its child, which has it from the terminal already: one keypress, two signals. */
const sameKeypressMs = 1000

function untilStopped(): Promise<void> {
  return new Promise((accept) => {
    let since: number | undefined
    const stop = (signal: NodeJS.Signals) => {
      if (since === undefined) {
        since = Date.now()
        accept()
      } else if (Date.now() - since > sameKeypressMs) process.exit(signal === 'SIGTERM' ? 143 : 130)
    }
    for (const signal of endingSignals) process.on(signal, stop)
  })
}

function program() {
  return { node: process.execPath, script: realpathSync(process.argv[1]!) }
}

function report(error: unknown): number {
  const { text, code } = troubleOf(lookOf(undefined, undefined), error)
  write(2, text)
  return code
}

/** A file that holds half of what was asked for (`countersign env dev > keys` on a full disk) is no success. */
function codeOfOutput(): number {
  if (lostBy === null) return exitCode.fine
  return report(
    new CountersignError('file-unwritable', `What was asked for could not be written to stdout (${lostBy}).`),
  )
}

function version(): string {
  if (typeof __COUNTERSIGN_VERSION__ === 'string') return __COUNTERSIGN_VERSION__
  const manifest = join(dirname(realpathSync(process.argv[1]!)), '..', '..', 'package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

process.on('uncaughtException', (error) => process.exit(report(error)))
process.on('unhandledRejection', (error) => process.exit(report(error)))
// Everything is written synchronously, so nothing is lost by leaving at once, and no idle socket keeps anybody waiting.
void obey(process.argv.slice(2))
  .catch(report)
  .then((code) => process.exit(code === 0 ? codeOfOutput() : code))
