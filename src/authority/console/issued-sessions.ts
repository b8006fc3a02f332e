import { authorize, requestConditions } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import { roleArn, rootArn, userArn } from '../model/arn-of.ts'
import { ownSession, type Principal, type SessionClaims } from '../model/principal.ts'
import type { Decision, IssuedSession } from '../model/store.ts'
import { readCount, readPlace } from './decision-query.ts'
import type { Answer, ApiRow, Asked, Ground } from './ground.ts'
import type { IssuedSessionRow, SessionsAnswer } from './shapes.ts'

/** Sessions of STS have no row anywhere: what is known of them is what the log remembers of the calls that gave them. */
export const sessionRows: readonly ApiRow[] = [
  { method: 'GET', path: 'sessions', permission: ['countersign:ListSessions'], run: listSessions },
]

const mostInPage = 200
const longestText = 256
/** Milliseconds. No session lasts longer (STS API Reference, GetSessionToken: 129,600 seconds). */
const longestSession = 129_600_000
/** So often the log is asked for one page. */
const mostSearches = 20

async function listSessions({ ground, parameters }: Asked): Promise<Answer> {
  const limit = readCount(parameters, 'limit', 50, mostInPage)
  if (limit === null) return { invalid: `limit is a number from 1 to ${mostInPage}.` }
  const before = readPlace(parameters)
  if (before === null) return { invalid: 'before is what the page before gave as next.' }
  const named = parameters.get('principal') ?? ''
  if (named.length > longestText) return { invalid: `principal has ${longestText} characters at most.` }
  const isActive = parameters.get('active') === 'true'
  const query = {
    issued: true as const,
    ...(named === '' ? {} : { text: textOf(named) }),
    ...(isActive ? { since: new Date(ground.now() - longestSession).toISOString() } : {}),
  }
  const sessions: IssuedSessionRow[] = []
  let next = before
  let searchedTo: string | null = null
  for (let searches = 0; searches < mostSearches; searches += 1) {
    const wanted = limit - sessions.length
    const page = await ground.decisions.page({
      ...query,
      limit: wanted,
      ...(next === undefined ? {} : { before: next }),
    })
    for (const decision of page.decisions) {
      const row = rowOf(decision, ground)
      if (row !== null && (!isActive || row.state === 'valid')) sessions.push(row)
    }
    next = page.next ?? undefined
    searchedTo = page.searchedTo
    // Less than was asked for: the search has taken its time.
    if (page.next === null || page.decisions.length < wanted || sessions.length >= limit) break
  }
  const answer: SessionsAnswer = { sessions, more: next !== undefined, next: next ?? null, searchedTo }
  return { ok: answer }
}

/** A role's ARN stands for its sessions, whose ARNs leave its path out. */
function textOf(named: string): string {
  const role = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(named)
  return role === null ? named : `arn:${role[1]}:sts::${role[2]}:assumed-role/${role[3]}/`
}

function rowOf(decision: Decision, ground: Ground): IssuedSessionRow | null {
  const { issued } = decision
  if (issued == null) return null
  const directory = ground.directory()
  const state = stateOf(issued, ground)
  return {
    requestId: decision.requestId,
    operation: decision.operation,
    accessKeyId: issued.accessKeyId,
    principal: issued.principal,
    type: issued.type,
    holder: holderOf(issued, directory),
    mfa: issued.mfa,
    issuedAt: issued.issuedAt,
    expiresAt: issued.expiresAt,
    issuedTo: decision.principal,
    // Where nobody signed the log names the key that was given.
    issuedByKey: decision.accessKeyId === issued.accessKeyId ? null : decision.accessKeyId,
    sourceIp: decision.sourceIp,
    userAgent: decision.userAgent,
    ...(state.state === 'valid' && decision.service === 'signin' && isEnded(issued, directory) ? ended : state),
  }
}

const ended = { state: 'signed-out', why: 'It was signed out of, or ended by another password or a device.' } as const

/** Sessions of the console have a row, so that they can be ended. */
function isEnded({ ownerId, accessKeyId }: IssuedSession, directory: Directory): boolean {
  return !directory.consoleSessionsOf(ownerId).some((one) => one.accessKeyId === accessKeyId)
}

function holderOf({ type, ownerId }: IssuedSession, directory: Directory): IssuedSessionRow['holder'] {
  const { account } = directory
  if (ownerId === 'root') return { kind: 'root', name: 'root', arn: rootArn(account) }
  if (type === 'role') {
    const role = directory.role(ownerId)
    return role === undefined ? null : { kind: 'role', name: role.name, arn: roleArn(account, role) }
  }
  const user = directory.user(ownerId)
  return user === undefined ? null : { kind: 'user', name: user.name, arn: userArn(account, user) }
}

/** Would a call of this session be let in now? As authentication asks it, and then the policies. */
function stateOf(issued: IssuedSession, ground: Ground): Pick<IssuedSessionRow, 'state' | 'why'> {
  const directory = ground.directory()
  if (Date.parse(issued.expiresAt) <= ground.now()) return { state: 'expired', why: `It ended at ${issued.expiresAt}.` }
  const { parentKeyId } = issued
  if (parentKeyId !== null) {
    const status = directory.accessKey(parentKeyId)?.status
    const made = `The access key ${parentKeyId}, with which it was made,`
    if (status === undefined) return { state: 'key-deleted', why: `${made} has been deleted.` }
    if (status === 'Inactive') return { state: 'key-inactive', why: `${made} is inactive.` }
  }
  if (holderOf(issued, directory) === null) {
    return { state: 'holder-gone', why: `The ${issued.type === 'role' ? 'role' : 'user'} has been deleted.` }
  }
  const statement = revokedBy(issued, ground)
  if (statement === null) return { state: 'valid', why: null }
  return { state: 'revoked', why: `Statement ${statement} denies everything to sessions issued when this one was.` }
}

/** Stands for any action: nobody's policy names it, so only a statement about all of them denies it. */
const anything = { action: 'countersign:AnythingAtAll', resource: '*' }

/**
 * The statement that denies everything to this session and would not deny it to one that is issued now, as that which the console
 * of AWS puts into `AWSRevokeOlderSessions` (IAM User Guide, "Revoke IAM role temporary security credentials"); null when
 * there is none.
 */
function revokedBy(issued: IssuedSession, ground: Ground): string | null {
  const principal = principalOf(issued, ground.directory())
  if (principal === null || principal.type === 'root') return null
  const now = new Date(ground.now())
  const issuedNow = { ...issued, issuedAt: now.toISOString() }
  const denied = denialOf(principal, now, ground)
  if (denied === null) return null
  const again = principalOf(issuedNow, ground.directory())
  return again === null || denialOf(again, now, ground) === null ? denied : null
}

function denialOf(principal: Principal, now: Date, ground: Ground): string | null {
  const directory = ground.directory()
  const conditions = requestConditions({
    principal,
    directory,
    now,
    secureTransport: true,
    sourceIp: '127.0.0.1',
    userAgent: '',
    referer: null,
    region: ground.region,
    service: 'sts',
  })
  const verdict = authorize({ principal, directory, conditions, permission: anything })
  if (verdict.allowed || verdict.refusal.reason !== 'not-authorized') return null
  const { verdict: why, statement } = verdict.refusal
  return why.kind === 'explicit' ? (statement ?? '') : null
}

/** The bearer, as far as the log knows it: session policies and tags it does not keep. */
function principalOf(issued: IssuedSession, directory: Directory): Principal | null {
  const account = directory.account.id
  const { accessKeyId, principal: arn, ownerId } = issued
  const session: SessionClaims = {
    type: issued.type,
    accessKeyId,
    secretAccessKey: '',
    account,
    issuedAt: Math.floor(Date.parse(issued.issuedAt) / 1000),
    expiresAt: Math.floor(Date.parse(issued.expiresAt) / 1000),
    mfaAt: issued.mfa ? Math.floor(Date.parse(issued.issuedAt) / 1000) : null,
    ownerId,
    parentKeyId: issued.parentKeyId,
    ...ownSession,
    sessionName: arn.slice(arn.lastIndexOf('/') + 1),
  }
  const shared = { account, arn, accessKeyId, session }
  if (issued.type === 'federated') {
    return { ...shared, type: 'federated', userId: `${account}:${session.sessionName}`, ownerId }
  }
  if (issued.type === 'role') {
    const role = directory.role(ownerId)
    if (role === undefined) return null
    const userId = `${role.id}:${session.sessionName}`
    return { ...shared, type: 'role', userId, roleArn: roleArn(directory.account, role), roleId: role.id }
  }
  if (ownerId === 'root') return { ...shared, type: 'root', userId: account }
  const user = directory.user(ownerId)
  return user === undefined ? null : { ...shared, type: 'user', userId: user.id, userName: user.name }
}
