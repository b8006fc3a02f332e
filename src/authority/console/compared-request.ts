import type { SignatureMismatch } from '../model/store.ts'
import type { ComparedRequest } from './shapes.ts'

type Line = ComparedRequest['difference'][number]

/** The two sides of a mismatch, with their canonical requests line by line. */
export function compareTexts({ computed, implied, says }: SignatureMismatch): ComparedRequest {
  const difference =
    implied === null ? [] : compareLines(linesOf(computed.canonicalRequest), linesOf(implied.canonicalRequest))
  return { computed, implied, says, difference }
}

/** Carriage returns are shown, for they may be the difference. */
function linesOf(text: string): readonly string[] {
  return text.replaceAll('\r', '␍').split('\n')
}

/** So many lines are compared in full: the square of it is the work. Longer texts were cut long before. */
const mostLines = 512

/** By the longest common subsequence; lines that were exchanged stand beside each other. */
export function compareLines(computed: readonly string[], implied: readonly string[]): readonly Line[] {
  const [a, b] = [computed.slice(0, mostLines), implied.slice(0, mostLines)]
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i]![j] = a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!)
    }
  }
  const lines: Line[] = []
  let gone: string[] = []
  let come: string[] = []
  const settle = (): void => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
      const [one = null, other = null] = [gone[index], come[index]]
      lines.push({
        kind: other === null ? 'only-computed' : one === null ? 'only-implied' : 'changed',
        computed: one,
        implied: other,
      })
    }
    gone = []
    come = []
  }
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      settle()
      lines.push({ kind: 'same', computed: a[i]!, implied: b[j]! })
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      gone.push(a[i]!)
      i += 1
    } else {
      come.push(b[j]!)
      j += 1
    }
  }
  settle()
  return lines
}
