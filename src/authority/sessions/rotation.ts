import type { RingKey } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { mintRingKey, type Random } from './mint.ts'

/** A key seals for a day: also at ten thousand sessions a second far fewer than the 2^32 that one GCM key may seal. */
const sealsFor = 86_400_000
/**
 * Every session is over after 36 hours (GetSessionToken, STS API). The key that opens it stays for two weeks, so that for so
 * long a session that has ended is known as one: AWS says `ExpiredToken` for days and only after weeks that the token is
 * invalid (`authority.md` §2.7).
 */
const opensFor = 14 * 86_400_000

/**
 * What is to be changed about the ring at `now` (milliseconds): a fresh key when there is none or the newest has sealed for a
 * day, and no more keys under which every session ended long ago. Empty when the ring is as it should be.
 */
export function planRotation(
  keys: readonly RingKey[],
  versionOf: (key: string) => number,
  now: number,
  random?: Random,
): readonly Change[] {
  const inOrder = keys.toSorted((a, b) => Number(a.id) - Number(b.id))
  const newest = inOrder.at(-1)
  const changes: Change[] = []
  // One from the future was made while the clock was wrong, and would seal until that future.
  if (newest === undefined || Math.abs(now - Date.parse(newest.createdAt)) >= sealsFor) {
    const createdAt = `${new Date(now).toISOString().slice(0, 19)}Z`
    changes.push({ op: 'put', entity: mintRingKey(createdAt, keys, random), expect: 0 })
  }
  inOrder.forEach((key, index) => {
    // A key seals until its successor comes, however late that is: a computer may have slept in between.
    const successor = inOrder[index + 1]
    if (successor === undefined || now - Date.parse(successor.createdAt) < opensFor) return
    changes.push({ op: 'remove', kind: 'ring-key', key: key.id, expect: versionOf(key.id) })
  })
  return changes
}
