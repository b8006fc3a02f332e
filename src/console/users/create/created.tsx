import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { mendLostFocus } from '../../frame/focus.ts'
import { RetrievePassword } from '../retrieve-password.tsx'

/** The password stands in the state of the page above and nowhere else. */
export function Created({ userName, password }: { readonly userName: string; readonly password: string | null }) {
  const router = useRouter()
  // The button that was pressed is gone.
  useEffect(mendLostFocus, [])
  const view = (): void => void router.navigate({ to: '/users/$userName', params: { userName } })
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={view}>View user</Button>
              <Button variant="primary" onClick={() => void router.navigate({ to: '/users' })}>
                Return to users list
              </Button>
            </SpaceBetween>
          }
        >
          {password === null ? 'What now?' : 'Retrieve password'}
        </Header>
      }
    >
      {password === null ? (
        <Box>
          The user has no password. For programs create an access key on the user's page, under "Security credentials".
        </Box>
      ) : (
        <RetrievePassword userName={userName} password={password} />
      )}
    </Container>
  )
}
