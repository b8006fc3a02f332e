import type { Machine } from '../../holder/machine/machine.ts'
import { type Changes, overlayMachine } from '../../holder/machine/overlay.ts'

/** A word of a command line that only a run can tell, such as `"$1"` in a script. */
export const unknownWord = '\0'

/** A command and the machine as it sees it, after some of the wrappers around it were taken off. */
export interface View {
  readonly machine: Machine
  readonly words: readonly string[]
  /** Plain clauses about what differs from the shell in which we were started, outermost first. */
  readonly notes: readonly string[]
  /** True when credentials come from where nobody can look: then only the text of an error can be judged. */
  readonly isElsewhere: boolean
  /** What made the environment anew, innermost; null when nothing did. */
  readonly through: 'sudo' | 'env' | 'container' | null
  /** Where in the container AWS files of the host are mounted. */
  readonly mounted: readonly string[]
}

/** The command as it was written. */
export function outermost(machine: Machine, words: readonly string[]): View {
  return { machine, words, notes: [], isElsewhere: false, through: null, mounted: [] }
}

/** The view with changes to the machine. */
export function changed(view: View, changes: Changes): View {
  return { ...view, machine: overlayMachine(view.machine, changes) }
}

/** The view with one more clause about it. */
export function noted(view: View, note: string): View {
  return { ...view, notes: [...view.notes, note] }
}

/** Every variable unset but some: what `env -i` and `sudo` leave. */
export function without(machine: Machine, keeps: (name: string) => boolean): Record<string, string | null> {
  return Object.fromEntries(
    machine
      .envNames()
      .filter((name) => !keeps(name))
      .map((name) => [name, null]),
  )
}

/** The name of a program: without its directory, and without the extension that Windows gives it. */
export function programName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
  return name.toLowerCase().replace(/\.(exe|cmd|bat|ps1|com)$/, '')
}
