import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import type { IniDocument, IniLine } from '../syntax.ts'
import { readGoV1, type V1Refusal, type V1Setting } from './go-v1-machine.ts'

/**
 * The grammar of version 1 of the SDK for Go: tokens and a table of states, in which a bracket, a quotation mark or a comma at
 * the wrong place has effects over lines. `problems` holds the first thing for which it refuses the whole file; the sections
 * before it are told for people.
 *
 * Source: aws-sdk-go internal/ini (1.55.8).
 */
export const goV1Grammar: Grammar = {
  name: 'go-v1',
  read(document) {
    return canBeReadInStretches(document) ? readStretches(document) : readWhole(document)
  },
}

/** Within plain sections these are the only things that reach beyond a line. */
const reaching = /"|[=:][\t ]*[#;,]|[\t ],|^\[ *[=:,\]]|\r(?!\n)/m

function canBeReadInStretches({ text, stretches, oddities }: IniDocument): boolean {
  return oddities.length === 0 && stretches.every(({ name }) => name !== null) && !reaching.test(text)
}

function readStretches(document: IniDocument): FileReadingByDialect {
  const sections = document.stretches.map((stretch) => new PlainSection(document, stretch, readSection))
  return { sections, inherited: null, problems: [] }
}

function readSection(lines: readonly IniLine[]): Pick<Section, 'entries' | 'repeated'> {
  const text = lines.map((line) => line.text + line.ending).join('')
  return sectionsOf(text, lines[0]!.number).sections[0]!
}

function readWhole(document: IniDocument): FileReadingByDialect {
  const hasMark = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
  const text = hasMark ? `\uFEFF${document.text}` : document.text
  const { sections, refusal, placeOf } = sectionsOf(text, 1)
  return { sections, inherited: null, problems: refusal === null ? [] : [problemOf(refusal, placeOf(refusal.at))] }
}

const kinds: Readonly<Record<V1Refusal['kind'], Pick<SyntaxProblem, 'kind' | 'says'>>> = {
  'open-header': { kind: 'open-header', says: 'a header is not closed, or has something in it that is no name' },
  'no-delimiter': { kind: 'no-delimiter', says: 'something stands here that is no setting' },
  'no-value': { kind: 'broken-block', says: 'a setting has a comment or a comma for a value' },
}

function problemOf({ kind, says }: V1Refusal, place: PlaceInText): SyntaxProblem {
  return { ...kinds[kind], line: place.line, column: place.column, sdkSays: says }
}

interface PlaceInText {
  readonly line: number
  readonly column: number
}

interface ReadSections {
  readonly sections: readonly Section[]
  readonly refusal: V1Refusal | null
  readonly placeOf: (offset: number) => PlaceInText
}

function sectionsOf(text: string, firstLine: number): ReadSections {
  const placeOf = placesIn(text, firstLine)
  const { sections, refusal } = readGoV1(text)
  return {
    sections: sections.map(({ name, at, settings }) => {
      const place = placeOf(at)
      const entries = new Map<string, Entry>()
      const repeated: Entry[] = []
      for (const setting of settings) {
        const entry = entryOf(text, setting, placeOf)
        const before = entries.get(entry.key)
        if (before !== undefined) repeated.push(before)
        entries.set(entry.key, entry)
      }
      return { name, ...place, entries, repeated }
    }),
    refusal,
    placeOf,
  }
}

function entryOf(
  text: string,
  { key, value, keyAt, valueAt, end }: V1Setting,
  placeOf: ReadSections['placeOf'],
): Entry {
  const place = placeOf(valueAt)
  const keyPlace = placeOf(keyAt)
  return {
    key,
    keyText: key,
    value,
    rawValue: text.slice(valueAt, end).replace(/[\r\n]+$/, ''),
    nested: null,
    line: place.line,
    column: place.column,
    keyLine: keyPlace.line,
    keyColumn: keyPlace.column,
    lastLine: placeOf(Math.max(valueAt, end - 1)).line,
  }
}

/** Lines are counted as editors do; asked for rising offsets it is linear. */
function placesIn(text: string, firstLine: number): (offset: number) => PlaceInText {
  const starts = [0]
  for (const found of text.matchAll(/\r\n|\n|\r/g)) starts.push(found.index + found[0].length)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    const column = offset - starts[low]! + 1
    return { line: firstLine + low, column: low === 0 && text[0] === '\uFEFF' ? Math.max(column - 1, 1) : column }
  }
}
