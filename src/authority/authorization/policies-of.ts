import type { Directory } from '../directory/directory.ts'
import type { Group, ManagedPolicy, Role, User } from '../model/entities.ts'
import type { Principal } from '../model/principal.ts'
import {
  type CompiledPolicy,
  type CompiledStatement,
  compilePolicy,
  type DocumentKind,
  findAwsManagedPolicy,
  type PolicyRequest,
} from '../policy/index.ts'

/** A principal's own side of a decision; null where a kind does not apply to it. */
export interface PrincipalPolicies {
  readonly identity: readonly CompiledPolicy[]
  readonly boundary: readonly CompiledPolicy[] | null
  readonly session: readonly CompiledPolicy[] | null
  readonly callerIsRoot: boolean
}

type Source = Pick<Directory, 'user' | 'group' | 'role' | 'policy'>

/**
 * The policies that bind a principal now: of a user or role session its inline and attached policies and its boundary, of a user those
 * of its groups as well, of a role session the session policies too. A GetSessionToken session has its user's. A user or role that
 * is gone has none. A policy that cannot be read denies everything, as any error of evaluation does (`authority.md` §5.2, step 7).
 */
export function policiesOf(principal: Principal, directory: Source): PrincipalPolicies {
  switch (principal.type) {
    case 'root':
      return { identity: [], boundary: null, session: null, callerIsRoot: true }
    case 'user':
      return { ...holderPolicies(directory.user(principal.userId), directory), session: null, callerIsRoot: false }
    case 'role': {
      const session = sessionPolicies(principal, directory)
      return { ...holderPolicies(directory.role(principal.roleId), directory), session, callerIsRoot: false }
    }
    case 'federated': {
      // Without a session policy there is nothing that it may do: an empty list allows nothing, where null would not count.
      const session = sessionPolicies(principal, directory) ?? []
      const own =
        principal.ownerId === 'root'
          ? { identity: [allowAll], boundary: null }
          : holderPolicies(directory.user(principal.ownerId), directory)
      return { ...own, session, callerIsRoot: false }
    }
  }
}

function holderPolicies(
  holder: User | Role | undefined,
  directory: Source,
): Pick<PrincipalPolicies, 'identity' | 'boundary'> {
  return holder === undefined ? { identity: [], boundary: null } : policiesHeldBy(holder, directory)
}

/** What a user, a group or a role has of policies now: what `policiesOf` says of whoever has no session. */
export function policiesHeldBy(
  holder: User | Group | Role,
  directory: Source,
): Pick<PrincipalPolicies, 'identity' | 'boundary'> {
  const identity = [...heldPolicies(holder, directory)]
  // A boundary limits what the groups give too: they are identity-based policies of the user like its own.
  if (holder.kind === 'user') for (const id of holder.groups ?? []) identity.push(...groupPolicies(id, directory))
  const boundary = holder.kind === 'group' ? null : holder.boundary
  return { identity, boundary: boundary === null ? null : [managed(boundary, 'boundary', directory)] }
}

function heldPolicies(holder: User | Group | Role, directory: Source): readonly CompiledPolicy[] {
  const inline = Object.entries(holder.inlinePolicies).map(([name, text]) => compiled(text, name, 'identity'))
  const attached = holder.attachedPolicies.map((arn) => managed(arn, 'identity', directory))
  return [...inline, ...attached]
}

/**
 * A group's policies as they were compiled for its last member that asked, with the managed policies that they came from. There
 * are few groups and many members, each of whom may be in ten: what is kept here does not grow with the users.
 */
const kept = new WeakMap<
  Group,
  { readonly managed: readonly (ManagedPolicy | undefined)[]; readonly policies: readonly CompiledPolicy[] }
>()

function groupPolicies(id: string, directory: Source): readonly CompiledPolicy[] {
  const group = directory.group(id)
  if (group === undefined) return []
  const before = kept.get(group)
  // Entities are replaced when they change, so the same ones have the same policies. AWS's own are not in the directory, and stay.
  if (before !== undefined && group.attachedPolicies.every((arn, at) => directory.policy(arn) === before.managed[at]))
    return before.policies
  const managed = group.attachedPolicies.map((arn) => directory.policy(arn))
  // The group is named beside the compiled policy, not in it: one text that many groups have is compiled once.
  const policies = heldPolicies(group, directory).map((policy) => ({ ...policy, group: group.name }))
  kept.set(group, { managed, policies })
  return policies
}

/** What root may do, as a policy, for a session of root that a session policy limits. */
const allowAll: CompiledPolicy = {
  name: 'root',
  statements: [
    {
      sid: null,
      index: 0,
      start: 0,
      end: 0,
      effect: 'Allow',
      matches: () => true,
      principalMatch: null,
      exceptsPrincipals: false,
    },
  ],
}

function sessionPolicies(
  principal: Extract<Principal, { type: 'role' | 'federated' }>,
  directory: Source,
): readonly CompiledPolicy[] | null {
  const { sessionPolicies: texts, sessionPolicyArns: arns } = principal.session
  if (texts.length === 0 && arns.length === 0) return null
  return [
    ...texts.map((text) => compiled(text, 'session policy', 'session')),
    ...arns.map((arn) => managed(arn, 'session', directory)),
  ]
}

function managed(arn: string, kind: DocumentKind, directory: Source): CompiledPolicy {
  const policy = directory.policy(arn) ?? findAwsManagedPolicy(arn)
  const document = policy?.versions.find((version) => version.id === policy.defaultVersion)?.document
  // What is not there allows nothing; it was there when it was attached, so nothing is known to be denied either.
  return document === undefined ? { name: arn, statements: [] } : compiled(document, arn, kind)
}

function compiled(text: string, name: string, kind: DocumentKind): CompiledPolicy {
  const result = compilePolicy(text, { name, kind })
  return 'ok' in result ? result.ok : unreadable(name)
}

function unreadable(name: string): CompiledPolicy {
  const denial: CompiledStatement = {
    sid: 'unreadable',
    index: 0,
    start: 0,
    end: 0,
    effect: 'Deny',
    matches: () => true,
    principalMatch: null,
    exceptsPrincipals: false,
  }
  return { name, statements: [denial] }
}

/** The principal as Principal elements see it. */
export function callerOf(principal: Principal): NonNullable<PolicyRequest['caller']> {
  return {
    account: principal.account,
    arn: principal.arn,
    roleArn: principal.type === 'role' ? principal.roleArn : null,
    uniqueId: principal.type === 'role' ? principal.roleId : principal.userId,
    // Policies that name principals are asked of roles and users only: such a session may not assume anything.
    type: principal.type === 'federated' ? 'user' : principal.type,
  }
}
