import { CountersignError } from '../errors.ts'
import { ownProgram } from './command/starting.ts'
import { type InitShell, initShells, initText } from './say/shell-init.ts'
import { type Call, exitCode } from './terminal.ts'

/** `shell-init SHELL`: prints the function that lets `env`, `fix` and `login` act on the shell that evaluates it. */
export async function shellInit({ operands, terminal }: Call): Promise<number> {
  terminal.out(initText(shellOf(operands[0]), ownProgram()))
  return exitCode.fine
}

function shellOf(name: string | undefined): InitShell {
  const shell = initShells.find((known) => known === name)
  if (shell !== undefined) return shell
  throw new CountersignError(
    'usage',
    name === undefined ? 'Which shell shall it be for?' : `There is no function for the shell "${name}".`,
    { data: { hint: `countersign shell-init ${initShells.join('|')}` } },
  )
}
