import type { Machine } from '../holder/machine/machine.ts'

/**
 * Where a verb speaks: the only way from `cli` to the outside besides the `Machine`. `main.ts` makes the real one; a test
 * may make one of two strings. Verbs write data with `out` and prose, prompts and progress with `err`.
 */
export interface Terminal {
  /** Writes to stdout at once. When the reader has gone away the rest is dropped silently. */
  out(text: string): void
  /** Writes to stderr at once. */
  err(text: string): void
  /** As `err`, but at the terminal itself when stderr is captured: the person has to know it now. */
  tell(text: string): Promise<void>
  readonly look: Look
  /** Whether a person sits at stdin; when not, `input` may be read. */
  readonly inputIsPerson: boolean
  /** Whether what `out` writes stands on a person's screen. */
  readonly outputIsPerson: boolean
  /** All of stdin as UTF-8, at most `limit` bytes; rejects with `limit` when there is more. */
  input(limit: number): Promise<string>
  /**
   * Asks the person for one line and gives what they typed; null where nobody sits, when they typed nothing, and with Ctrl-D. When stdin is
   * captured they are asked at the terminal itself, if the process has one. What is typed is not shown unless `shown`: it is a one-time
   * code, a password, a secret. Ctrl-C ends the process with 130.
   */
  ask(question: string, options?: { readonly shown?: boolean }): Promise<string | null>
  /** Whether `ask` reaches anybody. */
  isPersonThere(): Promise<boolean>
  /** Begins to tell on stderr what is going on, once it has lasted half a second. Says nothing when `quiet`. */
  progress(says: string): Progress
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void>
  /** Resolves with the first SIGINT or SIGTERM. A second one ends the process without further ado. */
  untilStopped(): Promise<void>
}

export interface Progress {
  /** What is being done now; with the part of the whole that is done (0 to 1) where that is known. */
  now(says: string, done?: number): void
  /** Takes the line back where that is possible. Call it before any other output. */
  end(): void
}

/** How text may look here. */
export interface Look {
  /** Width to wrap prose to, 60 to 100. */
  readonly columns: number
  readonly colour: boolean
  /** False: only ASCII signs are sure to be readable. */
  readonly unicode: boolean
}

/** A directory of its own for one run. */
export interface Scratch {
  /** Absolute; only the person themselves may look into it. */
  readonly path: string
  /** Takes it away with everything in it. */
  remove(): void
}

/** What every verb is given. */
export interface Call {
  readonly terminal: Terminal
  readonly machine: Machine
  readonly flags: Flags
  /** Positional arguments after the verb. */
  readonly operands: readonly string[]
  /** What stood after `--`; null when there was none. */
  readonly child: readonly string[] | null
  /** True when no verb was written and `check` was assumed. */
  readonly implied: boolean
  /** True when the machine is a recording: nothing of it is written to this computer's disk. */
  readonly recorded?: boolean
  /** Makes a directory for temporary files. */
  scratch(): Scratch
  /** How this program was started: Node and its script, absolute, links followed. Absent where it was not. */
  program?(): { readonly node: string; readonly script: string }
  /** Has `undo` run also when the process ends at once, as by Ctrl-C at a prompt; gives what takes that back. It must not wait. */
  beforeExit(undo: () => void): () => void
}

/** Values of the flags by name, as they were written and checked by the grammar. */
export interface Flags {
  text(name: string): string | undefined
  on(name: string): boolean
}

/** The exit codes of the contract. */
export const exitCode = {
  fine: 0,
  problem: 1,
  usage: 2,
  unknown: 3,
  defect: 70,
} as const

export type Verb = (call: Call) => Promise<number>
