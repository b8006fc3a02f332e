import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { CureFacts, DecisionRow } from '../../authority/console/shapes.ts'
import { Copy } from '../parts/copy.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import { operationWords } from './words.ts'

const keyWords = {
  Active: ['success', 'Active now'],
  Inactive: ['stopped', 'Inactive now'],
  deleted: ['error', 'Deleted'],
  temporary: ['info', 'Of a session'],
  unknown: ['warning', 'Not known here'],
} as const

/** What was asked, by whom, with which key, and from where. */
export function Asked({ decision, facts }: { readonly decision: DecisionRow; readonly facts: CureFacts }) {
  const { requestId, at, principal, accessKeyId, sourceIp, userAgent, region, account, issued } = decision
  const { key, user, role } = facts
  return (
    <Container header={<Header variant="h2">The request</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Operation', value: operationWords(decision) },
          { label: 'Time', value: <When at={at} seconds /> },
          { label: 'Request ID', value: <Copy text={requestId} what="Request ID" /> },
          {
            label: 'Principal',
            value: principal === null ? 'Not proven' : <Copy text={principal} what="ARN of the principal" />,
          },
          {
            label: 'Access key',
            value:
              accessKeyId === null ? (
                'None: not signed'
              ) : (
                <>
                  <Copy text={accessKeyId} what="Access key ID" />{' '}
                  {key === null ? null : (
                    <StatusIndicator type={keyWords[key.status][0]}>{keyWords[key.status][1]}</StatusIndicator>
                  )}
                </>
              ),
          },
          {
            label: 'User',
            value:
              user === null ? (
                '–'
              ) : user.arn.endsWith(':root') ? (
                'The root user'
              ) : (
                <To to={pathOf('users', user.name)}>{user.name}</To>
              ),
          },
          {
            label: 'Role',
            value: role === null ? '–' : <To to={pathOf('roles', role.name)}>{role.name}</To>,
          },
          { label: 'From', value: sourceIp },
          { label: 'Client', value: userAgent === '' ? 'Not given' : <bdi className="mono">{userAgent}</bdi> },
          { label: 'Account and region', value: `${account}, ${region ?? 'no region'}` },
          ...(issued === null
            ? []
            : [
                {
                  label: 'Gave a session',
                  value: (
                    <>
                      {issued.principal}, <span className="mono">{issued.accessKeyId}</span>, until{' '}
                      <When at={issued.expiresAt} />
                    </>
                  ),
                },
              ]),
        ]}
      />
    </Container>
  )
}
