import { CountersignError } from '../errors.ts'
import { ownDirectory } from '../holder/files/own-directory.ts'
import type { Disk } from '../holder/machine/disk.ts'
import type { FileReading, Machine } from '../holder/machine/machine.ts'
import { pathKey, pathRules } from '../holder/machine/paths.ts'

type Found = Extract<FileReading, { kind: 'found' }>

/** A machine in memory that can be written to. */
export interface Desk {
  readonly machine: Machine
  readonly disk: Disk
  /** Files of the person that are not any more what they were: other bytes, other permissions, another time. */
  changed(): readonly string[]
}

/** A desk with what stands on a machine; the machine itself stays as it is. */
export function deskWith(beneath: Machine): Desk {
  // By path: what was written; null where the file went.
  const written = new Map<string, Found | null>()
  const keyOf = (path: string): string => pathKey(beneath, path)
  const read = (path: string): FileReading => {
    const found = written.get(keyOf(path))
    return found === undefined ? beneath.readFile(path) : (found ?? { kind: 'absent' })
  }
  const list = (path: string): readonly string[] => {
    const { basename, dirname } = pathRules(beneath)
    const names = new Set(beneath.list(path))
    for (const [key, found] of written) {
      // A directory stands on the way to what was written far below it.
      for (let at = key, above = dirname(at); above !== at; at = above, above = dirname(at)) {
        if (above !== keyOf(path)) continue
        if (found !== null) names.add(basename(at))
        else if (at === key) names.delete(basename(at))
      }
    }
    return [...names].sort()
  }
  const check = (path: string, before: Uint8Array | null | undefined): void => {
    const now = read(path)
    const bytes = now.kind === 'found' ? now.bytes : null
    if (before === undefined || isSame(before, bytes)) return
    throw new CountersignError('conflict', `${path} is not any more what it was.`, { data: { path } })
  }
  const disk: Disk = {
    write(path, bytes, { before, mode, modifiedAt } = {}) {
      check(path, before)
      const old = read(path)
      const usual = beneath.platform === 'win32' ? null : 0o600
      written.set(keyOf(path), {
        kind: 'found',
        bytes,
        modifiedAt: modifiedAt === undefined ? beneath.now() : new Date(modifiedAt),
        mode: mode ?? (old.kind === 'found' ? old.mode : usual),
      })
    },
    remove(path, { before } = {}) {
      check(path, before)
      written.set(keyOf(path), null)
    },
    list,
    marks(path) {
      const now = read(path)
      if (now.kind !== 'found') return null
      return { mode: now.mode, modifiedAt: now.modifiedAt.getTime(), size: now.bytes.length }
    },
  }
  const { dirname } = pathRules(beneath)
  const own = keyOf(dirname(ownDirectory(beneath, 'journal')))
  return {
    machine: Object.assign(Object.create(beneath) as Machine, { readFile: read, list }),
    disk,
    changed: () =>
      [...written.keys()].filter((path) => !path.startsWith(own) && !isAsBefore(beneath.readFile(path), read(path))),
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0
}

function isAsBefore(before: FileReading, now: FileReading): boolean {
  if (before.kind !== 'found' || now.kind !== 'found') return before.kind === now.kind
  return (
    isSame(before.bytes, now.bytes) &&
    before.mode === now.mode &&
    before.modifiedAt.getTime() === now.modifiedAt.getTime()
  )
}
