/*
 * The front door of `resolution`: runs the plan that a chain only tells, for the one SDK that is asked. Nothing here loads
 * Node's modules or the signature before a request or a hash is really needed.
 */

import type { ChainStep, Trace } from '../chains/trace.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import { readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { CredentialPlan, SsoPlan } from '../sources/plan.ts'
import {
  type Described,
  type Failed,
  failed,
  type Means,
  type Outcome,
  type Resolution,
  type ResolutionOptions,
  type TrailStep,
} from './resolution.ts'

export {
  type Described,
  type Failed,
  type FailureReason,
  isConclusive,
  type Outcome,
  type RefusalSeen,
  type Resolution,
  type ResolutionOptions,
  type Resolved,
  type TrailStep,
} from './resolution.ts'

export { resolvedTrace } from './steps.ts'

const usualTimeoutMs = 5000
const usualProcessTimeoutMs = 60_000
/** No tool has a limit; more roles behind one another than this have not been meant. */
const mostRoles = 20

/**
 * Gets the credential of a step of a chain for real: what stands on the machine is taken as it is, a plan is run. Requests go
 * where the trace says that the SDK would send them. Whatever fails, is forbidden or needs somebody is a value; it never
 * rejects.
 */
export async function resolveStep(
  machine: Machine,
  trace: Trace,
  step: ChainStep,
  options: ResolutionOptions = {},
  files: AwsFiles = readAwsFiles(machine),
): Promise<Resolution> {
  const trail: TrailStep[] = []
  if (step.credential !== null && step.plan === null) {
    return { kind: 'resolved', credential: step.credential, roleSession: null, trail }
  }
  if (step.plan === null) {
    const because = `${step.provider} would be asked later, and how is not known`
    return { ...failed('no-plan', `UnsupportedSource: ${because}`, because, step.at), trail }
  }
  const means = meansOf(machine, trace, options, files, trail)
  return { ...(await means.resolve(step.plan)), trail }
}

/**
 * The access token of a sign-in to IAM Identity Center as it is cached, renewed where it may and has to be (`disk`). Only what
 * tells where the token is matters of the plan: a profile may name no role yet.
 */
export async function ssoAccessToken(
  machine: Machine,
  trace: Trace,
  plan: SsoPlan,
  options: ResolutionOptions = {},
  files: AwsFiles = readAwsFiles(machine),
): Promise<{ readonly kind: 'token'; readonly accessToken: string } | Failed | Described> {
  const { accessTokenOf } = await import('./sso.ts')
  const token = await accessTokenOf(plan, meansOf(machine, trace, options, files, []))
  return typeof token === 'string' ? { kind: 'token', accessToken: token } : token
}

function meansOf(
  machine: Machine,
  trace: Trace,
  options: ResolutionOptions,
  files: AwsFiles,
  trail: TrailStep[],
): Means {
  let roles = 0
  const means: Means = {
    machine,
    trace,
    files,
    offline: options.offline === true,
    exec: options.exec !== false,
    timeoutMs: options.timeoutMs ?? usualTimeoutMs,
    processTimeoutMs: options.processTimeoutMs ?? usualProcessTimeoutMs,
    disk: options.disk ?? null,
    askCode: options.askCode ?? null,
    trail,
    onStep: options.onStep ?? (() => {}),
    async resolve(plan) {
      if (plan.kind === 'assume-role') roles += 1
      const go = (given: CredentialPlan): Promise<Outcome> => run(given, means)
      if (roles <= mostRoles) return await (options.around === undefined ? go(plan) : options.around(plan, go))
      const because = `more than ${mostRoles} roles stand behind one another`
      return failed('too-many-roles', `RecursionError: ${because}`, because, 'at' in plan ? plan.at : null)
    },
  }
  return means
}

/** One executor per kind of plan, loaded when it is needed. */
async function run(plan: CredentialPlan, means: Means): Promise<Outcome> {
  switch (plan.kind) {
    case 'static':
      return { kind: 'resolved', credential: plan.credential, roleSession: null }
    case 'assume-role':
      return await (await import('./assume-role.ts')).assumeRole(plan, means)
    case 'web-identity':
      return await (await import('./web-identity.ts')).webIdentity(plan, means)
    case 'sso':
      return await (await import('./sso.ts')).sso(plan, means)
    case 'login':
      return await (await import('./login.ts')).login(plan, means)
    case 'process':
      return await (await import('./credential-process.ts')).credentialProcess(plan, means)
    case 'container':
      return await (await import('./container.ts')).container(plan, means)
    case 'instance-metadata':
      return await (await import('./instance-metadata.ts')).instanceMetadata(plan, means)
  }
}
