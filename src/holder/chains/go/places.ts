import type { GoFile } from '../../files/dialects/go-sections.ts'
import type { Documents, Grammar } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { FileReading, Machine } from '../../machine/machine.ts'
import { absolutePath, joinPath } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import type { Refusal } from '../start.ts'
import { type GoError, refusal } from './answer.ts'

/** The home directory: `HOME`, on Windows `USERPROFILE`, else what the user database says; empty when nothing does. */
export function homeOf(machine: Machine): string {
  return homeVariable(machine) || (machine.userHome ?? '')
}

/** Of the variable alone. Source: aws-sdk-go aws/credentials/ssocreds/os.go. */
export function homeVariable(machine: Machine): string {
  return machine.env(machine.platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? ''
}

/** `filepath.Join`: it leaves a relative path relative. */
export function joined(machine: Machine, ...parts: readonly string[]): string {
  const filled = parts.filter((part) => part !== '')
  return filled.length === 0 ? '' : joinPath(machine, ...filled)
}

const variables: Readonly<Record<FileRole, string>> = {
  config: 'AWS_CONFIG_FILE',
  credentials: 'AWS_SHARED_CREDENTIALS_FILE',
}

/** Where both versions look for a file, as they write it. Nothing in the variable is expanded, and an empty one is none. */
export function locate(machine: Machine, role: FileRole): string {
  const named = machine.env(variables[role])
  return named === undefined || named === '' ? joined(machine, homeOf(machine), '.aws', role) : named
}

/** A file, or why the SDK does not load its configuration because of it; null when it goes on without. */
export type OpenedFile =
  | { readonly kind: 'file'; readonly file: GoFile }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export interface OpenRules {
  readonly grammar: Grammar
  /** The error for a file that the grammar refuses; `says` are the SDK's own words for the place. */
  readonly syntaxError: (written: string, says: string) => GoError
  /** The error for a directory, which can be opened but not read; null where that is as if there were no file. */
  readonly directoryError: ((written: string, says: string) => GoError) | null
}

export function openFile(machine: Machine, documents: Documents, role: FileRole, rules: OpenRules): OpenedFile {
  const written = locate(machine, role)
  const path = absolutePath(machine, written)
  const refused = (reason: Refusal['reason'], error: GoError, at: Place): OpenedFile => ({
    kind: 'refused',
    refusal: refusal(reason, error, at),
  })
  const reading = documents.reading(path, rules.grammar)
  if (reading !== null) {
    const [problem] = reading.problems
    if (problem === undefined) return { kind: 'file', file: { path, written, role, reading } }
    const at = { file: path, line: problem.line, column: problem.column }
    return refused('file-syntax', rules.syntaxError(written, problem.sdkSays ?? problem.says), at)
  }
  const state = documents.document(path)
  if (state.kind !== 'unreadable') return { kind: 'none' }
  if (state.because === 'too-large') {
    const error = { name: 'CountersignError', text: `${path} was not read: ${state.detail}` }
    return refused('file-unreadable', error, { file: path })
  }
  if (state.because !== 'directory' || rules.directoryError === null) return { kind: 'none' }
  return refused('file-unreadable', rules.directoryError(written, `read ${written}: is a directory`), { file: path })
}

/** The words of `os.ReadFile` for a file that cannot be read. */
export function unreadableWords(
  machine: Machine,
  written: string,
  reading: Exclude<FileReading, { kind: 'found' }>,
): string {
  if (reading.kind === 'absent') {
    const why =
      machine.platform === 'win32' ? 'The system cannot find the file specified.' : 'no such file or directory'
    return `open ${written}: ${why}`
  }
  return reading.because === 'directory' ? `read ${written}: is a directory` : `open ${written}: permission denied`
}

/** A file that some setting names, read as text. */
export function readNamed(
  machine: Machine,
  written: string,
): { readonly path: string; readonly reading: FileReading; readonly text: string } {
  const path = written === '' ? '' : absolutePath(machine, written)
  const reading = written === '' ? ({ kind: 'absent' } as const) : machine.readFile(path)
  return { path, reading, text: reading.kind === 'found' ? decoder.decode(reading.bytes) : '' }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The certificates of a CA bundle, as far as they can be told without reading them: whether there is any. */
export function hasCertificate(text: string): boolean {
  return /-----BEGIN CERTIFICATE-----\s+MI[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.test(text)
}
