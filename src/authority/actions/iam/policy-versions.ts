import type { ManagedPolicy, PolicyVersion } from '../../model/entities.ts'
import { faultOfManagedDocument, percentEncoded } from '../documents.ts'
import { type ActionContext, action, type ValuesOf } from '../grid.ts'
import { findPolicy, isAwsManaged, ownPolicy } from '../holders.ts'
import {
  iamArn,
  instant,
  maybeText,
  pageReply,
  pageRequest,
  policyDocument,
  policyVersionId,
  text,
} from '../members.ts'
import { page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { deleteConflict, isRefused, noSuch, overLimit, type Refused } from '../sentences.ts'
import { onPolicy } from '../subjects.ts'
import { put, wholeSeconds, write } from '../write.ts'

const versionMember = {
  type: 'structure',
  required: true,
  members: {
    Document: maybeText,
    VersionId: text,
    IsDefaultVersion: { type: 'boolean', required: true },
    CreateDate: instant,
  },
} as const

/** Only GetPolicyVersion carries the document (`authority.md` §1.8). */
function listedVersion(version: PolicyVersion, defaultVersion: string): ValuesOf<typeof versionMember.members> {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === defaultVersion,
    CreateDate: version.createdAt,
  }
}

const createPolicyVersion = action({
  service: 'iam',
  name: 'CreatePolicyVersion',
  input: { PolicyArn: iamArn, PolicyDocument: policyDocument, SetAsDefault: { type: 'boolean' } },
  output: { PolicyVersion: versionMember },
  permission: (input, context) => onPolicy('iam:CreatePolicyVersion', input.PolicyArn, context),
  run: (input, context) =>
    write(context, () => {
      const policy = ownPolicy('create versions for policies', input.PolicyArn, context)
      if (isRefused(policy)) return policy
      const fault = faultOfManagedDocument(input.PolicyDocument, policy.name)
      if (fault !== null) return fault
      if (policy.versions.length >= quotas.versionsPerPolicy)
        return overLimit(
          `A managed policy can have up to ${quotas.versionsPerPolicy} versions. ` +
            'Before you create a new version, you must delete an existing version.',
        )
      const version: PolicyVersion = {
        id: `v${policy.nextVersion}`,
        document: input.PolicyDocument,
        createdAt: wholeSeconds(context.now),
      }
      const updated: ManagedPolicy = {
        ...policy,
        versions: [...policy.versions, version],
        nextVersion: policy.nextVersion + 1,
        defaultVersion: input.SetAsDefault === true ? version.id : policy.defaultVersion,
        updatedAt: version.createdAt,
      }
      return {
        ok: { PolicyVersion: listedVersion(version, updated.defaultVersion) },
        changes: [put(context.directory, updated)],
      }
    }),
})

const getPolicyVersion = action({
  service: 'iam',
  name: 'GetPolicyVersion',
  input: { PolicyArn: iamArn, VersionId: policyVersionId },
  output: { PolicyVersion: versionMember },
  permission: (input, context) => onPolicy('iam:GetPolicyVersion', input.PolicyArn, context),
  run: ({ PolicyArn, VersionId }, context) => {
    const policy = findPolicy(PolicyArn, context)
    const version = policy?.versions.find(({ id }) => id === VersionId)
    if (policy === undefined || version === undefined) return noSuch.policyVersion(PolicyArn, VersionId)
    const shown = listedVersion(version, policy.defaultVersion)
    return { ok: { PolicyVersion: { Document: percentEncoded(version.document), ...shown } } }
  },
})

const listPolicyVersions = action({
  service: 'iam',
  name: 'ListPolicyVersions',
  input: { PolicyArn: iamArn, ...pageRequest },
  output: { Versions: { type: 'list', required: true, member: versionMember }, ...pageReply },
  permission: (input, context) => onPolicy('iam:ListPolicyVersions', input.PolicyArn, context),
  run: (input, context) => {
    const policy = findPolicy(input.PolicyArn, context)
    if (policy === undefined) return noSuch.policy(input.PolicyArn)
    const some = page(context, 'ListPolicyVersions', input, policy.versions, newestFirst)
    if (isRefused(some)) return some
    const versions = some.items.map((version) => listedVersion(version, policy.defaultVersion))
    return { ok: { Versions: versions, ...some.end } }
  },
})

/** A policy that may be changed and has that version; without either the sentence is the same. */
function versioned(change: string, arn: string, version: string, context: ActionContext): ManagedPolicy | Refused {
  if (isAwsManaged(arn)) return ownPolicy(change, arn, context)
  const policy = context.directory.policy(arn)
  return policy?.versions.some(({ id }) => id === version) === true ? policy : noSuch.policyVersion(arn, version)
}

function newestFirst(version: PolicyVersion): string {
  return String(10 ** 12 - Number(version.id.slice(1)))
}

const deletePolicyVersion = action({
  service: 'iam',
  name: 'DeletePolicyVersion',
  input: { PolicyArn: iamArn, VersionId: policyVersionId },
  output: null,
  permission: (input, context) => onPolicy('iam:DeletePolicyVersion', input.PolicyArn, context),
  run: ({ PolicyArn, VersionId }, context) =>
    write(context, () => {
      const policy = versioned('delete policy versions for policies', PolicyArn, VersionId, context)
      if (isRefused(policy)) return policy
      if (policy.defaultVersion === VersionId) return deleteConflict('Cannot delete the default version of a policy.')
      const left: ManagedPolicy = { ...policy, versions: policy.versions.filter(({ id }) => id !== VersionId) }
      return { ok: {}, changes: [put(context.directory, left)] }
    }),
})

const setDefaultPolicyVersion = action({
  service: 'iam',
  name: 'SetDefaultPolicyVersion',
  input: { PolicyArn: iamArn, VersionId: policyVersionId },
  output: null,
  permission: (input, context) => onPolicy('iam:SetDefaultPolicyVersion', input.PolicyArn, context),
  run: ({ PolicyArn, VersionId }, context) =>
    write(context, () => {
      const policy = versioned('update policies', PolicyArn, VersionId, context)
      if (isRefused(policy)) return policy
      return { ok: {}, changes: [put(context.directory, { ...policy, defaultVersion: VersionId })] }
    }),
})

export const policyVersions = [
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  deletePolicyVersion,
  setDefaultPolicyVersion,
]
