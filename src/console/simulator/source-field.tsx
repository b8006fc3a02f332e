import FormField from '@cloudscape-design/components/form-field'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import type { TableAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import type { HolderKind } from '../parts/holders.ts'
import type { Source } from './question.ts'

const words = { user: 'User', group: 'User group', role: 'Role' } as const
const tables = { user: 'users', group: 'groups', role: 'roles' } as const

/** Whose policies are asked: a user's, a group's, a role's, or nobody's. */
export function SourceField(props: {
  readonly kind: HolderKind | 'none'
  readonly source: Source | null
  readonly choose: (kind: HolderKind | 'none', source: Source | null) => void
}) {
  const { kind, source, choose } = props
  return (
    <SpaceBetween size="m">
      <RadioGroup
        ariaLabel="Whose policies"
        direction="horizontal"
        value={kind}
        onChange={({ detail }) => choose(detail.value as HolderKind | 'none', null)}
        items={[
          { value: 'user', label: 'Of a user' },
          { value: 'group', label: 'Of a user group' },
          { value: 'role', label: 'Of a role' },
          { value: 'none', label: 'Only policies that I write here' },
        ]}
      />
      {kind === 'none' ? null : (
        <Name key={kind} kind={kind} source={source} choose={(chosen) => choose(kind, chosen)} />
      )}
    </SpaceBetween>
  )
}

function Name(props: {
  readonly kind: HolderKind
  readonly source: Source | null
  readonly choose: (source: Source) => void
}) {
  const { kind, source, choose } = props
  const [search, setSearch] = useState('')
  const asked = { search: useDeferredValue(search), sort: 'name', page: 1, size: 50 }
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['table', tables[kind], asked],
    queryFn: () => get<TableAnswer<{ readonly name: string; readonly arn: string }>>(`table/${tables[kind]}`, asked),
    placeholderData: keepPreviousData,
  })
  const more = (data?.total ?? 0) - (data?.items.length ?? 0)
  return (
    <FormField label={words[kind]}>
      <Select
        placeholder={`Choose a ${words[kind].toLowerCase()}`}
        filteringType="manual"
        filteringPlaceholder="Search"
        filteringClearAriaLabel="Clear the search"
        filteringAriaLabel={`Search for a ${words[kind].toLowerCase()}`}
        statusType={error !== null ? 'error' : isFetching ? 'loading' : 'finished'}
        errorText="They cannot be listed"
        recoveryText="Try again"
        loadingText="Loading"
        finishedText={more > 0 ? `${more} more: search for them` : ''}
        empty="There are none."
        selectedOption={source === null ? null : { value: source.arn, label: source.name }}
        options={(data?.items ?? []).map(({ name, arn }) => ({ value: arn, label: name }))}
        onLoadItems={({ detail }) => {
          setSearch(detail.filteringText)
          if (error !== null) void refetch()
        }}
        onChange={({ detail }) => {
          const { value: arn, label: name } = detail.selectedOption
          if (arn !== undefined && name !== undefined) choose({ kind, name, arn })
        }}
      />
    </FormField>
  )
}
