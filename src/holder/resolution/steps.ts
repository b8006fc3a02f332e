import type { ChainStep, Trace } from '../chains/trace.ts'
import type { CredentialPlan } from '../sources/plan.ts'
import { isConclusive, type Resolution } from './resolution.ts'

/**
 * The trace as it looks once a step was resolved: with the credential that it gave, as if it had stood there, or with why it
 * gave none.
 */
export function resolvedTrace(trace: Trace, step: ChainStep, resolution: Resolution): Trace {
  const after = stepAfter(step, resolution)
  return {
    ...trace,
    steps: trace.steps.map((each) => (each === step ? after : each)),
    winner: trace.winner === step ? after : trace.winner,
  }
}

function stepAfter(step: ChainStep, resolution: Resolution): ChainStep {
  switch (resolution.kind) {
    case 'resolved': {
      const { credential, roleSession } = resolution
      return { ...step, credential, because: step.plan === null ? step.because : given(step.plan, roleSession) }
    }
    case 'failed':
      // What tells nothing about the credential does not make its source a broken one.
      return isConclusive(resolution)
        ? { ...step, outcome: 'broken', because: resolution.because }
        : { ...step, because: `${step.because}, but ${resolution.because}` }
    case 'described':
      return step
  }
}

/** What was done, in the words in which the chain said that it would be done. */
function given(plan: CredentialPlan, roleSession: string | null): string {
  const as = roleSession === null ? '' : ` as ${roleSession.slice(roleSession.lastIndexOf('/') + 1)}`
  switch (plan.kind) {
    case 'static':
      return 'the keys stand on this machine'
    case 'assume-role':
      return `the role ${plan.roleArn} was assumed${as}`
    case 'web-identity':
      return `the role ${plan.roleArn} was assumed${as} with the token in ${plan.tokenFile}`
    case 'sso':
      return `IAM Identity Center gave the role ${plan.roleName} in account ${plan.accountId}`
    case 'login':
      return `the session ${plan.session} of aws login is used`
    case 'process':
      return `the credential_process${plan.profile === null ? '' : ` of [${plan.profile}]`} gave credentials`
    case 'container':
      return `${plan.url} gave credentials`
    case 'instance-metadata':
      return `${plan.endpoint} gave the credentials of the instance's role`
  }
}
