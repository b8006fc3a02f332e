import type { Machine } from '../machine/machine.ts'
import { pathRules } from '../machine/paths.ts'
import { abridged, referencesIn } from './abridged.ts'
import type { FileReadingByDialect } from './reading.ts'
import { type IniDocument, parseIni, sizeRefusal } from './syntax.ts'

type Unread = Exclude<ReturnType<Machine['readFile']>, { kind: 'found' }>

/** A file as syntax, or why it is none. */
export type DocumentState =
  | { readonly kind: 'read'; readonly document: IniDocument; readonly modifiedAt: Date; readonly mode: number | null }
  | Unread

/** How one family of SDKs reads the syntax: which lines are settings, what their values are, what it refuses. */
export interface Grammar {
  readonly name: string
  /** Sections that nobody asks for matter as well: one that stands twice is an error. */
  readonly readsAll?: boolean
  read(document: IniDocument, platform: Machine['platform']): FileReadingByDialect
}

/** The files of a machine as they were when first asked for, so that all SDKs are asked about one and the same state. */
export interface Documents {
  /** @param path absolute; the empty path is no file */
  document(path: string): DocumentState
  /** The file as a grammar reads it; null when there is no document. Each is read once. */
  reading(path: string, grammar: Grammar): FileReadingByDialect | null
}

/**
 * Reads lazily and each file once. Never throws.
 *
 * @param names what the one question to be asked may name in the files, in small letters; then only what can matter to it is
 *   read of large files
 */
export function documentsOf(machine: Machine, names: readonly string[] | null = null): Documents {
  const states = new Map<string, DocumentState>()
  const readings = new Map<Grammar, Map<string, FileReadingByDialect>>()
  const document = (path: string): DocumentState => {
    const known = states.get(path)
    if (known !== undefined) return known
    const state = read(machine, path)
    states.set(path, state)
    return state
  }
  /** Both files refer to each other's sections. */
  const siblings = (path: string): readonly string[] => {
    const { dirname, join } = pathRules(machine)
    return [...new Set([path, join(dirname(path), 'config'), join(dirname(path), 'credentials')])]
  }
  const referred = (path: string): readonly string[] =>
    siblings(path).flatMap((each) => {
      const state = document(each)
      return state.kind === 'read' ? referencesIn(state.document) : []
    })
  const parts = new Map<string, IniDocument>()
  const partOf = (path: string, whole: IniDocument): IniDocument => {
    if (names === null || whole.stretches.length < 64) return whole
    const part = parts.get(path) ?? abridged(whole, [...names, ...referred(path)])
    parts.set(path, part)
    return part
  }
  return {
    document,
    reading(path, grammar) {
      const state = document(path)
      if (state.kind !== 'read') return null
      const byPath = readings.get(grammar) ?? new Map<string, FileReadingByDialect>()
      readings.set(grammar, byPath)
      const known = byPath.get(path)
      if (known !== undefined) return known
      const read = grammar.readsAll === true ? state.document : partOf(path, state.document)
      const reading = grammar.read(read, machine.platform)
      byPath.set(path, reading)
      return reading
    },
  }
}

function read(machine: Machine, path: string): DocumentState {
  const found = path === '' ? ({ kind: 'absent' } as const) : machine.readFile(path)
  if (found.kind !== 'found') return found
  const refusal = sizeRefusal(found.bytes)
  if (refusal !== null) return { kind: 'unreadable', because: 'too-large', detail: refusal }
  return { kind: 'read', document: parseIni(found.bytes), modifiedAt: found.modifiedAt, mode: found.mode }
}
