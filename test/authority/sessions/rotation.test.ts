import { describe, expect, test } from 'vitest'
import type { RingKey } from '../../../src/authority/model/entities.ts'
import { planRotation } from '../../../src/authority/sessions/rotation.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 10, 1)
function keyOf(id: number, hoursAgo: number, now: number): RingKey {
  const createdAt = new Date(now - hoursAgo * hour).toISOString()
  return { kind: 'ring-key', id: String(id), createdAt, secret: Buffer.alloc(32, id).toString('base64') }
}

describe('the plan for the ring', () => {
  test('makes the first key', () => {
    const [change, ...rest] = planRotation([], () => 0, start)
    expect(rest).toEqual([])
    expect(change).toMatchObject({
      op: 'put',
      expect: 0,
      entity: { kind: 'ring-key', id: '1', createdAt: '2026-11-01T00:00:00Z' },
    })
    if (change?.op !== 'put' || change.entity.kind !== 'ring-key') throw new Error('no key')
    expect(Buffer.from(change.entity.secret, 'base64')).toHaveLength(32)
  })

  test('leaves a ring alone whose newest key is younger than a day', () => {
    expect(planRotation([keyOf(1, 30, start), keyOf(2, 23, start)], () => 1, start)).toEqual([])
  })

  test('makes the next key after a day, with a number that was never used', () => {
    expect(planRotation([keyOf(7, 24, start), keyOf(3, 30, start)], () => 1, start)).toMatchObject([
      { op: 'put', entity: { id: '8' } },
    ])
  })

  test('lets a key go only when the sessions that it has sealed ended weeks ago', () => {
    const day = 24
    const ring = (days: number) => [keyOf(1, (days + 1) * day, start), keyOf(2, days * day, start), keyOf(3, 1, start)]
    expect(planRotation(ring(13), () => 1, start)).toEqual([])
    expect(planRotation(ring(15).toReversed(), () => 5, start)).toEqual([
      { op: 'remove', kind: 'ring-key', key: '1', expect: 5 },
    ])
  })

  /** Why: a laptop that slept for a week seals a session before it comes to rotating. */
  test('keeps the key that has sealed until now, however old it is', () => {
    const plan = planRotation([keyOf(1, 10_000, start)], () => 1, start)
    expect(plan.map(({ op }) => op)).toEqual(['put'])
    expect(planRotation([keyOf(1, 10_000, start), keyOf(2, 1, start)], () => 1, start)).toEqual([])
  })

  test('does not wait for the date of a key that was made while the clock was years ahead', () => {
    expect(planRotation([keyOf(1, -50_000, start)], () => 1, start)).toMatchObject([{ op: 'put', entity: { id: '2' } }])
    expect(planRotation([keyOf(1, -1, start)], () => 1, start)).toEqual([])
  })
})
