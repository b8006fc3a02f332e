import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNotices } from '../frame/notices.tsx'
import { AttachPolicies } from './attach-policies.tsx'
import { Boundary } from './boundary.tsx'
import { Confirm } from './confirm.tsx'
import { Failure } from './failure.tsx'
import { type HeldPolicy, type Holder, keyOfHeld, removeHeld, seenQuery, typeOfPolicy } from './holders.ts'
import { EditInlinePolicy, NewInlinePolicy } from './inline-policy.tsx'
import { ViewPolicy } from './policy-document.tsx'
import { NoRows } from './search-and-pages.tsx'
import { pathOf, To } from './to.tsx'

type Open = 'attach' | 'inline' | 'remove' | { readonly view: HeldPolicy } | { readonly edit: HeldPolicy } | null

/**
 * The tab "Permissions" of a user, a user group or a role: its policies, those that come through groups, and the permissions boundary, which
 * groups have none of. The queries `[kind, name, …]` are read anew after each change.
 */
export function HeldPolicies({ kind, name }: Holder) {
  const holder: Holder = { kind, name }
  return (
    <SpaceBetween size="l">
      <PolicyTable holder={holder} />
      {kind === 'group' ? null : <Boundary kind={kind} name={name} />}
    </SpaceBetween>
  )
}

function PolicyTable({ holder }: { readonly holder: Holder }) {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const { data, error, isPending } = useQuery(seenQuery(holder))
  const [chosen, setChosen] = useState<readonly HeldPolicy[]>([])
  const [open, setOpen] = useState<Open>(null)
  const close = (): void => setOpen(null)
  const readAnew = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: [holder.kind, holder.name] }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  const changed = async (what: string): Promise<void> => {
    close()
    setChosen([])
    done(what)
    await readAnew()
  }
  if (error !== null) return <Failure error={error} title="The policies cannot be listed" />
  const held = data?.policies ?? []
  // What is gone since cannot be chosen any more.
  const present = chosen.filter((one) => held.some((policy) => keyOfHeld(policy) === keyOfHeld(one)))
  const own = held.filter((policy) => isOwn(policy, holder))
  return (
    <>
      <Table
        items={held}
        trackBy={keyOfHeld}
        wrapLines
        loading={isPending}
        loadingText="Loading"
        selectionType="multi"
        selectedItems={present}
        isItemDisabled={(policy) => !isOwn(policy, holder)}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{
          tableLabel: 'Permissions policies',
          selectionGroupLabel: 'Choose policies',
          allItemsSelectionLabel: () => 'Choose all policies',
          itemSelectionLabel: (_state, policy) => policy.name,
        }}
        columnDefinitions={[
          {
            id: 'name',
            header: 'Policy name',
            minWidth: 210,
            isRowHeader: true,
            cell: (policy) => (
              <Button variant="inline-link" onClick={() => setOpen({ view: policy })}>
                {policy.name}
              </Button>
            ),
          },
          { id: 'type', header: 'Type', cell: ({ arn }) => typeOfPolicy(arn) },
          ...(holder.kind === 'user'
            ? [{ id: 'via', header: 'Attached via', cell: (policy: HeldPolicy) => <Via policy={policy} of={holder} /> }]
            : []),
        ]}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${held.length})`}
            description="What these policies allow may be done, unless one of them denies it."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={present.length === 0} onClick={() => setOpen('remove')}>
                  Remove
                </Button>
                <ButtonDropdown
                  items={[
                    { id: 'attach', text: 'Attach policies' },
                    { id: 'inline', text: 'Create inline policy' },
                  ]}
                  onItemClick={({ detail }) => setOpen(detail.id as 'attach' | 'inline')}
                >
                  Add permissions
                </ButtonDropdown>
              </SpaceBetween>
            }
          >
            Permissions policies
          </Header>
        }
        empty={<NoRows>No policies: nothing is allowed yet. Attach one with "Add permissions".</NoRows>}
      />
      {data === undefined ? null : <Hidden groups={data.hidden} />}
      {open === 'attach' ? (
        <AttachPolicies
          holder={holder}
          attached={own.flatMap(({ arn }) => arn ?? [])}
          close={close}
          done={(count) => changed(count === 1 ? 'The policy is attached.' : `${count} policies are attached.`)}
        />
      ) : null}
      {open === 'inline' ? (
        <NewInlinePolicy
          holder={holder}
          present={own.filter(({ arn }) => arn === null).map((policy) => policy.name)}
          close={close}
          done={() => changed('The inline policy is created.')}
        />
      ) : null}
      {open === 'remove' ? (
        <RemovePolicies
          policies={present}
          close={close}
          done={() => changed('The policies are removed.')}
          stopped={readAnew}
        />
      ) : null}
      {open !== null && typeof open === 'object' && 'view' in open ? (
        <ViewPolicy
          policy={open.view}
          close={close}
          {...(open.view.arn === null ? { edit: () => setOpen({ edit: open.view }) } : {})}
        />
      ) : null}
      {open !== null && typeof open === 'object' && 'edit' in open ? (
        <EditInlinePolicy policy={open.edit} close={close} done={() => changed('The inline policy is saved.')} />
      ) : null}
    </>
  )
}

function Hidden({ groups }: { readonly groups: readonly string[] | null }) {
  if (groups !== null && groups.length === 0) return null
  return (
    <Box color="text-body-secondary" padding={{ top: 'xs' }}>
      {groups === null
        ? 'There may be more: you may not see in which user groups this user is.'
        : `There may be more: you may not see the policies of ${new Intl.ListFormat('en-GB').format(groups)}.`}
    </Box>
  )
}

function isOwn(policy: HeldPolicy, holder: Holder): boolean {
  return policy.holder.kind === holder.kind && policy.holder.name === holder.name
}

function Via({ policy, of }: { readonly policy: HeldPolicy; readonly of: Holder }) {
  if (isOwn(policy, of)) return <>{policy.arn === null ? 'Inline' : 'Directly'}</>
  return (
    <>
      Group <To to={pathOf('groups', policy.holder.name)}>{policy.holder.name}</To>
    </>
  )
}

function RemovePolicies(props: {
  readonly policies: readonly HeldPolicy[]
  readonly close: () => void
  readonly done: () => Promise<void>
  /** Some may be removed, then. */
  readonly stopped: () => Promise<unknown>
}) {
  const { policies, close, done, stopped } = props
  const inline = policies.filter(({ arn }) => arn === null)
  return (
    <Confirm
      title={policies.length === 1 ? `Remove ${policies[0]!.name}?` : `Remove ${policies.length} policies?`}
      verb="Remove"
      close={close}
      act={async () => {
        try {
          for (const policy of policies) await removeHeld(policy)
        } catch (failure) {
          await stopped()
          throw failure
        }
        await done()
      }}
    >
      <SpaceBetween size="xs">
        <div>What these policies allow is refused from now on, unless another policy allows it too:</div>
        <ul>
          {policies.map((policy) => (
            <li key={keyOfHeld(policy)}>
              {policy.name} ({typeOfPolicy(policy.arn).toLowerCase()})
            </li>
          ))}
        </ul>
        {inline.length === 0 ? null : <div>Inline policies are deleted. Managed ones are only detached.</div>}
      </SpaceBetween>
    </Confirm>
  )
}
