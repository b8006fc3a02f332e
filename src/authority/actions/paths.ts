import { invalidParameter, type Refused } from './sentences.ts'

/** `pathType` of the IAM model. */
const PATH = /^\/(?:[\u0021-\u007e]+\/)?$/

/**
 * Why a path cannot be one of a user, role or device; null when it can, or is not given. IAM answers with this sentence and not
 * with the pattern of its model: recorded in February 2026 for CreateVirtualMFADevice (localstack's `test_iam_mfa.snapshot.json`),
 * seen for CreateRole (aws-cloudformation/cfn-lint#722, #3020).
 */
export function faultOfPath(member: 'path' | 'newPath', path: string | undefined): Refused | null {
  if (path === undefined || PATH.test(path)) return null
  return invalidParameter(
    `The specified value for ${member} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
  )
}
