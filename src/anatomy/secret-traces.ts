/** How many characters of a secret in a row are a trace of it. */
const shortest = 8

const hidden = '‹hidden›'

/**
 * Finds what is left of secrets in words that were made from a text which held them: also the half of one that a line end or an
 * escape cut in two. Takes the secrets as they stand in the text, gives a function that puts `‹hidden›` in place of their traces.
 */
export function createTraceHider(secrets: readonly string[]): (words: string) => string {
  const pieces = new Set<string>()
  for (const secret of secrets) {
    const whole = secret.replace(/\s+/g, '')
    for (let at = 0; at + shortest <= whole.length; at += 1) pieces.add(whole.slice(at, at + shortest))
  }
  if (pieces.size === 0) return (words) => words
  return (words) => words.replace(/[^\s‹›"'<>]{8,}/g, (run) => hideIn(run, pieces))
}

function hideIn(run: string, pieces: ReadonlySet<string>): string {
  let out = ''
  let kept = 0
  let at = 0
  while (at + shortest <= run.length) {
    if (!pieces.has(run.slice(at, at + shortest))) {
      at += 1
      continue
    }
    let end = at + shortest
    while (end < run.length && pieces.has(run.slice(end - shortest + 1, end + 1))) end += 1
    out += `${run.slice(kept, at)}${hidden}`
    kept = end
    at = end
  }
  return `${out}${run.slice(kept)}`
}
