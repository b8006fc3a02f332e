import { queryOptions } from '@tanstack/react-query'
import { aws, awsAll } from '../api/call.ts'

/** As GetGroup shows it; dates in seconds since the epoch. */
export interface Group {
  readonly GroupName: string
  readonly Path: string
  readonly Arn: string
  readonly GroupId: string
  readonly CreateDate: number
}

export interface Member {
  readonly UserName: string
  readonly Path: string
  readonly Arn: string
  readonly CreateDate: number
}

export function groupQuery(groupName: string) {
  return queryOptions({
    queryKey: ['group', groupName, 'group'],
    queryFn: async () => {
      const members = { GroupName: groupName, MaxItems: 1 }
      return (await aws<{ readonly Group: Group }>('iam', 'GetGroup', members)).Group
    },
  })
}

export function membersQuery(groupName: string) {
  return queryOptions({
    queryKey: ['group', groupName, 'members'],
    queryFn: () => awsAll<Member>('GetGroup', 'Users', { GroupName: groupName }),
  })
}
