import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { environment, main, makeHome, type Setting } from './program.ts'

/** The real program in a terminal, as a person sees and uses it. */
export interface InTerminal {
  /** All that was written so far, with the signs that steer the terminal taken out. */
  text(): string
  /** The same with them. */
  raw(): string
  /** Waits until something is on the screen that was not there at the last call; rejects when the program ends without it. */
  until(shown: string | RegExp): Promise<void>
  /** Presses keys: `\r` is Enter, `\x03` is Ctrl-C. */
  type(keys: string): void
  /** Its exit code, once it has ended; 128 and the number of a signal that ended it. */
  readonly ended: Promise<number>
}

/** Runs `countersign ARGS` (or `program ARGS`) in a terminal of that many columns; it is ended after the test. */
export function inTerminal(
  args: readonly string[],
  setting: Setting & { readonly columns?: number; readonly program?: string } = {},
): InTerminal {
  const home = setting.home ?? makeHome(setting.files)
  const words = setting.program === undefined ? [main, ...args] : [...args]
  const child = spawn(setting.program ?? process.execPath, words, {
    cols: setting.columns ?? 80,
    rows: 24,
    cwd: home,
    env: { ...environment(home, setting.env), TERM: 'xterm-256color' },
  })
  let written = ''
  let seen = 0
  let over = false
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of waiting) look()
  }
  child.onData((data) => {
    written += data
    wake()
  })
  const ended = new Promise<number>((accept) => {
    child.onExit(({ exitCode, signal }) => {
      over = true
      accept(signal ? 128 + signal : exitCode)
      wake()
    })
  })
  onTestFinished(() => {
    if (!over) child.kill('SIGKILL')
  })
  const text = () => withoutSteering(written)
  return {
    text,
    raw: () => written,
    until: (shown) =>
      new Promise((accept, reject) => {
        const look = () => {
          const fresh = text().slice(seen)
          const at = typeof shown === 'string' ? fresh.indexOf(shown) : fresh.search(shown)
          if (at >= 0) seen += at + (typeof shown === 'string' ? shown.length : shown.exec(fresh)![0].length)
          else if (!over) return
          waiting.delete(look)
          if (at >= 0) accept()
          else reject(new Error(`It ended without showing ${String(shown)}; it showed:\n${text()}`))
        }
        waiting.add(look)
        look()
      }),
    type: (keys) => child.write(keys),
    ended,
  }
}

function withoutSteering(text: string): string {
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r/g, '')
}
