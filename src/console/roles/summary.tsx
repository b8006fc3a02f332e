import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Ago, When } from '../parts/when.tsx'
import { instanceProfilesQuery, type Role } from './data.ts'
import { DurationField, durationText, isDuration } from './duration.tsx'

/** What the role is. */
export function Summary({ role }: { readonly role: Role }) {
  const [editing, setEditing] = useState(false)
  const { LastUsedDate, Region } = role.RoleLastUsed ?? {}
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
          Summary
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={[
          { label: 'ARN', value: <Copy text={role.Arn} what="ARN" /> },
          { label: 'Creation date', value: <When at={role.CreateDate} /> },
          {
            label: 'Last activity',
            value:
              LastUsedDate === undefined ? (
                'Not known'
              ) : (
                <>
                  <Ago at={LastUsedDate} />
                  {Region === undefined ? '' : ` in ${Region}`}
                </>
              ),
          },
          { label: 'Maximum session duration', value: durationText(role.MaxSessionDuration) },
          { label: 'Instance profile ARN', value: <Profiles name={role.RoleName} /> },
          { label: 'Description', value: role.Description || '–' },
        ]}
      />
      {editing ? <EditRole role={role} close={() => setEditing(false)} /> : null}
    </Container>
  )
}

function Profiles({ name }: { readonly name: string }) {
  const { data, error } = useQuery(instanceProfilesQuery(name))
  if (error !== null) return <Box color="text-status-inactive">Cannot be read</Box>
  if (data === undefined) return <>…</>
  return data.length === 0 ? <>–</> : data.map(({ Arn }) => <Copy key={Arn} text={Arn} what="Instance profile ARN" />)
}

function EditRole({ role, close }: { readonly role: Role; readonly close: () => void }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [description, setDescription] = useState(role.Description ?? '')
  const [seconds, setSeconds] = useState(role.MaxSessionDuration)
  return (
    <Dialog
      title={`Edit ${role.RoleName}`}
      verb="Save changes"
      ready={isDuration(seconds)}
      failedTitle="The role is not changed"
      close={close}
      act={async () => {
        await aws('iam', 'UpdateRole', {
          RoleName: role.RoleName,
          MaxSessionDuration: seconds,
          Description: description,
        })
        notices.done('The role is saved.')
        await queryClient.invalidateQueries({ queryKey: ['role', role.RoleName] })
        await queryClient.invalidateQueries({ queryKey: ['table'] })
      }}
    >
      <FormField label="Description" constraintText="Up to 1,000 characters.">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} autoComplete={false} />
      </FormField>
      <DurationField seconds={seconds} onChange={setSeconds} />
    </Dialog>
  )
}
