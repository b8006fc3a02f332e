import type { FileChange } from '../changes/index.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import { sha1Hex, sha256Hex } from '../files/digest.ts'
import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'

/** What one login has written, so that `logout` can take exactly that away. It holds no secret that was not replaced by it. */
export type LoginRecord = SessionRecord | SignInRecord

/** A session, kept as a profile. */
export interface SessionRecord {
  readonly version: 1
  readonly kind: 'session'
  /** The profile that was logged in. */
  readonly profile: string
  /** The profile that was written, and the credentials file in which it stands. */
  readonly target: string
  readonly credentials: string
  /** The key that the session was made with, and the session's own. */
  readonly sourceKeyId: string
  readonly keyId: string
  /** ISO 8601, UTC. */
  readonly expiration: string
  readonly files: readonly WrittenFile[]
  /** The name of the copy among the sessions that this program keeps; null for none. */
  readonly keptAs: string | null
}

/** A sign-in to IAM Identity Center. */
export interface SignInRecord {
  readonly version: 1
  readonly kind: 'sso'
  readonly profile: string
  readonly region: string
  readonly startUrl: string
  readonly tokenFile: string
  /** The file of the client's registration, when the login has made it. */
  readonly registrationFile: string | null
  /** Hash of the client's id: renewed tokens keep it. */
  readonly client: string
}

/** One AWS file: the stretch of it that the login wrote. */
export interface WrittenFile {
  readonly file: string
  /** Text between the brackets. */
  readonly section: string
  /** Whether the section, and the file, were made by it. */
  readonly madeSection: boolean
  readonly madeFile: boolean
  /** What stood in that stretch, base64: nothing for a new section, an older session for one that held such. */
  readonly removed: string
  /** How many bytes are there now, and their hash. */
  readonly length: number
  readonly hash: string
  /** Where it begins, counted from the header of the section. */
  readonly fromHeader: number
}

/** The stretch in which two files differ. */
export function stretchOf(
  change: FileChange,
  base: Uint8Array | null,
  section: string,
): Omit<WrittenFile, 'madeFile'> | null {
  const after = change.after ?? new Uint8Array()
  const before = base ?? new Uint8Array()
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  const most = Math.min(before.length, after.length) - head
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  const header = headerAt(after, section)
  if (header === null) return null
  const added = after.subarray(head, after.length - tail)
  return {
    file: change.path,
    section,
    madeSection: headerAt(before, section) === null,
    removed: Buffer.from(before.subarray(head, before.length - tail)).toString('base64'),
    length: added.length,
    hash: hashOf(added),
    fromHeader: head - header,
  }
}

/** The file as it was before the login; null when the stretch does not stand there any more as it was written. */
export function withoutStretch(bytes: Uint8Array, written: WrittenFile): Uint8Array | null {
  const header = headerAt(bytes, written.section)
  if (header === null) return null
  const start = header + written.fromHeader
  const end = start + written.length
  if (start < 0 || end > bytes.length || hashOf(bytes.subarray(start, end)) !== written.hash) return null
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(written.removed, 'base64'), bytes.subarray(end)])
}

/** Where the line of a section's header begins; null when there is none. */
export function headerAt(bytes: Uint8Array, section: string): number | null {
  const text = Buffer.from(bytes).toString('latin1')
  const wanted = Buffer.from(`[${section}]`).toString('latin1')
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const line = text.lastIndexOf('\n', at - 1) + 1
    if (/^(\xef\xbb\xbf)?[ \t]*$/.test(text.slice(line, at))) return at
  }
  return null
}

function hashOf(bytes: Uint8Array): string {
  return sha256Hex(Buffer.from(bytes).toString('latin1'))
}

export function clientMark(clientId: string): string {
  return sha256Hex(clientId)
}

/** The session that a login keeps as that profile. */
export function sessionRecordOf(machine: Machine, files: AwsFiles, target: string): SessionRecord | null {
  const isIt = (record: LoginRecord): record is SessionRecord =>
    record.kind === 'session' && record.target === target && record.credentials === files.credentials.path
  return readRecords(machine).find(isIt) ?? null
}

export function loginsDirectory(machine: Machine): string {
  return ownDirectory(machine, 'logins')
}

/** All records, in no order. What cannot be read is passed over: it is nobody's but ours. */
export function readRecords(machine: Machine): readonly LoginRecord[] {
  const directory = loginsDirectory(machine)
  return machine
    .list(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => recordIn(machine, joinPath(machine, directory, name)))
}

const mostBytes = 1024 * 1024

function recordIn(machine: Machine, path: string): readonly LoginRecord[] {
  const reading = machine.readFile(path, mostBytes)
  if (reading.kind !== 'found') return []
  try {
    const held: unknown = JSON.parse(new TextDecoder().decode(reading.bytes))
    return isRecord(held) ? [held] : []
  } catch {
    return []
  }
}

function isRecord(held: unknown): held is LoginRecord {
  const members = (typeof held === 'object' && held !== null ? held : {}) as Readonly<Record<string, unknown>>
  const areTexts = (...names: string[]): boolean => names.every((name) => typeof members[name] === 'string')
  const isTextOrNull = (name: string): boolean => members[name] === null || areTexts(name)
  if (members['version'] !== 1 || !areTexts('profile')) return false
  if (members['kind'] === 'sso')
    return areTexts('region', 'startUrl', 'tokenFile', 'client') && isTextOrNull('registrationFile')
  const isSession =
    members['kind'] === 'session' &&
    areTexts('target', 'credentials', 'sourceKeyId', 'keyId', 'expiration') &&
    isTextOrNull('keptAs')
  return isSession && Array.isArray(members['files']) && members['files'].every(isWrittenFile)
}

function isWrittenFile(held: unknown): held is WrittenFile {
  const file = (typeof held === 'object' && held !== null ? held : {}) as Readonly<Record<string, unknown>>
  return (
    ['file', 'section', 'removed', 'hash'].every((name) => typeof file[name] === 'string') &&
    ['length', 'fromHeader'].every((name) => Number.isInteger(file[name]))
  )
}

export function writeRecord(machine: Machine, disk: Disk, record: LoginRecord): void {
  disk.write(recordFile(machine, record), new TextEncoder().encode(`${JSON.stringify(record, null, 1)}\n`))
}

export function dropRecord(machine: Machine, disk: Disk, record: LoginRecord): void {
  disk.remove(recordFile(machine, record))
}

/** One for each profile that was written, and one for each token. */
function recordFile(machine: Machine, record: LoginRecord): string {
  const of =
    record.kind === 'session' ? `profile ${record.target} of ${record.credentials}` : `token ${record.tokenFile}`
  return joinPath(machine, loginsDirectory(machine), `${sha1Hex(of)}.json`)
}
