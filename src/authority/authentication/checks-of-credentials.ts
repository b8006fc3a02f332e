import { accountOfAccessKeyId } from '../../anatomy/access-key-id.ts'
import { partitionOfRegion, regionFacts } from '../../anatomy/partitions.ts'
import { readSessionToken } from '../../anatomy/session-token.ts'
import {
  type AsymmetricSigningKey,
  asymmetricAlgorithm,
  asymmetricSigningKey,
  type ScopeOfRequest,
  type SigningKey,
  signingKey,
  verify,
} from '../../signature/index.ts'
import type { Directory } from '../directory/directory.ts'
import { assumedRoleArn, federatedUserArn, roleArn, rootArn, userArn } from '../model/arn-of.ts'
import type { AccessKey } from '../model/entities.ts'
import type { Principal, SessionClaims } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import { isOptIn, regionStateOf } from '../model/regions.ts'
import { type Check, type Examination, type Knowledge, readOf } from './examination.ts'
import { readAsUtf8 } from './header-text.ts'
import { explainMismatch } from './mismatch.ts'
import { nameKeyId } from './named-causes.ts'

/** Steps 8 to 10 of the order of checks: key, session token, signature. Source: `authority.md` §2.1, §2.4, §2.7. */

const isTemporary = (accessKeyId: string): boolean => accessKeyId.startsWith('ASIA')

/** Known, active, and of the partition that the request was signed for: all else gets one and the same answer. */
export const keyIsKnown: Check = (examination) => {
  const id = scopeOf(examination).accessKeyId
  if (isTemporary(id)) return null
  const { directory } = examination.knowledge
  const key = directory.accessKey(id)
  if (key === undefined) {
    examination.signingKeys.forget(id)
    return explainAbsence(id, examination)
  }
  examination.accessKeyId = id
  const partition = wrongPartition(examination)
  if (partition !== null) return partition
  const off = regionThatIsOff(examination)
  if (off !== null) return off
  if (key.status !== 'Active') {
    return { reason: 'key-inactive', cause: 'key-inactive', evidence: ['the access key is there, but inactive'] }
  }
  const principal = holderOf(key, directory)
  if (principal === null) {
    return { reason: 'key-deleted', cause: 'key-deleted', evidence: ['the user of this access key is gone'] }
  }
  examination.secret = key.secret
  examination.principal = principal
  return null
}

function explainAbsence(id: string, { knowledge: { directory, present } }: Examination): Refusal {
  if (present.accessKey(id) !== undefined) {
    const evidence = ['the access key was created moments ago and has not spread yet']
    return { reason: 'key-not-propagated', cause: 'key-not-propagated', evidence }
  }
  const deleted = directory.deletedKey(id)
  if (deleted !== undefined) {
    return {
      reason: 'key-deleted',
      cause: 'key-deleted',
      evidence: [`the access key was deleted at ${deleted.deletedAt}`],
    }
  }
  const named = nameKeyId(id)
  if (named !== null) return { reason: 'key-unknown', ...named }
  const account = accountOfAccessKeyId(id)
  const evidence = ['no access key with this id was ever here']
  if (account !== null && account !== directory.account.id) evidence.push(`the id names account ${account}`)
  return { reason: 'key-unknown', cause: 'key-unknown', evidence }
}

/** Identities, keys and tokens never cross partitions; a region that no partition claims is at home here. */
function wrongPartition({ region, knowledge }: Examination): Refusal | null {
  const home = knowledge.directory.account.partition
  const { id } = partitionOfRegion(region ?? '')
  // `aws` is also the answer for names that no partition claims.
  if (id === home || (id === 'aws' && regionFacts(region ?? '') === null)) return null
  const evidence = [`the request was signed for a region of ${id}, the key is of ${home}`]
  return { reason: 'key-of-other-partition', cause: 'other-partition', evidence }
}

/** Keys of an account are copied to a region when it is switched on; before that it knows none of them. */
function regionThatIsOff({ region, knowledge }: Examination): Refusal | null {
  if (region === null || !isOptIn(region)) return null
  if (regionStateOf(knowledge.directory.account, region) !== 'disabled') return null
  const evidence = [`the account has not switched on the region ${region}`]
  return { reason: 'region-not-enabled', cause: 'region-not-enabled', evidence }
}

/** Opens the token of a temporary key. Its expiry is told only after its seal has been verified. */
export const sessionIsGenuine: Check = (examination) => {
  const id = scopeOf(examination).accessKeyId
  if (!isTemporary(id)) return null
  const token = readOf(examination).sessionToken
  const cause = nameKeyId(id)
  if (token === null) {
    if (cause !== null) return { reason: 'token-missing', ...cause }
    const evidence = ['a temporary access key was used without its session token']
    return { reason: 'token-missing', cause: 'session-token-missing', evidence }
  }
  if (token === '') {
    return { reason: 'token-empty', cause: 'session-token-empty', evidence: ['the session token was sent, but empty'] }
  }
  const { directory, now } = examination.knowledge
  const opened = examination.knowledge.sessions.open(token)
  if (opened.kind === 'malformed') {
    const evidence = ['the session token is not whole: it cannot be decoded to its end']
    return { reason: 'token-malformed', cause: 'session-token-cut', evidence }
  }
  if (opened.kind === 'foreign') return explainForeignToken(token, cause, examination.knowledge)
  const { claims } = opened
  if (claims.accessKeyId !== id) {
    const evidence = [`the session token belongs to ${claims.accessKeyId}, the request was signed with ${id}`]
    return { reason: 'token-of-other-key', cause: 'mixed-sessions', evidence }
  }
  examination.accessKeyId = id
  if (claims.expiresAt * 1000 <= now) {
    const expiredAt = `${new Date(claims.expiresAt * 1000).toISOString().slice(0, 19)}Z`
    const evidence = [`the session ended at ${expiredAt}`]
    if (signedInTime(examination, claims)) {
      evidence.push('the URL was signed before that, and was to be good for longer')
      return { reason: 'token-expired', expiredAt, cause: 'presigned-outlives-session', evidence }
    }
    return { reason: 'token-expired', expiredAt, cause: 'session-expired', evidence }
  }
  const partition = wrongPartition(examination)
  if (partition !== null) return partition
  const off = regionThatIsOff(examination)
  if (off !== null) return off
  const { region } = examination
  if (opened.version === 1 && region !== null && isOptIn(region)) {
    const evidence = [`the session token is of the global endpoint, and ${region} takes only those of regional ones`]
    return { reason: 'token-of-global-endpoint', cause: 'v1-token-in-opt-in-region', evidence }
  }
  const bearer = bearerOf(claims, directory)
  if ('evidence' in bearer) return { reason: 'parent-gone', cause: 'session-parent-gone', evidence: [bearer.evidence] }
  examination.session = claims
  examination.secret = claims.secretAccessKey
  examination.principal = bearer.principal
  return null
}

/** A presigned URL that has not come to its own end, made while its session still lasted (`causes.md` C31). */
function signedInTime(examination: Examination, { expiresAt }: SessionClaims): boolean {
  const { form, date, expires } = readOf(examination)
  const signedAt = date.instant!.getTime() / 1000
  return form === 'query' && signedAt < expiresAt && signedAt + (expires ?? 0) > expiresAt
}

/** No session lasts longer (STS API Reference, GetSessionToken: 129,600 seconds). */
const longestSession = 129_600_000

/** What a token says of itself in the clear is not proven, but is enough for the log: nobody but the operator reads it. */
function explainForeignToken(
  token: string,
  named: ReturnType<typeof nameKeyId>,
  { directory, now }: Knowledge,
): Refusal {
  if (named !== null) return { reason: 'token-foreign', ...named }
  const { issuedAt, account } = readSessionToken(token)
  if (issuedAt !== null && account === directory.account.id && now - issuedAt.getTime() > longestSession) {
    const made = `${issuedAt.toISOString().slice(0, 19)}Z`
    const evidence = [
      `the session token says that it was made here at ${made}, and no session lasts longer than 36 hours`,
    ]
    return { reason: 'token-foreign', cause: 'session-expired', evidence }
  }
  if (account !== null && account !== directory.account.id) {
    const evidence = [`the session token is whole, and says that it was made in account ${account}`]
    return { reason: 'token-foreign', cause: 'key-unknown', evidence }
  }
  const evidence = ['the session token is whole, but it was not sealed here or has been altered']
  return { reason: 'token-foreign', cause: 'session-token-cut', evidence }
}

export const signatureMatches: Check = (examination) => {
  const authorization = readOf(examination)
  const scope = scopeOf(examination)
  const key = derivedKey(examination, scope)
  const { bodyHash } = examination.call
  let { request } = examination.call
  const region = authorization.algorithm === asymmetricAlgorithm ? examination.region! : undefined
  let verification = verify({ request, authorization, signingKey: key, bodyHash, region })
  if (!verification.genuine) {
    const headers = readAsUtf8(request.headers)
    if (headers !== null) {
      request = { ...request, headers }
      verification = verify({ request, authorization, signingKey: key, bodyHash, region })
    }
  }
  const { canonicalRequest, stringToSign } = verification
  if (!verification.genuine) {
    return {
      reason: 'signature-mismatch',
      canonicalRequest,
      stringToSign,
      ...explainMismatch(examination, request, { canonicalRequest, stringToSign }),
    }
  }
  if (verification.unsignedHeaders.length > 0) {
    const evidence = [`sent, but not signed: ${verification.unsignedHeaders.slice(0, 10).join(', ')}`]
    return { reason: 'signature-mismatch', canonicalRequest, stringToSign, cause: 'request-altered', evidence }
  }
  return null
}

function derivedKey(examination: Examination, scope: ScopeOfRequest): SigningKey | AsymmetricSigningKey {
  const secret = examination.secret!
  if (readOf(examination).algorithm === asymmetricAlgorithm) {
    return examination.signingKeys.of(scope.accessKeyId, secret, asymmetricAlgorithm, () =>
      asymmetricSigningKey(scope.accessKeyId, secret),
    )
  }
  return examination.signingKeys.of(scope.accessKeyId, secret, readOf(examination).credential, () =>
    signingKey(secret, scope.date, scope.region, scope.service),
  )
}

/** A long-term key goes alone: AWS refuses it with any token, also an empty one. */
export const longTermKeyHasNoToken: Check = (examination) => {
  if (examination.session !== null) return null
  const token = readOf(examination).sessionToken
  if (token === null) return null
  if (token === '') {
    return { reason: 'token-empty', cause: 'session-token-empty', evidence: ['the session token was sent, but empty'] }
  }
  const evidence = ['a session token was sent along with a long-term access key']
  return { reason: 'token-unexpected', cause: 'stale-session-token', evidence }
}

const openToSessions = new Set(['AssumeRole', 'GetCallerIdentity'])
/** These two say themselves, in other words, that they take no session (`authority.md` §3.6, §3.7). */
const openToFederated = new Set(['GetCallerIdentity', 'GetSessionToken', 'GetFederationToken'])
const refusedByThemselves = new Set(['GetSessionToken', 'GetFederationToken'])

/** What a session of a user may not call at all (IAM User Guide, "Comparing the AWS STS API operations"). */
export const sessionMayCall: Check = ({ session, call, authorization }) => {
  if (session === null || session.type === 'role') return null
  const service = authorization.kind === 'read' ? authorization.scope?.service : undefined
  if (session.type === 'federated') {
    if (service !== 'iam' && (service !== 'sts' || openToFederated.has(call.operation))) return null
    const evidence = ['a session of GetFederationToken can call nothing in IAM, and only GetCallerIdentity in STS']
    return { reason: 'session-barred', why: 'federated', cause: 'session-from-session', evidence }
  }
  if (service === 'iam') {
    if (session.mfaAt !== null) return null
    const evidence = ['a session that GetSessionToken gave without a one-time code cannot call IAM']
    return { reason: 'session-barred', why: 'iam-without-mfa', cause: 'session-without-mfa', evidence }
  }
  if (service !== 'sts') return null
  if (openToSessions.has(call.operation) || refusedByThemselves.has(call.operation)) return null
  const evidence = ['a session of GetSessionToken can call only AssumeRole and GetCallerIdentity in STS']
  const cause = session.mfaAt === null ? 'session-without-mfa' : 'session-from-session'
  return { reason: 'session-barred', why: 'sts-operation', cause, evidence }
}

function scopeOf(examination: Examination): ScopeOfRequest {
  return readOf(examination).scope!
}

/** Entities are replaced and never changed, so a principal holds as long as all that it was made of is still there. */
const holders = new WeakMap<
  AccessKey,
  { readonly home: object; readonly user: object | undefined; readonly principal: Principal }
>()

function holderOf(key: AccessKey, directory: Directory): Principal | null {
  const home = directory.account
  const user = key.owner === 'root' ? undefined : directory.user(key.owner)
  const known = holders.get(key)
  if (known !== undefined && known.home === home && known.user === user) return known.principal
  const principal = ownerPrincipal(key.owner, key.id, null, directory)
  if (principal !== null) holders.set(key, { home, user, principal })
  return principal
}

function ownerPrincipal(
  owner: string,
  accessKeyId: string,
  session: SessionClaims | null,
  directory: Directory,
): Principal | null {
  const home = directory.account
  if (owner === 'root') {
    return { type: 'root', account: home.id, arn: rootArn(home), userId: home.id, accessKeyId, session }
  }
  const user = directory.user(owner)
  if (user === undefined) return null
  const arn = userArn(home, user)
  return { type: 'user', account: home.id, arn, userId: user.id, userName: user.name, accessKeyId, session }
}

function federatedPrincipal(claims: SessionClaims, { account }: Directory): Principal {
  const name = claims.sessionName ?? ''
  return {
    type: 'federated',
    account: account.id,
    arn: federatedUserArn(account, name),
    userId: `${account.id}:${name}`,
    ownerId: claims.ownerId,
    accessKeyId: claims.accessKeyId,
    session: claims,
  }
}

/** Who a session is now, by the state of today; or what it hung on and is gone. */
export function bearerOf(
  claims: SessionClaims,
  directory: Directory,
): { readonly principal: Principal } | { readonly evidence: string } {
  const { account } = directory
  if (claims.account !== account.id) return { evidence: 'the session is of another account' }
  if (claims.type !== 'role') {
    if (claims.parentKeyId !== null && directory.accessKey(claims.parentKeyId)?.status !== 'Active') {
      return { evidence: `the access key ${claims.parentKeyId}, with which the session was made, is no longer active` }
    }
    const principal = ownerPrincipal(claims.ownerId, claims.accessKeyId, claims, directory)
    if (claims.type === 'federated' && principal !== null) return { principal: federatedPrincipal(claims, directory) }
    return principal === null ? { evidence: 'the user of the session is gone' } : { principal }
  }
  const role = directory.role(claims.ownerId)
  if (role === undefined) return { evidence: 'the role of the session is gone' }
  const sessionName = claims.sessionName ?? ''
  return {
    principal: {
      type: 'role',
      account: account.id,
      arn: assumedRoleArn(account, role.name, sessionName),
      userId: `${role.id}:${sessionName}`,
      roleArn: roleArn(account, role),
      roleId: role.id,
      accessKeyId: claims.accessKeyId,
      session: claims,
    },
  }
}
