import { dateToSign, type ReadAuthorization } from './authorization.ts'
import { isPlainValue } from './canonical-request.ts'
import { isHeaderNamed } from './header-name.ts'
import { payloadHash } from './payload.ts'
import type { SignableRequest } from './request.ts'
import type { SigningKey } from './signing-key.ts'

/** What was found genuine, with the two texts that prove it. */
export interface UsualVerification {
  readonly canonicalRequest: string
  readonly stringToSign: string
}

/**
 * Judges a request in the form that nearly all requests have: signed in its header with the symmetric algorithm, for the
 * path `/` without a query, every signed header sent once and in plain characters, nothing of `X-Amz-…` left unsigned.
 * It is the same rule as `verify`'s in one pass over the headers, and it only ever says yes: `null` means that the general
 * way has to decide, and to say why not.
 */
export function verifyUsual(
  request: SignableRequest,
  authorization: ReadAuthorization,
  key: SigningKey,
  payload: string | undefined,
): UsualVerification | null {
  const { scope, signedHeaders, signature } = authorization
  if (request.path !== '/' || request.query !== '' || scope === null || authorization.form !== 'header') return null
  const names = namesAsText(signedHeaders)
  if (names === null) return null
  const lines = signedLines(request.headers, signedHeaders)
  if (lines === null) return null
  const canonicalRequest = `${request.method}\n/\n\n${lines}\n${names}\n${payload ?? payloadHash(request.body)}`
  const stringToSign =
    `${authorization.algorithm}\n${dateToSign(authorization.date)}\n` +
    `${scope.date}/${scope.region}/${scope.service}/${scope.terminator}\n${payloadHash(canonicalRequest)}`
  return isSame(key.sign(stringToSign), signature) ? { canonicalRequest, stringToSign } : null
}

/** The `name:value` lines in the order of the names; `null` where anything is out of the ordinary. */
function signedLines(headers: SignableRequest['headers'], names: readonly string[]): string | null {
  const values: (string | undefined)[] = []
  for (let place = 0; place < names.length; place++) values.push(undefined)
  for (const line of headers) {
    const name = line[0]
    const place = placeOf(name, names)
    if (place >= 0) {
      if (values[place] !== undefined) return null
      values[place] = line[1]
    } else if ((name.charCodeAt(0) | 0x20) === 0x78 && !mayBeUnsigned(name.toLowerCase())) return null
  }
  let lines = ''
  for (let place = 0; place < names.length; place++) {
    const value = values[place]
    if (value === undefined || !isPlainValue(value)) return null
    lines += `${names[place]}:${value}\n`
  }
  return lines
}

function placeOf(name: string, names: readonly string[]): number {
  for (let place = 0; place < names.length; place++) {
    if (isHeaderNamed(name, names[place]!)) return place
  }
  return -1
}

function mayBeUnsigned(name: string): boolean {
  return !name.startsWith('x-amz-') || name === 'x-amz-date' || name === 'x-amz-security-token'
}

/** Callers come back with the same list, and `readAuthorization` gives them the same array. */
const textOfNames = new WeakMap<readonly string[], string | null>()

/** The line of the names; `null` unless they are in lower case, in order, and each there once. */
function namesAsText(names: readonly string[]): string | null {
  const known = textOfNames.get(names)
  if (known !== undefined) return known
  const isUsual = names.every(
    (name, place) => name === name.toLowerCase() && (place === 0 || names[place - 1]! < name) && !name.startsWith(':'),
  )
  const text = isUsual ? names.join(';') : null
  textOfNames.set(names, text)
  return text
}

const digits = 64
const sent = Buffer.alloc(digits)

/**
 * In constant time. The text from the request is part of a longer one, which is slow to read character by character, so its
 * bytes are taken; a character beyond Latin-1 loses its upper half there, hence the second look at what seems the same.
 */
function isSame(signature: string, other: string): boolean {
  if (signature.length !== digits || other.length !== digits) return false
  sent.write(other, 0, 'latin1')
  let difference = 0
  for (let index = 0; index < digits; index++) difference |= signature.charCodeAt(index) ^ sent[index]!
  return difference === 0 && signature === other
}
