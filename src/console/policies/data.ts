import { queryOptions } from '@tanstack/react-query'
import { aws, awsAll } from '../api/call.ts'
import type { Tag } from '../parts/tag-fields.tsx'

/** As GetPolicy has it. */
export interface Policy {
  readonly PolicyName: string
  readonly PolicyId: string
  readonly Arn: string
  readonly Path: string
  readonly DefaultVersionId: string
  readonly AttachmentCount: number
  readonly PermissionsBoundaryUsageCount: number
  readonly Description?: string
  readonly CreateDate: number
  readonly UpdateDate: number
  readonly Tags?: readonly Tag[]
}

export interface Version {
  readonly VersionId: string
  readonly IsDefaultVersion: boolean
  readonly CreateDate: number
}

export function policyQuery(arn: string) {
  return queryOptions({
    queryKey: ['policy', arn],
    queryFn: async () => (await aws<{ readonly Policy: Policy }>('iam', 'GetPolicy', { PolicyArn: arn })).Policy,
  })
}

/** Newest first. */
export function versionsQuery(arn: string) {
  return queryOptions({
    queryKey: ['policy', arn, 'versions'],
    queryFn: async () => {
      const versions = await awsAll<Version>('ListPolicyVersions', 'Versions', { PolicyArn: arn })
      return [...versions].sort((a, b) => numberOf(b) - numberOf(a))
    },
  })
}

function numberOf({ VersionId }: Version): number {
  return Number(VersionId.slice(1))
}

/** The text of one version, as it was written. */
export function documentQuery(arn: string, version: string) {
  return queryOptions({
    queryKey: ['policy', arn, 'document', version],
    queryFn: async () => {
      const reply = await aws<{ readonly PolicyVersion: { readonly Document: string } }>('iam', 'GetPolicyVersion', {
        PolicyArn: arn,
        VersionId: version,
      })
      return decodeURIComponent(reply.PolicyVersion.Document)
    },
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export interface Entity {
  readonly kind: 'user' | 'group' | 'role'
  readonly name: string
  readonly use: 'Permissions policy' | 'Permissions boundary'
}

/** Who has the policy, attached or as boundary. */
export function entitiesQuery(arn: string) {
  return queryOptions({
    queryKey: ['policy', arn, 'entities'],
    queryFn: async (): Promise<readonly Entity[]> => {
      const uses = ['PermissionsPolicy', 'PermissionsBoundary'] as const
      return (await Promise.all(uses.flatMap((use) => kinds.map((kind) => entitiesOf(arn, kind, use))))).flat()
    },
  })
}

const kinds = [
  { kind: 'user', filter: 'User', list: 'PolicyUsers', name: 'UserName' },
  { kind: 'group', filter: 'Group', list: 'PolicyGroups', name: 'GroupName' },
  { kind: 'role', filter: 'Role', list: 'PolicyRoles', name: 'RoleName' },
] as const

async function entitiesOf(
  arn: string,
  { kind, filter, list, name }: (typeof kinds)[number],
  usage: 'PermissionsPolicy' | 'PermissionsBoundary',
): Promise<readonly Entity[]> {
  // Nothing bounds a group.
  if (kind === 'group' && usage === 'PermissionsBoundary') return []
  const found = await awsAll<Readonly<Record<string, string>>>('ListEntitiesForPolicy', list, {
    PolicyArn: arn,
    EntityFilter: filter,
    PolicyUsageFilter: usage,
  })
  const use = usage === 'PermissionsPolicy' ? 'Permissions policy' : 'Permissions boundary'
  return found.map((one) => ({ kind, name: one[name]!, use }))
}
