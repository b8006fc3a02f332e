import type { WebIdentity } from '../../authentication/index.ts'
import { judgeVisitor } from '../../authorization/index.ts'
import type { Role } from '../../model/entities.ts'
import { type UnsignedContext, unsignedAction } from '../grid.ts'
import { credentials, maybeText, stsArn } from '../members.ts'
import { isRefused, type Refused } from '../sentences.ts'
import { tagConditions } from '../tags.ts'
import { authorizedByProvider, type ClaimedTags, claimedSourceIdentity, claimedTags } from './identity-claims.ts'
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

/** The providers of OAuth 2.0 access tokens, which only they themselves can verify. */
const oauthProviders = ['www.amazon.com', 'graph.facebook.com']

/**
 * A session of a role for the bearer of an identity provider's token (`authority.md` §3.5). Nobody signs the call: first the token is
 * verified, then the role's trust policy decides about what the token says.
 */
export const assumeRoleWithWebIdentity = unsignedAction({
  service: 'sts',
  name: 'AssumeRoleWithWebIdentity',
  input: {
    RoleArn: stsArn,
    RoleSessionName: { ...sessionName, required: true },
    WebIdentityToken: { type: 'string', required: true, min: 4, max: 20_000, sensitive: true },
    ProviderId: { type: 'string', min: 4, max: 2048 },
    PolicyArns: sessionPolicyArns,
    Policy: { type: 'string', min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
    DurationSeconds: { type: 'integer', min: 900, max: 43_200 },
  },
  output: {
    Credentials: credentials,
    SubjectFromWebIdentityToken: maybeText,
    AssumedRoleUser: assumedRoleUser,
    PackedPolicySize: { type: 'integer' },
    Provider: maybeText,
    Audience: maybeText,
    SourceIdentity: maybeText,
  },
  run: async (input, context) => {
    const fault = faultOfRequest(input) ?? faultOfProvider(input.ProviderId, input.WebIdentityToken)
    if (fault !== null) return fault
    const identity = await context.webIdentities.verify(
      input.WebIdentityToken,
      context.directory,
      context.now.getTime(),
    )
    if ('refused' in identity) return identity
    context.identifiedAs?.(nameOf(identity))
    const isAuthorized = authorizedByProvider(identity.claims, input.RoleArn)
    if (typeof isAuthorized !== 'boolean') return isAuthorized
    const tags = claimedTags(identity.claims)
    if (isRefused(tags)) return tags
    const sourceIdentity = claimedSourceIdentity(identity.claims)
    if (typeof sourceIdentity === 'object' && sourceIdentity !== null) return sourceIdentity
    return assume(input, { ...identity, isAuthorized, tags, sourceIdentity }, context)
  },
})

function faultOfProvider(provider: string | undefined, token: string): Refused | null {
  if (provider === undefined) return null
  // Recorded of AWS for an ID token (radkawar/stackd, internal/services/sts/testdata/oidc, September 2026), as is AccessDenied below.
  if (provider === 'www.amazon.com' && !token.startsWith('Atza|')) {
    return {
      refused: {
        reason: 'identity-token-invalid',
        says: 'Provided Token is not a Login With Amazon token',
        evidence: ['ProviderId names Login with Amazon, whose access tokens begin with Atza|.'],
      },
    }
  }
  if (!oauthProviders.includes(provider)) {
    return notAuthorized(
      null,
      ['ProviderId is for OAuth 2.0 access tokens of Amazon and Facebook only.'],
      'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens',
    )
  }
  return {
    refused: {
      reason: 'identity-provider-rejects',
      // Facebook's as recorded with the others, Amazon's as it was seen (aws/aws-sdk-js#198).
      says:
        provider === 'graph.facebook.com'
          ? `${provider} rejected OAuth token with response "Bad signature" and code 190`
          : `${provider}: ${provider} responded with HTTP/1.1 400 Bad Request`,
      evidence: ['Access tokens of OAuth 2.0 providers are not served here: nobody but the provider can verify them.'],
    },
  }
}

/** As CloudTrail names who calls (`principalId` of a WebIdentityUser). */
function nameOf({ provider, audience, subject }: WebIdentity): string {
  return `${provider}:${audience}:${subject}`
}

/** With what its claims mean for the session. */
interface ReadIdentity extends WebIdentity {
  readonly isAuthorized: boolean
  readonly tags: ClaimedTags
  readonly sourceIdentity: string | null
}

function assume(input: RoleRequest, identity: ReadIdentity, context: UnsignedContext) {
  const { tags, sourceIdentity } = identity
  const role = roleOf(input.RoleArn, context)
  if (role === undefined) return notAuthorized(null, [`There is no role ${input.RoleArn}.`])
  const judgement = judge(input, role, identity, context)
  if (!judgement.allowed) return notAuthorized(judgement.statement, [...judgement.evidence, whatItSays(identity)])
  context.decidedBy?.(judgement.statement)
  const later = faultOfRoleDuration(input.DurationSeconds, role) ?? faultOfPolicyArns(input, context)
  if (later !== null) return later
  const session = roleSession(
    input,
    role,
    {
      duration: input.DurationSeconds ?? DEFAULT_SECONDS,
      tags: tags.all,
      transitiveTagKeys: tags.transitiveKeys,
      sourceIdentity,
      assumedBy: nameOf(identity),
      conditions: { 'aws:federatedprovider': [identity.provider], ...lastingKeys(identity) },
    },
    context,
  )
  if (isRefused(session)) return session
  return {
    ok: {
      ...session.ok,
      SubjectFromWebIdentityToken: identity.subject,
      Provider: identity.provider,
      Audience: identity.audience,
    },
  }
}

function judge(input: RoleRequest, role: Role, identity: ReadIdentity, context: UnsignedContext) {
  const { tags, sourceIdentity } = identity
  const wireTags = tags.all.map(({ key, value }) => ({ Key: key, Value: value }))
  const conditions = new Map([...context.conditions, ...tagConditions(wireTags)])
  addProvider(conditions, identity.provider, context)
  conditions.set('sts:roleauthorizedbyidp', [String(identity.isAuthorized)])
  conditions.set('sts:rolesessionname', [input.RoleSessionName])
  if (input.DurationSeconds !== undefined) conditions.set('sts:durationseconds', [String(input.DurationSeconds)])
  if (sourceIdentity !== null) conditions.set('sts:sourceidentity', [sourceIdentity])
  if (tags.transitiveKeys.length > 0) conditions.set('sts:transitivetagkeys', tags.transitiveKeys)
  for (const [key, values] of Object.entries(trustKeys(identity))) conditions.set(key, values)
  return judgeVisitor({
    visitor: { kind: 'federated', name: identity.provider },
    role,
    resource: input.RoleArn,
    actions: [
      'sts:AssumeRoleWithWebIdentity',
      ...(tags.all.length > 0 ? ['sts:TagSession'] : []),
      ...(sourceIdentity === null ? [] : ['sts:SetSourceIdentity']),
    ],
    directory: context.directory,
    conditions,
  })
}

/**
 * To the trust policy the provider is the user, without an ARN of its own (recorded of AWS: radkawar/stackd,
 * `internal/services/sts/testdata/oidc/aws-trust.json`, September 2026).
 */
function addProvider(
  conditions: Map<string, readonly string[]>,
  provider: string,
  { directory }: UnsignedContext,
): void {
  // Of those that belong to no account nothing was recorded.
  if (!provider.startsWith('arn:')) return
  conditions.set('aws:principaltype', ['User'])
  conditions.set('aws:principalaccount', [directory.account.id])
  conditions.set('aws:userid', [provider])
}

type Keys = Readonly<Record<string, readonly string[]>>

/**
 * The claims that can be asked for of one well-known provider (AWS, "STS supports validation of select identity provider specific
 * claims", January 2026): in trust policies only.
 */
const claimsOfProviders: Readonly<Record<string, readonly string[]>> = {
  'token.actions.githubusercontent.com': [
    'actor',
    'actor_id',
    'job_workflow_ref',
    'repository',
    'repository_id',
    'workflow',
    'ref',
    'environment',
    'enterprise_id',
  ],
}

/** IAM User Guide, "Available keys for AWS OIDC federation": `‹issuer›:aud`, with `oaud` for what stands in `aud` beside an `azp`. */
function trustKeys(identity: WebIdentity): Keys {
  const { server, claims } = identity
  const keys: Record<string, readonly string[]> = { ...lastingKeys(identity) }
  for (const claim of ['azp', 'email', ...(claimsOfProviders[server] ?? [])]) {
    const value = claims[claim]
    if (typeof value === 'string' && value.length <= 2048) keys[keyOf(server, claim)] = [value]
  }
  const audiences = claims['aud'] as readonly string[]
  keys[keyOf(server, 'oaud')] = audiences
  // Without an authorised party every audience of the token counts.
  if (claims['azp'] === undefined) keys[keyOf(server, 'aud')] = audiences
  return keys
}

/** Those that the session's own requests have as well. */
function lastingKeys({ server, subject, audience, claims }: WebIdentity): Keys {
  const { amr } = claims
  const methods = Array.isArray(amr)
    ? amr.filter((one) => typeof one === 'string' && one.length <= 64).slice(0, 10)
    : []
  return {
    [keyOf(server, 'aud')]: [audience],
    [keyOf(server, 'sub')]: [subject],
    ...(methods.length === 0 ? {} : { [keyOf(server, 'amr')]: methods }),
  }
}

function keyOf(server: string, claim: string): string {
  return `${server}:${claim}`.toLowerCase()
}

function whatItSays({ provider, subject, audience }: WebIdentity): string {
  return `The token is of ${provider}, for the audience ${audience}, about the subject ${subject}.`
}

function notAuthorized(statement: string | null, evidence: readonly string[], says?: string): Refused {
  const operation = 'AssumeRoleWithWebIdentity'
  const own = says === undefined ? {} : { says }
  return { refused: { reason: 'federation-not-authorized', operation, statement, ...own, evidence } }
}
