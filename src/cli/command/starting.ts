import { accessSync, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { findProgram, type ProgramFound, type Start, startLine } from './start.ts'

/** How a command ended: `status` is what a shell would show for it (128 + number for a signal). */
export type ChildEnd =
  | { readonly kind: 'ended'; readonly status: number; readonly signal: string | null; readonly lineIsOpen: boolean }
  | NotStarted

/** `status` is 127 when there is no such program, 126 when it cannot be run. `says` is one sentence. */
export interface NotStarted {
  readonly kind: 'not-started'
  readonly status: 126 | 127
  readonly says: string
}

/** The found program with its arguments, or how it ended before it began. On POSIX systems `file` is a path. */
export function startHere(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly kind: 'start'; readonly start: Start } | NotStarted {
  const [name = '', ...args] = words
  const found = findProgram(process.platform, env, name, look)
  if (found.kind !== 'found') return notStarted(name, found)
  return { kind: 'start', start: startLine(process.platform, found.path, args, env) }
}

/** The program that runs here and the file that it runs, as they would be started again. */
export function ownProgram(): readonly string[] {
  return [process.execPath, process.argv[1]!]
}

/** Asks the file first: merely touching `process.stdout` loads the network modules. */
export function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    return false
  }
  return [process.stdin, process.stdout, process.stderr][descriptor]!.isTTY === true
}

/** What stands at a path: enough to know whether it could be run. */
function look(path: string): ReturnType<Parameters<typeof findProgram>[3]> {
  try {
    if (!statSync(path).isFile()) return { kind: 'directory' }
    accessSync(path, constants.X_OK)
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'EACCES' ? 'not-executable' : 'absent' }
  }
  return { kind: 'program', firstBytes: firstBytesOf(path) }
}

function firstBytesOf(path: string): string {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const bytes = new Uint8Array(256)
    return new TextDecoder('latin1').decode(bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0)))
  } catch {
    // What may be run need not be readable.
    return ''
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function notStarted(name: string, found: Exclude<ProgramFound, { kind: 'found' }>): NotStarted {
  return { kind: 'not-started', status: found.kind === 'absent' ? 127 : 126, says: found.says(name) }
}

/** The end of a program that the system did not start after all. */
export function failedStart(name: string, error: Error): NotStarted {
  const code = (error as NodeJS.ErrnoException).code ?? 'it failed'
  return {
    kind: 'not-started',
    status: code === 'ENOENT' ? 127 : 126,
    says: `"${name}" could not be started (${code}).`,
  }
}

/**
 * Passes signals on to the command. `shared`: both sit at one terminal, whose keys (Ctrl-C, Ctrl-\) reach the command anyway;
 * then we only have to outlive it.
 */
export function passSignals(send: (signal: NodeJS.Signals) => void, shared: boolean): { end(): void } {
  // With nobody listening SIGUSR1 would open Node's debugger here.
  const passed = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const
  const keys: readonly string[] = ['SIGINT', 'SIGQUIT']
  const listeners = passed
    .filter((signal) => process.platform !== 'win32' || ['SIGINT', 'SIGTERM', 'SIGHUP'].includes(signal))
    .map((signal) => {
      const pass = () => {
        if (!shared || !keys.includes(signal)) send(signal)
      }
      process.on(signal, pass)
      return [signal, pass] as const
    })
  return {
    end() {
      for (const [signal, pass] of listeners) process.off(signal, pass)
    },
  }
}
