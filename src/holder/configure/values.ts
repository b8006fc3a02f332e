import { parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { shapeOfSecret } from '../../anatomy/secret-access-key.ts'
import { commentBehind, unseen } from '../lint/page.ts'
import { freeText, oddValue } from '../lint/values.ts'

/** Whether a value may stand in a file: as it will stand there, with what a person should know of it; or why not. */
export type Judged =
  | { readonly kind: 'taken'; readonly value: string; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly says: string; readonly hint: string | null }

/** The settings that the AWS CLI keeps in the credentials file (set.py `_WRITE_TO_CREDS_FILE`). */
export const credentialKeys: ReadonlySet<string> = new Set([
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'aws_security_token',
])

/** What nobody may see. The id is no secret. */
export const secretKeys: ReadonlySet<string> = new Set([...credentialKeys].filter((key) => key !== 'aws_access_key_id'))

/**
 * Judges the value of a setting. What cannot be meant is refused, when credentials would break by it; what is odd is taken and
 * told. Nothing of a secret is in the words.
 */
export function judgeValue(key: string, written: string): Judged {
  const name = key.toLowerCase()
  const value = written.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  const notes = value === written ? [] : [`Blanks around the value of ${key} were left out.`]
  if (/[\r\n]/.test(value)) return refused(`The value of ${key} has a line break in it.`, 'A value is one line.')
  const around = oddAround(name, value)
  if (around !== null && credentialKeys.has(name)) return refused(around.replace('%', key), 'Give the value alone.')
  if (around !== null) notes.push(around.replace('%', key))
  const swapped = refusalOf(name, value)
  if (swapped !== null) return swapped
  const odd = value === '' ? null : oddValue(name, value)
  if (odd !== null) notes.push(`${odd.says} ${odd.cure}`)
  return { kind: 'taken', value, notes }
}

function oddAround(name: string, value: string): string | null {
  const invisible = [...value.matchAll(unseen)].find(([text]) => /[^ \t]/.test(text))
  if (invisible !== undefined) {
    const code = invisible[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    return `The value of % has a character in it that nobody sees (U+${code}).`
  }
  if (!freeText.has(name) && /^(["']).*\1$/.test(value) && value.length > 1)
    return 'Quotes stand around the value of %; most SDKs take them for part of it.'
  if (!freeText.has(name) && commentBehind.test(value))
    return 'Behind a blank the value of % goes on with # or ;, which some SDKs take for a comment and others do not.'
  return null
}

/** The other half of the pair, or what cannot sign at all. */
function refusalOf(name: string, value: string): Judged | null {
  if (name === 'aws_access_key_id') {
    if (shapeOfSecret(value) === 'secret-access-key')
      return refused('This is a secret access key, not an access key id.', 'An access key id begins with AKIA or ASIA.')
    const reading = parseAccessKeyId(value)
    if (reading?.kind === 'other')
      return refused(
        `This is the id of ${reading.names}, not an access key id.`,
        'An access key id begins with AKIA or ASIA.',
      )
    if (/\s/.test(value)) return refused('An access key id has no blank in it.', null)
  }
  if (name === 'aws_secret_access_key') {
    const shape = shapeOfSecret(value)
    if (shape === 'access-key-id')
      return refused(
        'This is an access key id, not a secret access key.',
        'The secret is the longer one: 40 characters.',
      )
    if (shape === 'smtp-password')
      return refused('This is an SMTP password of Amazon SES, which cannot sign requests.', null)
    if (shape === 'blank-for-plus')
      return refused('There is a blank in this secret where a + should be.', 'Copy it again, as AWS shows it.')
  }
  return null
}

function refused(says: string, hint: string | null): Judged {
  return { kind: 'refused', says, hint }
}
