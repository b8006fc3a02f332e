import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'

/**
 * How far the rotation of one key has come; kept until its old key is deleted, so that a crash between any two steps leaves
 * something to go on from. The file is 0600: until the new secret stands where it belongs it stands here.
 */
export interface RotationRecord {
  readonly version: 1
  readonly profile: string
  /** ARN of the principal whose key it is. */
  readonly arn: string
  readonly oldId: string
  /** Ids of the keys that the user had before: another one later is ours. */
  readonly known: readonly string[]
  readonly phase: 'creating' | 'created' | 'deactivated'
  /** ISO 8601, UTC. */
  readonly begunAt: string
  readonly newId: string | null
  /** Null before it is made, and once it stands where it belongs. */
  readonly newSecret: string | null
  /** When the old key may go, ISO 8601; null: with the next rotation. */
  readonly deleteAt: string | null
}

/** All of them, oldest first; what cannot be read is passed over. */
export function readRecords(machine: Machine): readonly RotationRecord[] {
  const directory = ownDirectory(machine, 'rotations')
  return machine
    .list(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const reading = machine.readFile(joinPath(machine, directory, name))
      return reading.kind === 'found' ? recordIn(new TextDecoder().decode(reading.bytes)) : []
    })
    .toSorted((one, other) => one.begunAt.localeCompare(other.begunAt))
}

function recordIn(text: string): readonly RotationRecord[] {
  try {
    const record = JSON.parse(text) as RotationRecord
    const texts = [record.profile, record.arn, record.oldId, record.begunAt, record.phase]
    return record.version === 1 && texts.every((value) => typeof value === 'string') ? [record] : []
  } catch {
    return []
  }
}

/** Replaces the record of that old key, in one step. */
export function writeRecord(machine: Machine, disk: Disk, record: RotationRecord): void {
  disk.write(pathOf(machine, record), new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`))
}

export function removeRecord(machine: Machine, disk: Disk, record: Pick<RotationRecord, 'oldId'>): void {
  disk.remove(pathOf(machine, record))
}

/** An id has no character that a file name must not have. */
function pathOf(machine: Machine, { oldId }: Pick<RotationRecord, 'oldId'>): string {
  return joinPath(machine, ownDirectory(machine, 'rotations'), `${oldId.replace(/\W/g, '_')}.json`)
}
