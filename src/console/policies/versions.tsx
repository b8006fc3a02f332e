import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { isAwsManaged } from '../parts/holders.ts'
import { Loading } from '../parts/loading.tsx'
import { When } from '../parts/when.tsx'
import { documentQuery, type Policy, type Version, versionsQuery } from './data.ts'
import { PolicyText } from './editor.tsx'
import { readable } from './json-text.ts'

/** The tab "Permissions": what the policy says, and what it said before. */
export function Versions({ policy }: { readonly policy: Policy }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = chosen ?? policy.DefaultVersionId
  return (
    <SpaceBetween size="l">
      <Document policy={policy} version={shown} />
      <VersionTable policy={policy} shown={shown} show={setChosen} />
    </SpaceBetween>
  )
}

function Document({ policy, version }: { readonly policy: Policy; readonly version: string }) {
  const router = useRouter()
  const { data, error } = useQuery(documentQuery(policy.Arn, version))
  const isDefault = version === policy.DefaultVersionId
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={isDefault ? 'This version is in force.' : 'Not in force: another version is the default.'}
          actions={
            isAwsManaged(policy.Arn) ? null : (
              <Button
                onClick={() =>
                  void router.navigate({ to: '/policies/$policyArn/edit', params: { policyArn: policy.Arn } })
                }
              >
                Create new version
              </Button>
            )
          }
        >
          {`Version ${version.slice(1)}${isDefault ? ' (default)' : ''}`}
        </Header>
      }
    >
      <Failure error={error} title="The document cannot be read" />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <PolicyText text={readable(data)} label={`Policy document, version ${version.slice(1)}`} />
      )}
    </Container>
  )
}

function VersionTable(props: {
  readonly policy: Policy
  readonly shown: string
  readonly show: (version: string) => void
}) {
  const { policy, shown, show } = props
  const { data, error, isPending } = useQuery(versionsQuery(policy.Arn))
  const [deleting, setDeleting] = useState<string | null>(null)
  const changed = useChanged(policy.Arn)
  const setting = useMutation({
    mutationFn: (version: string) =>
      aws('iam', 'SetDefaultPolicyVersion', { PolicyArn: policy.Arn, VersionId: version }),
    onSuccess: (_, version) => changed(`Version ${version.slice(1)} is the default now.`),
  })
  const chosen = data?.find(({ VersionId }) => VersionId === shown)
  const fixed = isAwsManaged(policy.Arn)
  const other = chosen !== undefined && !chosen.IsDefaultVersion
  return (
    <SpaceBetween size="s">
      <Failure error={error} title="The versions cannot be listed" />
      <Failure error={setting.error} title="The default version is not changed" />
      <Table<Version>
        items={data ?? []}
        loading={isPending}
        loadingText="Loading"
        trackBy="VersionId"
        wrapLines
        selectionType="single"
        selectedItems={chosen === undefined ? [] : [chosen]}
        onSelectionChange={({ detail }) => show(detail.selectedItems[0]?.VersionId ?? shown)}
        columnDefinitions={[
          {
            id: 'version',
            header: 'Version',
            minWidth: 110,
            cell: ({ VersionId }) => `Version ${VersionId.slice(1)}`,
            isRowHeader: true,
          },
          {
            id: 'default',
            header: 'Default',
            minWidth: 120,
            cell: ({ IsDefaultVersion }) =>
              IsDefaultVersion ? <StatusIndicator type="success">Default</StatusIndicator> : '–',
          },
          { id: 'created', header: 'Creation time', minWidth: 130, cell: ({ CreateDate }) => <When at={CreateDate} /> },
        ]}
        ariaLabels={{
          tableLabel: 'Policy versions',
          selectionGroupLabel: 'Show a version',
          itemSelectionLabel: (_state, { VersionId }) => `Version ${VersionId.slice(1)}`,
        }}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${data.length})`}
            description="Choose one to see what it says. A policy has five at most."
            actions={
              fixed ? null : (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button disabled={!other} onClick={() => setDeleting(shown)}>
                    Delete version
                  </Button>
                  <Button disabled={!other} loading={setting.isPending} onClick={() => setting.mutate(shown)}>
                    Set as default
                  </Button>
                </SpaceBetween>
              )
            }
          >
            Policy versions
          </Header>
        }
        empty="No versions."
      />
      {deleting === null ? null : (
        <Confirm
          title={`Delete version ${deleting.slice(1)}?`}
          verb="Delete"
          close={() => setDeleting(null)}
          act={async () => {
            await aws('iam', 'DeletePolicyVersion', { PolicyArn: policy.Arn, VersionId: deleting })
            show(policy.DefaultVersionId)
            await changed(`Version ${deleting.slice(1)} is deleted.`)
          }}
        >
          It cannot be brought back. The default version, and so what is allowed, stays as it is.
        </Confirm>
      )}
    </SpaceBetween>
  )
}

function useChanged(arn: string): (what: string) => Promise<void> {
  const queryClient = useQueryClient()
  const notices = useNotices()
  return async (what) => {
    notices.done(what)
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['policy', arn] }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  }
}
