import type { Received } from '../wire/index.ts'

/** Does the caller sit on this computer: loopback or link-local (RFC 1122 §3.2.1.3, RFC 3927, RFC 4291 §2.5)? */
export function isLocalPeer(address: string): boolean {
  const bare = address.replace(/^::ffff:/i, '')
  return /^127\./.test(bare) || /^169\.254\./.test(bare) || bare === '::1' || /^fe[89ab][0-9a-f]:/i.test(bare)
}

/** The first header of that name (lower case); null when there is none. */
export function headerOf({ head }: Received, name: string): string | null {
  return head.headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? null
}
