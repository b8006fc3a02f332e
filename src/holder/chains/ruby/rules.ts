import type { RubyParser } from './files.ts'

/** Where the versions of the SDK for Ruby part. */
export interface RubyRules {
  readonly parser: RubyParser
  /** `aws login` is a source. */
  readonly hasLogin: boolean
  /** `AWS_CONTAINER_CREDENTIALS_FULL_URI` and tokens are known. */
  readonly hasFullContainer: boolean
  /** A role's client takes the region of its own source profile when the program has none. */
  readonly looksForRoleRegion: boolean
  /** An `sso-session` must have its region, and may have its name in quotes. */
  readonly checksSsoSession: boolean
  /** `AWS_ENDPOINT_URL` and its like are known. */
  readonly hasConfiguredEndpoints: boolean
  /** The port of the instance metadata's endpoint counts. */
  readonly heedsMetadataPort: boolean
  /** A web identity is signed for where the endpoint rules name how to sign: at STS's global host and in its legacy mode. */
  readonly signsWebIdentity: boolean
  /** `AWS_EC2_METADATA_DISABLED` is looked at before the settings of the instance metadata are. */
  readonly checksDisabledFirst: boolean
}

/** aws-sdk-core 3.168.1 (November 2022), as Debian 12 has it. */
const bookworm: RubyRules = {
  parser: { joinsBlanks: false, remembersSetting: false },
  hasLogin: false,
  hasFullContainer: false,
  looksForRoleRegion: false,
  checksSsoSession: false,
  hasConfiguredEndpoints: false,
  heedsMetadataPort: false,
  signsWebIdentity: true,
  checksDisabledFirst: false,
}

/** The newest source that could be read: of 2026, its files from several months. */
const newest: RubyRules = {
  parser: { joinsBlanks: true, remembersSetting: true },
  hasLogin: true,
  hasFullContainer: true,
  looksForRoleRegion: true,
  checksSsoSession: true,
  hasConfiguredEndpoints: true,
  heedsMetadataPort: true,
  signsWebIdentity: false,
  checksDisabledFirst: true,
}

/** The rules of a version; without one the newest. Up to 3.168.1 the older ones are taken. */
export function rubyRules(version: string | undefined): RubyRules {
  if (version === undefined) return newest
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const differs = [major - 3, minor - 168, patch - 1].find((part) => part !== 0)
  return differs !== undefined && differs > 0 ? newest : bookworm
}
