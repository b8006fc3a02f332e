import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../anatomy/access-key-id.ts'
import { CountersignError } from '../../errors.ts'
import type { Directory } from '../directory/directory.ts'
import type { Account, Role } from '../model/entities.ts'
import type { Change } from '../model/store.ts'

/** Roles by name, as the authority's options have them. */
export interface RoleNames {
  readonly imdsRole?: string
  readonly containerRole?: string
}

/** Throws `usage` for what can be no name of a role (IAM API, CreateRole) or of a Region. */
export function checkNames({ imdsRole, containerRole, region }: RoleNames & { readonly region?: string }): void {
  for (const name of [imdsRole, containerRole]) {
    if (name !== undefined && !/^[\w+=,.@-]{1,64}$/.test(name)) {
      throw new CountersignError('usage', 'a role name has 1 to 64 letters, digits and +=,.@_-')
    }
  }
  if (region !== undefined && !/^[a-z]{2,}(?:-[a-z0-9]+)+$/.test(region)) {
    throw new CountersignError('usage', 'a region is named like us-east-1')
  }
}

/** Makes the roles that nobody has made; what is there stays as it is. `now`: milliseconds since the epoch. */
export async function makeRoles(
  names: RoleNames,
  state: { readonly directory: Directory; commit(changes: readonly Change[]): Promise<void> },
  now: number,
): Promise<void> {
  const wanted = new Map<string, string[]>()
  const want = (name: string | undefined, services: readonly string[]): void => {
    if (name !== undefined) wanted.set(name, [...(wanted.get(name) ?? []), ...services])
  }
  want(names.imdsRole, ['ec2.amazonaws.com'])
  want(names.containerRole, ['ecs-tasks.amazonaws.com', 'pods.eks.amazonaws.com'])
  const createdAt = `${new Date(now).toISOString().slice(0, 19)}Z`
  for (const [name, services] of wanted) {
    if (state.directory.roleNamed(name) !== undefined) continue
    const role = roleFor(services, name, state.directory.account, createdAt)
    try {
      await state.commit([{ op: 'put', entity: role, expect: 0 }])
    } catch (error) {
      // Another node has made it in this moment; the directory knows it now.
      if (!(error instanceof CountersignError && error.code === 'conflict')) throw error
    }
  }
}

/** Trusted by these services, allowed nothing. */
function roleFor(services: readonly string[], name: string, account: Account, createdAt: string): Role {
  const isPod = services.includes('pods.eks.amazonaws.com')
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: services },
        // EKS gives its sessions tags.
        Action: isPod ? ['sts:AssumeRole', 'sts:TagSession'] : 'sts:AssumeRole',
      },
    ],
  }
  return {
    kind: 'role',
    id: mintUniqueId('AROA', account.id, randomBytes(8)),
    name,
    path: '/',
    createdAt,
    description: null,
    trustPolicy: JSON.stringify(trust),
    trustPrincipals: {},
    maxSessionDuration: 3600,
    tags: [],
    boundary: null,
    inlinePolicies: {},
    attachedPolicies: [],
  }
}
