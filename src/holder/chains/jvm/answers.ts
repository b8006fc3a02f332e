import type { SourceAnswer } from '../../sources/answer.ts'
import { absent, deferred, passedOver } from '../../sources/source.ts'
import type { Outcome } from './ground.ts'
import type { Instance } from './instance.ts'

/** An outcome as the answer of a source; every error is one that these SDKs keep to themselves. */
export function answerOf(outcome: Outcome | Instance): SourceAnswer {
  switch (outcome.kind) {
    case 'absent':
      return absent(outcome.because, outcome.at)
    case 'broken':
      return passedOver(outcome.reason, outcome.says, outcome.because, outcome.at)
    case 'planned':
      return deferred(outcome.because, outcome.at, outcome.plan)
    case 'static':
      return { outcome: 'found', credential: outcome.credential, because: outcome.because, at: outcome.at }
  }
}
