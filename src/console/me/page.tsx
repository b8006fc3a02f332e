import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useSignedIn } from '../api/session.ts'
import { usePage } from '../frame/title.ts'
import { Copy } from '../parts/copy.tsx'
import { pathOf, To } from '../parts/to.tsx'
import type { Owner } from '../users/credentials/owner.ts'
import { SecurityCredentials } from '../users/credentials/tab.tsx'
import { SessionWithMfa } from './session-with-mfa.tsx'

/** `/me`: "My security credentials" */
export function MePage() {
  usePage({ text: 'My security credentials', to: '/me' })
  const { account, principal, mfa } = useSignedIn()
  const owner: Owner | null =
    principal.type === 'user'
      ? { userName: principal.name, self: true }
      : principal.type === 'root'
        ? { userName: null, self: true }
        : null
  return (
    <ContentLayout header={<Header variant="h1">My security credentials</Header>}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Account details</Header>}>
          <KeyValuePairs
            columns={2}
            minColumnWidth={260}
            items={[
              {
                label: principal.type === 'root' ? 'Root user' : 'User name',
                value:
                  principal.type === 'user' ? (
                    <To to={pathOf('users', principal.name)}>{principal.name}</To>
                  ) : (
                    principal.name
                  ),
              },
              { label: 'ARN', value: <Copy text={principal.arn} what="ARN" /> },
              { label: 'AWS account ID', value: <Copy text={account.id} what="account ID" /> },
              { label: 'Signed in', value: mfa ? 'With MFA' : 'Without MFA' },
            ]}
          />
        </Container>
        {owner === null ? (
          <Container>
            <Box>
              You are signed in with a session of a role or a federated user. It has no password, no keys and no devices
              of its own: they belong to whom you came from.
            </Box>
          </Container>
        ) : (
          <SpaceBetween size="l">
            <SecurityCredentials owner={owner} />
            <SessionWithMfa owner={owner} />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}
