import type { CauseId } from '../../cause-ids.ts'
import { samlAudience } from '../actions/identity-center/provisioning.ts'
import { page } from '../actions/pages.ts'
import { isRefused } from '../actions/sentences.ts'
import { issue, issuedSession, newClaims } from '../actions/sts/issue.ts'
import { judgeVisitor, requestConditions } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import { assumedRoleArn, roleArn, userArn } from '../model/arn-of.ts'
import type { PermissionSet, Role, User } from '../model/entities.ts'
import { personId, samlProviderArn } from '../model/identity-center.ts'
import type { IssuedSession } from '../model/store.ts'
import { headerOf, writing } from '../sign-in/ground.ts'
import { type Asked, accepted, json, refused } from '../sign-in/replies.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'
import { bearerOfToken, endSession } from './tokens.ts'

/** Why the portal says no (service model sso 2019-06-10; ForbiddenException as AWS's own portal answers, `authority.md` §6.4). */
const faults = {
  'invalid-request': ['InvalidRequestException', 400],
  unauthorized: ['UnauthorizedException', 401],
  forbidden: ['ForbiddenException', 403],
} as const

type Refusal = {
  readonly refused: keyof typeof faults
  readonly says: string
  readonly evidence: string
  readonly cause: CauseId | null
}
type Answer =
  | {
      readonly ok: object | null
      readonly accessKeyId?: string
      readonly evidence?: string
      readonly statement?: string | null
      readonly issued?: IssuedSession
    }
  | Refusal

interface Means {
  readonly ground: Ground
  readonly call: Received
  readonly query: URLSearchParams
  readonly user: User
}

/** What a person has in the account: the permission sets whose roles are there. */
export interface Assigned {
  readonly set: PermissionSet
  readonly role: Role
}

export function assignedTo(user: User, directory: Directory): readonly Assigned[] {
  return directory.permissionSets().flatMap((set) => {
    const role = set.roleId === null || !set.assignedTo.includes(user.id) ? undefined : directory.role(set.roleId)
    return role === undefined ? [] : [{ set, role }]
  })
}

const operations: Readonly<
  Record<string, { readonly operation: string; readonly method: 'GET' | 'POST'; answer?(means: Means): Answer }>
> = {
  '/assignment/accounts': { operation: 'ListAccounts', method: 'GET', answer: listAccounts },
  '/assignment/roles': { operation: 'ListAccountRoles', method: 'GET', answer: listAccountRoles },
  '/federation/credentials': { operation: 'GetRoleCredentials', method: 'GET', answer: getRoleCredentials },
  '/logout': { operation: 'Logout', method: 'POST' },
}

export const portalPaths: readonly string[] = Object.keys(operations)

/** The access portal of IAM Identity Center: REST with JSON, unsigned, with the access token in a header. */
export async function answerPortal(ground: Ground, call: Received): Promise<OwnReply> {
  const { operation, method, answer } = operations[call.path]!
  const asked: Asked = { ground, call, endpoint: 'sso', operation }
  if (call.method !== method)
    return { ...json(405, { message: `${operation} is called by ${method}.` }, null), allow: method }
  const bearer = bearerOfToken(headerOf(call, 'x-amz-sso_bearer_token'), ground)
  if (bearer.kind === 'none') {
    return refuse(asked, {
      refused: 'unauthorized',
      says: 'Session token not found or invalid',
      evidence: bearer.evidence,
      // A token that was never one of ours may be anything; AWS says the same for both, and so does the cure: sign in.
      cause: 'sso-session-expired',
    })
  }
  const { user, session } = bearer
  const principal = userArn(ground.directory().account, user)
  if (answer === undefined) {
    await endSession(session, ground)
    return { status: 200, contentType: 'application/json', body: '', decision: accepted(asked, { principal }) }
  }
  const result = answer({ ground, call, query: new URLSearchParams(call.query), user })
  if ('refused' in result) return refuse(asked, result, principal)
  const { ok, accessKeyId, evidence, statement, issued } = result
  const told = { principal, accessKeyId: accessKeyId ?? null, evidence: evidence === undefined ? [] : [evidence] }
  return json(200, ok, accepted(asked, { ...told, statement: statement ?? null, issued: issued ?? null }))
}

function listAccounts({ ground, query, user }: Means): Answer {
  const { account } = ground.directory()
  const accounts = assignedTo(user, ground.directory()).length === 0 ? [] : [account]
  const some = pageOf(accounts, ({ id }) => id, 'ListAccounts', query, user, ground)
  if ('refused' in some) return some
  const accountList = some.items.map(({ id, alias }) => ({
    accountId: id,
    accountName: alias ?? id,
    // Clients show it; nobody can be written to under `.invalid` (RFC 2606).
    emailAddress: `root@${id}.invalid`,
  }))
  return { ok: { accountList, nextToken: some.next } }
}

function listAccountRoles({ ground, query, user }: Means): Answer {
  const account = query.get('account_id')
  if (account === null || account === '') return invalid('account_id is missing.')
  const roles = account === ground.directory().account.id ? assignedTo(user, ground.directory()) : []
  if (roles.length === 0) return forbidden(`${user.name} has no role in account ${account.slice(0, 64)}`)
  const some = pageOf(roles, ({ set }) => set.name.toLowerCase(), 'ListAccountRoles', query, user, ground)
  if ('refused' in some) return some
  const roleList = some.items.map(({ set }) => ({ roleName: set.name, accountId: account }))
  return { ok: { roleList, nextToken: some.next } }
}

function getRoleCredentials({ ground, call, query, user }: Means): Answer {
  const name = query.get('role_name')
  const account = query.get('account_id')
  if (name === null || name === '') return invalid('role_name is missing.')
  if (account === null || account === '') return invalid('account_id is missing.')
  const directory = ground.directory()
  const found = assignedTo(user, directory).find(({ set }) => set.name === name)
  if (found === undefined || account !== directory.account.id)
    return forbidden(`${user.name} is not assigned ${name.slice(0, 64)} in account ${account.slice(0, 64)}`)
  return sessionOf(user, found, ground, call)
}

/** A session as AssumeRoleWithSAML would give it, for that is how people come to these roles at AWS. */
function sessionOf(user: User, { set, role }: Assigned, ground: Ground, call: Received): Answer {
  const directory = ground.directory()
  const { account } = directory
  const provider = samlProviderArn(account)
  const context = writing(ground)
  const asked = new Map(
    requestConditions({
      principal: null,
      directory,
      now: context.now,
      secureTransport: call.secure,
      sourceIp: call.sourceIp,
      userAgent: call.head.userAgent ?? '',
      referer: null,
      region: ground.region,
      service: 'sts',
    }),
  )
  const brought = {
    'aws:federatedprovider': [provider],
    'saml:aud': [samlAudience],
    'identitystore:userid': [personId(account, user)],
  }
  for (const [key, values] of Object.entries(brought)) asked.set(key, values)
  asked.set('sts:rolesessionname', [user.name])
  const trust = judgeVisitor({
    visitor: { kind: 'federated', name: provider },
    role,
    resource: roleArn(account, role),
    actions: ['sts:AssumeRoleWithSAML'],
    directory,
    conditions: asked,
  })
  if (!trust.allowed) return forbidden(trust.evidence[0] ?? 'the role does not trust the portal')
  const claims = newClaims(
    {
      type: 'role',
      duration: set.roleSeconds,
      mfaAt: null,
      ownerId: role.id,
      parentKeyId: null,
      roleArn: roleArn(account, role),
      sessionName: user.name,
      sessionPolicies: [],
      sessionPolicyArns: [],
      tags: [],
      transitiveTagKeys: [],
      sourceIdentity: null,
      assumedBy: userArn(account, user),
      conditions: brought,
    },
    context,
  )
  const given = issue(claims, { sessions: ground.ring(), region: ground.region })
  const roleCredentials = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: claims.expiresAt * 1000,
  }
  const evidence = `A session ${assumedRoleArn(account, role.name, user.name)} was given; it ends at ${given.Expiration}.`
  return {
    ok: { roleCredentials },
    accessKeyId: claims.accessKeyId,
    evidence,
    statement: trust.statement,
    issued: issuedSession(claims, directory),
  }
}

function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  operation: string,
  query: URLSearchParams,
  user: User,
  ground: Ground,
): { readonly items: readonly T[]; readonly next: string | undefined } | Refusal {
  const most = query.get('max_result')
  if (most !== null && !(/^\d{1,3}$/.test(most) && Number(most) >= 1 && Number(most) <= 100))
    return invalid('max_result is a number from 1 to 100.')
  const request = {
    ...(most === null ? {} : { MaxItems: Number(most) }),
    ...(query.get('next_token') ? { Marker: query.get('next_token')! } : {}),
    owner: user.id,
    account: query.get('account_id') ?? '',
  }
  const some = page({ account: ground.directory().account.id }, `portal ${operation}`, request, items, keyOf)
  return isRefused(some) ? invalid('next_token is none of this list.') : { items: some.items, next: some.end.Marker }
}

function invalid(says: string): Refusal {
  return { refused: 'invalid-request', says, evidence: says, cause: null }
}

/** `No access` is all that AWS says, whether there is no such account, no such role, or it is not this person's. */
function forbidden(evidence: string): Refusal {
  return { refused: 'forbidden', says: 'No access', evidence, cause: 'sso-role-unassigned' }
}

function refuse(asked: Asked, { refused: reason, says, evidence, cause }: Refusal, principal?: string): OwnReply {
  const [code, status] = faults[reason]
  const told = { principal: principal ?? null, evidence: [evidence] }
  const decision = refused(asked, { status, code, reason, cause }, told)
  return json(status, { message: says, __type: `com.amazonaws.switchboard.portal#${code}` }, decision, [
    'x-amzn-ErrorType',
    code,
  ])
}
