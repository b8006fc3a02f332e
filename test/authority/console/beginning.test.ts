import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { begin } from '../../../src/authority/console/beginning.ts'
import type { Ground } from '../../../src/authority/console/ground.ts'
import type { ConsoleSession } from '../../../src/authority/model/entities.ts'
import { createSealedState } from '../../../src/authority/sessions/sealed-state.ts'
import type { Received } from '../../../src/authority/wire/index.ts'
import { openAuthority } from '../actions/authority-at-hand.ts'

// Why: whoever may assume a role chooses the names of its sessions, and could fill the store with them.
test('the sessions of one role are a thousand at most; the oldest goes, and none of another role', async () => {
  const at = await openAuthority()
  const now = Date.parse('2026-11-28T12:00:00Z')
  const { state } = at
  const ground = {
    now: () => now,
    directory: () => state.directory,
    commit: (changes) => state.commit(changes),
    state: createSealedState(randomBytes(32)),
    region: 'us-east-1',
  } satisfies Partial<Ground> as unknown as Ground
  const session = (role: string, n: number): ConsoleSession => ({
    kind: 'console-session',
    id: `${role} ${n}`,
    owner: `${role}:session-${n}`,
    createdAt: new Date(now - 3_600_000 + (n % 1_000) * 1_000).toISOString(),
    expiresAt: new Date(now + 3_600_000).toISOString(),
    mfaAt: null,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    claims: JSON.stringify({ type: 'role', ownerId: role }),
    sourceIp: '::1',
  })
  const put = (entity: ConsoleSession) => ({ op: 'put', entity, expect: 0 }) as const
  // The oldest is neither the first nor the last that was written.
  const many = Array.from({ length: 1_000 }, (_, n) => session('AROAONE', n + 500))
  await state.commit([session('AROATWO', 0), ...many].map(put))
  const oldest = session('AROAONE', 1_000)
  expect(state.directory.consoleSession(oldest.id)).toBeDefined()
  const call = { head: { headers: [] }, secure: false } as unknown as Received
  await begin(session('AROAONE', 5_999), null, call, ground, () => [])
  const owners = [...state.directory.consoleSessions()].map(({ owner }) => owner)
  expect(owners.filter((owner) => owner.startsWith('AROAONE:'))).toHaveLength(1_000)
  expect(owners).toContain('AROAONE:session-5999')
  expect(owners).toContain('AROATWO:session-0')
  expect(owners).not.toContain(oldest.owner)
})
