import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import { callAws } from '../calls/index.ts'
import { readRecords, removeRecord } from './records.ts'
import { type KeySeen, named, type RotationMeans, type Subject } from './subject.ts'

/** What became of an old key that may go. */
export interface Due {
  readonly id: string
  readonly outcome: 'deleted' | 'gone' | 'kept'
  /** Why it was kept, one plain clause; null when it was not. */
  readonly because: string | null
}

/** The old keys of earlier rotations of this user that may be deleted now. */
export function dueFor({ machine }: Pick<RotationMeans, 'machine'>, { arn }: Pick<Subject, 'arn'>): readonly string[] {
  const now = machine.now().toISOString()
  return readRecords(machine)
    .filter((record) => record.phase === 'deactivated' && record.arn === arn)
    .filter(({ deleteAt }) => deleteAt === null || deleteAt <= now)
    .map(({ oldId }) => oldId)
}

/**
 * Deletes the old keys of earlier rotations of this user, where their time has come. One that somebody has made active again is in
 * use: it stays.
 */
export async function deleteDue(means: RotationMeans, subject: Subject): Promise<readonly Due[]> {
  const done: Due[] = []
  for (const id of dueFor(means, subject)) done.push(await deleteOne(means, subject, id))
  return done
}

async function deleteOne(means: RotationMeans, { caller, userName, keys }: Subject, id: string): Promise<Due> {
  const key = keys.find((seen) => seen.id === id)
  if (key === undefined) {
    removeRecord(means.machine, means.disk, { oldId: id })
    return { id, outcome: 'gone', because: null }
  }
  if (key.active) return { id, outcome: 'kept', because: `${maskAccessKeyId(id)} was made active again` }
  const gone = await callAws(caller, 'iam', 'DeleteAccessKey', { ...named(userName), AccessKeyId: id })
  if (gone.kind !== 'answered') return { id, outcome: 'kept', because: gone.because }
  removeRecord(means.machine, means.disk, { oldId: id })
  return { id, outcome: 'deleted', because: null }
}

/** The keys that are left. */
export function withoutDeleted(keys: readonly KeySeen[], done: readonly Due[]): readonly KeySeen[] {
  return keys.filter(({ id }) => !done.some((due) => due.id === id && due.outcome === 'deleted'))
}
