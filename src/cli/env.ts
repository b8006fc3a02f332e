import { CountersignError } from '../errors.ts'
import type { Shell } from '../holder/diagnosis/verdict.ts'
import { credentialFor, freshCall } from './credential.ts'
import { consent } from './prompts.ts'
import { questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { dotenvLines, envCommands, givenText } from './say/env.ts'
import { inPlaceOf, namesToUnset, type SessionEnvironment, sessionEnvironment } from './session-environment.ts'
import { runningShell, shellOf } from './shell.ts'
import { giveToShell, waitingShell } from './shell-lines.ts'
import { type Call, exitCode } from './terminal.ts'

/**
 * `env [PROFILE]`: the credentials of a profile as lines for a shell, or with `--unset` lines that take them away. Where the
 * function of `shell-init` waits for them they are left to it, and nothing is printed.
 */
export async function env(call: Call): Promise<number> {
  const format = await formatOf(call)
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

async function formatOf(call: Call): Promise<Format> {
  const wanted = call.flags.text('shell')
  if (wanted === undefined) return waitingShell(call.machine)?.shell ?? (await runningShell(call.machine))
  return wanted === 'dotenv' ? wanted : shellOf(wanted)
}

/** Whether the lines would stand on a screen: a shell that waits takes them instead. */
function isShown(call: Call): boolean {
  return call.terminal.outputIsPerson && !isGiven(call)
}

/** Who asks for the lines of some shell wants to have them, not to be changed. */
function isGiven(call: Call): boolean {
  const { machine, flags } = call
  return waitingShell(machine) !== null && flags.text('shell') === undefined && !wantsJson(call)
}

async function deliver(call: Call, format: Format, environment: SessionEnvironment, end: Date | null): Promise<number> {
  const { terminal, machine, flags } = call
  if (wantsJson(call)) {
    const { sets, unsets } = environment
    writeJson(call, { schema: 'countersign.env/1', set: Object.fromEntries(sets), unset: unsets })
    return exitCode.fine
  }
  if (isGiven(call)) {
    await giveToShell(machine, envCommands(environment))
    if (!flags.on('quiet')) terminal.err(givenText({ look: terminal.look, machine }, environment, end))
    return exitCode.fine
  }
  const lines = format === 'dotenv' ? dotenvLines(environment) : envCommands(environment)[format]
  terminal.out(lines.map((line) => `${line}\n`).join(''))
  return exitCode.fine
}
