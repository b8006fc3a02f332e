import type { Secret } from '../../anatomy/secret.ts'

/** Where something was found: a position in a file, an environment variable, or the answer of a probe. */
export type Place =
  | { readonly file: string; readonly line: number; readonly column: number }
  | { readonly file: string }
  | { readonly variable: string }
  | { readonly probe: string }

/** One of the values of a credential and where it stands. */
export interface Placed<T> {
  readonly value: T
  readonly at: Place
  /** The text as it stands in the file or variable before any trimming or unquoting; absent when it is the same. */
  readonly raw?: string | undefined
}

/** The providers' names, as botocore, the CLI's trace and `credential_source` write them. */
export type ProviderName =
  | 'env'
  | 'assume-role'
  | 'assume-role-with-web-identity'
  | 'sso'
  | 'login'
  | 'shared-credentials-file'
  | 'custom-process'
  | 'config-file'
  | 'ec2-credentials-file'
  | 'boto-config'
  | 'container-role'
  | 'iam-role'
  | 'system-properties'
  | 'sdk-store'

/** What a source holds. Values stand as the SDK in question would use them: nothing is trimmed that it does not trim. */
export interface Credential {
  readonly provider: ProviderName
  readonly profile: string | null
  readonly accessKeyId: Placed<string>
  readonly secretAccessKey: Placed<Secret>
  readonly sessionToken: Placed<Secret> | null
  /** The end of the session as some field on the machine tells it (`AWS_CREDENTIAL_EXPIRATION`, `x_security_token_expires`, …). */
  readonly expiration: Placed<Date> | null
  readonly accountId: Placed<string> | null
}

/** What one source answers. */
export type SourceAnswer =
  | { readonly outcome: 'absent'; readonly because: string; readonly at?: Place | undefined }
  | {
      readonly outcome: 'found'
      readonly credential: Credential
      readonly because: string
      readonly at: Place
      /** The error with which the first use of these values ends, whatever the issuer would say of them. */
      readonly unusable?: BrokenSource | undefined
    }
  /** Would be asked only later, by a call or a process: a role, SSO, web identity, a process, a container or instance role. */
  | { readonly outcome: 'deferred'; readonly because: string; readonly at?: Place | undefined }
  | {
      readonly outcome: 'broken'
      readonly error: BrokenSource
      readonly because: string
      readonly at?: Place | undefined
      /** What it holds all the same, e.g. values whose end is over. */
      readonly credential?: Credential | undefined
    }

/** Why a source that is there cannot be used, with the words of the SDK whose rules were asked. */
export interface BrokenSource {
  readonly reason:
    | 'partial-credentials'
    | 'profile-not-found'
    | 'file-syntax'
    | 'file-unreadable'
    | 'configuration'
    | 'expired'
    | 'process-failed'
    | 'unsupported'
  /** `ErrorClass: message` in that SDK's own words. */
  readonly says: string
}
