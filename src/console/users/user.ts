import { queryOptions } from '@tanstack/react-query'
import { aws } from '../api/call.ts'

/** As GetUser shows a user; dates in seconds since the epoch. */
export interface User {
  readonly UserName: string
  readonly Path: string
  readonly Arn: string
  readonly UserId: string
  readonly CreateDate: number
  readonly PasswordLastUsed?: number
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn: string }
}

export function userQuery(userName: string) {
  return queryOptions({
    queryKey: ['user', userName, 'user'],
    queryFn: async () => (await aws<{ readonly User: User }>('iam', 'GetUser', { UserName: userName })).User,
  })
}
