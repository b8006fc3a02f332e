import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { awsCodeOf } from '../api/failure.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { EditPasswordPolicy } from './edit-password-policy.tsx'
import type { PasswordPolicy } from './policy.ts'

const key = ['password-policy'] as const

/** Null while AWS's default holds. */
async function fetchPolicy(): Promise<PasswordPolicy | null> {
  try {
    const { PasswordPolicy } = await aws<{ readonly PasswordPolicy: PasswordPolicy }>('iam', 'GetAccountPasswordPolicy')
    return PasswordPolicy
  } catch (error) {
    if (awsCodeOf(error) === 'NoSuchEntity') return null
    throw error
  }
}

export function PasswordPolicyPart() {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const { data: policy, error, isPending } = useQuery({ queryKey: key, queryFn: fetchPolicy })
  const [open, setOpen] = useState<'edit' | 'reset' | null>(null)
  const changed = async (says: string): Promise<void> => {
    notices.done(says)
    await queryClient.invalidateQueries({ queryKey: key })
  }
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What the passwords of this account's users have to be like. They do not apply to the root user."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {policy ? <Button onClick={() => setOpen('reset')}>Use the default</Button> : null}
              <Button disabled={policy === undefined} onClick={() => setOpen('edit')}>
                Edit
              </Button>
            </SpaceBetween>
          }
        >
          Password policy
        </Header>
      }
    >
      {isPending ? <Loading /> : null}
      <Failure error={error} title="The password policy cannot be shown" />
      {policy === undefined ? null : (
        <>
          <p>{policy === null ? 'The default is in force.' : 'A policy of this account is in force.'}</p>
          <ul>
            {sentencesOf(policy).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      {open === 'edit' ? (
        <EditPasswordPolicy
          policy={policy ?? null}
          saved={() => changed('The password policy is saved. It counts for passwords from now on.')}
          close={() => setOpen(null)}
        />
      ) : null}
      {open === 'reset' ? (
        <Confirm
          title="Use the default password policy?"
          verb="Use the default"
          act={async () => {
            await aws('iam', 'DeleteAccountPasswordPolicy')
            await changed('The default password policy is in force.')
          }}
          close={() => setOpen(null)}
        >
          Passwords then need eight characters of three kinds, never expire, and may be used again.
        </Confirm>
      ) : null}
    </Container>
  )
}

/** The rules as a person reads them. IAM User Guide, "Default password policy" and "Custom password policy options". */
function sentencesOf(policy: PasswordPolicy | null): readonly string[] {
  if (policy === null)
    return [
      'At least 8 characters',
      'Three of: upper case letters, lower case letters, numbers, symbols',
      'Not the same as the account’s name or number',
      'Never expires',
    ]
  const kinds = [
    ...(policy.RequireUppercaseCharacters ? ['an upper case letter'] : []),
    ...(policy.RequireLowercaseCharacters ? ['a lower case letter'] : []),
    ...(policy.RequireNumbers ? ['a number'] : []),
    ...(policy.RequireSymbols ? ['a symbol'] : []),
  ]
  return [
    `At least ${policy.MinimumPasswordLength} characters`,
    ...(kinds.length === 0 ? [] : [`With ${new Intl.ListFormat('en-GB').format(kinds)}`]),
    policy.MaxPasswordAge
      ? `Expires after ${policy.MaxPasswordAge} days${policy.HardExpiry ? '; then only an administrator can set another one' : ''}`
      : 'Never expires',
    ...(policy.PasswordReusePrevention ? [`Not one of the last ${policy.PasswordReusePrevention}`] : []),
    policy.AllowUsersToChangePassword
      ? 'Users may change their own'
      : 'Users may change their own only where a policy allows it',
  ]
}
