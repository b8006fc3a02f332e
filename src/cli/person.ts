import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'

/*
 * The person at the terminal, also when stdin, stdout and stderr are captured, as an SDK does with what it starts: the terminal itself is
 * opened then (`/dev/tty`, on Windows `CONIN$` and `CONOUT$`), as ssh and sudo do.
 */

/** Where keys come from and questions go. */
interface Door {
  readonly keys: ReadStream
  write(text: string): void
  close(): void
}

/** A session token may be pasted. */
const longestLine = 8192

/** What was typed behind the end of a line, for the next question. */
let typedAhead = ''

/** Whether anybody can be asked who does not sit at stdin. Opens the terminal for it, and closes it again. */
export function isSomebodyThere(): boolean {
  const descriptor = openTerminal('in')
  if (descriptor === null) return false
  closeSync(descriptor)
  return true
}

/** Says something at the terminal itself; false where there is none. */
export function tellPerson(text: string): boolean {
  const descriptor = openTerminal('out')
  if (descriptor === null) return false
  writeSync(descriptor, text)
  closeSync(descriptor)
  return true
}

/**
 * Asks for one line. Gives it without blanks around it; null where nobody sits, when nothing was typed, and with Ctrl-D. Ctrl-C gives the
 * terminal back as it was and ends the process with 130.
 */
export async function askPerson(
  question: string,
  { shown, stdinIsTerminal }: { readonly shown: boolean; readonly stdinIsTerminal: boolean },
): Promise<string | null> {
  const door = openDoor(stdinIsTerminal)
  if (door === null) return null
  // First of all: whoever answers the moment that they see the question types unseen already.
  door.keys.setRawMode(true)
  try {
    door.write(`${question} `)
    const line = await readLine(door, shown)
    return line === null || line.trim() === '' ? null : line.trim()
  } finally {
    door.keys.setRawMode(false)
    door.write('\n')
    door.close()
  }
}

function readLine(door: Door, shown: boolean): Promise<string | null> {
  const line = new Line(shown ? (text) => door.write(text) : () => {})
  return new Promise((accept) => {
    const decoder = new TextDecoder()
    const take = (text: string): void => {
      const outcome = line.take(text)
      if (outcome === null) return
      typedAhead = outcome.rest
      door.keys.off('data', read)
      door.keys.off('end', gone)
      door.keys.pause()
      if (outcome.end === 'interrupted') {
        door.keys.setRawMode(false)
        door.write('\n')
        process.exit(130)
      }
      accept(outcome.end === 'cancelled' ? null : line.text)
    }
    const read = (bytes: Uint8Array): void => take(decoder.decode(bytes, { stream: true }))
    const gone = (): void => accept(null)
    door.keys.on('data', read)
    door.keys.once('end', gone)
    // After an earlier question it is paused, and a new listener alone does not end that.
    door.keys.resume()
    const ahead = typedAhead
    typedAhead = ''
    if (ahead !== '') take(ahead)
  })
}

/** How a line ended, and what was typed behind its end. */
interface LineEnd {
  readonly end: 'entered' | 'cancelled' | 'interrupted'
  readonly rest: string
}

/** A line as it is typed. */
class Line {
  readonly #echo: (text: string) => void
  #typed: string[] = []

  constructor(echo: (text: string) => void) {
    this.#echo = echo
  }

  get text(): string {
    return this.#typed.join('')
  }

  /** Takes keys; null while the line has not ended. */
  take(keys: string): LineEnd | null {
    // An arrow key and its like is no text.
    const signs = [...keys.replace(/\u001b(\[[0-9;?]*[ -/]*[@-~]|O.|.)?/g, '')]
    for (const [at, key] of signs.entries()) {
      const rest = signs.slice(at + 1).join('')
      if (key === '\r' || key === '\n') return { end: 'entered', rest: rest.replace(/^\n/, '') }
      if (key === '\u0003') return { end: 'interrupted', rest: '' }
      if (key === '\u0004') return { end: 'cancelled', rest: '' }
      if (key === '\u007f' || key === '\b') this.#rubOut(1)
      else if (key === '\u0015') this.#rubOut(this.#typed.length)
      else if ((key >= ' ' || key === '\t') && this.#typed.length < longestLine) {
        this.#typed.push(key)
        this.#echo(key)
      }
    }
    return null
  }

  #rubOut(count: number): void {
    for (let left = count; left > 0 && this.#typed.pop() !== undefined; left -= 1) this.#echo('\b \b')
  }
}

function openDoor(stdinIsTerminal: boolean): Door | null {
  const ownKeys = stdinIsTerminal ? null : openTerminal('in')
  if (!stdinIsTerminal && ownKeys === null) return null
  const ownWords = process.stderr.isTTY === true ? null : openTerminal('out')
  const keys = ownKeys === null ? process.stdin : new ReadStream(ownKeys)
  return {
    keys,
    write: (text) => void writeSync(ownWords ?? 2, text),
    close() {
      // Closes its descriptor too.
      if (ownKeys !== null) keys.destroy()
      if (ownWords !== null) closeSync(ownWords)
    },
  }
}

/** Null where the process has none: under cron, in CI, in a service. */
function openTerminal(direction: 'in' | 'out'): number | null {
  const name = process.platform !== 'win32' ? '/dev/tty' : direction === 'in' ? '\\\\.\\CONIN$' : '\\\\.\\CONOUT$'
  try {
    const descriptor = openSync(name, process.platform === 'win32' ? 'r+' : direction === 'in' ? 'r+' : 'w')
    if (fstatSync(descriptor).isCharacterDevice()) return descriptor
    closeSync(descriptor)
  } catch {
    // There is none.
  }
  return null
}
