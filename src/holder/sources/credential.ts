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
