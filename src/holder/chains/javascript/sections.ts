import type { Documents, Grammar } from '../../files/documents.ts'
import type { FileLocation, FileRole } from '../../files/locate.ts'
import type { Section, Setting, Settings, SyntaxProblem } from '../../files/reading.ts'

/** One file as an SDK for JavaScript reads it. */
export interface SectionFile {
  readonly role: FileRole
  readonly location: FileLocation
  /** Why it gives nothing at all; null when it can be read. */
  readonly failure: FileFailure | null
  /** Sections with settings, by the name that the SDK gives them; of one that stands twice both. */
  readonly sections: ReadonlyMap<string, readonly Section[]>
}

/** `message` is the one of the error that Node or the parser throws. */
export type FileFailure =
  | { readonly kind: 'unread'; readonly because: string; readonly message: string }
  | { readonly kind: 'syntax'; readonly problem: SyntaxProblem }

/**
 * Reads a file.
 *
 * @param nameOf the name that the SDK gives a section by its header; null for one that it passes over
 */
export function readSections(
  documents: Documents,
  role: FileRole,
  location: FileLocation,
  grammar: Grammar,
  nameOf: (header: string) => string | null,
): SectionFile {
  const state = documents.document(location.path)
  const reading = documents.reading(location.path, grammar)
  const sections = new Map<string, Section[]>()
  if (reading === null || state.kind !== 'read') {
    const because = state.kind === 'unreadable' ? state.because : 'absent'
    const message = readError(because, location.written)
    return { role, location, failure: { kind: 'unread', because, message }, sections }
  }
  const [problem] = reading.problems
  if (problem !== undefined) return { role, location, failure: { kind: 'syntax', problem }, sections }
  for (const section of reading.sections) {
    const name = nameOf(section.name)
    if (name === null) continue
    const same = sections.get(name)
    if (same === undefined) sections.set(name, [section])
    else same.push(section)
  }
  return { role, location, failure: null, sections }
}

/** Settings of a section, later ones over earlier ones; null when it holds none. */
export function sectionSettings(file: SectionFile, name: string): Settings | null {
  const settings = new Map<string, Setting>()
  for (const section of file.sections.get(name) ?? []) {
    for (const { key, value, rawValue, line, column } of section.entries.values()) {
      const raw = rawValue.trim()
      const at = { file: file.location.path, line, column }
      settings.set(key, { value, raw: raw === value ? undefined : raw, nested: null, at, role: file.role })
    }
  }
  return settings.size === 0 ? null : settings
}

/** Settings of both files, those of the later argument over those of the earlier one; null when neither has any. */
export function merged(below: Settings | null, above: Settings | null): Settings | null {
  return below === null || above === null ? (below ?? above) : new Map([...below, ...above])
}

/**
 * The message of the error with which Node does not read a file; `path` as it was asked for. Promises tell a directory by its
 * path, and the calls without them do not.
 */
export function readError(because: string, path: string, by: 'promise' | 'call' = 'call'): string {
  switch (because) {
    case 'absent':
      return `ENOENT: no such file or directory, open '${path}'`
    case 'directory':
      return `EISDIR: illegal operation on a directory, read${by === 'promise' ? ` '${path}'` : ''}`
    case 'permission':
      return `EACCES: permission denied, open '${path}'`
    case 'loop':
      return `ELOOP: too many symbolic links encountered, open '${path}'`
    default:
      return 'EIO: i/o error, read'
  }
}
