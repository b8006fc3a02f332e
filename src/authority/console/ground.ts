import { authorize, requestConditions } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Permission } from '../model/permission.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Decision, DecisionCounts, DecisionPage, DecisionQuery, Store } from '../model/store.ts'
import type { SessionRing } from '../sessions/ring.ts'
import type { Ground as SignInGround } from '../sign-in/ground.ts'
import type { EventStream, Received } from '../wire/index.ts'

/** What the console works on. Its region is the one in which it counts as being called. */
export interface Ground extends SignInGround {
  ring(): SessionRing
  readonly decisions: DecisionSource
}

export interface DecisionSource {
  /** Newest first, those included that are not written down yet. */
  find(query: DecisionQuery): Promise<readonly Decision[]>
  /** As `find`, in bounded time. */
  page(query: DecisionQuery): Promise<DecisionPage>
  count(query: Parameters<Store['countDecisions']>[0]): Promise<DecisionCounts>
  /** Calls back with each decision as it is taken; gives the way to stop. */
  follow(listener: (decision: Decision) => void): () => void
}

/** What a signed-in person asks of the JSON API. */
export interface Asked {
  readonly ground: Ground
  readonly call: Received
  readonly principal: Principal
  /** Of the URL. */
  readonly parameters: URLSearchParams
  /** What came as JSON with a POST; null for a GET. Anything at all may stand in it. */
  readonly body: unknown
}

/** `invalid`: the parameters cannot be meant; `absent`: there is none of that name. */
export type Answer =
  | { readonly ok: unknown }
  | { readonly refused: Refusal }
  | { readonly invalid: string }
  | { readonly absent: string }
  /** Begins to send server-sent events; gives the way to stop it. */
  | { readonly stream: EventStream['feed'] }

/** An action that has no resource but `*`; or what the operation of AWS that shows the same asks for. */
export type Needed = string | ((context: { readonly directory: Directory }) => Permission)

/**
 * One row of the JSON API, `/console/api/‹path›`: what AWS has no operation for. `permission`: all that the caller needs; AWS's own
 * where there is one that shows the same, else `countersign:…`.
 */
export interface ApiRow {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly permission: readonly Needed[]
  run(asked: Asked): Answer | Promise<Answer>
}

/** Why the caller may not do what is needed; null when they may. */
export function whyNot(asked: Omit<Asked, 'parameters' | 'body'>, needed: Needed): Refusal | null {
  const { ground, call, principal } = asked
  const directory = ground.directory()
  const permission = typeof needed === 'string' ? { action: needed, resource: '*' } : needed({ directory })
  const conditions = requestConditions({
    principal,
    directory,
    now: new Date(ground.now()),
    secureTransport: call.secure,
    sourceIp: call.sourceIp,
    userAgent: call.head.userAgent ?? '',
    referer: call.head.referer,
    region: ground.region,
    service: permission.action.slice(0, permission.action.indexOf(':')),
  })
  const verdict = authorize({ principal, directory, conditions, permission })
  return verdict.allowed ? null : verdict.refusal
}
