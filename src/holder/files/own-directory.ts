import { CountersignError } from '../../errors.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import { homeOf } from './expand.ts'

/** What is kept there, each in a directory of its own (0700, files 0600). */
export type OwnPlace =
  /** What was changed, with the bytes from before: for `undo`. */
  | 'journal'
  /** Keys and seeds, encrypted, where there is no keychain of the operating system. */
  | 'vault'
  /** Sessions, encrypted. */
  | 'sessions'
  /** What `login` has written, for `logout`. */
  | 'logins'
  /** Rotations that have begun and not ended. */
  | 'rotations'

/**
 * Where Countersign keeps what belongs to one person on one computer: `$XDG_STATE_HOME/countersign` or
 * `~/.local/state/countersign` (XDG Base Directory Specification 0.8: a relative one is to be ignored),
 * `~/Library/Application Support/countersign/state` (Apple File System Programming Guide),
 * `%LOCALAPPDATA%\countersign\state` (KNOWNFOLDERID LocalAppData).
 *
 * @throws CountersignError `usage` where there is no home directory
 */
export function ownDirectory(machine: Machine, place: OwnPlace): string {
  return joinPath(machine, stateDirectory(machine), place)
}

function stateDirectory(machine: Machine): string {
  const home = homeOf(machine) ?? machine.userHome
  if (machine.platform === 'win32') {
    const local = machine.env('LOCALAPPDATA')
    if (local) return joinPath(machine, local, 'countersign', 'state')
    if (home) return joinPath(machine, home, 'AppData', 'Local', 'countersign', 'state')
  } else if (machine.platform === 'darwin') {
    if (home) return joinPath(machine, home, 'Library', 'Application Support', 'countersign', 'state')
  } else {
    const state = machine.env('XDG_STATE_HOME')
    if (state?.startsWith('/')) return joinPath(machine, state, 'countersign')
    if (home) return joinPath(machine, home, '.local', 'state', 'countersign')
  }
  throw new CountersignError(
    'usage',
    'There is no home directory to keep anything in: set HOME (on Windows USERPROFILE).',
  )
}
