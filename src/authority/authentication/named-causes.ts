import { parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { isSecretAccessKey } from '../../anatomy/secret-access-key.ts'
import type { CauseId } from '../../cause-ids.ts'
import type { SignableRequest } from '../../signature/index.ts'

/** What the text in the key id's place betrays by itself, without any lookup. Evidence never repeats the text. */
export interface NamedCause {
  readonly cause: CauseId
  readonly evidence: readonly string[]
}

/**
 * Names why a key id that nobody knows cannot be one: bytes that were added on the way, a placeholder, a secret or another
 * kind of identifier in its place. Null where it may be a real id of somewhere else. Source: `causes.md` C06 to C14.
 */
export function nameKeyId(id: string): NamedCause | null {
  return nameAddedBytes(id) ?? namePlaceholder(id) ?? nameWrapped(id) ?? nameOtherKind(id)
}

/** Blanks, quotes, comments and invisible characters around or inside a value (C11 to C14). */
function nameAddedBytes(value: string): NamedCause | null {
  if (/[^\x20-\x7e\t\r\n]/.test(value)) {
    return named('invisible-character', 'the access key id holds a character outside printable ASCII')
  }
  if (/[\s][#;]/.test(value)) return named('inline-comment', 'a comment follows the access key id in its value')
  if (/^["']|["']$/.test(value)) return named('quoted-value', 'the access key id begins or ends with a quotation mark')
  if (/\s/.test(value)) {
    const where = /^\s/.test(value) ? 'begins with' : /\s$/.test(value) ? 'ends with' : 'holds'
    return named('surrounding-whitespace', `the access key id ${where} a blank`)
  }
  return null
}

const placeholderWords =
  /^(?:test(?:ing)?|dummy|fake|mock|foo|bar|example|undefined|null|none|nil|x+|change-?me|minioadmin|minio|your[_-].*|.*[_-]here|<.*>|\*+|\.+|\$\{?.*\}?|%.*%|\$\(.*\)|\{\{.*\}\}|access[_-]?key(?:[_-]?id)?|aws[_-]access[_-]key[_-]id)$/i

/** AWS's documentation examples and what stands in configuration templates (C07). */
function namePlaceholder(id: string): NamedCause | null {
  if (id === '') return named('placeholder-value', 'the access key id is empty')
  if (/EXAMPLE$/.test(id)) return named('placeholder-value', 'the access key id is an example from documentation')
  if (placeholderWords.test(id)) return named('placeholder-value', 'the access key id is a placeholder word')
  return null
}

/** A key id that was encoded once more on its way, with or without the end of its line (C16). */
function nameWrapped(id: string): NamedCause | null {
  if (id.length > 64 || !/^[A-Za-z0-9+/]{20,}={0,2}$/.test(id)) return null
  const inside = Buffer.from(id, 'base64').toString('latin1')
  return /^A[KS]IA[A-Z2-7]{16}\s*$/.test(inside) ? named('base64-wrapped', 'the access key id is in base64') : null
}

function nameOtherKind(id: string): NamedCause | null {
  if (isSecretAccessKey(id) && /[a-z]/.test(id) && /[A-Z]/.test(id)) {
    return named(
      'id-secret-swapped',
      'what stands in the place of the access key id has the shape of a secret access key',
    )
  }
  const reading = parseAccessKeyId(id)
  if (reading?.kind === 'other') {
    return named('not-an-access-key', `the access key id is that of ${reading.names}, not of an access key`)
  }
  if (/^\d{12}$/.test(id)) return named('not-an-access-key', 'the access key id is an account number')
  if (/^arn:/.test(id)) return named('not-an-access-key', 'the access key id is an ARN')
  if (/^[^@\s]+@[^@\s]+$/.test(id)) return named('not-an-access-key', 'the access key id is an e-mail address')
  if (/^GOOG/.test(id)) return named('not-an-access-key', 'the access key id is a Google Cloud HMAC key')
  if (/^ABSK/.test(id)) return named('not-an-access-key', 'the access key id is a Bedrock API key')
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/.test(id)) {
    return named('not-an-access-key', 'the access key id is hexadecimal, as the keys of other vendors are')
  }
  return null
}

/** Why no signature was seen: there is none, it is of an older version, or the URL that carried it was put through HTML. */
export function nameUnsigned(query: string, body: SignableRequest['body']): NamedCause {
  if (/(?:^|&)amp;X-Amz-(?:Algorithm|Credential|Signature)=/.test(query)) {
    return named('presigned-altered', 'the parameters of the presigned URL are joined by `&amp;`, as in HTML')
  }
  const form = typeof body === 'string' ? body : Buffer.from(body.subarray(0, longestForm)).toString('latin1')
  if ([query, form].some((text) => /(?:^|&)AWSAccessKeyId=/.test(text))) {
    return named('old-signing', 'the request is signed in its parameters, by an older version than 4')
  }
  return named('authorization-missing', 'the request carries no signature')
}

/** A form that is signed by version 2 is not long. */
const longestForm = 8192

/**
 * Names what broke an Authorization header that is not a list of `key=value` pairs, from the whole header and the first
 * fragment that is none. Source: `errors.md` §1.5.
 */
export function nameBrokenHeader(header: string, fragment: string): NamedCause | null {
  if (/^AWS\s+[^\s:=]+:/.test(header) || /^AWS3(?:-HTTPS)?\s/.test(header)) {
    return named('old-signing', 'the Authorization header is of version 2 or 3')
  }
  if (/^(?:Bearer|Basic|Negotiate|Digest|Token)\b/i.test(header) || /^eyJ/.test(fragment)) {
    return named('authorization-missing', 'the Authorization header is of another scheme than AWS4')
  }
  const credential = /Credential=(.*?)(?:,\s*(?:SignedHeaders|Signature)=|$)/s.exec(header)?.[1]
  if (credential === undefined) return null
  return nameCredential(credential)
}

/** Names what is wrong with a whole `Credential` value whose slash-delimited parts do not count to five. */
export function nameCredential(credential: string): NamedCause | null {
  // The scope is known by its date: what stands before it was put in the place of the key id, slashes and all.
  const id = /^(.*?)\/(?:\d{8})\/[^/]*\/[^/]*\/[^/]*$/s.exec(credential)?.[1] ?? credential
  const added = nameAddedBytes(id)
  if (added !== null) return added
  if (id.includes('/') && /^[A-Za-z0-9/+=]{30,}$/.test(id)) {
    return named(
      'id-secret-swapped',
      'what stands in the place of the access key id has the shape of a secret access key',
    )
  }
  return nameKeyId(id)
}

function named(cause: CauseId, says: string): NamedCause {
  return { cause, evidence: [says] }
}
