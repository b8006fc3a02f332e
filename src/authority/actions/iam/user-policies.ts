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
  userHolder,
} from '../holders.ts'
import {
  existingUserName,
  iamArn,
  newUserName,
  pageReply,
  pageRequest,
  policyDocument,
  policyName,
  policyPath,
  text,
} from '../members.ts'
import { isRefused } from '../sentences.ts'
import { boundaryCondition, onUser } from '../subjects.ts'
import { write } from '../write.ts'

/** For calls that change what a user may: the boundary it has, and the managed policy that it is about. */
function onBounded(operation: string, name: string, context: ActionContext, policyArn?: string) {
  const conditions = new Map(boundaryCondition(context.directory.userNamed(name)?.boundary))
  if (policyArn !== undefined) conditions.set('iam:policyarn', [policyArn])
  return onUser(`iam:${operation}`, name, context, conditions)
}

const attachUserPolicy = action({
  service: 'iam',
  name: 'AttachUserPolicy',
  input: { UserName: newUserName, PolicyArn: iamArn },
  output: null,
  permission: (input, context) => onBounded('AttachUserPolicy', input.UserName, context, input.PolicyArn),
  run: (input, context) => write(context, () => attach(userHolder(input.UserName, context), input.PolicyArn, context)),
})

const detachUserPolicy = action({
  service: 'iam',
  name: 'DetachUserPolicy',
  input: { UserName: newUserName, PolicyArn: iamArn },
  output: null,
  permission: (input, context) => onBounded('DetachUserPolicy', input.UserName, context, input.PolicyArn),
  run: (input, context) => write(context, () => detach(userHolder(input.UserName, context), input.PolicyArn, context)),
})

const listAttachedUserPolicies = action({
  service: 'iam',
  name: 'ListAttachedUserPolicies',
  input: { UserName: newUserName, PathPrefix: policyPath, ...pageRequest },
  output: {
    AttachedPolicies: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { PolicyName: text, PolicyArn: text } },
    },
    ...pageReply,
  },
  permission: (input, context) => onUser('iam:ListAttachedUserPolicies', input.UserName, context),
  run: (input, context) =>
    listAttached(userHolder(input.UserName, context), 'ListAttachedUserPolicies', input, context),
})

const putUserPolicy = action({
  service: 'iam',
  name: 'PutUserPolicy',
  input: { UserName: existingUserName, PolicyName: policyName, PolicyDocument: policyDocument },
  output: null,
  permission: (input, context) => onBounded('PutUserPolicy', input.UserName, context),
  run: (input, context) =>
    write(context, () =>
      putInline(userHolder(input.UserName, context), input.PolicyName, input.PolicyDocument, context),
    ),
})

const getUserPolicy = action({
  service: 'iam',
  name: 'GetUserPolicy',
  input: { UserName: existingUserName, PolicyName: policyName },
  output: { UserName: text, PolicyName: text, PolicyDocument: text },
  permission: (input, context) => onUser('iam:GetUserPolicy', input.UserName, context),
  run: (input, context) => {
    const user = userHolder(input.UserName, context)
    if (isRefused(user)) return user
    const document = inlineText(user, input.PolicyName)
    return typeof document === 'string'
      ? { ok: { UserName: user.name, PolicyName: input.PolicyName, PolicyDocument: document } }
      : document
  },
})

const deleteUserPolicy = action({
  service: 'iam',
  name: 'DeleteUserPolicy',
  input: { UserName: existingUserName, PolicyName: policyName },
  output: null,
  permission: (input, context) => onBounded('DeleteUserPolicy', input.UserName, context),
  run: (input, context) =>
    write(context, () => deleteInline(userHolder(input.UserName, context), input.PolicyName, context)),
})

const listUserPolicies = action({
  service: 'iam',
  name: 'ListUserPolicies',
  input: { UserName: existingUserName, ...pageRequest },
  output: { PolicyNames: { type: 'list', required: true, member: text }, ...pageReply },
  permission: (input, context) => onUser('iam:ListUserPolicies', input.UserName, context),
  run: (input, context) => listInline(userHolder(input.UserName, context), 'ListUserPolicies', input, context),
})

const putUserPermissionsBoundary = action({
  service: 'iam',
  name: 'PutUserPermissionsBoundary',
  input: { UserName: newUserName, PermissionsBoundary: iamArn },
  output: null,
  permission: (input, context) =>
    onUser('iam:PutUserPermissionsBoundary', input.UserName, context, boundaryCondition(input.PermissionsBoundary)),
  run: (input, context) =>
    write(context, () => bound(userHolder(input.UserName, context), input.PermissionsBoundary, context)),
})

const deleteUserPermissionsBoundary = action({
  service: 'iam',
  name: 'DeleteUserPermissionsBoundary',
  input: { UserName: newUserName },
  output: null,
  permission: (input, context) => onBounded('DeleteUserPermissionsBoundary', input.UserName, context),
  run: (input, context) => write(context, () => bound(userHolder(input.UserName, context), null, context)),
})

export const userPolicies = [
  attachUserPolicy,
  detachUserPolicy,
  listAttachedUserPolicies,
  putUserPolicy,
  getUserPolicy,
  deleteUserPolicy,
  listUserPolicies,
  putUserPermissionsBoundary,
  deleteUserPermissionsBoundary,
]
