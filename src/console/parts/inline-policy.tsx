import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PolicyEditor } from '../policies/editor.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { documentOf, type HeldPolicy, type Holder, keyOfHeld, putInline } from './holders.ts'
import { Loading } from './loading.tsx'
import { asShown } from './policy-document.tsx'

const blank = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: [], Resource: '*' }] },
  null,
  2,
)

/** `present`: names of the holder's inline policies; one that is taken would be written over. */
export function NewInlinePolicy(props: {
  readonly holder: Holder
  readonly present: readonly string[]
  readonly close: () => void
  readonly done: () => void
}) {
  const { holder, present, close, done } = props
  const [name, setName] = useState('')
  const [text, setText] = useState(blank)
  const taken = present.includes(name)
  return (
    <Dialog
      title={`Create an inline policy for ${holder.name}`}
      verb="Create policy"
      size="large"
      ready={name !== '' && !taken}
      failedTitle="The policy is not created"
      close={close}
      done={done}
      act={() => putInline(holder, name, text)}
    >
      <FormField
        label="Policy name"
        constraintText="Letters, digits and + = , . @ - _"
        errorText={taken ? 'There is an inline policy of that name already.' : ''}
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoComplete={false} spellcheck={false} />
      </FormField>
      <PolicyEditor value={text} onChange={setText} kind={holder.kind} label="Policy document" />
    </Dialog>
  )
}

export function EditInlinePolicy(props: {
  readonly policy: HeldPolicy
  readonly close: () => void
  readonly done: () => void
}) {
  const { policy, close, done } = props
  const { data, error } = useQuery({
    queryKey: [policy.holder.kind, policy.holder.name, 'document', keyOfHeld(policy)],
    queryFn: () => documentOf(policy),
    // Whatever is written over must be what is there now.
    staleTime: 0,
    gcTime: 0,
  })
  const [text, setText] = useState<string | null>(null)
  const shown = text ?? (data === undefined ? null : asShown(data))
  return (
    <Dialog
      title={`Edit ${policy.name}`}
      verb="Save changes"
      size="large"
      ready={shown !== null}
      failedTitle="The policy is not saved"
      close={close}
      done={done}
      act={() => putInline(policy.holder, policy.name, shown ?? '')}
    >
      {shown === null ? (
        error === null ? (
          <Loading />
        ) : (
          <Failure error={error} title="The policy cannot be read" />
        )
      ) : (
        <PolicyEditor value={shown} onChange={setText} kind={policy.holder.kind} label="Policy document" />
      )}
    </Dialog>
  )
}
