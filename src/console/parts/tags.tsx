import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws, awsAll } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { NoRows } from './search-and-pages.tsx'
import { areTagsGood, type Tag, TagFields } from './tag-fields.tsx'

/** What has tags: the noun in AWS's operations (`ListRoleTags`), and the member that names one. */
const tagged = {
  user: { noun: 'User', member: 'UserName' },
  role: { noun: 'Role', member: 'RoleName' },
  policy: { noun: 'Policy', member: 'PolicyArn' },
  'instance-profile': { noun: 'InstanceProfile', member: 'InstanceProfileName' },
  'oidc-provider': { noun: 'OpenIDConnectProvider', member: 'OpenIDConnectProviderArn' },
  'saml-provider': { noun: 'SAMLProvider', member: 'SAMLProviderArn' },
  'mfa-device': { noun: 'MFADevice', member: 'SerialNumber' },
} as const

/**
 * The tab "Tags"; `name` is the name or the ARN, whichever names it in AWS's operations. `fixed`: they can only be read. The tags are kept
 * under `[kind, name, 'tags']`.
 */
export function Tags(props: { readonly kind: keyof typeof tagged; readonly name: string; readonly fixed?: boolean }) {
  const { kind, name, fixed = false } = props
  const { noun, member } = tagged[kind]
  const named = { [member]: name }
  const queryKey = [kind, name]
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [editing, setEditing] = useState(false)
  const { data, error, isPending } = useQuery({
    queryKey: [...queryKey, 'tags'],
    queryFn: () => awsAll<Tag>(`List${noun}Tags`, 'Tags', named),
  })
  if (error !== null) return <Failure error={error} title="The tags cannot be listed" />
  const tags = data ?? []
  return (
    <>
      <Table
        items={tags}
        trackBy={({ Key }) => Key}
        wrapLines
        loading={isPending}
        loadingText="Loading"
        ariaLabels={{ tableLabel: 'Tags' }}
        columnDefinitions={[
          { id: 'key', header: 'Key', cell: ({ Key }) => Key, isRowHeader: true },
          { id: 'value', header: 'Value', cell: ({ Value }) => (Value === '' ? '-' : Value) },
        ]}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${tags.length})`}
            description="Key-value pairs of your own. Policies can ask for them."
            actions={
              fixed ? null : (
                <Button disabled={data === undefined} onClick={() => setEditing(true)}>
                  Manage tags
                </Button>
              )
            }
          >
            Tags
          </Header>
        }
        empty={<NoRows>{fixed ? 'There are no tags.' : 'There are no tags. Add some with "Manage tags".'}</NoRows>}
      />
      {editing ? (
        <EditTags
          present={tags}
          close={() => setEditing(false)}
          done={async () => {
            setEditing(false)
            done('The tags are saved.')
            await queryClient.invalidateQueries({ queryKey })
          }}
          save={async ({ removed, set }) => {
            if (removed.length > 0) await aws('iam', `Untag${noun}`, { ...named, TagKeys: removed })
            if (set.length > 0) await aws('iam', `Tag${noun}`, { ...named, Tags: set })
          }}
        />
      ) : null}
    </>
  )
}

function EditTags(props: {
  readonly present: readonly Tag[]
  readonly close: () => void
  readonly done: () => void
  readonly save: (changes: { readonly removed: readonly string[]; readonly set: readonly Tag[] }) => Promise<void>
}) {
  const { present, close, done, save } = props
  const [tags, setTags] = useState<readonly Tag[]>(present)
  const before = new Map(present.map(({ Key, Value }) => [Key, Value]))
  const after = new Set(tags.map(({ Key }) => Key))
  return (
    <Dialog
      title="Manage tags"
      verb="Save changes"
      ready={areTagsGood(tags)}
      failedTitle="The tags are not all saved"
      close={close}
      done={done}
      act={() =>
        save({
          removed: [...before.keys()].filter((key) => !after.has(key)),
          set: tags.filter(({ Key, Value }) => before.get(Key) !== Value),
        })
      }
    >
      <TagFields tags={tags} onChange={setTags} />
    </Dialog>
  )
}
