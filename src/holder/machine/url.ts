import { CountersignError } from '../../errors.ts'

/** The parts of an http: or https: URL; throws `usage` for anything else. */
export function parseUrl(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new CountersignError('usage', `${text} is not a URL.`)
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw new CountersignError('usage', `${text} is neither an http: nor an https: URL.`)
}

/** The path and query as they were signed: `URL` would normalise them. */
export function pathOf(url: string): string {
  const rest = /^https?:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? ''
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The host of a URL for a message, without a name or password in it. */
export function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]*)/i.exec(url)?.[1]?.replace(/^.*@/, '') ?? 'the endpoint'
}

/** A host as sockets take it: IPv6 addresses without brackets. */
export function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

/** `Proxy-Authorization` for a proxy's own name and password (RFC 7617). */
export function proxyCredential(proxy: URL): string {
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}
