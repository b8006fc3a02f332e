import { accountOfAccessKeyId } from '../../anatomy/access-key-id.ts'
import { isAwsHost } from '../../anatomy/partitions.ts'
import { everyCredential } from '../chains/everything.ts'
import type { ChainRules } from '../chains/rules.ts'
import type { SdkName, Trace } from '../chains/trace.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import type { Credential } from '../sources/credential.ts'
import { profileSettings } from '../sources/settings.ts'
import { type Ground, valuesOf } from './scene.ts'

/** What of a question local evidence can answer. */
export interface LocalQuestion {
  /** Whose rules find the credential. Default: `aws-cli-v2`. */
  readonly sdk?: SdkName | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpointUrl?: string | undefined
}

/** The local half of a diagnosis: what an SDK's chain finds, and all that stands around it. */
export function look(
  machine: Machine,
  { profile, region, endpointUrl }: LocalQuestion,
  rules: ChainRules,
  files: AwsFiles = readAwsFiles(machine),
): { readonly trace: Trace; readonly ground: Ground; readonly files: AwsFiles } {
  const trace = rules.trace(machine, { profile, region, endpointUrl }, files)
  return { trace, ground: groundOf(machine, trace, files), files }
}

/** Looks at a machine without asking anyone: what would be used, what else there is, what the files speak of. */
export function groundOf(machine: Machine, trace: Trace, files: AwsFiles): Ground {
  const all = everyCredential(machine, files)
  const { credential, behindRole } = examined(trace, files, all)
  const others = all.filter((other) => credential === null || !samePlace(other, credential))
  return {
    machine,
    trace,
    home: homeOf(machine),
    files,
    credential,
    behindRole,
    ...valuesOf(credential),
    others,
    accounts: accountsOf(files, others),
    atAws: isAwsHost(hostOf(trace.endpoint.sts)),
  }
}

function hostOf(endpoint: string): string {
  return URL.parse(endpoint)?.hostname ?? ''
}

/** The pair that requests would be signed with, or with which the role would be assumed. */
function examined(
  trace: Trace,
  files: AwsFiles,
  all: readonly Credential[],
): Pick<Ground, 'credential' | 'behindRole'> {
  const step = trace.winner ?? brokenStep(trace)
  if (step === null) return { credential: null, behindRole: false }
  if (step.credential !== null) return { credential: step.credential, behindRole: false }
  if (step.provider !== 'assume-role') return { credential: null, behindRole: false }
  return { credential: pairBehindRole(trace.profile.name, files, all), behindRole: true }
}

/** The source that stopped the search may have held a pair all the same, e.g. one whose end is over. */
function brokenStep(trace: Trace) {
  const { error, steps } = trace
  if (error === null) return null
  // A stop before the first source, such as a broken file, is no source's own: then none of them was asked.
  const here = JSON.stringify(error.at)
  return (
    steps.find((step) => step.outcome === 'broken' && step.credential !== null && JSON.stringify(step.at) === here) ??
    null
  )
}

/** Follows `source_profile` to the first static pair; null when it ends elsewhere. */
function pairBehindRole(profile: string, files: AwsFiles, all: readonly Credential[]): Credential | null {
  const visited = new Set<string>()
  let name = profile
  for (let depth = 0; depth < 32; depth += 1) {
    const settings = profileSettings(files, name)
    const source = settings?.get('source_profile')?.value
    const own = all.find((credential) => credential.profile === name && credential.provider !== 'env')
    if (own !== undefined && (depth > 0 || source === name)) return own
    if (settings?.get('credential_source')?.value === 'Environment')
      return all.find((credential) => credential.provider === 'env') ?? null
    if (source === undefined || visited.has(source)) return null
    visited.add(source)
    name = source
  }
  return null
}

function samePlace(one: Credential, other: Credential): boolean {
  return one.provider === other.provider && JSON.stringify(one.accessKeyId.at) === JSON.stringify(other.accessKeyId.at)
}

const accountKeys = ['role_arn', 'mfa_serial', 'sso_account_id', 'aws_account_id', 'login_session'] as const

/** Accounts that the files and the other keys speak of, with the words for who does. */
function accountsOf(files: AwsFiles, others: readonly Credential[]): ReadonlyMap<string, string> {
  const accounts = new Map<string, string>()
  for (const { reading } of [files.config, files.credentials]) {
    for (const section of reading.sections) {
      for (const key of accountKeys) {
        const account = /(?<!\d)(\d{12})(?!\d)/.exec(section.entries.get(key)?.value ?? '')?.[1]
        if (account !== undefined && !accounts.has(account)) accounts.set(account, `${key} of [${section.name}]`)
      }
    }
  }
  for (const other of others) {
    const account = accountOfAccessKeyId(other.accessKeyId.value.trim())
    if (account !== null && !accounts.has(account))
      accounts.set(
        account,
        other.profile === null ? 'the key in the environment' : `the key of profile "${other.profile}"`,
      )
  }
  return accounts
}
