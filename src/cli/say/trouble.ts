import type { CountersignError } from '../../errors.ts'
import { exitCode, type Look } from '../terminal.ts'
import { page, wrap } from './page.ts'

/** What is wrong in one sentence, and a hint on a line of its own. For stderr. */
export function usageText(look: Look, says: string, hint: string | null): string {
  return page([...wrap(look, 'countersign: ', says, 13), ...(hint === null ? [] : wrap(look, '  ', hint))])
}

/**
 * What to say about an error that ended a verb, and with which exit code. `CountersignError` messages are written for
 * people and hold no secret; of any other error only its class and the places in our own code are told, because its message
 * may quote what it choked on.
 */
export function troubleOf(look: Look, error: unknown): { readonly text: string; readonly code: number } {
  if (isOurs(error) && error.code !== 'defect')
    return { text: usageText(look, error.message, hintOf(error)), code: exitCodeOf(error) }
  const name = error instanceof Error ? error.name : typeof error
  const message = error instanceof Error ? error.message : ''
  const says = isOurs(error)
    ? message
    : `${name} (${namesOnly.test(message) ? message : 'its text is withheld: it may hold a secret'})`
  return {
    text: page([
      ...wrap(look, 'countersign: ', `This is a defect in countersign itself: ${says}`, 13),
      ...framesOf(error).map((frame) => `    at ${frame}`),
      ...wrap(look, '  ', 'Please report it with these lines.'),
    ]),
    code: exitCode.defect,
  }
}

/** By its name: bundles that were built apart from each other have a class each. */
function isOurs(error: unknown): error is CountersignError {
  return error instanceof Error && error.name === 'CountersignError' && 'code' in error && 'data' in error
}

function hintOf({ data }: CountersignError): string | null {
  return typeof data['hint'] === 'string' ? data['hint'] : null
}

function exitCodeOf(error: CountersignError): number {
  switch (error.code) {
    case 'unreachable':
    case 'offline':
    case 'limit':
    case 'conflict':
    case 'vault-locked':
      return exitCode.unknown
    case 'cancelled':
      return exitCode.problem
    case 'usage':
    case 'file-unreadable':
    case 'file-unwritable':
    case 'syntax':
    case 'store':
      return exitCode.usage
    case 'defect':
      return exitCode.defect
  }
}

/** Messages of the language itself that quote names of the program and no values. */
const namesOnly =
  /^(?:[\w$.]+ is not (?:defined|a function|iterable)|Cannot read properties of (?:undefined|null) \(reading '[\w$]+'\)|Cannot access '[\w$]+' before initialization)$/

/** Function and position of each stack frame: never the message, which may span lines. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  return stack
    .split('\n')
    .map((line) =>
      /^\s+at (?:(?:async )?([\w$.<>[\] #]+) \()?(?:file:\/\/)?([^()\s]*[\\/])?([\w.-]+:\d+:\d+)\)?$/.exec(line),
    )
    .filter((match) => match !== null)
    .slice(0, 8)
    .map((match) => `${match[1] === undefined ? '' : `${match[1]} `}${match[3]}`)
}
