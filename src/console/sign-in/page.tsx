import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { post } from '../api/call.ts'
import { sessionQuery } from '../api/session.ts'
import { Failure } from '../parts/failure.tsx'

type Answer = { readonly step: 'signed-in' } | { readonly step: 'mfa' | 'new-password'; readonly challenge: string }

export function SignInPage() {
  const queryClient = useQueryClient()
  const [account, setAccount] = useState('')
  const [userName, setUserName] = useState('')
  const [password, setPassword] = useState('')
  const signingIn = useMutation({
    mutationFn: () => post<Answer>('sign-in', { account, userName, password }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })
  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          signingIn.mutate()
        }}
      >
        <Container header={<Header variant="h1">Sign in as IAM user</Header>}>
          <Form
            actions={
              <Button variant="primary" loading={signingIn.isPending}>
                Sign in
              </Button>
            }
          >
            <SpaceBetween size="m">
              <FormField label="Account ID or alias">
                <Input
                  value={account}
                  onChange={({ detail }) => setAccount(detail.value)}
                  autoComplete="organization"
                />
              </FormField>
              <FormField label="User name">
                <Input value={userName} onChange={({ detail }) => setUserName(detail.value)} autoComplete="username" />
              </FormField>
              <FormField label="Password">
                <Input
                  type="password"
                  value={password}
                  onChange={({ detail }) => setPassword(detail.value)}
                  autoComplete="current-password"
                />
              </FormField>
              <Failure error={signingIn.error} title="You are not signed in" />
            </SpaceBetween>
          </Form>
        </Container>
      </form>
    </main>
  )
}
