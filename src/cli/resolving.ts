import type { ResolutionOptions } from '../holder/resolution/resolution.ts'
import type { Question } from './question.ts'
import type { Call, Progress } from './terminal.ts'

/**
 * What a verb that runs plans itself lets them do: ask for codes at the terminal, get in place what `countersign process` would print, and
 * tell what is being done.
 */
export function resolvingMeans(
  call: Call,
  question: Question,
  progress: Progress,
): Pick<ResolutionOptions, 'askCode' | 'around' | 'onStep'> {
  const beforeAsking = () => progress.end()
  return {
    askCode: async (serial) => await (await import('./in-place.ts')).codeInPlace(call, serial, { beforeAsking }),
    async around(plan, run) {
      if (plan.kind !== 'process') return await run(plan)
      const { inPlace } = await import('./in-place.ts')
      return await inPlace(call, question, plan, () => run(plan), { beforeAsking })
    },
    onStep: (says) => progress.now(says),
  }
}
