import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { PolicyText } from '../policies/editor.tsx'
import { Failure } from './failure.tsx'
import { documentOf, type HeldPolicy, keyOfHeld, typeOfPolicy } from './holders.ts'
import { Loading } from './loading.tsx'
import { pathOf, To } from './to.tsx'

/** A document with a line for each member, as editors show it; what is no JSON stays as it is. */
export function asShown(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 2)
  } catch {
    return document
  }
}

/** What a policy says. `edit`: for those that can be changed from here. */
export function ViewPolicy(props: {
  readonly policy: HeldPolicy
  readonly close: () => void
  readonly edit?: () => void
}) {
  const { policy, close, edit } = props
  const { data, error } = useQuery({
    queryKey: [policy.holder.kind, policy.holder.name, 'document', keyOfHeld(policy)],
    queryFn: () => documentOf(policy),
  })
  return (
    <Modal
      visible
      size="large"
      header={policy.name}
      onDismiss={close}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {edit === undefined ? null : <Button onClick={edit}>Edit</Button>}
            <Button variant="primary" onClick={close}>
              Close
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="s">
        <Box>
          {typeOfPolicy(policy.arn)} policy
          {policy.arn === null ? ` of the ${policy.holder.kind} ${policy.holder.name}` : null}
          {policy.arn === null ? null : (
            <>
              {': '}
              <To to={pathOf('policies', policy.arn)}>{policy.arn}</To>
            </>
          )}
        </Box>
        <Failure error={error} title="The policy cannot be read" />
        {data === undefined ? (
          error === null ? (
            <Loading />
          ) : null
        ) : (
          <PolicyText text={asShown(data)} label="Policy document" />
        )}
      </SpaceBetween>
    </Modal>
  )
}
