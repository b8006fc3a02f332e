import { queryOptions } from '@tanstack/react-query'
import { aws, awsAll } from '../api/call.ts'
import { readable } from '../policies/json-text.ts'

/** As GetRole has it. */
export interface Role {
  readonly RoleName: string
  readonly RoleId: string
  readonly Arn: string
  readonly Path: string
  readonly CreateDate: number
  /** Percent-encoded. */
  readonly AssumeRolePolicyDocument: string
  readonly Description?: string
  /** Seconds. */
  readonly MaxSessionDuration: number
  readonly RoleLastUsed?: { readonly LastUsedDate?: number; readonly Region?: string }
}

export interface InstanceProfile {
  readonly InstanceProfileName: string
  readonly Arn: string
}

export function roleQuery(name: string) {
  return queryOptions({
    queryKey: ['role', name],
    queryFn: async () => (await aws<{ readonly Role: Role }>('iam', 'GetRole', { RoleName: name })).Role,
  })
}

export function instanceProfilesQuery(role: string) {
  return queryOptions({
    queryKey: ['role', role, 'instance-profiles'],
    queryFn: () => awsAll<InstanceProfile>('ListInstanceProfilesForRole', 'InstanceProfiles', { RoleName: role }),
  })
}

/** As it was written, or line by line where it was all on one. */
export function trustPolicyOf({ AssumeRolePolicyDocument }: Role): string {
  return readable(decodeURIComponent(AssumeRolePolicyDocument))
}
