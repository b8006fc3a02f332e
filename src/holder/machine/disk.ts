/** What a file carries besides its bytes. */
export interface FileMarks {
  /** POSIX permission bits, e.g. 0o600; null where the platform has none. */
  readonly mode: number | null
  /** When its bytes last changed: milliseconds since 1970, with what fraction the file system keeps. */
  readonly modifiedAt: number
}

export interface WriteOptions {
  /** What the file must still be (null: not there); else `conflict`. Absent: whatever it is. */
  readonly before?: Uint8Array | null
  /** Permission bits to give it instead of those that it has; without meaning on Windows. */
  readonly mode?: number
  /** When its bytes are to have changed, as in `FileMarks`; absent: now. */
  readonly modifiedAt?: number
}

/** What may be written on a computer. `real.ts` has the real one. */
export interface Disk {
  /**
   * Replaces a file, or makes it, in one step: whoever reads sees the old bytes or the new ones. Keeps mode and owner; a new
   * file is 0600, new directories are 0700. A symbolic link is followed to its target.
   * Throws `file-unwritable` (nothing was changed), or `conflict` when the file is no longer `before` or another writer holds
   * its lock.
   */
  write(path: string, bytes: Uint8Array, options?: WriteOptions): void
  /** Removes a file; one that is not there is no error. A symbolic link is followed, and stays. Throws as `write` does. */
  remove(path: string, options?: { readonly before?: Uint8Array }): void
  /** Names in a directory, sorted; none when there is no such directory. */
  list(path: string): readonly string[]
  /** Null for a file that is not there; `size` in bytes. Absent where `Machine.readFile` is all there is to ask. */
  marks?(path: string): (FileMarks & { readonly size: number }) | null
  /**
   * Does some work while no other process does any under the same path, which need not exist. Absent where nobody else is.
   * The lock of a process that was killed is taken over. Throws `conflict` when somebody else has held it for 15 seconds.
   */
  whileLocked?<T>(path: string, work: () => T): T
  /** Who writes: this process, on this computer, as `isGone` knows it again. Absent where nobody else is. */
  readonly writer?: string
  /** True when such a writer certainly lives no more; false where that cannot be told, as of another computer. */
  isGone?(writer: string): boolean
}
