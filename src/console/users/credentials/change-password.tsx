import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { post } from '../../api/call.ts'
import { sessionQuery, useSignedIn } from '../../api/session.ts'
import { useNotices } from '../../frame/notices.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { passwordRulesQuery, sayRules } from '../password-rules.ts'

/** One's own password. All other sign-ins of that person end. */
export function ChangePassword({ close }: { readonly close: () => void }) {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const { principal } = useSignedIn()
  const { data: rules } = useQuery({ ...passwordRulesQuery, enabled: principal.type !== 'root' })
  const [old, setOld] = useState('')
  const [chosen, setChosen] = useState('')
  const [again, setAgain] = useState('')
  const differ = again !== '' && again !== chosen
  return (
    <Dialog
      title="Change password"
      verb="Change password"
      ready={old !== '' && chosen !== '' && chosen === again}
      failedTitle="The password is still the old one"
      close={close}
      act={async () => {
        await post('password', { oldPassword: old, newPassword: chosen })
        // It is another session now, with another form token.
        await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
        await queryClient.invalidateQueries({ queryKey: ['user'] })
        done('Your password is changed. All other browsers are signed out.')
      }}
    >
      <FormField label="Current password">
        <Input
          type="password"
          value={old}
          onChange={({ detail }) => setOld(detail.value)}
          autoComplete="current-password"
        />
      </FormField>
      <FormField
        label="New password"
        description={
          principal.type === 'root'
            ? 'At least 8 characters, with three of: upper case, lower case, digits, symbols.'
            : sayRules(rules ?? null)
        }
      >
        <Input
          type="password"
          value={chosen}
          onChange={({ detail }) => setChosen(detail.value)}
          autoComplete="new-password"
        />
      </FormField>
      <FormField label="Confirm new password" errorText={differ ? 'The two are not the same.' : ''}>
        <Input
          type="password"
          value={again}
          onChange={({ detail }) => setAgain(detail.value)}
          autoComplete="new-password"
        />
      </FormField>
    </Dialog>
  )
}
