import { parseInstant, type WrittenInstant } from '../files/instants.ts'

/** `dateutil.parser.parse`: the instant, or the error in its words. */
export function parsedByPython(text: string): WrittenInstant | { readonly says: string } {
  const parsed = parseInstant(text)
  if (parsed !== null) return parsed
  // Words between the parts of a date alone are passed over; then there is nothing left (dateutil `parserinfo.JUMP`).
  const isEmpty = /^(?:[\s.,;/'-]|\b(?:at|on|and|ad|m|t|of|st|nd|rd|th)\b)*$/i.test(text)
  return { says: `ParserError: ${isEmpty ? 'String does not contain a date' : 'Unknown string format'}: ${text}` }
}

/** What Python says when an instant without a zone is compared with the clock. */
export const naiveInstant = "TypeError: can't subtract offset-naive and offset-aware datetimes"
