import type { Machine } from '../../machine/machine.ts'

/** What `java.net.URI` makes of a text; `host` is null where there is none, or none that is a host's name. */
export type JavaUri =
  | {
      readonly kind: 'uri'
      readonly scheme: string | null
      readonly host: string | null
      /** What stands for the host all the same: `java.net.URL` takes it. */
      readonly written: string | null
    }
  | { readonly kind: 'invalid' }

const other = String.raw`\xa1-\u1fff\u2010-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff\ue000-\uffff`
const unreserved = `A-Za-z0-9_.!~*'()\\-${other}`
const escaped = '%[0-9A-Fa-f]{2}'
const path = new RegExp(`^(?:[${unreserved}:@&=+$,;/]|${escaped})*$`)
const query = new RegExp(`^(?:[${unreserved};/?:@&=+$,[\\]]|${escaped})*$`)
const registry = new RegExp(`^(?:[${unreserved}$,;:@&=+]|${escaped})+$`)
const server =
  /^(?:[^@[\]]*@)?((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?|(?:\d{1,3}\.){3}\d{1,3}|\[[0-9A-Fa-f:.]+(?:%[\w.]+)?\])(?::\d*)?$/

/** Source: the documentation of `java.net.URI` (RFC 2396 with RFC 2732). */
export function javaUri(text: string): JavaUri {
  const [whole = '', fragment] = cut(text, '#')
  if (fragment !== undefined && !query.test(fragment)) return { kind: 'invalid' }
  const [, scheme = null, rest = whole] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(whole) ?? []
  if (scheme === null && /^[^/?]*:/.test(whole)) return { kind: 'invalid' }
  if (scheme !== null && rest === '') return { kind: 'invalid' }
  const [hierarchy = '', questions] = cut(rest, '?')
  if (questions !== undefined && !query.test(questions)) return { kind: 'invalid' }
  const [, authority, behind = hierarchy] = /^\/\/([^/]*)(.*)$/s.exec(hierarchy) ?? []
  if (!path.test(behind)) return { kind: 'invalid' }
  if (authority === undefined) return { kind: 'uri', scheme, host: null, written: null }
  if (authority === '') return behind === '' ? { kind: 'invalid' } : { kind: 'uri', scheme, host: null, written: null }
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? 0)
  if (port > 65_535) return { kind: 'uri', scheme, host: null, written: null }
  const host = server.exec(authority)?.[1] ?? null
  if (host === null && !registry.test(authority)) return { kind: 'invalid' }
  return { kind: 'uri', scheme, host, written: authority.replace(/^.*@/, '').replace(/:\d*$/, '') }
}

function cut(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Whether a text is an IPv4 address to Java: one to four numbers, the last of which fills what is left. */
export function isJavaAddress(host: string): boolean {
  return /^\d{1,10}(?:\.\d{1,10}){0,3}$/.test(host)
}

/** Whether a host is the machine itself: an address of loopback, or a name whose every address in the hosts file is one. */
export function isLoopbackHost(machine: Machine, host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (isLoopbackAddress(bare)) return true
  const addresses = addressesOf(machine, bare)
  return addresses.length > 0 ? addresses.every(isLoopbackAddress) : bare === 'localhost'
}

function isLoopbackAddress(address: string): boolean {
  if (/^127(?:\.\d{1,3}){0,3}$/.test(address)) return true
  // All of an IPv4 address as one number.
  if (/^\d{10}$/.test(address)) return Math.floor(Number(address) / 2 ** 24) === 127
  return /^(?:0*:)+0*1$/.test(address) || /^::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
}

/** Names that the machine itself answers for; what a name server would say is not known here. */
function addressesOf(machine: Machine, name: string): readonly string[] {
  const hosts = machine.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'
  const found = machine.readFile(hosts)
  if (found.kind !== 'found' || found.bytes.length > 1_000_000) return []
  return new TextDecoder()
    .decode(found.bytes)
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim().toLowerCase().split(/\s+/))
    .flatMap(([address = '', ...names]) => (names.includes(name) ? [address] : []))
}

/** What the SDK for Kotlin makes of a URL; null for what it refuses. `address` is set when the host is one. */
export interface KotlinUrl {
  readonly scheme: string
  readonly host: string
  readonly address: string | null
  /** A user's name before the host, or a zone behind it: such a URL cannot be asked. */
  readonly hasMore: boolean
}

const knownSchemes = ['http', 'https', 'ws', 'wss']

/** Source: smithy-kotlin runtime-core net/url `Url.kt` `parse`, net `Host.kt`, `Text.kt`, `Scheme.kt`. */
export function kotlinUrl(text: string): KotlinUrl | null {
  const [, written, authority] = /^(.*?):\/\/([^/?#]*)/s.exec(text) ?? []
  if (written === undefined || authority === undefined) return null
  const scheme = written.toLowerCase()
  const at = authority.indexOf('@')
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/s.exec(authority.slice(at + 1)) ?? []
  const host = bracketed ?? plain
  if (host === undefined) return null
  const isKnown = knownSchemes.includes(scheme)
  if (port === undefined ? !isKnown : Number(port) < 1 || Number(port) > 65_535) return null
  const address = kotlinAddress(host)
  const isName = host.split('.').every((label) => /^[\p{L}\p{Nd}][\p{L}\p{Nd}-]{0,62}$/u.test(label))
  return address !== null || isName ? { scheme, host, address, hasMore: at >= 0 || host.includes('%') } : null
}

/** An address in its shortest form; null for what is none. */
function kotlinAddress(host: string): string | null {
  const octets = host.split('.')
  if (
    octets.length === 4 &&
    octets.every((octet) => /^[+-]?\d{1,9}$/.test(octet) && Number(octet) >= 0 && Number(octet) <= 255)
  ) {
    return octets.map(Number).join('.')
  }
  const [inner = ''] = host.split('%')
  const halves = inner.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const groups = halves.flat()
  if (!inner.includes(':') || halves.length > 2 || !groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)))
    return null
  if (halves.length === 2 ? groups.length > 7 : groups.length !== 8) return null
  const [left = [], right = []] = halves
  const zeros = halves.length === 2 ? Array.from({ length: 8 - groups.length }, () => '0') : []
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
