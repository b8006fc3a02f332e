import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

/**
 * Asks for consent before something is changed: true with `--yes`.
 *
 * @throws CountersignError `usage` where nobody sits and `--yes` was not given, `cancelled` when the person says no
 */
export async function consent(call: Call, question: string): Promise<void> {
  if (call.flags.on('yes')) return
  const answer = await call.terminal.ask(`${question} [y/N]`, { shown: true })
  if (answer !== null && /^y(es)?$/i.test(answer)) return
  if (answer === null && !(await call.terminal.isPersonThere()))
    throw new CountersignError('usage', 'Nobody is there to be asked; nothing was changed.', {
      data: { hint: 'Give leave beforehand with --yes, or look first with --dry-run.' },
    })
  throw new CountersignError('cancelled', 'Nothing was changed.')
}

/** One thing to choose from. */
export interface Choice<T> {
  readonly value: T
  /** One line. */
  readonly says: string
}

/** Lets the person choose; null where nobody sits, or when nothing was chosen. The only one there is needs no question. */
export async function choose<T>(call: Call, question: string, choices: readonly Choice<T>[]): Promise<T | null> {
  const { terminal } = call
  if (choices.length === 1) return choices[0]!.value
  if (choices.length === 0 || !(await terminal.isPersonThere())) return null
  const width = String(choices.length).length
  for (const [index, { says }] of choices.entries()) terminal.err(`  ${String(index + 1).padStart(width)}  ${says}\n`)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const answer = await terminal.ask(`${question} (1 to ${choices.length})`, { shown: true })
    if (answer === null) return null
    const chosen = choices[Number(answer) - 1]
    if (/^\d+$/.test(answer) && chosen !== undefined) return chosen.value
  }
  return null
}
