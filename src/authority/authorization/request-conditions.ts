import { partitionById } from '../../anatomy/partitions.ts'
import type { Directory } from '../directory/directory.ts'
import type { Role, Tag, User } from '../model/entities.ts'
import type { Principal } from '../model/principal.ts'

/** What a request brings along, besides who signed it. */
export interface RequestFacts {
  /** Null: nobody signed (the two calls that AWS leaves unsigned). */
  readonly principal: Principal | null
  /** Where the account, and the tags of users and roles, are found. */
  readonly directory: Pick<Directory, 'account' | 'user' | 'role'>
  readonly now: Date
  readonly secureTransport: boolean
  readonly sourceIp: string
  readonly userAgent: string
  /** The `Referer` header; null when it was not sent. */
  readonly referer: string | null
  /** Region of the credential scope. */
  readonly region: string
  /** As credential scopes name it. */
  readonly service: string
}

type Conditions = Map<string, readonly string[]>

/**
 * Do requests that a role session makes carry the MFA of the AssumeRole call? AWS documents that they carry none ("the
 * temporary credentials returned by AssumeRole do not include MFA information in the context"); people report otherwise.
 */
const roleSessionsCarryMfa = false

/**
 * The global condition keys of a request (IAM User Guide, "AWS global condition context keys"; `authority.md` §5.8–5.9),
 * lower-cased, each with its values as text. Keys that the User Guide says are not there are not there.
 */
export function requestConditions(facts: RequestFacts): ReadonlyMap<string, readonly string[]> {
  const { now, principal } = facts
  const conditions: Conditions = new Map([
    ['aws:currenttime', [isoSeconds(now.getTime())]],
    ['aws:epochtime', [String(Math.floor(now.getTime() / 1000))]],
    ['aws:securetransport', [String(facts.secureTransport)]],
    ['aws:sourceip', [bareAddress(facts.sourceIp)]],
    ['aws:requestedregion', [requestedRegion(facts)]],
    ['aws:viaawsservice', ['false']],
  ])
  if (facts.userAgent !== '') conditions.set('aws:useragent', [facts.userAgent])
  if (facts.referer !== null) conditions.set('aws:referer', [facts.referer])
  if (principal === null) conditions.set('aws:principaltype', ['Anonymous'])
  else {
    addPrincipal(conditions, principal)
    addPrincipalTags(conditions, principal, facts.directory)
    addSession(conditions, principal, now)
  }
  return conditions
}

function addPrincipal(conditions: Conditions, principal: Principal): void {
  const types = { root: 'Account', user: 'User', role: 'AssumedRole', federated: 'FederatedUser' } as const
  conditions.set('aws:principaltype', [types[principal.type]])
  conditions.set('aws:principalisawsservice', ['false'])
  conditions.set('aws:principalaccount', [principal.account])
  conditions.set('aws:principalarn', [principal.type === 'role' ? principal.roleArn : principal.arn])
  conditions.set('aws:userid', [principal.userId])
  if (principal.type === 'user') conditions.set('aws:username', [principal.userName])
}

/** A session tag takes the place of the role's tag of the same key; keys compare without case. */
function addPrincipalTags(conditions: Conditions, principal: Principal, directory: RequestFacts['directory']): void {
  addTags(conditions, 'aws:principaltag/', holderOf(principal, directory)?.tags ?? [])
  if (principal.type === 'role' || principal.type === 'federated')
    addTags(conditions, 'aws:principaltag/', principal.session.tags)
}

function holderOf(principal: Principal, directory: RequestFacts['directory']): User | Role | undefined {
  if (principal.type === 'user') return directory.user(principal.userId)
  if (principal.type === 'federated') return directory.user(principal.ownerId)
  return principal.type === 'role' ? directory.role(principal.roleId) : undefined
}

export function addTags(conditions: Conditions, prefix: string, tags: readonly Tag[]): void {
  for (const { key, value } of tags) conditions.set(prefix + key.toLowerCase(), [value])
}

/** Long-term keys know nothing of MFA: the keys are absent, not false (`authority.md` §5.9). */
function addSession(conditions: Conditions, principal: Principal, now: Date): void {
  const { session } = principal
  if (session === null) return
  conditions.set('aws:tokenissuetime', [isoSeconds(session.issuedAt * 1000)])
  for (const [key, values] of Object.entries(session.conditions ?? {})) conditions.set(key, values)
  if (session.sourceIdentity !== null) conditions.set('aws:sourceidentity', [session.sourceIdentity])
  const mfaAt = principal.type === 'role' && !roleSessionsCarryMfa ? null : session.mfaAt
  conditions.set('aws:multifactorauthpresent', [String(mfaAt !== null)])
  if (mfaAt !== null) {
    conditions.set('aws:multifactorauthage', [String(Math.max(0, Math.floor(now.getTime() / 1000) - mfaAt))])
  }
}

/** IAM has one control plane per partition: its requests are for that Region whatever the scope says. */
function requestedRegion({ service, region, directory }: RequestFacts): string {
  if (service !== 'iam' && service !== 'account' && service !== 'ec2') return region
  return partitionById(directory.account.partition)?.iam.signingRegion ?? region
}

/** A listener on IPv6 sees IPv4 callers as `::ffff:192.0.2.1`; policies know them as IPv4. */
function bareAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
