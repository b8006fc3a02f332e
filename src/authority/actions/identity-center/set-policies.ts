import type { CustomerPolicy, PermissionSet } from '../../model/entities.ts'
import { policySize } from '../../policy/index.ts'
import { faultOfDocument } from '../documents.ts'
import { action } from '../grid.ts'
import { findPolicy } from '../holders.ts'
import { maybeText } from '../members.ts'
import { quotas } from '../quotas.ts'
import { absent, invalidParameter, isRefused, overLimit, overQuota, type Refused, taken } from '../sentences.ts'
import { write } from '../write.ts'
import {
  boundaryMember,
  customerPolicy,
  inlinePolicyText,
  managedPolicyArn,
  maxResults,
  nextToken,
  setMembers,
} from './members.ts'
import { changed, onSet, pageOf, setNamed } from './sets.ts'

const putInlinePolicy = action({
  service: 'sso',
  name: 'PutInlinePolicyToPermissionSet',
  input: { ...setMembers, InlinePolicy: inlinePolicyText },
  output: {},
  permission: onSet('PutInlinePolicyToPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      const fault = faultOfDocument(input.InlinePolicy, 'identity', 'inline policy')
      if (fault !== null) return fault
      const limit = quotas.inlinePolicySizePerPermissionSet
      if (policySize(input.InlinePolicy) > limit) return overQuota('InlinePolicySize', limit)
      return { ok: {}, changes: [changed(set, { inlinePolicy: input.InlinePolicy }, context)] }
    }),
})

const getInlinePolicy = action({
  service: 'sso',
  name: 'GetInlinePolicyForPermissionSet',
  input: setMembers,
  output: { InlinePolicy: maybeText },
  permission: onSet('GetInlinePolicyForPermissionSet'),
  run: (input, context) => {
    const set = setNamed(input, context)
    // A set without one has an empty text, not no text: Terraform takes that for "there is none".
    return isRefused(set) ? set : { ok: { InlinePolicy: set.inlinePolicy ?? '' } }
  },
})

const deleteInlinePolicy = action({
  service: 'sso',
  name: 'DeleteInlinePolicyFromPermissionSet',
  input: setMembers,
  output: {},
  permission: onSet('DeleteInlinePolicyFromPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      return isRefused(set) ? set : { ok: {}, changes: [changed(set, { inlinePolicy: null }, context)] }
    }),
})

const attachManagedPolicy = action({
  service: 'sso',
  name: 'AttachManagedPolicyToPermissionSet',
  input: { ...setMembers, ManagedPolicyArn: managedPolicyArn },
  output: {},
  permission: onSet('AttachManagedPolicyToPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const { ManagedPolicyArn: arn } = input
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      if (findPolicy(arn, context) === undefined) return absent(`Policy does not exist with ARN: ${arn}`)
      if (set.managedPolicies.includes(arn))
        return taken(
          `Permission set with id ${idOf(set)} already has a typed link attachment to a manged policy with ${arn}`,
        )
      const full = faultOfCount(set)
      if (full !== null) return full
      const managedPolicies = [...set.managedPolicies, arn]
      return { ok: {}, changes: [changed(set, { managedPolicies }, context)] }
    }),
})

const detachManagedPolicy = action({
  service: 'sso',
  name: 'DetachManagedPolicyFromPermissionSet',
  input: { ...setMembers, ManagedPolicyArn: managedPolicyArn },
  output: {},
  permission: onSet('DetachManagedPolicyFromPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      if (!set.managedPolicies.includes(input.ManagedPolicyArn))
        return absent(`Could not find ManagedPolicy with arn ${input.ManagedPolicyArn}`)
      const managedPolicies = set.managedPolicies.filter((arn) => arn !== input.ManagedPolicyArn)
      return { ok: {}, changes: [changed(set, { managedPolicies }, context)] }
    }),
})

const listManagedPolicies = action({
  service: 'sso',
  name: 'ListManagedPoliciesInPermissionSet',
  input: { ...setMembers, MaxResults: maxResults, NextToken: nextToken },
  output: {
    AttachedManagedPolicies: {
      type: 'list',
      member: { type: 'structure', members: { Name: maybeText, Arn: maybeText } },
    },
    NextToken: maybeText,
  },
  permission: onSet('ListManagedPoliciesInPermissionSet'),
  run: (input, context) => {
    const set = setNamed(input, context)
    if (isRefused(set)) return set
    const some = pageOf(context, 'ListManagedPoliciesInPermissionSet', input, set.managedPolicies, (arn) => arn)
    if (isRefused(some)) return some
    const shown = some.items.map((Arn) => ({ Name: Arn.split('/').at(-1), Arn }))
    return { ok: { AttachedManagedPolicies: shown, NextToken: some.NextToken } }
  },
})

const attachCustomerPolicy = action({
  service: 'sso',
  name: 'AttachCustomerManagedPolicyReferenceToPermissionSet',
  input: { ...setMembers, CustomerManagedPolicyReference: customerPolicy },
  output: {},
  permission: onSet('AttachCustomerManagedPolicyReferenceToPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      const policy = policyOf(input.CustomerManagedPolicyReference)
      // It need not be there before the set is provisioned (User Guide, "Custom permissions").
      if (set.customerPolicies.some((one) => isSame(one, policy)))
        return taken(
          `Given customer managed policy with name: ${policy.name}  and path ${policy.path} already attached`,
        )
      const full = faultOfCount(set)
      if (full !== null) return full
      const customerPolicies = [...set.customerPolicies, policy]
      return { ok: {}, changes: [changed(set, { customerPolicies }, context)] }
    }),
})

const detachCustomerPolicy = action({
  service: 'sso',
  name: 'DetachCustomerManagedPolicyReferenceFromPermissionSet',
  input: { ...setMembers, CustomerManagedPolicyReference: customerPolicy },
  output: {},
  permission: onSet('DetachCustomerManagedPolicyReferenceFromPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      const policy = policyOf(input.CustomerManagedPolicyReference)
      if (!set.customerPolicies.some((one) => isSame(one, policy)))
        return absent(
          `Given managed policy with name: ${policy.name}  and path ${policy.path} does not exist on PermissionSet`,
        )
      const customerPolicies = set.customerPolicies.filter((one) => !isSame(one, policy))
      return { ok: {}, changes: [changed(set, { customerPolicies }, context)] }
    }),
})

const listCustomerPolicies = action({
  service: 'sso',
  name: 'ListCustomerManagedPolicyReferencesInPermissionSet',
  input: { ...setMembers, MaxResults: maxResults, NextToken: nextToken },
  output: {
    CustomerManagedPolicyReferences: {
      type: 'list',
      member: { type: 'structure', members: { Name: maybeText, Path: maybeText } },
    },
    NextToken: maybeText,
  },
  permission: onSet('ListCustomerManagedPolicyReferencesInPermissionSet'),
  run: (input, context) => {
    const set = setNamed(input, context)
    if (isRefused(set)) return set
    const operation = 'ListCustomerManagedPolicyReferencesInPermissionSet'
    const some = pageOf(context, operation, input, set.customerPolicies, ({ name, path }) => `${path}${name}`)
    if (isRefused(some)) return some
    const shown = some.items.map(({ name, path }) => ({ Name: name, Path: path }))
    return { ok: { CustomerManagedPolicyReferences: shown, NextToken: some.NextToken } }
  },
})

const putBoundary = action({
  service: 'sso',
  name: 'PutPermissionsBoundaryToPermissionSet',
  input: { ...setMembers, PermissionsBoundary: { ...boundaryMember, required: true } },
  output: {},
  permission: onSet('PutPermissionsBoundaryToPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      if (isRefused(set)) return set
      const { CustomerManagedPolicyReference: customer, ManagedPolicyArn: managed } = input.PermissionsBoundary
      if ((customer === undefined) === (managed === undefined))
        return invalidParameter('A permissions boundary is either a managed policy or a customer managed policy.')
      if (managed !== undefined && findPolicy(managed, context) === undefined)
        return absent(`Policy does not exist with ARN: ${managed}`)
      const boundary = customer === undefined ? { managed: managed! } : { customer: policyOf(customer) }
      return { ok: {}, changes: [changed(set, { boundary }, context)] }
    }),
})

const getBoundary = action({
  service: 'sso',
  name: 'GetPermissionsBoundaryForPermissionSet',
  input: setMembers,
  output: { PermissionsBoundary: boundaryMember },
  permission: onSet('GetPermissionsBoundaryForPermissionSet'),
  run: (input, context) => {
    const set = setNamed(input, context)
    if (isRefused(set)) return set
    const { boundary } = set
    if (boundary === null) return absent(`Could not find PermissionsBoundary of PermissionSet with id ${idOf(set)}`)
    return {
      ok: {
        PermissionsBoundary:
          'managed' in boundary
            ? { ManagedPolicyArn: boundary.managed }
            : { CustomerManagedPolicyReference: { Name: boundary.customer.name, Path: boundary.customer.path } },
      },
    }
  },
})

const deleteBoundary = action({
  service: 'sso',
  name: 'DeletePermissionsBoundaryFromPermissionSet',
  input: setMembers,
  output: {},
  permission: onSet('DeletePermissionsBoundaryFromPermissionSet'),
  run: (input, context) =>
    write(context, () => {
      const set = setNamed(input, context)
      return isRefused(set) ? set : { ok: {}, changes: [changed(set, { boundary: null }, context)] }
    }),
})

/** AWS managed and customer managed policies count together. */
function faultOfCount(set: PermissionSet): Refused | null {
  const limit = quotas.policiesPerPermissionSet
  return set.managedPolicies.length + set.customerPolicies.length < limit
    ? null
    : overLimit(`Cannot attach managed policy: number of attached managed policies is already at maximum ${limit}`)
}

function policyOf({ Name, Path }: { readonly Name: string; readonly Path?: string | undefined }): CustomerPolicy {
  return { name: Name, path: Path ?? '/' }
}

function isSame(one: CustomerPolicy, other: CustomerPolicy): boolean {
  return one.name === other.name && one.path === other.path
}

function idOf({ arn }: PermissionSet): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

export const setPolicies = [
  putInlinePolicy,
  getInlinePolicy,
  deleteInlinePolicy,
  attachManagedPolicy,
  detachManagedPolicy,
  listManagedPolicies,
  attachCustomerPolicy,
  detachCustomerPolicy,
  listCustomerPolicies,
  putBoundary,
  getBoundary,
  deleteBoundary,
]
