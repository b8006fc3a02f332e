import type { IniDocument } from '../files/syntax.ts'
import { isKnown } from './spelling.ts'

/**
 * A line by what the person who wrote it meant, whatever the SDKs make of it: that is asked of them afterwards. Columns count
 * from 1.
 */
export type MeantLine =
  | { readonly kind: 'blank' | 'comment'; readonly line: number; readonly text: string }
  | {
      readonly kind: 'header'
      readonly line: number
      readonly text: string
      readonly column: number
      readonly name: string
      readonly nameColumn: number
      readonly isClosed: boolean
      /** What stands behind the `]`, and where. */
      readonly tail: string
      readonly tailColumn: number
    }
  | MeantSetting
  /** Indented below a setting, and itself no setting: more of the value above. */
  | { readonly kind: 'continuation'; readonly line: number; readonly text: string; readonly column: number }
  | { readonly kind: 'other'; readonly line: number; readonly text: string; readonly column: number }

export interface MeantSetting {
  readonly kind: 'setting' | 'nested'
  readonly line: number
  readonly text: string
  readonly column: number
  /** As it stands. */
  readonly key: string
  readonly delimiter: '=' | ':'
  readonly delimiterColumn: number
  /** Without blanks at its ends; quotes and comments are still in it. */
  readonly written: string
  readonly valueColumn: number
}

/** A section by what was meant. */
export interface MeantSection {
  readonly header: Extract<MeantLine, { kind: 'header' }> | null
  readonly lines: readonly MeantLine[]
}

/** The lines of a document in sections; the first has no header when lines stand before any. */
export function meantSections(document: IniDocument): readonly MeantSection[] {
  const sections: { header: MeantSection['header']; lines: MeantLine[] }[] = []
  let above: MeantLine | null = null
  for (const { number, text } of document.lines) {
    const line = meant(number, text, above)
    if (line.kind === 'header') sections.push({ header: line, lines: [] })
    else {
      if (sections.length === 0) sections.push({ header: null, lines: [] })
      sections.at(-1)!.lines.push(line)
    }
    if (line.kind === 'header') above = null
    else if (line.kind === 'setting' || line.kind === 'other') above = line
  }
  return sections
}

function meant(line: number, text: string, above: MeantLine | null): MeantLine {
  const start = text.search(/[^ \t]/)
  if (start < 0 || text.trim() === '') return { kind: 'blank', line, text }
  const first = text[start]!
  if (first === '#' || first === ';') return { kind: 'comment', line, text }
  if (first === '[') return header(line, text, start)
  const delimiterAt = delimiterOf(text, start)
  const isIndented = start > 0 && above?.kind === 'setting'
  if (delimiterAt < 0) return { kind: isIndented ? 'continuation' : 'other', line, text, column: start + 1 }
  const key = text.slice(start, delimiterAt).trimEnd()
  if (key.length > 64 || /[^\w.\- ]/.test(key) || isPadded(text.slice(start))) {
    return { kind: isIndented ? 'continuation' : 'other', line, text, column: start + 1 }
  }
  const rest = text.slice(delimiterAt + 1)
  const written = rest.trim()
  return {
    kind: isIndented && above.kind === 'setting' && above.written === '' ? 'nested' : 'setting',
    line,
    text,
    column: start + 1,
    key,
    delimiter: text[delimiterAt] as '=' | ':',
    delimiterColumn: delimiterAt + 1,
    written,
    valueColumn: delimiterAt + 2 + (written === '' ? 0 : rest.length - rest.trimStart().length),
  }
}

/** The last piece of a token that was broken into lines ends with `=` too. It is a secret, and must not be told as a key. */
function isPadded(text: string): boolean {
  const piece = /^([A-Za-z0-9]{6,})={1,2}\s*$/.exec(text)
  return piece !== null && !isKnown(piece[1]!)
}

/** An `=`, or a `:` where a key could end: not the one of `https://`. */
function delimiterOf(text: string, start: number): number {
  const equals = text.indexOf('=', start)
  const colon = text.indexOf(':', start)
  if (colon < 0 || (equals >= 0 && equals < colon)) return equals
  return /^[\w.-]+[ \t]*$/.test(text.slice(start, colon)) && !text.startsWith('://', colon) ? colon : equals
}

function header(line: number, text: string, start: number): MeantLine {
  const end = text.indexOf(']', start)
  const isClosed = end >= 0
  const inner = isClosed ? text.slice(start + 1, end) : text.slice(start + 1).trimEnd()
  const tail = isClosed ? text.slice(end + 1).trim() : ''
  return {
    kind: 'header',
    line,
    text,
    column: start + 1,
    name: inner,
    nameColumn: start + 2,
    isClosed,
    tail,
    tailColumn: isClosed && tail !== '' ? text.indexOf(tail, end + 1) + 1 : text.length + 1,
  }
}
