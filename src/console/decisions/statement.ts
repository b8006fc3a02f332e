import type { CureFacts } from '../../authority/console/shapes.ts'

type Missing = NonNullable<CureFacts['permission']>

/** The policy that would allow just what was refused. */
export function statementOf({ action, resource }: Missing): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] }
}

export interface Holder {
  readonly kind: 'user' | 'role'
  readonly name: string
}

/** Whose policies a caller has: the user, or the role of a session. Null for the root user and federated ones. */
export function holderOf(principal: string): Holder | null {
  const [, name] = /:assumed-role\/([^/]+)\//.exec(principal) ?? []
  if (name !== undefined) return { kind: 'role', name }
  const [, user] = /:user\/(?:.*\/)?([^/]+)$/.exec(principal) ?? []
  return user === undefined ? null : { kind: 'user', name: user }
}

/** The simulator with this question filled in, as far as the caller is known there. */
export function simulatorPath({ principal, action, resource }: Missing, role: CureFacts['role']): string {
  const holder = holderOf(principal)
  const arn = holder?.kind === 'user' ? principal : holder !== null && role?.name === holder.name ? role.arn : null
  const who = holder === null || arn === null ? {} : { ...holder, arn }
  return `/simulator?${new URLSearchParams({ ...who, action, resource })}`
}
