import type { GroupRow, PolicyRow, UserRow } from '../../../authority/console/shapes.ts'
import { aws, awsAll } from '../../api/call.ts'
import { attachTo, documentOf, type HeldPolicy, type Holder, heldBy, putInline } from '../../parts/holders.ts'
import type { Step } from '../../parts/in-order.tsx'
import type { Tag } from '../../parts/tag-fields.tsx'
import { firstChoice, type PasswordChoice } from '../password-fields.tsx'
import type { User } from '../user.ts'

/** What the wizard is told. */
export interface Wanted {
  readonly userName: string
  readonly path: string
  readonly console: boolean
  readonly password: PasswordChoice
  readonly how: 'groups' | 'copy' | 'attach'
  readonly groups: readonly GroupRow[]
  readonly from: readonly UserRow[]
  readonly policies: readonly PolicyRow[]
  readonly bounded: boolean
  readonly boundary: readonly PolicyRow[]
  readonly tags: readonly Tag[]
}

export const nothingYet: Wanted = {
  userName: '',
  path: '/',
  console: false,
  password: firstChoice,
  how: 'groups',
  groups: [],
  from: [],
  policies: [],
  bounded: false,
  boundary: [],
  tags: [],
}

/** What another user has, as AWS's console copies it: groups, policies, and the permissions boundary. */
export interface Copied {
  readonly groups: readonly string[]
  readonly policies: readonly HeldPolicy[]
  readonly boundary: string | null
}

export async function copiedFrom(userName: string): Promise<Copied> {
  const [groups, policies, { User: user }] = await Promise.all([
    awsAll<{ readonly GroupName: string }>('ListGroupsForUser', 'Groups', { UserName: userName }),
    heldBy({ kind: 'user', name: userName }),
    aws<{ readonly User: User }>('iam', 'GetUser', { UserName: userName }),
  ])
  return {
    groups: groups.map(({ GroupName }) => GroupName),
    policies,
    boundary: user.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
  }
}

const nothing: Copied = { groups: [], policies: [], boundary: null }

/** What the new user will have. */
export function permissionsOf(wanted: Wanted, copied: Copied | undefined): Copied {
  const holder: Holder = { kind: 'user', name: wanted.userName }
  const boundary = wanted.bounded ? (wanted.boundary[0]?.arn ?? null) : null
  switch (wanted.how) {
    case 'groups':
      return { ...nothing, groups: wanted.groups.map(({ name }) => name), boundary }
    case 'attach':
      return { ...nothing, policies: wanted.policies.map(({ name, arn }) => ({ name, arn, holder })), boundary }
    case 'copy':
      return { ...(copied ?? nothing), boundary: boundary ?? copied?.boundary ?? null }
  }
}

/** The calls that make the user. The password is made by `password` when its call is made. */
export function planCreation(
  wanted: Wanted,
  { groups, policies, boundary }: Copied,
  password: () => string,
): readonly Step[] {
  const { userName, path, tags } = wanted
  const user = { UserName: userName }
  const holder: Holder = { kind: 'user', name: userName }
  return [
    {
      says: `Create user ${userName}`,
      run: () =>
        aws('iam', 'CreateUser', {
          ...user,
          Path: path === '' || path === '/' ? undefined : path,
          PermissionsBoundary: boundary ?? undefined,
          Tags: tags.length === 0 ? undefined : tags,
        }),
    },
    ...(wanted.console
      ? [
          {
            says: 'Set console password',
            run: () =>
              aws('iam', 'CreateLoginProfile', {
                ...user,
                Password: password(),
                PasswordResetRequired: wanted.password.mustChange,
              }),
          },
        ]
      : []),
    ...groups.map((GroupName) => ({
      says: `Add to user group ${GroupName}`,
      run: () => aws('iam', 'AddUserToGroup', { ...user, GroupName }),
    })),
    ...policies.map((policy) => ({
      says: `${policy.arn === null ? 'Create inline' : 'Attach'} policy ${policy.name}`,
      run: async () =>
        policy.arn === null ? putInline(holder, policy.name, await documentOf(policy)) : attachTo(holder, policy.arn),
    })),
  ]
}
