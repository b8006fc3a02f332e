import { federatedUserArn } from '../../model/arn-of.ts'
import type { Principal } from '../../model/principal.ts'
import { action } from '../grid.ts'
import { credentials, sessionPolicyDocument, tags, text } from '../members.ts'
import { invalidParameter, isRefused } from '../sentences.ts'
import { permission } from '../subjects.ts'
import { newTags, tagConditions } from '../tags.ts'
import { issue, newClaims } from './issue.ts'
import {
  absentPolicyArn,
  faultOfSessionPolicies,
  packedSize,
  policyArnsOf,
  sessionPolicyArns,
  tooLarge,
} from './role-session.ts'

const DEFAULT_SECONDS = 43_200
/** Root gets an hour at most, without being told (API reference, GetFederationToken). */
const ROOT_SECONDS = 3_600

/**
 * A session of somebody whom the account does not know, with what the calling user may do and the session policies allow; without
 * a session policy that is nothing (`authority.md` §3.7).
 */
export const getFederationToken = action({
  service: 'sts',
  name: 'GetFederationToken',
  input: {
    Name: { type: 'string', required: true, min: 2, max: 32, pattern: '[\\w+=,.@-]*' },
    Policy: { ...sessionPolicyDocument, max: 2048 },
    PolicyArns: sessionPolicyArns,
    DurationSeconds: { type: 'integer', min: 900, max: 129_600 },
    Tags: tags,
  },
  output: {
    Credentials: credentials,
    FederatedUser: { type: 'structure', members: { FederatedUserId: text, Arn: text } },
    PackedPolicySize: { type: 'integer' },
  },
  permission: (input, context) => {
    // Sessions are told in other words that they cannot, whatever their policies say.
    if (context.principal.session !== null) return []
    const resource = federatedUserArn(context.directory.account, input.Name)
    const tagged = tagConditions(input.Tags)
    const asked = permission('sts:GetFederationToken', resource, tagged)
    return tagged.size === 0 ? asked : [asked, permission('sts:TagSession', resource, tagged)]
  },
  run: (input, context) => {
    const { principal } = context
    if (!isLongTerm(principal))
      return {
        refused: { reason: 'called-with-session', operation: 'GetFederationToken', cause: 'session-from-session' },
      }
    const fault = faultOfSessionPolicies(input)
    if (fault !== null) return fault
    const absent = absentPolicyArn(input, context)
    if (absent !== undefined) return invalidParameter(`Policy ${absent} does not exist or is not attachable.`)
    const tagged = newTags(input.Tags, 'caseless')
    if (isRefused(tagged)) return tagged
    const root = principal.type === 'root'
    const seconds = input.DurationSeconds
    const claims = newClaims(
      {
        type: 'federated',
        duration: root ? Math.min(seconds ?? ROOT_SECONDS, ROOT_SECONDS) : (seconds ?? DEFAULT_SECONDS),
        mfaAt: null,
        ownerId: root ? 'root' : principal.userId,
        parentKeyId: principal.accessKeyId,
        roleArn: null,
        sessionName: input.Name,
        sessionPolicies: input.Policy === undefined ? [] : [input.Policy],
        sessionPolicyArns: policyArnsOf(input),
        tags: tagged,
        transitiveTagKeys: [],
        sourceIdentity: null,
        assumedBy: null,
      },
      context,
    )
    const packed = packedSize(claims)
    if (packed !== undefined && packed > 1)
      return tooLarge(packed, claims.sessionPolicies.length > 0 ? 'policy' : 'tags')
    return {
      ok: {
        Credentials: issue(claims, context),
        FederatedUser: {
          FederatedUserId: `${context.account}:${input.Name}`,
          Arn: federatedUserArn(context.directory.account, input.Name),
        },
        PackedPolicySize: Math.ceil((packed ?? 0) * 100),
      },
    }
  },
})

function isLongTerm(principal: Principal): principal is Extract<Principal, { type: 'root' | 'user' }> {
  return (principal.type === 'root' || principal.type === 'user') && principal.session === null
}
