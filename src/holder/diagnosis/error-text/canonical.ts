/** A canonical request as it stands in a text (SigV4, "Create a canonical request"), taken apart. */
interface CanonicalRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: ReadonlyMap<string, string>
  readonly signedHeaders: string
  readonly payloadHash: string
}

/** What the two sides signed, compared. `theirs`: only AWS's stands in the text. */
export type Comparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly at: string }
  | { readonly kind: 'theirs' }

/** How much of a text may belong to one request. */
const longest = 40_000

/**
 * Compares the canonical request that a reply holds with the one that the client wrote into its debug log, where both stand in the
 * text. Null when the reply holds none. Logs: botocore (`CanonicalRequest:`), aws-sdk-go (`---[ CANONICAL STRING`), the Java SDKs
 * (`AWS4 Canonical Request:`).
 */
export function compareCanonical(text: string): Comparison | null {
  const theirs = parse(theirsIn(text))
  if (theirs === null) return null
  const ours = parse(oursIn(text))
  return ours === null ? { kind: 'theirs' } : compare(ours, theirs)
}

function theirsIn(text: string): string | null {
  const sentence = 'The Canonical String for this request should have been'
  const at = text.indexOf(sentence)
  if (at >= 0) return /^\s*'([^']{1,40000})'/.exec(text.slice(at + sentence.length, at + longest))?.[1] ?? null
  const element = text.indexOf('<CanonicalRequest>')
  return element < 0
    ? null
    : (/^<CanonicalRequest>([^<]{1,40000})</.exec(text.slice(element, element + longest))?.[1] ?? null)
}

const ourMarks = [
  'CanonicalRequest:\n',
  'CANONICAL STRING  ]-----------------------------\n',
  'AWS4 Canonical Request: ',
  'Canonical Request:\n',
]

function oursIn(text: string): string | null {
  for (const mark of ourMarks) {
    const at = text.lastIndexOf(mark)
    if (at >= 0) return text.slice(at + mark.length, at + longest).replace(/^["']+/, '')
  }
  return null
}

function parse(text: string | null): CanonicalRequest | null {
  if (text === null) return null
  const lines = text.replaceAll('\r', '').split('\n')
  const [method = '', path = '', query = ''] = lines
  if (!/^[A-Z]{3,8}$/.test(method) || !path.startsWith('/')) return null
  const headers = new Map<string, string>()
  let at = 3
  for (; at < lines.length && lines[at] !== ''; at += 1) {
    const header = /^([a-z0-9-]{1,100}):(.*)$/.exec(lines[at]!)
    if (header === null) return null
    headers.set(header[1]!, header[2]!)
  }
  const signedHeaders = lines[at + 1] ?? ''
  const payloadHash = /^(?:[0-9a-f]{64}|[A-Z0-9-]{8,60})/.exec(lines[at + 2] ?? '')?.[0]
  return payloadHash === undefined ? null : { method, path, query, headers, signedHeaders, payloadHash }
}

function compare(ours: CanonicalRequest, theirs: CanonicalRequest): Comparison {
  const differs = (at: string): Comparison => ({ kind: 'different', at })
  if (ours.method !== theirs.method) return differs('the method')
  if (ours.path !== theirs.path) return differs('the path')
  if (ours.query !== theirs.query) return differs('the query')
  for (const name of new Set([...ours.headers.keys(), ...theirs.headers.keys()]))
    if (ours.headers.get(name) !== theirs.headers.get(name)) return differs(`the header ${name}`)
  if (ours.signedHeaders !== theirs.signedHeaders) return differs('the list of signed headers')
  return ours.payloadHash === theirs.payloadHash ? { kind: 'same' } : differs('the body')
}
