import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { post } from '../api/call.ts'
import { sessionQuery } from '../api/session.ts'
import { mendLostFocus } from '../frame/focus.ts'
import { usePage } from '../frame/title.ts'
import { Card } from './card.tsx'
import { faultOfChosen, NewPasswordFields, nothingChosen } from './new-password.tsx'
import type { Step } from './steps.ts'

const refused = 'You are not signed in'

/** Signing in, step by step; the page that was asked for comes after the last one. `ended`: somebody was signed in until now. */
export function SignInPage({ ended = false }: { readonly ended?: boolean }) {
  usePage({ text: 'Sign in', to: '/' })
  const queryClient = useQueryClient()
  const [step, setStep] = useState<Step | null>(null)
  const go = async (next: Step): Promise<void> => {
    if (next.step !== 'signed-in') return setStep(next)
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  const back = () => setStep(null)
  useEffect(() => mendLostFocus, [])
  if (step?.step === 'mfa') return <CodeStep challenge={step.challenge} go={go} back={back} />
  if (step?.step === 'new-password') return <NewPasswordStep step={step} go={go} back={back} />
  return <PasswordStep ended={ended} go={go} />
}

interface Going {
  readonly go: (next: Step) => Promise<void>
}

const accountPlace = 'countersign-account'

function PasswordStep({ ended, go }: Going & { readonly ended: boolean }) {
  const [asRoot, setAsRoot] = useState(false)
  const [account, setAccount] = useState(localStorage.getItem(accountPlace) ?? '')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const signingIn = useMutation({
    mutationFn: () => post<Step>('sign-in', asRoot ? { email: name, password } : { account, userName: name, password }),
    gcTime: 0,
    onSuccess: async (next) => {
      // The number of an account is no secret, and nobody knows it by heart.
      if (!asRoot) localStorage.setItem(accountPlace, account)
      await go(next)
    },
  })
  const turn = (root: boolean) => {
    signingIn.reset()
    setAsRoot(root)
    setName('')
    setPassword('')
  }
  return (
    <Card
      title={asRoot ? 'Sign in as root user' : 'Sign in as IAM user'}
      verb="Sign in"
      going={signingIn.isPending}
      error={signingIn.error}
      errorTitle={refused}
      act={() => signingIn.mutate()}
      {...(ended ? { above: <Alert>Your session has ended. Sign in again to go on where you were.</Alert> } : {})}
      below={
        <Button variant="link" onClick={() => turn(!asRoot)}>
          {asRoot ? 'Sign in as an IAM user' : 'Sign in using root user email'}
        </Button>
      }
    >
      {asRoot ? (
        <FormField label="Root user email address">
          <Input type="email" value={name} onChange={({ detail }) => setName(detail.value)} autoComplete="username" />
        </FormField>
      ) : (
        <SpaceBetween size="m">
          <FormField label="Account ID or alias">
            <Input
              value={account}
              onChange={({ detail }) => setAccount(detail.value)}
              autoComplete="organization"
              autoFocus={account === ''}
            />
          </FormField>
          <FormField label="User name">
            <Input
              value={name}
              onChange={({ detail }) => setName(detail.value)}
              autoComplete="username"
              autoFocus={account !== ''}
              spellcheck={false}
            />
          </FormField>
        </SpaceBetween>
      )}
      <FormField label="Password">
        <Input
          type="password"
          value={password}
          onChange={({ detail }) => setPassword(detail.value)}
          autoComplete="current-password"
        />
      </FormField>
    </Card>
  )
}

function CodeStep({ challenge, go, back }: Going & { readonly challenge: string; readonly back: () => void }) {
  const [code, setCode] = useState('')
  const showing = useMutation({
    mutationFn: () => post<Step>('sign-in/mfa', { challenge, code }),
    gcTime: 0,
    onSuccess: go,
  })
  return (
    <Card
      title="Multi-factor authentication"
      description="Enter the code that your MFA device shows now."
      verb="Submit"
      going={showing.isPending}
      error={showing.error}
      errorTitle={refused}
      act={() => showing.mutate()}
      below={<Back back={back} />}
    >
      <FormField label="MFA code">
        <Input
          value={code}
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          onChange={({ detail }) => setCode(detail.value)}
        />
      </FormField>
    </Card>
  )
}

function NewPasswordStep(
  props: Going & { readonly step: Extract<Step, { step: 'new-password' }>; readonly back: () => void },
) {
  const { step, go, back } = props
  const [chosen, setChosen] = useState(nothingChosen)
  const fault = faultOfChosen(chosen)
  const choosing = useMutation({
    mutationFn: () => post<Step>('sign-in/password', { challenge: step.challenge, newPassword: chosen.password }),
    gcTime: 0,
    onSuccess: go,
  })
  return (
    <Card
      title="Choose a new password"
      description="Your password has to be changed before you go on."
      verb="Confirm password change"
      going={choosing.isPending}
      error={choosing.error}
      errorTitle="This password cannot be taken"
      act={() => {
        if (fault === null) choosing.mutate()
      }}
      below={<Back back={back} />}
    >
      <NewPasswordFields rules={step.policy} chosen={chosen} change={setChosen} fault={fault} />
    </Card>
  )
}

function Back({ back }: { readonly back: () => void }) {
  return (
    <Button variant="link" onClick={back}>
      Start over
    </Button>
  )
}
