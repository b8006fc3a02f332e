import { randomUUID } from 'node:crypto'
import type { Directory } from '../../directory/directory.ts'
import type { PermissionSet, User } from '../../model/entities.ts'
import { assignmentAccountArn, personId } from '../../model/identity-center.ts'
import type { Permission } from '../../model/permission.ts'
import { type ActionContext, action } from '../grid.ts'
import { maybeText } from '../members.ts'
import { absent, isRefused, type Refused } from '../sentences.ts'
import { permission } from '../subjects.ts'
import { wholeSeconds, write } from '../write.ts'
import {
  accountId,
  assignmentStatus,
  instanceArnMember,
  maxResults,
  nextToken,
  principalId,
  principalType,
  provisioningStatus,
  requestId,
  setArnMember,
  setMembers,
  targetType,
} from './members.ts'
import { planAssignment, planProvisioning, planUnassignment } from './provisioning.ts'
import { faultOfInstance, type OfSet, onInstance, onSet, pageOf, setNamed } from './sets.ts'

/** What a request to assign or to provision came to: it is done when it is answered, but clients ask once more. */
interface Status {
  readonly kind: 'creation' | 'deletion' | 'provisioning'
  readonly RequestId: string
  readonly Status: 'SUCCEEDED' | 'FAILED'
  readonly FailureReason: string | undefined
  readonly CreatedDate: string
  readonly PermissionSetArn: string
  readonly PrincipalId?: string
}

const statusesOf = new WeakMap<Directory, Map<string, Status>>()
const mostStatuses = 1000

function keep(status: Omit<Status, 'RequestId' | 'CreatedDate'>, { directory, now }: ActionContext): Status {
  const statuses = statusesOf.get(directory) ?? new Map<string, Status>()
  statusesOf.set(directory, statuses)
  if (statuses.size >= mostStatuses) statuses.delete(statuses.keys().next().value!)
  const kept = { ...status, RequestId: randomUUID(), CreatedDate: wholeSeconds(now) }
  statuses.set(kept.RequestId, kept)
  return kept
}

function statusNamed(kind: Status['kind'], id: string, { directory }: ActionContext): Status | Refused {
  const status = statusesOf.get(directory)?.get(id)
  return status?.kind === kind ? status : absent(`Could not find a request with id ${id}`)
}

const assignmentMembers = {
  InstanceArn: instanceArnMember,
  TargetId: accountId,
  TargetType: targetType,
  PermissionSetArn: setArnMember,
  PrincipalType: principalType,
  PrincipalId: principalId,
} as const

interface OfAssignment extends OfSet {
  readonly TargetId: string
  readonly PrincipalType: string
  readonly PrincipalId: string
}

/** An assignment is about the account besides (Service Authorization Reference, "AWS IAM Identity Center"). */
function onAssignment(name: string) {
  return (input: OfSet, context: ActionContext): readonly Permission[] => [
    ...onSet(name)(input, context),
    permission(`sso:${name}`, assignmentAccountArn(context.directory.account)),
  ]
}

function shownAssignment(status: Status, { TargetId, PrincipalType, PrincipalId }: Omit<OfAssignment, keyof OfSet>) {
  const { kind: _kind, ...shown } = status
  return { ...shown, TargetId, TargetType: 'AWS_ACCOUNT', PrincipalType, PrincipalId }
}

const createAccountAssignment = action({
  service: 'sso',
  name: 'CreateAccountAssignment',
  input: assignmentMembers,
  output: { AccountAssignmentCreationStatus: assignmentStatus },
  permission: onAssignment('CreateAccountAssignment'),
  run: async (input, context) => {
    const done = await write<string | undefined>(context, () => {
      const found = assigneeOf(input, context)
      if (isRefused(found)) return found
      const planned = planAssignment(found.set, found.user, context)
      return 'failure' in planned ? { ok: planned.failure, changes: [] } : { ok: undefined, changes: planned.changes }
    })
    if (isRefused(done)) return done
    const status = keep(statusOf('creation', done.ok, input), context)
    return { ok: { AccountAssignmentCreationStatus: shownAssignment(status, input) } }
  },
})

const deleteAccountAssignment = action({
  service: 'sso',
  name: 'DeleteAccountAssignment',
  input: assignmentMembers,
  output: { AccountAssignmentDeletionStatus: assignmentStatus },
  permission: onAssignment('DeleteAccountAssignment'),
  run: async (input, context) => {
    const done = await write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      // Also of a user that is gone.
      const userId = set.assignedTo.find((id) => personId(context.directory.account, { id }) === input.PrincipalId)
      if (input.TargetId !== context.account || input.PrincipalType !== 'USER' || userId === undefined)
        return absent('Could not find the account assignment.')
      return { ok: undefined, changes: planUnassignment(set, userId, context) }
    })
    if (isRefused(done)) return done
    const status = keep(statusOf('deletion', done.ok, input), context)
    return { ok: { AccountAssignmentDeletionStatus: shownAssignment(status, input) } }
  },
})

function statusOf(kind: Status['kind'], failure: string | undefined, { PermissionSetArn, ...input }: OfSet) {
  const principal = 'PrincipalId' in input ? { PrincipalId: String(input.PrincipalId) } : {}
  const outcome = failure === undefined ? ('SUCCEEDED' as const) : ('FAILED' as const)
  return { kind, Status: outcome, FailureReason: failure, PermissionSetArn, ...principal }
}

/** There is one account, and there are no groups. */
function assigneeOf(
  input: OfAssignment,
  context: ActionContext,
): { readonly set: PermissionSet; readonly user: User } | Refused {
  const set = setNamed(input, context)
  if (isRefused(set)) return set
  if (input.TargetId !== context.account) return absent(`Could not find the account ${input.TargetId}`)
  const user = input.PrincipalType === 'USER' ? personOf(input.PrincipalId, context) : undefined
  return user === undefined ? absent(`${input.PrincipalType} not found.`) : { set, user }
}

/** The user with a password that has this id in the identity store. */
export function personOf(id: string, { directory }: Pick<ActionContext, 'directory'>): User | undefined {
  return directory
    .users()
    .find((user) => directory.loginProfile(user.id) !== undefined && personId(directory.account, user) === id)
}

const describeCreationStatus = action({
  service: 'sso',
  name: 'DescribeAccountAssignmentCreationStatus',
  input: { InstanceArn: instanceArnMember, AccountAssignmentCreationRequestId: requestId },
  output: { AccountAssignmentCreationStatus: assignmentStatus },
  permission: onInstance('DescribeAccountAssignmentCreationStatus'),
  run: (input, context) => {
    const status = statusNamed('creation', input.AccountAssignmentCreationRequestId, context)
    return isRefused(status) ? status : { ok: { AccountAssignmentCreationStatus: assignmentOf(status, context) } }
  },
})

const describeDeletionStatus = action({
  service: 'sso',
  name: 'DescribeAccountAssignmentDeletionStatus',
  input: { InstanceArn: instanceArnMember, AccountAssignmentDeletionRequestId: requestId },
  output: { AccountAssignmentDeletionStatus: assignmentStatus },
  permission: onInstance('DescribeAccountAssignmentDeletionStatus'),
  run: (input, context) => {
    const status = statusNamed('deletion', input.AccountAssignmentDeletionRequestId, context)
    return isRefused(status) ? status : { ok: { AccountAssignmentDeletionStatus: assignmentOf(status, context) } }
  },
})

function assignmentOf(status: Status, { account }: ActionContext) {
  return shownAssignment(status, { TargetId: account, PrincipalType: 'USER', PrincipalId: status.PrincipalId ?? '' })
}

const assignmentList = {
  AccountAssignments: {
    type: 'list',
    member: {
      type: 'structure',
      members: {
        AccountId: maybeText,
        PermissionSetArn: maybeText,
        PrincipalType: maybeText,
        PrincipalId: maybeText,
      },
    },
  },
  NextToken: maybeText,
} as const

const listAccountAssignments = action({
  service: 'sso',
  name: 'ListAccountAssignments',
  input: {
    InstanceArn: instanceArnMember,
    AccountId: accountId,
    PermissionSetArn: setArnMember,
    MaxResults: maxResults,
    NextToken: nextToken,
  },
  output: assignmentList,
  permission: onAssignment('ListAccountAssignments'),
  run: (input, context) => {
    const set = setNamed(input, context)
    if (isRefused(set)) return set
    const ids = input.AccountId === context.account ? set.assignedTo : []
    const some = pageOf(context, 'ListAccountAssignments', input, ids, (id) => id)
    if (isRefused(some)) return some
    const shown = some.items.map((id) => ({
      AccountId: context.account,
      PermissionSetArn: set.arn,
      PrincipalType: 'USER',
      PrincipalId: personId(context.directory.account, { id }),
    }))
    return { ok: { AccountAssignments: shown, NextToken: some.NextToken } }
  },
})

const listAssignmentsForPrincipal = action({
  service: 'sso',
  name: 'ListAccountAssignmentsForPrincipal',
  input: {
    InstanceArn: instanceArnMember,
    PrincipalId: principalId,
    PrincipalType: principalType,
    Filter: { type: 'structure', members: { AccountId: { type: 'string', min: 12, max: 12, pattern: '\\d{12}' } } },
    NextToken: nextToken,
    MaxResults: maxResults,
  },
  output: assignmentList,
  permission: onInstance('ListAccountAssignmentsForPrincipal'),
  run: (input, context) => {
    const fault = faultOfInstance(input, context)
    if (fault !== null) return fault
    const { account, directory } = context
    const asked = input.PrincipalType === 'USER' && (input.Filter?.AccountId ?? account) === account
    const sets = directory
      .permissionSets()
      .filter((set) => asked && set.assignedTo.some((id) => personId(directory.account, { id }) === input.PrincipalId))
    const some = pageOf(context, 'ListAccountAssignmentsForPrincipal', input, sets, (set) => set.arn)
    if (isRefused(some)) return some
    const shown = some.items.map((set) => ({
      AccountId: account,
      PermissionSetArn: set.arn,
      PrincipalId: input.PrincipalId,
      PrincipalType: 'USER',
    }))
    return { ok: { AccountAssignments: shown, NextToken: some.NextToken } }
  },
})

const provisionPermissionSet = action({
  service: 'sso',
  name: 'ProvisionPermissionSet',
  input: {
    ...setMembers,
    TargetId: { type: 'string', min: 12, max: 12, pattern: '\\d{12}' },
    TargetType: { type: 'string', required: true, enum: ['AWS_ACCOUNT', 'ALL_PROVISIONED_ACCOUNTS'] },
  },
  output: { PermissionSetProvisioningStatus: provisioningStatus },
  permission: onAssignment('ProvisionPermissionSet'),
  run: async (input, context) => {
    const done = await write<string | undefined>(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      const everywhere = input.TargetType === 'ALL_PROVISIONED_ACCOUNTS'
      if (!everywhere && input.TargetId !== context.account)
        return absent(`Could not find the account ${input.TargetId ?? ''}`)
      if (everywhere && set.roleId === null) return { ok: undefined, changes: [] }
      const planned = planProvisioning(set, context)
      return 'failure' in planned ? { ok: planned.failure, changes: [] } : { ok: undefined, changes: planned.changes }
    })
    if (isRefused(done)) return done
    const status = keep(statusOf('provisioning', done.ok, input), context)
    return { ok: { PermissionSetProvisioningStatus: shownProvisioning(status, context) } }
  },
})

const describeProvisioningStatus = action({
  service: 'sso',
  name: 'DescribePermissionSetProvisioningStatus',
  input: { InstanceArn: instanceArnMember, ProvisionPermissionSetRequestId: requestId },
  output: { PermissionSetProvisioningStatus: provisioningStatus },
  permission: onInstance('DescribePermissionSetProvisioningStatus'),
  run: (input, context) => {
    const status = statusNamed('provisioning', input.ProvisionPermissionSetRequestId, context)
    return isRefused(status) ? status : { ok: { PermissionSetProvisioningStatus: shownProvisioning(status, context) } }
  },
})

function shownProvisioning(status: Status, { account }: ActionContext) {
  const { kind: _kind, PrincipalId: _principal, ...shown } = status
  return { ...shown, AccountId: account }
}

const ofProvisioning = {
  type: 'string',
  enum: ['LATEST_PERMISSION_SET_PROVISIONED', 'LATEST_PERMISSION_SET_NOT_PROVISIONED'],
} as const

const listProvisionedAccounts = action({
  service: 'sso',
  name: 'ListAccountsForProvisionedPermissionSet',
  input: { ...setMembers, ProvisioningStatus: ofProvisioning, MaxResults: maxResults, NextToken: nextToken },
  output: { AccountIds: { type: 'list', member: maybeText }, NextToken: maybeText },
  permission: onSet('ListAccountsForProvisionedPermissionSet'),
  run: (input, context) => {
    const set = setNamed(input, context)
    if (isRefused(set)) return set
    return { ok: { AccountIds: isProvisioned(set, input.ProvisioningStatus) ? [context.account] : [] } }
  },
})

const listProvisionedSets = action({
  service: 'sso',
  name: 'ListPermissionSetsProvisionedToAccount',
  input: {
    InstanceArn: instanceArnMember,
    AccountId: accountId,
    ProvisioningStatus: ofProvisioning,
    MaxResults: maxResults,
    NextToken: nextToken,
  },
  output: { NextToken: maybeText, PermissionSets: { type: 'list', member: maybeText } },
  permission: onInstance('ListPermissionSetsProvisionedToAccount'),
  run: (input, context) => {
    const fault = faultOfInstance(input, context)
    if (fault !== null) return fault
    const sets = context.directory
      .permissionSets()
      .filter((set) => input.AccountId === context.account && isProvisioned(set, input.ProvisioningStatus))
    const some = pageOf(context, 'ListPermissionSetsProvisionedToAccount', input, sets, (set) => set.arn)
    if (isRefused(some)) return some
    return { ok: { NextToken: some.NextToken, PermissionSets: some.items.map((set) => set.arn) } }
  },
})

function isProvisioned(set: PermissionSet, status: string | undefined): boolean {
  if (set.roleId === null) return false
  return status === undefined || set.provisioned === (status === 'LATEST_PERMISSION_SET_PROVISIONED')
}

export const assignments = [
  createAccountAssignment,
  deleteAccountAssignment,
  describeCreationStatus,
  describeDeletionStatus,
  listAccountAssignments,
  listAssignmentsForPrincipal,
  provisionPermissionSet,
  describeProvisioningStatus,
  listProvisionedAccounts,
  listProvisionedSets,
]
