import { redactWords } from '../../anatomy/redact.ts'
import { Secret } from '../../anatomy/secret.ts'
import type { Trace } from '../chains/trace.ts'
import type { ProviderName } from '../sources/credential.ts'
import type { CredentialPlan } from '../sources/plan.ts'

/**
 * What an SDK ends with, in a form that can be compared. It holds secrets so that one value can be told from another: it is
 * never printed.
 */
export interface Outcome {
  readonly error: string | null
  readonly provider: ProviderName | null
  readonly plan: CredentialPlan | null
  /** What is used, part by part. */
  readonly parts: ReadonlyMap<string, string>
}

/** Of a trace; `reword` makes the words of its error fit the files. The same parts mean the same credentials, asked for in the same way and used in the same region. */
export function outcomeOf(trace: Trace, reword: (says: string) => string = (says) => says): Outcome {
  const says = (trace.error ?? trace.clientError)?.says
  const error = says === undefined ? null : reword(says)
  const parts = new Map<string, string>()
  const { winner } = trace
  if (winner?.credential != null) {
    const { accessKeyId, secretAccessKey, sessionToken } = winner.credential
    parts.set('the access key id', accessKeyId.value)
    parts.set('the secret', secretAccessKey.value.reveal())
    parts.set('the session token', sessionToken?.value.reveal() ?? '')
  }
  if (winner?.plan != null) addPlan(parts, winner.plan)
  parts.set('the region', trace.region?.name ?? '')
  parts.set('the endpoint', trace.endpoint.sts)
  return { error, provider: winner?.provider ?? null, plan: winner?.plan ?? null, parts }
}

const planWords: Readonly<Record<string, string>> = {
  roleArn: 'the role',
  externalId: 'the external id',
  sessionName: 'the name of the session',
  mfaSerial: 'the MFA device',
  durationSeconds: 'the duration',
  tokenFile: 'the token file',
  startUrl: 'the start URL',
  accountId: 'the account',
  roleName: 'the role',
  session: 'the session',
  cacheFile: 'the cache file',
  command: 'the command',
  url: 'the address',
  endpoint: 'the address',
}

function addPlan(parts: Map<string, string>, plan: CredentialPlan, depth = 0): void {
  for (const [key, value] of Object.entries(plan)) {
    const word = Object.hasOwn(planWords, key) ? planWords[key]! : null
    if (word !== null) parts.set(`${word}${depth === 0 ? '' : ` of source ${depth}`}`, String(value))
  }
  if (plan.kind === 'static') {
    const { accessKeyId, secretAccessKey, sessionToken } = plan.credential
    parts.set('the keys that the role is asked with', [accessKeyId.value, secretAccessKey.value.reveal()].join())
    parts.set('the session token', sessionToken?.value instanceof Secret ? sessionToken.value.reveal() : '')
  }
  if (plan.kind === 'assume-role' && depth < 20) addPlan(parts, plan.from, depth + 1)
}

/** Whether two outcomes come to the same. Of errors only the class counts: their words may name lines. */
export function isSame(a: Outcome, b: Outcome): boolean {
  if (a.error !== null || b.error !== null) {
    return a.error !== null && b.error !== null && errorClass(a.error) === errorClass(b.error)
  }
  return a.provider === b.provider && differing(a, b).length === 0
}

/** Whether an SDK has credentials in the end. */
export function works({ error, provider }: Outcome): boolean {
  return error === null && provider !== null
}

function errorClass(says: string): string {
  return says.slice(0, says.indexOf(':') < 0 ? undefined : says.indexOf(':'))
}

function differing(a: Outcome, b: Outcome): readonly string[] {
  const names = new Set([...a.parts.keys(), ...b.parts.keys()])
  return [...names].filter((name) => (a.parts.get(name) ?? '') !== (b.parts.get(name) ?? ''))
}

const sources: Readonly<Record<ProviderName, string>> = {
  env: 'the environment',
  'assume-role': 'the role',
  'assume-role-with-web-identity': 'the web identity',
  sso: 'IAM Identity Center',
  login: 'the session of aws login',
  'shared-credentials-file': 'the keys',
  'custom-process': 'the process',
  'config-file': 'the keys',
  'ec2-credentials-file': 'the EC2 credentials file',
  'boto-config': 'the boto config file',
  'container-role': 'the container role',
  'iam-role': 'the instance role',
  'system-properties': 'the system properties',
  'sdk-store': 'the SDK store',
}

/** What an outcome is, as the end of a sentence about some SDKs. */
export function told(outcome: Outcome, asksForCode: boolean): string {
  if (outcome.error !== null) return `stop: ${short(outcome.error)}`
  if (outcome.provider === null) return 'find no credentials'
  if (asksForCode && outcome.plan?.kind === 'assume-role') {
    return outcome.plan.mfaSerial === null ? 'ask for the role without a code' : 'ask for the code'
  }
  return `use ${sources[outcome.provider]}`
}

/** What an SDK makes of a defect, held against what it makes of the file without it. */
export function toldAgainst(defect: Outcome, without: Outcome): string {
  if (defect.error !== null) return `stop: ${short(defect.error)}`
  if (defect.provider === null) return 'find no credentials'
  if (defect.provider !== without.provider)
    return `use ${sources[defect.provider]}${without.provider === null ? '' : ` instead of ${sources[without.provider]}`}`
  const names = differing(defect, without).filter((name) => name !== 'the endpoint')
  return `take another value for ${list(names.length === 0 ? ['the endpoint'] : names)}`
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function short(text: string): string {
  // Where a line ended is told from what stood behind it.
  const line = redactWords(text).replace(/\s+/g, ' ').trim()
  return line.length <= 160 ? line : `${line.slice(0, 157)}...`
}
