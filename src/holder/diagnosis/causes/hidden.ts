import type { FileEdit } from '../../files/edit.ts'
import type { VariableChange } from '../verdict.ts'

type EditOf<Kind> = Extract<FileEdit, { readonly kind: Kind }>

/*
 * Changes that may write a secret. What they write can be read by who makes them, but it is not enumerable: `JSON.stringify`,
 * `console.log` and spreads leave it out, so that a verdict can be printed as a whole.
 */

/** An edit of one key of an AWS file. */
export function hiddenSet({ file, section, key, value }: Omit<EditOf<'set'>, 'kind'>): FileEdit {
  return hidden<EditOf<'set'>>({ kind: 'set', file, section, key }, { value })
}

/** Lines of a text file. */
export function hiddenLines({ file, line, was, lines }: Omit<EditOf<'replace-lines'>, 'kind'>): FileEdit {
  return hidden<EditOf<'replace-lines'>>({ kind: 'replace-lines', file, line }, { was, lines })
}

/** A whole file. */
export function hiddenFile({ file, was, bytes }: Omit<EditOf<'write-file'>, 'kind'>): FileEdit {
  return hidden<EditOf<'write-file'>>({ kind: 'write-file', file }, { was, bytes })
}

/** A variable of the running shell. */
export function hiddenValue({ name, value }: VariableChange): VariableChange {
  return hidden<VariableChange>({ name }, { value })
}

function hidden<T extends object>(shown: Partial<T>, secrets: Partial<T>): T {
  for (const [name, value] of Object.entries(secrets)) Object.defineProperty(shown, name, { value, enumerable: false })
  return shown as T
}
