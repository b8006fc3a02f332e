import type { Directory } from '../directory/directory.ts'
import { roleArn, rootArn, userArn } from '../model/arn-of.ts'
import type { Role, User } from '../model/entities.ts'
import type { Decision } from '../model/store.ts'
import type { CureFacts } from './shapes.ts'

/** What the cure of a refusal has to name, as far as it is there now. */
export function factsOf(decision: Decision, directory: Directory): CureFacts {
  const { cause, account, principal, region, denied, statement } = decision
  const key = keyOf(decision, directory)
  return {
    cause,
    account,
    principal,
    region,
    key,
    user: userOf(decision, key, directory),
    role: roleOf(decision, directory),
    permission:
      denied == null || principal === null
        ? null
        : { principal, action: denied.action, resource: denied.resource, statement },
  }
}

function keyOf({ accessKeyId }: Decision, directory: Directory): CureFacts['key'] {
  if (accessKeyId === null) return null
  const key = directory.accessKey(accessKeyId)
  const owner = key?.owner ?? directory.deletedKey(accessKeyId)?.owner
  const isGone = key === undefined && owner !== undefined
  return {
    accessKeyId,
    status: key?.status ?? (isGone ? 'deleted' : accessKeyId.startsWith('ASIA') ? 'temporary' : 'unknown'),
    userName: owner === undefined ? null : (directory.user(owner)?.name ?? null),
    isRoot: owner === 'root',
    createdAt: key?.createdAt ?? null,
  }
}

function userOf({ principal }: Decision, key: CureFacts['key'], directory: Directory): CureFacts['user'] {
  const { account } = directory
  const named = /^arn:[^:]+:iam::\d+:user\/(?:.*\/)?([^/]+)$/.exec(principal ?? '')?.[1] ?? key?.userName
  if (named != null) {
    const user = directory.userNamed(named)
    return user === undefined ? null : told(user.name, userArn(account, user), user.id, directory)
  }
  const isRoot = principal === rootArn(account) || key?.isRoot === true
  return isRoot ? told('root', rootArn(account), 'root', directory) : null
}

function told(name: string, arn: string, owner: User['id'], directory: Directory): NonNullable<CureFacts['user']> {
  return { name, arn, mfaDevices: directory.mfaDevicesOf(owner).map(({ serialNumber }) => serialNumber) }
}

/** The role that was asked for, else the one whose session asked. */
function roleOf({ principal, denied }: Decision, directory: Directory): CureFacts['role'] {
  const asked = /^arn:[^:]+:iam::\d+:role\/(?:.*\/)?([^/]+)$/.exec(denied?.resource ?? '')?.[1]
  const own = /^arn:[^:]+:sts::\d+:assumed-role\/([^/]+)\//.exec(principal ?? '')?.[1]
  const role: Role | undefined = directory.roleNamed(asked ?? own ?? '')
  if (role === undefined) return null
  return { name: role.name, arn: roleArn(directory.account, role), maxSessionDuration: role.maxSessionDuration }
}
