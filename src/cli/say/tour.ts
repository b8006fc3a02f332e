import type { Machine } from '../../holder/machine/machine.ts'
import type { Answer } from '../../lab/caller.ts'
import type { Look } from '../terminal.ts'
import { harmless, legible, mark, page, paint, wrap } from './page.ts'
import { setLines } from './serve.ts'

/** The words of the tour: numbered steps, each ended by what really came of it. */
export interface TourVoice {
  opening(): string
  step(number: number, title: string): string
  /** A line of explanation below a step. */
  note(text: string): string
  /** Lines of another page, set in. */
  quote(text: string): string
  /** What came of a step. */
  good(text: string): string
  bad(text: string): string
  /** What AWS answered, word for word. */
  answer(answer: Answer): string
}

const tourSteps = 6

export function tourVoice(look: Look): TourVoice {
  const indent = '     '
  return {
    opening: () =>
      page([
        paint(look, 'strong', 'The countersign tour'),
        ...wrap(
          look,
          '',
          'A real authority is started on this computer, a well-known error is made to happen for real, explained, repaired ' +
            'and proven to be gone. Nothing leaves this computer; your own AWS files are not touched.',
        ),
      ]),
    step: (number, title) =>
      page(['', `${paint(look, 'strong', `${number}/${tourSteps}`)}  ${paint(look, 'strong', legible(look, title))}`]),
    note: (text) => page(wrap(look, indent, text)),
    quote: (text) =>
      page(
        text
          .trimEnd()
          .split('\n')
          .map((line) => `${indent}${paint(look, 'quiet', look.unicode ? '│' : '|')} ${line}`.trimEnd()),
      ),
    good: (text) => page(wrap(look, `   ${mark(look, 'good')} `, text, 5)),
    bad: (text) => page(wrap(look, `   ${mark(look, 'bad')} `, text, 5)),
    answer: ({ status, refusal }) =>
      page([
        `${indent}${paint(look, refusal === null ? 'good' : 'bad', harmless(refusal === null ? `${status} OK` : `${status} ${refusal.code}`))}`,
        ...(refusal === null ? [] : wrap(look, indent, `“${refusal.message}”`)),
      ]),
  }
}

/** How to go on after the tour, while the authority serves. */
export function tourGoesOn(
  look: Look,
  machine: Machine,
  { url, firstSignInLink }: { readonly url: string; readonly firstSignInLink: string | null },
  credentials: string,
): string {
  return page([
    '',
    ...wrap(look, '', `The authority goes on serving on ${url}. Try it from another terminal:`),
    '',
    ...setLines(machine, [
      ['AWS_ENDPOINT_URL', url],
      ['AWS_SHARED_CREDENTIALS_FILE', credentials],
    ]).map((line) => `    ${paint(look, 'command', line)}`),
    `    ${paint(look, 'command', 'aws sts get-caller-identity')}`,
    '',
    ...consoleLines(look, firstSignInLink),
    ...wrap(look, '', 'Ctrl-C ends it and removes everything it made.'),
  ])
}

/** The refusal above, as whoever administers the account sees it. */
function consoleLines(look: Look, link: string | null): readonly string[] {
  if (link === null) return []
  const says =
    'Or see in the console, under "Why refused?", what the authority wrote down about the refusal. This link asks for a password for root:'
  return [...wrap(look, '', says), '', `    ${paint(look, 'command', harmless(link))}`, '']
}
