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

/** What a header is looked at for. */
export type Use =
  | 'host'
  | 'accept'
  | 'content-length'
  | 'transfer-encoding'
  // The first line of these counts.
  | 'origin'
  | 'fetchSite'
  | 'contentType'
  | 'userAgent'
  | 'referer'
  | 'test'

/** By names in lower case. */
export const uses: ReadonlyMap<string, Use> = new Map([
  ['host', 'host'],
  ['accept', 'accept'],
  ['content-length', 'content-length'],
  ['transfer-encoding', 'transfer-encoding'],
  ['origin', 'origin'],
  ['sec-fetch-site', 'fetchSite'],
  ['content-type', 'contentType'],
  ['user-agent', 'userAgent'],
  ['referer', 'referer'],
  ['x-countersign-test', 'test'],
])

/** A head that grows line by line. */
export class HeadReader implements Head {
  readonly headers: (readonly [string, string])[] = []
  host: string | null = null
  origin: string | null = null
  fetchSite: string | null = null
  accept: string | null = null
  contentType: string | null = null
  userAgent: string | null = null
  referer: string | null = null
  bodyLength = 0
  test: string | null = null
  #hosts = 0

  add(name: string, value: string, use: Use | undefined): void {
    this.headers.push([name, value])
    switch (use) {
      case undefined:
        break
      case 'host':
        this.#hosts += 1
        this.host = this.#hosts === 1 ? value : null
        break
      case 'accept':
        this.accept = this.accept === null ? value : `${this.accept},${value}`
        break
      case 'content-length':
        this.bodyLength = Number(value)
        break
      case 'transfer-encoding':
        this.bodyLength = Number.POSITIVE_INFINITY
        break
      default:
        this[use] ??= value
    }
  }
}

/** Reads alternating names and values, as Node's `rawHeaders` are. */
export function readHead(raw: readonly string[]): Head {
  const head = new HeadReader()
  for (let index = 0; index + 1 < raw.length; index += 2)
    head.add(raw[index]!, raw[index + 1]!, uses.get(raw[index]!.toLowerCase()))
  return head
}

/** A request target as path and query; the absolute form that proxies send is brought to the origin form (RFC 9112 §3.2.2). */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const origin = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '')
  const mark = origin.indexOf('?')
  const path = mark === -1 ? origin : origin.slice(0, mark)
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : origin.slice(mark + 1) }
}
