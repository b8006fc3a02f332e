import { redactWords } from '../anatomy/redact.ts'
import type { Commands } from '../holder/diagnosis/shells.ts'
import type { Finding, Verdict } from '../holder/diagnosis/verdict.ts'
import type { Repair, RepairProposal } from '../holder/repair/index.ts'
import { shownChange } from './say/diff.ts'

/**
 * How a repair ended, besides what `repairMachine` says. `in-shell`: the lines of `shell` have to run in the person's shell.
 * `proposed`: `--dry-run`, and there is something to do. `not-found`: the cause that was named is not there.
 */
export type FixResult = Repair['result'] | 'in-shell' | 'proposed' | 'not-found'

interface Told {
  readonly proposal: RepairProposal
  readonly rounds: Repair['rounds']
  readonly result: FixResult
  /** As it is now. */
  readonly verdict: Verdict
  readonly shellLines: Commands
}

/** The object of `fix --json` (schema `countersign.fix/1`): what was (or would be) done, with every secret masked. */
export function fixJson({ proposal, rounds, result, verdict, shellLines }: Told): unknown {
  const shown = rounds.length === 0 ? [proposal] : rounds.map((round) => round.proposal)
  const inShell = result === 'in-shell'
  const failed = rounds.map(({ applied }) => applied).find((applied) => applied.kind === 'failed')
  return {
    schema: 'countersign.fix/1',
    result,
    before: briefly(shown[0]!.before),
    steps: shown.flatMap(({ steps }) =>
      steps.map(({ finding, plan, result: proof }) => ({
        cause: finding.id,
        certainty: finding.certainty,
        says: finding.fix.says,
        does: plan.summary,
        proof,
      })),
    ),
    files: shown.flatMap(({ files }) => files.map(shownChange)),
    calls: shown.flatMap(({ calls }) =>
      calls.map(({ service, operation, says, undone }) => ({ service, operation, says, undoable: undone !== null })),
    ),
    shell: shellLines,
    changes: rounds.flatMap(({ applied }) => (applied.kind === 'applied' && applied.id !== null ? [applied.id] : [])),
    error:
      failed === undefined
        ? null
        : {
            operation: failed.call.operation,
            says: failed.because.kind === 'failed' ? redactWords(failed.because.says) : failed.because.because,
          },
    /** What a copy of the machine has shown; null where there was nothing to try. */
    proved: proposal.steps.length > 0 && result !== 'cured' ? briefly(inShell ? verdict : proposal.after) : null,
    /** As it is now; null where only the person's shell can bring that about. */
    after: inShell ? null : briefly(verdict),
    needsProfile: proposal.needProfile.map(({ id }) => id),
  }
}

function briefly({ status, causes, identity }: Verdict) {
  return { status, causes: causes.map(brief), identity: identity?.arn ?? null }
}

function brief({ id, certainty }: Finding) {
  return { id, certainty }
}
