import { CountersignError } from '../../errors.ts'
import { ownDirectory } from '../files/own-directory.ts'
import type { Disk, FileMarks } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'

/** A file as it was or became. The bytes hold secrets: they are for writing, never for showing. */
export interface Image extends Partial<FileMarks> {
  readonly bytes: Uint8Array
}

export interface ChangedFile {
  /** Absolute. */
  readonly path: string
  /** Null: it was not there. */
  readonly before: Image | null
  /** Null: it went. */
  readonly after: Image | null
}

/** A call of AWS that belongs to a change, and what takes it back. */
export interface ChangeCall {
  readonly service: 'sts' | 'iam'
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
  /** Null: nothing takes it back. */
  readonly undone: { readonly operation: string; readonly parameters: Readonly<Record<string, string>> } | null
  /** One plain clause, no secret in it. */
  readonly says: string
  /** Who makes it, and where. */
  readonly by: ChangeCaller
}

export interface ChangeCaller {
  readonly sdk: string
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpointUrl?: string | undefined
}

/**
 * One change in the journal. `calling`: calls of AWS are being made, no file was touched. `begun`: files are being written; an
 * entry that is found so was left by a process that ended in the middle. `done`: all of it is there.
 */
export interface JournalEntry {
  /** Counts up; what the person types. */
  readonly id: number
  /** ISO 8601, UTC. */
  readonly at: string
  /** The verb, e.g. `fix`. */
  readonly verb: string
  /** One plain clause without secrets. */
  readonly says: string
  /** Why taking it back may do harm, as one plain sentence; null: nothing is known to speak against it. */
  readonly caution: string | null
  readonly state: 'calling' | 'begun' | 'done'
  /** The entry that this one has taken back; null for a change of its own. */
  readonly undoes: number | null
  readonly files: readonly ChangedFile[]
  readonly calls: readonly (ChangeCall & { readonly made: boolean })[]
}

/** What was changed, one file per change, for one person on one computer. */
export interface Journal {
  /** All, oldest first. */
  entries(): readonly JournalEntry[]
  /** Those that are not `done`, oldest first; usually none, and that costs nothing. */
  unfinished(): readonly JournalEntry[]
  /** Gives an entry the next number and writes it; the oldest go when there are too many. */
  begin(entry: Omit<JournalEntry, 'id'>): JournalEntry
  write(entry: JournalEntry): void
  drop(entry: JournalEntry): void
  /** No other process writes the journal, or files of a change, meanwhile. */
  whileLocked<T>(work: () => T): T
}

const mostEntries = 100
const mostBytes = 64 * 1024 * 1024
/** What cannot be kept is not changed. */
const mostBytesOfOne = 16 * 1024 * 1024

/**
 * An entry that is not done stands in a file of its own name (`000012.begun`), so that whoever changes something sees at once
 * whether there is any; once it is done it is `000012.json`.
 *
 * @throws CountersignError `usage` where there is no home directory to keep it in
 */
export function openJournal(machine: Machine, disk: Disk): Journal {
  const directory = ownDirectory(machine, 'journal')
  const pathOf = (id: number, ending: Ending) =>
    joinPath(machine, directory, `${String(id).padStart(6, '0')}.${ending}`)
  const ids = (...endings: readonly Ending[]) => {
    const found = disk.list(directory).flatMap((name) => {
      const [, id = '', ending] = /^(\d{6,9})\.(json|begun)$/.exec(name) ?? []
      return endings.some((wanted) => wanted === ending) ? [Number(id)] : []
    })
    return [...new Set(found)].sort((one, other) => one - other)
  }
  const read = (id: number, ending: Ending) => {
    const reading = machine.readFile(pathOf(id, ending))
    return reading.kind === 'found' ? parseEntry(id, reading.bytes) : null
  }
  const write = (entry: JournalEntry) => {
    const size = sizeOf(entry)
    if (size > mostBytesOfOne)
      throw new CountersignError(
        'limit',
        `This would change ${Math.ceil(size / 1024 / 1024)} MiB at once, more than is kept for undo; nothing was changed.`,
      )
    const isDone = entry.state === 'done'
    disk.write(pathOf(entry.id, isDone ? 'json' : 'begun'), bytesOf(entry))
    if (isDone) disk.remove(pathOf(entry.id, 'begun'))
  }

  return {
    // What is done is so although the other file could not be removed any more.
    entries: () => ids('json', 'begun').flatMap((id) => read(id, 'json') ?? read(id, 'begun') ?? []),
    unfinished() {
      const done = new Set(ids('json'))
      return ids('begun').flatMap((id) => (done.has(id) ? [] : (read(id, 'begun') ?? [])))
    },
    begin(content) {
      const older = ids('json', 'begun')
      const entry = { id: (older.at(-1) ?? 0) + 1, ...content }
      write(entry)
      prune(older)
      return entry
    },
    write,
    drop,
    whileLocked: (work) => (disk.whileLocked === undefined ? work() : disk.whileLocked(directory, work)),
  }

  function drop({ id }: Pick<JournalEntry, 'id'>): void {
    for (const ending of ['begun', 'json'] as const) disk.remove(pathOf(id, ending))
  }

  /** Keeps the newest. */
  function prune(older: readonly number[]): void {
    let room = mostBytes
    const surplus = older.toReversed().filter((id, index) => {
      room -= sizeOfFile(pathOf(id, 'json'))
      return index >= mostEntries - 1 || room < 0
    })
    for (const id of surplus) drop({ id })
  }

  function sizeOfFile(path: string): number {
    if (disk.marks !== undefined) return disk.marks(path)?.size ?? 0
    const reading = machine.readFile(path)
    return reading.kind === 'found' ? reading.bytes.length : 0
  }
}

type Ending = 'json' | 'begun'

function sizeOf({ files }: JournalEntry): number {
  return files.reduce((sum, { before, after }) => sum + (before?.bytes.length ?? 0) + (after?.bytes.length ?? 0), 0)
}

const schema = 'countersign.journal/1'

function bytesOf(entry: JournalEntry): Uint8Array {
  const image = (of: Image | null) => (of === null ? null : { ...of, bytes: Buffer.from(of.bytes).toString('base64') })
  const files = entry.files.map(({ path, before, after }) => ({ path, before: image(before), after: image(after) }))
  return new TextEncoder().encode(`${JSON.stringify({ schema, ...entry, files }, null, 1)}\n`)
}

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Null for a file that is none of ours. */
function parseEntry(id: number, bytes: Uint8Array): JournalEntry | null {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
  if (!isPlain(value) || value['schema'] !== schema) return null
  const { at, verb, says, caution, state, undoes } = value
  if (!isText(at) || !isText(verb) || !isText(says)) return null
  if (state !== 'calling' && state !== 'begun' && state !== 'done') return null
  return {
    id,
    at,
    verb,
    says,
    caution: isText(caution) ? caution : null,
    state,
    undoes: typeof undoes === 'number' ? undoes : null,
    files: listOf(value['files']).flatMap(parseFile),
    calls: listOf(value['calls']).flatMap(parseCall),
  }
}

function parseFile(value: unknown): readonly ChangedFile[] {
  if (!isPlain(value) || !isText(value['path'])) return []
  return [{ path: value['path'], before: parseImage(value['before']), after: parseImage(value['after']) }]
}

function parseImage(value: unknown): Image | null {
  if (!isPlain(value) || !isText(value['bytes'])) return null
  const { bytes, mode, modifiedAt } = value
  return {
    bytes: Buffer.from(bytes, 'base64'),
    ...(mode === null || typeof mode === 'number' ? { mode } : {}),
    ...(typeof modifiedAt === 'number' ? { modifiedAt } : {}),
  }
}

function parseCall(value: unknown): JournalEntry['calls'] {
  if (!isPlain(value)) return []
  const { service, operation, says, undone, by, made } = value
  if ((service !== 'sts' && service !== 'iam') || !isText(operation) || !isText(says) || !isPlain(by)) return []
  const texts = (of: unknown) =>
    isPlain(of)
      ? Object.fromEntries(Object.entries(of).filter((pair): pair is [string, string] => isText(pair[1])))
      : {}
  return [
    {
      service,
      operation,
      parameters: texts(value['parameters']),
      undone:
        isPlain(undone) && isText(undone['operation'])
          ? { operation: undone['operation'], parameters: texts(undone['parameters']) }
          : null,
      says,
      by: { sdk: 'aws-cli-v2', ...texts(by) },
      made: made === true,
    },
  ]
}
