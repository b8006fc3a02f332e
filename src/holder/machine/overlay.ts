import type { Machine } from './machine.ts'
import { absolutePath, pathKey, pathRules } from './paths.ts'

export interface Changes {
  /** Variables to set; null unsets. */
  readonly env?: Readonly<Record<string, string | null>>
  /** New contents by path; null removes the file. */
  readonly files?: Readonly<Record<string, Uint8Array | null>>
  /** Another instant for the clock. */
  readonly now?: Date
  /** Another working directory, absolute. */
  readonly cwd?: string
  /** Another home by the user database: that of another user. */
  readonly userHome?: string | null
}

/**
 * A copy of a machine with changes, on which a repair is proven before it touches the computer. Takes the machine and the
 * changes, gives a machine; the one beneath is not touched, and what is not changed is still asked of it.
 */
export function overlayMachine(machine: Machine, changes: Changes): Machine {
  const fold = (name: string): string => (machine.platform === 'win32' ? name.toUpperCase() : name)
  const env = new Map(Object.entries(changes.env ?? {}).map(([name, value]) => [fold(name), { name, value }]))
  const ground = { platform: machine.platform, cwd: changes.cwd ?? machine.cwd }
  const files = new Map(Object.entries(changes.files ?? {}).map(([path, bytes]) => [pathKey(ground, path), bytes]))
  const whole = (path: string): string => (changes.cwd === undefined ? path : absolutePath(ground, path))
  const changedAt = changes.now ?? machine.now()

  const copy: Machine = {
    platform: machine.platform,
    cwd: changes.cwd ?? machine.cwd,
    get userHome() {
      return changes.userHome === undefined ? machine.userHome : changes.userHome
    },
    env(name) {
      const changed = env.get(fold(name))
      return changed === undefined ? machine.env(name) : (changed.value ?? undefined)
    },
    envNames: () => [
      ...machine.envNames().filter((name) => !env.has(fold(name))),
      ...[...env.values()].filter(({ value }) => value !== null).map(({ name }) => name),
    ],
    now: () => changes.now ?? machine.now(),
    readFile(path, most) {
      const bytes = files.get(pathKey(ground, path))
      if (bytes === undefined) return machine.readFile(whole(path), most)
      if (bytes === null) return { kind: 'absent' }
      const beneath = machine.readFile(whole(path))
      const mode = beneath.kind === 'found' ? beneath.mode : machine.platform === 'win32' ? null : 0o600
      return { kind: 'found', bytes, modifiedAt: changedAt, mode }
    },
    list(path) {
      const above = pathKey(ground, path)
      const { basename, dirname } = pathRules(machine)
      const names = new Set(machine.list(whole(path)))
      for (const [key, bytes] of files) {
        if (dirname(key) !== above) continue
        if (bytes === null) names.delete(basename(key))
        else names.add(basename(key))
      }
      return [...names].sort()
    },
    processes: () => machine.processes(),
    send: (request) => machine.send(request),
    // A program sees the changed variables; changed files it would look for on the disk, where they are not.
    run: (command) => machine.run(command.env === undefined ? { ...command, env: allVariables(copy) } : command),
  }
  return copy
}

/** The environment as a program would be given it. */
function allVariables(machine: Pick<Machine, 'env' | 'envNames'>): Readonly<Record<string, string>> {
  return Object.fromEntries(machine.envNames().map((name) => [name, machine.env(name) ?? '']))
}
