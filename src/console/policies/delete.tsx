import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { holderOperation, named } from '../parts/holders.ts'
import { type Entity, entitiesQuery, versionsQuery } from './data.ts'

/** Takes a customer managed policy from everybody who has it, deletes its versions and then itself, as AWS's console does. */
export function DeletePolicy(props: {
  readonly arn: string
  readonly name: string
  readonly close: () => void
  readonly gone?: () => void
}) {
  const { arn, name, close, gone } = props
  const queryClient = useQueryClient()
  const notices = useNotices()
  const { data, error } = useQuery({ ...entitiesQuery(arn), staleTime: 0 })
  const attached = data?.filter(({ use }) => use === 'Permissions policy') ?? []
  const bounded = data?.filter(({ use }) => use === 'Permissions boundary') ?? []
  return (
    <Confirm
      title={`Delete ${name}?`}
      verb="Delete"
      typed={name}
      close={close}
      act={async () => {
        for (const entity of attached) await detach(arn, entity)
        const versions = await queryClient.fetchQuery({ ...versionsQuery(arn), staleTime: 0 })
        for (const { VersionId, IsDefaultVersion } of versions) {
          if (!IsDefaultVersion) await aws('iam', 'DeletePolicyVersion', { PolicyArn: arn, VersionId })
        }
        await aws('iam', 'DeletePolicy', { PolicyArn: arn })
        gone?.()
        notices.done(`The policy ${name} is deleted.`)
        queryClient.removeQueries({ queryKey: ['policy', arn] })
        // What else is shown may have had it.
        await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      }}
    >
      <SpaceBetween size="xs">
        <div>All its versions are deleted, too. This cannot be undone.</div>
        {attached.length === 0 ? null : (
          <>
            <div>It is detached first from these, which may then be refused what it allows:</div>
            <Entities entities={attached} />
          </>
        )}
        {bounded.length === 0 ? null : (
          <>
            <div>
              It cannot be deleted while it is the permissions boundary of these. Change or remove their boundary first:
            </div>
            <Entities entities={bounded} />
          </>
        )}
        <Failure error={error} title="Who has it cannot be listed" />
      </SpaceBetween>
    </Confirm>
  )
}

export function detach(arn: string, { kind, name }: Entity): Promise<unknown> {
  return aws('iam', holderOperation('Detach‹›Policy', kind), { ...named({ kind, name }), PolicyArn: arn })
}

function Entities({ entities }: { readonly entities: readonly Entity[] }) {
  const shown = entities.slice(0, 10)
  return (
    <ul>
      {shown.map(({ kind, name }) => (
        <li key={`${kind} ${name}`}>
          {kind} {name}
        </li>
      ))}
      {shown.length === entities.length ? null : <li>and {entities.length - shown.length} more</li>}
    </ul>
  )
}
