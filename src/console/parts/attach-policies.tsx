import { useState } from 'react'
import type { PolicyRow } from '../../authority/console/shapes.ts'
import { PolicyChooser } from './chooser.tsx'
import { Dialog } from './dialog.tsx'
import { attachTo, type Holder } from './holders.ts'

/** Attaches managed policies. `attached`: ARNs of those that are. */
export function AttachPolicies(props: {
  readonly holder: Holder
  readonly attached: readonly string[]
  readonly close: () => void
  readonly done: (count: number) => void
}) {
  const { holder, attached, close, done } = props
  const [chosen, setChosen] = useState<readonly PolicyRow[]>([])
  return (
    <Dialog
      title={`Attach policies to ${holder.name}`}
      verb="Attach policies"
      size="large"
      ready={chosen.length > 0}
      failedTitle="The policies are not all attached"
      close={close}
      done={() => done(chosen.length)}
      // Attaching what is attached changes nothing: so a second try goes on where the first one stopped.
      act={async () => {
        for (const { arn } of chosen) await attachTo(holder, arn)
      }}
    >
      <PolicyChooser chosen={chosen} choose={setChosen} without={attached} />
    </Dialog>
  )
}
