import Badge, { type BadgeProps } from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Fragment } from 'react'
import type { Finding } from '../../authority/console/shapes.ts'
import { To } from '../parts/to.tsx'

const severities: Readonly<Record<Finding['severity'], readonly [BadgeProps['color'], string]>> = {
  high: ['severity-high', 'High'],
  medium: ['severity-medium', 'Medium'],
  low: ['severity-low', 'Low'],
}

/** What to do about each, and where. */
const advice: Readonly<Record<Finding['id'], { readonly says: string; readonly to: string; readonly text: string }>> = {
  'root-access-key': {
    says: 'Make a user or a role for what it is used for, then delete the key: nothing can limit it.',
    to: '/me',
    text: 'Security credentials',
  },
  'root-without-mfa': {
    says: 'Sign in as the root user and assign an MFA device.',
    to: '/me',
    text: 'Security credentials',
  },
  'users-without-mfa': {
    says: 'Open the user, Security credentials, Assign MFA device.',
    to: '/users',
    text: 'Users',
  },
  'old-keys': {
    says: 'Rotate: create a second key, store it everywhere, switch the old one off, delete it when nothing complained.',
    to: '/users',
    text: 'Users',
  },
  'never-used-keys': { says: 'Nobody needs a key that was never used: delete it.', to: '/users', text: 'Users' },
  'unused-keys': {
    says: 'Switch it off first; delete it when nobody has missed it.',
    to: '/users',
    text: 'Users',
  },
  'both-key-slots': {
    says: 'A rotation was not finished, and the next has no place for its key. Delete the older one.',
    to: '/users',
    text: 'Users',
  },
  administrators: {
    says: 'Give them what they need each day, and a role with MFA for the rest.',
    to: '/policies',
    text: 'Policies',
  },
  'password-policy-absent': {
    says: 'Set one, so that passwords are long enough.',
    to: '/account',
    text: 'Account settings',
  },
  'password-policy-weak': {
    says: 'Ask for longer passwords.',
    to: '/account',
    text: 'Account settings',
  },
  refusals: {
    says: 'See why, and what cures it.',
    to: '/decisions',
    text: 'Why refused?',
  },
}

/** What is not as it should be, most severe first. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${findings.length})`}>
          Security recommendations
        </Header>
      }
    >
      {findings.length === 0 ? (
        <StatusIndicator type="success">Nothing to do.</StatusIndicator>
      ) : (
        <ul className="findings">
          {findings.map((finding) => (
            <One key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
    </Container>
  )
}

function One({ finding: { id, severity, title, count, examples } }: { readonly finding: Finding }) {
  const [color, words] = severities[severity]
  const { says, to, text } = advice[id]
  const more = count - examples.length
  return (
    <li>
      <SpaceBetween size="xxs">
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Badge color={color ?? 'grey'}>{words}</Badge>
          <strong>{title}</strong>
          {count > 1 ? <Box color="text-body-secondary">({count.toLocaleString('en')})</Box> : null}
        </SpaceBetween>
        {examples.length === 0 ? null : (
          <div>
            {examples.map(({ name, href }, at) => (
              <Fragment key={`${href} ${name}`}>
                {at === 0 ? '' : ', '}
                <To to={href}>{name}</To>
              </Fragment>
            ))}
            {more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}
          </div>
        )}
        <div>
          {says}
          {/* What is linked above already is not linked twice. */}
          {examples.some(({ href }) => href === to) ? null : (
            <>
              {' '}
              <To to={to}>{text}</To>
            </>
          )}
        </div>
      </SpaceBetween>
    </li>
  )
}
