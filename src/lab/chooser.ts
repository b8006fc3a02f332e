/** Chooses what may be one or the other, by a seed: the same seed chooses the same. */
export interface Chooser {
  /** 0 to `below` - 1. */
  number(below: number): number
  /** One of a list that is not empty. */
  one<T>(list: readonly T[]): T
  /** A name of a user that was not chosen before. */
  user(): string
  /** A name of a profile that was not chosen before. */
  profile(): string
  /** Another one that will choose what this one would choose next. */
  again(): Chooser
}

const userNames = [
  'alice',
  'bob',
  'carol',
  'deploy',
  'ci-runner',
  'backup',
  'terraform',
  'data.team',
  'app_prod',
  'eve',
]
const profileNames = ['work', 'dev', 'prod', 'staging', 'client-a', 'personal', 'sandbox', 'ops', 'my.team', 'qa_2']

/** A small generator of 32 bits (mulberry32, public domain): it has to be repeatable, not good. */
export function chooser(seed: number): Chooser {
  return chooserFrom(seed >>> 0, [], [])
}

function chooserFrom(start: number, users: readonly string[], profiles: readonly string[]): Chooser {
  let state = start
  const number = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
  const one = <T>(list: readonly T[]): T => list[number(list.length)]!
  const fresh = (names: readonly string[], taken: Set<string>) => (): string => {
    const free = names.filter((name) => !taken.has(name))
    const name = free.length > 0 ? one(free) : `${one(names)}-${taken.size}`
    taken.add(name)
    return name
  }
  const taken = { users: new Set(users), profiles: new Set(profiles) }
  return {
    number,
    one,
    user: fresh(userNames, taken.users),
    profile: fresh(profileNames, taken.profiles),
    again: () => chooserFrom(state, [...taken.users], [...taken.profiles]),
  }
}
