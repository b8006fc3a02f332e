import { CountersignError } from '../../errors.ts'
import { type Commands, sequence, setVariable, unsetVariables } from '../../holder/diagnosis/shells.ts'
import { placeMark, profileMark, type SessionEnvironment } from '../session-environment.ts'
import { mark, page, visibleWidth, wrap } from './page.ts'
import { instantText } from './sources.ts'
import type { Sight } from './verdict.ts'

/**
 * The lines that bring an environment about in a shell. Values come out of them unchanged; no line depends on another. What is set
 * stands last: in fish the outcome of the last line is that of the whole.
 */
export function envCommands({ sets, unsets }: SessionEnvironment): Commands {
  return sequence(unsetVariables(unsets), ...sets.map(([name, value]) => setVariable(name, value)))
}

/**
 * The same for a `.env` file, which can only set.
 *
 * @throws CountersignError `usage` for a value that the readers of `.env` files do not all read alike
 */
export function dotenvLines({ sets }: SessionEnvironment): readonly string[] {
  // The marks are for the next `countersign env` in a shell.
  const marks: readonly string[] = [profileMark, placeMark]
  return sets.flatMap(([name, value]) => (marks.includes(name) ? [] : [`${name}=${dotenvValue(name, value)}`]))
}

/**
 * A value in a `.env` file. There is no standard: bare is what all readers take alike (docker `--env-file`, systemd and compose do not
 * even agree about quotes), else quotes where none of them would change what stands between.
 *
 * Sources: `LINE` of npm dotenv 17, `parser.py` of python-dotenv 1.2 (which also replaces `${…}` in every value).
 */
function dotenvValue(name: string, value: string): string {
  if (/^[^\s\p{Cc}"'`#$\\]+$/u.test(value)) return value
  if (/^[^'\\$\p{Cc}]+$/u.test(value)) return `'${value}'`
  if (/^[^"\\$`\p{Cc}]+$/u.test(value)) return `"${value}"`
  throw new CountersignError(
    'usage',
    `The value of ${name} has signs in it that programs read from a .env file in different ways.`,
    { data: { hint: 'countersign exec gives it to a program without a file.' } },
  )
}

/** What has become of the shell that waits. For stderr. */
export function givenText({ look, machine }: Sight, { sets }: SessionEnvironment, end: Date | null): string {
  const first = `${mark(look, 'good')} `
  const profile = sets.find(([name]) => name === profileMark)?.[1]
  if (profile === undefined)
    return page(
      wrap(look, first, 'This shell has no AWS credentials in its environment any more.', visibleWidth(first)),
    )
  const until = end === null ? '' : `, until ${instantText(machine, end.toISOString())}`
  return page(wrap(look, first, `This shell uses the credentials of "${profile}"${until}.`, visibleWidth(first)))
}
