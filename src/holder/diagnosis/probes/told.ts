import type { InstanceSeen } from './instance.ts'

/** Whether an account has a region: by EC2's or Account Management's own word. */
export type RegionState = 'on' | 'off' | 'in-between'

/**
 * How IAM took a read-only question that was signed with the examined credentials: answered or denied it knows them, and
 * `not-accepted` it does not, although STS may.
 */
export type IamAnswer = 'answered' | 'denied' | 'not-accepted'

/** What other questions than "who am I" brought. Each is null when it was not asked, or not answered. */
export interface Told {
  readonly region: { readonly name: string; readonly state: RegionState; readonly by: 'ec2' | 'account' } | null
  /** Which tokens the global STS endpoint gives out for the account (`GlobalEndpointTokenVersion`). */
  readonly globalTokens: 1 | 2 | null
  readonly iam: IamAnswer | null
  /** Serial numbers of the MFA devices of the user that asked. */
  readonly mfaDevices: readonly string[] | null
  readonly instance: InstanceSeen | null
  readonly message: DecodedMessage | null
  /** A region of another partition in which the key id is known. */
  readonly partition: { readonly region: string } | null
  /** Other partitions were not asked, because nobody gave leave. */
  readonly partitionsUnasked: boolean
}

/** What the encoded message of a refusal says (sts:DecodeAuthorizationMessage). */
export interface DecodedMessage {
  readonly explicitDeny: boolean
  readonly action: string | null
  readonly resource: string | null
  readonly principal: string | null
  /** Ids of the statements that matched; an empty list when none did. */
  readonly statements: readonly string[]
}

export const nothingTold: Told = {
  region: null,
  globalTokens: null,
  iam: null,
  mfaDevices: null,
  instance: null,
  message: null,
  partition: null,
  partitionsUnasked: false,
}
