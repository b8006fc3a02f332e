import type { AwsFiles } from '../../files/aws-files.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Credential, Place, ProviderName } from '../../sources/credential.ts'
import type { GoAnswer, GoError } from './answer.ts'
import type { GoProfile } from './profile.ts'

/** What the sources of the SDKs for Go may know. */
export interface GoGround {
  readonly machine: Machine
  readonly files: AwsFiles
  readonly rules: GoRules
  /** The selected profile with its chain; null when the configuration is not loaded. */
  readonly profile: GoProfile | null
  /** Its name, also when there is no such profile. */
  readonly profileName: string
  /** Why the config file, with the roles and IAM Identity Center, is not read; null when it is. */
  readonly unread: string | null
  /** A profile named by an argument leaves the environment's credentials out. */
  readonly isExplicit: boolean
  /** The keys of the environment; null without a whole pair. */
  readonly environmentKeys: Credential | null
  readonly region: { readonly name: string; readonly at: Place | null } | null
  /** The error with which a call to STS for credentials ends before it is sent; null when it is sent. */
  readonly stsRefusal: (call: StsCall) => GoError | null
  /** Where such a call goes. */
  readonly stsUrl: string
  /** The same error for the portal of IAM Identity Center in a region. */
  readonly portalRefusal: (region: string) => GoError | null
  /** The setting of the selected profile that tells where the instance metadata is. */
  readonly metadata: MetadataSettings
}

/** A call for credentials, with what the machine gives for it. */
export interface StsCall {
  readonly operation: 'AssumeRole' | 'AssumeRoleWithWebIdentity'
  readonly roleArn: string
  readonly sessionName: string | null
  readonly externalId?: string | null
  readonly token?: string
}

export interface MetadataSettings {
  readonly endpoint: { readonly url: string; readonly at: Place } | null
  readonly versionOne: boolean
}

/** Where the versions part inside a profile. */
export interface GoRules {
  /** The order in which a profile's own sources are looked at; the first that is configured is taken. */
  readonly order: readonly ProfileSource[]
  /** Which of the two variables of the container endpoint is looked at first. */
  readonly containerFirst: 'relative' | 'full'
  /** The default chain keeps the errors of the container endpoint to itself, but not those of a role's source. */
  readonly hidesContainerErrors: boolean
  /** `credential_source = Ec2InstanceMetadata` asks the container endpoint where that is configured. */
  readonly instanceIsRemote: boolean
  /**
   * What `credential_source = EcsContainer` wants: either variable; the relative path, which then is asked; or that, while what
   * comes first is asked.
   */
  readonly containerSource: 'either' | 'relative' | 'relative-is-set'
  /** A call is checked as a whole before what signs it is looked at, and else after that. */
  readonly checksCallsFirst: boolean
  /** What is said before each error of asking. */
  readonly asking: string
  readonly words: GoWords
}

/** A source of a profile's own, by the name that the trace gives it. */
export interface ProfileSource {
  readonly provider: ProviderName
  ask(ground: GoGround, profile: GoProfile): GoAnswer
}

/** What goes wrong with a container endpoint: its host, its token, or the call. */
export type ContainerStage = 'host' | 'token-file' | 'token' | 'call'

/** The versions' words for the same things. */
export interface GoWords {
  readonly emptyEnvironment: GoError
  readonly badCredentialSource: GoError
  readonly containerNotSet: GoError
  readonly noTokenProvider: GoError
  readonly noRole: GoError
  readonly tokenFile: (path: string, why: string) => GoError
  readonly container: (stage: ContainerStage, why: GoError) => GoError
  /** Null where an empty command is run like any other. */
  readonly emptyProcess: GoError | null
  /** The error of what the role is assumed with, as the call for the role ends with it. */
  readonly roleSource: (error: GoError, hasOwnCache: boolean) => GoError
  readonly webIdentityCall: (error: GoError) => GoError
  /** A key id or token with characters that no header may have. */
  readonly unsendable: (operation: string, url: string, header: string, attempts: number) => GoError
}
