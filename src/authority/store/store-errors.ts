import { getSystemErrorMessage } from 'node:util'
import { CountersignError } from '../../errors.ts'

/** Result codes that tell the person what to do (https://www.sqlite.org/rescode.html); the low byte is the primary code. */
const meanings: Readonly<Record<number, string>> = {
  3: 'access to the database file was denied',
  5: 'another process keeps the database locked',
  6: 'another process keeps the database locked',
  8: 'the database file is read-only',
  10: 'the disk failed while the database was read or written',
  11: 'the database file is damaged',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
  26: 'the file is not a database',
}

/** Any failure of SQLite or of the file system as a `store` error that names the file; other errors stay what they are. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof CountersignError || !(error instanceof Error)) return error
  const reason = systemReason(error)
  if (reason !== null) return new CountersignError('store', `${path}: ${reason}`, { cause: error, data: { path } })
  const code = (error as { errcode?: unknown }).errcode
  if (typeof code !== 'number') return error
  const says = meanings[code & 0xff] ?? error.message
  return new CountersignError('store', `${path}: ${says}`, { cause: error, data: { path, sqlite: code } })
}

/** What the operating system says of a failed call, such as `permission denied (EACCES)`; null for other errors. */
export function systemReason(error: unknown): string | null {
  const { errno, code } = error as { readonly errno?: unknown; readonly code?: unknown }
  return typeof errno === 'number' && typeof code === 'string' ? `${getSystemErrorMessage(errno)} (${code})` : null
}
