import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { aws } from '../../api/call.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Ago } from '../../parts/when.tsx'
import type { Key } from './keys.ts'
import { memberOf, type Owner } from './owner.ts'

interface Props {
  readonly item: Key
  readonly owner: Owner
  readonly close: () => void
  readonly changed: (what: ReactNode) => Promise<void>
}

function deactivate({ id }: Key, owner: Owner): Promise<unknown> {
  return aws('iam', 'UpdateAccessKey', { ...memberOf(owner), AccessKeyId: id, Status: 'Inactive' })
}

function LastUse({ item: { lastUsed } }: { readonly item: Key }) {
  if (lastUsed === null) return <div>When it was last used is not known: you may not see it.</div>
  if (lastUsed.at === null) return <div>It has never been used.</div>
  return (
    <div>
      It was last used <Ago at={lastUsed.at} /> for {lastUsed.service} in {lastUsed.region}.
    </div>
  )
}

export function DeactivateKey({ item, owner, close, changed }: Props) {
  return (
    <Confirm
      title={`Deactivate ${item.id}?`}
      verb="Deactivate"
      close={close}
      act={async () => {
        await deactivate(item, owner)
        await changed(`${item.id} is inactive: its requests are refused.`)
      }}
    >
      <SpaceBetween size="xs">
        <div>All requests that are signed with it are refused, until it is activated again.</div>
        <LastUse item={item} />
      </SpaceBetween>
    </Confirm>
  )
}

/** A key is deactivated before it is deleted, as in AWS's console: that can still be taken back. */
export function DeleteKey({ item, owner, close, changed }: Props) {
  const deactivating = useMutation({
    mutationFn: () => deactivate(item, owner).then(() => changed(`${item.id} is inactive: its requests are refused.`)),
  })
  const active = item.status === 'Active'
  return (
    <Confirm
      title={`Delete ${item.id}?`}
      verb="Delete"
      typed={item.id}
      {...(active ? { disabled: true } : {})}
      close={close}
      act={async () => {
        await aws('iam', 'DeleteAccessKey', { ...memberOf(owner), AccessKeyId: item.id })
        if (item.description !== null && owner.userName !== null) {
          // Whoever may not untag still has deleted the key.
          await aws('iam', 'UntagUser', { UserName: owner.userName, TagKeys: [item.id] }).catch(() => {})
        }
        await changed(`${item.id} is deleted.`)
      }}
    >
      <SpaceBetween size="s">
        <LastUse item={item} />
        {active ? (
          <Alert
            type="warning"
            header="Deactivate it first"
            action={
              <Button loading={deactivating.isPending} onClick={() => deactivating.mutate()}>
                Deactivate
              </Button>
            }
          >
            If something still needs the key, it can be activated again. A deleted key never comes back.
          </Alert>
        ) : (
          <div>It is inactive. A deleted key never comes back.</div>
        )}
        <Failure error={deactivating.error} title="The key is still active" />
      </SpaceBetween>
    </Confirm>
  )
}
