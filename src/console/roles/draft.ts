import type { PolicyRow } from '../../authority/console/shapes.ts'
import type { Tag } from '../parts/tag-fields.tsx'

/** A role while it is being made. */
export interface Draft {
  readonly entity: 'account' | 'service' | 'web-identity' | 'custom'
  /** Empty: this account. */
  readonly account: string
  readonly otherAccount: boolean
  readonly asksExternalId: boolean
  readonly externalId: string
  readonly mfa: boolean
  readonly service: string
  readonly provider: { readonly arn: string; readonly name: string; readonly audiences: readonly string[] } | null
  readonly audience: string
  readonly custom: string
  readonly policies: readonly PolicyRow[]
  readonly boundary: readonly PolicyRow[]
  readonly name: string
  readonly description: string
  /** Seconds. */
  readonly duration: number
  readonly path: string
  readonly tags: readonly Tag[]
}

/** As AWS's console writes them; the custom one is to be filled in. */
const blankTrust = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Statement1', Effect: 'Allow', Principal: {}, Action: 'sts:AssumeRole' }],
}

export const emptyDraft: Draft = {
  entity: 'account',
  account: '',
  otherAccount: false,
  asksExternalId: false,
  externalId: '',
  mfa: false,
  service: 'ec2.amazonaws.com',
  provider: null,
  audience: '',
  custom: JSON.stringify(blankTrust, null, 4),
  policies: [],
  boundary: [],
  name: '',
  description: '',
  duration: 3600,
  path: '/',
  tags: [],
}

export const services = [
  { name: 'ec2.amazonaws.com', title: 'EC2', description: 'Instances call AWS for your programs.' },
  { name: 'ecs-tasks.amazonaws.com', title: 'Elastic Container Service task', description: 'Tasks of ECS call AWS.' },
  { name: 'pods.eks.amazonaws.com', title: 'EKS - Pod Identity', description: 'Pods of an EKS cluster call AWS.' },
  { name: 'lambda.amazonaws.com', title: 'Lambda', description: 'Functions of Lambda call AWS.' },
] as const

/** The trust policy of a draft, in this account. */
export function trustOf(draft: Draft, own: { readonly id: string; readonly partition: string }): string {
  return draft.entity === 'custom' ? draft.custom : JSON.stringify(documentOf(draft, own), null, 4)
}

function documentOf(draft: Draft, { id, partition }: { readonly id: string; readonly partition: string }): object {
  switch (draft.entity) {
    case 'account':
      return policy({
        Action: 'sts:AssumeRole',
        Principal: { AWS: `arn:${partition}:iam::${draft.otherAccount ? draft.account : id}:root` },
        Condition: {
          ...(draft.asksExternalId ? { StringEquals: { 'sts:ExternalId': draft.externalId } } : {}),
          ...(draft.mfa ? { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } : {}),
        },
      })
    case 'service':
      return policy({
        // A pod's session carries the names of its cluster, namespace and service account as tags.
        Action: draft.service === 'pods.eks.amazonaws.com' ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'],
        Principal: { Service: [draft.service] },
      })
    case 'web-identity':
      return policy({
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: draft.provider?.arn ?? '' },
        Condition: { StringEquals: { [`${draft.provider?.name ?? ''}:aud`]: draft.audience } },
      })
    case 'custom':
      return blankTrust
  }
}

function policy(statement: object): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }
}

/** What is missing of the trusted entity, as a sentence; null: nothing that the page can see. */
export function entityFault(draft: Draft): string | null {
  switch (draft.entity) {
    case 'account':
      if (draft.otherAccount && !/^\d{12}$/.test(draft.account)) return 'An account ID has 12 digits.'
      // IAM User Guide, "External ID": 2 to 1,224 of these characters.
      if (draft.asksExternalId && !/^[\w+=,.@:/-]{2,1224}$/.test(draft.externalId))
        return 'An external ID has 2 to 1,224 letters, digits and + = , . @ : / - _ characters.'
      return null
    case 'service':
      return null
    case 'web-identity':
      if (draft.provider === null) return 'Choose the identity provider.'
      return draft.audience === '' ? 'Choose the audience for which its tokens are made.' : null
    case 'custom':
      return null
  }
}
