import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { AttachToEntities } from './attach.tsx'
import { type Entity, entitiesQuery } from './data.ts'
import { detach } from './delete.tsx'

const words = { user: 'User', group: 'User group', role: 'Role' } as const
const places = { user: 'users', group: 'groups', role: 'roles' } as const

/** The tab "Entities attached": who has the policy. */
export function Entities({ arn, name }: { readonly arn: string; readonly name: string }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const { data, error, isPending } = useQuery(entitiesQuery(arn))
  const [chosen, setChosen] = useState<readonly Entity[]>([])
  const [open, setOpen] = useState<'attach' | 'detach' | null>(null)
  const changed = async (what: string): Promise<void> => {
    notices.done(what)
    setChosen([])
    await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
  }
  const close = (): void => setOpen(null)
  if (error !== null) return <Failure error={error} title="Who has this policy cannot be listed" />
  return (
    <>
      <Table<Entity>
        items={data ?? []}
        loading={isPending}
        loadingText="Loading"
        trackBy={keyOf}
        wrapLines
        selectionType="multi"
        selectedItems={(data ?? []).filter((one) => chosen.some((other) => keyOf(other) === keyOf(one)))}
        isItemDisabled={({ use }) => use === 'Permissions boundary'}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        columnDefinitions={[
          {
            id: 'name',
            header: 'Entity name',
            cell: (one) => <To to={pathOf(places[one.kind], one.name)}>{one.name}</To>,
            isRowHeader: true,
          },
          { id: 'kind', header: 'Entity type', cell: ({ kind }) => words[kind] },
          { id: 'use', header: 'Used as', cell: ({ use }) => use },
        ]}
        ariaLabels={{
          tableLabel: 'Entities attached',
          selectionGroupLabel: 'Choose entities',
          allItemsSelectionLabel: () => 'Choose all entities',
          itemSelectionLabel: (_state, { kind, name: entity }) => `${words[kind]} ${entity}`,
        }}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${data.length})`}
            description="Where it is the permissions boundary it is changed on the page of that user or role."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={chosen.length === 0} onClick={() => setOpen('detach')}>
                  Detach
                </Button>
                <Button disabled={data === undefined} onClick={() => setOpen('attach')}>
                  Attach
                </Button>
              </SpaceBetween>
            }
          >
            Entities attached
          </Header>
        }
        empty="Nobody has this policy. Attach it to a user group, a role or a user."
      />
      {open === 'detach' ? (
        <Confirm
          title={`Detach ${name}?`}
          verb="Detach policy"
          close={close}
          act={async () => {
            for (const one of chosen) await detach(arn, one)
            await changed(`${name} is detached.`)
          }}
        >
          What it allows is refused from now on to {chosen.map(({ name: entity }) => entity).join(', ')}, unless another
          policy allows it too.
        </Confirm>
      ) : null}
      {open === 'attach' ? (
        <AttachToEntities arn={arn} name={name} attached={data ?? []} close={close} changed={changed} />
      ) : null}
    </>
  )
}

function keyOf({ kind, name, use }: Entity): string {
  return `${kind} ${name} ${use}`
}
