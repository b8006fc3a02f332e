import { judgeAssumeRole } from '../../authorization/index.ts'
import { assumedRoleArn, roleArn } from '../../model/arn-of.ts'
import type { Role } from '../../model/entities.ts'
import type { SessionClaims } from '../../model/principal.ts'
import { largestClaims, sizeOfClaims } from '../../sessions/ring.ts'
import { faultOfDocument } from '../documents.ts'
import { type ActionContext, action } from '../grid.ts'
import { findPolicy } from '../holders.ts'
import {
  credentials,
  maybeText,
  optionalStsArn,
  sessionPolicyDocument,
  stsArn,
  stsSerialNumber,
  tagKeys,
  tags,
  text,
  tokenCode,
} from '../members.ts'
import { quotas } from '../quotas.ts'
import { invalidParameter, isRefused, type Refused } from '../sentences.ts'
import { tagConditions, type WireTag } from '../tags.ts'
import { write } from '../write.ts'
import { issue, newClaims } from './issue.ts'
import { type CodeInput, judgeCode } from './one-time-code.ts'
import { type SessionTags, sessionTagsOf } from './session-tags.ts'

const DEFAULT_SECONDS = 3600
/** What a session that was made from a session may last (IAM User Guide, "Role chaining"). */
const CHAINED_SECONDS = 3600

const sessionName = { type: 'string', min: 2, max: 64, pattern: '[\\w+=,.@-]*' } as const

interface Request extends CodeInput {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined
  readonly Policy?: string | undefined
  readonly DurationSeconds?: number | undefined
  readonly Tags?: readonly WireTag[] | undefined
  readonly TransitiveTagKeys?: readonly string[] | undefined
  readonly ExternalId?: string | undefined
  readonly SourceIdentity?: string | undefined
}

/**
 * A session of a role. The row judges itself, since the role's trust policy and the caller's own policies answer together; parameters
 * come first, then the one-time code, then the permission, then the duration (`authority.md` §3.3).
 */
export const assumeRole = action({
  service: 'sts',
  name: 'AssumeRole',
  input: {
    RoleArn: stsArn,
    RoleSessionName: { ...sessionName, required: true },
    PolicyArns: {
      type: 'list',
      max: quotas.sessionPolicyArns,
      member: { type: 'structure', members: { arn: optionalStsArn } },
    },
    Policy: sessionPolicyDocument,
    DurationSeconds: { type: 'integer', min: 900, max: 43_200 },
    Tags: tags,
    TransitiveTagKeys: tagKeys,
    ExternalId: { type: 'string', min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' },
    SerialNumber: stsSerialNumber,
    TokenCode: tokenCode,
    SourceIdentity: sessionName,
    // Taken, as every documented parameter is, but no provider of contexts is known here.
    ProvidedContexts: {
      type: 'list',
      min: 1,
      max: 5,
      member: {
        type: 'structure',
        members: { ProviderArn: optionalStsArn, ContextAssertion: { type: 'string', min: 4, max: 2048 } },
      },
    },
  },
  output: {
    Credentials: credentials,
    AssumedRoleUser: { type: 'structure', required: true, members: { AssumedRoleId: text, Arn: text } },
    PackedPolicySize: { type: 'integer' },
    SourceIdentity: maybeText,
  },
  permission: 'free',
  run: (input, context) => {
    if (context.principal.type === 'root')
      return { refused: { reason: 'root-may-not-assume', cause: 'explicitly-denied' } }
    const sessionTags = sessionTagsOf(input, context.principal)
    if (isRefused(sessionTags)) return sessionTags
    const fault = faultOfRequest(input)
    if (fault !== null) return fault
    if (input.SerialNumber === undefined && input.TokenCode === undefined)
      return assumed(input, sessionTags, false, context)
    return write(context, () => {
      const code = judgeCode(input, context)
      if (isRefused(code)) return code
      const session = assumed(input, sessionTags, code.shown, context)
      // The code is used up by success only.
      return isRefused(session) ? session : { ...session, changes: code.shown ? [code.change] : [] }
    })
  },
})

/** What is wrong with the request whoever sent it. */
function faultOfRequest(input: Request): Refused | null {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/s.test(input.RoleArn)) return invalidParameter(`${input.RoleArn} is invalid`)
  const arns = policyArnsOf(input)
  const size = (input.Policy?.length ?? 0) + arns.reduce((sum, arn) => sum + arn.length, 0)
  if (size > quotas.sessionPolicySize) return tooLarge(size / quotas.sessionPolicySize, 'policy')
  return input.Policy === undefined ? null : faultOfDocument(input.Policy, 'session', 'session policy')
}

/** Asked only when the caller is allowed: whoever may not assume the role learns nothing about which policies there are. */
function faultOfPolicyArns(input: Request, context: ActionContext): Refused | null {
  const absent = policyArnsOf(input).find((arn) => findPolicy(arn, context) === undefined)
  return absent === undefined ? null : invalidParameter(`Policy ${absent} does not exist or is not attachable.`)
}

function assumed(input: Request, sessionTags: SessionTags, mfa: boolean, context: ActionContext) {
  const { directory, principal } = context
  const role = roleOf(input.RoleArn, context)
  const before = principal.session?.sourceIdentity ?? null
  const sourceIdentity = input.SourceIdentity ?? before
  const answer = judgeAssumeRole({
    principal,
    role,
    resource: input.RoleArn,
    directory,
    conditions: conditionsOf(input, sessionTags, sourceIdentity, mfa, context),
    tagging: sessionTags.all.length > 0,
    sourceIdentity,
  })
  if (!answer.allowed) return { refused: answer.refusal }
  context.decidedBy?.(answer.statement)
  // An allowed role is there; the types do not know.
  if (role === undefined) return invalidParameter(`${input.RoleArn} is invalid`)
  if (before !== null && sourceIdentity !== before) return identityIsSet(input.RoleArn, before, context)
  const tooLong = faultOfDuration(input.DurationSeconds, role, context)
  if (tooLong !== null) return tooLong
  const absent = faultOfPolicyArns(input, context)
  if (absent !== null) return absent
  return sessionOf(input, role, sessionTags, sourceIdentity, context)
}

/** Roles are looked up whatever the case of their name, but a RoleArn counts with it. */
function roleOf(arn: string, { directory }: ActionContext): Role | undefined {
  const role = directory.roleNamed(arn.slice(arn.lastIndexOf('/') + 1))
  return role !== undefined && roleArn(directory.account, role) === arn ? role : undefined
}

function conditionsOf(
  input: Request,
  sessionTags: SessionTags,
  sourceIdentity: string | null,
  mfa: boolean,
  context: ActionContext,
): ReadonlyMap<string, readonly string[]> {
  const conditions = new Map([...context.conditions, ...tagConditions(input.Tags)])
  conditions.set('sts:rolesessionname', [input.RoleSessionName])
  if (input.ExternalId !== undefined) conditions.set('sts:externalid', [input.ExternalId])
  if (input.DurationSeconds !== undefined) conditions.set('sts:durationseconds', [String(input.DurationSeconds)])
  if (sourceIdentity !== null) conditions.set('sts:sourceidentity', [sourceIdentity])
  const transitive = input.TransitiveTagKeys ?? []
  if (transitive.length > 0) conditions.set('sts:transitivetagkeys', transitive)
  for (const { key, value } of sessionTags.inherited) {
    conditions.set(`aws:resourcetag/${key.toLowerCase()}`, [value])
    conditions.set(`iam:resourcetag/${key.toLowerCase()}`, [value])
  }
  if (mfa) {
    conditions.set('aws:multifactorauthpresent', ['true'])
    conditions.set('aws:multifactorauthage', ['0'])
  }
  return conditions
}

/** A source identity holds for the whole chain. */
function identityIsSet(resource: string, before: string, context: ActionContext): Refused {
  return {
    refused: {
      reason: 'not-authorized',
      principal: context.principal.arn,
      action: 'sts:SetSourceIdentity',
      resource,
      verdict: { kind: 'unstated' },
      statement: null,
      evidence: [`The session has the source identity ${before}, which cannot be changed.`],
    },
  }
}

/** Every session counts as a link of the chain, GetSessionToken's too (`authority.md` §3.2). */
function faultOfDuration(seconds: number | undefined, role: Role, { principal }: ActionContext): Refused | null {
  if (seconds === undefined) return null
  if (principal.session !== null && seconds > CHAINED_SECONDS)
    return {
      refused: {
        reason: 'duration-exceeds-chaining',
        cause: 'duration-too-long',
        evidence: [`${seconds} seconds were asked for with the credentials of a session.`],
      },
    }
  if (seconds <= role.maxSessionDuration) return null
  return {
    refused: {
      reason: 'duration-exceeds-role',
      cause: 'duration-too-long',
      evidence: [`${seconds} seconds were asked for; the role's MaxSessionDuration is ${role.maxSessionDuration}.`],
    },
  }
}

function sessionOf(
  input: Request,
  role: Role,
  sessionTags: SessionTags,
  sourceIdentity: string | null,
  context: ActionContext,
) {
  const { account } = context.directory
  const claims = newClaims(
    {
      type: 'role',
      duration: input.DurationSeconds ?? DEFAULT_SECONDS,
      mfaAt: null,
      ownerId: role.id,
      parentKeyId: null,
      roleArn: input.RoleArn,
      sessionName: input.RoleSessionName,
      sessionPolicies: input.Policy === undefined ? [] : [input.Policy],
      sessionPolicyArns: policyArnsOf(input),
      tags: sessionTags.all,
      transitiveTagKeys: sessionTags.transitiveKeys,
      sourceIdentity,
      assumedBy: context.principal.arn,
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
      SourceIdentity: sourceIdentity ?? undefined,
    },
  }
}

/** The part of a token's room that is taken up; undefined when there was nothing to pack. */
function packedSize(claims: SessionClaims): number | undefined {
  const { sessionPolicies, sessionPolicyArns, tags: sessionTags } = claims
  return sessionPolicies.length + sessionPolicyArns.length + sessionTags.length === 0
    ? undefined
    : sizeOfClaims(claims) / largestClaims
}

function tooLarge(part: number, what: 'policy' | 'tags'): Refused {
  return { refused: { reason: 'policy-too-large', percent: Math.ceil(part * 100), what } }
}

function policyArnsOf(input: Request): readonly string[] {
  return (input.PolicyArns ?? []).flatMap(({ arn }) => (arn === undefined ? [] : [arn]))
}
