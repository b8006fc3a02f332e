/** Characters of one look, which is cheap. */
const lookLength = 80_000
/** Each look reaches so far into the one after it that no error is cut by both. */
const step = lookLength - 20_000
/** Characters before a look that belong to what was found in it: a canonical request stands before its error's end. */
const before = 20_000
/** So many looks at most: 18 million characters from the end. */
const mostLooks = 300
/** Characters within which a line has to end for a part to begin or end with it. */
const longestLine = 4_000

/** Scores: an error about credentials with what surrounds it, the bare word of one, and what may be an error of another kind. */
const telling = [10, 8, 2] as const

/**
 * The parts of a log in which its error is to be looked for, the most telling first, each at most `longest` characters (at least
 * 100,000): around the last error that a look tells, else the end and the begin. `scoreOf` says how much the error in a part tells of
 * itself; 0: there is none. Takes time in proportion to the length.
 */
export function partsOf(text: string, longest: number, scoreOf: (part: string) => number): readonly string[] {
  const ends = [text.slice(lineStart(text, text.length - longest)), text.slice(0, longest)]
  const last: (number | undefined)[] = telling.map(() => undefined)
  for (let looks = 0, from = text.length - lookLength; looks < mostLooks; looks += 1, from -= step) {
    const score = scoreOf(text.slice(Math.max(0, from), from + lookLength))
    for (const [rank, least] of telling.entries()) if (score >= least) last[rank] ??= from
    if (last[0] !== undefined || from <= 0) break
  }
  const found = last.find((from) => from !== undefined)
  if (found === undefined) return ends
  return [text.slice(lineStart(text, found - before), lineEnd(text, found + lookLength)), ...ends]
}

function lineStart(text: string, from: number): number {
  if (from <= 0) return 0
  const end = text.indexOf('\n', from - 1)
  return end < 0 || end - from > longestLine ? from : end + 1
}

function lineEnd(text: string, to: number): number {
  const end = text.indexOf('\n', to)
  return end < 0 || end - to > longestLine ? to : end
}
