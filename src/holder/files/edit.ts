import { CountersignError } from '../../errors.ts'
import { readAsBotocore } from './dialects/botocore.ts'
import type { Entry, Section } from './reading.ts'
import { type IniDocument, type IniLine, parseIni, renderIni, sizeRefusal } from './syntax.ts'

/** One lossless change of one AWS file. `section` is the header text between the brackets, as it stands. */
export type FileEdit =
  | {
      readonly kind: 'unset'
      readonly file: string
      readonly section: string
      readonly key: string
      /** A setting of the indented block below the key (`s3 =`); the last one takes the block with it. */
      readonly nested?: string | undefined
    }
  | {
      readonly kind: 'set'
      readonly file: string
      readonly section: string
      readonly key: string
      readonly nested?: string | undefined
      readonly value: string
    }
  | { readonly kind: 'rename-section'; readonly file: string; readonly section: string; readonly to: string }
  /**
   * Lines of any text file (a start-up file of a shell, `.env`, …), the first of which is `line` (from 1): they are replaced by
   * `lines`, which may be none. `was` is what must stand there, without line ends, or nothing is done.
   */
  | {
      readonly kind: 'replace-lines'
      readonly file: string
      readonly line: number
      readonly was: readonly string[]
      readonly lines: readonly string[]
    }
  /** All of a file, which must still hold `was` (null: it must not be there). */
  | {
      readonly kind: 'write-file'
      readonly file: string
      readonly was: Uint8Array | null
      readonly bytes: Uint8Array
    }
  /** The file goes, e.g. what a client has kept of a session. */
  | { readonly kind: 'remove-file'; readonly file: string }

/**
 * Applies one edit to a file's bytes (empty bytes for a file that is not there). Every line that the edit does not mean stays
 * byte for byte: comments, order, blank lines, line endings, byte order mark. Keys are found whatever their case.
 *
 * - `unset` takes every entry of that key in the section away, with its continued lines; nothing there to take away is no error.
 * - `set` changes the value in place, or adds the key at the end of its section, or the section at the end of the file.
 * - both reach a setting of the indented block below a key with `nested`, whose case counts.
 * - `rename-section` changes the text between the brackets.
 * - `replace-lines` puts other lines in the place of some, each with the line end that the first of them had; a last line without
 *   one stays without. A byte order mark is none of the first line, unless `was` begins with it.
 * - `write-file` gives all bytes anew; `remove-file` leaves none, and whoever plans the change takes the file away.
 *
 * Throws `usage` for a name or value that this syntax cannot hold, `conflict` when the new section name is taken, a block
 * would stand below a key that has a value, or the section holds a header with blanks before it that the edit would meet, `syntax`
 * for a file in UTF-16, and `limit` for one that is too large.
 */
export function applyEdit(bytes: Uint8Array, edit: FileEdit): Uint8Array {
  if (edit.kind === 'replace-lines') return replaceLines(bytes, edit)
  if (edit.kind === 'remove-file') return new Uint8Array()
  if (edit.kind === 'write-file') return writeFile(bytes, edit)
  checkEdit(edit)
  const refusal = sizeRefusal(bytes)
  if (refusal !== null) throw new CountersignError('limit', `${edit.file}: ${refusal}.`, { data: { path: edit.file } })
  const document = parseIni(bytes)
  if (document.oddities.some(({ kind }) => kind === 'utf-16')) {
    throw new CountersignError('syntax', `${edit.file} is UTF-16; save it as UTF-8 first.`, {
      data: { path: edit.file },
    })
  }
  const reading = readAsBotocore(document, 'linux')
  const all = reading.inherited === null ? reading.sections : [reading.inherited, ...reading.sections]
  const sections = all.filter(({ name }) => name === toDocumentText(document, edit.section))
  switch (edit.kind) {
    case 'unset':
      return renderIni({ ...document, lines: unset(document, sections, edit) })
    case 'set':
      return renderIni({ ...document, lines: set(document, sections, edit) })
    case 'rename-section':
      return renderIni({ ...document, lines: rename(document, all, sections, edit) })
  }
}

const byteOrderMark = '\u00ef\u00bb\u00bf'

/** Byte for byte, as characters: what is not replaced need not even be UTF-8. */
function replaceLines(bytes: Uint8Array, edit: Extract<FileEdit, { kind: 'replace-lines' }>): Uint8Array {
  const { file, line, was, lines } = edit
  const all = Buffer.from(bytes).toString('latin1')
  // A byte order mark belongs to the file, not to its first line; unless the edit means the mark itself.
  const isMeant = line === 1 && was[0]?.startsWith('\ufeff') === true
  const start = !isMeant && all.startsWith(byteOrderMark) ? byteOrderMark : ''
  const old = all.slice(start.length).match(/[^\n]*\n|[^\n]+$/g) ?? []
  const plain = (text: string) => Buffer.from(text.replace(lineEnd, ''), 'latin1').toString()
  const there = old.slice(line - 1, line - 1 + was.length)
  const isThere = line >= 1 && line - 1 <= old.length && there.length === was.length
  if (!isThere || there.some((text, at) => plain(text) !== was[at]))
    throw new CountersignError('conflict', `${file}:${line} is not any more what it was.`, {
      data: { path: file, line },
    })
  const above = old.slice(0, line - 1)
  const below = old.slice(line - 1 + was.length)
  const end = endOf(there[0]) ?? endOf(above.at(-1)) ?? endOf(old[0]) ?? '\n'
  const put = lines.map((text) => Buffer.from(text).toString('latin1') + end)
  // The last line of a file may have no end; then what comes in its place has none, and what comes behind it gives it one.
  if (below.length === 0 && there.length > 0 && endOf(there.at(-1)) === null)
    put.push(...put.splice(-1).map((text) => text.replace(lineEnd, '')))
  const joint = put.length > 0 && above.length > 0 && endOf(above.at(-1)) === null ? end : ''
  return Buffer.from([start, ...above, joint, ...put, ...below].join(''), 'latin1')
}

const lineEnd = /\r?\n$/

function endOf(line: string | undefined): string | null {
  return line === undefined ? null : (lineEnd.exec(line)?.[0] ?? null)
}

function writeFile(bytes: Uint8Array, { file, was, bytes: written }: Extract<FileEdit, { kind: 'write-file' }>) {
  if (Buffer.compare(bytes, was ?? new Uint8Array()) === 0) return written
  throw new CountersignError('conflict', `${file} is not any more what it was.`, { data: { path: file } })
}

function checkEdit(edit: Extract<FileEdit, { section: string }>): void {
  const lineBreak = /[\r\n]/
  const refuse = (what: string): never => {
    throw new CountersignError('usage', `${edit.file}: ${what}.`, { data: { path: edit.file } })
  }
  const checkSection = (name: string): void => {
    if (name === '' || lineBreak.test(name)) refuse('a section name is one line and not empty')
  }
  checkSection(edit.section)
  if (edit.kind === 'rename-section') {
    checkSection(edit.to)
    return
  }
  for (const key of [edit.key, edit.nested ?? edit.key])
    if (!/^[^\s=:#;[\]\r\n][^=:\r\n]*$/.test(key) || /\s$/.test(key)) refuse('this is no key')
  if (edit.kind === 'set' && lineBreak.test(edit.value)) refuse('a value is one line')
}

function unset(
  document: IniDocument,
  sections: readonly Section[],
  { file, key, nested }: Extract<FileEdit, { kind: 'unset' }>,
): readonly IniLine[] {
  for (const section of sections) refuseSwallowed(document, section, file, entriesOf(section, key))
  const gone = new Set<number>()
  for (const entry of sections.flatMap((section) => entriesOf(section, key))) {
    const lines = linesOf(document, entry)
    const some = nested === undefined ? lines : nestedLines(document, entry, nested)
    const isWhole = nested !== undefined && some.length > 0 && some.length === lines.length - 1
    for (const number of isWhole ? lines : some) gone.add(number)
  }
  return document.lines.filter(({ number }) => !gone.has(number))
}

function set(
  document: IniDocument,
  sections: readonly Section[],
  edit: Extract<FileEdit, { kind: 'set' }>,
): readonly IniLine[] {
  const value = toDocumentText(document, edit.value)
  const [first, ...others] = sections.flatMap((section) => entriesOf(section, edit.key))
  const { nested } = edit
  for (const each of sections) refuseSwallowed(document, each, edit.file, entriesOf(each, edit.key))
  if (first !== undefined && nested !== undefined) return setNested(document, first, { ...edit, nested, value })
  if (first !== undefined) {
    const gone = new Set(others.flatMap((entry) => linesOf(document, entry)))
    for (const number of linesOf(document, first)) if (number !== first.keyLine) gone.add(number)
    return document.lines
      .filter(({ number }) => !gone.has(number))
      .map((line) => (line.number === first.keyLine ? withValue(line, first, value) : line))
  }
  const key = toDocumentText(document, edit.key)
  const assignment =
    nested === undefined ? [`${key} = ${value}`] : [`${key} =`, `    ${toDocumentText(document, nested)} = ${value}`]
  const section = sections.at(-1)
  if (section !== undefined) {
    refuseSwallowed(document, section, edit.file, null)
    const last = [...section.entries.values(), ...section.repeated].reduce<Entry | null>(
      (latest, entry) => (latest === null || entry.lastLine > latest.lastLine ? entry : latest),
      null,
    )
    const place =
      last === null
        ? placeOfFirstKey(document, section.line)
        : { after: last.lastLine, indent: indentOfLine(document, last.keyLine) }
    return insertAfter(
      document.lines,
      place.after,
      assignment.map((line) => place.indent + line),
    )
  }
  const header = `[${toDocumentText(document, edit.section)}]`
  const last = document.lines.at(-1)
  const gap = last === undefined || last.text.trim() === '' ? [] : ['']
  return insertAfter(document.lines, document.lines.length, [...gap, header, ...assignment])
}

function setNested(
  document: IniDocument,
  entry: Entry,
  edit: { readonly file: string; readonly key: string; readonly nested: string; readonly value: string },
): readonly IniLine[] {
  if (entry.nested === null && entry.value !== '') {
    throw new CountersignError('conflict', `${edit.key} has a value of its own, so nothing can stand below it.`, {
      data: { path: edit.file, line: entry.line },
    })
  }
  const [first, ...others] = nestedLines(document, entry, edit.nested)
  if (first !== undefined) {
    const gone = new Set(others)
    return document.lines
      .filter(({ number }) => !gone.has(number))
      .map((line) => (line.number === first ? { ...line, text: assigned(line.text, edit.value) } : line))
  }
  const above = linesOf(document, entry).at(-1)!
  const indent = indentOfLine(document, above) + (above === entry.keyLine ? '    ' : '')
  return insertAfter(document.lines, above, [`${indent}${toDocumentText(document, edit.nested)} = ${edit.value}`])
}

/** `  key = old` with another value, as it stood otherwise. */
function assigned(text: string, value: string): string {
  const [before] = /^[^=]*=[ \t]*/.exec(text)!
  return before + value
}

/** The lines of a block in which a setting stands; its keys are compared as they stand. */
function nestedLines(document: IniDocument, entry: Entry, nested: string): readonly number[] {
  const wanted = toDocumentText(document, nested)
  return linesOf(document, entry).filter((number) => {
    const { text } = document.lines[number - 1]!
    const delimiter = text.indexOf('=')
    return number !== entry.keyLine && delimiter > 0 && text.slice(0, delimiter).trim() === wanted
  })
}

/** Under the indent of its neighbour a line can neither continue that one nor be continued by what follows. */
function indentOfLine(document: IniDocument, number: number): string {
  return /^\s*/.exec(document.lines[number - 1]?.text ?? '')?.[0] ?? ''
}

/**
 * Where the first key of a section goes: past lines that are nothing, since those would let what follows continue the key, and
 * under the indent of the next header for the same reason.
 */
function placeOfFirstKey(document: IniDocument, header: number): { readonly after: number; readonly indent: string } {
  let after = header
  for (const { text, number } of document.lines.slice(header)) {
    if (/^\s*([#;].*)?$/.test(text)) continue
    if (/^\s*\[.+\]/.test(text)) return { after, indent: indentOfLine(document, number) }
    after = number
  }
  return { after, indent: '' }
}

function rename(
  document: IniDocument,
  all: readonly Section[],
  sections: readonly Section[],
  edit: Extract<FileEdit, { kind: 'rename-section' }>,
): readonly IniLine[] {
  const to = toDocumentText(document, edit.to)
  if (sections.length > 0 && to !== toDocumentText(document, edit.section) && all.some(({ name }) => name === to)) {
    throw new CountersignError('conflict', `${edit.file} has a section [${edit.to}] already.`, {
      data: { path: edit.file },
    })
  }
  const columns = new Map(sections.map(({ line, column, name }) => [line, { column, length: name.length }]))
  return document.lines.map((line) => {
    const header = columns.get(line.number)
    if (header === undefined) return line
    return { ...line, text: line.text.slice(0, header.column) + to + line.text.slice(header.column + header.length) }
  })
}

function entriesOf(section: Section, key: string): readonly Entry[] {
  const wanted = key.toLowerCase()
  const first = section.entries.get(wanted)
  return first === undefined ? [] : [first, ...section.repeated.filter((entry) => entry.key === wanted)]
}

/**
 * Botocore reads a header with blanks before it as more of the value above, and its keys as those of that section; people and
 * other clients read a section of its own, of which nothing may go. `touched`: the
 * entries that change; null: one is added at the end.
 */
function refuseSwallowed(
  document: IniDocument,
  section: Section,
  file: string,
  touched: readonly Entry[] | null,
): void {
  const all = [...section.entries.values(), ...section.repeated]
  const swallowed = all.flatMap(({ keyLine, lastLine }) =>
    document.lines.slice(keyLine, lastLine).filter(({ text }) => /^\s+\[[^\]]+\]\s*(?:[#;].*)?$/.test(text)),
  )
  const line = Math.min(...swallowed.map(({ number }) => number))
  const isTouched = touched === null ? swallowed.length > 0 : touched.some(({ lastLine }) => lastLine >= line)
  if (!isTouched) return
  throw new CountersignError(
    'conflict',
    `${file}:${line} is a header with blanks before it, so that some clients take it for a part of [${section.name}]: take the blanks away first.`,
    { data: { path: file, line } },
  )
}

/** The lines of an entry; comments that stand among them are not part of it. */
function linesOf(document: IniDocument, entry: Entry): readonly number[] {
  return document.lines
    .slice(entry.keyLine - 1, entry.lastLine)
    .filter(({ text, number }) => number === entry.keyLine || !/^\s*[#;]/.test(text))
    .map(({ number }) => number)
}

function withValue(line: IniLine, entry: Entry, value: string): IniLine {
  const before = line.text.slice(0, entry.column - 1)
  // `key =` without a blank would run into the value.
  const startsEmpty = entry.value === '' || entry.value.startsWith('\n')
  const gap = startsEmpty && !/\s$/.test(before) && /\s[=:]$/.test(before) ? ' ' : ''
  return { ...line, text: before + gap + value }
}

function insertAfter(lines: readonly IniLine[], number: number, texts: readonly string[]): readonly IniLine[] {
  const above = lines.slice(0, number)
  const below = lines.slice(number)
  const ending =
    above.findLast((line) => line.ending !== '')?.ending ?? below.find((line) => line.ending !== '')?.ending ?? '\n'
  const closed = above.map((line, index) =>
    index === above.length - 1 && line.ending === '' ? { ...line, ending } : line,
  )
  return [...closed, ...texts.map((text) => ({ number: 0, text, ending })), ...below]
}

/** Where the document's characters are its bytes, what comes in must be made of bytes too. */
function toDocumentText(document: IniDocument, text: string): string {
  if (document.encoding === 'utf-8') return text
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}
