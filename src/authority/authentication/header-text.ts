import { isUtf8 } from 'node:buffer'
import type { SignableRequest } from '../../signature/index.ts'

/**
 * The header lines with their bytes read as UTF-8, where there are such bytes; null where that makes no difference.
 * HTTP gives header values no character set (RFC 9110 §5.5) and Node hands them out as Latin-1, while clients that sign in
 * UTF-8 may send in either. So both readings of the same bytes are tried before a signature is refused.
 */
export function readAsUtf8(headers: SignableRequest['headers']): SignableRequest['headers'] | null {
  if (!headers.some(([, value]) => beyondAscii.test(value))) return null
  let isOther = false
  const read = headers.map((line) => {
    const [name, value] = line
    if (!beyondAscii.test(value) || beyondLatin1.test(value)) return line
    const bytes = Buffer.from(value, 'latin1')
    if (!isUtf8(bytes)) return line
    isOther = true
    return [name, bytes.toString('utf8')] as const
  })
  return isOther ? read : null
}

const beyondAscii = /[^\x00-\x7f]/
const beyondLatin1 = /[^\x00-\xff]/
