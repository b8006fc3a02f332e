import type { ChainStep, Trace } from '../chains/trace.ts'
import type { Machine } from '../machine/machine.ts'
import { readWorkload } from '../surroundings/workload.ts'

/** The address of every instance (EC2 User Guide, "Use the Instance Metadata Service"). */
export const instanceAddress = 'http://169.254.169.254'

/**
 * The same trace with the role of the instance as its winner, when no source holds anything and the computer is an EC2 instance
 * by its own word; null else. The chains do not count on a role that nothing speaks of; on an instance the SDK would ask for it.
 */
export function traceOnInstance(machine: Machine, trace: Trace): Trace | null {
  if (trace.winner !== null || trace.error !== null) return null
  const step = trace.steps.find(({ provider, reason }) => provider === 'iam-role' && reason === 'not-configured')
  if (step === undefined) return null
  const sign = readWorkload(machine).instance
  if (sign === null) return null
  const winner: ChainStep = {
    ...step,
    outcome: 'found',
    reason: 'asked-later',
    because: `this is an EC2 instance, and ${instanceAddress} would be asked for its role`,
    at: sign,
    plan: { kind: 'instance-metadata', endpoint: instanceAddress, versionOne: true, at: null },
  }
  return { ...trace, winner, steps: trace.steps.map((each) => (each === step ? winner : each)) }
}
