import { arnOf, rootArn } from '../model/arn-of.ts'
import type { Group, Role, User } from '../model/entities.ts'
import { shownTrustPolicy } from './documents.ts'
import type { ActionContext, ValueOf, ValuesOf } from './grid.ts'
import type { group as groupMember, role as roleMember, userMembers } from './members.ts'
import { shownTags } from './tags.ts'
import { wholeSeconds } from './write.ts'

type ShownUser = ValuesOf<typeof userMembers>

/** A user as lists show it: without tags and boundary (`authority.md` §1.8). */
export function listedUser(user: User, context: ActionContext): ShownUser {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: arnOf(context.directory.account, user),
    CreateDate: user.createdAt,
    PasswordLastUsed: context.directory.loginProfile(user.id)?.lastUsedAt ?? undefined,
  }
}

export function shownUser(user: User, context: ActionContext): ShownUser {
  return {
    ...listedUser(user, context),
    PermissionsBoundary: shownBoundary(user.boundary),
    Tags: shownTags(user.tags),
  }
}

/** The root user: no name, no path (`authority.md` §4.6). */
export function shownRoot(context: ActionContext): ShownUser {
  const { account } = context.directory
  return {
    UserId: account.id,
    Arn: rootArn(account),
    CreateDate: account.createdAt,
    PasswordLastUsed: context.directory.loginProfile('root')?.lastUsedAt ?? undefined,
  }
}

export function shownGroup(group: Group, context: ActionContext): ValueOf<typeof groupMember> {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: arnOf(context.directory.account, group),
    CreateDate: group.createdAt,
  }
}

/** What each reply shows of a role differs (`authority.md` §1.8): this much is in all of them but one. */
export function briefRole(role: Role, context: ActionContext): ValueOf<typeof roleMember> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: arnOf(context.directory.account, role),
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: shownTrustPolicy(role, context),
    Description: role.description ?? undefined,
  }
}

/** Milliseconds: 400 days, after which AWS says nothing of a role's last use (API reference, `RoleLastUsed`). */
const tracked = 400 * 86_400_000

/** Empty for a role that was not used, or long ago. */
export function roleLastUsed(
  role: Role,
  { directory, now }: ActionContext,
): NonNullable<ValueOf<typeof roleMember>['RoleLastUsed']> {
  const use = directory.lastUse(role.id)
  if (use === undefined || now.getTime() - Date.parse(use.at) > tracked) return {}
  return { LastUsedDate: wholeSeconds(new Date(use.at)), Region: use.region }
}

export function shownBoundary(
  arn: string | null,
): { readonly PermissionsBoundaryType: string; readonly PermissionsBoundaryArn: string } | undefined {
  return arn === null ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn }
}
