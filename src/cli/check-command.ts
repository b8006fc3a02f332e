import { CountersignError } from '../errors.ts'
import { runChild } from './command/child.ts'
import { keepOutput } from './command/kept.ts'
import { type Question, questionOf } from './question.ts'
import { troubleOf, usageText } from './say/trouble.ts'
import type { Call } from './terminal.ts'

/**
 * `check [PROFILE] -- COMMAND…`: runs the command as if it had been started alone and gives its exit code. When it fails with
 * an authentication error, says on stderr, after the command's own output, what the cause is; else says nothing at all.
 */
export async function checkCommand(call: Call): Promise<number> {
  const question = questionFor(call)
  const words = call.child!
  const kept = { stdout: keepOutput(), stderr: keepOutput() }
  const end = await runChild(words, (bytes, from) => kept[from].add(bytes))
  const { terminal } = call
  if (end.kind === 'not-started') {
    terminal.err(usageText(terminal.look, end.says, null))
    return end.status
  }
  if (end.status === 0 || isStopped(end)) return end.status
  try {
    // What explains is many times larger than what runs, and most commands end well.
    const { explainFailure } = await import('./command/explain-failure.ts')
    await explainFailure(call, question, { words, end, kept })
  } catch (error) {
    // Whatever becomes of our own words: the exit code is the command's.
    terminal.err(troubleOf(terminal.look, error).text)
  }
  return end.status
}

function questionFor(call: Call): Question {
  if (call.child!.length === 0)
    throw new CountersignError('usage', 'A command belongs after "--", for example: countersign check -- aws s3 ls')
  for (const flag of ['all-profiles', 'bundle', 'machine'])
    if (call.flags.on(flag)) throw new CountersignError('usage', `--${flag} does not go with a command after "--".`)
  return questionOf({ ...call, child: null })
}

/** Ended by whoever started it (Ctrl-C, `kill`, a closed terminal), or by a reader who has left: there is nothing to explain. */
function isStopped({ status, signal }: { readonly status: number; readonly signal: string | null }): boolean {
  return signal !== null || [129, 130, 131, 141, 143].includes(status)
}
