import Wizard from '@cloudscape-design/components/wizard'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { awsCodeOf } from '../api/failure.ts'
import { useSignedIn } from '../api/session.ts'
import { useNotices } from '../frame/notices.tsx'
import { usePage } from '../frame/title.ts'
import { attachTo } from '../parts/holders.ts'
import { filledTags } from '../parts/tag-fields.tsx'
import { checkPolicy } from '../policies/check.ts'
import { AddPermissions } from './add-permissions.tsx'
import { type Draft, emptyDraft, entityFault, trustOf } from './draft.ts'
import { isDuration } from './duration.tsx'
import { NameAndReview } from './review.tsx'
import { TrustedEntity } from './trusted-entity.tsx'

export function CreateRolePage() {
  usePage({ text: 'Roles', to: '/roles' }, { text: 'Create role', to: '/roles/create' })
  const router = useRouter()
  const { account } = useSignedIn()
  const [draft, setDraft] = useState(emptyDraft)
  const [step, setStep] = useState(0)
  const [fault, setFault] = useState<string | null>(null)
  const change = (members: Partial<Draft>): void => {
    setFault(null)
    setDraft((present) => ({ ...present, ...members }))
  }
  const trust = trustOf(draft, account)
  // The first step is left only with a policy that will be taken.
  const leaving = useMutation({
    mutationFn: async (to: number) => {
      const found = step === 0 && to > 0 ? (entityFault(draft) ?? (await faultOf(trust))) : null
      setFault(found)
      if (found === null) setStep(to)
    },
    onError: (error) => setFault(error.message),
  })
  const creating = useCreating()
  return (
    // It has a heading of its own for each step.
    <Wizard
      activeStepIndex={step}
      isLoadingNextStep={leaving.isPending || creating.isPending}
      onNavigate={({ detail }) => leaving.mutate(detail.requestedStepIndex)}
      onCancel={() => void router.navigate({ to: '/roles' })}
      onSubmit={() => {
        const found = detailsFault(draft)
        setFault(found)
        if (found === null) creating.mutate({ draft, trust })
      }}
      submitButtonText="Create role"
      i18nStrings={{
        stepNumberLabel: (number) => `Step ${number}`,
        collapsedStepsLabel: (number, count) => `Step ${number} of ${count}`,
        navigationAriaLabel: 'Steps',
        cancelButton: 'Cancel',
        previousButton: 'Previous',
        nextButton: 'Next',
        optional: 'optional',
      }}
      steps={[
        {
          title: 'Select trusted entity',
          content: <TrustedEntity draft={draft} change={change} />,
          errorText: fault,
        },
        {
          title: 'Add permissions',
          description: 'What the role may do. More can be added later.',
          isOptional: true,
          content: <AddPermissions draft={draft} change={change} />,
        },
        {
          title: 'Name, review, and create',
          content: <NameAndReview draft={draft} change={change} trust={trust} edit={setStep} />,
          errorText: fault ?? saidOf(creating.error),
        },
      ]}
    />
  )
}

function useCreating() {
  const router = useRouter()
  const queryClient = useQueryClient()
  const notices = useNotices()
  return useMutation({
    mutationFn: async ({ draft, trust }: { readonly draft: Draft; readonly trust: string }) => {
      const { name, description, duration, path, boundary, tags } = draft
      await aws('iam', 'CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: trust,
        MaxSessionDuration: duration,
        ...(path === '/' || path === '' ? {} : { Path: path }),
        ...(description === '' ? {} : { Description: description }),
        ...(boundary[0] === undefined ? {} : { PermissionsBoundary: boundary[0].arn }),
        ...(filledTags(tags).length === 0 ? {} : { Tags: filledTags(tags) }),
      })
      // The role is there now: what fails after it is mended on the role's page.
      try {
        await complete(draft)
        notices.done(`The role ${name} is created.`)
      } catch (error) {
        notices.failed(`The role ${name} is created, but not all of what belongs to it`, error)
      }
      await queryClient.invalidateQueries({ queryKey: ['table'] })
      await router.navigate({ to: '/roles/$roleName', params: { roleName: name } })
    },
  })
}

async function complete({ name, policies, entity, service }: Draft): Promise<void> {
  for (const { arn } of policies) await attachTo({ kind: 'role', name }, arn)
  if (entity !== 'service' || service !== 'ec2.amazonaws.com') return
  // AWS's console makes the instance profile along with a role for EC2, under the same name.
  await aws('iam', 'CreateInstanceProfile', { InstanceProfileName: name })
  await aws('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: name })
}

async function faultOf(trust: string): Promise<string | null> {
  const { faults } = await checkPolicy(trust, 'trust')
  const fault = faults.find(({ severity }) => severity === 'error')
  return fault === undefined ? null : `The trust policy, line ${fault.line}:${fault.column}: ${fault.says}`
}

function detailsFault({ name, duration }: Draft): string | null {
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) return 'A role name has 1 to 64 letters, digits and + = , . @ - _ characters.'
  return isDuration(duration) ? null : 'The maximum session duration is from 3600 to 43200 seconds.'
}

function saidOf(error: Error | null): string | null {
  if (error === null) return null
  const code = awsCodeOf(error)
  return code === null ? error.message : `${error.message} (${code})`
}
