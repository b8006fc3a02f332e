import type { CureFacts } from '../../authority/console/shapes.ts'
import { pathOf } from '../parts/path-of.ts'
import type { CureStep, Knowledge, Step } from './cure-step.ts'
import { denied, permission } from './policy-cures.ts'

/** What the authority's own knowledge of a case allows to say: real names, keys and devices in each command. */
export function ownSteps(facts: CureFacts, region: string, know: Knowledge): readonly CureStep[] {
  return stepsOf(facts, region, know).map((step) => ({
    when: null,
    commands: know.noCommands,
    by: 'administrator',
    link: null,
    ...step,
  }))
}

function stepsOf(facts: CureFacts, region: string, know: Knowledge): readonly Step[] {
  switch (facts.cause) {
    case 'key-inactive':
      return switchedOff(facts, know)
    case 'key-deleted':
    case 'key-unknown':
    case 'secret-wrong':
      return anotherKey(facts, know)
    case 'mfa-required':
    case 'session-without-mfa':
    case 'mfa-code-wrong':
    case 'mfa-serial-wrong':
      return withCode(facts, know)
    case 'mfa-device-unusable':
      return securityOf(facts, 'Look at the devices, and resync the one that is out of step')
    case 'permission-missing':
      return permission(facts, know)
    case 'explicitly-denied':
    case 'key-quarantined':
      return denied(facts)
    case 'duration-too-long':
      return duration(facts, know)
    case 'session-parent-gone':
      return securityOf(facts, 'See whether the key that made this session is there and active')
    case 'signing-scope-wrong':
      return [
        {
          by: 'asker',
          says: 'Sign for a region of this authority',
          commands: know.command('aws', 'configure', 'set', 'region', region),
        },
      ]
    default:
      return []
  }
}

/** The user's own page, where AWS's console has it too. */
function securityOf({ user, key }: CureFacts, says: string): readonly Step[] {
  const name = key?.userName ?? personOf(user)
  return name === null ? [] : [{ says, link: linkTo(name) }]
}

/** The root user is no user of IAM: it has no page, and no name for a command. */
function personOf(user: CureFacts['user']): string | null {
  return user === null || user.arn.endsWith(':root') ? null : user.name
}

function linkTo(userName: string): CureStep['link'] {
  return { text: `Security credentials of ${userName}`, to: `${pathOf('users', userName)}?tab=security-credentials` }
}

function switchedOff({ key }: CureFacts, { command }: Knowledge): readonly Step[] {
  if (key === null) return []
  if (key.status === 'Active')
    return [{ by: 'asker', says: 'Try again: the key has been switched on since this request was refused' }]
  if (key.status !== 'Inactive') return []
  const { userName, accessKeyId } = key
  const whose = userName === null ? [] : ['--user-name', userName]
  return [
    {
      says:
        userName === null && key.isRoot
          ? 'Switch the key on again, signed in as the root user; better, use a user or a role and leave it off'
          : 'Switch the key on again, if it may be used',
      commands: command(
        'aws',
        'iam',
        'update-access-key',
        ...whose,
        '--access-key-id',
        accessKeyId,
        '--status',
        'Active',
      ),
      link: userName === null ? null : linkTo(userName),
    },
  ]
}

function anotherKey(facts: CureFacts, { command }: Knowledge): readonly Step[] {
  const name = facts.key?.userName ?? personOf(facts.user)
  const store: Step = {
    by: 'asker',
    says:
      facts.cause === 'secret-wrong'
        ? 'Store the key again: id and secret from the same creation'
        : 'Store a key that is there, in place of this one',
    commands: command('countersign', 'configure'),
  }
  if (name === null) return [store]
  return [
    store,
    {
      when: facts.cause === 'secret-wrong' ? 'There is no copy of the secret' : null,
      says: `Make another key for ${name}; its secret is shown once`,
      commands: command('aws', 'iam', 'create-access-key', '--user-name', name),
      link: linkTo(name),
    },
  ]
}

function withCode(
  { cause, user, role, permission: refused }: CureFacts,
  { command, sequence }: Knowledge,
): readonly Step[] {
  if (user === null) return []
  const codes = user.mfaDevices.filter((serial) => /:mfa\/|^[A-Za-z0-9-]+$/.test(serial))
  if (codes.length === 0) {
    return [
      {
        says: `${user.name} has no MFA device with codes yet: assign one`,
        link: personOf(user) === null ? { text: 'My security credentials', to: '/me' } : linkTo(user.name),
      },
    ]
  }
  const sessions = codes.map((serial) =>
    command('aws', 'sts', 'get-session-token', '--serial-number', serial, '--token-code', 'CODE'),
  )
  const assume =
    cause === 'mfa-required' && refused?.action === 'sts:AssumeRole' && role !== null
      ? [
          {
            by: 'asker' as const,
            when: 'It is only for this role',
            says: 'Give the code when you assume it',
            commands: command(
              'aws',
              'sts',
              'assume-role',
              '--role-arn',
              role.arn,
              '--role-session-name',
              user.name,
              '--serial-number',
              codes[0]!,
              '--token-code',
              'CODE',
            ),
          },
        ]
      : []
  const wrong = cause === 'mfa-serial-wrong' ? 'Name the device that the user really has' : null
  return [
    {
      by: 'asker',
      says: `${wrong ?? 'Get a session with the code that the device shows now'}; put the six digits in the place of CODE`,
      commands: sequence(...sessions),
    },
    ...assume,
    {
      by: 'asker',
      says: 'Or let it be asked for, and the session be stored in the profile',
      commands: command('countersign', 'login'),
    },
  ]
}

function duration({ role }: CureFacts, { command }: Knowledge): readonly Step[] {
  if (role === null) return []
  return [
    {
      by: 'asker',
      says: `Ask for ${role.maxSessionDuration} seconds at most: that is what the role ${role.name} allows`,
      commands: command('countersign', 'configure', 'set', 'duration_seconds', String(role.maxSessionDuration)),
    },
    {
      when: 'It has to be longer',
      says: 'Raise the maximum of the role, up to 12 hours',
      commands: command('aws', 'iam', 'update-role', '--role-name', role.name, '--max-session-duration', '43200'),
      link: { text: `Role ${role.name}`, to: pathOf('roles', role.name) },
    },
  ]
}
