import Box from '@cloudscape-design/components/box'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { IssuedSessionRow } from '../../authority/console/shapes.ts'
import { shortPrincipal } from '../decisions/words.ts'
import { pathOf, To } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'

const states: Readonly<Record<IssuedSessionRow['state'], readonly [StatusIndicatorProps.Type, string]>> = {
  valid: ['success', 'Valid'],
  expired: ['stopped', 'Expired'],
  revoked: ['error', 'Revoked'],
  'key-inactive': ['error', 'Key switched off'],
  'key-deleted': ['error', 'Key deleted'],
  'holder-gone': ['error', 'Holder deleted'],
  'signed-out': ['stopped', 'Signed out'],
}

/** What is told of a session, from left to right. */
export const columns = [
  {
    id: 'principal',
    header: 'Session of',
    isRowHeader: true,
    minWidth: 170,
    cell: ({ principal, accessKeyId }: IssuedSessionRow) => (
      <>
        {shortPrincipal(principal)}
        <div className="mono">{accessKeyId}</div>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    minWidth: 140,
    cell: ({ state, why, mfa }: IssuedSessionRow) => (
      <>
        <StatusIndicator type={states[state][0]}>{states[state][1]}</StatusIndicator>
        {why === null ? null : <div>{why}</div>}
        {mfa ? <div>With MFA</div> : null}
      </>
    ),
  },
  {
    id: 'expiresAt',
    header: 'Until',
    minWidth: 130,
    cell: ({ expiresAt, issuedAt }: IssuedSessionRow) => (
      <>
        <When at={expiresAt} />
        <Box color="text-body-secondary" fontSize="body-s">
          since <When at={issuedAt} />
        </Box>
      </>
    ),
  },
  {
    id: 'operation',
    header: 'Given by',
    minWidth: 150,
    cell: ({ requestId, operation }: IssuedSessionRow) => <To to={pathOf('decisions', requestId)}>{operation}</To>,
  },
  {
    id: 'issuedTo',
    header: 'Asked for by',
    minWidth: 170,
    cell: ({ issuedTo, issuedByKey }: IssuedSessionRow) => (
      <>
        {issuedTo === null ? '–' : issuedTo.startsWith('arn:') ? shortPrincipal(issuedTo) : issuedTo}
        {issuedByKey === null ? null : <div className="mono">{issuedByKey}</div>}
      </>
    ),
  },
  {
    id: 'from',
    header: 'From',
    minWidth: 150,
    cell: ({ sourceIp, userAgent }: IssuedSessionRow) => (
      <>
        {sourceIp}
        <div className="mono clipped">
          <bdi>{userAgent}</bdi>
        </div>
      </>
    ),
  },
] as const
