import StatusIndicator from '@cloudscape-design/components/status-indicator'

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

/** How far it went: what is done, where it stopped, and what has not been tried. */
export function StepList(props: {
  readonly steps: readonly Step[]
  readonly done: number
  readonly state: 'waiting' | 'running' | 'stopped'
}) {
  const { steps, done, state } = props
  return (
    <ul className="plain">
      {steps.map(({ says }, place) => (
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
