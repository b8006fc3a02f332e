import { traceChain } from '../holder/chains/index.ts'
import { chainJson, winnerShape } from '../holder/diagnosis/index.ts'
import { questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { chainLine, chainText } from './say/chain.ts'
import { type Call, exitCode } from './terminal.ts'

/** `chain [PROFILE]`: every source in order. It shows and judges nothing, so it has done its work whatever it shows. */
export async function chain(call: Call): Promise<number> {
  const question = questionOf(call)
  const trace = traceChain(call.machine, question)
  if (wantsJson(call)) writeJson(call, chainJson(call.machine, { [trace.sdk]: trace }))
  else {
    const sight = { look: call.terminal.look, machine: call.machine }
    const say = call.flags.on('quiet') ? chainLine : chainText
    call.terminal.out(say(sight, trace, winnerShape(trace)))
  }
  return exitCode.fine
}
