import type { Directory } from '../directory/directory.ts'
import type { Entity, EntityKind } from '../model/entities.ts'

/**
 * The directory as it looks where changes arrive late: what changed less than `delay` milliseconds ago is still as it was.
 * AWS's IAM is eventually consistent; a key is unknown for some seconds after it was created (`causes.md` C05).
 * `since`: changes from before that instant were never late. Only lookups that decide about a request are delayed; lists, versions and MFA devices are the present ones.
 */
export function asPropagated(
  directory: Directory,
  { delay, since }: { readonly delay: number; readonly since: number },
  now: () => number,
): Directory {
  const late = <T extends Entity>(kind: EntityKind, key: string, present: T | undefined): T | undefined => {
    const changedAt = directory.changedAt(kind, key)
    return changedAt !== undefined && changedAt >= since && now() - changedAt < delay
      ? (directory.before(kind, key) as T | undefined)
      : present
  }
  const lookups: Partial<Directory> = {
    accessKey: (id) => late('access-key', id, directory.accessKey(id)),
    user: (id) => late('user', id, directory.user(id)),
    group: (id) => late('group', id, directory.group(id)),
    role: (id) => late('role', id, directory.role(id)),
    policy: (arn) => late('policy', arn, directory.policy(arn)),
    oidcProvider: (arn) => late('oidc-provider', arn, directory.oidcProvider(arn)),
    samlProvider: (arn) => late('saml-provider', arn, directory.samlProvider(arn)),
    userNamed(name) {
      const user = directory.userNamed(name)
      return user && late('user', user.id, user)
    },
    roleNamed(name) {
      const role = directory.roleNamed(name)
      return role && late('role', role.id, role)
    },
  }
  return Object.assign(Object.create(directory) as Directory, lookups)
}
