import { posix, win32 } from 'node:path'
import type { Machine } from './machine.ts'

/** What resolving a path needs to know of a machine. */
export type PathGround = Pick<Machine, 'platform' | 'cwd'>

/**
 * An absolute path in that machine's own spelling: relative ones stand in its working directory. It does not look at the disk.
 */
export function absolutePath(machine: PathGround, path: string): string {
  // The usual case, without the walk over every character that `node:path` makes.
  if (machine.platform !== 'win32' && path[0] === '/' && !/\/[./]|.\/$/.test(path)) return path
  return pathRules(machine).resolve(machine.cwd, path)
}

/** Joins in the spelling of that machine, e.g. with `\` for Windows. */
export function joinPath(machine: Pick<Machine, 'platform'>, ...parts: readonly string[]): string {
  return pathRules(machine).join(...parts)
}

/** The form under which two spellings of one path are equal: Windows knows neither case nor `/` against `\`. */
export function pathKey(machine: PathGround, path: string): string {
  const absolute = absolutePath(machine, path)
  return machine.platform === 'win32' ? absolute.toLowerCase() : absolute
}

/** `node:path` of that machine's platform, not of the platform that this program runs on. */
export function pathRules(machine: Pick<Machine, 'platform'>): typeof posix {
  return machine.platform === 'win32' ? win32 : posix
}
