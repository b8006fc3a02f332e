import type { Machine } from '../machine/machine.ts'
import { pathRules } from '../machine/paths.ts'

type Ground = Pick<Machine, 'platform' | 'env' | 'userHome'>

/**
 * `os.path.expandvars`: `$NAME` and `${NAME}`, on Windows also `%NAME%`; names that are not set stay as they are.
 * Sources: CPython Lib/posixpath.py and Lib/ntpath.py.
 */
export function expandVariables(machine: Ground, path: string): string {
  if (machine.platform === 'win32') return expandWindowsVariables(machine, path)
  if (!path.includes('$')) return path
  return path.replace(/\$(?:([A-Za-z0-9_]+)|\{([^}]*)\})/g, (whole, plain?: string, braced?: string) => {
    return machine.env(plain ?? braced ?? '') ?? whole
  })
}

function expandWindowsVariables(machine: Ground, path: string): string {
  const pattern = /('[^']*'?)|(%%)|%([^%]*)%|(\$\$)|\$\{([^}]*)\}|\$([A-Za-z0-9_-]+)/g
  return path.replace(
    pattern,
    (
      whole: string,
      literal?: string,
      percent?: string,
      between?: string,
      dollar?: string,
      braced?: string,
      plain?: string,
    ) => {
      if (literal !== undefined) return literal
      if (percent !== undefined) return '%'
      if (dollar !== undefined) return '$'
      return machine.env(between ?? braced ?? plain ?? '') ?? whole
    },
  )
}

/**
 * `os.path.expanduser`: a leading `~` is the user's home. Another user's home (`~name`) is not known to a machine and stays
 * as it is. Sources: CPython Lib/posixpath.py (HOME, else the user database) and Lib/ntpath.py (USERPROFILE, else HOMEDRIVE
 * with HOMEPATH; HOME is not asked since 3.8).
 */
export function expandHome(machine: Ground, path: string): string {
  const separators = machine.platform === 'win32' ? '/\\' : '/'
  if (path[0] !== '~' || (path.length > 1 && !separators.includes(path[1]!))) return path
  const home = homeOf(machine)
  if (home === null) return path
  if (machine.platform === 'win32') return home + path.slice(1)
  return home.replace(/\/+$/, '') + path.slice(1) || '/'
}

/** The home directory as Python finds it; null when the machine does not say. */
export function homeOf(machine: Ground): string | null {
  if (machine.platform !== 'win32') return machine.env('HOME') ?? machine.userHome
  const profile = machine.env('USERPROFILE')
  if (profile !== undefined) return profile
  const homePath = machine.env('HOMEPATH')
  return homePath === undefined ? null : pathRules(machine).join(machine.env('HOMEDRIVE') ?? '', homePath)
}
