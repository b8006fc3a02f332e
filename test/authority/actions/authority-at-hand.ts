import type { ActionContext } from '../../../src/authority/actions/grid.ts'
import { findAction } from '../../../src/authority/actions/index.ts'
import { createWebIdentities, type WebIdentities } from '../../../src/authority/authentication/index.ts'
import { authorize, requestConditions } from '../../../src/authority/authorization/index.ts'
import { assumedRoleArn, rootArn, userArn } from '../../../src/authority/model/arn-of.ts'
import type { Entity } from '../../../src/authority/model/entities.ts'
import type { Principal, SessionClaims } from '../../../src/authority/model/principal.ts'
import type { Refusal } from '../../../src/authority/model/refusal.ts'
import type { Store } from '../../../src/authority/model/store.ts'
import { codeAt } from '../../../src/authority/sessions/one-time-code.ts'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'
import { type AuthorityState, openState } from '../../../src/authority/store/state.ts'

export const ACCOUNT = '123456789012'
const ROOT_KEY = 'AKIAQAAAAAAAAAAAROOT'

// biome-ignore lint/suspicious/noExplicitAny: a test reads the members it expects of any reply
type Reply = any

/** A real store, directory and ring with a clock that the test moves; calls go through the grid as the server sends them. */
export interface AuthorityAtHand {
  readonly store: Store
  readonly state: AuthorityState
  readonly root: Principal
  /** Nothing is reached by it, unless a test puts another in its place. */
  webIdentities: WebIdentities
  now: Date
  tick(seconds: number): void
  /** The reply's members; throws when the call was refused. */
  ok(operation: string, input?: object, as?: Principal): Promise<Reply>
  /** The refusal; throws when the call was answered. */
  refused(operation: string, input?: object, as?: Principal): Promise<Refusal>
  call(operation: string, input?: object, as?: Principal): Promise<{ ok: Reply } | { refused: Refusal }>
  /** A user as principal, with its long-term key. */
  user(name: string): Principal
  /** The principal that a session's credentials stand for. */
  session(token: string): Principal
  claims(token: string): SessionClaims
  code(serialNumber: string, stepsFromNow?: number): string
  /** A user with an enabled virtual device. */
  userWithDevice(name: string): Promise<{ serialNumber: string; principal: Principal }>
}

export async function openAuthority(
  options: { others?: readonly Entity[]; account?: string; partition?: string; store?: Store } = {},
): Promise<AuthorityAtHand> {
  const { account = ACCOUNT, partition = 'aws' } = options
  let now = (): number => Date.parse('2026-11-28T12:00:00Z')
  const store =
    options.store ?? openSqliteStore({ path: ':memory:', masterKey: new Uint8Array(32).fill(7), now: () => now() })
  const createdAt = '2026-01-01T00:00:00Z'
  const at: AuthorityAtHand = {
    store,
    now: new Date('2026-11-28T12:00:00.750Z'),
    webIdentities: createWebIdentities({
      read: async () => ({ kind: 'unreachable', why: 'There is no network in this test.' }),
      thumbprint: async () => null,
    }),
    state: await openState({
      store,
      now: () => now(),
      first: () => [
        { kind: 'account', id: account, partition, createdAt, alias: null },
        {
          kind: 'access-key',
          id: ROOT_KEY,
          owner: 'root',
          status: 'Active',
          createdAt,
          secret: 'unused-in-these-tests',
        },
        ...(options.others ?? []),
      ],
    }),
    root: {
      type: 'root',
      account,
      arn: rootArn({ id: account, partition }),
      userId: account,
      accessKeyId: ROOT_KEY,
      session: null,
    },
    tick: (seconds) => {
      at.now = new Date(at.now.getTime() + seconds * 1000)
    },
    call: (operation, input = {}, as = at.root) => call(at, operation, input, as),
    ok: async (operation, input, as) => {
      const result = await at.call(operation, input, as)
      if ('refused' in result) throw new Error(`${operation} was refused: ${JSON.stringify(result.refused)}`)
      return result.ok
    },
    refused: async (operation, input, as) => {
      const result = await at.call(operation, input, as)
      if ('ok' in result) throw new Error(`${operation} was answered`)
      return result.refused
    },
    user: (name) => {
      const user = at.state.directory.userNamed(name)
      if (user === undefined) throw new Error(`no user ${name}`)
      return {
        type: 'user',
        account,
        arn: userArn(at.state.directory.account, user),
        userId: user.id,
        userName: user.name,
        accessKeyId: at.state.directory.accessKeysOf(user.id)[0]?.id ?? 'AKIAQAAAAAAAAAAAUSER',
        session: null,
      }
    },
    claims: (token) => {
      const opened = at.state.ring.open(token)
      if (opened.kind !== 'genuine') throw new Error(`the token is ${opened.kind}`)
      return opened.claims
    },
    session: (token) => principalOf(at, at.claims(token)),
    code: (serialNumber, stepsFromNow = 0) => {
      const device = at.state.directory.mfaDevice(serialNumber)
      if (device === undefined) throw new Error(`no device ${serialNumber}`)
      return codeAt(device.seed, new Date(at.now.getTime() + stepsFromNow * 30_000))
    },
    userWithDevice: async (name) => {
      await at.ok('CreateUser', { UserName: name })
      const created = await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: name })
      const serialNumber: string = created.VirtualMFADevice.SerialNumber
      await at.ok('EnableMFADevice', {
        UserName: name,
        SerialNumber: serialNumber,
        AuthenticationCode1: at.code(serialNumber, -1),
        AuthenticationCode2: at.code(serialNumber),
      })
      at.tick(60)
      return { serialNumber, principal: at.user(name) }
    },
  }
  now = () => at.now.getTime()
  return at
}

function principalOf(at: AuthorityAtHand, claims: SessionClaims): Principal {
  const { directory } = at.state
  const { account, accessKeyId } = claims
  if (claims.type === 'role') {
    const role = directory.role(claims.ownerId)
    if (role === undefined || claims.sessionName === null || claims.roleArn === null)
      throw new Error('the role is gone')
    return {
      type: 'role',
      account,
      arn: assumedRoleArn(directory.account, role.name, claims.sessionName),
      userId: `${role.id}:${claims.sessionName}`,
      roleArn: claims.roleArn,
      roleId: role.id,
      accessKeyId,
      session: claims,
    }
  }
  if (claims.ownerId === 'root') return { ...at.root, accessKeyId, session: claims } as Principal
  const user = directory.user(claims.ownerId)
  if (user === undefined) throw new Error('the user is gone')
  return { ...at.user(user.name), accessKeyId, session: claims } as Principal
}

async function call(at: AuthorityAtHand, operation: string, input: object, principal: Principal) {
  const row = findAction('iam', operation) ?? findAction('sts', operation)
  if (row === undefined) throw new Error(`no action ${operation}`)
  const { directory, ring, commit } = at.state
  const conditions = requestConditions({
    principal,
    directory,
    now: at.now,
    secureTransport: false,
    sourceIp: '127.0.0.1',
    userAgent: 'test',
    referer: null,
    region: 'eu-west-1',
    service: row.service,
  })
  const context: ActionContext = {
    account: directory.account.id,
    partition: directory.account.partition,
    region: 'eu-west-1',
    now: at.now,
    principal,
    directory,
    sessions: ring,
    conditions,
    commit,
    webIdentities: at.webIdentities,
    passwordWork: 8,
  }
  const values = input as Readonly<Record<string, unknown>>
  if (row.permission !== 'free') {
    const needed = row.permission(values, context)
    for (const permission of Array.isArray(needed) ? needed : [needed]) {
      const answer = authorize({ principal, directory, conditions, permission })
      if (!answer.allowed) return { refused: answer.refusal }
    }
  }
  return (await row.run(values, context)) as { ok: Reply } | { refused: Refusal }
}
