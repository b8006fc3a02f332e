/** A part of a line: in both, or only in this one. */
export interface Part {
  readonly text: string
  readonly differs: boolean
}

/** Where comparing every sign with every other would take long, what lies between a common beginning and end counts as different. */
const mostCells = 400_000

/**
 * The two lines of a changed pair in parts, so that what differs can be marked. Signs are whole characters (code points). They are
 * compared from the end: of `%20` and `%2520` then `25` differs, which is what was encoded once more.
 */
export function compareLines(one: string, other: string): readonly [readonly Part[], readonly Part[]] {
  const left = [...one].reverse()
  const right = [...other].reverse()
  const [leftSame, rightSame] = commonSigns(left, right)
  return [parts(left, leftSame), parts(right, rightSame)]
}

/** Positions in both that belong to a longest common subsequence. */
function commonSigns(one: readonly string[], other: readonly string[]): readonly [Set<number>, Set<number>] {
  const same = [new Set<number>(), new Set<number>()] as const
  const keep = (left: number, right: number): void => {
    same[0].add(left)
    same[1].add(right)
  }
  let start = 0
  while (start < one.length && start < other.length && one[start] === other[start]) keep(start, start++)
  let [oneEnd, otherEnd] = [one.length, other.length]
  if ((oneEnd - start) * (otherEnd - start) > mostCells) {
    while (oneEnd > start && otherEnd > start && one[oneEnd - 1] === other[otherEnd - 1]) keep(--oneEnd, --otherEnd)
    if ((oneEnd - start) * (otherEnd - start) > mostCells) return same
  }
  const width = otherEnd - start + 1
  const lengths = new Uint16Array((oneEnd - start + 1) * width)
  const at = (i: number, j: number): number => (i - start) * width + j - start
  for (let i = oneEnd - 1; i >= start; i -= 1)
    for (let j = otherEnd - 1; j >= start; j -= 1)
      lengths[at(i, j)] =
        one[i] === other[j] ? lengths[at(i + 1, j + 1)]! + 1 : Math.max(lengths[at(i + 1, j)]!, lengths[at(i, j + 1)]!)
  for (let [i, j] = [start, start]; i < oneEnd && j < otherEnd; ) {
    if (one[i] === other[j]) keep(i++, j++)
    else if (lengths[at(i + 1, j)]! >= lengths[at(i, j + 1)]!) i += 1
    else j += 1
  }
  return same
}

/** `reversed`: the signs from the end. */
function parts(reversed: readonly string[], same: ReadonlySet<number>): readonly Part[] {
  const joined: { text: string; differs: boolean }[] = []
  for (let place = reversed.length - 1; place >= 0; place -= 1) {
    const differs = !same.has(place)
    const last = joined.at(-1)
    if (last?.differs === differs) last.text += reversed[place]!
    else joined.push({ text: reversed[place]!, differs })
  }
  return joined
}
