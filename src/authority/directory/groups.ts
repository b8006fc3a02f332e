/**
 * Few values under each of very many names (a user's one or two keys). A single value is kept without an array around it,
 * because a million arrays of one element cost as much as the keys themselves.
 */
export interface Groups<T extends object> {
  add(name: string, value: T): void
  remove(name: string, value: T): void
  /** In the order that was asked for at creation. */
  of(name: string): readonly T[]
}

const none: readonly never[] = []

export function createGroups<T extends object>(compare: (a: T, b: T) => number): Groups<T> {
  const groups = new Map<string, T | readonly T[]>()

  function of(name: string): readonly T[] {
    const group = groups.get(name)
    if (group === undefined) return none
    return isMany(group) ? group : [group]
  }

  return {
    of,
    add(name, value) {
      const others = of(name)
      groups.set(name, others.length === 0 ? value : [...others, value].sort(compare))
    },
    remove(name, value) {
      const rest = of(name).filter((other) => other !== value)
      if (rest.length === 0) groups.delete(name)
      else groups.set(name, rest.length === 1 ? (rest[0] as T) : rest)
    },
  }
}

function isMany<T extends object>(group: T | readonly T[]): group is readonly T[] {
  return Array.isArray(group)
}
