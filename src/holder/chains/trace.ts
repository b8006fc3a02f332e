import type { BrokenSource } from '../sources/answer.ts'
import type { Credential, Place, ProviderName } from '../sources/credential.ts'
import type { CredentialPlan } from '../sources/plan.ts'

/** The SDKs and tools that are told apart, in the order in which they are told. */
export const sdkNames = [
  'aws-cli-v2',
  'aws-cli-v1',
  'boto3',
  'js-v3',
  'js-v2',
  'go-v2',
  'go-v1',
  'java-v2',
  'java-v1',
  'kotlin',
  'rust',
  'ruby',
  'dotnet',
  'php',
  'cpp',
  'terraform',
] as const

export type SdkName = (typeof sdkNames)[number]

export type StepReason = 'static' | 'asked-later' | 'not-configured' | 'disabled' | 'not-asked' | BrokenSource['reason']

/** One source in the order in which the SDK asks them. */
export interface ChainStep {
  readonly provider: ProviderName
  /** `found` is the winner; `shadowed` would have been used had the winner not been there; `skipped` was not asked by rule. */
  readonly outcome: 'found' | 'shadowed' | 'absent' | 'broken' | 'skipped'
  /**
   * Why, for programs: `static` and `asked-later` of what is found or shadowed, `not-configured` and `disabled` of what is
   * absent, `not-asked` of what is skipped, and the reason of what is broken.
   */
  readonly reason: StepReason
  /** A short plain clause with no secret in it, e.g. `AWS_ACCESS_KEY_ID is not set`. */
  readonly because: string
  readonly at: Place | null
  /** What a found or shadowed static source holds, or what a plan gave once it was run; else null. Never printed whole. */
  readonly credential: Credential | null
  /**
   * What would be done to get the credential of a source that is only asked later; null for the others. Beside a credential: that
   * one is what a cache of the SDK holds of it.
   */
  readonly plan: CredentialPlan | null
}

/** What one SDK makes of one machine. */
export interface Trace {
  readonly sdk: SdkName
  /** The selected profile and how it was selected. */
  readonly profile: { readonly name: string; readonly from: 'argument' | 'default' | { readonly variable: string } }
  /** The region that this SDK would use, and where it stands; null when there is none. */
  readonly region: { readonly name: string; readonly at: Place | null } | null
  readonly endpoint: EndpointChoice
  readonly steps: readonly ChainStep[]
  /** The winning step; null when no source holds any, or when the SDK stops with an error before it. */
  readonly winner: ChainStep | null
  /** The error with which this SDK stops, in its own words; null when it does not. */
  readonly error: (BrokenSource & { readonly at: Place | null }) | null
  /**
   * The error with which it then fails to make a client although it has found credentials: a region that is
   * none, or that is missing beside a configured endpoint; a broken `sso_session` or `services`; a value that cannot be sent.
   */
  readonly clientError: (BrokenSource & { readonly at: Place | null }) | null
}

/** Where an STS call of this SDK goes. */
export interface EndpointChoice {
  /** Absolute URL without a path, e.g. `https://sts.eu-west-1.amazonaws.com`; a configured one may have a path. */
  readonly sts: string
  /** The same for IAM. */
  readonly iam: string
  /** Region of the credential scope in an STS call. */
  readonly signingRegion: string
  /** The variable, file or flag that overrides the endpoint; null for the partition's own. */
  readonly overriddenBy: Place | { readonly flag: string } | null
}
