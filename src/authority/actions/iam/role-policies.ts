import { type ActionContext, action } from '../grid.ts'
import {
  attach,
  bound,
  deleteInline,
  detach,
  inlineText,
  listAttached,
  listInline,
  putInline,
  roleHolder,
} from '../holders.ts'
import { iamArn, pageReply, pageRequest, policyDocument, policyName, policyPath, roleName, text } from '../members.ts'
import { isRefused } from '../sentences.ts'
import { boundaryCondition, onRole } from '../subjects.ts'
import { write } from '../write.ts'

/** For calls that change what a role may: the boundary it has, and the managed policy that it is about. */
function onBounded(operation: string, name: string, context: ActionContext, policyArn?: string) {
  const conditions = new Map(boundaryCondition(context.directory.roleNamed(name)?.boundary))
  if (policyArn !== undefined) conditions.set('iam:policyarn', [policyArn])
  return onRole(`iam:${operation}`, name, context, conditions)
}

const attachRolePolicy = action({
  service: 'iam',
  name: 'AttachRolePolicy',
  input: { RoleName: roleName, PolicyArn: iamArn },
  output: null,
  permission: (input, context) => onBounded('AttachRolePolicy', input.RoleName, context, input.PolicyArn),
  run: (input, context) => write(context, () => attach(roleHolder(input.RoleName, context), input.PolicyArn, context)),
})

const detachRolePolicy = action({
  service: 'iam',
  name: 'DetachRolePolicy',
  input: { RoleName: roleName, PolicyArn: iamArn },
  output: null,
  permission: (input, context) => onBounded('DetachRolePolicy', input.RoleName, context, input.PolicyArn),
  run: (input, context) => write(context, () => detach(roleHolder(input.RoleName, context), input.PolicyArn, context)),
})

const listAttachedRolePolicies = action({
  service: 'iam',
  name: 'ListAttachedRolePolicies',
  input: { RoleName: roleName, PathPrefix: policyPath, ...pageRequest },
  output: {
    AttachedPolicies: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { PolicyName: text, PolicyArn: text } },
    },
    ...pageReply,
  },
  permission: (input, context) => onRole('iam:ListAttachedRolePolicies', input.RoleName, context),
  run: (input, context) =>
    listAttached(roleHolder(input.RoleName, context), 'ListAttachedRolePolicies', input, context),
})

const putRolePolicy = action({
  service: 'iam',
  name: 'PutRolePolicy',
  input: { RoleName: roleName, PolicyName: policyName, PolicyDocument: policyDocument },
  output: null,
  permission: (input, context) => onBounded('PutRolePolicy', input.RoleName, context),
  run: (input, context) =>
    write(context, () =>
      putInline(roleHolder(input.RoleName, context), input.PolicyName, input.PolicyDocument, context),
    ),
})

const getRolePolicy = action({
  service: 'iam',
  name: 'GetRolePolicy',
  input: { RoleName: roleName, PolicyName: policyName },
  output: { RoleName: text, PolicyName: text, PolicyDocument: text },
  permission: (input, context) => onRole('iam:GetRolePolicy', input.RoleName, context),
  run: (input, context) => {
    const role = roleHolder(input.RoleName, context)
    if (isRefused(role)) return role
    const document = inlineText(role, input.PolicyName)
    return typeof document === 'string'
      ? { ok: { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: document } }
      : document
  },
})

const deleteRolePolicy = action({
  service: 'iam',
  name: 'DeleteRolePolicy',
  input: { RoleName: roleName, PolicyName: policyName },
  output: null,
  permission: (input, context) => onBounded('DeleteRolePolicy', input.RoleName, context),
  run: (input, context) =>
    write(context, () => deleteInline(roleHolder(input.RoleName, context), input.PolicyName, context)),
})

const listRolePolicies = action({
  service: 'iam',
  name: 'ListRolePolicies',
  input: { RoleName: roleName, ...pageRequest },
  output: { PolicyNames: { type: 'list', required: true, member: text }, ...pageReply },
  permission: (input, context) => onRole('iam:ListRolePolicies', input.RoleName, context),
  run: (input, context) => listInline(roleHolder(input.RoleName, context), 'ListRolePolicies', input, context),
})

const putRolePermissionsBoundary = action({
  service: 'iam',
  name: 'PutRolePermissionsBoundary',
  input: { RoleName: roleName, PermissionsBoundary: iamArn },
  output: null,
  permission: (input, context) =>
    onRole('iam:PutRolePermissionsBoundary', input.RoleName, context, boundaryCondition(input.PermissionsBoundary)),
  run: (input, context) =>
    write(context, () => bound(roleHolder(input.RoleName, context), input.PermissionsBoundary, context)),
})

const deleteRolePermissionsBoundary = action({
  service: 'iam',
  name: 'DeleteRolePermissionsBoundary',
  input: { RoleName: roleName },
  output: null,
  permission: (input, context) => onBounded('DeleteRolePermissionsBoundary', input.RoleName, context),
  run: (input, context) => write(context, () => bound(roleHolder(input.RoleName, context), null, context)),
})

export const rolePolicies = [
  attachRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
  putRolePolicy,
  getRolePolicy,
  deleteRolePolicy,
  listRolePolicies,
  putRolePermissionsBoundary,
  deleteRolePermissionsBoundary,
]
