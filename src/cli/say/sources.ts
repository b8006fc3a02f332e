import type { ChainRules } from '../../holder/chains/rules.ts'
import type { SdkName } from '../../holder/chains/trace.ts'
import type { CredentialShape } from '../../holder/diagnosis/verdict.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { ProviderName } from '../../holder/sources/credential.ts'
import { shortPath } from './page.ts'

/** How a person calls each source. */
export const sourceNames: Readonly<Record<ProviderName, string>> = {
  env: 'environment variables',
  'assume-role': 'a role to assume',
  'assume-role-with-web-identity': 'a web identity token',
  sso: 'IAM Identity Center (SSO)',
  login: 'aws login',
  'shared-credentials-file': 'credentials file',
  'custom-process': 'credential_process',
  'config-file': 'config file',
  'ec2-credentials-file': 'EC2 credentials file',
  'boto-config': 'boto config file',
  'container-role': 'container role',
  'iam-role': 'instance role',
  'system-properties': 'Java system properties',
  'sdk-store': '.NET SDK store',
}

/** How a person calls each SDK or tool. */
export const sdkNames: Readonly<Record<SdkName, string>> = {
  'aws-cli-v1': 'the AWS CLI v1',
  'aws-cli-v2': 'the AWS CLI',
  boto3: 'boto3',
  'js-v3': 'the AWS SDK for JavaScript v3',
  'js-v2': 'the AWS SDK for JavaScript v2',
  'go-v2': 'the AWS SDK for Go v2',
  'go-v1': 'the AWS SDK for Go v1',
  'java-v2': 'the AWS SDK for Java v2',
  'java-v1': 'the AWS SDK for Java v1',
  rust: 'the AWS SDK for Rust',
  kotlin: 'the AWS SDK for Kotlin',
  dotnet: 'the AWS SDK for .NET',
  ruby: 'the AWS SDK for Ruby',
  php: 'the AWS SDK for PHP',
  cpp: 'the AWS SDK for C++',
  terraform: 'Terraform',
}

/** How well the rules of an SDK are known: the sign beside its name, and what the sign means. */
export const evidenceWords: Readonly<Record<ChainRules['evidence'], { readonly sign: string; readonly note: string }>> =
  {
    observed: { sign: '', note: 'held against what the real one answered' },
    'older-observed': { sign: '+', note: 'by its source code; an older version was observed by running it' },
    'from-source': { sign: '*', note: 'by its source code; not observed by running it' },
  }

/** `~/.aws/credentials:2, profile dev` or `the environment (AWS_ACCESS_KEY_ID)`. */
export function sourceText(machine: Machine, source: CredentialShape['source']): string {
  // The variable only tells where a role is asked for.
  const isRole = source.provider === 'container-role' || source.provider === 'iam-role'
  if (isRole) return `the ${sourceNames[source.provider]}${source.variable === null ? '' : ` (${source.variable})`}`
  if (source.variable !== null) return `the environment (${source.variable})`
  const where =
    source.file === null
      ? sourceNames[source.provider]
      : shortPath(machine, source.file) + (source.line === null ? '' : `:${source.line}`)
  return source.profile === null ? where : `${where}, profile ${source.profile}`
}

/** `AKIA…7EXA`, or what stands for it when the source is only asked later. */
export function credentialText(credential: CredentialShape): string {
  return credential.accessKeyId === null ? sourceNames[credential.source.provider] : credential.accessKeyId
}

/** `12 minutes`, `3 hours`, `5 days`; always the larger part only. */
function span(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return counted(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day')
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `in 3 hours` or `2 days ago`; the text itself where it is no instant. */
export function untilText(machine: Machine, iso: string): string {
  const left = Date.parse(iso) - machine.now().getTime()
  if (Number.isNaN(left)) return iso
  return left >= 0 ? `in ${span(left)}` : `${span(left)} ago`
}

/** `2026-11-28 12:00 UTC (in 3 hours)` */
export function instantText(machine: Machine, iso: string): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  const text = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `${text} (${untilText(machine, iso)})`
}
