import type { InstanceMetadataPlan } from '../sources/plan.ts'
import { type Called, call, type PlannedCall } from './exchange.ts'
import { credentialsIn } from './metadata-answer.ts'
import { type Described, type Failed, type FailureReason, failed, type Means, type Outcome } from './resolution.ts'

/** One second and one attempt, as most SDKs have it (botocore `DEFAULT_METADATA_SERVICE_TIMEOUT`). */
const timeoutMs = 1000
const credentialsPath = '/latest/meta-data/iam/security-credentials/'
const lifetime: readonly (readonly [string, string])[] = [['x-aws-ec2-metadata-token-ttl-seconds', '21600']]

/**
 * The role of an EC2 instance: a token, the name of the role, its credentials (IMDSv2), or without the token where the SDK
 * still does so (IMDSv1).
 * Sources: EC2 User Guide, "Use the Instance Metadata Service"; botocore utils.py `InstanceMetadataFetcher`.
 */
export async function instanceMetadata(plan: InstanceMetadataPlan, means: Means): Promise<Outcome> {
  const token = await tokenOf(plan, means)
  if (token.kind !== 'token') return token
  const named = await get(plan, means, token.text, 'GetRoleName', credentialsPath)
  if (named.kind !== 'answered') return named
  if (named.reply.status !== 200) return refused(plan, named.reply.status, token.text)
  const role = named.reply.body.trim().split(/\s+/)[0] ?? ''
  if (!/^[\w+=,.@-]{1,128}$/.test(role)) return wrong(plan, 'no-instance-role', 'the instance has no role')
  const got = await get(plan, means, token.text, 'GetRoleCredentials', credentialsPath + role)
  if (got.kind !== 'answered') return got
  if (got.reply.status !== 200) return refused(plan, got.reply.status, token.text)
  const answer = { body: got.reply.body, provider: 'iam-role', from: 'imds:GetRoleCredentials', at: plan.at } as const
  return credentialsIn(answer, means)
}

type Token = { readonly kind: 'token'; readonly text: string | null }

/** Null: none is to be had, and the SDK then asks as in version 1. */
async function tokenOf(plan: InstanceMetadataPlan, means: Means): Promise<Token | Failed | Described> {
  const called = await ask(plan, means, 'PUT', 'GetToken', '/latest/api/token', lifetime)
  if (called.kind === 'described') return called
  if (called.kind === 'answered') {
    const { status, body } = called.reply
    const text = body.trim()
    if (status === 200 && /^[\x21-\x7e]{1,4096}$/.test(text)) return { kind: 'token', text }
    if (status === 400) return wrong(plan, 'refused', 'the instance metadata calls the request for a token malformed')
    if (!plan.versionOne) {
      const why =
        status === 403 ? 'the instance metadata is switched off (HTTP 403)' : `there was no token (HTTP ${status})`
      return wrong(plan, status >= 500 ? 'unavailable' : 'refused', `${why}, and version 1 is not to be used`)
    }
    return { kind: 'token', text: null }
  }
  // Not every endpoint answers a PUT that comes over one hop too many; version 1 would still be answered.
  return plan.versionOne ? { kind: 'token', text: null } : called
}

function get(
  plan: InstanceMetadataPlan,
  means: Means,
  token: string | null,
  operation: string,
  path: string,
): Promise<Called> {
  return ask(plan, means, 'GET', operation, path, token === null ? [] : [['x-aws-ec2-metadata-token', token]])
}

async function ask(
  { endpoint, at }: InstanceMetadataPlan,
  means: Means,
  method: 'GET' | 'PUT',
  operation: string,
  path: string,
  headers: PlannedCall['request']['headers'],
): Promise<Called> {
  const url = endpoint.replace(/\/+$/, '') + path
  return await call(means, {
    service: 'imds',
    operation,
    at,
    timeoutMs,
    request: { method, url, headers, body: '', direct: true },
  })
}

/** What its statuses mean (EC2 User Guide, "Use the Instance Metadata Service", responses and error codes). */
function refused(plan: InstanceMetadataPlan, status: number, token: string | null): Failed {
  if (status === 404) return wrong(plan, 'no-instance-role', 'no role is attached to the instance (HTTP 404)')
  if (status === 401) {
    const why =
      token === null ? 'the instance wants a token (IMDSv2), and none was to be had' : 'its own token is not accepted'
    return wrong(plan, 'refused', `${why} (HTTP 401)`)
  }
  if (status === 403) return wrong(plan, 'refused', 'the instance metadata is switched off (HTTP 403)')
  const reason = status >= 500 || status === 429 ? 'unavailable' : 'unexpected-answer'
  return wrong(plan, reason, `the instance metadata answered HTTP ${status}`)
}

function wrong({ at }: InstanceMetadataPlan, reason: FailureReason, because: string): Failed {
  return failed(reason, `MetadataRetrievalError: Error retrieving metadata: ${because}`, because, at)
}
