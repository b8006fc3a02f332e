import type { FileReadingByDialect, Section } from '../../../src/holder/files/reading.ts'
import type { IniDocument } from '../../../src/holder/files/syntax.ts'

/** The same document without plain sections: a grammar has to look at every line of it. */
export function lineByLine(document: IniDocument): IniDocument {
  const { encoding, text, lines, oddities } = document
  const stretches = lines.length === 0 ? [] : [{ name: null, start: 0, end: lines.length }]
  return {
    encoding,
    text,
    lines,
    oddities,
    stretches,
    line: (index) => document.line(index),
    offset: (index) => document.offset(index),
  }
}

/** A reading as data, whatever made its sections. */
export function asData({ sections, inherited, problems }: FileReadingByDialect) {
  const copy = ({ name, line, column, entries, repeated }: Section) => ({
    name,
    line,
    column,
    entries: [...entries],
    repeated: [...repeated],
  })
  return { sections: sections.map(copy), inherited: inherited === null ? null : copy(inherited), problems }
}
