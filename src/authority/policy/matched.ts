import { speaksOf } from './decide.ts'
import { positionOf, type TextPosition } from './json.ts'
import type { CompiledPolicy, CompiledStatement, PolicyRequest, PolicySet, PolicyType } from './policy.ts'

/** A statement that speaks of a request, and the policy in which it stands. */
export interface MatchedStatement {
  readonly policyType: PolicyType
  readonly policy: CompiledPolicy
  readonly statement: CompiledStatement
}

/** All statements that speak of a request, the resource's first. Whether the answer is yes is for `decide` alone to say. */
export function matchedStatements(set: PolicySet, request: PolicyRequest): readonly MatchedStatement[] {
  return [
    ...matchedIn(set.resourceKind, set.resource, set, request),
    ...matchedIn('identity-based', set.callerIsRoot ? null : set.identity, set, request),
    ...matchedIn('permissions-boundary', set.callerIsRoot ? null : set.boundary, set, request),
    ...matchedIn('session', set.session, set, request),
  ]
}

/**
 * Of those, what the decision rests on: all that deny, or, where none does, all that allow. A boundary or a session policy grants
 * nothing, so its Allow is not among them (IAM API reference, "EvaluationResult", `MatchedStatements`).
 */
export function decidingStatements(matched: readonly MatchedStatement[]): readonly MatchedStatement[] {
  const denying = matched.filter(({ statement }) => statement.effect === 'Deny')
  if (denying.length > 0) return denying
  return matched.filter(({ policyType }) => policyType !== 'permissions-boundary' && policyType !== 'session')
}

function matchedIn(
  policyType: PolicyType,
  policies: readonly CompiledPolicy[] | null,
  set: PolicySet,
  request: PolicyRequest,
): MatchedStatement[] {
  return (policies ?? []).flatMap((policy) =>
    policy.statements
      .filter((statement) => speaksOf(statement, set, request))
      .map((statement) => ({ policyType, policy, statement })),
  )
}

/**
 * Where AWS's simulator says that a statement of `text` begins and ends. It names the place after the token before: after the
 * bracket that opens the list, after the statement before, or, for a statement without a list, after its own brace. Seen in
 * posted replies: the AWS CLI's example of `simulate-custom-policy` (1,38 to 1,167), AdministratorAccess (3,17 to 8,6), and
 * Scott Logic's of July 2025 (a second statement from 1,248, where the first ends).
 */
export function statementSpan(
  text: string,
  policy: CompiledPolicy,
  { index, start, end }: CompiledStatement,
): { readonly start: TextPosition; readonly end: TextPosition } {
  const before = policy.statements[index - 1]
  const listed = text.slice(0, start).trimEnd()
  const from = before !== undefined ? before.end : listed.endsWith('[') ? listed.length : start + 1
  return { start: positionOf(text, from), end: positionOf(text, end) }
}
