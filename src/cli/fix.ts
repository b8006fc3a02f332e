import { type CauseId, causeNumbers } from '../cause-ids.ts'
import { CountersignError } from '../errors.ts'
import { recoverChanges } from '../holder/changes/index.ts'
import { causeNamed } from '../holder/diagnosis/catalogue/index.ts'
import type { Shell, Verdict } from '../holder/diagnosis/verdict.ts'
import type { Disk } from '../holder/machine/disk.ts'
import { realDisk } from '../holder/machine/real.ts'
import {
  type Applied,
  applyRepair,
  isWell,
  proposeRepair,
  type RepairProposal,
  type RepairQuestion,
} from '../holder/repair/index.ts'
import { exitCodeOf } from './check.ts'
import { type FixResult, fixJson } from './fix-json.ts'
import { nearest } from './grammar.ts'
import { probing } from './probing.ts'
import { consent } from './prompts.ts'
import { questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import {
  appliedText,
  failedText,
  fixLine,
  notFoundText,
  nothingText,
  proposalText,
  recoveredText,
  shellLinesOf,
} from './say/fix.ts'
import { verdictLine, verdictText } from './say/verdict.ts'
import { detectShell } from './shell.ts'
import { giveToShell, waitingShell } from './shell-lines.ts'
import { type Call, exitCode } from './terminal.ts'

/** Each brings to light what a call of AWS has changed. */
const mostRounds = 4

/** `fix [CAUSE]`: plan, prove on a copy, show, apply after consent, verify. */
export async function fix(call: Call): Promise<number> {
  const asked = questionOf(call, null)
  const cause = causeOf(call)
  const disk = realDisk()
  const { machine, terminal } = call
  const sight = { look: terminal.look, machine }
  const told = recoverChanges(machine, disk)
  if (told.length > 0) terminal.err(recoveredText(sight, told))
  const question = { ...asked, ...(cause === null ? {} : { cause }) }
  const work: Work = { call, disk, question, rounds: [], leaves: new Map() }
  let proposal = await firstProposal(work)
  for (;;) {
    if (proposal.steps.length === 0) return ended(work, proposal, resultOf(work, proposal))
    const outcome = await round(work, proposal)
    if (outcome !== 'again') return outcome
    const { after } = applied(work)!
    proposal = await working(work, 'looking again', (question) => proposeRepair(machine, question, after))
  }
}

/** Whoever has a cure already is not asked whether others may be asked, too. */
async function firstProposal(work: Work): Promise<RepairProposal> {
  const propose = (question: RepairQuestion) => proposeRepair(work.call.machine, question)
  const proposal = await working(work, 'looking for what is wrong', propose)
  if (proposal.steps.length > 0 || work.leaves.size === 0) return proposal
  work.leaves.clear()
  return await working(work, 'looking for what is wrong', propose, 'asking')
}

/** What is being done, and what was done so far. */
interface Work {
  readonly call: Call
  readonly disk: Disk
  readonly question: RepairQuestion
  readonly rounds: { readonly proposal: RepairProposal; readonly outcome: Applied }[]
  /** What leave was wanted for, and whether it was given: the copies of the machine want it again and again. */
  readonly leaves: Map<string, boolean>
}

/** Runs a part that may take long, telling what it does; it may ask for a one-time code, and where it is `asking` for leave. */
async function working<T>(
  { call, disk, question, leaves }: Work,
  says: string,
  work: (question: RepairQuestion) => Promise<T>,
  manner: 'asking' | 'as-told' = 'as-told',
): Promise<T> {
  const progress = call.terminal.progress(says)
  const { onProbe, mayAsk } = await probing(call, progress)
  try {
    return await work({
      ...question,
      disk,
      askCode: async (serial) => {
        progress.end()
        return await call.terminal.ask(`One-time code of ${serial}:`)
      },
      onStep: (step) => progress.now(step),
      onProbe,
      mayAsk: async (leave) => {
        const isAsked = manner === 'asking' || call.flags.on('yes')
        const isGiven = leaves.get(leave.says) ?? (isAsked && (await mayAsk?.(leave)) === true)
        leaves.set(leave.says, isGiven)
        return isGiven
      },
    })
  } finally {
    progress.end()
  }
}

function applied({ rounds }: Work): Extract<Applied, { kind: 'applied' }> | null {
  const last = rounds.at(-1)?.outcome
  return last?.kind === 'applied' ? last : null
}

/** Why there is nothing (more) to do. */
function resultOf({ rounds, question }: Work, { before }: RepairProposal): FixResult {
  if (rounds.length > 0) return isWell(before) ? 'cured' : 'better'
  if (before.status === 'valid' || isWell(before)) return 'healthy'
  const { cause } = question
  return cause !== undefined && !before.causes.some(({ id }) => id === cause) ? 'not-found' : 'nothing'
}

/** Shows one proposal, asks, does it; the exit code, or that it is worth looking again. */
async function round(work: Work, proposal: RepairProposal): Promise<number | 'again'> {
  const { call, question, rounds } = work
  const { terminal, machine, flags } = call
  const shell = shellOf(call)
  const isDry = flags.on('dry-run')
  const mayAsk = !isDry && !flags.on('yes') && (await terminal.isPersonThere())
  const text = proposalText({ look: terminal.look, machine }, proposal, shell)
  // Whoever is asked has to see what for; a program gets it all in the end.
  if (wantsJson(call)) {
    if (mayAsk) terminal.err(text)
  } else if (!flags.on('quiet') || mayAsk) terminal.out(text)
  if (isDry) return ended(work, proposal, 'proposed')
  const lines = proposal.variables.length > 0
  const isWaiting = lines && waitingShell(machine) !== null
  // Lines that are only printed need no leave.
  if (proposal.files.length > 0 || proposal.calls.length > 0 || isWaiting) await consent(call, 'Do this?')
  const outcome = await working(work, 'applying', (asked) =>
    applyRepair(machine, work.disk, proposal, asked, { pause: terminal.pause }),
  )
  rounds.push({ proposal, outcome })
  if (outcome.kind === 'failed') return ended(work, proposal, 'failed')
  const isGiven = lines && (await giveToShell(machine, allShellLines(proposal)))
  if (lines && !isGiven) return ended(work, proposal, 'in-shell')
  if (isWell(outcome.after)) return ended(work, proposal, 'cured')
  if (proposal.result !== 'unproved') return ended(work, proposal, 'better')
  const ids = proposal.steps.map(({ finding }) => finding.id)
  if (outcome.after.causes.some(({ id }) => ids.includes(id))) return ended(work, proposal, 'no-better')
  if (question.cause !== undefined || rounds.length >= mostRounds) return ended(work, proposal, 'better')
  return 'again'
}

function allShellLines(proposal: RepairProposal) {
  const of = (shell: Shell) => shellLinesOf(proposal, shell)
  return { bash: of('bash'), fish: of('fish'), powershell: of('powershell'), cmd: of('cmd') }
}

function shellOf({ machine }: Call): Shell {
  return waitingShell(machine)?.shell ?? detectShell(machine)
}

/** Tells the end, and gives the exit code. */
function ended(work: Work, proposal: RepairProposal, result: FixResult): number {
  const { call } = work
  const { terminal } = call
  const verdict = applied(work)?.after ?? proposal.before
  if (wantsJson(call))
    writeJson(call, fixJson({ ...work, proposal, result, verdict, shellLines: allShellLines(proposal) }))
  else if (call.flags.on('quiet')) terminal.out(lineOf(work, proposal, result, verdict))
  else terminal.out(endText(work, proposal, result, verdict))
  switch (result) {
    case 'healthy':
    case 'cured':
      return exitCode.fine
    case 'not-found':
    case 'nothing':
      return exitCodeOf(verdict)
    default:
      return exitCode.problem
  }
}

/** The last words for a person. */
function endText(
  { call, question, rounds }: Work,
  proposal: RepairProposal,
  result: FixResult,
  verdict: Verdict,
): string {
  const { terminal, machine } = call
  const sight = { look: terminal.look, machine }
  const offline = question.offline === true
  const outcome = rounds.at(-1)?.outcome
  if (outcome?.kind === 'failed') return failedText(sight, outcome)
  switch (result) {
    case 'healthy':
      return `${verdictText(sight, verdict, offline)}Nothing is to be repaired.\n`
    case 'not-found':
      return notFoundText(sight, question.cause ?? '', verdict, offline)
    case 'proposed':
      return 'Nothing was changed (--dry-run).\n'
    case 'nothing':
      return nothingText(sight, proposal, offline)
    default: {
      const shell = proposal.variables.length === 0 ? 'none' : result === 'in-shell' ? 'to-run' : 'given'
      return outcome === undefined ? '' : appliedText(sight, outcome, { helped: result !== 'no-better', shell })
    }
  }
}

function lineOf({ call, question }: Work, proposal: RepairProposal, result: FixResult, verdict: Verdict): string {
  const { terminal, machine } = call
  const sight = { look: terminal.look, machine }
  const ids = proposal.steps.map(({ finding }) => finding)
  switch (result) {
    case 'proposed':
      return fixLine(sight, 'would cure', ids)
    case 'cured':
      return fixLine(sight, 'cured', ids)
    case 'in-shell':
      // The one line that is worth more than any other.
      return shellLinesOf(proposal, shellOf(call))
        .map((line) => `${line}\n`)
        .join('')
    default:
      return verdictLine(sight, verdict, question.offline === true)
  }
}

/** The cause that was named, by id or number; null when none was. */
function causeOf({ operands }: Call): CauseId | null {
  const [word] = operands
  if (word === undefined) return null
  const cause = causeNamed(word)
  if (cause !== null) return cause
  const near = nearest(word.toLowerCase(), Object.keys(causeNumbers))
  throw new CountersignError('usage', `There is no cause "${word}".`, {
    data: {
      hint:
        near === null
          ? `A profile is named with --profile: countersign fix --profile ${word}`
          : `Did you mean: countersign fix ${near}?`,
    },
  })
}
