import { assumedRoleArn, roleArn } from '../../model/arn-of.ts'
import type { Role } from '../../model/entities.ts'
import type { SessionClaims } from '../../model/principal.ts'
import { largestClaims, sizeOfClaims } from '../../sessions/ring.ts'
import { faultOfDocument } from '../documents.ts'
import type { UnsignedContext } from '../grid.ts'
import { findPolicy } from '../holders.ts'
import { optionalStsArn, text } from '../members.ts'
import { quotas } from '../quotas.ts'
import { invalidParameter, type Refused } from '../sentences.ts'
import { issue, newClaims, type SessionGrant } from './issue.ts'

/** What all calls that give sessions of a role have in common (`authority.md` §3.1–3.3). */
export interface RoleRequest {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined
  readonly Policy?: string | undefined
  readonly DurationSeconds?: number | undefined
}

export type SessionPolicies = Pick<RoleRequest, 'Policy' | 'PolicyArns'>

export const DEFAULT_SECONDS = 3600

export const sessionName = { type: 'string', min: 2, max: 64, pattern: '[\\w+=,.@-]*' } as const

export const sessionPolicyArns = {
  type: 'list',
  max: quotas.sessionPolicyArns,
  member: { type: 'structure', members: { arn: optionalStsArn } },
} as const

export const assumedRoleUser = {
  type: 'structure',
  required: true,
  members: { AssumedRoleId: text, Arn: text },
} as const

/** What is wrong with the request whoever sent it. */
export function faultOfRequest(input: RoleRequest): Refused | null {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/s.test(input.RoleArn)) return invalidParameter(`${input.RoleArn} is invalid`)
  return faultOfSessionPolicies(input)
}

/** What is wrong with session policies, as far as their text tells. */
export function faultOfSessionPolicies(input: SessionPolicies): Refused | null {
  const arns = policyArnsOf(input)
  const size = (input.Policy?.length ?? 0) + arns.reduce((sum, arn) => sum + arn.length, 0)
  if (size > quotas.sessionPolicySize) return tooLarge(size / quotas.sessionPolicySize, 'policy')
  return input.Policy === undefined ? null : faultOfDocument(input.Policy, 'session', 'session policy')
}

/** Asked only when the caller is allowed: whoever may not assume the role learns nothing about which policies there are. */
export function faultOfPolicyArns(input: RoleRequest, context: UnsignedContext): Refused | null {
  const absent = absentPolicyArn(input, context)
  return absent === undefined ? null : invalidParameter(`Policy ${absent} does not exist or is not attachable.`)
}

export function absentPolicyArn(
  input: SessionPolicies,
  context: Pick<UnsignedContext, 'directory' | 'partition'>,
): string | undefined {
  return policyArnsOf(input).find((arn) => findPolicy(arn, context) === undefined)
}

/** Roles are looked up whatever the case of their name, but a RoleArn counts with it. */
export function roleOf(arn: string, { directory }: UnsignedContext): Role | undefined {
  const role = directory.roleNamed(arn.slice(arn.lastIndexOf('/') + 1))
  return role !== undefined && roleArn(directory.account, role) === arn ? role : undefined
}

export function faultOfRoleDuration(seconds: number | undefined, role: Role): Refused | null {
  if (seconds === undefined || seconds <= role.maxSessionDuration) return null
  return {
    refused: {
      reason: 'duration-exceeds-role',
      cause: 'duration-too-long',
      evidence: [`${seconds} seconds were asked for; the role's MaxSessionDuration is ${role.maxSessionDuration}.`],
    },
  }
}

/** A new session of the role, and what every reply says of it; refused when it does not fit into a token. */
export function roleSession(
  input: RoleRequest,
  role: Role,
  grant: Pick<SessionGrant, 'duration' | 'tags' | 'transitiveTagKeys' | 'sourceIdentity' | 'assumedBy' | 'conditions'>,
  context: UnsignedContext,
) {
  const { account } = context.directory
  const claims = newClaims(
    {
      type: 'role',
      mfaAt: null,
      ownerId: role.id,
      parentKeyId: null,
      roleArn: input.RoleArn,
      sessionName: input.RoleSessionName,
      sessionPolicies: input.Policy === undefined ? [] : [input.Policy],
      sessionPolicyArns: policyArnsOf(input),
      ...grant,
    },
    context,
  )
  const packed = packedSize(claims)
  if (packed !== undefined && packed > 1) return tooLarge(packed, claims.sessionPolicies.length > 0 ? 'policy' : 'tags')
  return {
    ok: {
      Credentials: issue(claims, context),
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${input.RoleSessionName}`,
        Arn: assumedRoleArn(account, role.name, input.RoleSessionName),
      },
      PackedPolicySize: packed === undefined ? undefined : Math.ceil(packed * 100),
      SourceIdentity: grant.sourceIdentity ?? undefined,
    },
  }
}

/**
 * The part of a token's room that is taken up; undefined when there was nothing to pack. What an identity provider said of its user is
 * packed always (`PackedPolicySize` 25 with neither policies nor tags: radkawar/stackd,
 * `internal/services/sts/testdata/oidc/aws-trust.json`, September 2026).
 */
export function packedSize(claims: SessionClaims): number | undefined {
  const { sessionPolicies, sessionPolicyArns: arns, tags: sessionTags, conditions } = claims
  return sessionPolicies.length + arns.length + sessionTags.length + Object.keys(conditions ?? {}).length === 0
    ? undefined
    : sizeOfClaims(claims) / largestClaims
}

export function tooLarge(part: number, what: 'policy' | 'tags'): Refused {
  return { refused: { reason: 'policy-too-large', percent: Math.ceil(part * 100), what } }
}

export function policyArnsOf(input: SessionPolicies): readonly string[] {
  return (input.PolicyArns ?? []).flatMap(({ arn }) => (arn === undefined ? [] : [arn]))
}
