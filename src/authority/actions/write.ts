import { CountersignError } from '../../errors.ts'
import type { Directory } from '../directory/directory.ts'
import { type Entity, entityKey } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import type { ActionContext } from './grid.ts'
import { isRefused, type Refused } from './sentences.ts'

/** What a write is going to do, decided from the directory as it is now; or why it does nothing. */
export type Plan<T> = Refused | { readonly ok: T; readonly changes: readonly Change[] }

/** What a write needs of the world. */
export type Writing = Pick<ActionContext, 'directory' | 'commit'>

const ATTEMPTS = 5
const tails = new WeakMap<Directory, Promise<unknown>>()

/**
 * Decides and commits one write. Writes of one authority run one after another, so that within a process no plan is
 * overtaken. Between nodes the store holds what the plan relied on: names are unique there, and every plan also puts the
 * entity whose count or existence it depends on (the user for its keys and devices, the policy for its attachments), so
 * that a rival's commit makes ours fail and the plan is made again. Only the numbers of users, roles, policies and
 * devices of the whole account may be exceeded by as many nodes as create one at the same instant.
 *
 * Gives the plan's answer once the changes are on disk, or a refusal; after five lost races the refusal is
 * `concurrent-modification`.
 */
export function write<T>(context: Writing, plan: () => Plan<T>): Promise<{ readonly ok: T } | Refused> {
  const before = tails.get(context.directory) ?? Promise.resolve()
  const mine = before.then(() => attempt(context, plan))
  tails.set(
    context.directory,
    mine.catch(() => {}),
  )
  return mine
}

async function attempt<T>(context: Writing, plan: () => Plan<T>): Promise<{ readonly ok: T } | Refused> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const planned = plan()
    if (isRefused(planned)) return planned
    if (planned.changes.length === 0) return { ok: planned.ok }
    try {
      await context.commit(planned.changes)
      return { ok: planned.ok }
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'conflict')) throw error
    }
  }
  return { refused: { reason: 'concurrent-modification' } }
}

/** Puts an entity over its present version; also used unchanged, to hold what a plan relied on. */
export function put(directory: Directory, entity: Entity): Change {
  return { op: 'put', entity, expect: directory.versionOf(entity.kind, entityKey(entity)) }
}

export function remove(directory: Directory, entity: Entity): Change {
  const key = entityKey(entity)
  return { op: 'remove', kind: entity.kind, key, expect: directory.versionOf(entity.kind, key) }
}

/** `2026-11-28T12:00:00Z`: IAM and STS know whole seconds. */
export function wholeSeconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}
