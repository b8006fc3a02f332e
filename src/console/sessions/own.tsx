import Button from '@cloudscape-design/components/button'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useSignedIn, useSigningOut } from '../api/session.ts'
import { useNotices } from '../frame/notices.tsx'
import { When } from '../parts/when.tsx'

/** One's own sign-in, and the way to end it in all browsers at once. */
export function OwnSessions() {
  const { principal, mfa, expiresAt, idleUntil } = useSignedIn()
  const signOut = useSigningOut()
  const notices = useNotices()
  const [leaving, setLeaving] = useState(false)
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={4}
        minColumnWidth={160}
        items={[
          { label: 'Signed in as', value: principal.name },
          { label: 'MFA', value: mfa ? 'Yes' : 'No' },
          { label: 'If idle, ends at', value: <When at={idleUntil} /> },
          { label: 'Ends at the latest', value: <When at={expiresAt} /> },
        ]}
      />
      <Button
        loading={leaving}
        onClick={() => {
          setLeaving(true)
          signOut('sign-out-everywhere')
            .catch((error: unknown) => notices.failed('You are still signed in', error))
            .finally(() => setLeaving(false))
        }}
      >
        Sign out everywhere
      </Button>
    </SpaceBetween>
  )
}
