/** What may be written on a computer, for the repair. `real.ts` has the real one. */
export interface Disk {
  /**
   * Replaces a file, or makes it, in one step: whoever reads sees the old bytes or the new ones. Keeps mode and owner; a new
   * file is 0600, new directories are 0700. A symbolic link is followed to its target.
   * Throws `file-unwritable` (nothing was changed), or `conflict` when the file is no longer `before` or another writer holds
   * its lock.
   */
  write(path: string, bytes: Uint8Array, options?: { readonly before?: Uint8Array | null }): void
  /** Removes a file; one that is not there is no error. Throws `file-unwritable`. */
  remove(path: string): void
  /** Names in a directory, sorted; none when there is no such directory. */
  list(path: string): readonly string[]
}
