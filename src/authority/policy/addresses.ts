/** An address as bytes: 4 for IPv4, 16 for IPv6. */
type Address = Uint8Array

/** A range as `IpAddress` takes it: an address, or an address with a prefix length. */
export interface AddressRange {
  readonly address: Address
  readonly bits: number
}

/**
 * Reads `203.0.113.0/24`, `2001:DB8::/32`, or an address alone (RFC 4632, RFC 4291 §2.2–2.3). Bits below the prefix may be
 * set: they do not count. Null when it is none of these.
 */
export function parseAddressRange(text: string): AddressRange | null {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  const width = address.length * 8
  if (slash < 0) return { address, bits: width }
  const prefix = text.slice(slash + 1)
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) return null
  return { address, bits: Number(prefix) }
}

/** IPv4 and IPv6 never match each other. */
export function isInRange(address: Address, range: AddressRange): boolean {
  if (address.length !== range.address.length) return false
  const whole = range.bits >> 3
  for (let i = 0; i < whole; i++) if (address[i] !== range.address[i]) return false
  const rest = range.bits & 7
  if (rest === 0) return true
  const mask = (0xff << (8 - rest)) & 0xff
  return (address[whole]! & mask) === (range.address[whole]! & mask)
}

export function parseAddress(text: string): Address | null {
  if (text.length > 45) return null
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

function parseV4(text: string): Address | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return null
  return Uint8Array.from(parts, Number)
}

function parseV6(text: string): Address | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const left = parseGroups(halves[0]!)
  const right = halves.length === 2 ? parseGroups(halves[1]!) : []
  if (left === null || right === null) return null
  const missing = 16 - left.length - right.length
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null
  return Uint8Array.from([...left, ...new Array<number>(missing).fill(0), ...right])
}

/** The bytes of one side of `::`; an IPv4 address may stand at the end. */
function parseGroups(text: string): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (group.includes('.') && index === groups.length - 1) {
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
