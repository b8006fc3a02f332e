import type { Directory } from '../directory/directory.ts'
import type { Role } from '../model/entities.ts'
import { decide, type PolicyRequest, type PolicySet, type Visitor } from '../policy/index.ts'
import { trustPolicy } from './assume-role.ts'
import { addTags } from './request-conditions.ts'

type VisitorJudgement =
  | { readonly allowed: true; readonly statement: string | null }
  | { readonly allowed: false; readonly statement: string | null; readonly evidence: readonly string[] }

/**
 * May a service (EC2, ECS, EKS) or the bearer of an identity provider's token have the role? It has no policies of its own, so the
 * role's trust policy alone decides, for each of `actions` (`sts:AssumeRole` or `sts:AssumeRoleWithWebIdentity`, with
 * `sts:TagSession` and `sts:SetSourceIdentity` where the session gets those). IAM User Guide, "Principal": `Service`, `Federated`.
 */
export function judgeVisitor(question: {
  readonly visitor: Visitor
  readonly role: Role
  readonly resource: string
  readonly actions: readonly string[]
  readonly directory: Pick<Directory, 'account'>
  /** The request's keys with those of the call. */
  readonly conditions: ReadonlyMap<string, readonly string[]>
}): VisitorJudgement {
  const { visitor, role, resource, directory } = question
  const policy = trustPolicy(role)
  const set: PolicySet = {
    identity: [],
    boundary: null,
    session: null,
    callerIsRoot: false,
    resource: [policy],
    resourceKind: 'trust',
    sameAccount: true,
  }
  const conditions = new Map<string, readonly string[]>([['aws:resourceaccount', [directory.account.id]]])
  addTags(conditions, 'aws:resourcetag/', role.tags)
  addTags(conditions, 'iam:resourcetag/', role.tags)
  for (const [key, values] of question.conditions) conditions.set(key, values)
  let statement: string | null = null
  for (const action of question.actions) {
    const request: PolicyRequest = {
      action,
      resource,
      conditions,
      caller: null,
      visitor,
      principalIds: role.trustPrincipals,
    }
    const verdict = decide(set, request)
    if (!verdict.allowed) {
      return { allowed: false, statement: verdict.statement, evidence: [explain(verdict.statement, set, request)] }
    }
    statement ??= verdict.statement
  }
  return { allowed: true, statement }
}

function explain(statement: string | null, set: PolicySet, request: PolicyRequest): string {
  const { action, visitor } = request
  const who = visitor?.name ?? 'nobody'
  if (statement !== null) return `Statement ${statement} of the role trust policy denies ${action} to ${who}.`
  const statements = set.resource?.[0]?.statements.filter((one) => one.effect === 'Allow') ?? []
  const naming = statements.filter((one) => (one.principalMatch?.(request) ?? null) !== null)
  return naming.length === 0
    ? `No statement of the role trust policy names ${who}.`
    : `The role trust policy names ${who}, but its actions or conditions do not allow this ${action}.`
}
