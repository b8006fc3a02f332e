import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { IssuedSessionRow } from '../../authority/console/shapes.ts'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { CodeBlock } from '../parts/shell-commands.tsx'
import { revocation, revocationName, revocationTime } from './revocation.ts'

export type Holder = NonNullable<IssuedSessionRow['holder']>

/** Asks, and shows just what is put, before all sessions of a user or role that were issued until now end. */
export function Revoke(props: {
  readonly holder: Holder
  readonly sessions: readonly IssuedSessionRow[]
  readonly close: () => void
}) {
  const { holder, sessions, close } = props
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [document] = useState(() =>
    revocation(
      revocationTime(
        Date.now(),
        sessions.filter((session) => session.holder?.arn === holder.arn),
      ),
    ),
  )
  const kind = holder.kind === 'role' ? 'role' : 'user'
  const act = async (): Promise<void> => {
    await aws('iam', kind === 'role' ? 'PutRolePolicy' : 'PutUserPolicy', {
      [kind === 'role' ? 'RoleName' : 'UserName']: holder.name,
      PolicyName: revocationName,
      PolicyDocument: document,
    })
    notices.done(`All sessions of the ${kind} ${holder.name} that were issued until now are revoked.`)
    await queryClient.invalidateQueries({ queryKey: ['sessions'] })
    await queryClient.invalidateQueries({ queryKey: [kind, holder.name] })
  }
  return (
    <Confirm title={`Revoke active sessions of ${holder.name}?`} verb="Revoke active sessions" act={act} close={close}>
      <SpaceBetween size="s">
        <div>
          Everybody who uses a temporary session of the {kind} <strong>{holder.name}</strong> that was issued until now
          is refused from the next request on. They can get a new session, unless you take that permission away too.
          {kind === 'user' ? ' The user’s access keys and password go on working.' : ''}
        </div>
        <div>
          This inline policy is put on the {kind}, by the name <span className="mono">{revocationName}</span>, in the
          place of an older one of that name:
        </div>
        <CodeBlock text={document} what="policy" />
        <Alert type="info">To take it back, delete that policy.</Alert>
      </SpaceBetween>
    </Confirm>
  )
}
