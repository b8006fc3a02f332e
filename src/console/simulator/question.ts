import { awsAll } from '../api/call.ts'
import type { HolderKind } from '../parts/holders.ts'

export interface Source {
  readonly kind: HolderKind
  readonly name: string
  readonly arn: string
}

/** As IAM's model has them. */
export const contextTypes = [
  'string',
  'stringList',
  'numeric',
  'numericList',
  'boolean',
  'booleanList',
  'ip',
  'ipList',
  'binary',
  'binaryList',
  'date',
  'dateList',
] as const

export interface ContextEntry {
  readonly key: string
  readonly type: (typeof contextTypes)[number]
  /** Of a list separated by commas. */
  readonly values: string
}

export interface Question {
  /** Whose policies count; null: only those that are given. */
  readonly source: Source | null
  /** Policies besides. */
  readonly documents: readonly string[]
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly context: readonly ContextEntry[]
}

export interface Statement {
  readonly SourcePolicyId: string
  readonly SourcePolicyType: string
  readonly StartPosition: { readonly Line: number; readonly Column: number }
  readonly EndPosition: { readonly Line: number; readonly Column: number }
}

type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny'

interface Explained {
  readonly MatchedStatements: readonly Statement[]
  readonly MissingContextValues: readonly string[]
  readonly PermissionsBoundaryDecisionDetail?: { readonly AllowedByPermissionsBoundary: boolean }
}

interface EvaluationResult extends Explained {
  readonly EvalActionName: string
  readonly EvalResourceName: string
  readonly EvalDecision: Decision
  readonly ResourceSpecificResults?: readonly (Explained & {
    readonly EvalResourceName: string
    readonly EvalResourceDecision: Decision
  })[]
}

/** One action on one resource. */
export interface Result {
  readonly action: string
  readonly resource: string
  readonly decision: Decision
  readonly statements: readonly Statement[]
  readonly missing: readonly string[]
  /** Null: there is no permissions boundary. */
  readonly withinBoundary: boolean | null
}

/** Asks SimulatePrincipalPolicy, or SimulateCustomPolicy where nobody's policies count. */
export async function simulate({
  source,
  documents,
  actions,
  resources,
  context,
}: Question): Promise<readonly Result[]> {
  const results = await awsAll<EvaluationResult>(
    source === null ? 'SimulateCustomPolicy' : 'SimulatePrincipalPolicy',
    'EvaluationResults',
    {
      ...(source === null ? {} : { PolicySourceArn: source.arn }),
      ...(documents.length === 0 ? {} : { PolicyInputList: documents }),
      ActionNames: actions,
      ...(resources.length === 0 ? {} : { ResourceArns: resources }),
      ...(context.length === 0
        ? {}
        : {
            ContextEntries: context.map(({ key, type, values }) => ({
              ContextKeyName: key,
              ContextKeyType: type,
              ContextKeyValues: valuesOf(type, values),
            })),
          }),
    },
  )
  return results.flatMap(resultsOf)
}

function valuesOf(type: ContextEntry['type'], values: string): readonly string[] {
  return type.endsWith('List') ? values.split(',').map((value) => value.trim()) : [values.trim()]
}

/** Where resources were named there is one result for each of them inside. */
function resultsOf(result: EvaluationResult): readonly Result[] {
  const { EvalActionName: action, ResourceSpecificResults: each } = result
  if (each === undefined || each.length === 0)
    return [{ action, resource: result.EvalResourceName, decision: result.EvalDecision, ...explained(result) }]
  return each.map((one) => ({
    action,
    resource: one.EvalResourceName,
    decision: one.EvalResourceDecision,
    ...explained(one),
  }))
}

function explained(one: Explained): Pick<Result, 'statements' | 'missing' | 'withinBoundary'> {
  return {
    statements: one.MatchedStatements,
    missing: one.MissingContextValues,
    withinBoundary: one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary ?? null,
  }
}
