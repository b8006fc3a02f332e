import type { Directory } from '../directory/directory.ts'
import { arnOf, roleArn, userArn } from '../model/arn-of.ts'
import type { Group, ManagedPolicy, MfaDevice, OidcProvider, Role, SamlProvider, User } from '../model/entities.ts'
import type { GroupRow, MfaDeviceRow, PolicyRow, ProviderRow, RoleRow, UserRow } from './shapes.ts'

/* What the tables of the console show of one entity; columns as in AWS's console. */

export function userRow(user: User, directory: Directory): UserRow {
  const profile = directory.loginProfile(user.id)
  const keys = directory.accessKeysOf(user.id).map(({ id, status, createdAt }) => ({
    id,
    status,
    createdAt,
    lastUsedAt: directory.lastUse(id)?.at ?? null,
  }))
  const passwordLastUsedAt = profile?.lastUsedAt ?? null
  return {
    name: user.name,
    path: user.path,
    arn: userArn(directory.account, user),
    id: user.id,
    createdAt: user.createdAt,
    groups: user.groups?.length ?? 0,
    mfaDevices: directory.mfaDevicesOf(user.id).length,
    passwordSetAt: profile?.changedAt ?? null,
    passwordLastUsedAt,
    keys,
    activeKeySince: keys.find(({ status }) => status === 'Active')?.createdAt ?? null,
    lastActivityAt: latest([passwordLastUsedAt, ...keys.map(({ lastUsedAt }) => lastUsedAt)]),
    hidden: [],
  }
}

function latest(times: readonly (string | null)[]): string | null {
  return times.reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null)
}

export function groupRow(group: Group, directory: Directory): GroupRow {
  return {
    name: group.name,
    path: group.path,
    arn: arnOf(directory.account, group),
    id: group.id,
    createdAt: group.createdAt,
    members: directory.membersOf(group.id).length,
    policies: policiesHeld(group),
  }
}

function policiesHeld({ attachedPolicies, inlinePolicies }: Group | Role): number {
  return attachedPolicies.length + Object.keys(inlinePolicies).length
}

export function roleRow(role: Role, directory: Directory): RoleRow {
  return {
    name: role.name,
    path: role.path,
    arn: roleArn(directory.account, role),
    id: role.id,
    createdAt: role.createdAt,
    description: role.description,
    trustedEntities: trustedEntities(role.trustPolicy),
    policies: policiesHeld(role),
    maxSessionDuration: role.maxSessionDuration,
    lastUsedAt: directory.lastUse(role.id)?.at ?? null,
    hidden: [],
  }
}

/** Whom a trust policy lets in, in the words of AWS's console; nothing for a text that is no policy. */
function trustedEntities(text: string): readonly string[] {
  const document = objectIn(text)
  const statements = [document?.['Statement']].flat().filter(isObject)
  const named = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal }) => {
      if (Principal === '*') return ['Anyone']
      return isObject(Principal) ? Object.entries(Principal).flatMap(([kind, value]) => wordsOf(kind, value)) : []
    })
  return [...new Set(named)]
}

function wordsOf(kind: string, value: unknown): readonly string[] {
  const names = [value].flat().filter((one): one is string => typeof one === 'string')
  return names.map((name) => {
    if (kind === 'Service') return `AWS service: ${name.replace(/\.amazonaws\.com(?:\.cn)?$/, '')}`
    if (kind === 'Federated') return `Identity Provider: ${name}`
    if (name === '*') return 'Anyone'
    const account = /^(\d{12})$|^arn:[^:]+:iam::(\d{12}):root$/.exec(name)
    return account === null ? name : `Account: ${account[1] ?? account[2]}`
  })
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function policyRow(policy: ManagedPolicy, directory: Directory): PolicyRow {
  const { attached, boundary } = directory.usersOfPolicy(policy.arn)
  return {
    name: policy.name,
    path: policy.path,
    arn: policy.arn,
    type: typeOfPolicy(policy.arn),
    attachments: attached.length,
    boundaries: boundary.length,
    description: policy.description,
    defaultVersion: policy.defaultVersion,
    createdAt: policy.createdAt,
    updatedAt: policy.updatedAt,
  }
}

export function typeOfPolicy(arn: string): PolicyRow['type'] {
  return /^arn:[^:]+:iam::aws:/.test(arn) ? 'AWS managed' : 'Customer managed'
}

/** A SAML provider's assertions are for whom they say; it has no list of audiences. */
export function providerRow(provider: OidcProvider | SamlProvider): ProviderRow {
  const { arn, createdAt } = provider
  if (provider.kind === 'saml-provider') {
    return { kind: 'SAML', name: arn.slice(arn.indexOf('/') + 1), arn, createdAt, audiences: [] }
  }
  const { issuer, clientIds } = provider
  return {
    kind: 'OpenID Connect',
    name: issuer.replace(/^https?:\/\//, ''),
    arn,
    createdAt,
    audiences: clientIds,
  }
}

export function mfaDeviceRow(device: MfaDevice, directory: Directory): MfaDeviceRow {
  const { serialNumber, name, owner, enabledAt, createdAt } = device
  return {
    serialNumber,
    name,
    owner: owner === null ? null : owner === 'root' ? 'root' : (directory.user(owner)?.name ?? null),
    ownerIsRoot: owner === 'root',
    enabledAt,
    createdAt,
  }
}
