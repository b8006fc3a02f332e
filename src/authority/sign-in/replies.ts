import type { CauseId } from '../../cause-ids.ts'
import type { Decision, IssuedSession } from '../model/store.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'

/** By these names the decision log knows the endpoints and the pages. */
export type Endpoint = 'sso-oauth' | 'sso' | 'signin'

/** What a reply was decided about. */
export interface Asked {
  readonly ground: Ground
  readonly call: Received
  readonly endpoint: Endpoint
  /** `CreateToken` */
  readonly operation: string
}

/** What the decision log is told besides. */
export interface Told {
  /** ARN of the user, once it is known. */
  readonly principal?: string | null
  readonly accessKeyId?: string | null
  readonly evidence?: readonly string[]
  readonly statement?: string | null
  readonly issued?: IssuedSession | null
}

/** The decision that all was well. */
export function accepted(asked: Asked, told: Told = {}): Decision {
  return decisionOf(asked, told, { status: 200, code: null, reason: null, cause: null })
}

/** The decision that something was not: with which status, AWS's code where there is one, and the true reason. */
export function refused(
  asked: Asked,
  why: {
    readonly status: number
    readonly code: string | null
    readonly reason: string
    readonly cause: CauseId | null
  },
  told: Told = {},
): Decision {
  return decisionOf(asked, told, why)
}

function decisionOf(
  { ground, call, endpoint, operation }: Asked,
  told: Told,
  outcome: Pick<Decision, 'status' | 'code' | 'reason' | 'cause'>,
): Decision {
  return {
    requestId: call.requestId,
    at: new Date(ground.now()).toISOString(),
    outcome: outcome.reason === null ? 'accepted' : 'refused',
    service: endpoint,
    operation,
    accessKeyId: told.accessKeyId ?? null,
    principal: told.principal ?? null,
    account: ground.directory().account.id,
    region: ground.region,
    sourceIp: call.sourceIp,
    userAgent: (call.head.userAgent ?? '').slice(0, 256),
    checks: [],
    evidence: told.evidence ?? [],
    statement: told.statement ?? null,
    issued: told.issued ?? null,
    ...outcome,
  }
}

/** A reply in JSON; `more`: names and values of further headers. */
export function json(status: number, body: unknown, decision: Decision | null, more?: readonly string[]): OwnReply {
  return { status, contentType: 'application/json', body: JSON.stringify(body), decision, more }
}
