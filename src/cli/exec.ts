import { CountersignError } from '../errors.ts'
import { credentialFor, freshCall } from './credential.ts'
import { durationOf } from './durations.ts'
import type { Obtained } from './obtain.ts'
import { questionOf } from './question.ts'
import { harmless } from './say/page.ts'
import { usageText } from './say/trouble.ts'
import { execMark, type SessionEnvironment, sessionEnvironment, variablesWith } from './session-environment.ts'
import { type Call, exitCode } from './terminal.ts'

/**
 * `exec [PROFILE] -- COMMAND…`: runs a command with one credential in its environment and no other, or with the address of a local
 * server that hands it out. Its exit code is that of the command.
 */
export async function exec(call: Call): Promise<number> {
  const words = commandOf(call)
  const fresh = freshCall(call, questionOf({ ...call, child: null }))
  const { machine } = fresh.call
  if (call.flags.on('dry-run')) {
    call.terminal.err(
      `Would run "${harmless(words[0]!)}" with the credentials of "${harmless(fresh.question.profile ?? 'default')}".\n`,
    )
    return exitCode.fine
  }
  const server = call.flags.text('server') as 'ecs' | 'imds' | undefined
  const wanted = { durationSeconds: durationOf(call.flags), asSession: server !== undefined }
  const got = await credentialFor(fresh.call, fresh.question, wanted)
  if (typeof got === 'number') return got
  const run = (environment: SessionEnvironment) => runIn(fresh.call, words, got, environment)
  if (server === undefined) return await run(sessionEnvironment(machine, got.files, got.trace, got.credential))
  const { withServer } = await import('./exec/serve.ts')
  return await withServer(fresh.call, fresh.question, wanted, server, got, run)
}

function commandOf(call: Call): readonly string[] {
  const { child, flags, machine } = call
  if (child === null || child.length === 0)
    throw new CountersignError('usage', 'A command belongs after "--", for example: countersign exec dev -- aws s3 ls')
  const outer = machine.env(execMark)
  if (outer !== undefined && outer !== '' && !flags.on('nested') && !flags.on('yes'))
    throw new CountersignError(
      'usage',
      `This runs inside "countersign exec ${outer}" already: the credentials of "${outer}" are what programs use here, and another exec would hide that.`,
      {
        data: {
          hint: 'Leave it first (exit), or go on with --nested: then your files count, not the outer credentials.',
        },
      },
    )
  return child
}

async function runIn(
  { machine, terminal }: Call,
  words: readonly string[],
  { trace }: Obtained,
  environment: SessionEnvironment,
): Promise<number> {
  const { runWithOwnStreams, endBy } = await import('./exec/run.ts')
  const variables = { ...variablesWith(machine, environment), [execMark]: trace.profile.name }
  const end = await runWithOwnStreams(words, variables)
  if (end.kind === 'not-started') {
    terminal.err(usageText(terminal.look, end.says, null))
    return end.status
  }
  if (end.signal !== null) endBy(end.signal)
  return end.status
}
