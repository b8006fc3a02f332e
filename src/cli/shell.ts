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

/** The shell whose lines `--shell NAME` asks for: zsh and the POSIX shells read those of bash. */
export function shellOf(name: string): Shell {
  return name === 'zsh' || name === 'sh' ? 'bash' : (name as Shell)
}
