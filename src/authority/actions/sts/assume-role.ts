import { judgeAssumeRole } from '../../authorization/index.ts'
import type { Role } from '../../model/entities.ts'
import { type ActionContext, action } from '../grid.ts'
import {
  credentials,
  maybeText,
  optionalStsArn,
  sessionPolicyDocument,
  stsArn,
  stsSerialNumber,
  tagKeys,
  tags,
  tokenCode,
} from '../members.ts'
import { invalidParameter, isRefused, type Refused } from '../sentences.ts'
import { tagConditions, type WireTag } from '../tags.ts'
import { write } from '../write.ts'
import { type CodeInput, judgeCode } from './one-time-code.ts'
import {
  assumedRoleUser,
  DEFAULT_SECONDS,
  faultOfPolicyArns,
  faultOfRequest,
  faultOfRoleDuration,
  type RoleRequest,
  roleOf,
  roleSession,
  sessionName,
  sessionPolicyArns,
} from './role-session.ts'
import { type SessionTags, sessionTagsOf } from './session-tags.ts'

/** What a session that was made from a session may last (IAM User Guide, "Role chaining"). */
const CHAINED_SECONDS = 3600

interface Request extends CodeInput, RoleRequest {
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
    PolicyArns: sessionPolicyArns,
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
    AssumedRoleUser: assumedRoleUser,
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
  return roleSession(
    input,
    role,
    {
      duration: input.DurationSeconds ?? DEFAULT_SECONDS,
      tags: sessionTags.all,
      transitiveTagKeys: sessionTags.transitiveKeys,
      sourceIdentity,
      assumedBy: principal.arn,
    },
    context,
  )
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
  return faultOfRoleDuration(seconds, role)
}
