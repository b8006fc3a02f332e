import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Copy } from '../parts/copy.tsx'
import { Ago, When } from '../parts/when.tsx'
import { loginProfileQuery } from './credentials/console-sign-in.tsx'
import { type Key, keysQuery } from './credentials/keys.ts'
import { devicesQuery } from './credentials/mfa-devices.tsx'
import type { Owner } from './credentials/owner.ts'
import type { User } from './user.ts'

/** AWS's box "Summary". What may not be seen is left out of it; the tabs say why. */
export function UserSummary({ user, owner }: { readonly user: User; readonly owner: Owner }) {
  const { data: keys } = useQuery(keysQuery(owner))
  return (
    <Container header={<Header variant="h2">Summary</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={[
          {
            type: 'group',
            items: [
              { label: 'ARN', value: <Copy text={user.Arn} what="ARN" /> },
              { label: 'Created', value: <When at={user.CreateDate} /> },
            ],
          },
          {
            type: 'group',
            items: [
              { label: 'Console access', value: <ConsoleAccess owner={owner} userName={user.UserName} /> },
              { label: 'Last activity', value: <LastActivity user={user} keys={keys} /> },
            ],
          },
          {
            type: 'group',
            items: [
              { label: 'Access key 1', value: <KeyLine keys={keys} place={0} /> },
              { label: 'Access key 2', value: <KeyLine keys={keys} place={1} /> },
            ],
          },
        ]}
      />
    </Container>
  )
}

function ConsoleAccess({ owner, userName }: { readonly owner: Owner; readonly userName: string }) {
  const { data: profile, error } = useQuery(loginProfileQuery(userName))
  const { data: devices } = useQuery(devicesQuery(owner))
  if (error !== null) return <>Not known</>
  if (profile === undefined) return <>…</>
  if (profile === null) return <StatusIndicator type="stopped">Disabled</StatusIndicator>
  return devices !== undefined && devices.length === 0 ? (
    <StatusIndicator type="warning">Enabled without MFA</StatusIndicator>
  ) : (
    <StatusIndicator type="success">{devices === undefined ? 'Enabled' : 'Enabled with MFA'}</StatusIndicator>
  )
}

function KeyLine({ keys, place }: { readonly keys: readonly Key[] | undefined; readonly place: number }): ReactNode {
  if (keys === undefined) return '…'
  const key = keys[place]
  if (key === undefined) return 'None'
  return (
    <>
      <span className="mono">{key.id}</span>
      <br />
      <StatusIndicator type={key.status === 'Active' ? 'success' : 'stopped'}>{key.status}</StatusIndicator>, created{' '}
      <Ago at={key.createdAt} />
    </>
  )
}

/** Of the password and of all keys, as AWS's console has it. */
function LastActivity({ user, keys }: { readonly user: User; readonly keys: readonly Key[] | undefined }) {
  const uses = [user.PasswordLastUsed, ...(keys ?? []).map(({ lastUsed }) => lastUsed?.at)]
  const known = uses.filter((at): at is number => typeof at === 'number')
  return <Ago at={known.length === 0 ? null : Math.max(...known)} />
}
