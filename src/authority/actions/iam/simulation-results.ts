import {
  decide,
  decidingStatements,
  type MatchedStatement,
  matchedStatements,
  type PolicyRequest,
  type PolicySet,
  type PolicyType,
  statementSpan,
} from '../../policy/index.ts'
import { accountOf } from './simulation-handling.ts'
import type { Simulation, SourcePolicy } from './simulation-input.ts'
import type { EvaluationResult, ResourceResult, ShownStatement } from './simulation-members.ts'

export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny'

/** From the mildest to the strictest: what is said of several resources at once is the strictest of their decisions. */
const strictness: readonly Decision[] = ['allowed', 'implicitDeny', 'explicitDeny']

interface Evaluated {
  readonly decision: Decision
  readonly statements: readonly ShownStatement[]
  readonly boundary: boolean | null
  /** What each side says by itself; null where both are of one account. */
  readonly sides: Readonly<Record<string, Decision>> | null
}

/**
 * One action on all resources of the simulation, as `EvaluationResult` shows it: since 2026 one result for an action, with
 * the decisions for each resource inside (IAM API reference, "EvaluationResult"). The decisions are those of `decide`, by
 * which requests are judged.
 */
export function simulateAction(action: string, simulation: Simulation): EvaluationResult {
  const { resources, named, missing, boundary } = simulation
  const each = resources.map((resource) => evaluate(action, resource, simulation))
  const decision = strictest(each.map((one) => one.decision))
  const deciding = each.filter((one) => one.decision === decision)
  return {
    EvalActionName: action,
    EvalResourceName: nameForAll(resources),
    EvalDecision: decision,
    MatchedStatements: distinct(deciding.flatMap((one) => one.statements)),
    MissingContextValues: named ? [] : missing,
    ...(boundary === null ? {} : { PermissionsBoundaryDecisionDetail: bounded(each.every((one) => one.boundary)) }),
    ...(named
      ? {
          EvalDecisionDetails: allSides(each),
          ResourceSpecificResults: each.map((one, index) => resourceResult(resources[index]!, one, simulation)),
        }
      : {}),
  }
}

function resourceResult(resource: string, one: Evaluated, { missing }: Simulation): ResourceResult {
  return {
    EvalResourceName: resource,
    EvalResourceDecision: one.decision,
    MatchedStatements: one.statements,
    MissingContextValues: missing,
    ...(one.sides === null ? {} : { EvalDecisionDetails: one.sides }),
    ...(one.boundary === null ? {} : { PermissionsBoundaryDecisionDetail: bounded(one.boundary) }),
  }
}

function bounded(allowed: boolean): { readonly AllowedByPermissionsBoundary: boolean } {
  return { AllowedByPermissionsBoundary: allowed }
}

function strictest(decisions: readonly Decision[]): Decision {
  return decisions.reduce((worst, one) => (strictness.indexOf(one) > strictness.indexOf(worst) ? one : worst))
}

/** Empty where all is within one account, as AWS has it. */
function allSides(each: readonly Evaluated[]): Readonly<Record<string, Decision>> {
  const all: Record<string, Decision> = {}
  for (const { sides } of each) {
    for (const [side, decision] of Object.entries(sides ?? {}))
      all[side] = strictest([all[side] ?? 'allowed', decision])
  }
  return all
}

/** Trust policies are the one kind of resource policy that must allow also in the same account. */
const trustActions = /^sts:(?:assumerole(?:withsaml|withwebidentity)?|tagsession|setsourceidentity|setcontext)$/i

function evaluate(action: string, resource: string, simulation: Simulation): Evaluated {
  const { identity, boundary, caller } = simulation
  const owner = accountOf(resource) ?? simulation.owner
  const set: PolicySet = {
    identity: identity.map((policy) => policy.compiled),
    boundary: boundary?.map((policy) => policy.compiled) ?? null,
    session: null,
    resource: simulation.resource === null ? null : [simulation.resource.compiled],
    resourceKind: simulation.resource !== null && trustActions.test(action) ? 'trust' : 'resource-based',
    callerIsRoot: false,
    // Where no resource policy came along, only the caller's side is asked.
    sameAccount: simulation.resource === null || owner === (caller?.account ?? owner),
  }
  const request: PolicyRequest = { action, resource, conditions: conditionsFor(owner, simulation), caller }
  const matched = matchedStatements(set, request)
  const deciding = decidingStatements(matched)
  const explicit = deciding.some(({ statement }) => statement.effect === 'Deny')
  const decision = decide(set, request).allowed ? 'allowed' : explicit ? 'explicitDeny' : 'implicitDeny'
  return {
    decision,
    statements: decision === 'implicitDeny' ? [] : deciding.map((one) => shownStatement(one, simulation)),
    boundary: boundary === null ? null : sideOf(matched, 'permissions-boundary') === 'allowed',
    sides: set.sameAccount ? null : sidesOf(matched, set),
  }
}

function conditionsFor(owner: string | null, { conditions }: Simulation): ReadonlyMap<string, readonly string[]> {
  return owner === null ? conditions : new Map([['aws:resourceaccount', [owner]], ...conditions])
}

function sidesOf(matched: readonly MatchedStatement[], set: PolicySet): Readonly<Record<string, Decision>> {
  return {
    'IAM Policy': sideOf(matched, 'identity-based'),
    ...(set.boundary === null ? {} : { 'Permissions Boundary Policy': sideOf(matched, 'permissions-boundary') }),
    'Resource Policy': sideOf(matched, set.resourceKind),
  }
}

function sideOf(matched: readonly MatchedStatement[], type: PolicyType): Decision {
  const effects = matched.filter((one) => one.policyType === type).map((one) => one.statement.effect)
  return effects.includes('Deny') ? 'explicitDeny' : effects.includes('Allow') ? 'allowed' : 'implicitDeny'
}

function shownStatement({ policy, statement }: MatchedStatement, simulation: Simulation): ShownStatement {
  const { text, id, type } = sourceOf(policy, simulation)
  const span = statementSpan(text, policy, statement)
  return {
    SourcePolicyId: id,
    SourcePolicyType: type,
    StartPosition: { Line: span.start.line, Column: span.start.column },
    EndPosition: { Line: span.end.line, Column: span.end.column },
  }
}

function sourceOf(policy: MatchedStatement['policy'], simulation: Simulation): SourcePolicy {
  const { identity, boundary, resource } = simulation
  const all = [...identity, ...(boundary ?? []), ...(resource === null ? [] : [resource])]
  return all.find(({ compiled }) => compiled === policy)!
}

function distinct(statements: readonly ShownStatement[]): readonly ShownStatement[] {
  return [...new Map(statements.map((one) => [JSON.stringify(one), one])).values()]
}

/**
 * One ARN for all: that of the only resource, or what they have in common. AWS shows the form of its own reference there
 * (`arn:${Partition}:s3:::${BucketName}/${KeyName}`), which is not known here of every service.
 */
function nameForAll(resources: readonly string[]): string {
  const [first, ...others] = resources
  let common = first!
  for (const other of others) {
    let length = 0
    while (length < common.length && common[length] === other[length]) length++
    common = common.slice(0, length)
  }
  return others.every((other) => other === first) ? first! : `${common}*`
}
