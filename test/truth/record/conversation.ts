import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { LaidOut } from './layout.ts'

/** What a recorder says of one state. `more` is what only some of them tell. */
export interface RawAnswer {
  readonly id: number
  readonly accessKeyId: string | null
  readonly sessionToken: string | null
  readonly source: string | null
  readonly error: string | null
  readonly more?: unknown
}

const patience = 90_000

/** Asks one recorder about states, one after the other; it is started anew when it dies or does not answer. */
export async function converse(
  start: readonly string[],
  directory: string,
  states: readonly LaidOut[],
  heard: (answer: RawAnswer) => void,
): Promise<void> {
  let talk = new Talk(start, directory)
  let lost = 0
  for (const state of states) {
    const answer = await talk.ask(state)
    if (typeof answer !== 'string') {
      lost = 0
      heard(answer)
      continue
    }
    lost += 1
    if (lost > 4) throw new Error(`the recorder does not work: ${answer}`)
    heard({ id: state.id, accessKeyId: null, sessionToken: null, source: null, error: `RecorderError: ${answer}` })
    talk.stop()
    talk = new Talk(start, directory)
  }
  talk.stop()
}

class Talk {
  readonly #child: ChildProcess
  #settle: ((answer: RawAnswer | string) => void) | null = null
  #over: string | null = null
  #complaints = ''

  constructor(start: readonly string[], directory: string) {
    const [command = '', ...rest] = start
    this.#child = spawn(command, rest, { cwd: directory, env: ownEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr!.on('data', (text: Buffer) => {
      this.#complaints = (this.#complaints + text.toString('utf8')).slice(-2000)
    })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      // What an SDK itself prints is no answer.
      if (line.startsWith('{"id":') || line.startsWith('{"id" :') || line.startsWith('{"id": '))
        this.#tell(JSON.parse(line) as RawAnswer)
    })
    const end = (why: string): void => {
      this.#over = why
      this.#tell(`${why}\n${this.#complaints}`)
    }
    this.#child.on('error', (error) => end(error.message))
    this.#child.on('exit', (code, signal) => end(`it ended with ${signal ?? code}`))
    this.#child.stdin!.on('error', () => {})
  }

  async ask({ id, env, profile, home }: LaidOut): Promise<RawAnswer | string> {
    if (this.#over !== null) return this.#over
    return new Promise((settle) => {
      const timer = setTimeout(() => this.#tell(`no answer in ${patience / 1000} s`), patience)
      this.#settle = (answer) => {
        clearTimeout(timer)
        settle(answer)
      }
      this.#child.stdin!.write(`${JSON.stringify({ id, env, profile, cwd: home })}\n`)
    })
  }

  #tell(answer: RawAnswer | string): void {
    const settle = this.#settle
    this.#settle = null
    settle?.(answer)
  }

  stop(): void {
    this.#child.removeAllListeners('exit')
    this.#child.stdin!.end()
    this.#child.kill()
  }
}

/** The recorder's own environment holds nothing of AWS. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS|AMAZON)_|_KEY$|_PROXY$|^BOTO|_proxy$/.test(name)),
  )
}
