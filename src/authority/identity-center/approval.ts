import { userArn } from '../model/arn-of.ts'
import { headerOf } from '../sign-in/ground.ts'
import { passwordMark } from '../sign-in/people.ts'
import { accepted } from '../sign-in/replies.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { type AuthorizeRequest, readAuthorizeRequest, redirectTo } from './authorize-request.ts'
import { clientMark } from './clients.ts'
import { type Ground, startPath } from './ground.ts'
import {
  accountName,
  asked,
  authorizePath,
  decideForm,
  devicePath,
  goesTo,
  type Means,
  type Person,
  redirect,
  refusedAs,
  signOutForm,
  urlOf,
  waitText,
} from './page-parts.ts'
import { type Page, type Part, renderPage } from './pages.ts'
import { type DeviceRequest, type Leave, readUserCode } from './pending.ts'
import { assignedTo } from './portal.ts'
import { showNewPassword, showSignIn, takePassword, takeSignIn } from './sign-in.ts'
import { isFormToken, newVisitor, noCookie, type Visitor, visitorOf } from './visitor.ts'

/*
 * The pages on which people sign in and allow what a program asks for: plain forms, without a script. What a visitor sees depends on the
 * URL and the cookie alone, so every form is posted to the URL of its page and answered by a redirect back to it.
 */

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
        action: call.path,
        // A form by GET has its own query in place of the address's.
        hidden: Object.fromEntries(new URLSearchParams(call.query)),
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

function showStart(means: Means, visitor: Visitor, { user }: Person): OwnReply {
  const { call, ground } = means
  const roles = assignedTo(user, ground.directory())
  const page: Page = {
    title: 'Your access',
    parts: [
      { kind: 'text', text: `You are signed in as ${user.name} to account ${accountName(ground)}.` },
      roles.length === 0
        ? { kind: 'text', text: 'No role is assigned to you. Ask your administrator.' }
        : {
            kind: 'facts',
            facts: roles.map(({ set: { name, description } }) => [
              'Role',
              description === null ? name : `${name}: ${description}`,
            ]),
          },
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
  pending.decide(request.id, step === 'allow' ? leaveOf(person, ground) : 'denied')
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
  const code = pending.addCode({
    ...leaveOf(person, ground),
    client: clientMark(client, ground),
    redirectUri,
    challenge,
  })
  if (code === null) {
    const to = redirectTo(redirectUri, { error: 'temporarily_unavailable', state })
    return redirect(to, [], refusedAs(means, 'AllowClient', 503, 'throttled', 'too many codes wait to be exchanged'))
  }
  const to = redirectTo(redirectUri, { code, state })
  return redirect(to, [], accepted(asked(means, 'AllowClient'), { principal, evidence }))
}

function leaveOf({ user, profile }: Person, ground: Ground): Leave {
  return { userId: user.id, password: passwordMark(profile, ground) }
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

function readForm(call: Received, body: Uint8Array): URLSearchParams | null {
  const type = headerOf(call, 'content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return null
  return new URLSearchParams(Buffer.from(body).toString('utf8'))
}
