import type { ActionContext } from '../actions/grid.ts'
import type { Writing } from '../actions/write.ts'
import type { Directory } from '../directory/directory.ts'
import type { Change } from '../model/store.ts'
import type { SealedState } from '../sessions/sealed-state.ts'
import type { Received } from '../wire/index.ts'

/** What signing in works on; the directory may be another one after a reset. */
export interface Ground {
  /** Milliseconds since the epoch, by the authority's clock. */
  now(): number
  directory(): Directory
  commit(changes: readonly Change[]): Promise<void>
  readonly state: SealedState
  /** How hard passwords are hashed; absent: as hard as it should be. */
  readonly passwordWork?: number | undefined
  /** In which the pages count as being called. */
  readonly region: string
}

/** What a write of the pages and endpoints needs of the world. */
export type Context = Writing & Pick<ActionContext, 'account' | 'partition' | 'now' | 'passwordWork'>

/** The world as of now, for one write. */
export function writing(ground: Ground): Context {
  const directory = ground.directory()
  const { id, partition } = directory.account
  return {
    directory,
    account: id,
    partition,
    now: new Date(ground.now()),
    passwordWork: ground.passwordWork,
    commit: (changes) => ground.commit(changes),
  }
}

/** The header of this name, lower-cased; null when there is none. */
export function headerOf({ head }: Received, name: string): string | null {
  return head.headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? null
}
