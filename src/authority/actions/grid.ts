import type { WebIdentities } from '../authentication/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Permission } from '../model/permission.ts'
import type { Principal, SessionClaims } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Change } from '../model/store.ts'
import type { SessionRing } from '../sessions/ring.ts'

/**
 * The wire described once. Each action of STS and IAM is one row: what goes in (with AWS's constraints), what comes out,
 * which permission it needs and what it does. Parsing, AWS's validation sentences and rendering all come from the row.
 */
export type Member =
  | StringMember
  | IntegerMember
  | { readonly type: 'boolean'; readonly required?: boolean }
  | { readonly type: 'timestamp'; readonly required?: boolean }
  /** Output only: bytes, sent as base64. */
  | { readonly type: 'blob'; readonly required?: boolean }
  | ListMember
  | { readonly type: 'structure'; readonly required?: boolean; readonly members: Members }
  /** Output only (`SummaryMap`): `entry` elements with `key` and `value`. */
  | { readonly type: 'map'; readonly required?: boolean; readonly value: Member }

export interface StringMember {
  readonly type: 'string'
  readonly required?: boolean
  readonly min?: number
  readonly max?: number
  /** The model's own pattern, without anchors, as AWS prints it in its validation error. */
  readonly pattern?: string
  /**
   * What IAM says by hand in place of the pattern's clause, after `The specified value for ‹member› is invalid. `.
   */
  readonly patternSays?: string
  readonly enum?: readonly string[]
  /** Not echoed in errors, logs or the decision log. */
  readonly sensitive?: boolean
}

export interface IntegerMember {
  readonly type: 'integer'
  readonly required?: boolean
  readonly min?: number
  readonly max?: number
}

export interface ListMember {
  readonly type: 'list'
  readonly required?: boolean
  readonly min?: number
  readonly max?: number
  readonly member: Member
}

export type Members = Readonly<Record<string, Member>>

/** The value that a member holds after parsing, or must be given for rendering. Timestamps are ISO 8601 strings. */
export type ValueOf<M extends Member> = Member extends M
  ? unknown
  : M extends { type: 'string' | 'timestamp' }
    ? string
    : M extends { type: 'integer' }
      ? number
      : M extends { type: 'boolean' }
        ? boolean
        : M extends { type: 'blob' }
          ? Uint8Array
          : M extends { type: 'list'; member: infer E extends Member }
            ? readonly ValueOf<E>[]
            : M extends { type: 'structure'; members: infer S extends Members }
              ? ValuesOf<S>
              : M extends { type: 'map'; value: infer V extends Member }
                ? Readonly<Record<string, ValueOf<V>>>
                : never

type RequiredNames<S extends Members> = { [K in keyof S]: S[K] extends { required: true } ? K : never }[keyof S]

/** Required members are always there; the others may be absent. Of members that are not known one by one: any values. */
export type ValuesOf<S extends Members> = string extends keyof S
  ? Readonly<Record<string, unknown>>
  : {
      readonly [K in RequiredNames<S>]: ValueOf<S[K]>
    } & {
      readonly [K in Exclude<keyof S, RequiredNames<S>>]?: ValueOf<S[K]> | undefined
    }

/** The world as an action sees it. `directory` answers from memory; `commit` is the only way to change anything. */
export interface ActionContext {
  readonly account: string
  readonly partition: string
  /** Region of the credential scope, or of the endpoint for unsigned calls. */
  readonly region: string
  /** Of the session tokens that this endpoint gives. Default: 2. */
  readonly tokenVersion?: 1 | 2
  /** The authority's clock. */
  readonly now: Date
  readonly principal: Principal
  readonly directory: Directory
  readonly sessions: SessionRing
  readonly webIdentities: WebIdentities
  /** Condition keys of this request that do not depend on the action (`aws:SourceIp`, `aws:SecureTransport`, …), lower-cased. */
  readonly conditions: ReadonlyMap<string, readonly string[]>
  /** Durable when it resolves, and visible in `directory`. Rejects with `conflict` when an expected version has moved on. */
  commit(changes: readonly Change[]): Promise<void>
  /** How hard passwords are hashed (`sessions/password.ts`); absent: as hard as it should be. */
  readonly passwordWork?: number | undefined
  /** For actions that judge themselves: the statement by which they allowed the call, for the decision log only. */
  decidedBy?(statement: string | null): void
  /** For calls that give a session: which, for the decision log only. */
  issued?(claims: SessionClaims): void
  /** For calls that nobody signs: who it turned out to be, for the decision log only. */
  identifiedAs?(principal: string): void
}

/** The world as an action sees it that nobody signs. */
export type UnsignedContext = Omit<ActionContext, 'principal'>

/** What an action answers: its output members, or why not. */
export type ActionResult<O extends Members> = { readonly ok: ValuesOf<O> } | { readonly refused: Refusal }

/** The services that are answered here, as credential scopes name them. */
export type ServiceName = 'sts' | 'iam' | 'ec2' | 'account' | 'sso' | 'identitystore'

export interface Action<I extends Members = Members, O extends Members = Members> {
  readonly service: ServiceName
  readonly name: string
  readonly input: I
  /** `null`: the reply has no Result element at all. */
  readonly output: O | null
  /**
   * The permissions that the caller needs, or `free` for the calls that AWS leaves free (GetCallerIdentity, GetSessionToken)
   * and for those that judge themselves (AssumeRole, by trust policy and identity policy together).
   */
  /** True for the calls that AWS leaves unsigned; a signature that comes along is not looked at. */
  readonly unsigned?: boolean
  readonly permission: 'free' | ((input: ValuesOf<I>, context: ActionContext) => Permission | readonly Permission[])
  run(input: ValuesOf<I>, context: ActionContext): ActionResult<NoInfer<O>> | Promise<ActionResult<NoInfer<O>>>
}

/**
 * One row. Its own members type its functions where it is written; afterwards all rows are alike, and the wire, which parses by
 * `input` before it calls, is what keeps the promise.
 */
export function action<const I extends Members, const O extends Members>(row: Action<I, O>): Action {
  return row as unknown as Action
}

/** A row of a call that nobody signs: it knows no principal, and proves by itself who calls. */
export function unsignedAction<const I extends Members, const O extends Members>(
  row: Omit<Action<I, O>, 'permission' | 'run' | 'unsigned'> & {
    run(input: ValuesOf<I>, context: UnsignedContext): ActionResult<NoInfer<O>> | Promise<ActionResult<NoInfer<O>>>
  },
): Action {
  return { ...row, permission: 'free', unsigned: true } as unknown as Action
}
