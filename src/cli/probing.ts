import type { DiagnosisQuestion } from '../holder/diagnosis/diagnose.ts'
import type { describeProbe } from '../holder/diagnosis/probes/notices.ts'
import { wantsJson } from './result.ts'
import type { Call, Progress } from './terminal.ts'

/**
 * Tells of each probe before it runs (in full with `--debug`), and asks the person for leave where it is wanted: `--yes` gives it
 * beforehand, and where nobody sits at the keyboard nobody gives it.
 */
export async function probing(
  call: Call,
  progress: Progress,
): Promise<Required<Pick<DiagnosisQuestion, 'onProbe' | 'mayAsk'>>> {
  const { flags, terminal } = call
  let describe: typeof describeProbe | undefined
  if (flags.on('debug')) ({ describeProbe: describe } = await import('../holder/diagnosis/probes/notices.ts'))
  return {
    onProbe(probe) {
      progress.now(probe.says)
      if (describe !== undefined) terminal.err(`debug: ${describe(probe)}\n`)
    },
    async mayAsk({ says }) {
      if (flags.on('yes')) return true
      if (wantsJson(call) || flags.on('quiet') || !terminal.inputIsPerson) return false
      progress.end()
      return /^y(es)?$/i.test((await terminal.ask(`${says} [y/N]`)) ?? '')
    },
  }
}
