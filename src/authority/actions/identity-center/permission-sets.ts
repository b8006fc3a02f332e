import type { PermissionSet } from '../../model/entities.ts'
import { durationSeconds, identityStoreId, instanceArn } from '../../model/identity-center.ts'
import type { Permission } from '../../model/permission.ts'
import { type ActionContext, action } from '../grid.ts'
import { maybeInstant, maybeText } from '../members.ts'
import { absent, deleteConflict, invalidParameter, isRefused, type Refused } from '../sentences.ts'
import { onAll, permission } from '../subjects.ts'
import { mergedTags, newTags, tagConditions, tagsWithout, wireTags } from '../tags.ts'
import { put, remove, write } from '../write.ts'
import {
  instanceArnMember,
  maxResults,
  nextToken,
  permissionSetMember,
  relayState,
  requiredSetTagKeys,
  requiredSetTags,
  sessionDuration,
  setDescription,
  setMembers,
  setTags,
} from './members.ts'
import { planPermissionSet } from './provisioning.ts'
import { changed, faultOfInstance, onInstance, onSet, pageOf, setNamed } from './sets.ts'

const instanceMembers = {
  InstanceArn: maybeText,
  IdentityStoreId: maybeText,
  OwnerAccountId: maybeText,
  Name: maybeText,
  CreatedDate: maybeInstant,
  Status: maybeText,
} as const

function shownInstance({ directory: { account } }: ActionContext) {
  return {
    InstanceArn: instanceArn(account),
    IdentityStoreId: identityStoreId(account),
    OwnerAccountId: account.id,
    CreatedDate: account.createdAt,
    Status: 'ACTIVE',
  }
}

const listInstances = action({
  service: 'sso',
  name: 'ListInstances',
  input: { MaxResults: maxResults, NextToken: nextToken },
  output: {
    Instances: { type: 'list', member: { type: 'structure', members: instanceMembers } },
    NextToken: maybeText,
  },
  permission: onAll('sso:ListInstances'),
  run: (_input, context) => ({ ok: { Instances: [shownInstance(context)] } }),
})

const describeInstance = action({
  service: 'sso',
  name: 'DescribeInstance',
  input: { InstanceArn: instanceArnMember },
  output: instanceMembers,
  permission: onInstance('DescribeInstance'),
  run: (input, context) => faultOfInstance(input, context) ?? { ok: shownInstance(context) },
})

const createPermissionSet = action({
  service: 'sso',
  name: 'CreatePermissionSet',
  input: {
    Name: { type: 'string', required: true, min: 1, max: 32, pattern: '[\\w+=,.@-]+' },
    Description: setDescription,
    InstanceArn: instanceArnMember,
    SessionDuration: sessionDuration,
    RelayState: relayState,
    Tags: setTags,
  },
  output: { PermissionSet: permissionSetMember },
  permission: (input) => {
    const tagged = tagConditions(input.Tags)
    const create = permission('sso:CreatePermissionSet', input.InstanceArn, tagged)
    return tagged.size === 0 ? create : [create, permission('sso:TagResource', input.InstanceArn, tagged)]
  },
  run: (input, context) =>
    write(context, () => {
      const fault = faultOfInstance(input, context) ?? faultOfDuration(input.SessionDuration)
      if (fault !== null) return fault
      const tags = newTags(input.Tags, 'cased')
      if (isRefused(tags)) return tags
      const { Name: name, Description: description, SessionDuration, RelayState } = input
      const wanted = { name, description, sessionDuration: SessionDuration, relayState: RelayState, tags }
      const planned = planPermissionSet(wanted, context)
      return isRefused(planned) ? planned : { ...planned, ok: { PermissionSet: shownSet(planned.ok) } }
    }),
})

/** One hour to twelve (IAM Identity Center User Guide, "Set session duration for AWS accounts"). */
function faultOfDuration(text: string | undefined): Refused | null {
  if (text === undefined) return null
  const seconds = durationSeconds(text)
  if (seconds !== null && seconds >= 3600 && seconds <= 43_200) return null
  return invalidParameter('SessionDuration must be from PT1H to PT12H.')
}

function shownSet(set: PermissionSet) {
  return {
    Name: set.name,
    PermissionSetArn: set.arn,
    Description: set.description ?? undefined,
    CreatedDate: set.createdAt,
    SessionDuration: set.sessionDuration,
    RelayState: set.relayState ?? undefined,
  }
}

const describePermissionSet = action({
  service: 'sso',
  name: 'DescribePermissionSet',
  input: setMembers,
  output: { PermissionSet: permissionSetMember },
  permission: onSet('DescribePermissionSet'),
  run: (input, context) => {
    const set = setNamed(input, context)
    return isRefused(set) ? set : { ok: { PermissionSet: shownSet(set) } }
  },
})

const listPermissionSets = action({
  service: 'sso',
  name: 'ListPermissionSets',
  input: { InstanceArn: instanceArnMember, NextToken: nextToken, MaxResults: maxResults },
  output: { PermissionSets: { type: 'list', member: maybeText }, NextToken: maybeText },
  permission: onInstance('ListPermissionSets'),
  run: (input, context) => {
    const fault = faultOfInstance(input, context)
    if (fault !== null) return fault
    const some = pageOf(context, 'ListPermissionSets', input, context.directory.permissionSets(), (set) => set.arn)
    if (isRefused(some)) return some
    return { ok: { PermissionSets: some.items.map((set) => set.arn), NextToken: some.NextToken } }
  },
})

const updatePermissionSet = action({
  service: 'sso',
  name: 'UpdatePermissionSet',
  input: { ...setMembers, Description: setDescription, SessionDuration: sessionDuration, RelayState: relayState },
  output: {},
  permission: onSet('UpdatePermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      const fault = faultOfDuration(input.SessionDuration)
      if (fault !== null) return fault
      const members = {
        description: input.Description ?? set.description,
        sessionDuration: input.SessionDuration ?? set.sessionDuration,
        relayState: input.RelayState ?? set.relayState,
      }
      return { ok: {}, changes: [changed(set, members, context)] }
    }),
})

const deletePermissionSet = action({
  service: 'sso',
  name: 'DeletePermissionSet',
  input: setMembers,
  output: {},
  permission: onSet('DeletePermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      // hashicorp/terraform-provider-aws#26757.
      if (set.assignedTo.length > 0)
        return deleteConflict('Could not delete because PermissionSet has ApplicationProfile associated with it')
      const role = set.roleId === null ? undefined : directory.role(set.roleId)
      return { ok: {}, changes: [remove(directory, set), ...(role === undefined ? [] : [remove(directory, role)])] }
    }),
})

const taggedResource = {
  type: 'string',
  required: true,
  min: 10,
  max: 2048,
  pattern:
    'arn:aws(-[a-z]{1,5}){0,3}:sso::((:instance/(sso)?ins-[a-zA-Z0-9-.]{16})|(:permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16})|(\\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16})|(\\d{12}:trustedTokenIssuer/(sso)?ins-[a-zA-Z0-9-.]{16}/tti-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))',
} as const
const { required: _needed, ...optionalInstanceArn } = instanceArnMember

/** The set whose tags a call is about: of all that can have tags at AWS, only sets are here. */
function tagged(
  { ResourceArn }: { readonly ResourceArn: string },
  { directory }: ActionContext,
): PermissionSet | Refused {
  return directory.permissionSet(ResourceArn) ?? absent(`Could not find the resource ${ResourceArn}`)
}

function onTagged(
  name: string,
  { ResourceArn }: { readonly ResourceArn: string },
  { directory }: ActionContext,
  conditions?: ReadonlyMap<string, readonly string[]>,
): Permission {
  return permission(`sso:${name}`, ResourceArn, conditions, directory.permissionSet(ResourceArn))
}

const listTagsForResource = action({
  service: 'sso',
  name: 'ListTagsForResource',
  input: { InstanceArn: optionalInstanceArn, ResourceArn: taggedResource, NextToken: nextToken },
  output: {
    Tags: { type: 'list', member: { type: 'structure', members: { Key: maybeText, Value: maybeText } } },
    NextToken: maybeText,
  },
  permission: (input, context) => onTagged('ListTagsForResource', input, context),
  run: (input, context) => {
    const set = tagged(input, context)
    return isRefused(set) ? set : { ok: { Tags: wireTags(set.tags) } }
  },
})

const tagResource = action({
  service: 'sso',
  name: 'TagResource',
  input: { InstanceArn: optionalInstanceArn, ResourceArn: taggedResource, Tags: requiredSetTags },
  output: {},
  permission: (input, context) => onTagged('TagResource', input, context, tagConditions(input.Tags)),
  run: (input, context) =>
    write(context, () => {
      const set = tagged(input, context)
      if (isRefused(set)) return set
      const tags = mergedTags(set.tags, input.Tags, 'cased', 'PermissionSet')
      return isRefused(tags) ? tags : { ok: {}, changes: [put(context.directory, { ...set, tags })] }
    }),
})

const untagResource = action({
  service: 'sso',
  name: 'UntagResource',
  input: { InstanceArn: optionalInstanceArn, ResourceArn: taggedResource, TagKeys: requiredSetTagKeys },
  output: {},
  permission: (input, context) => onTagged('UntagResource', input, context, tagConditions(undefined, input.TagKeys)),
  run: (input, context) =>
    write(context, () => {
      const set = tagged(input, context)
      if (isRefused(set)) return set
      const tags = tagsWithout(set.tags, input.TagKeys, 'cased')
      return { ok: {}, changes: [put(context.directory, { ...set, tags })] }
    }),
})

export const permissionSets = [
  listInstances,
  describeInstance,
  createPermissionSet,
  describePermissionSet,
  listPermissionSets,
  updatePermissionSet,
  deletePermissionSet,
  listTagsForResource,
  tagResource,
  untagResource,
]
