/**
 * A list in the order of a text key that is read often and changed seldom. Reading gives one array again and again until
 * something changed; then the few changes are merged in, instead of sorting 100,000 entries anew. An array that was handed
 * out is never changed.
 */
export interface SortedList<T> {
  /** Adds or replaces; `order` decides the place, `id` tells which entry is meant. */
  put(id: string, order: string, value: T): void
  remove(id: string): void
  values(): readonly T[]
  clear(): void
}

interface Entry<T> {
  readonly id: string
  readonly order: string
  readonly value: T
}

export function createSortedList<T>(): SortedList<T> {
  let entries: readonly Entry<T>[] = []
  let handedOut: readonly T[] | null = []
  /** Null: the entry goes. */
  let pending = new Map<string, Entry<T> | null>()

  return {
    put(id, order, value) {
      pending.set(id, { id, order, value })
      handedOut = null
    },
    remove(id) {
      pending.set(id, null)
      handedOut = null
    },
    values() {
      if (handedOut === null) {
        entries = merged(entries, pending)
        handedOut = entries.map((entry) => entry.value)
        pending = new Map()
      }
      return handedOut
    },
    clear() {
      entries = []
      handedOut = []
      pending = new Map()
    },
  }
}

function merged<T>(entries: readonly Entry<T>[], pending: ReadonlyMap<string, Entry<T> | null>): readonly Entry<T>[] {
  const fresh = [...pending.values()].filter((entry) => entry !== null).sort(byOrder)
  const kept = entries.filter((entry) => !pending.has(entry.id))
  const result: Entry<T>[] = []
  let next = 0
  for (const entry of kept) {
    for (let before = fresh[next]; before !== undefined && byOrder(before, entry) < 0; before = fresh[next]) {
      result.push(before)
      next += 1
    }
    result.push(entry)
  }
  for (; next < fresh.length; next += 1) result.push(fresh[next] as Entry<T>)
  return result
}

function byOrder(a: Entry<unknown>, b: Entry<unknown>): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
