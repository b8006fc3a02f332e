import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../../anatomy/access-key-id.ts'
import type { Role } from '../../model/entities.ts'
import { trustPolicyOf } from '../documents.ts'
import { type ActionContext, action, type ValueOf } from '../grid.ts'
import { boundaryPolicy, changeableRole, holding, roleHolder } from '../holders.ts'
import {
  maxSessionDuration,
  optionalIamArn,
  pageReply,
  pageRequest,
  path,
  pathPrefix,
  policyDocument,
  roleDescription,
  role as roleMember,
  roleName,
  tags,
} from '../members.ts'
import { nameKey, page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { exists, invalidParameter, isRefused, mustFirst, overQuota } from '../sentences.ts'
import { briefRole, roleLastUsed, shownBoundary } from '../shapes.ts'
import { boundaryCondition, merged, onNew, onPath, onRole } from '../subjects.ts'
import { newTags, shownTags, tagConditions } from '../tags.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

const DEFAULT_SESSION_SECONDS = 3600

type ShownRole = ValueOf<typeof roleMember>

function fullRole(role: Role, context: ActionContext): ShownRole {
  return {
    ...briefRole(role, context),
    MaxSessionDuration: role.maxSessionDuration,
    PermissionsBoundary: shownBoundary(role.boundary),
    Tags: shownTags(role.tags),
    RoleLastUsed: roleLastUsed(role, context),
  }
}

const createRole = action({
  service: 'iam',
  name: 'CreateRole',
  input: {
    Path: path,
    RoleName: roleName,
    AssumeRolePolicyDocument: policyDocument,
    Description: roleDescription,
    MaxSessionDuration: maxSessionDuration,
    PermissionsBoundary: optionalIamArn,
    Tags: tags,
  },
  output: { Role: roleMember },
  permission: (input, context) => {
    const place = { path: input.Path, name: input.RoleName }
    const tagged = tagConditions(input.Tags)
    const conditions = merged(tagged, boundaryCondition(input.PermissionsBoundary))
    const create = onNew('iam:CreateRole', 'role', place, context, conditions)
    return tagged.size === 0 ? create : [create, onNew('iam:TagRole', 'role', place, context, tagged)]
  },
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      if (input.Path?.startsWith('/aws-service-role/'))
        return invalidParameter('The path /aws-service-role/ is kept for service-linked roles.')
      if (input.Path?.startsWith('/aws-reserved/')) return invalidParameter('The path /aws-reserved/ is kept for AWS.')
      const trust = trustPolicyOf(input.AssumeRolePolicyDocument, context)
      if (isRefused(trust)) return trust
      if (directory.roleNamed(input.RoleName) !== undefined) return exists.role(input.RoleName)
      if (directory.roles().length >= quotas.roles) return overQuota('RolesPerAccount', quotas.roles)
      const bounds = input.PermissionsBoundary === undefined ? null : boundaryPolicy(input.PermissionsBoundary, context)
      if (bounds !== null && isRefused(bounds)) return bounds
      const tagged = newTags(input.Tags, 'caseless')
      if (isRefused(tagged)) return tagged
      const role: Role = {
        kind: 'role',
        id: mintUniqueId('AROA', context.account, randomBytes(8)),
        name: input.RoleName,
        path: input.Path ?? '/',
        createdAt: wholeSeconds(context.now),
        description: input.Description ?? null,
        ...trust,
        maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
        tags: tagged,
        boundary: bounds?.arn ?? null,
        inlinePolicies: {},
        attachedPolicies: [],
      }
      const shown = {
        ...briefRole(role, context),
        // Recorded of AWS: this reply has no description even where one was given (localstack, `test_iam_roles.snapshot.json`).
        Description: undefined,
        PermissionsBoundary: shownBoundary(role.boundary),
        Tags: shownTags(role.tags),
      }
      const held = bounds === null ? [] : holding(bounds, context)
      return {
        ok: { Role: shown },
        changes: [...held, put(directory, role)],
      }
    }),
})

const getRole = action({
  service: 'iam',
  name: 'GetRole',
  input: { RoleName: roleName },
  output: { Role: roleMember },
  permission: (input, context) => onRole('iam:GetRole', input.RoleName, context),
  run: (input, context) => {
    const role = roleHolder(input.RoleName, context)
    return isRefused(role) ? role : { ok: { Role: fullRole(role, context) } }
  },
})

const listRoles = action({
  service: 'iam',
  name: 'ListRoles',
  input: { PathPrefix: pathPrefix, ...pageRequest },
  output: { Roles: { type: 'list', required: true, member: roleMember }, ...pageReply },
  permission: (input, context) => onPath('iam:ListRoles', 'role', input.PathPrefix, context),
  run: (input, context) => {
    const roles = context.directory.roles().filter((role) => role.path.startsWith(input.PathPrefix ?? '/'))
    const some = page(context, 'ListRoles', input, roles, (role) => nameKey(role.name))
    if (isRefused(some)) return some
    const shown = some.items.map((role) => ({
      ...briefRole(role, context),
      MaxSessionDuration: role.maxSessionDuration,
    }))
    return { ok: { Roles: shown, ...some.end } }
  },
})

const updateRole = action({
  service: 'iam',
  name: 'UpdateRole',
  input: { RoleName: roleName, Description: roleDescription, MaxSessionDuration: maxSessionDuration },
  // The reply has a Result element, but nothing in it.
  output: {},
  permission: (input, context) => onRole('iam:UpdateRole', input.RoleName, context),
  run: (input, context) =>
    write(context, () => {
      const role = changeableRole(input.RoleName, context)
      if (isRefused(role)) return role
      const updated: Role = {
        ...role,
        description: input.Description ?? role.description,
        maxSessionDuration: input.MaxSessionDuration ?? role.maxSessionDuration,
      }
      return { ok: {}, changes: [put(context.directory, updated)] }
    }),
})

const updateRoleDescription = action({
  service: 'iam',
  name: 'UpdateRoleDescription',
  input: { RoleName: roleName, Description: { ...roleDescription, required: true } },
  output: { Role: roleMember },
  permission: (input, context) => onRole('iam:UpdateRoleDescription', input.RoleName, context),
  run: (input, context) =>
    write(context, () => {
      const role = changeableRole(input.RoleName, context)
      if (isRefused(role)) return role
      const updated: Role = { ...role, description: input.Description }
      return { ok: { Role: briefRole(updated, context) }, changes: [put(context.directory, updated)] }
    }),
})

const updateAssumeRolePolicy = action({
  service: 'iam',
  name: 'UpdateAssumeRolePolicy',
  input: { RoleName: roleName, PolicyDocument: policyDocument },
  output: null,
  permission: (input, context) => onRole('iam:UpdateAssumeRolePolicy', input.RoleName, context),
  run: (input, context) =>
    write(context, () => {
      const role = changeableRole(input.RoleName, context)
      if (isRefused(role)) return role
      const trust = trustPolicyOf(input.PolicyDocument, context)
      return isRefused(trust) ? trust : { ok: {}, changes: [put(context.directory, { ...role, ...trust })] }
    }),
})

const deleteRole = action({
  service: 'iam',
  name: 'DeleteRole',
  input: { RoleName: roleName },
  output: null,
  permission: (input, context) => onRole('iam:DeleteRole', input.RoleName, context),
  run: (input, context) =>
    write(context, () => {
      const role = changeableRole(input.RoleName, context)
      if (isRefused(role)) return role
      if (context.directory.instanceProfilesOf(role.id).length > 0)
        return mustFirst('remove roles from instance profile')
      if (role.attachedPolicies.length > 0) return mustFirst('detach all policies')
      if (Object.keys(role.inlinePolicies).length > 0) return mustFirst('delete policies')
      return { ok: {}, changes: [remove(context.directory, role)] }
    }),
})

export const roles = [
  createRole,
  getRole,
  listRoles,
  updateRole,
  updateRoleDescription,
  updateAssumeRolePolicy,
  deleteRole,
]
