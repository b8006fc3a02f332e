import type { Decision } from '../model/store.ts'
import type { Guesses } from '../sign-in/guesses.ts'
import { type Asked, refused } from '../sign-in/replies.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { readAuthorizeRequest } from './authorize-request.ts'
import { type Ground, startPath } from './ground.ts'
import type { Part } from './pages.ts'
import type { Pending } from './pending.ts'
import { formToken, type Visitor } from './visitor.ts'

export const devicePath = '/device'
export const authorizePath = '/authorize'
export const pagePaths: readonly string[] = [startPath, devicePath, authorizePath]

export interface Means {
  readonly ground: Ground
  readonly pending: Pending
  /** Of user codes, by person. */
  readonly codeGuesses: Guesses
  readonly call: Received
}

export type Person = NonNullable<Visitor['person']>

export function decideForm(
  call: Received,
  visitor: Visitor,
  ground: Ground,
  hidden: Readonly<Record<string, string>>,
): Part {
  return {
    kind: 'form',
    method: 'post',
    action: urlOf(call),
    hidden: { token: formToken(visitor, ground), ...hidden },
    fields: [],
    buttons: [
      { step: 'allow', label: 'Allow' },
      { step: 'deny', label: 'Deny', plain: true },
    ],
  }
}

export function signOutForm(call: Received, visitor: Visitor, ground: Ground): Part {
  return {
    kind: 'form',
    method: 'post',
    action: urlOf(call),
    hidden: { token: formToken(visitor, ground) },
    fields: [],
    buttons: [{ step: 'sign-out', label: 'Sign out', plain: true }],
  }
}

/** Where the forms of an authorize page lead in the end: browsers hold redirects to `form-action` too (CSP Level 3). */
export function goesTo({ call, ground }: Means): string | null {
  if (call.path !== authorizePath) return null
  const request = readAuthorizeRequest(call.query, ground)
  return request.kind === 'good' ? new URL(request.redirectUri).origin : null
}

export function urlOf({ path, query }: Received): string {
  return query === '' ? path : `${path}?${query}`
}

/** The form by GET after each POST, so that going back and reloading ask nothing twice (RFC 9110 §15.4.4). */
export function redirect(to: string, more: readonly string[], decision: Decision | null): OwnReply {
  const headers = ['Location', to, 'Referrer-Policy', 'no-referrer', ...more]
  return { status: 303, contentType: 'text/plain; charset=utf-8', body: '', decision, more: headers }
}

export function accountName(ground: Ground): string {
  const { alias, id } = ground.directory().account
  return alias === null ? id : `${alias} (${id})`
}

export function waitText(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}

export function asked({ ground, call }: Means, operation: string): Asked {
  return { ground, call, endpoint: 'signin', operation }
}

export function refusedAs(means: Means, operation: string, status: number, reason: string, evidence: string): Decision {
  return refused(asked(means, operation), { status, code: null, reason, cause: null }, { evidence: [evidence] })
}
