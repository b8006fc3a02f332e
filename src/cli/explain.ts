import { CountersignError } from '../errors.ts'
import { explainError, explanationJson } from '../holder/diagnosis/index.ts'
import { questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { explainLine, explainText, secretWarning } from './say/explain.ts'
import { type Call, exitCode } from './terminal.ts'

/** An error message with its whole canonical request takes a few kilobytes; a log of a day is no message. */
const inputLimit = 1024 * 1024

/** `explain [TEXT|CODE|-]` */
export async function explain(call: Call): Promise<number> {
  const text = await textOf(call)
  const question = questionOf({ ...call, child: null }, null)
  const progress = call.terminal.progress('reading the error')
  const explanation = await explainError(text, { machine: call.machine, ...question }).finally(() => progress.end())
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
