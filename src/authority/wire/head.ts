import { isHeaderNamed } from '../../signature/index.ts'

/** What the authority wants to know of a request's head, read once. Names in any case; values as they came. */
export interface Head {
  /** All header lines in wire order, for the signature. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Null when there is none or more than one (RFC 9112 §3.2 allows exactly one). */
  readonly host: string | null
  readonly origin: string | null
  readonly fetchSite: string | null
  readonly accept: string | null
  readonly contentType: string | null
  readonly userAgent: string | null
  readonly referer: string | null
  /** What the body will have in bytes: 0 when there is none, infinite when it comes in chunks. */
  readonly bodyLength: number
  /** `X-Countersign-Test`. */
  readonly test: string | null
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads alternating names and values, as Node's `rawHeaders` are. */
export function readHead(raw: readonly string[]): Head {
  const headers: (readonly [string, string])[] = []
  const head: Mutable<Head> = {
    headers,
    host: null,
    origin: null,
    fetchSite: null,
    accept: null,
    contentType: null,
    userAgent: null,
    referer: null,
    bodyLength: 0,
    test: null,
  }
  let hosts = 0
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!
    const value = raw[index + 1]!
    headers.push([name, value])
    // By length first: most names are of no interest.
    switch (name.length) {
      case 4:
        if (isHeaderNamed(name, 'host')) {
          hosts += 1
          head.host = hosts === 1 ? value : null
        }
        break
      case 6:
        if (isHeaderNamed(name, 'origin')) head.origin ??= value
        else if (isHeaderNamed(name, 'accept')) head.accept = head.accept === null ? value : `${head.accept},${value}`
        break
      case 7:
        if (isHeaderNamed(name, 'referer')) head.referer ??= value
        break
      case 10:
        if (isHeaderNamed(name, 'user-agent')) head.userAgent ??= value
        break
      case 12:
        if (isHeaderNamed(name, 'content-type')) head.contentType ??= value
        break
      case 14:
        if (isHeaderNamed(name, 'sec-fetch-site')) head.fetchSite ??= value
        else if (isHeaderNamed(name, 'content-length')) head.bodyLength = Number(value)
        break
      case 17:
        if (isHeaderNamed(name, 'transfer-encoding')) head.bodyLength = Number.POSITIVE_INFINITY
        break
      case 18:
        if (isHeaderNamed(name, 'x-countersign-test')) head.test ??= value
        break
    }
  }
  return head
}

/** A request target as path and query; the absolute form that proxies send is brought to the origin form (RFC 9112 §3.2.2). */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const origin = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '')
  const mark = origin.indexOf('?')
  const path = mark === -1 ? origin : origin.slice(0, mark)
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : origin.slice(mark + 1) }
}

type HeadersForNode = { host?: string; expect?: string; te?: string }

/** Only the three that Node's own server asks for. */
export function headersForNode(raw: readonly string[]): HeadersForNode {
  const headers: HeadersForNode = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const { length } = raw[index]!
    if (length !== 4 && length !== 6 && length !== 2) continue
    const name = raw[index]!.toLowerCase()
    if (name === 'host') headers.host ??= raw[index + 1]!
    if (name !== 'expect' && name !== 'te') continue
    headers[name] = headers[name] === undefined ? raw[index + 1]! : `${headers[name]}, ${raw[index + 1]}`
  }
  return headers
}
