/**
 * A machine is a value: everything the holder's side may know about a computer comes in through this interface.
 * `real.ts` touches the computer; `recorded.ts` is data; `overlay.ts` is a copy with edits. Rules never look elsewhere.
 */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32'
  /** Environment variable by exact name (on Windows: whatever the case); undefined when not set. */
  env(name: string): string | undefined
  /** Names of all variables that are set, e.g. to list every `AWS_*`. */
  envNames(): readonly string[]
  /** The working directory, absolute. */
  readonly cwd: string
  /** The current user's home by the operating system's user database, for rules that fall back on it. */
  readonly userHome: string | null
  /** The instant that this machine's clock shows (`COUNTERSIGN_NOW` replaces it). */
  now(): Date
  /** Milliseconds that go by whatever the clock shows, for bounds on time; absent where the clock is all there is. */
  ticks?(): number
  /**
   * Reads a whole file. Never throws: what went wrong is a value. Files above 64 MiB are not read (`too-large`), on a computer also
   * none above `most` bytes.
   */
  readFile(path: string, most?: number): FileReading
  /**
   * Whether a file of at most `most` bytes holds an ASCII text; false also for what cannot be read. Where it is missing the file
   * is read instead: this only takes less time for many files.
   */
  mentions?(path: string, text: string, most: number): boolean
  /** Names in a directory, sorted, at most 10,000; none when there is no such directory or it may not be read. */
  list(path: string): readonly string[]
  /**
   * This process and those that started it, nearest first; whose start could not be told has `startedAt: null`. Empty where
   * the platform does not say.
   */
  processes(): Promise<readonly ProcessSeen[]>
  /** Sends one HTTP(S) request. Rejects with `unreachable` (no answer in `timeoutMs`, refused, TLS) or `offline`. */
  send(request: OutgoingRequest): Promise<IncomingReply>
  /** Runs a program to its end, with nothing on its stdin and no terminal. Never rejects: what went wrong is a value. */
  run(command: Command): Promise<CommandOutcome>
}

/** A running process, as far as anybody may see it. */
export interface ProcessSeen {
  readonly id: number
  /** Its program, without path and arguments, e.g. `code`. */
  readonly name: string
  readonly startedAt: Date | null
}

export interface Command {
  /** A program and its arguments, started as they are; or one line for `/bin/sh -c` or `cmd.exe /d /s /c`. */
  readonly line: readonly [program: string, ...args: string[]] | { readonly shell: string }
  /** Milliseconds until it is ended, with everything that it has started. */
  readonly timeoutMs: number
  /** All of its environment; absent: this machine's own. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

export type CommandOutcome =
  | {
      readonly kind: 'ended'
      /** Null when a signal ended it. */
      readonly exitCode: number | null
      /** E.g. `SIGKILL`; null when it ended by itself. */
      readonly signal: string | null
      /** As UTF-8. */
      readonly stdout: string
      /** The last 16 KiB, as UTF-8. It may hold anything, also secrets. */
      readonly stderr: string
    }
  | {
      readonly kind: 'not-started'
      readonly because: 'not-found' | 'permission' | 'io'
      /** One plain clause with no secret in it, e.g. `ENOENT: there is no such program`. */
      readonly detail: string
    }
  /** It ran longer than it may, and was ended. */
  | { readonly kind: 'timed-out'; readonly stderr: string }
  /** It wrote more than 1 MiB to stdout, and was ended. */
  | { readonly kind: 'too-much-output' }
  /** This machine runs no programs: it is a recording. */
  | { readonly kind: 'refused' }

export type FileReading =
  | {
      readonly kind: 'found'
      readonly bytes: Uint8Array
      readonly modifiedAt: Date
      /** POSIX permission bits, e.g. 0o600; null where the platform has none. */
      readonly mode: number | null
    }
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'unreadable'
      readonly because: 'permission' | 'directory' | 'too-large' | 'not-a-file' | 'loop' | 'io'
      /** One plain sentence with no secret in it, e.g. `EACCES: permission denied`. */
      readonly detail: string
    }

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Absolute http: or https: URL, exactly as it was signed. */
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** Milliseconds until the request is given up. */
  readonly timeoutMs: number
  /** No proxy is used: for addresses that only this computer or its host answers. */
  readonly direct?: boolean | undefined
  /** More requests to the same host may follow: the connection is kept for them. */
  readonly keepAlive?: boolean | undefined
  /** Told when all of it is on its way: what has to be done anyway can be done while the answer is awaited. */
  readonly onSent?: (() => void) | undefined
  /** Told once when there is no answer within a few milliseconds: what may have to be done can be prepared meanwhile. */
  readonly onLate?: (() => void) | undefined
}

export interface IncomingReply {
  readonly status: number
  /** Header lines, names lower-cased. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The first MiB of the body, as UTF-8. */
  readonly body: string
  /** When the first byte of the reply arrived, by the machine's clock. */
  readonly receivedAt: Date
}
