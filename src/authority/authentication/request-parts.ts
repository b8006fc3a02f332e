import {
  canonicalPath,
  canonicalQuery,
  payloadHash,
  percentDecode,
  type SignableRequest,
  type SigningKey,
  standardRules,
} from '../../signature/index.ts'
import type { SignedTexts } from '../model/store.ts'

/** A canonical request and its string to sign, taken to pieces: each piece is what some signer gets wrong. */
export interface RequestParts {
  readonly method: string
  readonly path: string
  /** Name and value as they stand in the query line; null for a value without its `=`. */
  readonly query: readonly Piece[]
  /** By name as it stands in the header lines. */
  readonly headers: ReadonlyMap<string, string>
  readonly names: readonly string[]
  readonly payload: string
  readonly frame: Frame
  /** Of the string to sign. */
  readonly algorithm: string
  readonly date: string
  readonly scope: string
  /** With which it is signed: another one where the scope that the key was made for is another. */
  readonly key: () => SigningKey
}

export type Piece = readonly [name: string, value: string | null]

/** How the lines are joined; all but the first are mistakes. */
export type Frame = 'usual' | 'without-blank-line' | 'carriage-returns' | 'closing-line-feed'

/** The pieces of a request as they should be signed; `stringToSign` is the one that was made of it. */
export function partsOf(
  request: SignableRequest,
  authorization: { readonly signedHeaders: readonly string[]; readonly form: 'header' | 'query' },
  computed: SignedTexts,
  key: () => SigningKey,
): RequestParts {
  const [algorithm = '', date = '', scope = ''] = computed.stringToSign.split('\n')
  const signature = authorization.form === 'query' ? ['X-Amz-Signature'] : []
  return {
    method: request.method,
    path: canonicalPath(request.path, standardRules),
    query: piecesOf(canonicalQuery(request.query, signature)),
    headers: headersBy(request, (value) => value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')),
    names: authorization.signedHeaders.toSorted(),
    payload: computed.canonicalRequest.slice(computed.canonicalRequest.lastIndexOf('\n') + 1),
    frame: 'usual',
    algorithm,
    date,
    scope,
    key,
  }
}

/** Header values by lower-case name, those of one name joined, each as `read` gives it. */
export function headersBy(
  request: Pick<SignableRequest, 'headers'>,
  read: (value: string) => string,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of request.headers) {
    const before = values.get(name.toLowerCase())
    values.set(name.toLowerCase(), before === undefined ? read(value) : `${before},${read(value)}`)
  }
  return values
}

export function piecesOf(query: string): readonly Piece[] {
  if (query === '') return []
  return query.split('&').map((piece): Piece => {
    const equals = piece.indexOf('=')
    return equals < 0 ? [piece, null] : [piece.slice(0, equals), piece.slice(equals + 1)]
  })
}

/** The texts as they were signed. They may hold secrets. */
export function textsOf(parts: RequestParts): SignedTexts {
  const canonicalRequest = join(parts, parts.query, parts.headers, parts.payload)
  return { canonicalRequest, stringToSign: `${headOf(parts)}${payloadHash(canonicalRequest)}` }
}

function headOf({ algorithm, date, scope }: RequestParts): string {
  return `${algorithm}\n${date}\n${scope}\n`
}

function join(
  { method, path, names, frame }: RequestParts,
  query: readonly Piece[],
  headers: ReadonlyMap<string, string>,
  payload: string,
): string {
  const queryLine = query.map(([name, value]) => (value === null ? name : `${name}=${value}`)).join('&')
  const headerLines = names.map((name) => `${name}:${headers.get(name) ?? ''}`)
  const blank = frame === 'without-blank-line' ? [] : ['']
  const lines = [method, path, queryLine, ...headerLines, ...blank, names.join(';'), payload]
  return `${lines.join(frame === 'carriage-returns' ? '\r\n' : '\n')}${frame === 'closing-line-feed' ? '\n' : ''}`
}

/** Parameters and headers whose values nobody but the caller may see, in any case. */
const secretNames =
  /token|password|passwd|secret|credentials|authorization|cookie|assertion|signature|seed|authenticationcode|privatekey|private-key|api-?key|attributevalue/i

export function isSecretName(name: string): boolean {
  return secretNames.test(name)
}

const longestForm = 16_384

/** Does a form carry something that may not even be guessed at by its hash? */
function holdsSecret(body: SignableRequest['body']): boolean {
  const form = typeof body === 'string' ? body : Buffer.from(body.subarray(0, longestForm)).toString('latin1')
  return form.split('&').some((piece) => isSecretName(percentDecode(piece.split('=', 1)[0]!)))
}

/**
 * The texts with every secret masked: a value keeps its length only. A hash of what holds a password would let it be guessed, so
 * such hashes are left out too; a session token cannot be guessed.
 */
export function maskedTexts(
  parts: RequestParts,
  request: Pick<SignableRequest, 'body'>,
  secrets: readonly string[],
): SignedTexts {
  let guessable = holdsSecret(request.body)
  const payload = guessable ? '‹hash of a body with a secret in it›' : shownPayload(parts.payload)
  const mask = (name: string, value: string): string => {
    const isToken = /^x-amz-security-token$/i.test(name)
    if (isToken) return `‹session token, ${value.length} characters›`
    if (!isSecretName(name)) return masking(value, secrets)
    guessable = true
    return `‹secret, ${value.length} characters›`
  }
  const query = parts.query.map(([name, value]): Piece => {
    return [masking(name, secrets), value === null ? null : mask(plainName(name), value)]
  })
  const headers = new Map(parts.names.map((name) => [name, mask(name, parts.headers.get(name) ?? '')]))
  // Some put the query into the path.
  const mark = parts.path.indexOf('?')
  const path =
    mark < 0 ? parts.path : `${parts.path.slice(0, mark)}?${maskedLine(piecesOf(parts.path.slice(mark + 1)), mask)}`
  const canonicalRequest = masking(join({ ...parts, path }, query, headers, payload), secrets)
  const hash = guessable ? '‹hash of a request with a secret in it›' : payloadHash(textsOf(parts).canonicalRequest)
  return { canonicalRequest, stringToSign: `${headOf(parts)}${hash}` }
}

/** A hash, or one of the words that stand for one; whatever else was signed in its place may be the body itself. */
function shownPayload(payload: string): string {
  return /^(?:[0-9a-fA-F]{64}|[A-Z0-9-]{0,64})$/.test(payload) ? payload : `‹no hash, ${payload.length} characters›`
}

function maskedLine(pieces: readonly Piece[], mask: (name: string, value: string) => string): string {
  return pieces.map(([name, value]) => (value === null ? name : `${name}=${mask(plainName(name), value)}`)).join('&')
}

/** Names may be encoded once or twice. */
function plainName(name: string): string {
  return percentDecode(percentDecode(name))
}

const shortestSecret = 8

/** A secret key, or a token, that was put where nobody would look for it. */
export function masking(text: string, secrets: readonly string[]): string {
  let masked = text
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue
    for (const form of [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret))])
      masked = masked.replaceAll(form, `‹secret, ${form.length} characters›`)
  }
  return masked
}
