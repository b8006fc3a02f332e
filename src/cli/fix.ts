import { type CauseId, causeNumbers } from '../cause-ids.ts'
import { CountersignError } from '../errors.ts'
import { recoverChanges } from '../holder/changes/index.ts'
import { causeNamed } from '../holder/diagnosis/catalogue/index.ts'
import type { Shell, Verdict } from '../holder/diagnosis/verdict.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import {
  isWell,
  proposeRepair,
  type Repair,
  type RepairProposal,
  type RepairQuestion,
  repairMachine,
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
import { type Call, exitCode, type Progress } from './terminal.ts'

/** `fix [CAUSE]`: plan, prove on a copy, show, apply after consent, verify. */
export async function fix(call: Call): Promise<number> {
  const asked = questionOf(call, null)
  const cause = causeOf(call)
  const disk = realDisk()
  const { machine, terminal, flags } = call
  const told = recoverChanges(machine, disk)
  if (told.length > 0) terminal.err(recoveredText({ look: terminal.look, machine }, told))
  const question = { ...asked, disk, ...(cause === null ? {} : { cause }) }
  const proposal = await firstProposal(call, question)
  const done = { call, question, proposal, rounds: [], verdict: proposal.before }
  if (proposal.steps.length === 0) return ended({ ...done, result: nothingToDo(question, proposal) })
  if (flags.on('dry-run')) {
    if (!wantsJson(call) && !flags.on('quiet')) show(call, proposal)
    return ended({ ...done, result: 'proposed' })
  }
  const { rounds, after, result } = await working(call, 'applying', async (means, meanwhile) => {
    const approve = (next: RepairProposal) => meanwhile(async () => await approved(call, next))
    return await repairMachine(machine, disk, { ...question, ...means }, { proposal, approve, pause: terminal.pause })
  })
  const shown = rounds.at(-1)?.proposal ?? proposal
  return ended({ ...done, proposal: shown, rounds, verdict: after, result: await inShell(call, shown, result) })
}

/** All that there is to tell in the end. */
interface Done {
  readonly call: Call
  readonly question: RepairQuestion
  /** The last one. */
  readonly proposal: RepairProposal
  readonly rounds: Repair['rounds']
  readonly verdict: Verdict
  readonly result: FixResult
}

/** Where there is a cure already, nobody else is asked, and no leave is wanted for it. */
async function firstProposal(call: Call, question: RepairQuestion): Promise<RepairProposal> {
  const propose = (means: Means) => proposeRepair(call.machine, { ...question, ...means })
  const looking = 'looking for what is wrong'
  let isWanted = false
  const proposal = await working(call, looking, (means) =>
    propose({
      ...means,
      mayAsk: async () => {
        isWanted = true
        return false
      },
    }),
  )
  const mayBeGiven = call.flags.on('yes') || call.terminal.inputIsPerson
  return proposal.steps.length > 0 || !isWanted || !mayBeGiven ? proposal : await working(call, looking, propose)
}

type Means = Required<Pick<RepairQuestion, 'askCode' | 'onStep' | 'onProbe' | 'mayAsk'>>

/**
 * Runs what may take long, and tells what it does. It may ask for a one-time code, and for leave to ask others: for each only once,
 * however many copies of the machine want it. `meanwhile` is for questions of its own.
 */
async function working<T>(
  call: Call,
  says: string,
  work: (means: Means, meanwhile: <U>(ask: () => Promise<U>) => Promise<U>) => Promise<T>,
): Promise<T> {
  const { terminal } = call
  let progress = terminal.progress(says)
  const meanwhile = async <U>(ask: () => Promise<U>): Promise<U> => {
    progress.end()
    const answer = await ask()
    progress = terminal.progress(says)
    return answer
  }
  const current: Progress = { now: (step, part) => progress.now(step, part), end: () => progress.end() }
  const { onProbe, mayAsk } = await probing(call, current)
  const leaves = new Map<string, boolean>()
  try {
    return await work(
      {
        askCode: (serial) => meanwhile(() => terminal.ask(`One-time code of ${serial}:`)),
        onStep: (step) => progress.now(step),
        onProbe,
        mayAsk: async (leave) => {
          const isGiven = leaves.get(leave.says) ?? (await meanwhile(async () => (await mayAsk?.(leave)) === true))
          leaves.set(leave.says, isGiven)
          return isGiven
        },
      },
      meanwhile,
    )
  } finally {
    progress.end()
  }
}

function nothingToDo({ cause }: RepairQuestion, { before }: RepairProposal): FixResult {
  if (isWell(before)) return 'healthy'
  return cause !== undefined && !before.causes.some(({ id }) => id === cause) ? 'not-found' : 'nothing'
}

/** Shows what is to be done, and asks for leave. Throws when it is not given. */
async function approved(call: Call, proposal: RepairProposal): Promise<boolean> {
  const { terminal, flags, machine } = call
  const isAsked = !flags.on('yes') && (await terminal.isPersonThere())
  // Whoever is asked has to see what for; a program gets it all in the end.
  if (isAsked || (!wantsJson(call) && !flags.on('quiet'))) show(call, proposal)
  const isGiven = proposal.variables.length > 0 && waitingShell(machine) !== null
  // Lines that are only printed need no leave.
  if (proposal.files.length > 0 || proposal.calls.length > 0 || isGiven) await consent(call, 'Do this?')
  return true
}

function show(call: Call, proposal: RepairProposal): void {
  const { terminal, machine } = call
  const text = proposalText({ look: terminal.look, machine }, proposal, shellOf(call))
  if (wantsJson(call)) terminal.err(text)
  else terminal.out(text)
}

/** What the running shell has to do is handed to it, or left to the person. */
async function inShell(call: Call, proposal: RepairProposal, result: Repair['result']): Promise<FixResult> {
  if (proposal.variables.length === 0 || result === 'failed') return result
  return (await giveToShell(call.machine, allShellLines(proposal))) ? result : 'in-shell'
}

function allShellLines(proposal: RepairProposal) {
  const of = (shell: Shell) => shellLinesOf(proposal, shell)
  return { bash: of('bash'), fish: of('fish'), powershell: of('powershell'), cmd: of('cmd') }
}

function shellOf({ machine }: Call): Shell {
  return waitingShell(machine)?.shell ?? detectShell(machine)
}

/** Tells the end, and gives the exit code. */
function ended(done: Done): number {
  const { call, proposal, result, verdict } = done
  const { terminal, flags } = call
  if (wantsJson(call)) writeJson(call, fixJson({ ...done, shellLines: allShellLines(proposal) }))
  else terminal.out(flags.on('quiet') ? endLine(done) : endText(done))
  switch (result) {
    case 'cured':
      return exitCode.fine
    case 'healthy':
    case 'not-found':
    case 'nothing':
      return exitCodeOf(verdict)
    default:
      return exitCode.problem
  }
}

/** The last words for a person. */
function endText({ call, question, proposal, rounds, result, verdict }: Done): string {
  const { terminal, machine } = call
  const sight = { look: terminal.look, machine }
  const offline = question.offline === true
  const last = rounds.at(-1)?.applied
  if (last?.kind === 'failed') return failedText(sight, last)
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
      return last === undefined ? '' : appliedText(sight, last, { helped: result !== 'no-better', shell })
    }
  }
}

function endLine({ call, question, proposal, result, verdict }: Done): string {
  const { terminal, machine } = call
  const sight = { look: terminal.look, machine }
  const findings = proposal.steps.map(({ finding }) => finding)
  switch (result) {
    case 'proposed':
      return fixLine(sight, 'would cure', findings)
    case 'cured':
      return fixLine(sight, 'cured', findings)
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
