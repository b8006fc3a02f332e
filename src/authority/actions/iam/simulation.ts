import { arnOf } from '../../model/arn-of.ts'
import type { Permission } from '../../model/permission.ts'
import { type ActionContext, type ActionResult, action } from '../grid.ts'
import { type PageRequest, page } from '../pages.ts'
import { invalidInput, isRefused, type Refused } from '../sentences.ts'
import { onAll, permission } from '../subjects.ts'
import {
  keysToldOf,
  planSimulation,
  policiesOfSource,
  type Simulation,
  type Source,
  sourceNamed,
} from './simulation-input.ts'
import {
  contextKeys,
  morePolicies,
  onlyPolicies,
  policySource,
  type Question,
  question,
  simulated,
} from './simulation-members.ts'
import { simulateAction } from './simulation-results.ts'

/*
 * The policy simulator: what `decide` would say of requests that nobody has made. As in AWS, policies of resources and trust
 * policies of roles count only where the request brings them along, and a condition key that nobody gave is absent.
 */

/**
 * What one reply may cost; beyond it the page ends early, as IAM's pages may, and one action that costs more on all its resources
 * is not simulated. `size`: statements and keys looked at, which a reply can name. `work`: the product of the lengths that are
 * compared, which no pattern can exceed.
 */
const mostPerPage = { size: 200_000, work: 2e9 } as const
const mostPerAction = { size: 2_000_000, work: 4e9 } as const

const simulatePrincipalPolicy = action({
  service: 'iam',
  name: 'SimulatePrincipalPolicy',
  input: { ...policySource, ...morePolicies, ...question },
  output: simulated,
  permission: (input, context) => onSource('iam:SimulatePrincipalPolicy', input.PolicySourceArn, context),
  run: (input, context) => {
    const source = sourceNamed(input.PolicySourceArn, context)
    return isRefused(source) ? source : simulate('SimulatePrincipalPolicy', input, source, context)
  },
})

const simulateCustomPolicy = action({
  service: 'iam',
  name: 'SimulateCustomPolicy',
  input: { ...onlyPolicies, ...question },
  output: simulated,
  permission: onAll('iam:SimulateCustomPolicy'),
  run: (input, context) => simulate('SimulateCustomPolicy', input, null, context),
})

function simulate(
  operation: string,
  input: Question & PageRequest,
  source: Source | null,
  context: ActionContext,
): ActionResult<typeof simulated> | Refused {
  const simulation = planSimulation(input, source, context)
  if (isRefused(simulation)) return simulation
  const { size, work } = costPerAction(simulation)
  if (size > mostPerAction.size || work > mostPerAction.work) {
    return invalidInput('The simulation is too large: ask about fewer resources, or with fewer policies, at a time.')
  }
  const most = Math.max(1, Math.floor(Math.min(mostPerPage.size / size, mostPerPage.work / work)))
  const asked = { ...input, MaxItems: Math.min(input.MaxItems ?? 100, most) }
  const numbered = simulation.actions.map((name, index) => ({ name, index }))
  const some = page(context, operation, asked, numbered, ({ index }) => String(index).padStart(6, '0'))
  if (isRefused(some)) return some
  return { ok: { EvaluationResults: some.items.map(({ name }) => simulateAction(name, simulation)), ...some.end } }
}

function costPerAction(simulation: Simulation): { readonly size: number; readonly work: number } {
  const { identity, boundary, resource, resources, missing, conditions } = simulation
  const policies = [...identity, ...(boundary ?? []), ...(resource === null ? [] : [resource])]
  const statements = sum(policies, ({ compiled }) => compiled.statements.length)
  const context = sum([...conditions.values()], (values) => sum(values, (value) => value.length))
  return {
    size: resources.length * (1 + statements + missing.length),
    work: (1 + sum(policies, ({ text }) => text.length)) * sum(resources, (name) => name.length + context),
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

const getContextKeysForPrincipalPolicy = action({
  service: 'iam',
  name: 'GetContextKeysForPrincipalPolicy',
  input: { ...policySource, ...morePolicies },
  output: contextKeys,
  permission: (input, context) => onSource('iam:GetContextKeysForPrincipalPolicy', input.PolicySourceArn, context),
  run: (input, context) => {
    const source = sourceNamed(input.PolicySourceArn, context)
    if (isRefused(source)) return source
    const given = keysToldOf(input.PolicyInputList ?? [])
    if (isRefused(given)) return given
    // A policy that a user has in two ways is one.
    const own = new Map(policiesOfSource(source, context).all.map(({ id, text }) => [`${id} ${text}`, text]))
    const told = keysToldOf([...own.values()])
    return isRefused(told) ? told : { ok: { ContextKeyNames: [...told, ...given] } }
  },
})

const getContextKeysForCustomPolicy = action({
  service: 'iam',
  name: 'GetContextKeysForCustomPolicy',
  input: onlyPolicies,
  output: contextKeys,
  permission: onAll('iam:GetContextKeysForCustomPolicy'),
  run: (input) => {
    const told = keysToldOf(input.PolicyInputList)
    return isRefused(told) ? told : { ok: { ContextKeyNames: told } }
  },
})

function onSource(name: string, arn: string, context: ActionContext): Permission {
  const source = sourceNamed(arn, context)
  return isRefused(source)
    ? permission(name, arn)
    : permission(name, arnOf(context.directory.account, source), undefined, source)
}

export const simulation = [
  simulatePrincipalPolicy,
  simulateCustomPolicy,
  getContextKeysForPrincipalPolicy,
  getContextKeysForCustomPolicy,
]
