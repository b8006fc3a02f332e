import { isAccessKeyId } from '../../anatomy/access-key-id.ts'
import { isSecretAccessKey } from '../../anatomy/secret-access-key.ts'

/** The three slots of a credential. */
export type Slot = 'accessKeyId' | 'secretAccessKey' | 'sessionToken'

/** What can happen to a value on its way, by the cause that it is. */
export type Defect = 'surrounding-whitespace' | 'invisible-character' | 'quoted-value' | 'inline-comment'

export interface PeeledValue {
  /** In the order in which they were peeled off, each once. */
  readonly defects: readonly Defect[]
  /** What is left when all of them are taken away. */
  readonly clean: string
}

const blank = /[ \t\r\n\v\f]/
const straightQuotes = `"'\``
const curlyQuotes = '“”‘’„‚«»'

/**
 * Takes off, layer by layer, what does not belong to a value: a comment, blanks and line ends, quotes, invisible characters.
 * Ids, secrets and tokens consist of printable ASCII without blanks and quotes, so nothing of theirs is lost.
 */
export function peel(value: string): PeeledValue {
  const defects = new Set<Defect>()
  let clean = value.slice(0, 65_536)
  for (let layer = 0; layer < 12; layer += 1) {
    const before = clean
    const comment = /^\s*(\S+)[ \t]+[#;][\s\S]*$/.exec(clean)
    if (comment !== null) {
      defects.add('inline-comment')
      clean = comment[1]!
    } else if (isQuote(clean[0]) || isQuote(clean.at(-1))) {
      defects.add('quoted-value')
      clean = clean.slice(isQuote(clean[0]) ? 1 : 0, isQuote(clean.at(-1)) && clean.length > 1 ? -1 : undefined)
    } else if (blank.test(clean)) {
      defects.add('surrounding-whitespace')
      clean = clean.replace(/[ \t\r\n\v\f]+/g, '')
    } else if (/[^!-~]/.test(clean)) {
      defects.add('invisible-character')
      clean = clean.replace(/[^!-~]/gu, '')
    }
    if (clean === before) break
  }
  return { defects: [...defects], clean }
}

function isQuote(character: string | undefined): boolean {
  return character !== undefined && character !== '' && (straightQuotes + curlyQuotes).includes(character)
}

/** The code points that no one sees or types, named for a person, e.g. `U+200B zero width space`. */
export function namesOfInvisible(value: string): readonly string[] {
  const found = new Set<string>()
  for (const character of value) {
    if (/[!-~ \t\r\n\v\f]/.test(character)) continue
    const code = character.codePointAt(0)!
    const name = invisibleNames[code]
    found.add(`U+${code.toString(16).toUpperCase().padStart(4, '0')}${name === undefined ? '' : ` (${name})`}`)
    if (found.size >= 5) break
  }
  return [...found]
}

const invisibleNames: Readonly<Record<number, string>> = {
  22: 'the trace of Ctrl-V',
  27: 'the trace of an arrow or function key',
  127: 'delete',
  160: 'no-break space',
  173: 'soft hyphen',
  8203: 'zero-width space',
  8204: 'zero-width non-joiner',
  8205: 'zero-width joiner',
  8288: 'word joiner',
  65279: 'byte order mark',
  65533: 'a character that was lost in conversion',
}

/** Whether a cleaned value is surely what was meant, so that it may be written back. */
export function isUnambiguous(slot: Slot, clean: string): boolean {
  switch (slot) {
    case 'accessKeyId':
      return isAccessKeyId(clean)
    case 'secretAccessKey':
      return isSecretAccessKey(clean)
    case 'sessionToken':
      return clean.length >= 100 && /^[A-Za-z0-9+/_=-]+$/.test(clean)
  }
}

/** A text that stands where a value should have been filled in. `template` never works anywhere; emulators accept `dummy`. */
export type Placeholder = 'template' | 'dummy'

const templates: readonly RegExp[] = [
  /^<.*>$/s,
  /^\$\{.*\}$/s,
  /^\$\{\{.*\}\}$/s,
  /^\$\(.*\)$/s,
  /^\$[A-Za-z_][A-Za-z0-9_]*$/,
  /^%[A-Za-z_][A-Za-z0-9_]*%$/,
  /^\{\{.*\}\}$/s,
  /^\[[A-Za-z _-]+\]$/,
  /^\*{3,}$/,
  /^[xX]{4,}$/,
  /^(AKIA|ASIA)[xX*.…?_-]{3,}$/,
  /^(AKIA|ASIA)(X{8,}|1234567890.*|0123456789.*)$/,
  /^(your|my|insert|enter|replace|put|paste|add|fill)[ _-]?.*(key|secret|token|id|here|value)/i,
  /^(change[ _-]?me|todo|tbd|placeholder|redacted|removed|hidden|masked)$/i,
  /^(undefined|null|none|nil|nan|false|true|\[object object\])$/i,
  /^(aws[_-])?(access[_-]key([_-]id)?|secret[_-]access[_-]key|secret[_-]key|session[_-]token)$/i,
  /^\.{3,}$|^…+$/,
]

const dummies: readonly RegExp[] = [
  /^A[A-Z]{3}[A-Z0-9]*EXAMPLE[A-Z0-9]?$/,
  /^wJalrXUtnFEMI/,
  /^je7MtGbClwBF/,
  /EXAMPLE(ACCESS|SECRET)?KEY$/,
  /^(test|testing|dummy|fake|mock|mocked|foo|bar|baz|foobar|local|localstack|example|sample|anything|key|secret|access|password|admin|root|minio|minioadmin|minio123|x|xx|xxx|a|1|123|1234|12345|123456)$/i,
  /^(test|dummy|fake|mock|foo|local|example)[_-]?(access)?[_-]?(key|secret|id|token)([_-]?id)?$/i,
]

/** Whether a value is a text to be replaced, or a well-known example. Quotes around it do not matter. */
export function placeholderKind(value: string): Placeholder | null {
  const text = value
    .trim()
    .replace(/^["'](.*)["']$/s, '$1')
    .slice(0, 300)
  if (text === '') return null
  // A value that AWS has made may by chance begin with "my" and hold "id"; only the known examples are told from those.
  if ((isAccessKeyId(text) || isSecretAccessKey(text)) && !/EXAMPLE|^wJalrXUtnFEMI|^je7MtGbClwBF|X{8}/.test(text))
    return null
  if (templates.some((pattern) => pattern.test(text))) return 'template'
  return dummies.some((pattern) => pattern.test(text)) ? 'dummy' : null
}

/** What stands in the id slot when it is another kind of identifier. `certain` for AWS's own, documented prefixes. */
export function otherIdentifier(id: string): { readonly says: string; readonly certain: boolean } | null {
  const prefix = /^(AIDA|AROA|AIPA|ANPA|ANVA|APKA|ASCA|AGPA|ABIA|ACCA)[A-Z0-9]{12,}$/.exec(id)?.[1]
  if (prefix !== undefined) return { says: `${prefix}… is the unique id of ${uniqueIds[prefix]}`, certain: true }
  if (/^\d{12}$/.test(id)) return { says: 'twelve digits are an account number', certain: true }
  if (/^arn:[\w-]+:/.test(id)) return { says: 'it is an ARN', certain: true }
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(id)) return { says: 'it is an e-mail address', certain: true }
  if (/^GOOG[A-Z0-9]{16,}$/.test(id))
    return { says: 'GOOG… looks like an HMAC key of Google Cloud Storage', certain: false }
  if (/^ABSK/.test(id)) return { says: 'ABSK… looks like an Amazon Bedrock API key', certain: false }
  if (/^[0-9a-f]{32}$/.test(id))
    return { says: '32 hexadecimal digits look like a key of Cloudflare R2', certain: false }
  return null
}

const uniqueIds: Readonly<Record<string, string>> = {
  AIDA: 'an IAM user',
  AROA: 'an IAM role',
  AIPA: 'an instance profile',
  ANPA: 'a managed policy',
  ANVA: 'a policy version',
  APKA: 'a public key',
  ASCA: 'a certificate',
  AGPA: 'an IAM group',
  ABIA: 'a service bearer token',
  ACCA: 'a context-specific credential',
}

/** The text that a base64 value hides when it is a key id or a secret; null when it is none. */
export function wrappedInBase64(slot: Slot, value: string): string | null {
  if (!/^[A-Za-z0-9+/]{20,200}={0,2}$/.test(value) || value.length % 4 !== 0) return null
  if (slot === 'secretAccessKey' && value.length === 40) return null
  let text: string
  try {
    text = atob(value)
  } catch {
    return null
  }
  const clean = text.trim()
  if (slot === 'accessKeyId') return isAccessKeyId(clean) ? text : null
  return slot === 'secretAccessKey' && isSecretAccessKey(clean) ? text : null
}

/** Insertions, deletions, changes and exchanged neighbours that turn one short text into another (optimal string alignment). */
export function editDistance(one: string, other: string): number {
  const a = one.slice(0, 64)
  const b = other.slice(0, 64)
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
