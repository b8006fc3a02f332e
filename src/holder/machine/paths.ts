import { posix, win32 } from 'node:path'
import type { Machine } from './machine.ts'

/** What resolving a path needs to know of a machine. */
export type PathGround = Pick<Machine, 'platform' | 'cwd'>

/**
 * An absolute path in that machine's own spelling: relative ones stand in its working directory. It does not look at the disk,
 * and so keeps `..` on POSIX, where that is the directory above whatever the name before it leads to.
 */
export function absolutePath(machine: PathGround, path: string): string {
  if (machine.platform === 'win32') return pathRules(machine).resolve(machine.cwd, path)
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

/** `node:path` of that machine's platform, not of the platform that this program runs on. */
export function pathRules(machine: Pick<Machine, 'platform'>): typeof posix {
  return machine.platform === 'win32' ? win32 : posix
}
