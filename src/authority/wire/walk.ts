import type { Authenticated } from '../authentication/index.ts'
import type { IssuedSession } from '../model/store.ts'
import type { WireService } from './faults.ts'
import type { Head } from './head.ts'
import type { NamedOperation } from './named-operations.ts'

/** A request of the AWS protocol as it arrived, but for its body. */
export interface Received {
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly head: Head
  readonly sourceIp: string
  /** Did it come over TLS? */
  readonly secure: boolean
}

/** One walk through the authority: authenticate, validate, authorise, run, render, and what to remember of it. */
export interface Walk {
  readonly received: Received
  readonly at: number
  readonly account: string
  /** What the head names; null for a call of the Query protocol. */
  readonly named: NamedOperation | null
  operation: string
  service: WireService
  authenticated: Authenticated | null
  statement: string | null
  /** The session that the call gives. */
  issued: IssuedSession | null
  /** Of the endpoint that was asked, for calls that nobody signs; empty when a signature says it. */
  endpointRegion: string
  /** Why a policy refused, sealed for DecodeAuthorizationMessage; null where the service gives no such message. */
  sealedDenial: string | null
  /** Who a call that nobody signed turned out to come from. */
  identifiedAs: string | null
}
