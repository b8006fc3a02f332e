/**
 * Every error that Countersign itself raises is one class over this closed set of codes.
 * A refusal that is expected (an AWS answer, a broken file that was diagnosed) is a value, not an error.
 */
export type ErrorCode =
  /** The command line or a caller's argument is wrong. Exit code 2. */
  | 'usage'
  /** A file exists but cannot be read, is too large, or is not text. `data.path`. */
  | 'file-unreadable'
  /** A file could not be written; nothing was changed. `data.path`. */
  | 'file-unwritable'
  /** A document does not follow its syntax. `data.path`, `data.line`, `data.column`. */
  | 'syntax'
  /** An endpoint did not answer, or not in time. `data.endpoint`. Exit code 3. */
  | 'unreachable'
  /** The network was asked for while `--offline` forbids it. Exit code 3. */
  | 'offline'
  /** A limit of size, count or time was exceeded. */
  | 'limit'
  /** The authority's data directory, database or master key cannot be used as it is. */
  | 'store'
  /** Nobody unlocked the keychain or the encrypted file, or it cannot be used here. */
  | 'vault-locked'
  /** The person was asked and said no, or pressed Ctrl-C; nothing was changed. */
  | 'cancelled'
  /** Two writers changed the same entity; the later one may try again. */
  | 'conflict'
  /** A defect in Countersign. Exit code 70. */
  | 'defect'

export class CountersignError extends Error {
  readonly code: ErrorCode
  /** What a program may want to know: paths, positions, limits. Never a secret. */
  readonly data: Readonly<Record<string, string | number | boolean>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; data?: Readonly<Record<string, string | number | boolean>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CountersignError'
    this.code = code
    this.data = options.data ?? {}
  }
}
