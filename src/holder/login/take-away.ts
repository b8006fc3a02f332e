import { readAsBotocore } from '../files/dialects/botocore.ts'
import { applyEdit } from '../files/edit.ts'
import { parseIni } from '../files/syntax.ts'
import { type LoginRecord, type SessionRecord, type WrittenFile, withoutStretch } from './record.ts'
import { sessionKeys } from './session-profile.ts'

/**
 * The bytes of a file without what a login wrote into it: just as they were where the stretch is untouched; else the keys of the
 * session are taken out of the section one by one, as long as the session there is still that one. Null: there is no file, or the
 * login made it and nothing else stands in it.
 */
export function withoutLogin(path: string, bytes: Uint8Array | null, record: LoginRecord): Uint8Array | null {
  if (bytes === null || record.kind !== 'session') return bytes
  let left = bytes
  for (const written of record.files) {
    if (written.file !== path) continue
    left = withoutStretch(left, written) ?? withoutKeys(left, written, record)
    if (left.length === 0 && written.madeFile) return null
  }
  return left
}

function withoutKeys(
  bytes: Uint8Array,
  { file, section, madeSection }: WrittenFile,
  record: SessionRecord,
): Uint8Array {
  const held = entriesIn(bytes, section)
  // In the config file there is no session to know it by, only settings that somebody has changed since.
  if (held?.get('aws_access_key_id')?.value !== record.keyId) return bytes
  const left = sessionKeys.reduce((all, key) => applyEdit(all, { kind: 'unset', file, section, key }), bytes)
  const after = entriesIn(left, section)
  return madeSection && after?.size === 0 ? withoutHeader(left, file, section) : left
}

function withoutHeader(bytes: Uint8Array, file: string, section: string): Uint8Array {
  const found = sectionIn(bytes, section)
  if (found === undefined) return bytes
  const lines = parseIni(bytes).lines
  const header = lines[found.line - 1]!.text
  const above = lines[found.line - 2]?.text
  // The blank line above it came with it.
  const was = above === '' ? ['', header] : [header]
  return applyEdit(bytes, { kind: 'replace-lines', file, line: found.line - was.length + 1, was, lines: [] })
}

function sectionIn(bytes: Uint8Array, name: string) {
  return readAsBotocore(parseIni(bytes), 'linux').sections.find((section) => section.name === name)
}

function entriesIn(bytes: Uint8Array, name: string) {
  return sectionIn(bytes, name)?.entries
}
