import { traceChain } from '../holder/chains/index.ts'
import { chainJson } from '../holder/diagnosis/json.ts'
import { winnerShape } from '../holder/diagnosis/shape.ts'
import { questionOf, sdksOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { type Call, exitCode } from './terminal.ts'

/** `chain [PROFILE]`: every source in order. It shows and judges nothing, so it has done its work whatever it shows. */
export async function chain(call: Call): Promise<number> {
  const { machine, terminal, flags } = call
  const wanted = flags.text('sdk')
  const question = questionOf({
    ...call,
    flags: { ...flags, text: (name) => (name === 'sdk' ? undefined : flags.text(name)) },
  })
  const traces = sdksOf(wanted).map((sdk) => traceChain(machine, { ...question, sdk }))
  if (wantsJson(call)) {
    writeJson(call, chainJson(machine, Object.fromEntries(traces.map((trace) => [trace.sdk, trace]))))
    return exitCode.fine
  }
  const { chainLine, chainText } = await import('./say/chain.ts')
  const sight = { look: terminal.look, machine }
  const told = traces.map((trace) => ({ trace, winner: winnerShape(trace) }))
  if (wanted === 'all') terminal.out((await import('./say/matrix.ts')).chainMatrix(sight, told))
  else
    for (const { trace, winner } of told)
      terminal.out((flags.on('quiet') ? chainLine : chainText)(sight, trace, winner))
  return exitCode.fine
}
