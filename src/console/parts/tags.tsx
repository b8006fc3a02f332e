import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws, awsAll } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { filledTags, type Tag, TagFields } from './tag-fields.tsx'

/** What has tags: the noun in AWS's operations (`ListRoleTags`), and the parameter that names one. */
const tagged = {
  user: { noun: 'User', member: 'UserName' },
  role: { noun: 'Role', member: 'RoleName' },
  policy: { noun: 'Policy', member: 'PolicyArn' },
  'instance-profile': { noun: 'InstanceProfile', member: 'InstanceProfileName' },
  'oidc-provider': { noun: 'OpenIDConnectProvider', member: 'OpenIDConnectProviderArn' },
  'saml-provider': { noun: 'SAMLProvider', member: 'SAMLProviderArn' },
  'mfa-device': { noun: 'MFADevice', member: 'SerialNumber' },
} as const

/** The tab "Tags"; `name` is the name or the ARN, whichever names it in AWS's operations. `fixed`: they can only be read. */
export function Tags(props: { readonly kind: keyof typeof tagged; readonly name: string; readonly fixed?: boolean }) {
  const { kind, name, fixed = false } = props
  const { noun, member } = tagged[kind]
  const [editing, setEditing] = useState(false)
  const { data, error, isPending } = useQuery({
    queryKey: [kind, name, 'tags'],
    queryFn: () => awsAll<Tag>(`List${noun}Tags`, 'Tags', { [member]: name }),
  })
  if (error !== null) return <Failure error={error} title="The tags cannot be read" />
  return (
    <>
      <Table<Tag>
        items={data ?? []}
        loading={isPending}
        loadingText="Loading"
        trackBy="Key"
        wrapLines
        columnDefinitions={[
          { id: 'key', header: 'Key', cell: ({ Key }) => Key, isRowHeader: true },
          { id: 'value', header: 'Value', cell: ({ Value }) => Value },
        ]}
        ariaLabels={{ tableLabel: 'Tags' }}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${data.length})`}
            description="Your own words on it, which policies can ask for."
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
        empty="No tags."
      />
      {editing && data !== undefined ? (
        <ManageTags kind={kind} name={name} present={data} close={() => setEditing(false)} />
      ) : null}
    </>
  )
}

function ManageTags(props: {
  readonly kind: keyof typeof tagged
  readonly name: string
  readonly present: readonly Tag[]
  readonly close: () => void
}) {
  const { kind, name, present, close } = props
  const { noun, member } = tagged[kind]
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [tags, setTags] = useState(present)
  return (
    <Dialog
      title="Manage tags"
      verb="Save changes"
      size="large"
      failedTitle="The tags are not all saved"
      close={close}
      act={async () => {
        const wanted = filledTags(tags)
        const gone = present.filter(({ Key }) => !wanted.some((tag) => tag.Key === Key))
        const changed = wanted.filter(
          ({ Key, Value }) => !present.some((tag) => tag.Key === Key && tag.Value === Value),
        )
        const whose = { [member]: name }
        if (gone.length > 0) await aws('iam', `Untag${noun}`, { ...whose, TagKeys: gone.map(({ Key }) => Key) })
        if (changed.length > 0) await aws('iam', `Tag${noun}`, { ...whose, Tags: changed })
        notices.done('The tags are saved.')
        await queryClient.invalidateQueries({ queryKey: [kind, name] })
      }}
    >
      <TagFields tags={tags} onChange={setTags} />
    </Dialog>
  )
}
