import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { PolicyRow, UserRow } from '../../authority/console/shapes.ts'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { usePage } from '../frame/title.ts'
import { PolicyChooser, UserChooser } from '../parts/chooser.tsx'
import { CreationForm } from '../parts/creation-form.tsx'
import { Failure } from '../parts/failure.tsx'
import { attachTo } from '../parts/holders.ts'
import { runInOrder, type Step, StepList } from '../parts/in-order.tsx'

/** `/create-group`: not below `/groups`, where a group could have that name. */
export function CreateGroupPage() {
  usePage({ text: 'User groups', to: '/groups' }, { text: 'Create group', to: '/create-group' })
  const router = useRouter()
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [name, setName] = useState('')
  const [path, setPath] = useState('/')
  const [users, setUsers] = useState<readonly UserRow[]>([])
  const [policies, setPolicies] = useState<readonly PolicyRow[]>([])
  const [done, setDone] = useState(0)
  const steps: readonly Step[] = [
    {
      says: `Create user group ${name}`,
      run: () => aws('iam', 'CreateGroup', { GroupName: name, Path: path === '/' || path === '' ? undefined : path }),
    },
    ...users.map((user) => ({
      says: `Add user ${user.name}`,
      run: () => aws('iam', 'AddUserToGroup', { GroupName: name, UserName: user.name }),
    })),
    ...policies.map((policy) => ({
      says: `Attach policy ${policy.name}`,
      run: () => attachTo({ kind: 'group', name }, policy.arn),
    })),
  ]
  const creating = useMutation({
    mutationFn: () => runInOrder(steps, done, setDone),
    onSettled: () =>
      Promise.all(['group', 'user', 'table'].map((first) => queryClient.invalidateQueries({ queryKey: [first] }))),
    onSuccess: () => {
      notices.done(`The user group ${name} is created.`)
      void router.navigate({ to: '/groups/$groupName', params: { groupName: name } })
    },
  })
  // From then on it is the group of that name that the rest is about.
  const begun = done > 0
  return (
    <CreationForm
      title="Create user group"
      verb={begun ? 'Go on' : 'Create user group'}
      ready={name !== ''}
      creating={creating}
      list="/groups"
    >
      <Container header={<Header variant="h2">Name the group</Header>}>
        <SpaceBetween size="m">
          <FormField label="User group name" constraintText="Letters, digits and + = , . @ - _, 128 at most.">
            <Input
              value={name}
              onChange={({ detail }) => setName(detail.value)}
              disabled={begun}
              autoComplete={false}
              spellcheck={false}
              autoFocus
            />
          </FormField>
          <ExpandableSection headerText="Path - optional">
            <FormField label="Path" constraintText="Begins and ends with /. It becomes part of the ARN.">
              <Input
                value={path}
                onChange={({ detail }) => setPath(detail.value)}
                disabled={begun}
                autoComplete={false}
                spellcheck={false}
              />
            </FormField>
          </ExpandableSection>
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Add users to the group - optional</Header>}>
        <UserChooser chosen={users} choose={setUsers} />
      </Container>
      <Container header={<Header variant="h2">Attach permissions policies - optional</Header>}>
        <PolicyChooser chosen={policies} choose={setPolicies} />
      </Container>
      {creating.error === null ? null : (
        <Container header={<Header variant="h2">How far it went</Header>}>
          <StepList steps={steps} done={done} state={creating.isPending ? 'running' : 'stopped'} />
        </Container>
      )}
      <Failure
        error={creating.error}
        title={begun ? 'The group is there, but not all of it' : 'There is no group yet'}
      />
    </CreationForm>
  )
}
