import type { CauseId } from '../../cause-ids.ts'
import type { ChainStep, SdkName } from '../chains/trace.ts'
import type { FileEdit } from '../files/edit.ts'
import type { Place, ProviderName } from '../sources/credential.ts'

/** `proven`: cannot be otherwise, or an experiment said so. `likely`: strong evidence. `possible`: consistent with what was seen. */
export type Certainty = 'proven' | 'likely' | 'possible'

export interface Evidence {
  /** One plain sentence; no secret, key ids shortened. */
  readonly says: string
  readonly at: Place | null
}

export type Shell = 'bash' | 'fish' | 'powershell' | 'cmd'

/** A call that cures, or a part of it: made only after consent. */
export interface FixCall {
  readonly service: 'sts' | 'iam'
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
  /** What takes it back, for `undo`; null when nothing can. */
  readonly undone: { readonly operation: string; readonly parameters: Readonly<Record<string, string>> } | null
  /** One plain clause for a person, e.g. `make the key AKIA…7EXA active again`. */
  readonly says: string
  /** Who may make it: the examined credential itself, or the profile of `--with-profile`. */
  readonly as: 'itself' | 'with-profile'
}

/** What has to become of a variable of the running shell, which no program can change for it. */
export interface VariableChange {
  readonly name: string
  /** Null takes it away. Not enumerable: it may be a secret. */
  readonly value: string | null
}

export interface Fix {
  /** One plain sentence in the imperative. */
  readonly says: string
  /** True when `edits` and `calls` cure it and nothing else is needed: there are no `variables`. */
  readonly automatic: boolean
  /**
   * What a person types: `countersign fix CAUSE` where there are `edits` or `calls`, and the lines of the shell for `variables`,
   * which stand alone in `shellLines` as well.
   */
  readonly commands: Readonly<Record<Shell, readonly string[]>>
  /**
   * What changes in the running shell besides, done by `shellLines` and by nothing else. A proof on a copy of the machine makes
   * these changes too; where there are `edits` beside them, those keep it from coming back in the next shell. Absent: none.
   */
  readonly variables?: readonly VariableChange[]
  /** The lines that make `variables` so; absent where there are none. */
  readonly shellLines?: Readonly<Record<Shell, readonly string[]>>
  /** What to change in files, for the repair; empty when the cure is elsewhere. */
  readonly edits: readonly FileEdit[]
  /** Calls of AWS, made before the files are changed; absent: none. */
  readonly calls?: readonly FixCall[]
}

export interface Finding {
  readonly id: CauseId
  readonly certainty: Certainty
  readonly title: string
  readonly evidence: readonly Evidence[]
  readonly fix: Fix
}

/** What STS (or another service) answered to a probe or what an error text says it answered. */
export interface ReplySeen {
  readonly service: string
  readonly operation: string
  readonly status: number | null
  readonly code: string
  readonly message: string
  readonly requestId: string | null
  readonly date: string | null
}

export interface Verdict {
  readonly status: 'valid' | 'rejected' | 'unusable' | 'absent' | 'unverified'
  readonly sdk: SdkName
  readonly credential: CredentialShape | null
  readonly identity: { readonly account: string; readonly arn: string; readonly userId: string } | null
  readonly reply: ReplySeen | null
  readonly causes: readonly Finding[]
  readonly chain: readonly ChainStep[]
  /** Why nothing could be told, in one clause, when `status` is `unverified`; absent else. */
  readonly because?: string | null | undefined
  /** The home directory, for writing paths with `~`; null or absent when it is unknown. */
  readonly home?: string | null | undefined
}

/** What may be told of a credential: shapes and places, never values. */
export interface CredentialShape {
  /** First and last four characters with `…` between; null when the source is only asked later. */
  readonly accessKeyId: string | null
  readonly kind: 'long-term' | 'temporary' | 'unknown'
  readonly account: string | null
  readonly sessionToken: {
    readonly present: boolean
    /** ISO 8601, UTC. */
    readonly issuedAt: string | null
    readonly version: 1 | 2 | null
    readonly region: string | null
  }
  readonly expiration: string | null
  readonly source: {
    readonly provider: ProviderName
    readonly profile: string | null
    readonly file: string | null
    readonly line: number | null
    readonly column: number | null
    readonly variable: string | null
  }
}
