import { statSync } from 'node:fs'
import { CountersignError } from '../../errors.ts'

/**
 * A check, cheap enough for every call (1 µs for each file), that the database at `path`, and those of `companions` that are
 * there now, are still the files under their names. SQLite goes on writing to a file that was removed, moved or replaced
 * (https://www.sqlite.org/howtocorrupt.html#unlink), and all of it is lost when the process ends.
 * The check throws `store`.
 */
export function createPlaceCheck(path: string, companions: readonly string[]): () => void {
  const opened = [path, ...companions].map((file) => ({ file, found: look(file) }))
  const present = opened.filter(({ file, found }) => found !== undefined || file === path)
  return () => {
    for (const { file, found } of present) {
      const now = look(file)
      if (now !== undefined && now.ino === found?.ino && now.dev === found.dev) continue
      const happened = now === undefined ? 'has been removed or moved' : 'has been replaced by another file'
      const says = `${file} ${happened} while it was in use: put it back, or stop and start again with what is there`
      throw new CountersignError('store', says, { data: { path: file } })
    }
  }
}

/** Numbers of files may be too large for a double. */
function look(file: string) {
  return statSync(file, { bigint: true, throwIfNoEntry: false })
}
