/**
 * Splits a command line as a program of the C runtime reads its own: blanks and tabs part words, double quotes hold them
 * together, and backslashes count only before a quote. There are no errors: an open quote runs to the end.
 * Source: Microsoft, "Parsing C command-line arguments"; botocore compat.py `_windows_shell_split`.
 */
export function windowsWords(line: string): readonly string[] {
  const words: string[] = []
  let word: string | null = null
  let quoted = false
  for (let at = 0; at < line.length; ) {
    const backslashes = /^\\+/.exec(line.slice(at, at + 32_768))?.[0].length ?? 0
    at += backslashes
    const character = line[at]
    if (character === '"') {
      if (backslashes > 0) word = (word ?? '') + '\\'.repeat(Math.floor(backslashes / 2))
      if (backslashes % 2 === 1) word = `${word ?? ''}"`
      else {
        quoted = !quoted
        word ??= ''
      }
    } else {
      if (backslashes > 0) word = (word ?? '') + '\\'.repeat(backslashes)
      if ((character === ' ' || character === '\t') && !quoted) {
        if (word !== null) words.push(word)
        word = null
      } else if (character !== undefined) word = (word ?? '') + character
    }
    at += 1
  }
  if (word !== null) words.push(word)
  return words
}
