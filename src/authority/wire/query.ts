import { isUtf8 } from 'node:buffer'
import type { Refusal } from '../model/refusal.ts'

/** All parameters of one call by their full name (`Tags.member.1.Key`), decoded. */
export type Parameters = ReadonlyMap<string, string>

/** As all SDKs send it. */
export const usualContentType = 'application/x-www-form-urlencoded; charset=utf-8'

/** More than any modelled input can use (50 tags, 50 keys, a few scalars); a bound on what a hostile body can make us build. */
const maxParameters = 10_000
const maxNameLength = 512

/**
 * Reads the Query protocol's parameters from a request target's query part and a form body.
 * The query part counts for every verb, the body for POST; authentication parameters of a presigned call are left out.
 *
 * A parameter that is given twice, also once in each place, is refused rather than one of the two picked.
 * Source: `authority.md` §1.1; AWS Query API, "Structure of a request"; W3C form encoding for the body.
 */
export function parseParameters(
  query: string,
  body: Uint8Array | null,
): { readonly parameters: Parameters } | { readonly refused: Refusal } {
  const parameters = new Map<string, string>()
  if (query !== '') {
    // Bytes above 0x7E cannot stand in a request target (RFC 3986 §2); what they would decode to is anybody's guess.
    if (/[^\x21-\x7e]/.test(query)) return malformedQuery('the query string holds bytes that must be percent-encoded')
    const refused = readPairs(query, false, parameters)
    if (refused !== null) return { refused }
  }
  if (body !== null && body.length > 0) {
    if (!isUtf8(body)) return malformedQuery('the body is not UTF-8')
    const refused = readPairs(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
      true,
      parameters,
    )
    if (refused !== null) return { refused }
  }
  return { parameters }
}

function malformedQuery(evidence: string): { readonly refused: Refusal } {
  return { refused: { reason: 'query-malformed', evidence: [evidence] } }
}

function readPairs(text: string, isForm: boolean, into: Map<string, string>): Refusal | null {
  let start = 0
  while (start <= text.length) {
    let end = text.indexOf('&', start)
    if (end === -1) end = text.length
    if (end > start) {
      const pair = text.slice(start, end)
      const equals = pair.indexOf('=')
      const name = decode(equals === -1 ? pair : pair.slice(0, equals), isForm)
      const value = equals === -1 ? '' : decode(pair.slice(equals + 1), isForm)
      if (name === null || value === null) {
        return {
          reason: 'query-malformed',
          evidence: [`parameter ${into.size + 1} is not valid percent-encoded UTF-8`],
        }
      }
      if (!authenticationParameter(name)) {
        if (name.length > maxNameLength || into.size >= maxParameters) {
          return { reason: 'input-malformed', says: `Too many parameters or too long a parameter name` }
        }
        if (into.has(name)) {
          return { reason: 'input-malformed', says: `Parameter '${printable(name)}' is given more than once` }
        }
        into.set(name, value)
      }
    }
    start = end + 1
  }
  return null
}

/** `X-Amz-*` in the query belongs to the signature (SigV4 query authentication), never to the action. */
function authenticationParameter(name: string): boolean {
  return (name.charCodeAt(0) | 0x20) === 0x78 && /^x-amz-/i.test(name)
}

/** In a signed query only `%20` is a blank: `+` was signed as a plus, so it is read as one. */
function decode(text: string, isForm: boolean): string | null {
  const plain = isForm && text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!plain.includes('%')) return plain
  try {
    return decodeURIComponent(plain)
  } catch {
    return null
  }
}

function printable(name: string): string {
  return name.slice(0, 64).replace(/[^\x20-\x7e]/g, '?')
}
