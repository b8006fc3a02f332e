import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { failureOf } from '../api/failure.ts'
import { useNotices } from '../frame/notices.tsx'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { pathOf } from '../parts/to.tsx'
import { checkPolicy } from './check.ts'
import { documentQuery, policyQuery, type Version, versionsQuery } from './data.ts'
import { PolicyEditor } from './editor.tsx'
import { readable } from './json-text.ts'

/** A managed policy has so many versions at most. */
const mostVersions = 5

/** `/policies/‹ARN›/edit`: a new version, beginning with what the default version says. */
export function EditPolicyPage() {
  const { policyArn = '' } = useParams({ strict: false })
  const policy = useQuery({ ...policyQuery(policyArn), staleTime: 0 })
  const versions = useQuery({ ...versionsQuery(policyArn), staleTime: 0 })
  const version = policy.data?.DefaultVersionId
  const document = useQuery({ ...documentQuery(policyArn, version ?? ''), enabled: version !== undefined })
  const name = policyArn.slice(policyArn.lastIndexOf('/') + 1)
  usePage(
    { text: 'Policies', to: '/policies' },
    { text: name, to: pathOf('policies', policyArn) },
    { text: 'Create new version', to: pathOf('policies', policyArn, 'edit') },
  )
  const error = policy.error ?? versions.error ?? document.error
  return (
    <ContentLayout header={<Header variant="h1">{`Create a new version of ${name}`}</Header>}>
      <Failure error={error} title="This policy cannot be read" />
      {document.data === undefined || versions.data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <NewVersion arn={policyArn} before={readable(document.data)} versions={versions.data} />
      )}
    </ContentLayout>
  )
}

function NewVersion(props: { readonly arn: string; readonly before: string; readonly versions: readonly Version[] }) {
  const { arn, before, versions } = props
  const router = useRouter()
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [text, setText] = useState(before)
  const [asDefault, setAsDefault] = useState(true)
  const full = versions.length >= mostVersions
  const others = versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).map(({ VersionId }) => VersionId)
  // The oldest.
  const [instead, setInstead] = useState(others.at(-1) ?? '')
  const back = () => router.navigate({ to: '/policies/$policyArn', params: { policyArn: arn } })
  const saving = useMutation({
    mutationFn: async () => {
      if (full) await makeRoom(arn, instead, text)
      await aws('iam', 'CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: text, SetAsDefault: asDefault })
    },
    onSuccess: async () => {
      notices.done(asDefault ? 'The new version is saved and is the default now.' : 'The new version is saved.')
      await queryClient.invalidateQueries({ queryKey: ['table'] })
      await back()
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['policy', arn] }),
  })
  return (
    <Form
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" formAction="none" onClick={() => void back()}>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={text === before}
            loading={saving.isPending}
            onClick={() => saving.mutate()}
          >
            Save changes
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        <PolicyEditor kind="identity" label="Policy document" value={text} onChange={setText} />
        <Checkbox checked={asDefault} onChange={({ detail }) => setAsDefault(detail.checked)}>
          Set this new version as the default
        </Checkbox>
        {full ? (
          <FormField
            label="Version to delete"
            description={`This policy has ${mostVersions} versions, which is the limit. One that is not the default is deleted to make room.`}
          >
            <Select
              selectedOption={{ value: instead, label: `Version ${instead.slice(1)}` }}
              options={others.map((value) => ({ value, label: `Version ${value.slice(1)}` }))}
              onChange={({ detail }) => setInstead(detail.selectedOption.value ?? instead)}
            />
          </FormField>
        ) : null}
        <Failure error={saving.error} title="The version is not saved" />
      </SpaceBetween>
    </Form>
  )
}

/** Nothing is deleted for a version that then is not taken. */
async function makeRoom(arn: string, version: string, text: string): Promise<void> {
  const { faults } = await checkPolicy(text, 'identity')
  const fault = faults.find(({ severity }) => severity === 'error')
  if (fault !== undefined) throw failureOf(400, `Line ${fault.line}, column ${fault.column}: ${fault.says}`)
  await aws('iam', 'DeletePolicyVersion', { PolicyArn: arn, VersionId: version })
}
