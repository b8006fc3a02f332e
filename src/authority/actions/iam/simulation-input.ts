import { callerConditions, policiesHeldBy } from '../../authorization/index.ts'
import { arnOf } from '../../model/arn-of.ts'
import type { Group, Role, User } from '../../model/entities.ts'
import {
  type CompiledPolicy,
  compilePolicy,
  contextKeysOf,
  type DocumentKind,
  distinctKeys,
  keysAskedFor,
  type PolicyRequest,
} from '../../policy/index.ts'
import type { ActionContext } from '../grid.ts'
import { findPolicy } from '../holders.ts'
import { invalidInput, isRefused, noSuch, type Refused } from '../sentences.ts'
import { accountOf, faultOfResources } from './simulation-handling.ts'
import type { Question } from './simulation-members.ts'
import { valuesOf } from './simulation-values.ts'

/** Who may be asked about. */
export type Source = User | Group | Role

/** A policy as the simulator speaks of it. Types as AWS's replies have them, which are none of the model's enum. */
export interface SourcePolicy {
  readonly compiled: CompiledPolicy
  readonly text: string
  readonly kind: DocumentKind
  /** A managed policy's name, `user_‹user›_‹name›` of an inline one, `PolicyInputList.1` of one that came along. */
  readonly id: string
  readonly type: 'IAM Policy' | 'Permissions Boundary Policy' | 'Resource Policy'
}

/** All that a simulation decides by. */
export interface Simulation {
  readonly identity: readonly SourcePolicy[]
  readonly boundary: readonly SourcePolicy[] | null
  readonly resource: SourcePolicy | null
  readonly caller: PolicyRequest['caller']
  /** Lower-cased: what is known of the caller, and over it what the request gives. */
  readonly conditions: ReadonlyMap<string, readonly string[]>
  /** The keys that the policies ask for and nobody gave. */
  readonly missing: readonly string[]
  /** 12 digits: of whom resources are that do not say it; null: nobody knows. */
  readonly owner: string | null
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** False where the question is about `*` alone. */
  readonly named: boolean
}

/** The user, group or role of an ARN (sentences as AWS's replies to SimulatePrincipalPolicy have them). */
export function sourceNamed(arn: string, context: ActionContext): Source | Refused {
  const { account } = context.directory
  const parts = /^arn:[a-z-]+:iam::(\d{12}):(user|group|role)\/(?:[^/]+\/)*([^/]+)$/.exec(arn)
  if (parts === null) return invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  const [, owner, kind, name] = parts as unknown as [string, string, Source['kind'], string]
  if (owner !== account.id) {
    return invalidInput(
      `Invalid Policy Source Arn: caller's account ${account.id} does not have access to policies in account ${owner}`,
    )
  }
  const { directory } = context
  const found = { user: directory.userNamed(name), group: directory.groupNamed(name), role: directory.roleNamed(name) }[
    kind
  ]
  // The name alone counts, whatever the path (radkawar/stackd, `testdata/aws/iam/resource_authorization.json`, September 2026).
  return found ?? noSuch[kind](name)
}

/** The policies of a user, group or role, just those by which its requests are judged. */
export function policiesOfSource(
  source: Source,
  context: ActionContext,
): Pick<Simulation, 'identity' | 'boundary'> & { readonly all: readonly SourcePolicy[] } {
  const held = policiesHeldBy(source, context.directory)
  const identity = held.identity.map((compiled) => sourcePolicy(compiled, source, 'identity', context))
  const boundary = held.boundary?.map((compiled) => sourcePolicy(compiled, source, 'boundary', context)) ?? null
  return { identity, boundary, all: [...identity, ...(boundary ?? [])] }
}

function sourcePolicy(
  compiled: CompiledPolicy,
  source: Source,
  kind: 'identity' | 'boundary',
  context: ActionContext,
): SourcePolicy {
  const type = kind === 'boundary' ? 'Permissions Boundary Policy' : 'IAM Policy'
  const { name } = compiled
  // Only what is managed is called by an ARN: names of inline policies have no colon.
  if (name.startsWith('arn:')) {
    const policy = findPolicy(name, context)
    const text = policy?.versions.find(({ id }) => id === policy.defaultVersion)?.document ?? ''
    return { compiled, text, kind, id: policy?.name ?? name, type }
  }
  const holder = compiled.group === undefined ? source : context.directory.groupNamed(compiled.group)
  const text = holder?.inlinePolicies[name] ?? ''
  return { compiled, text, kind, id: `${holder?.kind}_${holder?.name}_${name}`, type }
}

/** Policies that came with the request. */
export function policiesGiven(
  texts: readonly string[] | undefined,
  list: 'PolicyInputList' | 'PermissionsBoundaryPolicyInputList',
): readonly SourcePolicy[] | Refused {
  const given: SourcePolicy[] = []
  const kind = list === 'PolicyInputList' ? 'identity' : 'boundary'
  for (const [index, text] of (texts ?? []).entries()) {
    const type = kind === 'boundary' ? 'Permissions Boundary Policy' : 'IAM Policy'
    const policy = policyGiven(text, kind, `${list}.${index + 1}`, type)
    if (isRefused(policy)) return policy
    given.push(policy)
  }
  return given
}

function policyGiven(text: string, kind: DocumentKind, id: string, type: SourcePolicy['type']): SourcePolicy | Refused {
  const result = compilePolicy(text, { name: id, kind })
  return 'ok' in result ? { compiled: result.ok, text, kind, id, type } : invalidInput(`${id}: ${result.refused}`)
}

/**
 * Puts a simulation together, or says what of the request is wrong. `source`: whose policies count besides those that came
 * along; null for SimulateCustomPolicy.
 */
export function planSimulation(input: Question, source: Source | null, context: ActionContext): Simulation | Refused {
  const own = source === null ? null : policiesOfSource(source, context)
  const given = policiesGiven(input.PolicyInputList, 'PolicyInputList')
  if (isRefused(given)) return given
  const boundary = boundaryOf(input, own?.boundary ?? null)
  if (boundary !== null && isRefused(boundary)) return boundary
  const called = callerOf(input, source, context)
  if (isRefused(called)) return called
  const resource =
    input.ResourcePolicy === undefined
      ? null
      : policyGiven(input.ResourcePolicy, 'resource', 'ResourcePolicy', 'Resource Policy')
  if (resource !== null && isRefused(resource)) return resource
  const owner = ownerOf(input, called.caller?.account ?? (source === null ? null : context.account))
  if (owner !== null && typeof owner !== 'string') return owner
  const resources = input.ResourceArns === undefined || input.ResourceArns.length === 0 ? ['*'] : input.ResourceArns
  const fault = faultOfActions(input.ActionNames) ?? faultOfResources(resources, input.ResourceHandlingOption)
  if (fault !== null) return fault
  const entries = conditionsGiven(input.ContextEntries ?? [])
  if (isRefused(entries)) return entries
  const conditions = new Map([...called.known, ...entries])
  const identity = [...(own?.identity ?? []), ...given]
  const ownersKnown = owner !== null || resources.every((resource) => accountOf(resource) !== null)
  const asked = [...identity, ...(boundary ?? []), ...(resource === null ? [] : [resource])]
  return {
    identity,
    boundary,
    resource,
    caller: called.caller,
    conditions,
    missing: keysOf(asked).filter((key) => !conditions.has(key.toLowerCase()) && !(ownersKnown && isOwner(key))),
    owner,
    actions: input.ActionNames,
    resources,
    named: resources.length > 1 || resources[0] !== '*',
  }
}

function isOwner(key: string): boolean {
  return key.toLowerCase() === 'aws:resourceaccount'
}

/** Of each text the keys that it asks for, for the calls that only tell them; a key may stand in several. */
export function keysToldOf(texts: readonly string[]): readonly string[] | Refused {
  const all: string[] = []
  for (const [index, text] of texts.entries()) {
    const told = keysAskedFor(text)
    if ('refused' in told) return invalidInput(`PolicyInputList.${index + 1}: ${told.refused}`)
    all.push(...told.keys)
  }
  return all
}

/** The condition keys on which the decisions hang, each once. */
function keysOf(policies: readonly SourcePolicy[]): readonly string[] {
  return distinctKeys(policies.flatMap(({ text, kind }) => contextKeysOf(text, kind)))
}

/** One that is given takes the place of the one that is attached. */
function boundaryOf(
  { PermissionsBoundaryPolicyInputList: texts }: Question,
  attached: readonly SourcePolicy[] | null,
): readonly SourcePolicy[] | null | Refused {
  if (texts === undefined || texts.length === 0) return attached
  if (texts.length > 1) return invalidInput('Only one permissions boundary policy can be simulated at a time.')
  return policiesGiven(texts, 'PermissionsBoundaryPolicyInputList')
}

interface Called {
  readonly caller: PolicyRequest['caller']
  readonly known: ReadonlyMap<string, readonly string[]>
}

/** As whom the calls are simulated: the user that is named, or whose policies they are. */
function callerOf(input: Question, source: Source | null, context: ActionContext): Called | Refused {
  const { account } = context.directory
  const arn = input.CallerArn ?? (source?.kind === 'user' ? arnOf(account, source) : null)
  if (arn === null) {
    if (input.ResourcePolicy !== undefined) return invalidCaller()
    return { caller: null, known: source?.kind === 'role' ? callerConditions(account, source) : new Map() }
  }
  const parts = /^arn:[a-z-]+:iam::(\d{12}):user\/(?:[^/]+\/)*([^/]+)$/.exec(arn)
  if (parts === null) return invalidCaller()
  const [, owner, name] = parts as unknown as [string, string, string]
  const user = owner === account.id ? context.directory.userNamed(name) : undefined
  if (user !== undefined && arnOf(account, user).toLowerCase() === arn.toLowerCase()) {
    return { caller: userCaller(owner, arnOf(account, user), user.id), known: callerConditions(account, user) }
  }
  // The simulated caller need not exist: then nothing is known of it but its ARN.
  const known = new Map([
    ['aws:principaltype', ['User']],
    ['aws:principalaccount', [owner]],
    ['aws:principalarn', [arn]],
    ['aws:username', [name]],
  ])
  return { caller: userCaller(owner, arn, arn), known }
}

function userCaller(account: string, arn: string, uniqueId: string): NonNullable<PolicyRequest['caller']> {
  return { account, arn, roleArn: null, uniqueId, type: 'user' }
}

function invalidCaller(): Refused {
  return invalidInput('Invalid caller - Caller must be an IAM user in this context.')
}

function ownerOf({ ResourceOwner: arn }: Question, otherwise: string | null): string | null | Refused {
  if (arn === undefined) return otherwise
  const owner = /^arn:[a-z-]+:iam::(\d{12}):root$/.exec(arn)?.[1]
  return owner ?? invalidInput(`'${arn}' is not a valid as a Resource Owner.`)
}

/** One action each: "this operation does not support using wildcards (*) in an action name" (API reference). */
function faultOfActions(actions: readonly string[]): Refused | null {
  const wrong = actions.filter((action) => !/^[a-z0-9-]+:[^\s:*?]+$/i.test(action))
  return wrong.length === 0 ? null : invalidInput(`Invalid Input Actions: [${wrong.slice(0, 20).join(',')}]`)
}

/** Of two entries for one key the later counts. */
function conditionsGiven(
  entries: NonNullable<Question['ContextEntries']>,
): Refused | ReadonlyMap<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>()
  for (const entry of entries) {
    if (entry.ContextKeyName === undefined) return invalidInput('A context entry must have a ContextKeyName.')
    const values = valuesOf(entry.ContextKeyName, entry.ContextKeyValues ?? [], entry.ContextKeyType ?? 'string')
    if (isRefused(values)) return values
    if (values.length > 0) conditions.set(entry.ContextKeyName.toLowerCase(), values)
  }
  return conditions
}
