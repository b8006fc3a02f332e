import type { Twins } from './twins.ts'
import { isPublicWord } from './vocabulary.ts'

/** What of a text may stay, beside the words of the program. */
export interface Kept {
  /** Words in small letters: of the names of profiles, and of variables that rules ask for. */
  readonly names: ReadonlySet<string>
  /** Whether a value is a text to be replaced, or a well-known example. */
  readonly isPlaceholder: (value: string) => boolean
  /** File names that are hashes, by the real one: hashes of made-up texts. */
  readonly hashes: ReadonlyMap<string, string>
}

/** How a text is written. */
export interface Form {
  /** `key = value` to the end of the line, as in the AWS files. */
  readonly ini?: boolean
  /** Sentences of AWS or of this program: plain words stay, but for those that name something on this machine. */
  readonly sentences?: boolean
}

/** Names whose values are secret, whatever they look like. */
const secretName =
  /secret|token|passw|pwd$|passphrase|private|api_?key|auth|cookie|bearer|dpop|signature|seed|otp$|totp|verifier|credentials?$/i
/** Of those, names whose values are something else: a path, an address, a time, the name of a source. */
const otherwise =
  /(file|path|dir|uri|url|endpoint|source|process|arn|region|type|ttl|version|duration\w*|seconds|provider|scopes?|expir\w*|at|in|mode|name|enabled|disabled)$/i
const idName = /access_?key(_?id)?$/i
const harmlessName =
  /(region|output|format|mode|style|retries|attempts|version|expir\w*|time|timestamp|date|duration\w*|seconds|timeout|[a-z]At|_at)$/i
/** A region, or nearly one; an instant or a number. */
const harmlessValue = /^(?:[a-z]{2}(?:-[a-z]{2,6})?-[a-z]{4,10}-\d{1,2}|[\d:.TZ+ -]{1,35}(?:UTC|GMT)?)$/

function isSecretName(name: string): boolean {
  return secretName.test(name) && !otherwise.test(name.replace(/["'\s]/g, ''))
}

const piece = new RegExp(
  [
    // A hexadecimal dump of a request.
    '(?<dump>\\b[0-9a-fA-F]{2}(?: [0-9a-fA-F]{2}){7,}\\b)',
    // An element of XML.
    '<(?<element>[A-Za-z][\\w:-]{0,63})>(?<content>[^<]*)(?=</)',
    // A JWT, and what AWS's session tokens begin with.
    '(?<token>eyJ[\\w-]{8,}\\.[\\w-]{2,}(?:\\.[\\w-]*)?|(?:IQoJ|FwoG|FQo[GD]|AQoD|Ago[GJ])[A-Za-z0-9+/]{60,}={0,2})',
    // Any other tag.
    '(?<tag></?[A-Z][A-Za-z0-9]{1,60}(?=[\\s>/]))',
    // A flag of a command line with its value.
    '--?(?<flag>[A-Za-z][\\w-]{0,63})(?<gap>=|\\s+)(?<argument>"[^"]*"|\'[^\']*\'|[^\\s"\']+)',
    // A name with a value, as in JSON, YAML, shells and queries.
    '(?<open>["\']?)(?<name>[A-Za-z_][\\w.-]{0,127})\\k<open>(?<sign>\\s*(?:=>|[:=])\\s*)(?<value>"(?:[^"\\\\]|\\\\.)*(?:"|$)|\'(?:[^\'\\\\]|\\\\.)*(?:\'|$)|[^\\s"\'`;&,{}\\[\\]<>()]+)',
    '(?<run>[A-Za-z0-9/+=_-]+|[\\p{L}\\p{N}]+)',
  ].join('|'),
  'gu',
)

/** Texts of a machine without what is the person's own: signs, lengths and places stay, unknown words become made-up ones. */
export class Redaction {
  readonly #twins: Twins
  readonly #kept: Kept
  /** Values in a secret's place, as they were met. */
  readonly secrets = new Set<string>()

  constructor(twins: Twins, kept: Kept) {
    this.#twins = twins
    this.#kept = kept
    twins.claim = (value) => this.text(value)
  }

  /** The value of a variable or setting of that name. */
  assigned(name: string, value: string, form: Form = {}): string {
    // What a parser joins may be settings of their own, which another parser reads.
    const [first = '', ...more] = value.split(/([\r\n]+)/)
    if (more.some((line) => isSetting(line)))
      return this.assigned(name, first, form) + more.map((line) => this.#line(line, { ...form, ini: true })).join('')
    if (isSecretName(name)) return this.#secret(value)
    // The code of an error.
    if (form.sentences === true && /^(__type|code)$/i.test(name) && /^[\w.#:]{1,100}$/.test(value)) return value
    if (idName.test(name.trim())) {
      const isTold = /^\s*["']?(A[A-Z]{3}[A-Z0-9]{12,}|arn:|\d{12}\b|[^\s@]+@[^\s@]+\.)/.test(value)
      return isTold && !this.#kept.isPlaceholder(value) ? this.text(value, form) : this.#secret(value)
    }
    if (harmlessName.test(name.trim()) && harmlessValue.test(value) && !this.#twins.knows(value)) return value
    return this.text(value, form)
  }

  /** A file, line by line. */
  file(text: string, form: Form): string {
    return text.replace(/[^\r\n]+/g, (line) => this.#line(line, form))
  }

  #line(line: string, form: Form): string {
    // What a comment says is nobody's business; that one stands there, and how long it is, may matter.
    if (/^\s*(#(?!!)|;|\/\/)/.test(line))
      return line
        .replace(/[A-Za-z]/g, 'x')
        .replace(/\d/g, '0')
        .replace(/[^\0-\x7f]/gu, hiddenLetter)
    if (form.ini !== true) return this.text(line, form)
    const setting = /^([ \t]*)([^=:\s[][^=:]{0,127}?)([ \t]*[=:][ \t]*)(.*)$/su.exec(line)
    if (setting === null) return this.text(line, form)
    const [, indent = '', key = '', sign = '', value = ''] = setting
    const end = /\s*$/.exec(value)![0]
    return indent + this.text(key) + sign + this.assigned(key, value.slice(0, value.length - end.length), form) + end
  }

  /** Any text: values behind telling names are replaced whole, else word by word. */
  text(text: string, form: Form = {}): string {
    if (form.sentences !== true) return this.#plain(text, form)
    // Names in an ARN are the person's own, and are so in the sentence around it.
    const parts = text.split(/(arn:[\w-]+:[^\s<>"'&,]+)/)
    const names = parts.map((part, index) => (index % 2 === 1 ? this.#plain(part, {}) : ''))
    return parts.map((part, index) => (index % 2 === 1 ? names[index] : this.#plain(part, form))).join('')
  }

  #plain(text: string, form: Form): string {
    return text.replace(piece, (whole, ...rest) => {
      const found = rest.at(-1) as Partial<Record<string, string>>
      const { token, tag, dump, element, content, flag, gap, argument, name, open, sign, value, run } = found
      if (dump !== undefined) return dump.replace(/[0-9a-f]/gi, '0')
      if (token !== undefined) return this.#secret(token)
      if (tag !== undefined && form.sentences === true) return tag
      if (element !== undefined && content !== undefined)
        return `<${this.#name(element, form)}>${this.#written(element, content, form)}`
      if (flag !== undefined && argument !== undefined) {
        const dashes = whole.startsWith('--') ? '--' : '-'
        return `${dashes}${this.#words(flag, form)}${gap}${this.#written(flag, argument, form)}`
      }
      if (name !== undefined && value !== undefined)
        return `${open}${this.#name(name, form)}${open}${sign}${this.#written(name, value, form)}`
      return this.#run(run ?? whole, form)
    })
  }

  /** The name of a member: in an answer of AWS it is AWS's own. */
  #name(name: string, form: Form): string {
    return form.sentences === true && /^[A-Za-z_]{1,60}$/.test(name) ? name : this.#words(name, form)
  }

  /** A value where it stands in a text, with quotes or without. */
  #written(name: string, value: string, form: Form): string {
    const quote = /^["']/.exec(value)?.[0] ?? ''
    // A file may end inside of it.
    const end = quote !== '' && value.length > 1 && value.endsWith(quote) ? quote : ''
    const inner = value.slice(quote.length, value.length - end.length)
    return `${quote}${this.assigned(name, inner, form)}${end}`
  }

  #secret(value: string): string {
    if (value === '') return value
    if (this.#kept.isPlaceholder(value)) return this.#placeholder(value)
    this.secrets.add(value)
    return this.#twins.secret(value)
  }

  /** A placeholder stays one: its public words stay. */
  #placeholder(value: string): string {
    if (/EXAMPLE|^wJalrXUtnFEMI/.test(value) || value.length <= 10) return value
    const twin = value.replace(/[A-Z]?[a-z]+|[A-Z]+|\d+/g, (part) =>
      isPublicWord(part) || /^x+$/i.test(part) ? part : this.#twins.word(part),
    )
    if (this.#kept.isPlaceholder(twin)) return twin
    this.secrets.add(value)
    return this.#twins.secret(value)
  }

  #run(run: string, form: Form): string {
    const hash = /^(.*?)((?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f]))(.*)$/.exec(run)
    // The hash of what was sent, in a sentence of AWS's.
    if (hash !== null && form.sentences === true) return run
    if (hash !== null) {
      const [, before = '', name = '', behind = ''] = hash
      const twin = this.#kept.hashes.get(name) ?? this.#twins.word(name)
      return this.#words(before, form) + twin + this.#words(behind, form)
    }
    return this.#words(run, form)
  }

  #words(text: string, form: Form): string {
    return this.#twins.stretches(text, (part) =>
      part.replace(/[A-Za-z0-9]+|[\p{L}\p{N}]+/gu, (word) => (this.#keeps(word, form) ? word : this.#twins.word(word))),
    )
  }

  #keeps(word: string, form: Form): boolean {
    if (isPublicWord(word) || this.#kept.names.has(word.toLowerCase()) || /^\d{12}$/.test(word)) return true
    return form.sentences === true && /^[A-Za-z]?[a-z]{1,15}$/.test(word) && !this.#twins.hasWord(word)
  }
}

/** Whether a line is a setting whose name everybody knows. */
function isSetting(line: string): boolean {
  const key = /^\s*([A-Za-z][\w.-]*)[ \t]*[=:]/.exec(line)?.[1]
  return key?.split(/[^A-Za-z0-9]+/).every((word) => isPublicWord(word)) === true
}

/** Every word of a person's own in a name that may be shown: letters, or letters with a few digits behind. */
export function wordsOfName(name: string): readonly string[] {
  const words = name.trim().split(/[^\p{L}\p{N}]+/u)
  const isPlain = (word: string): boolean =>
    /^[a-z]{0,24}$|^[A-Z]{1,12}$|^([A-Z]?[a-z]{2,12}){1,4}$|^[A-Za-z]{1,12}\d{1,4}$|^\d{1,4}$|^\d{12}$/.test(word)
  return name.length <= 64 && words.every(isPlain)
    ? words.filter((word) => word !== '').map((word) => word.toLowerCase())
    : []
}

function hiddenLetter(letter: string): string {
  return /[\p{L}\p{N}]/u.test(letter) ? (letter < '\u0800' ? 'é' : '語') : letter
}
