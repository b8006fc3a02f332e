/**
 * A list in the order of a text that is read often and changed seldom. Reading gives one array again and again until
 * something changed; then the few changes are put into a copy at their places, instead of sorting 100,000 entries anew.
 * An array that was handed out is never changed.
 */
export interface SortedList<T extends object> {
  add(value: T): void
  /** The very object that was added. */
  remove(value: T): void
  values(): readonly T[]
}

/** Beyond so many changes at once, one merge is cheaper than placing each. */
const few = 32

/** `orderOf` gives a text that no two values of the list share. */
export function createSortedList<T extends object>(orderOf: (value: T) => string): SortedList<T> {
  let values: readonly T[] = []
  let added = new Set<T>()
  let removed = new Set<T>()

  return {
    add(value) {
      if (!removed.delete(value)) added.add(value)
    },
    remove(value) {
      if (!added.delete(value)) removed.add(value)
    },
    values() {
      if (added.size + removed.size === 0) return values
      values = added.size + removed.size > few ? merged(values, added, removed) : placed(values, added, removed)
      added = new Set()
      removed = new Set()
      return values
    },
  }

  function placed(before: readonly T[], coming: ReadonlySet<T>, going: ReadonlySet<T>): readonly T[] {
    const result = before.slice()
    for (const value of going) {
      const at = placeOf(result, orderOf(value))
      if (result[at] === value) result.splice(at, 1)
    }
    for (const value of coming) result.splice(placeOf(result, orderOf(value)), 0, value)
    return result
  }

  /** The first place whose value does not come before `order`. */
  function placeOf(sorted: readonly T[], order: string): number {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (orderOf(sorted[middle] as T) < order) low = middle + 1
      else high = middle
    }
    return low
  }

  function merged(before: readonly T[], coming: ReadonlySet<T>, going: ReadonlySet<T>): readonly T[] {
    const all = [...before.filter((value) => !going.has(value)), ...coming]
    // The texts once each: the sort would ask for them again and again.
    return all
      .map((value) => ({ value, order: orderOf(value) }))
      .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
      .map(({ value }) => value)
  }
}
