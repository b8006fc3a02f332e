import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyRow } from '../../authority/console/shapes.ts'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { PolicyChooser } from './chooser.tsx'
import { Confirm } from './confirm.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { type Holder, holderOperation, named, typeOfPolicy } from './holders.ts'
import { Loading } from './loading.tsx'
import { ViewPolicy } from './policy-document.tsx'

interface Bounded {
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn: string }
}

/** The permissions boundary of a user or a role. */
export function Boundary({ kind, name }: { readonly kind: 'user' | 'role'; readonly name: string }) {
  const holder: Holder = { kind, name }
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [open, setOpen] = useState<'set' | 'remove' | 'view' | null>(null)
  const close = (): void => setOpen(null)
  const { data, error } = useQuery({
    queryKey: [kind, name, 'boundary'],
    queryFn: async () => {
      const reply = await aws<{ readonly User?: Bounded; readonly Role?: Bounded }>(
        'iam',
        holderOperation('Get‹›', kind),
        named(holder),
      )
      return (reply.User ?? reply.Role)?.PermissionsBoundary?.PermissionsBoundaryArn ?? null
    },
  })
  const changed = async (what: string): Promise<void> => {
    close()
    done(what)
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: [kind, name] }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  }
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The most that its policies can allow. It allows nothing by itself."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {typeof data === 'string' ? <Button onClick={() => setOpen('remove')}>Remove boundary</Button> : null}
              <Button disabled={data === undefined} onClick={() => setOpen('set')}>
                {typeof data === 'string' ? 'Change boundary' : 'Set boundary'}
              </Button>
            </SpaceBetween>
          }
        >
          Permissions boundary
        </Header>
      }
    >
      <Failure error={error} title="The boundary cannot be read" />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : data === null ? (
        <Box color="text-status-inactive">None is set: what the policies allow is allowed.</Box>
      ) : (
        <Button variant="inline-link" onClick={() => setOpen('view')}>
          {data}
        </Button>
      )}
      {open === 'set' ? (
        <SetBoundary
          holder={holder}
          present={data ?? null}
          close={close}
          done={() => changed('The boundary is set.')}
        />
      ) : null}
      {open === 'remove' ? (
        <Confirm
          title={`Remove the permissions boundary of ${name}?`}
          verb="Remove boundary"
          close={close}
          act={async () => {
            await aws('iam', holderOperation('Delete‹›PermissionsBoundary', kind), named(holder))
            await changed('The boundary is removed.')
          }}
        >
          All that its policies allow is allowed from now on.
        </Confirm>
      ) : null}
      {open === 'view' && typeof data === 'string' ? (
        <ViewPolicy policy={{ name: data.slice(data.lastIndexOf('/') + 1), arn: data, holder }} close={close} />
      ) : null}
    </Container>
  )
}

function SetBoundary(props: {
  readonly holder: Holder
  readonly present: string | null
  readonly close: () => void
  readonly done: () => void
}) {
  const { holder, present, close, done } = props
  const [chosen, setChosen] = useState<readonly PolicyRow[]>([])
  const arn = chosen[0]?.arn
  return (
    <Dialog
      title={`Set the permissions boundary of ${holder.name}`}
      verb="Set boundary"
      size="large"
      ready={arn !== undefined}
      failedTitle="The boundary is not set"
      close={close}
      done={done}
      act={() =>
        aws('iam', holderOperation('Put‹›PermissionsBoundary', holder.kind), {
          ...named(holder),
          PermissionsBoundary: arn,
        })
      }
    >
      {present === null ? null : (
        <Box>
          Now: {present} ({typeOfPolicy(present)})
        </Box>
      )}
      <PolicyChooser one chosen={chosen} choose={setChosen} {...(present === null ? {} : { without: [present] })} />
    </Dialog>
  )
}
