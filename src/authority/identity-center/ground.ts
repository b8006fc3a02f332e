import type { ActionContext } from '../actions/grid.ts'
import type { Writing } from '../actions/write.ts'
import type { Directory } from '../directory/directory.ts'
import { awsStartUrl } from '../model/identity-center.ts'
import type { Change } from '../model/store.ts'
import type { SessionRing } from '../sessions/ring.ts'
import type { SealedState } from '../sessions/sealed-state.ts'
import type { Received } from '../wire/index.ts'

/** What the pages and endpoints work on; the directory may be another one after a reset. */
export interface Ground {
  /** Milliseconds since the epoch, by the authority's clock. */
  now(): number
  directory(): Directory
  ring(): SessionRing
  commit(changes: readonly Change[]): Promise<void>
  readonly state: SealedState
  /** How hard passwords are hashed; absent: as hard as it should be. */
  readonly passwordWork?: number | undefined
  /** Of the sessions that the portal gives. */
  readonly region: string
  /** Start URLs beside the authority's own, as profiles may name them. */
  readonly startUrls: readonly string[]
  /** Does a host name of a URL mean this authority? */
  isOwnHost(host: string): boolean
}

/** What a write of the pages and endpoints needs of the world. */
export type Context = Writing & Pick<ActionContext, 'account' | 'partition' | 'now' | 'passwordWork'>

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

/** `http://127.0.0.1:7374`, by the name under which the request came. */
export function originOf({ secure, head }: Received): string {
  return `${secure ? 'https' : 'http'}://${head.host}`
}

/** The path at which people begin; profiles may name its URL as `sso_start_url`. */
export const startPath = '/start'

/** Is this the start URL of this authority, under any of its names? `#/` at the end is what the AWS console shows. */
export function isOwnStartUrl(text: string, ground: Ground): boolean {
  const plain = text.replace(/\/?(?:#\/?)?$/, '')
  const named = [awsStartUrl(ground.directory().account), ...ground.startUrls]
  if (named.some((url) => url.replace(/\/?(?:#\/?)?$/, '') === plain)) return true
  if (!URL.canParse(plain)) return false
  const url = new URL(plain)
  return /^https?:$/.test(url.protocol) && url.pathname === startPath && url.search === '' && ground.isOwnHost(url.host)
}

/** The header of this name, lower-cased; null when there is none. */
export function headerOf({ head }: Received, name: string): string | null {
  return head.headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? null
}
