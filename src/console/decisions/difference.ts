/** A part of a line: in both, or only in this one. */
export interface Part {
  readonly text: string
  readonly differs: boolean
}

/** Where comparing every sign with every other would take long, what lies between a common beginning and end counts as different. */
const mostCells = 400_000

/** The two lines of a changed pair in parts, so that what differs can be marked. Signs are whole characters (code points). */
export function compareLines(one: string, other: string): readonly [readonly Part[], readonly Part[]] {
  const left = [...one]
  const right = [...other]
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1
  let end = 0
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end += 1
  const inner = [left.slice(start, left.length - end), right.slice(start, right.length - end)] as const
  const same = inner[0].length * inner[1].length > mostCells ? [] : commonSigns(...inner)
  const both = (signs: readonly string[], side: 0 | 1) =>
    parts([
      ...left.slice(0, start).map((sign) => [sign, false] as const),
      ...signs.map((sign, at) => [sign, !same.some((pair) => pair[side] === at)] as const),
      ...left.slice(left.length - end).map((sign) => [sign, false] as const),
    ])
  return [both(inner[0], 0), both(inner[1], 1)]
}

/** Positions of a longest common subsequence. */
function commonSigns(one: readonly string[], other: readonly string[]): readonly (readonly [number, number])[] {
  const width = other.length + 1
  const lengths = new Uint16Array((one.length + 1) * width)
  for (let i = one.length - 1; i >= 0; i -= 1)
    for (let j = other.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        one[i] === other[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) pairs.push([i++, j++])
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1
    else j += 1
  }
  return pairs
}

function parts(signs: readonly (readonly [sign: string, differs: boolean])[]): readonly Part[] {
  const joined: { text: string; differs: boolean }[] = []
  for (const [text, differs] of signs) {
    const last = joined.at(-1)
    if (last !== undefined && last.differs === differs) last.text += text
    else joined.push({ text, differs })
  }
  return joined
}
