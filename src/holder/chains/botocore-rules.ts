import { assumeRole } from '../sources/assume-role.ts'
import { botoConfig } from '../sources/boto-config.ts'
import { containerRole } from '../sources/container-role.ts'
import { customProcess } from '../sources/custom-process.ts'
import { ec2CredentialsFile } from '../sources/ec2-credentials-file.ts'
import { environment } from '../sources/environment.ts'
import { iamRole } from '../sources/iam-role.ts'
import { login } from '../sources/login.ts'
import type { CredentialPlan } from '../sources/plan.ts'
import { configFile, sharedCredentialsFile } from '../sources/profile-keys.ts'
import type { SourceGround } from '../sources/settings.ts'
import type { Source } from '../sources/source.ts'
import { sso } from '../sources/sso.ts'
import { webIdentity } from '../sources/web-identity.ts'
import type { ChainRules } from './rules.ts'
import type { SdkName } from './trace.ts'

/** Where the programs that are built on botocore part. All else they have in common. */
export interface BotocoreRules {
  readonly sdk: SdkName
  readonly version: string
  readonly evidence: ChainRules['evidence']
  /** Variables that choose the profile, first one first. One that is set counts, even when it is empty. */
  readonly profileVariables: readonly string[]
  readonly regionVariables: readonly string[]
  /** Variables whose settings are looked up before the program first uses its files. */
  readonly startVariables: readonly string[]
  /** `--profile ''` is as if it were not there; in boto3 `profile_name=''` is a name. */
  readonly ignoresEmptyArgument: boolean
  readonly login: SourceGround['login']
  readonly knowsOnlyEcs?: boolean
  readonly addsNoSlash?: boolean
  readonly hasNoVersionOneSwitch?: boolean
  /** Access tokens of the legacy form are sent without a look at their end. */
  readonly sendsOverTokens?: boolean
  readonly hasFormerEndpoints?: boolean
  /** The setting `sts_regional_endpoints` exists. */
  readonly hasGlobalSts: boolean
  /** What keeps a client from being made, besides what does so in all versions. */
  readonly clientChecks: readonly ClientCheck[]
  /** The retry mode `legacy` exists. */
  readonly hasLegacyRetries: boolean
  readonly sources: readonly Source[]
  /** `AWS_ENDPOINT_URL`, `endpoint_url` and `services` are honoured. */
  readonly hasConfiguredEndpoints: boolean
  /** Without a configured region the instance metadata is asked for one. */
  readonly asksInstanceForRegion: boolean
  /** Whose `sso_session` brings the access token when SSO is the source of a role: that profile's own, or the selected one's. */
  readonly ssoTokenOf: 'own-profile' | 'selected-profile'
  /** Which sessions it keeps in `~/.aws/cli/cache`. */
  readonly cliCache: readonly CredentialPlan['kind'][]
}

/** What a version looks at, besides what all do. */
export type ClientCheck =
  | 'api-versions'
  | 'defaults-mode'
  | 'compression'
  | 'checksums'
  | 'account-id'
  | 'auth-scheme'
  | 's3-express'
  | 's3-global'

/** What botocore 1.43 looks at. */
export const currentChecks: readonly ClientCheck[] = [
  'api-versions',
  'defaults-mode',
  'compression',
  'checksums',
  'account-id',
  'auth-scheme',
  's3-express',
  's3-global',
]

/** What was otherwise before a version. */
export interface OlderRules extends Partial<BotocoreRules> {
  readonly before: string
}

/** The rules of a version; of the newest one without. */
export function rulesOf(
  newest: BotocoreRules,
  older: readonly OlderRules[],
  version: string | undefined,
): BotocoreRules {
  if (version === undefined) return newest
  const changes = older.filter(({ before }) => isBefore(version, before)).map(({ before: _, ...change }) => change)
  return Object.assign({}, newest, { version }, ...changes) as BotocoreRules
}

function isBefore(version: string, other: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map(Number)
  const [a, b] = [numbers(version), numbers(other)]
  const at = b.findIndex((number, index) => number !== (a[index] ?? 0))
  return at >= 0 && (a[at] ?? 0) < b[at]!
}

/** botocore's order (credentials.py `create_credential_resolver`). */
export const botocoreSources: readonly Source[] = [
  environment,
  assumeRole,
  webIdentity,
  sso,
  sharedCredentialsFile,
  login,
  customProcess,
  configFile,
  ec2CredentialsFile,
  botoConfig,
  containerRole,
  iamRole,
]
