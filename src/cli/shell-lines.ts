import { CountersignError } from '../errors.ts'
import type { Commands } from '../holder/diagnosis/shells.ts'
import type { Shell } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'

const shells: Readonly<Record<string, Shell>> = { bash: 'bash', zsh: 'bash', fish: 'fish', powershell: 'powershell' }

/** The shell whose function (`shell-init`) has started this program, and the file that it carries out afterwards; null where none has. */
export function waitingShell(machine: Machine): { readonly shell: Shell; readonly file: string } | null {
  const file = machine.env('COUNTERSIGN_SHELL_FILE') ?? ''
  const shell = shells[machine.env('COUNTERSIGN_SHELL') ?? '']
  return file === '' || shell === undefined ? null : { shell, file }
}

/**
 * Leaves lines for the shell that waits for this program, to be carried out in it: what a child cannot do to its parent. False where
 * no shell waits; then the person has to be told the lines.
 *
 * @throws CountersignError `file-unwritable`, and `conflict` when the shell no longer waits: its function was stopped by Ctrl-Z, which
 *   ends it, and what was left behind then would never be taken away
 */
export async function giveToShell(machine: Machine, lines: Commands): Promise<boolean> {
  const waiting = waitingShell(machine)
  if (waiting === null) return false
  const reading = machine.readFile(waiting.file, mostBytes)
  if (reading.kind !== 'found')
    throw new CountersignError(
      'conflict',
      'The shell no longer waits for this; nothing was changed in it. Run it again.',
    )
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  const before = reading.bytes
  const added = new TextEncoder().encode(lines[waiting.shell].map((line) => `${line}\n`).join(''))
  realDisk().write(waiting.file, new Uint8Array([...before, ...added]), { before, mode: 0o600 })
  return true
}

const mostBytes = 1024 * 1024
