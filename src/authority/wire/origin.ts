import type { Head } from './head.ts'

/** Why a request is not even looked at: a web page in somebody's browser may have sent it. */
export interface OriginRefusal {
  readonly reason: 'host-missing' | 'foreign-host' | 'cross-site'
  readonly evidence: string
}

export interface OriginRules {
  /** `http` or `https`, as this listener speaks. */
  readonly scheme: 'http' | 'https'
  /** The host that the listener was bound to, as configured. */
  readonly boundHost: string
  /** Further names under which the authority may be reached; lower case, without port. */
  readonly allowHosts: readonly string[]
}

/**
 * Refuses what a browser may have been talked into sending: a foreign `Host` (DNS rebinding) and a foreign `Origin` or
 * `Sec-Fetch-Site` (cross-site requests). No AWS client sends these headers. Names: see `isOwnHost`.
 *
 * Sources: RFC 6454 §7 (Origin), W3C Fetch Metadata (`Sec-Fetch-Site`), RFC 9112 §3.2 (Host).
 */
export function judgeOrigin(
  head: { readonly host: string | null; readonly origin: string | null; readonly fetchSite: string | null },
  rules: OriginRules,
): OriginRefusal | null {
  const { host, origin, fetchSite } = head
  if (host === null) return { reason: 'host-missing', evidence: 'the request does not name exactly one host' }
  if (!isOwnHost(host, rules)) return { reason: 'foreign-host', evidence: 'the Host header names another host' }
  if (origin !== null && origin !== `${rules.scheme}://${host}`) {
    return { reason: 'cross-site', evidence: 'the request comes from a page of another origin' }
  }
  if (fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none') {
    return { reason: 'cross-site', evidence: 'the browser says that the request is not of the same origin' }
  }
  return null
}

/**
 * Somebody who follows a link of another site, as a broker gives them: a whole page is asked for, which the other site can neither read
 * nor frame (W3C Fetch Metadata, `Sec-Fetch-Mode`, `Sec-Fetch-Dest`).
 */
export function isFollowedLink(method: string, { origin, headers }: Pick<Head, 'origin' | 'headers'>): boolean {
  const has = (name: string, value: string) =>
    headers.some(([other, given]) => other.toLowerCase() === name && given === value)
  return method === 'GET' && origin === null && has('sec-fetch-mode', 'navigate') && has('sec-fetch-dest', 'document')
}

/**
 * A rebinding attack needs a name whose address the attacker sets. So an IP address, the loopback names, the name that the
 * listener was bound to, the names that the operator allowed, and the STS and IAM endpoints of AWS itself (a client that
 * was routed here by its hosts file) are our own; every other name is foreign.
 */
export function isOwnHost(host: string, rules: Pick<OriginRules, 'boundHost' | 'allowHosts'>): boolean {
  // Mostly it is the one before.
  if (host === last.host && rules === last.rules) return last.own
  last = { host, rules, own: judgeHost(host, rules) }
  return last.own
}

let last: { readonly host: string; readonly rules: object | null; readonly own: boolean } = {
  host: '',
  rules: null,
  own: false,
}

const awsEndpoint =
  /^(?:sts|iam|ec2|account|oidc|(?:portal\.)?sso|identitystore)(?:-fips)?(?:\.[a-z0-9-]+)?\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|api\.aws|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/

function judgeHost(host: string, rules: Pick<OriginRules, 'boundHost' | 'allowHosts'>): boolean {
  const match = /^(\[[0-9a-fA-F:.%]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/.exec(host)
  if (match === null) return false
  const name = match[1]!.toLowerCase().replace(/\.$/, '')
  return (
    name.startsWith('[') ||
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === rules.boundHost.toLowerCase() ||
    rules.allowHosts.includes(name) ||
    awsEndpoint.test(name)
  )
}

/** Loopback addresses and names (RFC 5735 §3, RFC 4291 §2.5.3, RFC 6761 §6.3): where test controls may be opened. */
export function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|\[::1\]|localhost|::ffff:127(?:\.\d{1,3}){3})$/i.test(host)
}
