/** An address as bytes: 4 for IPv4, 16 for IPv6. */
type Address = Uint8Array

/** A range as `IpAddress` takes it: an address, or an address with a prefix length. */
export interface AddressRange {
  readonly address: Address
  readonly bits: number
}

/**
 * Reads `203.0.113.0/24`, `2001:DB8::/32`, or an address alone (RFC 4632, RFC 4291 §2.2–2.3). Bits below the prefix may be
 * set. Null when it is none of these. Numbers may begin with zeros, and the prefix with a plus, as AWS takes them (observed in
 * September 2026: radkawar/stackd, `testdata/aws/iam/condition_ip.json`).
 */
export function parseAddressRange(text: string): AddressRange | null {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  const width = address.length * 8
  if (slash < 0) return { address, bits: width }
  const prefix = text.slice(slash + 1)
  if (!/^\+?\d{1,4}$/.test(prefix) || Number(prefix) > width) return null
  return { address, bits: Number(prefix) }
}

/**
 * IPv4 and IPv6 never match each other. Bits below the prefix do not count in IPv4; in IPv6 nothing is in a range that has any (same
 * source).
 */
export function isInRange(address: Address, range: AddressRange): boolean {
  if (address.length !== range.address.length) return false
  if (range.address.length === 16 && hasBitsBelow(range)) return false
  const whole = range.bits >> 3
  for (let i = 0; i < whole; i++) if (address[i] !== range.address[i]) return false
  const rest = range.bits & 7
  if (rest === 0) return true
  const mask = (0xff << (8 - rest)) & 0xff
  return (address[whole]! & mask) === (range.address[whole]! & mask)
}

/** Such a range of IPv6 matches nothing, and IAM does not store it. */
export function hasBitsBelow({ address, bits }: AddressRange): boolean {
  const whole = bits >> 3
  return address.some((byte, index) => (index === whole ? byte & (0xff >> (bits & 7)) : index > whole ? byte : 0) !== 0)
}

/** The address of a request: IPv4 that is written as IPv6 (`::ffff:192.0.2.1`) is IPv4. Null when it is no address. */
export function parseRequestAddress(text: string): Address | null {
  const address = parseAddress(text)
  if (address?.length !== 16) return address
  const mapped = address.every((byte, index) => index > 11 || byte === (index < 10 ? 0 : 0xff))
  return mapped ? address.slice(12) : address
}

export function parseAddress(text: string): Address | null {
  if (text.length > 64) return null
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

function parseV4(text: string): Address | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,4}$/.test(part) && Number(part) <= 255)) return null
  return Uint8Array.from(parts, Number)
}

/**
 * More than RFC 4291 allows, as AWS was seen to: a colon too many at the end does not count, one at the beginning stands for a group
 * of zeros, and one beside `::` belongs to it.
 */
function parseV6(text: string): Address | null {
  const run = /:{2,}/.exec(text)
  const before = run === null ? text : text.slice(0, run.index)
  const after = run === null ? '' : text.slice(run.index + run[0].length)
  if (run !== null && (run[0].length > 3 || after.includes('::'))) return null
  const left = parseGroups(before.startsWith(':') ? `0${before}` : before, run === null)
  const right = parseGroups(after, true)
  if (left === null || right === null) return null
  const missing = 16 - left.length - right.length
  if (run === null ? missing !== 0 : missing < 2) return null
  return Uint8Array.from([...left, ...new Array<number>(missing).fill(0), ...right])
}

/** The bytes of one side of `::`; at the address's end an IPv4 address may stand, and a colon. */
function parseGroups(text: string, isEnd: boolean): number[] | null {
  const plain = isEnd && text.endsWith(':') ? text.slice(0, -1) : text
  if (plain === '') return []
  const bytes: number[] = []
  const groups = plain.split(':')
  for (const [index, group] of groups.entries()) {
    if (isEnd && group.includes('.') && index === groups.length - 1) {
      const v4 = parseV4(group)
      if (v4 === null) return null
      bytes.push(...v4)
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(group)) return null
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    }
  }
  return bytes
}
