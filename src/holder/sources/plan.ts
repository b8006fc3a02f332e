import type { Secret } from '../../anatomy/secret.ts'
import type { Credential, Place } from './credential.ts'

/**
 * What has to be done to get a credential that stands nowhere on the machine. Making a plan runs nothing and sends nothing; it
 * holds all that the SDK in question would send, so that it can be described, compared and, when someone asks for it, resolved.
 */
export type CredentialPlan =
  | StaticPlan
  | AssumeRolePlan
  | WebIdentityPlan
  | SsoPlan
  | LoginPlan
  | ProcessPlan
  | ContainerPlan
  | InstanceMetadataPlan

/** The keys that a role is assumed with, where they stand on the machine. */
export interface StaticPlan {
  readonly kind: 'static'
  readonly credential: Credential
}

/** `sts:AssumeRole`, signed with what `from` gives. */
export interface AssumeRolePlan {
  readonly kind: 'assume-role'
  readonly profile: string | null
  readonly roleArn: string
  /** Null: a name that the SDK makes up (§3.2 of the chains). */
  readonly sessionName: string | null
  readonly externalId: string | null
  readonly mfaSerial: string | null
  /** Seconds that are sent; null when none are (STS then gives 3600). */
  readonly durationSeconds: number | null
  /** The region whose STS is asked; null when the trace's own endpoint is. */
  readonly region: string | null
  readonly from: CredentialPlan
  readonly at: Place
}

/** `sts:AssumeRoleWithWebIdentity`, unsigned. */
export interface WebIdentityPlan {
  readonly kind: 'web-identity'
  readonly profile: string | null
  readonly roleArn: string
  /** As it stands in the variable or setting. */
  readonly tokenFile: string
  readonly sessionName: string | null
  readonly region: string | null
  readonly at: Place
}

/** IAM Identity Center: `GetRoleCredentials` of the portal, with the cached access token (refreshed when it may be). */
export interface SsoPlan {
  readonly kind: 'sso'
  readonly profile: string | null
  readonly startUrl: string
  readonly region: string
  readonly accountId: string
  readonly roleName: string
  /** Name of the `sso-session`; null for the legacy form, whose token can not be refreshed. */
  readonly sessionName: string | null
  /** Absolute path of the cached token. */
  readonly tokenFile: string
  readonly at: Place
}

/** The cached session of `aws login`, refreshed when it may be. */
export interface LoginPlan {
  readonly kind: 'login'
  readonly profile: string | null
  readonly session: string
  /** Absolute path of the cache file. */
  readonly cacheFile: string
  readonly region: string | null
  readonly at: Place
}

/** A `credential_process`. */
export interface ProcessPlan {
  readonly kind: 'process'
  readonly profile: string | null
  readonly command: string
  /** `words`: split like a shell would and run without one (botocore); `shell`: given to `sh -c` or `cmd.exe /C`. */
  readonly run: 'words' | 'shell'
  readonly at: Place
}

/** The endpoint of ECS, EKS pod identity and their like. */
export interface ContainerPlan {
  readonly kind: 'container'
  readonly url: string
  /** Path of a file with the `Authorization` header, read anew each time; null for none. */
  readonly tokenFile: string | null
  /** The `Authorization` header itself; null for none. */
  readonly token: Secret | null
  readonly at: Place
}

/** The role of an EC2 instance. */
export interface InstanceMetadataPlan {
  readonly kind: 'instance-metadata'
  /** Absolute URL without a path, e.g. `http://169.254.169.254`. */
  readonly endpoint: string
  /** Whether the SDK falls back to version 1 when no token can be had. */
  readonly versionOne: boolean
  readonly at: Place | null
}

/** The plan of a kind that a role starts from at last, or that stands alone; null when it is another. */
export function planBehind<Kind extends CredentialPlan['kind']>(
  plan: CredentialPlan | null | undefined,
  kind: Kind,
): Extract<CredentialPlan, { kind: Kind }> | null {
  let inner = plan ?? null
  while (inner?.kind === 'assume-role') inner = inner.from
  return inner?.kind === kind ? (inner as Extract<CredentialPlan, { kind: Kind }>) : null
}
