import type { Question } from '../question.ts'
import type { Call } from '../terminal.ts'
import type { ChildEnd } from './child.ts'
import type { Kept } from './kept.ts'

/** A command that has failed, with what is kept of its output. */
export interface Failure {
  readonly words: readonly string[]
  readonly end: Extract<ChildEnd, { kind: 'ended' }>
  readonly kept: { readonly stdout: Kept; readonly stderr: Kept }
}

export async function explainFailure(_call: Call, _question: Question, _failure: Failure): Promise<void> {}
