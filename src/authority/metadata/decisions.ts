import type { CauseId } from '../../cause-ids.ts'
import type { Decision } from '../model/store.ts'
import type { Received } from '../wire/index.ts'
import type { Given, Ground } from './vending.ts'

/** Whom the endpoints answer to: by these names the log knows them. */
export type Endpoint = 'imds' | 'container'

interface Facts {
  readonly ground: Ground
  readonly call: Received
  readonly endpoint: Endpoint
}

/** A session was made of a role: the AssumeRole call that a service made for its customer. */
export function assumption({ ground, call }: Facts, service: string, given: Given): Decision {
  return {
    ...factsOf({ ground, call, endpoint: 'imds' }),
    outcome: 'accepted',
    service: 'sts',
    operation: 'AssumeRole',
    accessKeyId: given.accessKeyId,
    principal: service,
    status: 200,
    code: null,
    reason: null,
    cause: null,
    evidence: [`A session of ${given.roleArn} was given to ${service}; it ends at ${given.expiration}.`],
    statement: given.statement,
    issued: given.session,
  }
}

/** Why nothing was given. `status`: as the asker saw it. */
export function refusal(
  facts: Facts,
  told: {
    readonly status: number
    readonly code: string | null
    readonly reason: string
    readonly cause: CauseId | null
    readonly evidence: readonly string[]
    readonly statement?: string | null
  },
): Decision {
  return { ...factsOf(facts), outcome: 'refused', ...told, statement: told.statement ?? null }
}

function factsOf({ ground, call, endpoint }: Facts) {
  return {
    requestId: call.requestId,
    at: new Date(ground.now()).toISOString(),
    service: endpoint,
    // A path is what stands for an operation here; what may be a secret in it is left out.
    operation: `${call.method} ${call.path.replace(/^(\/v2\/credentials\/).+/s, '$1…').slice(0, 128)}`,
    accessKeyId: null,
    principal: null,
    account: ground.directory().account.id,
    region: ground.region,
    sourceIp: call.sourceIp,
    userAgent: (call.head.userAgent ?? '').slice(0, 256),
    checks: [],
  } as const
}
