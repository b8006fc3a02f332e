/** A line of a pasted text, without what a log or a reply put before it. */
export interface PastedLine {
  readonly text: string
  /** How long it was with all that stood before it: terminals cut there. */
  readonly width: number
}

/**
 * The texts that come out when cut lines are joined again: cut at a column (the pieces belong together) and cut between words
 * (a blank belongs between). None for a text whose lines nobody cut.
 */
export function unwrappings(lines: readonly PastedLine[]): readonly string[] {
  if (lines.length < 2) return []
  const pieces = columnsOf(lines).map((column) => join(lines, (index) => (cutAt(lines, index, column) ? '' : null)))
  const words = widthsOf(lines).map((width) => join(lines, (index) => (cutBetween(lines, index, width) ? ' ' : null)))
  return looksCutAtColumn(lines) ? [...pieces, ...words] : [...words, ...pieces]
}

/** Windows of these widths are usual; editors are set to others. */
const windows: ReadonlySet<number> = new Set([80, 100, 120, 132, 160, 200])

/** A terminal fills each line but the last; an editor hardly any. */
function looksCutAtColumn(lines: readonly PastedLine[]): boolean {
  const [longest] = columnsOf(lines)
  if (longest === undefined) return false
  let full = 0
  let short = 0
  let usual = false
  for (let index = 0; index + 1 < lines.length; index += 1) {
    if (cutAt(lines, index, longest)) {
      full += 1
      usual ||= windows.has(lines[index]!.text.length) || windows.has(lines[index]!.width)
    } else if (cutBetween(lines, index, longest)) short += 1
  }
  return full > short && (full > 1 || usual)
}

/** Joins each line with the one behind it where `between` says with what. */
function join(lines: readonly PastedLine[], between: (index: number) => string | null): string {
  let whole = lines[0]!.text
  for (let index = 0; index + 1 < lines.length; index += 1) {
    const glue = between(index)
    const next = lines[index + 1]!.text
    whole =
      glue === null ? `${whole}\n${next}` : glue === '' ? `${whole}${next}` : `${whole.trimEnd()} ${next.trimStart()}`
  }
  return whole
}

const narrowest = 40
const widest = 400

/** The columns at which a terminal may have cut: the longest line, and lengths that several lines have. */
function columnsOf(lines: readonly PastedLine[]): readonly number[] {
  const counts = new Map<number, number>()
  let longest = 0
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1]
    if (next === undefined || next.text.trim() === '') continue
    for (const length of new Set([line.text.length, line.width])) {
      if (length < narrowest || length > widest) continue
      counts.set(length, (counts.get(length) ?? 0) + 1)
      longest = Math.max(longest, length)
    }
  }
  const often = [...counts].filter(([, count]) => count > 1).sort((one, other) => other[1] - one[1])
  return [...new Set([longest, ...often.slice(0, 2).map(([length]) => length)])].filter((length) => length > 0)
}

function cutAt(lines: readonly PastedLine[], index: number, column: number): boolean {
  const line = lines[index]!
  const next = lines[index + 1]!
  return (line.text.length === column || line.width === column) && next.text.trim() !== ''
}

/** The widths between whose words an editor may have cut: the longest line, and what editors and mail programs are set to. */
function widthsOf(lines: readonly PastedLine[]): readonly number[] {
  let longest = 0
  let ofWords = 0
  for (const { text, width } of lines) {
    const length = Math.max(text.trimEnd().length, width)
    longest = Math.max(longest, length)
    // A word that is longer than the width stands alone.
    if (/\S\s+\S/.test(text)) ofWords = Math.max(ofWords, length)
  }
  return [...new Set([longest, ofWords, 120, 100, 80, 72, 60])].filter(
    (width) => width >= narrowest && width <= longest && width <= widest,
  )
}

/** What begins a line of its own, whatever stood before. */
const beginning = /^\s*(?:at \S|File "|Caused by|Traceback|During handling|[{}<$#*]|- |\d{4}-\d\d-\d\d)/

/** What begins a line of its own when the one before had come to an end. */
const statement = /^\s*(?:Error:|aws: |An error occurred|[\w.]+(?:Error|Exception):)/
const ended = /[.!?;{}>)\]]\s*$/

/** The first word of the next line did not fit any more. */
function cutBetween(lines: readonly PastedLine[], index: number, width: number): boolean {
  const line = lines[index]!
  const next = lines[index + 1]!
  const word = /^\s*(\S+)/.exec(next.text)?.[1]
  if (word === undefined || line.text.trim() === '' || beginning.test(next.text)) return false
  if (statement.test(next.text) && ended.test(line.text)) return false
  const used = Math.max(line.text.trimEnd().length, line.width)
  return used >= width / 2 - 1 - Math.max(0, word.length - width / 2) && used + 1 + word.length > width
}
