import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SessionsAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { Failure } from '../parts/failure.tsx'
import { To } from '../parts/to.tsx'
import { Revoke } from '../sessions/revoke.tsx'
import type { Role } from './data.ts'

/** The tab "Revoke sessions". */
export function RevokeSessions({ role }: { readonly role: Role }) {
  const [asking, setAsking] = useState(false)
  const { data, error, isPending } = useQuery({
    queryKey: ['sessions', role.Arn, true, 'newest'],
    queryFn: () => get<SessionsAnswer>('sessions', { principal: role.Arn, active: true, limit: 50 }),
    staleTime: 0,
  })
  const sessions = data?.sessions.filter(({ holder }) => holder?.arn === role.Arn) ?? []
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="If credentials of this role may be in the wrong hands, end all its sessions at once. Whoever needs one asks for a new one."
          actions={
            <Button disabled={isPending} onClick={() => setAsking(true)}>
              Revoke active sessions
            </Button>
          }
        >
          Revoke all active sessions
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Failure error={error} title="The sessions of this role cannot be listed; they can be revoked all the same" />
        {data === undefined ? null : sessions.length === 0 ? (
          <div>As far as is known, nobody uses this role now.</div>
        ) : (
          <div>
            {sessions.length === 1 ? 'One session is' : `${sessions.length}${data.more ? ' or more' : ''} sessions are`}{' '}
            active. <To to={`/sessions?principal=${encodeURIComponent(role.Arn)}`}>See who has them</To>
          </div>
        )}
      </SpaceBetween>
      {asking ? (
        <Revoke
          holder={{ kind: 'role', name: role.RoleName, arn: role.Arn }}
          sessions={sessions}
          close={() => setAsking(false)}
        />
      ) : null}
    </Container>
  )
}
