import { CountersignError } from '../../errors.ts'
import { sha256Hex } from '../files/digest.ts'
import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'

/** What taking a turn needs besides a machine and its disk. */
export interface TurnMeans {
  readonly machine: Machine
  readonly disk: Disk
  /** Told apart from every other run of the program, e.g. a number drawn at random. */
  readonly mark: string
  pause(ms: number): Promise<void>
  /** Has `undo` run also when the process ends at once; gives what takes that back. */
  beforeExit(undo: () => void): () => void
  /** Told once when another one has the turn. */
  readonly onWait: () => void
  /** Milliseconds that are waited at most. Default: two minutes. */
  readonly patienceMs?: number
}

/** A holder that has given no sign for so long is dead, or was stopped. */
const silentMs = 6000
const beatMs = 1500
const lookMs = 50
const usualPatienceMs = 120_000

/**
 * Runs `work` when no other process does it under the same name, so that a person is asked once and not twice: who comes second waits,
 * and should look first whether what it wants is there by then. The turn is a small file that its holder changes every 1.5 seconds; one
 * that stands still for six is taken over, and at once where its process is no more. Taking, keeping and giving back are each one exchange of known bytes for new ones
 * (`Disk.write` with `before`), so that two can never have it.
 *
 * @throws CountersignError `limit` when the other one is not done within the patience
 */
export async function inTurn<T>(means: TurnMeans, name: string, work: () => Promise<T>): Promise<T> {
  const turn = new Turn(means, name)
  await turn.take()
  const stay = means.beforeExit(() => turn.giveBack())
  try {
    return await turn.keptDuring(work())
  } finally {
    stay()
    turn.giveBack()
  }
}

class Turn {
  readonly #means: TurnMeans
  readonly #path: string
  /** What stands in the file while it is ours. */
  #mine: Uint8Array = new Uint8Array()
  #beats = 0

  constructor(means: TurnMeans, name: string) {
    this.#means = means
    this.#path = joinPath(means.machine, ownDirectory(means.machine, 'sessions'), `${sha256Hex(name)}.turn`)
  }

  async take(): Promise<void> {
    const { pause, onWait, patienceMs = usualPatienceMs } = this.#means
    let seen = ''
    let seenFor = 0
    let isTold = false
    for (let waited = 0; ; waited += lookMs) {
      const found = this.#read()
      const text = found === null ? '' : new TextDecoder().decode(found)
      seenFor = text === seen ? seenFor + lookMs : 0
      seen = text
      if ((text === '' || seenFor >= silentMs || this.#isLeft(text)) && this.#exchange(found)) return
      if (!isTold) onWait()
      isTold = true
      if (waited >= patienceMs)
        throw new CountersignError(
          'limit',
          'Another countersign is asking for the same credentials, and is not done.',
          {
            data: { hint: 'Answer its question, or end it; then try again.' },
          },
        )
      await pause(lookMs)
    }
  }

  async keptDuring<T>(work: Promise<T>): Promise<T> {
    let done = false
    const ended = work.finally(() => {
      done = true
    })
    // A rejection is told by `ended`.
    const quiet = ended.then(
      () => {},
      () => {},
    )
    while (!done) {
      await Promise.race([quiet, this.#means.pause(beatMs)])
      if (!done) this.#exchange(this.#mine)
    }
    return await ended
  }

  giveBack(): void {
    try {
      this.#means.disk.write(this.#path, new Uint8Array(), { before: this.#mine })
    } catch {
      // It was taken over while this process was stopped.
    }
  }

  #read(): Uint8Array | null {
    const reading = this.#means.machine.readFile(this.#path, 4096)
    return reading.kind === 'found' ? reading.bytes : null
  }

  #isLeft(text: string): boolean {
    const [, writer] = /^(\S+@\S*) /.exec(text) ?? []
    return writer !== undefined && this.#means.disk.isGone?.(writer) === true
  }

  #exchange(before: Uint8Array | null): boolean {
    this.#beats += 1
    const { disk, mark } = this.#means
    const next = new TextEncoder().encode(`${[disk.writer, mark, this.#beats].filter(Boolean).join(' ')}\n`)
    try {
      disk.write(this.#path, next, { before })
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'conflict') return false
      throw error
    }
    this.#mine = next
    return true
  }
}
