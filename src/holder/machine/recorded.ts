import { CountersignError } from '../../errors.ts'
import type {
  Command,
  CommandOutcome,
  FileReading,
  IncomingReply,
  Machine,
  OutgoingRequest,
  ProcessSeen,
} from './machine.ts'
import { absolutePath, pathKey, pathRules } from './paths.ts'

/** A file of a recorded machine: text or bytes alone, or with what the disk says about it, or why it cannot be read. */
export type RecordedFile =
  | string
  | Uint8Array
  | { readonly bytes: string | Uint8Array; readonly modifiedAt?: Date; readonly mode?: number | null }
  | { readonly unreadable: Extract<FileReading, { kind: 'unreadable' }>['because']; readonly detail?: string }

export interface Recording {
  /** Default: `linux`. */
  readonly platform?: Machine['platform']
  readonly env?: Readonly<Record<string, string>>
  /** By absolute path. Directories need no entry: a path above a file is a directory. */
  readonly files?: Readonly<Record<string, RecordedFile>>
  /** Default: the user's home, else the root. */
  readonly cwd?: string
  /** The home by the user database. Default: null (there is none). */
  readonly userHome?: string | null
  /** The clock; a date stands still. Default: 2026-01-01T00:00:00Z. */
  readonly now?: Date | (() => Date)
  /** This process and those above it, nearest first. Default: none is known. */
  readonly processes?: readonly ProcessSeen[]
  /** Answers requests. Default: every request is refused with `offline`. */
  readonly send?: (request: OutgoingRequest) => Promise<IncomingReply>
  /** What programs did, by their line (words are joined with one blank); or whoever answers. Default: none is run. */
  readonly run?: Readonly<Record<string, CommandOutcome>> | ((command: Command) => Promise<CommandOutcome>)
}

const start = new Date('2026-01-01T00:00:00Z')

/**
 * A machine that is data: for tests, replays and support bundles. Takes what was recorded, gives a `Machine` whose answers
 * never change unless `now` or `send` do.
 */
export function recordedMachine(recording: Recording = {}): Machine {
  const platform = recording.platform ?? 'linux'
  const userHome = recording.userHome ?? null
  const cwd = recording.cwd ?? userHome ?? (platform === 'win32' ? 'C:\\' : '/')
  const ground = { platform, cwd }
  const environment = environmentOf(platform, Object.entries(recording.env ?? {}))
  const files = new Map(Object.entries(recording.files ?? {}).map(([path, file]) => [pathKey(ground, path), file]))
  const directories = directoriesOf(ground, [...files.keys(), ...[cwd, userHome ?? cwd].map((home) => `${home}/.`)])
  const now = recording.now ?? start

  return {
    platform,
    cwd,
    userHome,
    env: (name) => environment.get(platform === 'win32' ? name.toUpperCase() : name)?.value,
    envNames: () => [...environment.values()].map(({ name }) => name),
    now: () => (typeof now === 'function' ? now() : now),
    readFile(path) {
      if (leadsThroughNothing(ground, path, directories)) return { kind: 'absent' }
      const key = pathKey(ground, path)
      const file = files.get(key)
      if (file !== undefined) return readingOf(file)
      if (directories.has(key)) return { kind: 'unreadable', because: 'directory', detail: 'EISDIR: is a directory' }
      return { kind: 'absent' }
    },
    list: (path) => namesIn(ground, path, files.keys()),
    processes: async () => recording.processes ?? [],
    send:
      recording.send ??
      (() => Promise.reject(new CountersignError('offline', 'This machine is a recording; it has no network.'))),
    run: async (command) => await outcomeOf(recording.run, command),
  }
}

/** What stands directly in a directory, by the paths of all files. */
function namesIn(ground: Pick<Machine, 'platform' | 'cwd'>, path: string, files: Iterable<string>): readonly string[] {
  const { sep } = pathRules(ground)
  const key = pathKey(ground, path)
  const prefix = key.endsWith(sep) ? key : `${key}${sep}`
  const names = new Set<string>()
  for (const file of files) {
    if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split(sep)[0]!)
  }
  return [...names].sort()
}

function outcomeOf(run: Recording['run'], command: Command): CommandOutcome | Promise<CommandOutcome> {
  if (typeof run === 'function') return run(command)
  const line = 'shell' in command.line ? command.line.shell : command.line.join(' ')
  return (run !== undefined && Object.hasOwn(run, line) ? run[line] : undefined) ?? { kind: 'refused' }
}

/** Environment variables by the name under which that platform finds them; a later one replaces an earlier one. */
export function environmentOf(
  platform: Machine['platform'],
  entries: Iterable<readonly [name: string, value: string]>,
): ReadonlyMap<string, { readonly name: string; readonly value: string }> {
  const found = new Map<string, { readonly name: string; readonly value: string }>()
  for (const [name, value] of entries) found.set(platform === 'win32' ? name.toUpperCase() : name, { name, value })
  return found
}

function readingOf(file: RecordedFile): FileReading {
  if (typeof file === 'string' || file instanceof Uint8Array) return readingOf({ bytes: file })
  if ('unreadable' in file) {
    return { kind: 'unreadable', because: file.unreadable, detail: file.detail ?? file.unreadable }
  }
  return {
    kind: 'found',
    bytes: typeof file.bytes === 'string' ? new TextEncoder().encode(file.bytes) : file.bytes,
    modifiedAt: file.modifiedAt ?? start,
    mode: file.mode === undefined ? 0o600 : file.mode,
  }
}

/** Whether a name before a `..` is no directory: then POSIX finds nothing there, whatever stands behind it. */
function leadsThroughNothing(
  ground: Pick<Machine, 'platform' | 'cwd'>,
  path: string,
  directories: ReadonlySet<string>,
): boolean {
  if (ground.platform === 'win32') return false
  const names = absolutePath(ground, path).split('/')
  return names.some(
    (name, index) =>
      name === '..' && index > 1 && !directories.has(pathKey(ground, names.slice(0, index).join('/') || '/')),
  )
}

function directoriesOf(ground: Pick<Machine, 'platform' | 'cwd'>, paths: Iterable<string>): ReadonlySet<string> {
  const { dirname } = pathRules(ground)
  const found = new Set<string>()
  for (const path of paths) {
    for (let above = dirname(path); !found.has(above); above = dirname(above)) found.add(above)
  }
  return found
}
