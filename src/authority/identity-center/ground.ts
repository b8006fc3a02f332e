import { awsStartUrl } from '../model/identity-center.ts'
import type { SessionRing } from '../sessions/ring.ts'
import type { Ground as SignInGround } from '../sign-in/ground.ts'
import type { Received } from '../wire/index.ts'

/** What the pages and endpoints work on. Its region is that of the sessions that the portal gives. */
export interface Ground extends SignInGround {
  ring(): SessionRing
  /** Start URLs beside the authority's own, as profiles may name them. */
  readonly startUrls: readonly string[]
  /** Does a host name of a URL mean this authority? */
  isOwnHost(host: string): boolean
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
