import { type CauseId, causeNumbers } from '../cause-ids.ts'
import { CountersignError } from '../errors.ts'
import { askingAboutErrors } from '../holder/diagnosis/ask-about-error.ts'
import { causeNamed } from '../holder/diagnosis/catalogue/index.ts'
import { causeJson } from '../holder/diagnosis/catalogue/json.ts'
import { explainError, explanationJson } from '../holder/diagnosis/index.ts'
import { unplayable } from '../lab/unplayable.ts'
import { nearest } from './grammar.ts'
import { probing } from './probing.ts'
import { questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { causeLine, causeText } from './say/cause.ts'
import { explainLine, explainText, secretWarning } from './say/explain.ts'
import { type Call, exitCode } from './terminal.ts'

/** An error message with its whole canonical request takes a few kilobytes; people hand over whole logs. */
const inputLimit = 16 * 1024 * 1024

/** `explain [TEXT|CODE|CAUSE|-]` */
export async function explain(call: Call): Promise<number> {
  if (call.flags.on('machine')) return await explain((await import('./bundle.ts')).bundle.replayed(call, true))
  const cause = causeOf(call)
  if (cause !== null) return explainCause(call, cause)
  const text = await textOf(call)
  const question = questionOf({ ...call, child: null }, null)
  const progress = call.terminal.progress('reading the error')
  const ask =
    call.flags.on('ask') && !question.offline
      ? askingAboutErrors({ timeoutMs: question.timeoutMs, ...(await probing(call, progress)) })
      : undefined
  const explanation = await explainError(text, { machine: call.machine, ...question, ask }).finally(() =>
    progress.end(),
  )
  const sight = { look: call.terminal.look, machine: call.machine }
  if (explanation.heldSecret) call.terminal.err(secretWarning(sight))
  if (wantsJson(call)) writeJson(call, explanationJson(explanation))
  else {
    const say = call.flags.on('quiet') ? explainLine : explainText
    call.terminal.out(say(sight, explanation.error, explanation.causes))
  }
  if (explanation.causes.length === 0) return exitCode.unknown
  return explanation.causes[0]!.certainty === 'possible' ? exitCode.fine : exitCode.problem
}

/** A cause that is named by its id or number; null when something else is to be explained. */
function causeOf({ operands }: Call): CauseId | null {
  const [word] = operands
  // Three words without their hyphens are the same cause; no message of AWS reads like that.
  const cause = causeNamed(operands.join('-'))
  if (cause !== null || word === undefined || operands.length > 1) return cause
  if (/^c\d{1,3}$/i.test(word))
    throw new CountersignError('usage', `There is no cause ${word.toUpperCase()}: they are C01 to ${lastNumber}.`)
  if (!/^[a-z0-9]+(?:[-_][a-z0-9]+)+$/i.test(word) || word.length > longestId) return null
  const meant = causesLike(word.toLowerCase().replaceAll('_', '-'))
  if (meant.length === 0) return null
  throw new CountersignError('usage', `There is no cause "${word}".`, {
    data: { hint: `Did you mean: countersign explain ${meant.join(', ')}?` },
  })
}

const ids = Object.keys(causeNumbers) as readonly CauseId[]
const lastNumber = Object.values(causeNumbers).at(-1)
const longestId = 64

/** What differs by a slip of the finger, else what has all the words in it; few, or they would not help. */
function causesLike(word: string): readonly CauseId[] {
  const near = nearest(word, ids)
  if (near !== null) return [near as CauseId]
  const parts = word.split('-')
  return ids.filter((id) => parts.every((part) => id.split('-').includes(part))).slice(0, 3)
}

function explainCause(call: Call, id: CauseId): number {
  const sight = { look: call.terminal.look, machine: call.machine }
  if (wantsJson(call)) writeJson(call, causeJson(id, unplayable[id] ?? null))
  else
    call.terminal.out(
      call.flags.on('quiet') ? causeLine(sight, id) : causeText(sight, id, unplayable[id] === undefined),
    )
  return exitCode.fine
}

async function textOf(call: Call): Promise<string> {
  const written = [...call.operands, ...(call.child ?? [])].join(' ')
  const fromInput = written === '-' || (written === '' && !call.terminal.inputIsPerson)
  const text = fromInput ? await call.terminal.input(inputLimit) : written
  if (text.trim() !== '') return text
  throw new CountersignError(
    'usage',
    'explain needs an error message or an error code: countersign explain InvalidClientTokenId, or pipe one in.',
  )
}
