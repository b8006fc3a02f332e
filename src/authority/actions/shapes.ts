import { arnOf, rootArn } from '../model/arn-of.ts'
import type { User } from '../model/entities.ts'
import type { ActionContext, ValuesOf } from './grid.ts'
import type { userMembers } from './members.ts'
import { shownTags } from './tags.ts'

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
  return { UserId: account.id, Arn: rootArn(account), CreateDate: account.createdAt }
}

export function shownBoundary(
  arn: string | null,
): { readonly PermissionsBoundaryType: string; readonly PermissionsBoundaryArn: string } | undefined {
  return arn === null ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn }
}
