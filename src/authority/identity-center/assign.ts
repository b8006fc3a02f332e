import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../anatomy/access-key-id.ts'
import { planAssignment, planPermissionSet } from '../actions/identity-center/provisioning.ts'
import { put, wholeSeconds, write } from '../actions/write.ts'
import type { LoginProfile, PermissionSet, User } from '../model/entities.ts'
import { hashPassword, noPassword, remembered } from '../sessions/password.ts'
import { type Context, writing } from '../sign-in/ground.ts'
import type { Ground } from './ground.ts'

export interface Assignment {
  readonly user: string
  readonly permissionSet: string
  /** Of a permission set that is made by this. */
  readonly policyArn?: string | undefined
  /** Of a person that is made by this; one that nobody knows when it is left out. */
  readonly password?: string | undefined
}

/**
 * For tests: makes the user, its password and the permission set where they are not there, and assigns the one to the other. False when
 * that cannot be (a name that AWS would refuse, a policy that is not there).
 */
export async function assign(wanted: Assignment, ground: Ground): Promise<boolean> {
  if (!/^[\w+=,.@-]{1,64}$/.test(wanted.user) || !/^[\w+=,.@-]{1,32}$/.test(wanted.permissionSet)) return false
  const context = writing(ground)
  const { directory } = context
  await write(context, () => {
    const user: User = {
      kind: 'user',
      id: mintUniqueId('AIDA', context.account, randomBytes(8)),
      name: wanted.user,
      path: '/',
      createdAt: wholeSeconds(context.now),
      tags: [],
      boundary: null,
      inlinePolicies: {},
      attachedPolicies: [],
    }
    return { ok: {}, changes: directory.userNamed(wanted.user) === undefined ? [put(directory, user)] : [] }
  })
  const user = directory.userNamed(wanted.user)
  if (user === undefined || !(await givePassword(user, wanted.password, context))) return false
  const managedPolicies = wanted.policyArn === undefined ? [] : [wanted.policyArn]
  const named = (): PermissionSet | undefined =>
    directory.permissionSets().find((set) => set.name === wanted.permissionSet)
  if (named() === undefined) {
    const made = await write(context, () => planPermissionSet({ name: wanted.permissionSet, managedPolicies }, context))
    if ('refused' in made) return false
  }
  const done = await write<boolean>(context, () => {
    const planned = planAssignment(named()!, user, context)
    return 'failure' in planned ? { ok: false, changes: [] } : { ok: true, changes: planned.changes }
  })
  return 'ok' in done && done.ok
}

async function givePassword(user: User, password: string | undefined, context: Context): Promise<boolean> {
  const { directory } = context
  if (directory.loginProfile(user.id) !== undefined) return true
  const hash = password === undefined ? noPassword : await hashPassword(password, context.passwordWork)
  if (hash === null) return false
  const at = wholeSeconds(context.now)
  const profile: LoginProfile = {
    kind: 'login-profile',
    id: user.id,
    createdAt: at,
    changedAt: at,
    lastUsedAt: null,
    resetRequired: false,
    secret: remembered(hash, undefined),
  }
  await write(context, () => ({
    ok: {},
    changes: directory.loginProfile(user.id) === undefined ? [put(directory, profile)] : [],
  }))
  return true
}
