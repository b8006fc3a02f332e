import type { Section } from './reading.ts'
import type { IniDocument, IniLine, Stretch } from './syntax.ts'

/** Reads the lines of one section, header included, as a dialect does. */
export type SectionReader = (lines: readonly IniLine[]) => Pick<Section, 'entries' | 'repeated'>

/** A plain stretch as a section. Its entries are only read when someone asks for them. */
export class PlainSection implements Section {
  readonly name: string
  readonly line: number
  readonly column = 1
  readonly #document: IniDocument
  readonly #stretch: Stretch
  readonly #readLines: SectionReader
  #read: Pick<Section, 'entries' | 'repeated'> | null = null

  /** @param stretch one with a name */
  constructor(document: IniDocument, stretch: Stretch, readLines: SectionReader) {
    this.name = stretch.name ?? ''
    this.line = stretch.start + 1
    this.#document = document
    this.#stretch = stretch
    this.#readLines = readLines
  }

  get entries(): Section['entries'] {
    return this.#section().entries
  }

  get repeated(): Section['repeated'] {
    return this.#section().repeated
  }

  #section(): Pick<Section, 'entries' | 'repeated'> {
    if (this.#read !== null) return this.#read
    const { start, end } = this.#stretch
    const lines = Array.from({ length: end - start }, (_, index) => this.#document.line(start + index))
    this.#read = this.#readLines(lines)
    return this.#read
  }
}
