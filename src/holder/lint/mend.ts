import type { TextEdit } from './finding.ts'
import type { Draft, Page, PageSection } from './page.ts'

/**
 * The mends that can all be made at once: of two that touch the same text the first one counts. What is left out is told by
 * not being in the set.
 */
export function agreeingMends(drafts: readonly Draft[]): ReadonlySet<Draft> {
  // By line: an edit touches others of its own lines only.
  const taken = new Map<string, TextEdit[]>()
  const agreed = new Set<Draft>()
  for (const draft of drafts) {
    const { mend } = draft
    if (mend === undefined || mend.length === 0) continue
    if (mend.some((edit) => placesOf(edit).some((at) => taken.get(at)?.some((other) => touches(edit, other))))) continue
    for (const edit of mend) {
      for (const at of placesOf(edit)) taken.set(at, [...(taken.get(at) ?? []), edit])
    }
    agreed.add(draft)
  }
  return agreed
}

/** The lines of an edit; all that write the file anew are about one place. */
function placesOf({ file, line, endLine, bytes }: TextEdit): readonly string[] {
  if (bytes !== undefined) return [`${file}:bytes`]
  return Array.from({ length: endLine - line + 1 }, (_, index) => `${file}:${line + index}`)
}

/** Whether two edits are about the same text. Insertions at one place are not put in an order, so that they touch. */
function touches(a: TextEdit, b: TextEdit): boolean {
  if (a.file !== b.file) return false
  if (a.bytes !== undefined || b.bytes !== undefined) return a.bytes !== undefined && b.bytes !== undefined
  const isBefore = (x: TextEdit, y: TextEdit): boolean =>
    x.endLine < y.line || (x.endLine === y.line && x.endColumn <= y.column)
  const isSamePlace = a.line === b.line && a.column === b.column
  return isSamePlace || !(isBefore(a, b) || isBefore(b, a))
}

/** A page with edits made. */
export interface Mended {
  readonly bytes: Uint8Array
  /** The line of the page that each line came from, in their order. */
  readonly lines: readonly number[]
}

/** Makes some edits, and leaves out the sections that are not asked for. */
export function mended(page: Page, edits: readonly TextEdit[], keeps: (section: PageSection) => boolean): Mended {
  const { document } = page
  const rewritten = edits.find(({ bytes }) => bytes !== undefined)?.bytes
  if (rewritten === 'utf-16') return { bytes: encode(fromUtf16(document.text)), lines: [] }
  const marked = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
  const sheet = new Sheet(marked && rewritten === undefined ? '\uFEFF' : '')
  const byLine = new Map<number, TextEdit[]>()
  for (const edit of edits) {
    if (edit.bytes === undefined) byLine.set(edit.line, [...(byLine.get(edit.line) ?? []), edit])
  }
  for (const section of page.sections) {
    if (!keeps(section)) continue
    for (const { line } of section.header === null ? section.lines : [section.header, ...section.lines]) {
      const { text, ending } = document.line(line - 1)
      sheet.take(line, text + ending, byLine.get(line) ?? [])
    }
  }
  const bytes = document.encoding === 'utf-8' || rewritten === 'latin1' ? encode(sheet.text) : latin1(sheet.text)
  return { bytes, lines: sheet.lines }
}

class Sheet {
  readonly lines: number[] = []
  readonly #parts: string[]
  /** What stands before this place has been taken away. */
  #from = { line: 0, column: 1 }

  constructor(first: string) {
    this.#parts = [first]
  }

  get text(): string {
    return this.#parts.join('')
  }

  take(number: number, whole: string, edits: readonly TextEdit[]): void {
    if (this.#from.line > number) return
    let column = this.#from.line === number ? this.#from.column : 1
    const open = [...edits].sort((a, b) => a.column - b.column)
    for (const { column: start, endLine, endColumn, text } of open) {
      this.#put(number, whole.slice(column - 1, start - 1) + text)
      this.#from = { line: endLine, column: endColumn }
      column = endLine === number ? endColumn : whole.length + 1
    }
    this.#put(number, whole.slice(column - 1))
  }

  #put(number: number, text: string): void {
    if (text === '') return
    this.#parts.push(text)
    for (let ends = text.split(/\r\n|\n|\r/).length - 1; ends > 0; ends -= 1) this.lines.push(number)
  }
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, codeOf)
}

function fromUtf16(text: string): string {
  const bytes = latin1(text)
  const isBig = bytes[0] === 0xfe || (bytes[0] === 0 && bytes[1] !== 0)
  return new TextDecoder(isBig ? 'utf-16be' : 'utf-16le').decode(bytes)
}

function codeOf(character: string): number {
  return character.charCodeAt(0)
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
