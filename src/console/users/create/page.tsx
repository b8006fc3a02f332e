import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Wizard from '@cloudscape-design/components/wizard'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { usePage } from '../../frame/title.ts'
import { Failure } from '../../parts/failure.tsx'
import { runInOrder } from '../../parts/in-order.tsx'
import { isChosen, usePasswordOf } from '../password-fields.tsx'
import { Created } from './created.tsx'
import { Details } from './details.tsx'
import { Permissions } from './permissions.tsx'
import { Review } from './review.tsx'
import { copiedFrom, nothingYet, permissionsOf, planCreation, type Wanted } from './wanted.ts'

/** `/create-user`: not below `/users`, where a user could have that name. */
export function CreateUserPage() {
  usePage({ text: 'Users', to: '/users' }, { text: 'Create user', to: '/create-user' })
  const [made, setMade] = useState<{ readonly userName: string; readonly password: string | null } | null>(null)
  // The wizard has a heading of its own for each step.
  if (made === null) return <CreateUser made={(userName, password) => setMade({ userName, password })} />
  return (
    <ContentLayout header={<Header variant="h1">{made.userName} is created</Header>}>
      <Created userName={made.userName} password={made.password} />
    </ContentLayout>
  )
}

function CreateUser({ made }: { readonly made: (userName: string, password: string | null) => void }) {
  const router = useRouter()
  const queryClient = useQueryClient()
  const [wanted, setWanted] = useState<Wanted>(nothingYet)
  const [step, setStep] = useState(0)
  const [tried, setTried] = useState(false)
  const [done, setDone] = useState(0)
  const passwordOf = usePasswordOf()
  /** The one that was set; a second try must not show another. */
  const password = useRef<string | null>(null)
  const change = (members: Partial<Wanted>): void => setWanted((before) => ({ ...before, ...members }))
  const from = wanted.how === 'copy' ? wanted.from[0]?.name : undefined
  const { data: copied, error: notCopied } = useQuery({
    queryKey: ['user', from ?? '', 'copied'],
    queryFn: () => copiedFrom(from!),
    enabled: from !== undefined,
  })
  const permissions = permissionsOf(wanted, copied)
  const steps = planCreation(wanted, permissions, () => {
    password.current ??= passwordOf(wanted.password)
    return password.current
  })
  const creating = useMutation({
    mutationFn: () => runInOrder(steps, done, setDone),
    gcTime: 0,
    onSettled: () =>
      Promise.all(['user', 'group', 'table'].map((first) => queryClient.invalidateQueries({ queryKey: [first] }))),
    onSuccess: () => made(wanted.userName, wanted.console ? password.current : null),
  })
  const faults = [detailsFault(wanted), permissionsFault(wanted, from !== undefined && copied === undefined), null]
  const begun = done > 0
  return (
    <Wizard
      i18nStrings={wizardWords}
      submitButtonText={begun ? 'Go on' : 'Create user'}
      activeStepIndex={step}
      isLoadingNextStep={creating.isPending}
      onCancel={() => void router.navigate({ to: '/users' })}
      onNavigate={({ detail }) => {
        // What has begun goes on as it was reviewed.
        if (begun) return
        const wrong = detail.requestedStepIndex > step && faults[step] !== null
        setTried(wrong)
        if (!wrong) setStep(detail.requestedStepIndex)
      }}
      onSubmit={() => {
        if (!creating.isPending) creating.mutate()
      }}
      steps={[
        {
          title: 'Specify user details',
          content: <Details wanted={wanted} change={change} />,
          ...(tried && faults[0] != null ? { errorText: faults[0] } : {}),
        },
        {
          title: 'Set permissions',
          content: (
            <>
              <Permissions wanted={wanted} change={change} />
              <Failure error={notCopied} title="What that user has cannot be read" />
            </>
          ),
          ...(tried && faults[1] != null ? { errorText: faults[1] } : {}),
        },
        {
          title: 'Review and create',
          content: (
            <Review
              wanted={wanted}
              change={change}
              permissions={permissions}
              steps={steps}
              done={done}
              fixed={begun}
              running={creating.isPending}
              error={creating.error}
            />
          ),
        },
      ]}
    />
  )
}

function detailsFault(wanted: Wanted): string | null {
  if (wanted.userName === '') return 'The user needs a name.'
  return wanted.console && !isChosen(wanted.password) ? 'Write a password, or have one generated.' : null
}

function permissionsFault({ how, from, bounded, boundary }: Wanted, loading: boolean): string | null {
  if (how === 'copy' && from.length === 0) return 'Choose the user to copy from.'
  if (loading) return 'What that user has is still being read.'
  return bounded && boundary.length === 0 ? 'Choose the policy that is the boundary, or set none.' : null
}

const wizardWords = {
  stepNumberLabel: (number: number) => `Step ${number}`,
  collapsedStepsLabel: (number: number, count: number) => `Step ${number} of ${count}`,
  navigationAriaLabel: 'Steps',
  cancelButton: 'Cancel',
  previousButton: 'Previous',
  nextButton: 'Next',
  optional: 'optional',
  errorIconAriaLabel: 'Error',
  nextButtonLoadingAnnouncement: 'Loading the next step',
  submitButtonLoadingAnnouncement: 'Creating the user',
}
