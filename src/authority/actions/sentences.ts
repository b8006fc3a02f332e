import type { Refusal } from '../model/refusal.ts'

/** A plan or an action that says no. */
export interface Refused {
  readonly refused: Refusal
}

/**
 * AWS's recurring sentences of IAM, each with the refusal it belongs to: `authority.md` §4.5, and as AWS answered in February
 * 2026 (recorded in localstack's `tests/aws/services/iam/*.snapshot.json`).
 */
export const noSuch = {
  user: (name: string) => absent(`The user with name ${name} cannot be found.`),
  role: (name: string) => absent(`The role with name ${name} cannot be found.`),
  group: (name: string) => absent(`The group with name ${name} cannot be found.`),
  instanceProfile: (name: string) => absent(`Instance Profile ${name} cannot be found.`),
  roleInProfile: (role: string, profile: string) =>
    absent(`Role ${role} in Instance Profile ${profile} cannot be found.`),
  accessKey: (id: string) => absent(`The Access Key with id ${id} cannot be found.`),
  policy: (arn: string) => absent(`Policy ${arn} was not found.`),
  attachablePolicy: (arn: string) => absent(`Policy ${arn} does not exist or is not attachable.`),
  policyVersion: (arn: string, version: string) =>
    absent(`Policy ${arn} version ${version} does not exist or is not attachable.`),
  inlinePolicy: (holder: 'user' | 'group' | 'role', name: string) =>
    absent(`The ${holder} policy with name ${name} cannot be found.`),
  boundary: (holder: 'user' | 'role', name: string) => absent(`The ${holder} ${name} has no permissions boundary.`),
  boundaryPolicy: (arn: string) => absent(`Scope ARN: ${arn} does not exist or is not attachable.`),
  device: (serialNumber: string) => absent(`MFA Device with serial number ${serialNumber} does not exist.`),
  /** Of another user, or of nobody; as AWS answered in September 2026 (radkawar/stackd, `testdata/aws/iam/mfa.json`). */
  deviceOfUser: () => absent('MFA Device invalid for user.'),
  oidcProvider: (arn: string) => absent(`OpenIDConnect Provider not found for arn ${arn}`),
  oidcProviderToDelete: (arn: string) => absent(`OpenId connect Provider ${arn} cannot be found.`),
  samlProvider: (arn: string) => absent(`Manifest not found for arn ${arn}`),
  loginProfile: (name: string) => absent(`Login Profile for User ${name} cannot be found.`),
  passwordPolicy: (account: string) => absent(`The Password Policy with domain name ${account} cannot be found.`),
  passwordPolicyToDelete: () => absent('The account policy with name PasswordPolicy cannot be found.'),
  alias: (alias: string) => absent(`The account alias ${alias} cannot be found.`),
}

export const exists = {
  user: (name: string) => taken(`User with name ${name} already exists.`),
  loginProfile: (name: string) => taken(`Login Profile for user ${name} already exists.`),
  group: (name: string) => taken(`Group with name ${name} already exists.`),
  instanceProfile: (name: string) => taken(`Instance Profile ${name} already exists.`),
  role: (name: string) => taken(`Role with name ${name} already exists.`),
  policy: (name: string) => taken(`A policy called ${name} already exists. Duplicate names are not allowed.`),
  oidcProvider: (url: string) => taken(`Provider with url ${url} already exists.`),
  samlProvider: (name: string) => taken(`Provider with name ${name} already exists.`),
  device: () => taken('MFA device already exists.'),
  deviceOf: (user: string) => taken(`MFA Device for user ${user} already exists.`),
  assignedDevice: () => taken('MFA Device is already in use.'),
}

/** `Cannot exceed quota for AccessKeysPerUser: 2` */
export function overQuota(name: string, limit: number): Refused {
  return overLimit(`Cannot exceed quota for ${name}: ${limit}`)
}

export function overLimit(says: string): Refused {
  return { refused: { reason: 'limit-exceeded', says, cause: 'quota-or-conflict' } }
}

/** `Cannot delete entity, must delete access keys first.` */
export function mustFirst(what: string): Refused {
  return deleteConflict(`Cannot delete entity, must ${what} first.`)
}

export function deleteConflict(says: string): Refused {
  return { refused: { reason: 'delete-conflict', says, cause: 'quota-or-conflict' } }
}

/**
 * AWS's own managed policies are changed by nobody in an account, whether they exist or not (radkawar/stackd,
 * `internal/iam/managed/testdata/immutability.json`, September 2026).
 */
export function keptByAws(change: string): Refused {
  const says = `Cannot ${change} outside your own account.`
  return { refused: { reason: 'other-account', says, evidence: ['AWS managed policies cannot be changed.'] } }
}

export function invalidParameter(says: string): Refused {
  return { refused: { reason: 'invalid-parameter', says } }
}

export function invalidInput(says: string): Refused {
  return { refused: { reason: 'invalid-input', says } }
}

export function isRefused<T extends object>(value: T | Refused): value is Refused {
  return 'refused' in value
}

export function absent(says: string): Refused {
  return { refused: { reason: 'no-such-entity', says } }
}

export function taken(says: string): Refused {
  return { refused: { reason: 'entity-exists', says, cause: 'quota-or-conflict' } }
}
