import type { Directory } from '../directory/directory.ts'
import { arnOf, mfaSerialNumber, oidcProviderArn, policyArn, rootArn } from '../model/arn-of.ts'
import type { Entity, Group, InstanceProfile, ManagedPolicy, Role, User } from '../model/entities.ts'
import type { Permission } from '../model/permission.ts'
import type { ActionContext } from './grid.ts'
import { findPolicy } from './holders.ts'
import { invalidParameter, noSuch, type Refused } from './sentences.ts'

type Conditions = ReadonlyMap<string, readonly string[]>

/** Whose keys or devices a call is about: a user's, or the root user's own. */
export type Owner = User | 'root'

/**
 * The owner that a call names, or its caller where it names none (`authority.md` §4.2: root manages its own keys so). A role
 * session has nothing of its own and must name a user.
 */
export function ownerNamed(name: string | undefined, context: ActionContext): Owner | Refused {
  if (name !== undefined) return context.directory.userNamed(name) ?? noSuch.user(name)
  const { principal } = context
  if (principal.type === 'root') return 'root'
  if (principal.type === 'user') return context.directory.user(principal.userId) ?? noSuch.user(principal.userName)
  return invalidParameter('Must specify userName when calling with non-User credentials')
}

/** The key under which keys and devices keep their owner. */
export function ownerId(owner: Owner): string {
  return owner === 'root' ? 'root' : owner.id
}

/** Empty for root, which has no name. */
export function ownerName(owner: Owner): string | undefined {
  return owner === 'root' ? undefined : owner.name
}

/** The entity whose version guards what an owner has: the account for root. */
export function ownerEntity(owner: Owner, directory: Directory): Entity {
  return owner === 'root' ? directory.account : owner
}

/**
 * The permission for a call on a user. One that does not exist has no ARN (its path is not known): the short form stands for it,
 * as in AWS's own denials (`authority.md` §4.16).
 */
export function onUser(
  action: string,
  name: string | undefined,
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  const home = context.directory.account
  if (name === undefined) {
    const { principal } = context
    if (principal.type === 'root') return permission(action, rootArn(home), conditions)
    const caller = principal.type === 'user' ? context.directory.user(principal.userId) : undefined
    return caller === undefined ? permission(action, '*', conditions) : onEntity(action, caller, context, conditions)
  }
  const user = context.directory.userNamed(name)
  return user === undefined
    ? permission(action, `user ${name}`, conditions)
    : onEntity(action, user, context, conditions)
}

export function onRole(action: string, name: string, context: ActionContext, conditions?: Conditions): Permission {
  const role = context.directory.roleNamed(name)
  return role === undefined
    ? permission(action, `role ${name}`, conditions)
    : onEntity(action, role, context, conditions)
}

export function onGroup(action: string, name: string, context: ActionContext, conditions?: Conditions): Permission {
  const group = context.directory.groupNamed(name)
  return group === undefined
    ? permission(action, `group ${name}`, conditions)
    : onEntity(action, group, context, conditions)
}

export function onInstanceProfile(
  action: string,
  name: string,
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  const profile = context.directory.instanceProfileNamed(name)
  return profile === undefined
    ? permission(action, `instance profile ${name}`, conditions)
    : onEntity(action, profile, context, conditions)
}

export function onPolicy(action: string, arn: string, context: ActionContext, conditions?: Conditions): Permission {
  const policy = findPolicy(arn, context)
  return policy === undefined
    ? permission(action, `policy ${arn}`, conditions)
    : permission(action, policy.arn, conditions, policy)
}

export function onDevice(
  action: string,
  serialNumber: string,
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  return permission(action, serialNumber, conditions, context.directory.mfaDevice(serialNumber))
}

export function onOidcProvider(
  action: string,
  arn: string,
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  return permission(action, arn, conditions, context.directory.oidcProvider(arn))
}

export function onSamlProvider(
  action: string,
  arn: string,
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  return permission(action, arn, conditions, context.directory.samlProvider(arn))
}

/** For calls about all providers of the account. */
export function onOidcProviders(action: string, context: Pick<ActionContext, 'directory'>): Permission {
  return permission(action, oidcProviderArn(context.directory.account, '*'))
}

/** For something that is about to be, at a path. */
export function onNew(
  action: string,
  kind: 'user' | 'group' | 'role' | 'instance-profile' | 'policy' | 'mfa',
  at: { readonly path: string | undefined; readonly name: string },
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  const home = context.directory.account
  const place = { path: at.path ?? '/', name: at.name }
  if (kind === 'policy') return permission(action, policyArn(home, place), conditions)
  if (kind === 'mfa') return permission(action, mfaSerialNumber(home, place), conditions)
  return permission(action, arnOf(home, { kind, ...place } as User | Group | Role | InstanceProfile), conditions)
}

/** For calls about all entities of a kind below a path. */
export function onPath(
  action: string,
  kind: 'user' | 'group' | 'role' | 'instance-profile' | 'mfa',
  prefix: string | undefined,
  context: Pick<ActionContext, 'directory'>,
): Permission {
  return permission(action, rootArn(context.directory.account).replace(/root$/, `${kind}${prefix ?? '/'}`))
}

export function onAll(action: string): () => Permission {
  return () => permission(action, '*')
}

function onEntity(
  action: string,
  entity: User | Group | Role | InstanceProfile | ManagedPolicy,
  context: ActionContext,
  conditions?: Conditions,
): Permission {
  const arn = entity.kind === 'policy' ? entity.arn : arnOf(context.directory.account, entity)
  return permission(action, arn, conditions, entity)
}

export function permission(action: string, resource: string, conditions?: Conditions, entity?: Entity): Permission {
  return {
    action,
    resource,
    ...(conditions === undefined ? {} : { conditions }),
    ...(entity === undefined ? {} : { entity }),
  }
}

/** `iam:PermissionsBoundary`: the boundary that is asked for, or that the entity has. */
export function boundaryCondition(arn: string | null | undefined): Conditions {
  return arn === null || arn === undefined ? new Map() : new Map([['iam:permissionsboundary', [arn]]])
}

export function merged(...conditions: readonly Conditions[]): Conditions {
  return new Map(conditions.flatMap((some) => [...some]))
}
