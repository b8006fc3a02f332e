import type { CauseId } from '../../../cause-ids.ts'
import type { ProbeName } from '../probes/question.ts'
import type { Commands } from '../shells.ts'
import { noCommands } from '../shells.ts'

/**
 * What the catalogue knows of one cause, for people: the terminal, the pages of `docs/causes` and the lists of suspects are all
 * made from it. Words of variables, commands and files stand in backticks; where there is no markup they are taken off.
 * `title`, `fits` and the sentences of fixes end without a full stop, everything else is whole sentences.
 */
export interface Entry {
  /** One line, general, in the words of the person who has it. */
  readonly title: string
  /** Two to four sentences: what it is and how people get there. */
  readonly story: string
  /** One sentence: why an answer that names no cause fits this one. */
  readonly fits: string
  /** What is printed, most common first. */
  readonly symptoms: readonly Symptom[]
  /** What can be seen without asking anybody. */
  readonly signs: readonly Sign[]
  /** What an answer of AWS shows. */
  readonly probes: readonly ProbeSign[]
  /** What rules it out. */
  readonly excludedBy: readonly string[]
  /** Neighbours with the same symptom, and what tells them apart from this one. */
  readonly lookAlikes: readonly LookAlike[]
  /** The usual cure first. */
  readonly fixes: readonly [Cure, ...Cure[]]
  readonly prevention: readonly string[]
  readonly sources: readonly Source[]
  /** Public threads in which it was met, roughly: for the order of suspects, not a survey. */
  readonly threads: number
}

/** An exact text and who prints it; varying parts stand in ‹›. */
export interface Symptom {
  readonly from: string
  /** The error code; null where there is none. */
  readonly code: string | null
  readonly text: string
}

/** `proves`: cannot be otherwise. `strong`: it would be odd otherwise. `hint`: consistent. */
export type Grade = 'proves' | 'strong' | 'hint'

export interface Sign {
  readonly grade: Grade
  readonly says: string
}

/** The probes of the catalogue. None changes anything. */
export type ProbeNumber = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8' | 'P9' | 'P10'

export interface ProbeSign {
  readonly probe: ProbeNumber
  /** The experiment of `check` that does it; null where a person has to. */
  readonly name: ProbeName | null
  readonly says: string
}

export interface LookAlike {
  readonly id: CauseId
  readonly says: string
}

export interface Cure {
  /** In which case this one is meant; null for the usual one. */
  readonly when: string | null
  readonly says: string
  readonly commands: Commands
}

export interface Source {
  readonly title: string
  readonly url: string | null
}

export function proves(says: string): Sign {
  return { grade: 'proves', says }
}

export function strong(says: string): Sign {
  return { grade: 'strong', says }
}

export function hint(says: string): Sign {
  return { grade: 'hint', says }
}

export function probe(number: ProbeNumber, name: ProbeName | null, says: string): ProbeSign {
  return { probe: number, name, says }
}

export function unlike(id: CauseId, says: string): LookAlike {
  return { id, says }
}

export function cure(says: string, commands: Commands = noCommands): Cure {
  return { when: null, says, commands }
}

export function cureWhen(when: string, says: string, commands: Commands = noCommands): Cure {
  return { when, says, commands }
}

/** What proves it first. */
export function byGrade(signs: readonly Sign[]): readonly Sign[] {
  const grades: readonly Grade[] = ['proves', 'strong', 'hint']
  return grades.flatMap((grade) => signs.filter((sign) => sign.grade === grade))
}

/** `If it is macOS, set the clock` */
export function conditional(when: string, says: string): string {
  return `If ${inside(when)}, ${inside(says)}`
}

/** A sentence's beginning in the middle of one. */
function inside(text: string): string {
  return /^[A-Z][a-z ]/.test(text) && !/^(?:Docker|Laravel|BoolIfExists)\b/.test(text)
    ? text.slice(0, 1).toLowerCase() + text.slice(1)
    : text
}

/** Words without the marks of markup, for the terminal. */
export function plain(text: string): string {
  return text.replaceAll('`', '')
}
