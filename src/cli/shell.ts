import type { Shell } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'

/**
 * The shell for which a command is shown first. A guess from what shells leave in the environment of their children:
 *
 * - PowerShell sets `PSModulePath`. On Windows the system sets it too, but only PowerShell puts the user's own
 *   `…\PowerShell\Modules` or `…\WindowsPowerShell\Modules` in front (about_PSModulePath).
 * - MSYS2, Git Bash and Cygwin set `SHELL` on Windows; elsewhere `SHELL` is the login shell (POSIX, XBD 8.3).
 */
export function detectShell(machine: Machine): Shell {
  const modules = machine.env('PSModulePath')
  const shell = (machine.env('SHELL') ?? '').toLowerCase().replaceAll('\\', '/')
  const name = shell.slice(shell.lastIndexOf('/') + 1).replace(/\.exe$/, '')
  if (machine.platform === 'win32') {
    if (name !== '') return name === 'fish' ? 'fish' : 'bash'
    return modules !== undefined && /[\\/]documents[\\/](windows)?powershell[\\/]modules/i.test(modules)
      ? 'powershell'
      : 'cmd'
  }
  if (modules !== undefined || name === 'pwsh') return 'powershell'
  return name === 'fish' ? 'fish' : 'bash'
}

const shellPrograms: Readonly<Record<string, Shell>> = {
  bash: 'bash',
  zsh: 'bash',
  ksh: 'bash',
  mksh: 'bash',
  fish: 'fish',
  pwsh: 'powershell',
}

/**
 * The shell that has started this program, for lines that it will evaluate: the nearest of the programs above. `sh` is passed over,
 * because `npx` and its like stand between the person's shell and us with one of their own. Where that is not told: `detectShell`.
 */
export async function runningShell(machine: Machine): Promise<Shell> {
  // There it takes a second, and `detectShell` knows more.
  const above = machine.platform === 'win32' ? [] : await machine.processes()
  const name = above.map(({ name }) => name.replace(/^-/, '')).find((each) => Object.hasOwn(shellPrograms, each))
  return name === undefined ? detectShell(machine) : shellPrograms[name]!
}

/** The shell whose lines `--shell NAME` asks for: zsh and the POSIX shells read those of bash. */
export function shellOf(name: string): Shell {
  return name === 'zsh' || name === 'sh' ? 'bash' : (name as Shell)
}
