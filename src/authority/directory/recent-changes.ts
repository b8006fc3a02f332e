import type { Entity, EntityKind } from '../model/entities.ts'

/** How long, and for how many changes, the state before a change is remembered. */
export interface HistoryBounds {
  /** Milliseconds; the longest propagation that can be simulated. Default 5 minutes. */
  readonly keptFor?: number
  /** Default 10,000 changes; beyond it the oldest are forgotten, so that a bulk import costs no memory. */
  readonly most?: number
}

/**
 * What entities were before their last change, and when that was: what simulated propagation asks for. Bounded in time and
 * number, so that it costs nothing to keep it always on: a test control may turn propagation on at any moment.
 */
export interface RecentChanges {
  note(kind: EntityKind, key: string, before: Entity | undefined, at: number): void
  changedAt(kind: EntityKind, key: string): number | undefined
  before(kind: EntityKind, key: string): Entity | undefined
  clear(): void
}

interface Change {
  readonly at: number
  readonly before: Entity | undefined
}

export function createRecentChanges(bounds: HistoryBounds = {}): RecentChanges {
  const keptFor = bounds.keptFor ?? 300_000
  const most = bounds.most ?? 10_000
  // In the order of the changes: a Map keeps the order of insertion.
  const changes = new Map<string, Change>()

  return {
    note(kind, key, before, at) {
      const name = nameOf(kind, key)
      changes.delete(name)
      changes.set(name, { at, before })
      for (const [oldest, change] of changes) {
        if (changes.size <= most && at - change.at <= keptFor) break
        changes.delete(oldest)
      }
    },
    changedAt: (kind, key) => changes.get(nameOf(kind, key))?.at,
    before: (kind, key) => changes.get(nameOf(kind, key))?.before,
    clear: () => changes.clear(),
  }
}

function nameOf(kind: EntityKind, key: string): string {
  return `${kind} ${key}`
}
