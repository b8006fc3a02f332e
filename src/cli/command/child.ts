import { spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, realpathSync, rmSync, write } from 'node:fs'
import { Socket } from 'node:net'
import { constants as systemConstants, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { Start } from './start.ts'
import { type ChildEnd, failedStart, isTerminal, passSignals, startHere } from './starting.ts'

/** Given every byte that the command writes, as it is passed on. A terminal of its own has one stream: `stdout`. */
export type Listener = (bytes: Uint8Array, from: 'stdout' | 'stderr') => void

/**
 * Runs a command to its end as if it had been started without us: the same environment, working directory and stdin; what it
 * writes is passed on at once, byte for byte; signals reach it. Where a person sits at the terminal it gets a terminal of its
 * own, so that colours, progress bars and prompts stay as they are. No time limit.
 *
 * Where stdout or stderr goes elsewhere, or no terminal can be had, the two stay apart in two pipes and stdin stays shared.
 */
export async function runChild(words: readonly string[], listen: Listener): Promise<ChildEnd> {
  const found = startHere(words, process.env)
  if (found.kind !== 'start') return found
  const { start } = found
  const pty = isTerminal(0) && isTerminal(1) && isTerminal(2) ? await loadPty() : null
  // By its name where that finds the same file: then the command is called as the person called it.
  const named = process.platform === 'win32' ? start : { ...start, file: words[0]! }
  const end = pty === null ? null : await runOnPty(pty, named, listen)
  return end ?? (await runOnPipes(words[0]!, start, listen))
}

/** Whether colours on stderr reach a person. */
export function stderrIsTerminal(): boolean {
  return isTerminal(2)
}

// ---- on pipes

/** After the command itself has ended, what it left running may hold the pipe: waiting for silence is enough. */
const silenceMs = 200

async function runOnPipes(name: string, { file, args, verbatim }: Start, listen: Listener): Promise<ChildEnd> {
  const pipes = openPipes()
  // First of all: the command may send one as soon as it runs.
  const signals = passSignals(
    (signal) => void child.kill(signal),
    [0, 1, 2].some((each) => isTerminal(each as 0 | 1 | 2)),
  )
  const child = spawn(file, args, {
    stdio: ['inherit', pipes?.[0].input ?? 'pipe', pipes?.[1].input ?? 'pipe'],
    argv0: verbatim ? undefined : name,
    windowsVerbatimArguments: verbatim,
  })
  for (const pipe of pipes ?? []) closeSync(pipe.input)
  const outputs = { stdout: pipes?.[0].output ?? child.stdout!, stderr: pipes?.[1].output ?? child.stderr! }
  const lines = { stdout: false, stderr: false }
  let lastAt = Date.now()
  let writing = 0
  const relay = async (stream: Readable, descriptor: 1 | 2, from: 'stdout' | 'stderr') => {
    try {
      for await (const chunk of stream) {
        const bytes = chunk as Uint8Array
        listen(bytes, from)
        writing += 1
        await writeAll(descriptor, bytes).finally(() => {
          writing -= 1
          lastAt = Date.now()
        })
        lines[from] = bytes.at(-1) !== newline
      }
    } catch {
      // Our reader has left: the command has to notice that, as it would without us.
      stream.destroy()
    }
  }
  try {
    const ended = new Promise<ChildEnd | { code: number | null; signal: NodeJS.Signals | null }>((accept) => {
      child.once('error', (error) => accept(failedStart(name, error)))
      child.once('exit', (code, signal) => accept({ code, signal }))
    })
    const relays = Promise.all([relay(outputs.stdout, 1, 'stdout'), relay(outputs.stderr, 2, 'stderr')])
    const end = await ended
    if ('kind' in end) return end
    lastAt = Date.now()
    // A reader that takes its time is no silence.
    await Promise.race([relays, silence(() => (writing > 0 ? Date.now() : lastAt))])
    const { code, signal } = end
    return {
      kind: 'ended',
      status: signal === null ? (code ?? 1) : 128 + systemConstants.signals[signal],
      signal,
      lineIsOpen: lines.stderr || lines.stdout,
    }
  } finally {
    signals.end()
    outputs.stdout.destroy()
    outputs.stderr.destroy()
  }
}

const newline = 10

interface Pipe {
  /** For the command; to be closed here once it has it. */
  readonly input: number
  readonly output: Readable
}

/**
 * Two pipes. What Node calls a pipe is a pair of sockets: a script's `> /dev/stderr` fails on it, and `yes` is not told by
 * SIGPIPE that its reader has left. Null where none can be made; then Node's have to do.
 */
function openPipes(): readonly [Pipe, Pipe] | null {
  if (process.platform === 'win32') return null
  let directory: string | undefined
  try {
    directory = mkdtempSync(join(tmpdir(), 'countersign-'))
    const paths = [join(directory, 'stdout'), join(directory, 'stderr')] as const
    if (spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' }).status !== 0) return null
    return [openPipe(paths[0]), openPipe(paths[1])]
  } catch {
    return null
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  }
}

function openPipe(path: string): Pipe {
  // The reader first: a writer waits for one.
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const input = openSync(path, constants.O_WRONLY)
  return { input, output: new Socket({ fd: reader, readable: true, writable: false }) }
}

async function silence(lastAt: () => number): Promise<void> {
  while (Date.now() - lastAt() < silenceMs) await pause(20)
}

const writeSome = promisify(write)

/** Writes all of it; rejects when nobody reads any more. */
async function writeAll(descriptor: 1 | 2, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += (await writeSome(descriptor, bytes, at, bytes.length - at)).bytesWritten
    } catch (error) {
      // The pipe is full and somebody made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await pause(2)
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((accept) => setTimeout(accept, ms))
}

// ---- on a terminal of its own

type Pty = typeof import('@lydell/node-pty')

/** Null where there is none for this platform, or where it was not installed. */
async function loadPty(): Promise<Pty | null> {
  try {
    const loaded = (await import('@lydell/node-pty')) as Pty & { default?: Pty }
    return loaded.default ?? loaded
  } catch {
    return null
  }
}

/** More than this waits in memory only when the real terminal does not take it: then the command has to wait. */
const mostPending = 1024 * 1024

async function runOnPty(pty: Pty, start: Start, listen: Listener): Promise<ChildEnd | null> {
  const { stdin, stdout } = process
  const cooked = () => void stdin.setRawMode(false)
  const raw = () => {
    stdin.setRawMode(true)
    // Node's raw mode still makes a new line of each line feed, which a full-screen program does not mean.
    if (process.platform !== 'win32') spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
  }
  const awake = () => {
    cooked()
    raw()
  }
  const kill = (signal: NodeJS.Signals) => child?.kill(process.platform === 'win32' ? undefined : signal)
  const hangUp = () => kill('SIGHUP')
  const type = (keys: Uint8Array) => child?.write(keys as unknown as string)
  const resize = () => {
    if (stdout.columns > 0 && stdout.rows > 0) child?.resize(stdout.columns, stdout.rows)
  }
  // First of all: the command may send one as soon as it runs.
  const signals = passSignals(kill, false)
  process.once('exit', cooked)
  let child: import('@lydell/node-pty').IPty | null = null
  try {
    raw()
    child = openPty(pty, start)
    if (child === null) return null
    const screen = screenFor(child, listen)
    stdout.on('resize', resize)
    if (process.platform !== 'win32') process.on('SIGCONT', awake)
    stdin.on('data', type).once('end', hangUp).resume()
    const { onExit } = child
    const { exitCode, signal } = await new Promise<{ exitCode: number; signal?: number }>((accept) => onExit(accept))
    await screen.written()
    const name = signal ? signalName(signal) : null
    return { kind: 'ended', status: signal ? 128 + signal : exitCode, signal: name, lineIsOpen: screen.lineIsOpen() }
  } finally {
    signals.end()
    stdout.off('resize', resize)
    process.off('exit', cooked).off('SIGCONT', awake)
    stdin.off('data', type).off('end', hangUp).pause()
    cooked()
  }
}

/** Null when the system has no terminal to give. */
function openPty(pty: Pty, { file, args, verbatim }: Start): import('@lydell/node-pty').IPty | null {
  const { columns, rows } = process.stdout
  try {
    return pty.spawn(file, verbatim ? args.join(' ') : [...args], {
      cols: columns || 80,
      rows: rows || 24,
      cwd: workingDirectory(),
      env: { ...process.env },
      name: process.env['TERM'] || 'dumb',
      encoding: null,
      // Windows: without it the screen is cleared first.
      conptyInheritCursor: true,
    })
  } catch {
    return null
  }
}

/**
 * Passes on what the command writes to its terminal, never blocking: a pty that nobody reads for 200 ms after the command's end
 * is closed by its library, and what stood in it would be lost.
 */
function screenFor(child: import('@lydell/node-pty').IPty, listen: Listener) {
  const pending: Uint8Array[] = []
  let size = 0
  let writing: Promise<void> | null = null
  let gone = false
  let open = false
  let watch: NodeJS.Timeout | undefined
  const go = () => {
    clearInterval(watch)
    watch = undefined
    child.resume()
  }
  const wait = () => {
    child.pause()
    watch = setInterval(() => {
      if (!isAlive(child.pid)) go()
    }, 25)
  }
  const drain = async () => {
    for (let bytes = pending.shift(); bytes !== undefined; bytes = pending.shift()) {
      if (!gone) await writeAll(1, bytes).catch(() => void (gone = true))
      open = bytes.at(-1) !== newline
      size -= bytes.length
      if (watch !== undefined && size < mostPending / 2) go()
    }
    writing = null
  }
  child.onData((data) => {
    const bytes = data as unknown as Uint8Array
    listen(bytes, 'stdout')
    pending.push(bytes)
    size += bytes.length
    writing ??= drain()
    if (size > mostPending && watch === undefined && isAlive(child.pid)) wait()
  })
  return {
    lineIsOpen: () => open,
    async written() {
      clearInterval(watch)
      while (writing !== null) await writing
    },
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}

function signalName(number: number): string | null {
  return Object.entries(systemConstants.signals).find(([, value]) => value === number)?.[0] ?? null
}

/** As the shell wrote it, when that is where we are: links in the path stay as they are. */
function workingDirectory(): string {
  const here = process.cwd()
  const written = process.env['PWD']
  try {
    return written !== undefined && realpathSync(written) === realpathSync(here) ? written : here
  } catch {
    return here
  }
}
