import type { Machine } from './machine.ts'

/** What resolving a path needs to know of a machine. */
export type PathGround = Pick<Machine, 'platform' | 'cwd'>

/**
 * An absolute path in that machine's own spelling: relative ones stand in its working directory. It does not look at the disk,
 * and so keeps `..` on POSIX, where that is the directory above whatever the name before it leads to.
 */
export function absolutePath(machine: PathGround, path: string): string {
  if (machine.platform === 'win32') return win32.resolve(machine.cwd, path)
  // The usual case, without a walk over every character.
  if (path[0] === '/' && !/\/[./]|.\/$/.test(path)) return path
  const whole = path[0] === '/' ? path : `${machine.cwd}/${path}`
  return `/${whole
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')}`
}

/** Joins in the spelling of that machine, e.g. with `\` for Windows. */
export function joinPath(machine: Pick<Machine, 'platform'>, ...parts: readonly string[]): string {
  return pathRules(machine).join(...parts)
}

/** The form under which two spellings of one path are equal: Windows knows neither case nor `/` against `\`. */
export function pathKey(machine: PathGround, path: string): string {
  const absolute = absolutePath(machine, path)
  if (machine.platform === 'win32') return absolute.toLowerCase()
  return absolute.includes('..') ? posix.normalize(absolute) : absolute
}

/**
 * The rules of paths of one platform, pure and without any Node module, so that they hold in a browser too. As `node:path` has
 * them (`test/holder/machine/paths.test.ts` holds one against the other), but that nothing is taken from a process: whatever
 * stands relative at the end stands at the root.
 */
export interface PathRules {
  readonly sep: '/' | '\\'
  join(...parts: readonly string[]): string
  normalize(path: string): string
  dirname(path: string): string
  basename(path: string): string
  isAbsolute(path: string): boolean
  /** From right to left until it is absolute; `from` should be absolute itself. */
  resolve(from: string, path: string): string
}

/** The rules of paths of that machine's platform, not of the platform that this program runs on. */
export function pathRules(machine: Pick<Machine, 'platform'>): PathRules {
  return machine.platform === 'win32' ? win32 : posix
}

/** The names of a path without the empty ones and `.`, each `..` undone with the name before it. */
function namesOf(parts: readonly string[], absolute: boolean): string[] {
  const names: string[] = []
  for (const part of parts) {
    if (part === '' || part === '.') continue
    if (part !== '..') names.push(part)
    else if (names.length > 0 && names.at(-1) !== '..') names.pop()
    else if (!absolute) names.push('..')
  }
  return names
}

const posix: PathRules = {
  sep: '/',
  join(...parts) {
    const joined = parts.filter((part) => part !== '').join('/')
    return joined === '' ? '.' : posix.normalize(joined)
  },
  normalize(path) {
    if (path === '') return '.'
    const absolute = path[0] === '/'
    // The usual case.
    if (absolute && !/\/[./]/.test(path)) return path
    const names = namesOf(path.split('/'), absolute).join('/')
    const end = path.at(-1) === '/' ? '/' : ''
    if (names === '') return absolute ? '/' : `.${end}`
    return `${absolute ? '/' : ''}${names}${end}`
  },
  dirname(path) {
    const bare = path.replace(/(?<=[^/])\/+$/, '')
    const at = bare.lastIndexOf('/')
    if (at < 0 || (bare.length > 0 && /^\/+$/.test(bare))) return path[0] === '/' ? '/' : '.'
    // Only one slash of several before a name is its own: the others belong to the directory's name.
    const above = bare.slice(0, at)
    return above === '' ? '/' : above === '/' ? '//' : above
  },
  basename(path) {
    return path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  },
  isAbsolute: (path) => path[0] === '/',
  resolve(from, path) {
    const whole = path[0] === '/' ? path : `${from}/${path}`
    return `/${namesOf(whole.split('/'), true).join('/')}`
  },
}

/** What stands before the names of a Windows path: a drive, or a host and its share; and whether the rest is from the root. */
interface WindowsRoot {
  /** `C:`, `\\host\share`, or empty. */
  readonly device: string
  readonly absolute: boolean
  /** Where the names begin. */
  readonly end: number
  readonly unc: boolean
}

function rootOf(path: string): WindowsRoot {
  // `\\host\share`: exactly two at first, any number between them.
  const share = /^[/\\]{2}([^/\\]+)[/\\]+([^/\\]+)/.exec(path)
  if (share !== null) {
    const [whole, host, name] = share
    if (host === '.' || host === '?') return { device: `\\\\${host}`, absolute: true, end: 4, unc: true }
    return { device: `\\\\${host}\\${name}`, absolute: true, end: whole.length, unc: true }
  }
  const drive = /^[A-Za-z]:/.exec(path)?.[0] ?? ''
  const absolute = /^[/\\]/.test(path.slice(drive.length))
  return { device: drive, absolute, end: drive.length, unc: false }
}

const win32: PathRules = {
  sep: '\\',
  join(...parts) {
    const filled = parts.filter((part) => part !== '')
    const [first] = filled
    if (first === undefined) return '.'
    const joined = filled.join('\\')
    // Only a first part that is meant as a network path makes one: `\` and `\a` do not add up to it.
    const isNetwork = /^[/\\]{2}(?![/\\])/.test(first) && (first.length > 2 || filled.length === 1)
    return win32.normalize(isNetwork ? joined : joined.replace(/^[/\\]{2,}/, '\\'))
  },
  normalize(path) {
    if (path === '') return '.'
    const { device, absolute, end } = rootOf(path)
    const rest = path.slice(end)
    const names = namesOf(rest.split(/[/\\]/), absolute).join('\\')
    const closed = names === '' && !absolute ? '.' : names
    const tail = closed !== '' && /[/\\]$/.test(rest) ? `${closed}\\` : closed
    // What is relative must not become a drive.
    const isRelative = device === '' && !absolute && (/^[A-Za-z]:/.test(tail) || /:([/\\]|$)/.test(path))
    return `${device}${absolute ? '\\' : isRelative ? '.\\' : ''}${tail}`
  },
  dirname(path) {
    const { device, absolute, end: behind } = rootOf(path)
    const end = /^[/\\]{2}[^/\\]+[/\\]+[^/\\]+/.exec(path)?.[0].length ?? behind
    const root = path.slice(0, end + (absolute && /[/\\]/.test(path[end] ?? '') ? 1 : 0))
    const bare = path.slice(root.length).replace(/[/\\]+$/, '')
    const at = Math.max(bare.lastIndexOf('/'), bare.lastIndexOf('\\'))
    if (at >= 0) return root + bare.slice(0, at)
    return root !== '' ? root : device === '' ? '.' : device
  },
  basename(path) {
    const bare = path.slice(/^[A-Za-z]:/.test(path) ? 2 : 0).replace(/[/\\]+$/, '')
    return bare.split(/[/\\]/).at(-1) ?? ''
  },
  isAbsolute: (path) => /^([A-Za-z]:)?[/\\]/.test(path),
  resolve(from, path) {
    const own = rootOf(path)
    const ground = rootOf(from)
    const isSameDrive = own.device === '' || own.device.toLowerCase() === ground.device.toLowerCase()
    const device = own.device === '' ? ground.device : own.device
    const rest =
      own.absolute || !isSameDrive ? path.slice(own.end) : `${from.slice(ground.end)}\\${path.slice(own.end)}`
    return `${device}\\${namesOf(rest.split(/[/\\]/), true).join('\\')}`
  },
}
