import { isRefused } from '../actions/sentences.ts'
import { userArn } from '../model/arn-of.ts'
import type { Decision } from '../model/store.ts'
import { choosePassword, noteSignIn, signIn } from '../sign-in/people.ts'
import { accepted, refused } from '../sign-in/replies.ts'
import type { OwnReply } from '../wire/index.ts'
import {
  accountName,
  asked,
  devicePath,
  goesTo,
  type Means,
  type Person,
  redirect,
  refusedAs,
  urlOf,
  waitText,
} from './page-parts.ts'
import { type Page, type Part, renderPage } from './pages.ts'
import { readUserCode } from './pending.ts'
import { cookieFor, formToken, newVisitor, type Visitor } from './visitor.ts'

export async function takeSignIn(means: Means, visitor: Visitor, form: URLSearchParams): Promise<OwnReply> {
  const { call, ground } = means
  const userName = (form.get('username') ?? '').trim().slice(0, 128)
  const password = form.get('password') ?? ''
  const claim = {
    userName,
    password: password.length <= 128 ? password : '',
    code: (form.get('code') ?? '').slice(0, 16),
  }
  const result = await signIn(claim, ground)
  switch (result.kind) {
    case 'signed-in': {
      const { user, profile, mfa, resetRequired } = result
      await noteSignIn(user.id, ground)
      const next = { ...newVisitor(), person: { user, profile, mfa, resetRequired } }
      const principal = userArn(ground.directory().account, user)
      const evidence = [mfa ? 'with password and one-time code' : 'with a password']
      return redirect(
        urlOf(call),
        cookieFor(next, call, ground),
        accepted(asked(means, 'SignIn'), { principal, evidence }),
      )
    }
    case 'refused': {
      const told = { status: 403, code: null, reason: 'sign-in-wrong', cause: result.cause }
      const decision = refused(asked(means, 'SignIn'), told, { evidence: [result.evidence] })
      return showSignIn(means, visitor, userName, 403, 'User name, password or one-time code is not right.', decision)
    }
    case 'wait': {
      const says = `Too many wrong tries. Wait ${waitText(result.seconds)}, then try again.`
      const decision = refusedAs(means, 'SignIn', 429, 'throttled', `next try in ${result.seconds} seconds`)
      return showSignIn(means, visitor, userName, 429, says, decision)
    }
    case 'expired': {
      const says = 'Your password has expired. Ask your administrator for a new one.'
      const decision = refusedAs(means, 'SignIn', 403, 'password-expired', 'the password has expired, with hard expiry')
      return showSignIn(means, visitor, userName, 403, says, decision)
    }
    case 'busy':
      return showSignIn(means, visitor, userName, 503, 'Too many people are signing in. Try again.', null)
  }
}

export async function takePassword(
  means: Means,
  visitor: Visitor,
  person: Person,
  form: URLSearchParams,
): Promise<OwnReply> {
  const { call, ground } = means
  const chosen = form.get('new-password') ?? ''
  if (!person.resetRequired) return redirect(urlOf(call), [], null)
  if (chosen !== form.get('again'))
    return showNewPassword(means, visitor, ['The two passwords are not the same.'], null)
  const done = await choosePassword(person.user, person.profile, chosen, ground)
  if (isRefused(done)) {
    const { reason, evidence } = done.refused
    const again = 'The password was set by someone else. Sign in again.'
    const faults = evidence ?? [reason === 'throttled' ? 'Too many people are signing in. Try again.' : again]
    const principal = userArn(ground.directory().account, person.user)
    const told = { status: 400, code: null, reason, cause: null }
    const decision = refused(asked(means, 'SetPassword'), told, { principal, evidence: faults })
    return showNewPassword(means, visitor, faults, decision)
  }
  const next = { ...newVisitor(), person: { ...person, profile: done.ok, resetRequired: false } }
  const principal = userArn(ground.directory().account, person.user)
  return redirect(urlOf(call), cookieFor(next, call, ground), accepted(asked(means, 'SetPassword'), { principal }))
}

export function showSignIn(
  means: Means,
  visitor: Visitor,
  userName: string,
  status: number,
  alert: string | null,
  decision: Decision | null,
): OwnReply {
  const { call, ground } = means
  const code = readUserCode(new URLSearchParams(call.query).get('user_code') ?? '')
  const shown: Part[] =
    call.path === devicePath && code !== null
      ? [{ kind: 'code', label: 'A program waits for you with this code', text: code }]
      : []
  const page: Page = {
    title: 'Sign in',
    status,
    alert,
    parts: [
      ...shown,
      {
        kind: 'form',
        method: 'post',
        action: urlOf(call),
        hidden: { token: formToken(visitor, ground) },
        fields: [
          { name: 'username', label: 'User name', autocomplete: 'username', value: userName },
          { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
          {
            name: 'code',
            label: 'One-time code',
            hint: 'Six digits from your MFA device. Leave it empty if you have none.',
            autocomplete: 'one-time-code',
            numeric: true,
            optional: true,
          },
        ],
        buttons: [{ step: 'sign-in', label: 'Sign in' }],
      },
      { kind: 'text', quiet: true, text: `Account ${accountName(ground)}` },
    ],
  }
  return renderPage(page, decision, cookieFor(visitor, call, ground), goesTo(means))
}

export function showNewPassword(
  means: Means,
  visitor: Visitor,
  faults: readonly string[],
  decision: Decision | null,
): OwnReply {
  const { call, ground } = means
  const page: Page = {
    title: 'Choose a new password',
    status: faults.length === 0 ? 200 : 400,
    alert: faults.length === 0 ? null : faults.join(' '),
    parts: [
      { kind: 'text', text: 'Your password has to be changed before you go on.' },
      {
        kind: 'form',
        method: 'post',
        action: urlOf(call),
        hidden: { token: formToken(visitor, ground) },
        fields: [
          { name: 'new-password', label: 'New password', type: 'password', autocomplete: 'new-password' },
          { name: 'again', label: 'The same again', type: 'password', autocomplete: 'new-password' },
        ],
        buttons: [{ step: 'new-password', label: 'Change password' }],
      },
    ],
  }
  return renderPage(page, decision, [], goesTo(means))
}
