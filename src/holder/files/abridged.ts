import type { Machine } from '../machine/machine.ts'
import type { IniDocument, Stretch } from './syntax.ts'

/** Settings that name another section. */
const references = ['source_profile', 'sso_session', 'services']

/** The first words of the texts by which sections are named in a document, in small letters. */
export function referencesIn({ text }: IniDocument): readonly string[] {
  const lower = text.toLowerCase()
  const rests = new Set<string>()
  for (const key of references) {
    for (let at = lower.indexOf(key); at >= 0; at = lower.indexOf(key, at + 1)) {
      const end = lower.indexOf('\n', at)
      rests.add(lower.slice(at + key.length, end < 0 ? lower.length : end))
    }
  }
  return [...new Set([...rests].map((rest) => firstWord(rest.replace(/^[ \t]*[=:]/, ''))))]
}

/**
 * The names that a question may bring to the files, as `documentsOf` wants them; null where the files stand in unusual places, so
 * that it is not known which of them refer to each other.
 *
 * @param profile as an argument of the program would name it
 */
export function askedNames(machine: Machine, profile: string | undefined): readonly string[] | null {
  const isMoved = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CREDENTIAL_PROFILES_FILE'].some(
    (variable) => machine.env(variable) !== undefined,
  )
  if (isMoved) return null
  const named = [profile, machine.env('AWS_PROFILE'), machine.env('AWS_DEFAULT_PROFILE')]
  return ['default', ...named.flatMap((name) => (name === undefined ? [] : [firstWord(name)]))]
}

/** SDKs differ in what they take for the end of a name: quotes, blanks, a comment. */
function firstWord(text: string): string {
  return /[^\s"'#;]+/.exec(text)?.[0].toLowerCase() ?? ''
}

/**
 * Lines that no SDK can stumble over: keys of small letters that are no word of PHP's, values without any sign that some parser
 * takes for syntax.
 */
const harmlessLines =
  /(?:(?:[#;][ \w/:.,=@+-]*|(?!(?:yes|no|true|false|on|off|null|none)\b)[a-z0-9_]+ ?= ?[\w/:.,@+-]+)?\r?\n)*/y

/** Headers that mean a profile or nothing, by any SDK's rules; some stumble over names that JavaScript's objects have. */
const harmlessHeader = /^(?:profile )?([\w@:/+-][\w.@:/+-]*)$/

/**
 * The document without the sections that cannot matter to a question: plain ones, harmless in every line, whose header has none
 * of the names in it. The first one stays in any case, so that a file with profiles is not taken for one without. Positions
 * and lines stay those of the whole document.
 *
 * @param names in small letters; one that is only contained in a header counts too, since SDKs differ in what they cut off
 */
export function abridged(document: IniDocument, names: readonly string[]): IniDocument {
  const whole = document.stretches
  if (whole.length < 64) return document
  let isFirst = true
  const stretches = whole.filter((stretch) => {
    if (stretch.name === null) return true
    if (isFirst) {
      isFirst = false
      return true
    }
    const header = stretch.name.toLowerCase()
    return names.some((name) => header.includes(name)) || !isHarmless(document, stretch, stretch.name)
  })
  return {
    encoding: document.encoding,
    text: document.text,
    get lines() {
      return document.lines
    },
    oddities: document.oddities,
    stretches,
    line: (index) => document.line(index),
    offset: (index) => document.offset(index),
  }
}

function isHarmless(document: IniDocument, { start, end }: Stretch, header: string): boolean {
  const name = harmlessHeader.exec(header)?.[1]
  if (name === undefined || name in Object.prototype) return false
  harmlessLines.lastIndex = document.offset(start + 1)
  harmlessLines.test(document.text)
  return harmlessLines.lastIndex === document.offset(end)
}
