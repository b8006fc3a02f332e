import { planPassword, preparePassword } from '../actions/passwords.ts'
import { isRefused as isActionRefused } from '../actions/sentences.ts'
import { put, write } from '../actions/write.ts'
import { userArn } from '../model/arn-of.ts'
import type { Decision } from '../model/store.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { type AuthorizeRequest, readAuthorizeRequest, redirectTo } from './authorize-request.ts'
import { type Ground, headerOf, startPath, writing } from './ground.ts'
import { type Page, type Part, renderPage } from './pages.ts'
import { type DeviceRequest, type Pending, readUserCode } from './pending.ts'
import { type Guesses, signIn } from './people.ts'
import { assignedTo } from './portal.ts'
import { type Asked, accepted, refused } from './replies.ts'
import { cookieFor, formToken, isFormToken, newVisitor, noCookie, type Visitor, visitorOf } from './visitor.ts'

/*
 * The pages on which people sign in and allow what a program asks for: plain forms, without a script. What a visitor sees depends on the
 * URL and the cookie alone, so every form is posted to the URL of its page and answered by a redirect back to it.
 */

const devicePath = '/device'
const authorizePath = '/authorize'
export const pagePaths: readonly string[] = [startPath, devicePath, authorizePath]

export interface Means {
  readonly ground: Ground
  readonly pending: Pending
  /** Of passwords, by name; of user codes, by person. */
  readonly guesses: Guesses
  readonly codeGuesses: Guesses
  readonly call: Received
}

type Person = NonNullable<Visitor['person']>

export async function answerPage(means: Means, body: Uint8Array): Promise<OwnReply> {
  const { call, ground } = means
  if (call.method === 'GET' || call.method === 'HEAD') return show(means)
  if (call.method !== 'POST')
    return { ...renderPage({ title: 'Not like this', status: 405, parts: [] }, null), allow: 'GET, HEAD, POST' }
  const form = readForm(call, body)
  const visitor = visitorOf(call, ground)
  if (form === null || visitor === null || !isFormToken(form.get('token') ?? '', visitor, ground)) {
    const decision = refusedAs(means, 'SubmitForm', 403, 'form-token-wrong', 'the form was not given to this browser')
    const parts: Part[] = [
      { kind: 'text', text: 'The page was open for too long, or did not come from here.' },
      {
        kind: 'form',
        method: 'get',
        action: urlOf(call),
        hidden: {},
        fields: [],
        buttons: [{ step: '', label: 'Try again' }],
      },
    ]
    return renderPage({ title: 'Please try again', status: 403, parts }, decision)
  }
  return act(means, visitor, form)
}

async function act(means: Means, visitor: Visitor, form: URLSearchParams): Promise<OwnReply> {
  const step = form.get('step') ?? ''
  const { call, ground } = means
  if (step === 'sign-out') return redirect(startPath, noCookie(call), null)
  if (step === 'sign-in' && visitor.person === null) return takeSignIn(means, visitor, form)
  const { person } = visitor
  // Signed in meanwhile, in another window, or no longer: the page as it is now.
  if (person === null) return redirect(urlOf(call), [], null)
  if (step === 'new-password') return takePassword(means, visitor, person, form)
  if (person.resetRequired || (step !== 'allow' && step !== 'deny')) return redirect(urlOf(call), [], null)
  if (call.path === devicePath) return decideDevice(means, visitor, person, step, form)
  if (call.path !== authorizePath) return redirect(urlOf(call), [], null)
  const request = readAuthorizeRequest(call.query, ground)
  return request.kind === 'good' ? decideAuthorize(means, person, request, step) : showAuthorize(means, visitor, person)
}

// Signing in

async function takeSignIn(means: Means, visitor: Visitor, form: URLSearchParams): Promise<OwnReply> {
  const { call, ground, guesses } = means
  const userName = (form.get('username') ?? '').trim().slice(0, 128)
  const password = form.get('password') ?? ''
  const claim = {
    userName,
    password: password.length <= 128 ? password : '',
    code: (form.get('code') ?? '').slice(0, 16),
  }
  const result = await signIn(claim, guesses, ground)
  switch (result.kind) {
    case 'signed-in': {
      const { user, profile, mfa, resetRequired } = result
      const used = { ...profile, lastUsedAt: `${new Date(ground.now()).toISOString().slice(0, 19)}Z` }
      const context = writing(ground)
      await write(context, () => {
        const present = context.directory.loginProfile(user.id)
        const changes =
          present === undefined ? [] : [put(context.directory, { ...present, lastUsedAt: used.lastUsedAt })]
        return { ok: {}, changes }
      })
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

async function takePassword(means: Means, visitor: Visitor, person: Person, form: URLSearchParams): Promise<OwnReply> {
  const { call, ground } = means
  const chosen = form.get('new-password') ?? ''
  if (!person.resetRequired) return redirect(urlOf(call), [], null)
  if (chosen !== form.get('again'))
    return showNewPassword(means, visitor, ['The two passwords are not the same.'], null)
  if (chosen === '' || chosen.length > 128)
    return showNewPassword(means, visitor, ['A password has 1 to 128 characters.'], null)
  const context = writing(ground)
  const prepared = await preparePassword(person.user, chosen, 'as-oneself', context)
  const no = (reason: string, faults: readonly string[]): OwnReply => {
    const told = { status: 400, code: null, reason, cause: null }
    const principal = userArn(ground.directory().account, person.user)
    const decision = refused(asked(means, 'SetPassword'), told, { principal, evidence: faults })
    return showNewPassword(means, visitor, faults, decision)
  }
  if (isActionRefused(prepared))
    return no(prepared.refused.reason, prepared.refused.evidence ?? ['Too many people are signing in. Try again.'])
  const done = await write(context, () => {
    const present = context.directory.loginProfile(person.user.id)
    if (present === undefined || present.secret !== person.profile.secret)
      return { refused: { reason: 'concurrent-modification' } }
    const profile = planPassword(person.user, prepared, false, context)
    return { ok: profile, changes: [put(context.directory, profile)] }
  })
  if (isActionRefused(done))
    return no('concurrent-modification', ['The password was set by someone else. Sign in again.'])
  const next = { ...newVisitor(), person: { ...person, profile: done.ok, resetRequired: false } }
  const principal = userArn(ground.directory().account, person.user)
  return redirect(urlOf(call), cookieFor(next, call, ground), accepted(asked(means, 'SetPassword'), { principal }))
}

// What is shown

function show(means: Means): OwnReply {
  const { call, ground } = means
  const visitor = visitorOf(call, ground)
  const present = visitor ?? newVisitor()
  const { person } = present
  if (person === null) {
    if (call.path === authorizePath) {
      const request = readAuthorizeRequest(call.query, ground)
      if (request.kind !== 'good') return turnAway(means, request)
    }
    return showSignIn(means, present, '', 200, null, null)
  }
  if (person.resetRequired) return showNewPassword(means, present, [], null)
  if (call.path === devicePath) return showDevice(means, present, person)
  if (call.path === authorizePath) return showAuthorize(means, present, person)
  return showStart(means, present, person)
}

function showSignIn(
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

function showNewPassword(
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

function showStart(means: Means, visitor: Visitor, { user }: Person): OwnReply {
  const { call, ground } = means
  const roles = assignedTo(user, ground.directory())
  const page: Page = {
    title: 'Your access',
    parts: [
      { kind: 'text', text: `You are signed in as ${user.name} to account ${accountName(ground)}.` },
      roles.length === 0
        ? { kind: 'text', text: 'No role is assigned to you. Ask your administrator.' }
        : { kind: 'facts', facts: roles.map(({ set }) => [set.name, set.description ?? 'role']) },
      codeForm('Does a program show you a code? Enter it here.'),
      signOutForm(call, visitor, ground),
    ],
  }
  return renderPage(page, null)
}

// A device that waits

function showDevice(means: Means, visitor: Visitor, person: Person): OwnReply {
  const { call, ground } = means
  const typed = new URLSearchParams(call.query).get('user_code')
  if (typed === null || typed === '') return renderPage(codePage(null), null)
  const found = findDevice(means, person, typed)
  if ('reply' in found) return found.reply
  const { request } = found
  const page: Page = {
    title: 'Allow access?',
    parts: [
      { kind: 'text', text: 'A program wants to use AWS as you. Go on only if you have just started it yourself.' },
      { kind: 'code', label: 'It shows this code', text: request.userCode },
      {
        kind: 'facts',
        facts: [
          ['Program', request.clientName],
          ['Asked from', request.sourceIp],
          ['You', person.user.name],
          ['Account', accountName(ground)],
        ],
      },
      decideForm(call, visitor, ground, { user_code: request.userCode }),
    ],
  }
  return renderPage(page, null)
}

function decideDevice(
  means: Means,
  visitor: Visitor,
  person: Person,
  step: 'allow' | 'deny',
  form: URLSearchParams,
): OwnReply {
  const { ground, pending } = means
  const found = findDevice(means, person, form.get('user_code') ?? '')
  if ('reply' in found) return found.reply
  const { request } = found
  pending.decide(request.id, step === 'allow' ? { userId: person.user.id } : 'denied')
  const principal = userArn(ground.directory().account, person.user)
  const operation = step === 'allow' ? 'AllowDevice' : 'DenyDevice'
  const decision = accepted(asked(means, operation), { principal, evidence: [`program ${request.clientName}`] })
  const page: Page =
    step === 'allow'
      ? {
          title: 'Access allowed',
          parts: [{ kind: 'text', text: `${request.clientName} goes on by itself. You can close this window.` }],
        }
      : {
          title: 'Access denied',
          parts: [{ kind: 'text', text: `${request.clientName} was told no. You can close this window.` }],
        }
  return renderPage({ ...page, parts: [...page.parts, signOutForm(means.call, visitor, ground)] }, decision)
}

/** Guessing at codes is slowed down for each person, so nobody finds another one's program (RFC 8628 §5.1). */
function findDevice(
  means: Means,
  { user }: Person,
  typed: string,
): { readonly request: DeviceRequest } | { readonly reply: OwnReply } {
  const { ground, pending, codeGuesses } = means
  const now = ground.now()
  const wait = codeGuesses.wait(user.id, now)
  if (wait > 0) {
    const says = `Too many wrong codes. Wait ${waitText(Math.ceil(wait / 1000))}, then try again.`
    const decision = refusedAs(means, 'FindDevice', 429, 'throttled', `${user.name} has typed many wrong codes`)
    return { reply: renderPage({ ...codePage(says), status: 429 }, decision) }
  }
  const request = pending.deviceByUserCode(readUserCode(typed) ?? '')
  if (request !== undefined && pending.verdictOf(request.id) === null) return { request }
  if (request === undefined) codeGuesses.failed(user.id, now)
  const says = 'No program waits with this code. It may be over: codes last ten minutes and count once.'
  const decision = refusedAs(means, 'FindDevice', 404, 'user-code-unknown', 'no device waits with this code')
  return { reply: renderPage({ ...codePage(says), status: 404 }, decision) }
}

function codePage(alert: string | null): Page {
  return { title: 'Enter the code', alert, parts: [codeForm('Type the code that the program shows.')] }
}

function codeForm(hint: string): Part {
  return {
    kind: 'form',
    method: 'get',
    action: devicePath,
    hidden: {},
    fields: [{ name: 'user_code', label: 'Code', hint, autocomplete: 'off' }],
    buttons: [{ step: '', label: 'Next' }],
  }
}

// A program that came by the browser

function showAuthorize(means: Means, visitor: Visitor, person: Person): OwnReply {
  const { call, ground } = means
  const request = readAuthorizeRequest(call.query, ground)
  if (request.kind !== 'good') return turnAway(means, request)
  const page: Page = {
    title: 'Allow access?',
    parts: [
      { kind: 'text', text: 'A program wants to use AWS as you. Go on only if you have just started it yourself.' },
      {
        kind: 'facts',
        facts: [
          ['Program', request.client.name],
          ['Goes back to', new URL(request.redirectUri).host],
          ['You', person.user.name],
          ['Account', accountName(ground)],
        ],
      },
      decideForm(call, visitor, ground, {}),
    ],
  }
  return renderPage(page, null, [], goesTo(means))
}

function decideAuthorize(
  means: Means,
  person: Person,
  request: Extract<AuthorizeRequest, { kind: 'good' }>,
  step: 'allow' | 'deny',
): OwnReply {
  const { ground, pending } = means
  const { client, redirectUri, state, challenge } = request
  const principal = userArn(ground.directory().account, person.user)
  const evidence = [`program ${client.name}`]
  if (step === 'deny') {
    const to = redirectTo(redirectUri, { error: 'access_denied', error_description: 'The person said no.', state })
    return redirect(to, [], accepted(asked(means, 'DenyClient'), { principal, evidence }))
  }
  const code = pending.addCode({ userId: person.user.id, clientId: client.id, redirectUri, challenge })
  if (code === null) {
    const to = redirectTo(redirectUri, { error: 'temporarily_unavailable', state })
    return redirect(to, [], refusedAs(means, 'AllowClient', 503, 'throttled', 'too many codes wait to be exchanged'))
  }
  const to = redirectTo(redirectUri, { code, state })
  return redirect(to, [], accepted(asked(means, 'AllowClient'), { principal, evidence }))
}

function turnAway(means: Means, request: Exclude<AuthorizeRequest, { kind: 'good' }>): OwnReply {
  const decision = refusedAs(means, 'Authorize', 400, 'authorize-request-wrong', request.says)
  if (request.kind === 'bad') {
    const { redirectUri, state, error, says } = request
    return redirect(redirectTo(redirectUri, { error, error_description: says, state }), [], decision)
  }
  const parts: Part[] = [
    { kind: 'text', text: request.says },
    { kind: 'text', quiet: true, text: 'Start the program anew; if that does not help, sign it out first.' },
  ]
  return renderPage({ title: 'This cannot be allowed', status: 400, parts }, decision)
}

// Parts of pages

function decideForm(call: Received, visitor: Visitor, ground: Ground, hidden: Readonly<Record<string, string>>): Part {
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

function signOutForm(call: Received, visitor: Visitor, ground: Ground): Part {
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
function goesTo({ call, ground }: Means): string | null {
  if (call.path !== authorizePath) return null
  const request = readAuthorizeRequest(call.query, ground)
  return request.kind === 'good' ? new URL(request.redirectUri).origin : null
}

function urlOf({ path, query }: Received): string {
  return query === '' ? path : `${path}?${query}`
}

/** The form by GET after each POST, so that going back and reloading ask nothing twice (RFC 9110 §15.4.4). */
function redirect(to: string, more: readonly string[], decision: Decision | null): OwnReply {
  const headers = ['Location', to, 'Referrer-Policy', 'no-referrer', ...more]
  return { status: 303, contentType: 'text/plain; charset=utf-8', body: '', decision, more: headers }
}

function accountName(ground: Ground): string {
  const { alias, id } = ground.directory().account
  return alias === null ? id : `${alias} (${id})`
}

function waitText(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}

function asked({ ground, call }: Means, operation: string): Asked {
  return { ground, call, endpoint: 'signin', operation }
}

function refusedAs(means: Means, operation: string, status: number, reason: string, evidence: string): Decision {
  return refused(asked(means, operation), { status, code: null, reason, cause: null }, { evidence: [evidence] })
}

function readForm(call: Received, body: Uint8Array): URLSearchParams | null {
  const type = headerOf(call, 'content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return null
  return new URLSearchParams(Buffer.from(body).toString('utf8'))
}
