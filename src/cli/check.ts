import { CountersignError } from '../errors.ts'
import { diagnose } from '../holder/diagnosis/diagnose.ts'
import { verdictJson } from '../holder/diagnosis/json.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import type { Credential } from '../holder/sources/credential.ts'
import { nearestHint } from './grammar.ts'
import { probing } from './probing.ts'
import { type Question, questionOf } from './question.ts'
import { resolvingMeans } from './resolving.ts'
import { wantsJson, writeJson } from './result.ts'
import { type Call, exitCode } from './terminal.ts'

/** `check [PROFILE]`: find, verify, explain; with a command after `--`, that of its failure. */
export async function check(call: Call): Promise<number> {
  if (call.child !== null) return await (await import('./check-command.ts')).checkCommand(call)
  if (call.flags.on('machine')) return await check((await import('./bundle.ts')).bundle.replayed(call))
  if (call.flags.on('bundle'))
    return exitCodeOf(await (await import('./bundle.ts')).bundle.write(call, questionOf(call)))
  if (call.flags.text('sdk') === 'all') return await (await import('./side-by-side.ts')).checkSdks(call)
  const question = questionOf(call)
  if (call.flags.on('all-profiles')) return await (await import('./side-by-side.ts')).checkProfiles(call, question)
  const verdict = await examine(call, question)
  if (call.implied && call.operands.length > 0) refuseMistypedVerb(call.operands[0]!, verdict)
  if (wantsJson(call)) writeJson(call, verdictJson(verdict))
  else {
    const { verdictLine, verdictText } = await import('./say/verdict.ts')
    const sight = { look: call.terminal.look, machine: call.machine }
    const say = call.flags.on('quiet') ? verdictLine : verdictText
    call.terminal.out(say(sight, verdict, question.offline))
  }
  return exitCodeOf(verdict)
}

/** Runs the diagnosis, telling what is being asked when it takes long. `onCredential` is given what AWS is asked about. */
export async function examine(
  call: Call,
  question: Question,
  onCredential?: (credential: Credential) => void,
): Promise<Verdict> {
  const { machine, terminal } = call
  const progress = terminal.progress('looking for credentials')
  const { askCode, ...means } = resolvingMeans(call, question, progress)
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  try {
    return await diagnose(machine, {
      ...question,
      ...(call.recorded === true ? {} : { disk: realDisk(), askCode }),
      ...means,
      onCredential,
      ...(await probing(call, progress)),
    })
  } finally {
    progress.end()
  }
}

/** `countersign chekc`: the word is no verb, so it was taken for a profile; when it is none either, say so. */
function refuseMistypedVerb(word: string, verdict: Verdict): void {
  if (verdict.causes[0]?.id !== 'profile-not-found') return
  throw new CountersignError('usage', `"${word}" is neither a verb nor a profile of this machine.`, {
    data: { hint: nearestHint(word) },
  })
}

export function exitCodeOf(verdict: Verdict): number {
  switch (verdict.status) {
    case 'valid':
      return exitCode.fine
    case 'unverified':
      return exitCode.unknown
    default:
      return exitCode.problem
  }
}
