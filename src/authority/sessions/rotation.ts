import type { RingKey } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { mintRingKey, type Random } from './mint.ts'

/** A key seals for a day: also at ten thousand sessions a second far fewer than the 2^32 that one GCM key may seal. */
const sealsFor = 86_400_000
/** GetSessionToken gives 36 hours at most (STS API); an hour more for clocks that differ. */
const opensFor = sealsFor + 37 * 3_600_000

/**
 * What is to be changed about the ring at `now` (milliseconds): a fresh key when the newest has sealed for a day or there
 * is none, and no more keys under which every session has ended. Empty when the ring is as it should be.
 */
export function planRotation(
  keys: readonly RingKey[],
  versionOf: (key: string) => number,
  now: number,
  random?: Random,
): readonly Change[] {
  const changes: Change[] = []
  const newest = keys.reduce<RingKey | null>((a, b) => (a === null || Number(b.id) > Number(a.id) ? b : a), null)
  if (newest === null || now - Date.parse(newest.createdAt) >= sealsFor) {
    const createdAt = `${new Date(now).toISOString().slice(0, 19)}Z`
    changes.push({ op: 'put', entity: mintRingKey(createdAt, keys, random), expect: 0 })
  }
  for (const key of keys) {
    if (key === newest || now - Date.parse(key.createdAt) < opensFor) continue
    changes.push({ op: 'remove', kind: 'ring-key', key: key.id, expect: versionOf(key.id) })
  }
  return changes
}
