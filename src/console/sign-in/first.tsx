import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { post } from '../api/call.ts'
import { sessionQuery } from '../api/session.ts'
import { usePage } from '../frame/title.ts'
import { Card } from './card.tsx'
import { faultOfChosen, NewPasswordFields, nothingChosen } from './new-password.tsx'
import { usualRules } from './steps.ts'

/** The page behind the link that `serve` prints: root chooses its first password. The link's token stands after the `#`. */
export function FirstPage() {
  usePage({ text: 'First sign-in', to: '/first' })
  const router = useRouter()
  const queryClient = useQueryClient()
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '')
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState(nothingChosen)
  const fault = faultOfChosen(chosen)
  const choosing = useMutation({
    mutationFn: () => post('sign-in/first', { token, email, password: chosen.password }),
    gcTime: 0,
    onSuccess: async () => {
      await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
      // Not to be gone back to: the link counts once.
      await router.navigate({ to: '/', replace: true })
    },
  })
  return (
    <Card
      title="Set up the root user"
      description="The root user may do everything in this account. Its e-mail address and password are how it signs in from now on."
      verb="Set password and sign in"
      going={choosing.isPending}
      error={choosing.error}
      errorTitle="The root user is not set up"
      act={() => {
        if (fault === null) choosing.mutate()
      }}
    >
      <FormField label="Root user email address" description="It is a name to sign in by; nothing is sent to it.">
        <Input type="email" value={email} autoComplete="username" onChange={({ detail }) => setEmail(detail.value)} />
      </FormField>
      <NewPasswordFields rules={usualRules} chosen={chosen} change={setChosen} fault={fault} />
    </Card>
  )
}
