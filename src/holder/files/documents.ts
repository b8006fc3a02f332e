import type { Machine } from '../machine/machine.ts'
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
  read(document: IniDocument, platform: Machine['platform']): FileReadingByDialect
}

/** The files of a machine as they were when first asked for, so that all SDKs are asked about one and the same state. */
export interface Documents {
  /** @param path absolute; the empty path is no file */
  document(path: string): DocumentState
  /** The file as a grammar reads it; null when there is no document. Each is read once. */
  reading(path: string, grammar: Grammar): FileReadingByDialect | null
}

/** Reads lazily and each file once. Never throws. */
export function documentsOf(machine: Machine): Documents {
  const states = new Map<string, DocumentState>()
  const readings = new Map<Grammar, Map<string, FileReadingByDialect>>()
  const document = (path: string): DocumentState => {
    const known = states.get(path)
    if (known !== undefined) return known
    const state = read(machine, path)
    states.set(path, state)
    return state
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
      const reading = grammar.read(state.document, machine.platform)
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
