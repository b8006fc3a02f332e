import type { CauseId } from '../../cause-ids.ts'
import type { Entity, EntityKind } from './entities.ts'

/**
 * The one way to what is durable. Every engine (SQLite now, PostgreSQL later) passes `test/store.suite.ts`.
 * All calls are asynchronous, also where an engine could answer at once: no caller may depend on the difference.
 */
export interface Store {
  /** Every entity as of one point of the change log. Called once at start; streams so that 100,000 users fit. */
  load(): Promise<Snapshot>
  /**
   * Commits all changes in one transaction that also appends them to the change log, and answers when they are on disk.
   * A change whose `expect` does not hold, or that gives a user, role, policy or device a name that another one bears in any
   * case, rejects the whole with `conflict`, and nothing is written.
   */
  commit(changes: readonly Change[]): Promise<Committed>
  /**
   * Change records after `seq`, in order, at most `limit` (1 to 10,000). Rejects with `limit` when the log no longer goes
   * back that far (it is bounded, and `clear` cuts it): the reader has to `load` again.
   */
  changesAfter(seq: number, limit: number): Promise<readonly ChangeRecord[]>
  /** Calls back (soon) after any commit, of this process or another; returns the way to stop. */
  onCommit(listener: () => void): () => void
  /**
   * Keeps when and for what each key and each role was last used; the newest wins, what is not there is passed over. It goes
   * with its key or role.
   * Loses nothing that `close` waited for.
   */
  touchKeys(uses: readonly KeyUse[]): Promise<void>
  lastUse(accessKeyId: string): Promise<KeyUse | null>
  appendDecisions(decisions: readonly Decision[]): Promise<void>
  /** Newest first. Goes through the whole log if it has to. */
  findDecisions(query: DecisionQuery): Promise<readonly Decision[]>
  /** The same in bounded time: what was found by then, and from where to go on. */
  pageDecisions(query: DecisionQuery): Promise<DecisionPage>
  /** How many there are in each minute, in bounded time. */
  countDecisions(query: Omit<DecisionQuery, 'limit' | 'before'> & { readonly since: string }): Promise<DecisionCounts>
  /** Removes every entity, change, use and decision (for the test control `reset`). The sequence of changes goes on. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface Versioned {
  readonly entity: Entity
  /** Grows by one with each change of this entity; begins at 1. */
  readonly version: number
}

export interface Snapshot {
  readonly seq: number
  readonly entities: AsyncIterable<Versioned> | Iterable<Versioned>
  /** The last use of each key and role that has one; may be a little newer than `seq`. */
  readonly uses: Iterable<KeyUse>
}

export type Change =
  | { readonly op: 'put'; readonly entity: Entity /** 0: must not exist yet. */; readonly expect: number }
  | { readonly op: 'remove'; readonly kind: EntityKind; readonly key: string; readonly expect: number }

export interface ChangeRecord {
  readonly seq: number
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string
  readonly op: 'put' | 'remove'
  readonly kind: EntityKind
  readonly key: string
  readonly version: number
  /** The entity after the change; null for a removal. */
  readonly entity: Entity | null
}

export interface Committed {
  /** The sequence number of the last record that this commit appended. */
  readonly seq: number
  readonly records: readonly ChangeRecord[]
}

export interface KeyUse {
  /** Or the unique id of a role (`AROA…`), of which one of its sessions was used. */
  readonly accessKeyId: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly service: string
  readonly region: string
}

/** What became of one request: the record that `check` is scored against. Never holds a secret, token, code or seed. */
export interface Decision {
  readonly requestId: string
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string
  readonly outcome: 'accepted' | 'refused'
  readonly service: string
  /** `GetCallerIdentity`, or empty when the request did not say. */
  readonly operation: string
  readonly accessKeyId: string | null
  /**
   * ARN of the caller once it is proven who that is; of a session that was given without a signature the service
   * (`ec2.amazonaws.com`), or `‹provider›:‹audience›:‹subject›` of the token.
   */
  readonly principal: string | null
  readonly account: string
  readonly region: string | null
  readonly sourceIp: string
  readonly userAgent: string
  readonly status: number
  /** AWS's code as the caller saw it; null when accepted. */
  readonly code: string | null
  /** The true reason; null when accepted. */
  readonly reason: string | null
  /** The same in the shared vocabulary of causes, where one fits. */
  readonly cause: CauseId | null
  /** Plain sentences: what the check saw. */
  readonly evidence: readonly string[]
  /** Names of the checks that passed, in order. */
  readonly checks: readonly string[]
  /** The policy statement that decided, as `policy#sid-or-index` (of a group `group/NAME/policy#…`), where a policy decided. */
  readonly statement: string | null
  /** The session that the call gave; absent, as null, where it gave none. */
  readonly issued?: IssuedSession | null | undefined
  /** What the caller may not do, where a policy said so. */
  readonly denied?: { readonly action: string; readonly resource: string } | null | undefined
  /** Of a signature that does not match; kept for the newest few thousand. */
  readonly mismatch?: SignatureMismatch | null | undefined
}

/** What is remembered of a session: nothing with which it could be used. */
export interface IssuedSession {
  readonly accessKeyId: string
  /** ARN of its bearer. */
  readonly principal: string
  readonly type: 'session' | 'role' | 'federated'
  /** Unique id of the user or role whose policies it has, or `root`. */
  readonly ownerId: string
  /** The long-term key that it hangs on; null where it hangs on none. */
  readonly parentKeyId: string | null
  readonly mfa: boolean
  /** ISO 8601, UTC, whole seconds. */
  readonly issuedAt: string
  readonly expiresAt: string
}

/** The two sides of a signature that does not match. Every secret in the texts is masked. */
export interface SignatureMismatch {
  readonly computed: SignedTexts
  /** What was proven to have been signed; null when that could not be found out. */
  readonly implied: SignedTexts | null
  /** What the signer did otherwise; without `implied` what follows from that. */
  readonly says: string
}

export interface SignedTexts {
  readonly canonicalRequest: string
  readonly stringToSign: string
}

export interface DecisionQuery {
  readonly requestId?: string
  readonly accessKeyId?: string
  readonly principal?: string
  readonly cause?: CauseId
  readonly outcome?: 'accepted' | 'refused'
  readonly code?: string
  readonly operation?: string
  /** Only those that gave a session. */
  readonly issued?: true
  /** Somewhere in a text of the decision, whatever the case of A to Z. */
  readonly text?: string
  /** ISO 8601: not older than this. */
  readonly since?: string
  /** ISO 8601: older than this. */
  readonly until?: string
  /** `next` of a page: only what was written before that. */
  readonly before?: string
  /** 1 to 1000. */
  readonly limit: number
}

export interface DecisionPage {
  /** Newest first. */
  readonly decisions: readonly Decision[]
  /** What `before` has to be to go on from here; null when everything has been looked through. */
  readonly next: string | null
  /** ISO 8601: where in time the search stands; null when everything has been looked through. */
  readonly searchedTo: string | null
}

export interface DecisionCounts {
  /** By the minute's begin, in milliseconds since the epoch. Refused ones by cause, `other` where there is none. */
  readonly minutes: ReadonlyMap<number, MinuteCount>
  /** ISO 8601: older ones were not counted, for there were too many; null when all were. */
  readonly countedFrom: string | null
}

export interface MinuteCount {
  accepted: number
  readonly refused: Map<string, number>
}
