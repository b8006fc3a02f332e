import type { Disk, FileMarks } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { sameBytes } from './changes.ts'
import type { Image } from './journal.ts'

/** Mode and time that a file has now; nothing for one that is not there. */
export function marksOf(machine: Machine, disk: Disk, path: string): FileMarks | null {
  if (disk.marks !== undefined) {
    const marks = disk.marks(path)
    return marks === null ? null : { mode: marks.mode, modifiedAt: marks.modifiedAt }
  }
  const reading = machine.readFile(path)
  return reading.kind === 'found' ? { mode: reading.mode, modifiedAt: reading.modifiedAt.getTime() } : null
}

/** Makes a file what the image is, when it still holds `now`. A mode or a time that the image does not know is left alone. */
export function putImage(disk: Disk, path: string, image: Image | null, now: Uint8Array | null): void {
  if (image === null) {
    if (now !== null) disk.remove(path, { before: now })
    return
  }
  const { bytes, mode, modifiedAt } = image
  disk.write(path, bytes, {
    before: now,
    ...(mode === null || mode === undefined ? {} : { mode }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
  })
}

/** What a file holds now; `unreadable` is neither there nor not there. */
export function bytesNow(machine: Machine, path: string): Uint8Array | null | 'unreadable' {
  const reading = machine.readFile(path)
  return reading.kind === 'found' ? reading.bytes : reading.kind === 'absent' ? null : 'unreadable'
}

/** Whether a file holds what the image does. */
export function holds(now: Uint8Array | null | 'unreadable', image: Image | null): boolean {
  if (now === null || image === null) return now === null && image === null
  return now !== 'unreadable' && sameBytes(now, image.bytes)
}
