import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { type ChildEnd, failedStart, isTerminal, passSignals, startHere } from '../command/starting.ts'

/**
 * Runs a command to its end with its own terminal and streams: nothing is read, nothing passed on but signals. Ctrl-C and Ctrl-Z
 * reach it as they would without us. `env` is all of its environment.
 */
export async function runWithOwnStreams(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ChildEnd> {
  const found = startHere(words, env)
  if (found.kind !== 'start') return found
  const { file, args, verbatim } = found.start
  // First of all: the command may send one as soon as it runs.
  const signals = passSignals((signal) => void child?.kill(signal), isTerminal(0) || isTerminal(1) || isTerminal(2))
  let child: ChildProcess | undefined
  try {
    const started = spawn(file, args, {
      stdio: 'inherit',
      env,
      argv0: verbatim ? undefined : words[0],
      windowsVerbatimArguments: verbatim,
    })
    child = started
    return await new Promise<ChildEnd>((accept) => {
      started.once('error', (error) => accept(failedStart(words[0]!, error)))
      started.once('exit', (code, signal) =>
        accept({
          kind: 'ended',
          status: signal === null ? (code ?? 1) : 128 + constants.signals[signal],
          signal,
          lineIsOpen: false,
        }),
      )
    })
  } catch (error) {
    // What is too large for the system (E2BIG) Node throws at once.
    return failedStart(words[0]!, error as Error)
  } finally {
    signals.end()
  }
}

/** By these a process leaves an image of its memory behind (signal(7), "Core"). In ours there are secrets. */
const leavingImage = [
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
]

/**
 * Ends this process by the signal that has ended the command, so that whoever started us sees what they would have seen: a shell stops
 * its script at Ctrl-C only when its child died of it. Comes back where that does not work (Windows), and for signals that would write
 * our memory to the disk.
 */
export function endBy(signal: string): void {
  if (process.platform === 'win32' || leavingImage.includes(signal)) return
  process.kill(process.pid, signal as NodeJS.Signals)
}
