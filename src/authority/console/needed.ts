import { onOidcProviders, onPath, permission } from '../actions/subjects.ts'
import { rootArn, samlProviderArn } from '../model/arn-of.ts'
import type { Needed } from './ground.ts'

/* What IAM asks of whoever lists: the same action on the same resource, so that no policy says one thing there and another here. */

export const toListUsers: Needed = (context) => onPath('iam:ListUsers', 'user', undefined, context)
export const toListGroups: Needed = (context) => onPath('iam:ListGroups', 'group', undefined, context)
export const toListRoles: Needed = (context) => onPath('iam:ListRoles', 'role', undefined, context)
export const toListPolicies: Needed = () => permission('iam:ListPolicies', 'policy path /')
export const toListDevices: Needed = (context) => onPath('iam:ListVirtualMFADevices', 'mfa', undefined, context)
export const toListProviders: readonly Needed[] = [
  (context) => onOidcProviders('iam:ListOpenIDConnectProviders', context),
  ({ directory }) => permission('iam:ListSAMLProviders', samlProviderArn(directory.account, '*')),
]

/** IAM asks these about one user; here they are asked about all of them at once. */
function ofEveryUser(action: string): Needed {
  return ofEvery('user', action)
}

function ofEvery(kind: 'user' | 'role', action: string): Needed {
  return ({ directory }) => permission(action, rootArn(directory.account).replace(/root$/, `${kind}/*`))
}

export const toListKeys = ofEveryUser('iam:ListAccessKeys')
export const toListGroupsOfUsers = ofEveryUser('iam:ListGroupsForUser')
export const toListDevicesOfUsers = ofEveryUser('iam:ListMFADevices')
export const toSeePasswords = ofEveryUser('iam:GetLoginProfile')
/** Lists of roles do not tell when each was used. */
export const toSeeRoles = ofEvery('role', 'iam:GetRole')
