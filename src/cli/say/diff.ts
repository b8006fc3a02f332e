import { compareLines, type FileChange, linesOf } from '../../holder/changes/index.ts'
import { maskedLine } from './masked.ts'
import { harmless, legible, paint, shortPath } from './page.ts'
import type { Sight } from './verdict.ts'

/** One change of a file, for showing: nothing in it is secret. */
export interface ShownChange {
  readonly file: string
  readonly what: 'made' | 'removed' | 'changed'
  readonly hunks: readonly ShownHunk[]
}

export interface ShownHunk {
  /** Line (from 1) in the file as it is, and as it is to be. */
  readonly line: number
  readonly newLine: number
  /** The section that these lines stand in, for files that have any; null else. */
  readonly section: string | null
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Lines of one hunk that are shown; the rest is counted. */
const mostLines = 40

/** What a change does, line by line, with secrets masked. The path keeps its home directory. */
export function shownChange({ path, before, after }: FileChange): ShownChange {
  const old = linesOf(before ?? new Uint8Array())
  const now = linesOf(after ?? new Uint8Array())
  const what = before === null ? 'made' : after === null ? 'removed' : 'changed'
  // Of what a program has kept nobody wants to read every line.
  if (what === 'removed') return { file: path, what, hunks: [] }
  const hunks = compareLines(old, now).map(({ line, newLine, removed, added }): ShownHunk => {
    const gone = removed.map(shown)
    const come = added.map(shown)
    return {
      line,
      newLine,
      section: isHeader(removed[0] ?? added[0] ?? '') ? null : sectionAbove(old, line),
      removed: gone.map((text, at) => (text === come[at] ? `${text} (as it is)` : text)),
      added: come.map((text, at) => (text === gone[at] ? `${text} (${differenceOf(removed[at]!, added[at]!)})` : text)),
    }
  })
  return { file: path, what, hunks }
}

/** Lines may look alike once what must not be shown is hidden. */
function differenceOf(one: string, other: string): string {
  return withoutEnd(one) === withoutEnd(other) ? 'another line end' : 'another value'
}

function shown(line: string): string {
  return maskedLine(Buffer.from(withoutEnd(line), 'latin1').toString())
}

function withoutEnd(line: string): string {
  return line.replace(/\r?\n$/, '')
}

function isHeader(line: string): boolean {
  return /^\s*\[[^\]=]+\]\s*(?:[#;].*)?$/.test(withoutEnd(line))
}

function sectionAbove(lines: readonly string[], line: number): string | null {
  const header = lines.slice(0, line - 1).findLast(isHeader)
  return header === undefined ? null : shown(header).trim()
}

/** The change as lines for a terminal: `-` and `+` as in every diff, with the number of the line before each. */
export function diffLines({ look, machine }: Sight, change: ShownChange): string[] {
  const file = harmless(shortPath(machine, change.file))
  const what = { made: ' (a new file)', removed: ' (goes)', changed: '' }[change.what]
  const lines = [`  ${paint(look, 'command', file)}${what}`]
  let section: string | null = null
  for (const hunk of change.hunks) {
    if (hunk.section !== null && hunk.section !== section)
      lines.push(paint(look, 'quiet', `          ${legible(look, hunk.section)}`))
    section = hunk.section
    lines.push(
      ...side(look, '-', hunk.line, hunk.removed).map((text) => paint(look, 'bad', text)),
      ...side(look, '+', hunk.newLine, hunk.added).map((text) => paint(look, 'good', text)),
    )
  }
  return lines
}

function side(look: Sight['look'], sign: string, line: number, texts: readonly string[]): string[] {
  const lines = texts
    .slice(0, mostLines)
    .map((text, index) => `  ${sign} ${String(line + index).padStart(4)}  ${legible(look, text)}`)
  return texts.length > mostLines ? [...lines, `         and ${texts.length - mostLines} more lines`] : lines
}
