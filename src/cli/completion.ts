import { CountersignError } from '../errors.ts'
import { candidatesFor } from './completion/candidates.ts'
import { type CompletingShell, completingShells, completionScripts } from './completion/scripts.ts'
import { harmless } from './say/page.ts'
import type { Call } from './terminal.ts'

/** `completion SHELL`: what makes that shell complete; with words after `--`: what may stand in place of the last of them. */
export async function completion(call: Call): Promise<number> {
  const shell = shellOf(call.operands[0])
  if (call.child === null) {
    call.terminal.out(completionScripts[shell])
    return 0
  }
  const found = candidatesFor(call.machine, call.child)
  const words = found.kind === 'words' ? found.words : []
  const lines = words.map(({ word, says }) => `${word}\t${harmless(says)}`)
  call.terminal.out(`${[found.kind, ...lines].join('\n')}\n`)
  return 0
}

function shellOf(name: string | undefined): CompletingShell {
  const shell = completingShells.find((known) => known === name)
  if (shell !== undefined) return shell
  throw new CountersignError(
    'usage',
    name === undefined ? 'Which shell is to complete?' : `"${name}" is no shell for which there is a completion.`,
    { data: { hint: `countersign completion ${completingShells.join('|')}` } },
  )
}
