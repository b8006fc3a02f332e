import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { awsCodeOf } from '../api/failure.ts'

/** One call of several that belong together. */
export interface Step {
  /** What it does: `Delete access key AKIA…`. */
  readonly says: string
  readonly run: () => Promise<unknown>
}

/** Runs steps one after the other, from `from` on; `tell` is told how many are done. Throws what the first refused one throws. */
export async function runInOrder(steps: readonly Step[], from: number, tell: (done: number) => void): Promise<void> {
  for (let at = from; at < steps.length; at++) {
    await steps[at]!.run()
    tell(at + 1)
  }
}

/** Of more than this only the place where it stands is shown. */
const mostShown = 30

/** For steps that take something away: what somebody else has taken away meanwhile is away. */
export async function unlessGone(asked: Promise<unknown>): Promise<void> {
  try {
    await asked
  } catch (error) {
    if (awsCodeOf(error) !== 'NoSuchEntity') throw error
  }
}

/** How far it went: what is done, where it stopped, and what has not been tried. */
export function StepList(props: {
  readonly steps: readonly Step[]
  readonly done: number
  readonly state: 'waiting' | 'running' | 'stopped'
}) {
  const { steps, done, state } = props
  const first = steps.length <= mostShown ? 0 : Math.max(0, Math.min(done - 3, steps.length - 8))
  const shown = steps.length <= mostShown ? steps : steps.slice(first, first + 8)
  return (
    <ul className="plain">
      {shown.length === steps.length ? null : (
        <li>
          {done} of {steps.length} done:
        </li>
      )}
      {shown
        .map(({ says }, at) => ({ says, place: first + at }))
        .map(({ says, place }) => (
          <li key={says}>
            {place < done ? (
              <StatusIndicator type="success">{says}</StatusIndicator>
            ) : place > done || state === 'waiting' ? (
              <StatusIndicator type="pending">{says}</StatusIndicator>
            ) : state === 'running' ? (
              <StatusIndicator type="in-progress">{says}</StatusIndicator>
            ) : (
              <StatusIndicator type="error">{says}: it stopped here</StatusIndicator>
            )}
          </li>
        ))}
    </ul>
  )
}
