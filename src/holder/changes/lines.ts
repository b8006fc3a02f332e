/** Lines that went and lines that came in their place; each with the line end that it has. */
export interface LineChange {
  /** Line (from 1) of the old text before which this stands: the first of `removed`, where there are any. */
  readonly line: number
  /** The same in the new text. */
  readonly newLine: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** The lines of a text with their ends; the last one may have none. Bytes are characters here, so that none is lost. */
export function linesOf(bytes: Uint8Array): readonly string[] {
  return (
    Buffer.from(bytes)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g) ?? []
  )
}

/** Above this many pairs of lines the whole middle is one change. */
const mostPairs = 4_000_000

/** What has to be done to the lines of one text to make those of another: as few lines as possible, in order. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const old = before.slice(start, before.length - end)
  const now = after.slice(start, after.length - end)
  if (old.length === 0 && now.length === 0) return []
  const kept = old.length * now.length > mostPairs ? [] : longestCommon(old, now)
  const changes: LineChange[] = []
  let [i, j] = [0, 0]
  for (const [nextOld, nextNow] of [...kept, [old.length, now.length] as const]) {
    if (nextOld > i || nextNow > j)
      changes.push({
        line: start + i + 1,
        newLine: start + j + 1,
        removed: old.slice(i, nextOld),
        added: now.slice(j, nextNow),
      })
    i = nextOld + 1
    j = nextNow + 1
  }
  return changes
}

/** Pairs of places of a longest common subsequence. */
function longestCommon(one: readonly string[], other: readonly string[]): readonly (readonly [number, number])[] {
  const width = other.length + 1
  const lengths = new Uint32Array((one.length + 1) * width)
  for (let i = one.length - 1; i >= 0; i -= 1)
    for (let j = other.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        one[i] === other[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const pairs: [number, number][] = []
  for (let [i, j] = [0, 0]; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) {
      pairs.push([i, j])
      i += 1
      j += 1
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1
    else j += 1
  }
  return pairs
}

/**
 * Makes of `theirs` what `ours` makes of `from`, when the two changed different lines; null when they met. Lines that stand
 * next to each other meet, too: of those nobody knows whether they belong together.
 */
export function mergeLines(from: Uint8Array, ours: Uint8Array, theirs: Uint8Array): Uint8Array | null {
  const start = linesOf(from)
  const own = compareLines(start, linesOf(ours))
  const foreign = compareLines(start, linesOf(theirs))
  const meets = (one: LineChange, other: LineChange) =>
    one.line <= other.line + other.removed.length && other.line <= one.line + one.removed.length
  if (own.some((change) => foreign.some((other) => meets(change, other)))) return null
  const merged: string[] = []
  let at = 0
  for (const { line, removed, added } of [...own, ...foreign].sort((one, other) => one.line - other.line)) {
    merged.push(...start.slice(at, line - 1), ...added)
    at = line - 1 + removed.length
  }
  return Buffer.from([...merged, ...start.slice(at)].join(''), 'latin1')
}
