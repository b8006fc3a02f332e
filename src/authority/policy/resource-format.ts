import { partitions } from '../../anatomy/partitions.ts'

/** What may follow the account in an ARN of IAM, as IAM's own sentence lists it. */
const iamPaths = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

/**
 * What IAM says of a `Resource` value that is no ARN it can take; null when it is fine (recorded from AWS by localstack's
 * validated snapshots, Feb 2026).
 */
export function resourceFault(resource: string): string | null {
  if (resource === '*') return null
  const parts = resource.split(':')
  if (parts.length === 1) return `Resource ${resource} must be in ARN format or "*".`
  const partition = parts[1]!
  if (partition !== '*' && !partitions.some(({ id }) => id === partition)) {
    const rest = parts.slice(2)
    // A value that ends right after the partition counts as having no service at all.
    const service = rest.length === 0 || (rest.length === 1 && rest[0] === '') ? '*' : rest[0]
    const resourcePart = rest.length > 3 ? rest.slice(3).join(':') : '*'
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${service}:${rest[1] ?? '*'}:${
      rest[2] ?? '*'
    }:${resourcePart}".`
  }
  if (parts.length === 2) return 'Resource vendor must be fully qualified and cannot contain regexes.'
  return regionFault(resource, parts) ?? iamPathFault(parts)
}

function regionFault(resource: string, parts: readonly string[]): string | null {
  const service = parts[2]!
  if (service !== 'iam' && service !== 's3') return null
  // Only a value that goes on after the service with an empty region (`arn:aws:s3::…`) is free of one.
  if (parts.length > 4 && parts[3] === '') return null
  const resourcePart = parts.slice(5).join(':')
  if (service === 's3') {
    return resourcePart.startsWith('accesspoint/') ? null : `Resource ${resource} can not contain region information.`
  }
  return `IAM resource ${resource} cannot contain region information.`
}

function iamPathFault(parts: readonly string[]): string | null {
  if (parts[2] !== 'iam') return null
  const path = parts.slice(5).join(':')
  if (path.startsWith('*') || path === 'root' || iamPaths.some((start) => path.startsWith(start))) return null
  return `IAM resource path must either be "*", root, or start with ${iamPaths.join(', ')}.`
}

/** The older parser's own look at an ARN: all six parts wherever one is empty, and a service. */
export function resourceIsLegacyBroken(resource: string): boolean {
  if (resource === '*') return false
  const parts = resource.split(':')
  return (parts.length < 6 && resource.includes('::')) || parts[2] === ''
}
