import type { RequestFacts } from '../../../src/authority/authorization/index.ts'
import { requestConditions } from '../../../src/authority/authorization/index.ts'
import { createDirectory, type LiveDirectory } from '../../../src/authority/directory/in-memory.ts'
import { assumedRoleArn, roleArn, rootArn, userArn } from '../../../src/authority/model/arn-of.ts'
import type { Account, Entity, Group, ManagedPolicy, Role, User } from '../../../src/authority/model/entities.ts'
import { ownSession, type Principal, type SessionClaims } from '../../../src/authority/model/principal.ts'

/** An account with people in it, for questions about permissions. Ids are AWS's documentation ids. */
export const account: Account = {
  kind: 'account',
  id: '123456789012',
  partition: 'aws',
  createdAt: '2026-01-01T00:00:00Z',
  alias: null,
}
const now = new Date('2026-06-11T12:00:00Z')
const nowSeconds = now.getTime() / 1000

export function directoryOf(...entities: readonly Entity[]): LiveDirectory {
  return createDirectory(account, { entities: entities.map((entity) => ({ entity, version: 1 })) })
}

export function text(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

const idOf = (prefix: string, name: string): string =>
  prefix +
  name
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .padEnd(17, 'X')

export function userNamed(name: string, more: Partial<User> = {}): User {
  return {
    kind: 'user',
    id: idOf('AIDA', name),
    name,
    path: '/',
    createdAt: '2026-01-01T00:00:00Z',
    tags: [],
    boundary: null,
    inlinePolicies: {},
    attachedPolicies: [],
    ...more,
  }
}

export function groupNamed(name: string, more: Partial<Group> = {}): Group {
  return {
    kind: 'group',
    id: idOf('AGPA', name),
    name,
    path: '/',
    createdAt: '2026-01-01T00:00:00Z',
    inlinePolicies: {},
    attachedPolicies: [],
    ...more,
  }
}

export function roleNamed(name: string, trust: readonly object[], more: Partial<Role> = {}): Role {
  return {
    kind: 'role',
    id: idOf('AROA', name),
    name,
    path: '/',
    createdAt: '2026-01-01T00:00:00Z',
    description: null,
    trustPolicy: text(...trust),
    trustPrincipals: {},
    maxSessionDuration: 3600,
    tags: [],
    boundary: null,
    inlinePolicies: {},
    attachedPolicies: [],
    ...more,
  }
}

export function managedPolicy(name: string, ...statements: readonly object[]): ManagedPolicy {
  return {
    kind: 'policy',
    arn: `arn:aws:iam::${account.id}:policy/${name}`,
    id: idOf('ANPA', name),
    name,
    path: '/',
    description: null,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    tags: [],
    defaultVersion: 'v2',
    versions: [
      { id: 'v1', document: text({ Effect: 'Deny', Action: '*', Resource: '*' }), createdAt: '2026-01-01T00:00:00Z' },
      { id: 'v2', document: text(...statements), createdAt: '2026-01-02T00:00:00Z' },
    ],
    nextVersion: 3,
  }
}

export const root: Principal = {
  type: 'root',
  account: account.id,
  arn: rootArn(account),
  userId: account.id,
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  session: null,
}

export function asUser(user: User, session: SessionClaims | null = null): Principal {
  return {
    type: 'user',
    account: account.id,
    arn: userArn(account, user),
    userId: user.id,
    userName: user.name,
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    session,
  }
}

export function asRole(role: Role, sessionName = 'session', claims: Partial<SessionClaims> = {}): Principal {
  return {
    type: 'role',
    account: account.id,
    arn: assumedRoleArn(account, role.name, sessionName),
    userId: `${role.id}:${sessionName}`,
    roleArn: roleArn(account, role),
    roleId: role.id,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    session: claimsOf({ type: 'role', ownerId: role.id, roleArn: roleArn(account, role), sessionName, ...claims }),
  }
}

/** A session that began ten minutes ago. `mfaAt` is in seconds of the epoch. */
export function claimsOf(more: Partial<SessionClaims>): SessionClaims {
  return {
    type: 'session',
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'not used here',
    account: account.id,
    issuedAt: nowSeconds - 600,
    expiresAt: nowSeconds + 3000,
    mfaAt: null,
    ownerId: '',
    parentKeyId: null,
    ...ownSession,
    ...more,
  }
}

export function mfaSession(secondsAgo: number): SessionClaims {
  return claimsOf({ mfaAt: nowSeconds - secondsAgo })
}

export function conditionsFor(
  principal: Principal | null,
  directory: LiveDirectory,
  more: Partial<RequestFacts> = {},
): ReadonlyMap<string, readonly string[]> {
  return requestConditions({
    principal,
    directory,
    now,
    secureTransport: false,
    sourceIp: '203.0.113.9',
    userAgent: 'aws-cli/2.36',
    referer: null,
    region: 'eu-west-1',
    service: 'sts',
    ...more,
  })
}
