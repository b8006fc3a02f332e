import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { sessionQuery, useSignedIn } from '../api/session.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { signInUrl } from '../parts/sign-in-url.ts'

/** IAM model, `accountAliasType`. */
const aliasForm = /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/

/** The account's number, its alias, and where its people sign in. */
export function AccountPart() {
  const { account } = useSignedIn()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {account.alias === null ? null : <Button onClick={() => setOpen('delete')}>Delete alias</Button>}
              <Button onClick={() => setOpen('edit')}>{account.alias === null ? 'Create alias' : 'Edit alias'}</Button>
            </SpaceBetween>
          }
        >
          Account
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={[
          { label: 'Account ID', value: <Copy text={account.id} what="Account ID" /> },
          { label: 'Account alias', value: account.alias ?? 'None' },
          { label: 'Sign-in URL of users', value: <Copy text={signInUrl()} what="Sign-in URL" /> },
        ]}
      />
      {open === 'edit' ? <EditAlias close={() => setOpen(null)} /> : null}
      {open === 'delete' ? <DeleteAlias close={() => setOpen(null)} /> : null}
    </Container>
  )
}

function EditAlias({ close }: { readonly close: () => void }) {
  const { account } = useSignedIn()
  const [alias, setAlias] = useState(account.alias ?? '')
  const done = useAliasChanged()
  const fault =
    aliasForm.test(alias) && !/^\d{12}$/.test(alias) ? null : 'Three to 63 small letters, digits and single hyphens.'
  return (
    <Dialog
      title={account.alias === null ? 'Create account alias' : 'Edit account alias'}
      verb="Save"
      ready={fault === null}
      act={async () => {
        await aws('iam', 'CreateAccountAlias', { AccountAlias: alias })
        await done(`The account is now also called ${alias}.`)
      }}
      close={close}
    >
      <FormField
        label="Preferred alias"
        description="People may type it in place of the account's number when they sign in. There is one; a new one replaces it."
        errorText={alias === '' ? '' : (fault ?? '')}
      >
        <Input
          value={alias}
          onChange={({ detail }) => setAlias(detail.value)}
          autoComplete={false}
          spellcheck={false}
        />
      </FormField>
    </Dialog>
  )
}

function DeleteAlias({ close }: { readonly close: () => void }) {
  const { account } = useSignedIn()
  const done = useAliasChanged()
  const alias = account.alias ?? ''
  return (
    <Confirm
      title="Delete account alias?"
      verb="Delete"
      act={async () => {
        await aws('iam', 'DeleteAccountAlias', { AccountAlias: alias })
        await done('The alias is gone; the account is known by its number.')
      }}
      close={close}
    >
      People who sign in with “{alias}” have to use the number {account.id} then.
    </Confirm>
  )
}

function useAliasChanged(): (says: string) => Promise<void> {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  return async (says) => {
    done(says)
    await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
  }
}
