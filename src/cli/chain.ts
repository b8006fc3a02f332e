import { CountersignError } from '../errors.ts'
import { askedRules } from '../holder/chains/asked.ts'
import type { ChainRules } from '../holder/chains/rules.ts'
import type { Trace } from '../holder/chains/trace.ts'
import { chainJson } from '../holder/diagnosis/json.ts'
import { winnerShape } from '../holder/diagnosis/shape.ts'
import { askedNames } from '../holder/files/abridged.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import { documentsOf } from '../holder/files/documents.ts'
import type { Resolution } from '../holder/resolution/resolution.ts'
import { type Question, questionOf, sdksOf } from './question.ts'
import { resolvingMeans } from './resolving.ts'
import { wantsJson, writeJson } from './result.ts'
import type { ToldChain } from './say/chain.ts'
import { type Call, exitCode } from './terminal.ts'

/** `chain [PROFILE]`: every source in order. It shows and judges nothing, so it has done its work whatever it shows. */
export async function chain(call: Call): Promise<number> {
  const { machine, terminal, flags } = call
  const wanted = flags.text('sdk')
  const question = questionOf({
    ...call,
    flags: { ...flags, text: (name) => (name === 'sdk' ? undefined : flags.text(name)) },
  })
  if (flags.on('resolve')) return await resolved(call, question, wanted)
  const names = wanted === 'all' ? askedNames(machine, question.profile) : null
  const files = readAwsFiles(machine, documentsOf(machine, names))
  const rules = await Promise.all(sdksOf(wanted).map(askedRules))
  const told = rules.map((each) => toldBy(each, each.trace(machine, question, files)))
  if (wantsJson(call)) {
    writeJson(call, chainJson(machine, told))
    return exitCode.fine
  }
  const { chainLine, chainText } = await import('./say/chain.ts')
  const sight = { look: terminal.look, machine }
  if (wanted === 'all') {
    const { chainMatrix, chainSentence } = await import('./say/matrix.ts')
    terminal.out((flags.on('quiet') ? chainSentence : chainMatrix)(sight, told))
  } else for (const each of told) terminal.out((flags.on('quiet') ? chainLine : chainText)(sight, each))
  return exitCode.fine
}

function toldBy(rules: ChainRules, trace: Trace): ToldChain {
  return { rules, trace, winner: winnerShape(trace) }
}

/** `chain --resolve`: the winner's credential is really got, for the one SDK that is asked. */
async function resolved(call: Call, question: Question, wanted: string | undefined): Promise<number> {
  const { machine, terminal, flags } = call
  if (wanted === 'all')
    throw new CountersignError('usage', '--resolve gets the credential of one SDK: name it with --sdk NAME.')
  const rules = await askedRules(sdksOf(wanted)[0]!)
  const files = readAwsFiles(machine)
  const trace = rules.trace(machine, question, files)
  const { after, resolution } = await resolveWinner(call, question, trace, files)
  if (wantsJson(call)) writeJson(call, chainJson(machine, [{ rules, trace: after }], resolution))
  else {
    const { chainLine, chainText } = await import('./say/chain.ts')
    const { resolutionLines } = await import('./say/resolution.ts')
    const quiet = flags.on('quiet')
    const sight = { look: quiet ? { ...terminal.look, columns: 10_000 } : terminal.look, machine }
    const told = toldBy(rules, after)
    const lines = resolution === null ? undefined : resolutionLines(sight, after, told.winner, resolution)
    if (!quiet) terminal.out(chainText(sight, told, lines))
    else terminal.out(lines === undefined ? chainLine(sight, told) : `${lines[0]}\n`)
  }
  return await codeOf(resolution)
}

/** Null when there is nothing to get: the chain ends with nothing, or with an error. */
async function resolveWinner(
  call: Call,
  question: Question,
  trace: Trace,
  files: AwsFiles,
): Promise<{ readonly after: Trace; readonly resolution: Resolution | null }> {
  if (trace.winner === null) return { after: trace, resolution: null }
  const { machine, terminal } = call
  const { offline, exec, timeoutMs } = question
  const { resolvedTrace, resolveStep } = await import('../holder/resolution/index.ts')
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  const progress = terminal.progress('getting the credential')
  try {
    const means = resolvingMeans(call, question, progress)
    const options = { offline, exec, timeoutMs, disk: realDisk(), ...means }
    const resolution = await resolveStep(machine, trace, trace.winner, options, files)
    return { after: resolvedTrace(trace, trace.winner, resolution), resolution }
  } finally {
    progress.end()
  }
}

async function codeOf(resolution: Resolution | null): Promise<number> {
  if (resolution === null) return exitCode.problem
  if (resolution.kind === 'resolved') return exitCode.fine
  const { isConclusive } = await import('../holder/resolution/index.ts')
  return resolution.kind === 'failed' && isConclusive(resolution) ? exitCode.problem : exitCode.unknown
}
