import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../../api/call.ts'
import { CopyButton } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Loading } from '../../parts/loading.tsx'
import { useOutOfDate } from '../../parts/out-of-date.ts'
import { Ago } from '../../parts/when.tsx'
import { useChanged } from './changed.ts'
import { CreateAccessKey } from './create-access-key.tsx'
import { DeactivateKey, DeleteKey } from './end-access-key.tsx'
import { type Key, keysQuery, mostKeys } from './keys.ts'
import { memberOf, type Owner, wordFor } from './owner.ts'

type Open = 'create' | { readonly deactivate: Key } | { readonly delete: Key } | null

export function AccessKeys({ owner }: { readonly owner: Owner }) {
  const changed = useChanged(owner)
  const { data, error } = useQuery(keysQuery(owner))
  const [open, setOpen] = useState<Open>(null)
  const close = (): void => setOpen(null)
  const keys = data ?? []
  const full = keys.length >= mostKeys
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={data === undefined ? '' : `(${keys.length})`}
          description={
            full
              ? `${mostKeys} access keys are the most that ${wordFor(owner)} can have, active or not. Delete one before you create another.`
              : 'With an access key programs sign their requests. A key that is not active is refused.'
          }
          actions={
            <Button disabled={data === undefined || full} onClick={() => setOpen('create')}>
              Create access key
            </Button>
          }
        >
          Access keys
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Failure error={error} title="The access keys cannot be listed" />
        {data === undefined && error === null ? <Loading /> : null}
        {owner.userName === null && keys.length > 0 ? (
          <Alert type="warning">
            Root can do everything, and nothing can limit it. Work with the keys of users, and delete those of root.
          </Alert>
        ) : null}
        {data !== undefined && keys.length === 0 ? (
          <Box textAlign="center" color="text-status-inactive" padding="s">
            No access keys. Programs cannot sign as {wordFor(owner)} until there is one.
          </Box>
        ) : null}
        {keys.map((key) => (
          <AccessKey key={key.id} item={key} owner={owner} open={setOpen} />
        ))}
      </SpaceBetween>
      {open === 'create' ? <CreateAccessKey owner={owner} close={close} changed={changed} /> : null}
      {open !== null && typeof open === 'object' && 'deactivate' in open ? (
        <DeactivateKey item={open.deactivate} owner={owner} close={close} changed={changed} />
      ) : null}
      {open !== null && typeof open === 'object' && 'delete' in open ? (
        <DeleteKey
          item={keys.find(({ id }) => id === open.delete.id) ?? open.delete}
          owner={owner}
          close={close}
          changed={changed}
        />
      ) : null}
    </Container>
  )
}

function AccessKey(props: { readonly item: Key; readonly owner: Owner; readonly open: (open: Open) => void }) {
  const { item, owner, open } = props
  const changed = useChanged(owner)
  const activating = useMutation({
    mutationFn: () =>
      aws('iam', 'UpdateAccessKey', { ...memberOf(owner), AccessKeyId: item.id, Status: 'Active' }).then(() =>
        changed(`${item.id} is active: its requests are accepted again.`),
      ),
    onError: useOutOfDate(),
  })
  const { lastUsed } = item
  return (
    <section aria-label={`Access key ${item.id}`}>
      <SpaceBetween size="xs">
        <Header
          variant="h3"
          info={<CopyButton text={item.id} what="access key ID" />}
          actions={
            <ButtonDropdown
              ariaLabel={`Actions for ${item.id}`}
              loading={activating.isPending}
              items={[
                item.status === 'Active'
                  ? { id: 'deactivate', text: 'Deactivate' }
                  : { id: 'activate', text: 'Activate' },
                { id: 'delete', text: 'Delete' },
              ]}
              onItemClick={({ detail }) => {
                if (detail.id === 'activate') activating.mutate()
                else if (detail.id === 'deactivate') open({ deactivate: item })
                else open({ delete: item })
              }}
            >
              Actions
            </ButtonDropdown>
          }
        >
          {item.id}
        </Header>
        <Failure error={activating.error} title="The key is not active" />
        <KeyValuePairs
          columns={4}
          minColumnWidth={140}
          items={[
            {
              label: 'Status',
              value: (
                <StatusIndicator type={item.status === 'Active' ? 'success' : 'stopped'}>{item.status}</StatusIndicator>
              ),
            },
            { label: 'Created', value: <Ago at={item.createdAt} /> },
            {
              label: 'Last used',
              value: lastUsed === null ? 'Not known: you may not see it' : <Ago at={lastUsed.at} none="Never" />,
            },
            {
              label: 'Last used for',
              value: lastUsed === null || lastUsed.at === null ? '-' : `${lastUsed.service} in ${lastUsed.region}`,
            },
            ...(item.description === null ? [] : [{ label: 'Description', value: item.description }]),
          ]}
        />
      </SpaceBetween>
    </section>
  )
}
