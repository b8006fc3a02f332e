import type { Directory } from '../directory/directory.ts'
import type { AccessKey, Group, PasswordPolicy, User } from '../model/entities.ts'
import type { DecisionCounts } from '../model/store.ts'
import { isAdministrative } from './administrative.ts'
import { type Answer, type ApiRow, type Asked, type Ground, whyNot } from './ground.ts'
import { toListKeys, toListUsers } from './needed.ts'
import type { Finding, FindingsAnswer } from './shapes.ts'

/** What an administrator should know at a glance. Names only for who may list users, ids of keys for who may list those. */
export const findingRows: readonly ApiRow[] = [
  { method: 'GET', path: 'findings', permission: ['iam:GetAccountSummary'], run: listFindings },
]

const hour = 3_600_000
const day = 24 * hour
/** The age at which AWS's credential report and its security checks call a key old (AWS Config, `access-keys-rotated`). */
const oldKey = 90 * day
const mostExamples = 10

async function listFindings(asked: Asked): Promise<Answer> {
  const { ground } = asked
  const since = new Date(ground.now() - hour).toISOString()
  const counted = await ground.decisions.count({ since })
  const directory = ground.directory()
  const { findings, accessKeys } = survey(directory, ground)
  const mayName = whyNot(asked, toListUsers) === null
  const isRoot = asked.principal.type === 'root'
  const mayNameKeys = whyNot(asked, toListKeys) === null
  const shown = findings.map((finding): Finding => {
    if (!mayName || (ofKeys.has(finding.id) && !mayNameKeys)) return { ...finding, examples: [] }
    // Only root itself can do anything about its own credentials.
    const place = (href: string): string => (href === ofRoot && !isRoot ? '/account' : href)
    return { ...finding, examples: finding.examples.map(({ name, href }) => ({ name, href: place(href) })) }
  })
  const { finding, accepted, refused } = refusals(counted)
  const answer: FindingsAnswer = {
    findings: (finding === null ? shown : [...shown, finding]).toSorted((a, b) => rank[a.severity] - rank[b.severity]),
    counts: {
      users: directory.users().length,
      groups: directory.groups().length,
      roles: directory.roles().length,
      policies: directory.policies().length,
      providers: directory.oidcProviders().length + directory.samlProviders().length,
      mfaDevices: directory.mfaDevices().length,
      accessKeys,
    },
    lastHour: { accepted, refused, complete: counted.countedFrom === null },
  }
  return { ok: answer }
}

/** Those whose examples are ids of keys. */
const ofKeys: ReadonlySet<Finding['id']> = new Set(['root-access-key', 'old-keys', 'never-used-keys', 'unused-keys'])

/** Where one's own security credentials are. */
const ofRoot = '/me'

const rank = { high: 0, medium: 1, low: 2 } as const

function refusals({ minutes }: DecisionCounts) {
  const causes = new Map<string, number>()
  let accepted = 0
  let refused = 0
  for (const minute of minutes.values()) {
    accepted += minute.accepted
    for (const [cause, count] of minute.refused) {
      refused += count
      causes.set(cause, (causes.get(cause) ?? 0) + count)
    }
  }
  const most = [...causes].sort(([, a], [, b]) => b - a).slice(0, mostExamples)
  const finding: Finding | null =
    refused === 0
      ? null
      : {
          id: 'refusals',
          ...told.refusals,
          count: refused,
          examples: most.map(([cause, count]) => ({
            name: `${cause}: ${count}`,
            href: cause === 'other' ? '/decisions?outcome=refused' : `/decisions?outcome=refused&cause=${cause}`,
          })),
        }
  return { finding, accepted, refused }
}

interface Survey {
  readonly findings: readonly Finding[]
  readonly accessKeys: number
}

/** Milliseconds for which an account that did not change is not looked through again. */
const freshness = 60_000
const surveys = new WeakMap<Directory, Survey & { readonly seq: number; readonly at: number }>()

function survey(directory: Directory, ground: Ground): Survey {
  const now = ground.now()
  const known = surveys.get(directory)
  if (known?.seq === directory.appliedSeq && Math.abs(now - known.at) < freshness) return known
  const made = { ...lookThrough(directory, now), seq: directory.appliedSeq, at: now }
  surveys.set(directory, made)
  return made
}

/** Counts, and keeps the first few names. */
interface Tally {
  count: number
  readonly examples: { readonly name: string; readonly href: string }[]
}

function lookThrough(directory: Directory, now: number): Survey {
  const tallies = new Map<Finding['id'], Tally>()
  const note = (id: Finding['id'], name: string, href: string): void => {
    let tally = tallies.get(id)
    if (tally === undefined) tallies.set(id, (tally = { count: 0, examples: [] }))
    tally.count += 1
    if (tally.examples.length < mostExamples) tally.examples.push({ name, href })
  }
  let accessKeys = 0
  const rootKeys = directory.accessKeysOf('root')
  for (const key of rootKeys) note('root-access-key', key.id, ofRoot)
  if (directory.mfaDevicesOf('root').length === 0) note('root-without-mfa', 'root', ofRoot)
  accessKeys += rootKeys.length
  const administrative = createAdministrators(directory)
  for (const user of directory.users()) {
    const href = `/users/${encodeURIComponent(user.name)}`
    const keys = directory.accessKeysOf(user.id)
    accessKeys += keys.length
    const hasPassword = directory.loginProfile(user.id) !== undefined
    if (hasPassword && directory.mfaDevicesOf(user.id).length === 0) note('users-without-mfa', user.name, href)
    if (keys.length >= 2) note('both-key-slots', user.name, href)
    if (administrative(user)) note('administrators', user.name, href)
    for (const key of keys) {
      for (const id of findingsOfKey(key, directory, now)) note(id, `${user.name}: ${key.id}`, href)
    }
  }
  const policy = weaknessOf(directory.account.passwordPolicy ?? null)
  if (policy !== null) note(policy, 'Account settings', '/account')
  const findings = [...tallies].map(([id, tally]): Finding => ({ id, ...told[id], ...tally }))
  return { findings, accessKeys }
}

function* findingsOfKey(key: AccessKey, directory: Directory, now: number): Generator<Finding['id']> {
  if (key.status !== 'Active') return
  const age = now - Date.parse(key.createdAt)
  const used = directory.lastUse(key.id)?.at
  if (age > oldKey) yield 'old-keys'
  if (used === undefined) {
    if (age > day) yield 'never-used-keys'
  } else if (now - Date.parse(used) > oldKey) yield 'unused-keys'
}

/** Has a user everything, by itself or by a group? */
function createAdministrators(directory: Directory): (user: User) => boolean {
  const byArn = new Map<string, boolean>()
  const byGroup = new Map<string, boolean>()
  const holds = ({ attachedPolicies, inlinePolicies }: User | Group): boolean =>
    attachedPolicies.some((arn) => {
      let known = byArn.get(arn)
      if (known === undefined) byArn.set(arn, (known = isAdministrativePolicy(arn, directory)))
      return known
    }) || Object.values(inlinePolicies).some(isAdministrative)
  return (user) =>
    holds(user) ||
    (user.groups ?? []).some((id) => {
      let known = byGroup.get(id)
      if (known === undefined) {
        const group = directory.group(id)
        byGroup.set(id, (known = group !== undefined && holds(group)))
      }
      return known
    })
}

function isAdministrativePolicy(arn: string, directory: Directory): boolean {
  if (/^arn:[^:]+:iam::aws:policy\/AdministratorAccess$/.test(arn)) return true
  const policy = directory.policy(arn)
  return isAdministrative(policy?.versions.find(({ id }) => id === policy.defaultVersion)?.document ?? '')
}

/** CIS AWS Foundations Benchmark, "Ensure IAM password policy requires minimum length of 14 or greater" and "prevents password reuse". */
function weaknessOf(policy: PasswordPolicy | null): 'password-policy-absent' | 'password-policy-weak' | null {
  if (policy === null) return 'password-policy-absent'
  return policy.minimumLength < 14 || policy.reusePrevention === null ? 'password-policy-weak' : null
}

const told: Readonly<Record<Finding['id'], Pick<Finding, 'severity' | 'title'>>> = {
  'root-access-key': { severity: 'high', title: 'The root user has an access key.' },
  'root-without-mfa': { severity: 'high', title: 'The root user has no MFA device.' },
  'users-without-mfa': { severity: 'high', title: 'Users have a password and no MFA device.' },
  'old-keys': { severity: 'medium', title: 'Active access keys are older than 90 days.' },
  'never-used-keys': { severity: 'medium', title: 'Active access keys older than a day were never used.' },
  'unused-keys': { severity: 'medium', title: 'Active access keys were not used for 90 days.' },
  'both-key-slots': { severity: 'low', title: 'Users have two access keys, so that none can be rotated.' },
  administrators: { severity: 'medium', title: 'Users may do everything.' },
  'password-policy-absent': { severity: 'medium', title: 'The account has no password policy of its own.' },
  'password-policy-weak': {
    severity: 'low',
    title: 'The password policy asks for fewer than 14 characters, or lets former passwords be used again.',
  },
  refusals: { severity: 'low', title: 'Requests were refused in the last hour.' },
}
