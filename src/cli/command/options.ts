/** Options at the beginning of an argument list, and what stands behind them. */
export interface Options {
  /** In the order in which they were written; the value is null for a switch. Names with their dashes. */
  readonly given: readonly { readonly name: string; readonly value: string | null }[]
  readonly rest: readonly string[]
}

/** Which options take a value: these; or all but these. */
export type Valued = { readonly valued: string } | { readonly switches: string }

/**
 * Reads options until the first word that is none, or `--` (which is taken away): `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, and several letters behind one dash (POSIX XBD 12.2, GNU getopt_long).
 */
export function readOptions(words: readonly string[], which: Valued): Options {
  const names = new Set(('valued' in which ? which.valued : which.switches).split(' '))
  const takesValue = (name: string) => ('valued' in which ? names.has(name) : !names.has(name))
  const given: { name: string; value: string | null }[] = []
  let at = 0
  for (; at < words.length; at += 1) {
    const word = words[at]!
    if (word === '--') return { given, rest: words.slice(at + 1) }
    if (!word.startsWith('-') || word === '-') break
    const equals = word.indexOf('=')
    if (word.startsWith('--') && equals > 0) given.push({ name: word.slice(0, equals), value: word.slice(equals + 1) })
    else if (word.startsWith('--') || names.has(word)) {
      const isValued = takesValue(word)
      given.push({ name: word, value: isValued ? (words[at + 1] ?? null) : null })
      if (isValued) at += 1
    } else at = readLetters(word, words, at, takesValue, given)
  }
  return { given, rest: words.slice(at) }
}

/** `-it`, `-eNAME=value`, `-e NAME=value`. */
function readLetters(
  word: string,
  words: readonly string[],
  at: number,
  takesValue: (name: string) => boolean,
  given: { name: string; value: string | null }[],
): number {
  for (let letter = 1; letter < word.length; letter += 1) {
    const name = `-${word[letter]}`
    if (!takesValue(name)) given.push({ name, value: null })
    else if (letter + 1 < word.length) {
      given.push({ name, value: word.slice(letter + 1).replace(/^=/, '') })
      return at
    } else {
      given.push({ name, value: words[at + 1] ?? null })
      return at + 1
    }
  }
  return at
}

/** The last value of an option, wherever it stands in a command: `--profile x`, `--profile=x`. */
export function lastValue(words: readonly string[], names: readonly string[]): string | null {
  let found: string | null = null
  for (const [at, word] of words.entries()) {
    if (word === '--') break
    for (const name of names) {
      if (word === name && at + 1 < words.length) found = words[at + 1]!
      else if (word.startsWith(`${name}=`)) found = word.slice(name.length + 1)
    }
  }
  return found
}

/** `NAME=value` words at the beginning, as `env` and `sudo` take them. */
export function readAssignments(words: readonly string[]): {
  readonly env: Readonly<Record<string, string>>
  readonly rest: readonly string[]
} {
  const env: Record<string, string> = {}
  let at = 0
  for (; at < words.length; at += 1) {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(words[at]!)
    if (match === null) break
    env[match[1]!] = match[2]!
  }
  return { env, rest: words.slice(at) }
}
