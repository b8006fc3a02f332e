import { expect } from 'vitest'
import {
  type CompiledPolicy,
  compilePolicy,
  type DocumentKind,
  decide,
  type PolicyRequest,
  type PolicySet,
  type PolicyVerdict,
} from '../../../src/authority/policy/index.ts'

/** Short ways to ask the room. */
export type Keys = Readonly<Record<string, string | readonly string[]>>

function conditionsOf(keys: Keys): Map<string, readonly string[]> {
  return new Map(
    Object.entries(keys).map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value]),
  )
}

export function compiled(document: unknown, kind: DocumentKind = 'identity', name = 'policy'): CompiledPolicy {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const result = compilePolicy(text, { name, kind })
  if (!('ok' in result)) expect.unreachable(`${result.refused} ${JSON.stringify(result.at)}: ${text}`)
  return result.ok
}

export function refusal(document: unknown, kind: DocumentKind = 'identity', managed = false): string | null {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const result = compilePolicy(text, { name: 'policy', kind, managed })
  return 'ok' in result ? null : result.refused
}

export const account = '123456789012'

export function ask(request: Partial<PolicyRequest> & { keys?: Keys }): PolicyRequest {
  return {
    action: request.action ?? 's3:GetObject',
    resource: request.resource ?? 'arn:aws:s3:::bucket/key',
    conditions: request.conditions ?? conditionsOf(request.keys ?? {}),
    caller: request.caller === undefined ? user('ann') : request.caller,
    ...(request.principalIds === undefined ? {} : { principalIds: request.principalIds }),
  }
}

export function user(name: string, home = account): NonNullable<PolicyRequest['caller']> {
  const uniqueId = `AIDA${name
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .padEnd(17, 'X')}`
  return { account: home, arn: `arn:aws:iam::${home}:user/${name}`, roleArn: null, uniqueId, type: 'user' }
}

export function roleSession(name: string, session = 's1', home = account): NonNullable<PolicyRequest['caller']> {
  return {
    account: home,
    arn: `arn:aws:sts::${home}:assumed-role/${name}/${session}`,
    roleArn: `arn:aws:iam::${home}:role/${name}`,
    uniqueId: `AROA${name.toUpperCase().padEnd(17, 'X')}`,
    type: 'role',
  }
}

export function setOf(set: Partial<PolicySet>): PolicySet {
  return {
    identity: [],
    boundary: null,
    session: null,
    resource: null,
    resourceKind: 'resource-based',
    callerIsRoot: false,
    sameAccount: true,
    ...set,
  }
}

/** Does this one identity policy allow it? */
export function allows(document: unknown, request: PolicyRequest): boolean {
  return decide(setOf({ identity: [compiled(document)] }), request).allowed
}

/** `allow`, or how it came to its no. */
export function outcome(verdict: PolicyVerdict): string {
  if (verdict.allowed) return 'allow'
  return verdict.reason.kind === 'unstated' ? 'unstated' : `${verdict.reason.kind} ${verdict.reason.policyType}`
}

export function policy(...statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements }
}

export function allow(elements: object = {}): object {
  return { Effect: 'Allow', Action: '*', Resource: '*', ...elements }
}

export function deny(elements: object = {}): object {
  return { Effect: 'Deny', Action: '*', Resource: '*', ...elements }
}
