import { CountersignError } from '../errors.ts'
import type { Commands } from '../holder/diagnosis/shells.ts'
import type { Shell } from '../holder/diagnosis/verdict.ts'
import { credentialFor, freshCall } from './credential.ts'
import { consent } from './prompts.ts'
import { questionOf } from './question.ts'
import { dotenvLines, envCommands, givenText } from './say/env.ts'
import { inPlaceOf, namesToUnset, type SessionEnvironment, sessionEnvironment } from './session-environment.ts'
import { detectShell, shellOf } from './shell.ts'
import { giveToShell, waitingShell } from './shell-lines.ts'
import { type Call, exitCode } from './terminal.ts'

/**
 * `env [PROFILE]`: the credentials of a profile as lines for a shell, or with `--unset` lines that take them away. Where the
 * function of `shell-init` waits for them they are left to it, and nothing is printed.
 */
export async function env(call: Call): Promise<number> {
  const format = formatOf(call)
  if (call.flags.on('unset')) {
    if (format === 'dotenv')
      throw new CountersignError('usage', 'A .env file can set variables, but take none away: remove the file instead.')
    return await deliver(call, format, { sets: [], unsets: namesToUnset(call.machine) }, null)
  }
  const fresh = freshCall(call, questionOf(call))
  if (isShown(call)) await consent(call, 'This shows secrets on the screen. Show them?')
  const got = await credentialFor(fresh.call, fresh.question)
  if (typeof got === 'number') return got
  const environment = sessionEnvironment(fresh.call.machine, got.files, got.trace, got.credential)
  return await deliver(call, format, inPlaceOf(call.machine, environment), got.credential.expiration?.value ?? null)
}

type Format = Shell | 'dotenv'

function formatOf(call: Call): Format {
  const wanted = call.flags.text('shell')
  if (wanted === undefined) return waitingShell(call.machine)?.shell ?? detectShell(call.machine)
  return wanted === 'dotenv' ? wanted : shellOf(wanted)
}

/** Whether the lines would stand on a screen: a shell that waits takes them instead. */
function isShown(call: Call): boolean {
  return call.terminal.outputIsPerson && !isGiven(call)
}

/** Who asks for the lines of some shell wants to have them, not to be changed. */
function isGiven({ machine, flags }: Call): boolean {
  return waitingShell(machine) !== null && flags.text('shell') === undefined
}

async function deliver(call: Call, format: Format, environment: SessionEnvironment, end: Date | null): Promise<number> {
  const { terminal, machine, flags } = call
  if (format === 'dotenv')
    terminal.out(
      dotenvLines(environment)
        .map((line) => `${line}\n`)
        .join(''),
    )
  else {
    const commands: Commands = envCommands(environment)
    if (isGiven(call)) {
      await giveToShell(machine, commands)
      if (!flags.on('quiet')) terminal.err(givenText({ look: terminal.look, machine }, environment, end))
    } else terminal.out(commands[format].map((line) => `${line}\n`).join(''))
  }
  return exitCode.fine
}
