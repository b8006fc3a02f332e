import { CountersignError } from '../../errors.ts'
import type { ActionContext } from '../actions/grid.ts'
import { issuedSession } from '../actions/sts/issue.ts'
import type { Knowledge, WebIdentities } from '../authentication/index.ts'
import { requestConditions } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal, SessionClaims } from '../model/principal.ts'
import { globalTokenVersionOf } from '../model/regions.ts'
import type { Change } from '../model/store.ts'
import type { SessionRing } from '../sessions/ring.ts'
import type { Walk } from './walk.ts'

/** Only AWS's own name for it: whoever asks by an address of this authority's own is asking a regional endpoint. */
function isGlobalEndpoint(host: string | null): boolean {
  return host !== null && /^sts\.amazonaws\.com(?::\d+)?$/i.test(host)
}

/** A class, because the condition keys are worth making only for the calls that a policy decides. */
export class CallContext implements ActionContext {
  readonly account: string
  readonly partition: string
  readonly region: string
  readonly tokenVersion: 1 | 2
  readonly passwordWork: number | undefined
  readonly directory: Directory
  readonly sessions: SessionRing
  readonly webIdentities: WebIdentities
  readonly #principal: Principal | null
  readonly #walk: Walk
  readonly #known: Knowledge
  readonly #commit: (changes: readonly Change[]) => Promise<void>
  #conditions: ReadonlyMap<string, readonly string[]> | null = null

  constructor(
    walk: Walk,
    /** Null: nobody signs this call. */
    principal: Principal | null,
    known: Knowledge,
    commit: (changes: readonly Change[]) => Promise<void>,
    webIdentities: WebIdentities,
    passwordWork?: number,
  ) {
    const { account } = known.directory
    this.account = account.id
    this.partition = account.partition
    this.region = walk.authenticated?.region ?? walk.endpointRegion
    this.tokenVersion = isGlobalEndpoint(walk.received.head.host) ? globalTokenVersionOf(account) : 2
    this.#principal = principal
    // What is going to be changed must be seen as it is; who may become what is judged by what has spread.
    this.directory = walk.service === 'sts' ? known.directory : known.present
    this.sessions = known.sessions
    this.#walk = walk
    this.#known = known
    this.#commit = commit
    this.webIdentities = webIdentities
    this.passwordWork = passwordWork
  }

  get principal(): Principal {
    if (this.#principal === null) throw new CountersignError('defect', 'a call that nobody signed has no principal')
    return this.#principal
  }

  get now(): Date {
    return new Date(this.#walk.at)
  }

  get conditions(): ReadonlyMap<string, readonly string[]> {
    const { received, service } = this.#walk
    this.#conditions ??= requestConditions({
      principal: this.#principal,
      directory: this.#known.directory,
      now: this.now,
      secureTransport: received.secure,
      sourceIp: received.sourceIp,
      userAgent: received.head.userAgent ?? '',
      referer: received.head.referer,
      region: this.region,
      service,
    })
    return this.#conditions
  }

  commit(changes: readonly Change[]): Promise<void> {
    return this.#commit(changes)
  }

  decidedBy(statement: string | null): void {
    this.#walk.statement = statement
  }

  issued(claims: SessionClaims): void {
    this.#walk.issued = issuedSession(claims, this.directory)
  }

  identifiedAs(principal: string): void {
    this.#walk.identifiedAs = principal
  }
}
