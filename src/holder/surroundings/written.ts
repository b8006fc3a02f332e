import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'

/** A text file of a project, with its lines found. */
export interface Written {
  readonly file: string
  readonly text: string
  readonly modifiedAt: Date
  /** The place of an offset into the text; columns count UTF-16 units from 1. */
  at(offset: number): Place
}

/** Files that people and tools write for programs are small; what is larger is something else. */
const mostBytes = 2 * 1024 * 1024

/**
 * Reads a text file for a look at it: UTF-8, a byte order mark taken off. Null for what is absent, unreadable, binary (it has a
 * NUL) or larger than `bound` bytes.
 *
 * @param path absolute
 */
export function readWritten(machine: Machine, path: string, bound: number = mostBytes): Written | null {
  const reading = machine.readFile(path, bound)
  if (reading.kind !== 'found' || reading.bytes.length > bound || reading.bytes.includes(0)) return null
  return written(path, new TextDecoder().decode(reading.bytes), reading.modifiedAt)
}

/** The beginning of a file of the kernel's or of an engine's, without blanks around it; empty when it is not there. */
export function shortText(machine: Machine, file: string): string {
  const reading = machine.readFile(file)
  return reading.kind === 'found' ? new TextDecoder().decode(reading.bytes.subarray(0, 4096)).trim() : ''
}

/** A text with its places. */
export function written(file: string, text: string, modifiedAt: Date): Written {
  let starts: number[] | null = null
  const at = (offset: number): Place => {
    starts ??= startsOfLines(text)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { file, line: low + 1, column: offset - starts[low]! + 1 }
  }
  return { file, text, modifiedAt, at }
}

function startsOfLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
