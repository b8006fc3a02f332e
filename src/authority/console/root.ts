import { planEnabling, planResync } from '../actions/iam/mfa-devices.ts'
import { endingSessions } from '../actions/passwords.ts'
import { isRefused } from '../actions/sentences.ts'
import { put, remove, write } from '../actions/write.ts'
import { type Context, type Ground, writing } from '../sign-in/ground.ts'
import { accepted, json } from '../sign-in/replies.ts'
import { faultOf } from '../wire/index.ts'
import type { ConsoleSession } from './session.ts'
import { asked, changeTo, no, signedOut, textOf } from './steps.ts'
import type { OpenRow, Visit } from './visit.ts'

/*
 * Root has no password until it chooses one. Until then the operator, who alone sees what `serve` prints, has a link to the page that
 * asks for it. The token stands behind the `#`, so browsers send it in no request line and in no `Referer`.
 */

/** Seconds. */
const linkLifetime = 86_400

interface FirstToken {
  /** The account. */
  readonly a: string
  /** When it was made, in seconds since the epoch. */
  readonly t: number
  /** How often root's password had been taken away by then. */
  readonly r: number
}

/** The link to root's first sign-in; null when root has a password. `origin`: `http://127.0.0.1:7374`. */
export function firstSignInLink(ground: Ground, origin: string): string | null {
  const { account, hasPassword } = seen(ground)
  if (hasPassword) return null
  const token: FirstToken = { a: account.id, t: Math.floor(ground.now() / 1000), r: account.rootResets ?? 0 }
  return `${origin}/console/first#token=${ground.state.seal('first sign-in', token)}`
}

/** For an operator who has lost it: takes root's password away, ends its sign-ins, and makes earlier links worthless. */
export async function resetRootPassword(ground: Ground): Promise<void> {
  const context = writing(ground)
  const { directory } = context
  await write(context, () => {
    const { account } = directory
    const profile = directory.loginProfile('root')
    const counted = { ...account, rootResets: (account.rootResets ?? 0) + 1 }
    const gone = profile === undefined ? [] : [remove(directory, profile)]
    return { ok: {}, changes: [put(directory, counted), ...gone, ...endingSessions('root', context)] }
  })
}

const first: OpenRow = {
  method: 'POST',
  path: 'sign-in/first',
  async run(visit) {
    const { ground } = visit
    const token = textOf(visit, 'token', 4096)
    const [email, chosen] = [textOf(visit, 'email')?.trim(), textOf(visit, 'password')]
    if (token === null || email === undefined || chosen === null)
      return json(
        400,
        { message: 'A JSON object with token, email and password is wanted.', reason: 'malformed' },
        null,
      )
    const fault = faultOfLink(token, ground)
    if (fault !== null) {
      const message = 'The link is not valid, or not any more. It counts once, and for a day.'
      return no(visit, 'PasswordUpdated', 403, 'link-over', message, { evidence: [fault] })
    }
    if (!/^[^\s@]{1,64}@[^\s@]{1,189}$/.test(email))
      return json(400, { message: 'That is no e-mail address.', reason: 'email' }, null)
    const context = writing(ground)
    return changeTo(visit, 'root', null, chosen, {
      mfaAt: null,
      operation: 'ConsoleLogin',
      names: [email],
      along: () => [put(context.directory, { ...context.directory.account, rootEmail: email })],
    })
  },
}

function seen(ground: Ground) {
  const directory = ground.directory()
  return { account: directory.account, hasPassword: directory.loginProfile('root') !== undefined }
}

function faultOfLink(text: string, ground: Ground): string | null {
  const token = ground.state.open('first sign-in', text) as FirstToken | null
  const { account, hasPassword } = seen(ground)
  if (token === null || token.a !== account.id) return 'the link was not given out here'
  if (hasPassword) return 'root has a password: the link was used before'
  if (token.r !== (account.rootResets ?? 0)) return 'the link is older than the last --reset-root-password'
  const now = ground.now() / 1000
  return token.t + linkLifetime <= now || token.t > now + 60 ? 'the link is more than a day old' : null
}

type Planned = ReturnType<typeof planEnabling>
type TwoCodes = Parameters<typeof planEnabling>[1]

/**
 * Registers a device for root, which no operation of IAM does (`authority.md` §4.7). The session goes on, without
 * MFA as before; root's others end.
 */
const device = showingTwoCodes('root-mfa', 'EnableMFADevice', 'enabled', (codes, session, context) => {
  const planned = planEnabling('root', codes, context)
  const kept = context.directory.consoleSession(session.id)
  if (isRefused(planned) || kept === undefined) return planned
  return { ok: {}, changes: [...planned.changes, put(context.directory, { ...kept, deviceRegistered: true })] }
})

/** Puts a device of root in step again: ResyncMFADevice asks for the name of a user, and root has none. */
const resync = showingTwoCodes('root-mfa/resync', 'ResyncMFADevice', 'resynced', (codes, _session, context) =>
  planResync('root', codes, context),
)

/** What root does in its session with a device and two codes of it. `told`: what the reply says is true. */
function showingTwoCodes(
  path: string,
  operation: string,
  told: string,
  plan: (codes: TwoCodes, session: ConsoleSession, context: Context) => Planned,
): OpenRow {
  return {
    method: 'POST',
    path,
    async run(visit) {
      const { ground, session } = visit
      if (session === null) return signedOut()
      const { principal } = session
      if (principal.type !== 'root') return json(403, { message: 'Only root may do this.', reason: 'not-root' }, null)
      const codes = twoCodesOf(visit)
      if (codes === null) {
        const message = 'A JSON object with serialNumber, code1 and code2 is wanted.'
        return json(400, { message, reason: 'malformed' }, null)
      }
      const who = { principal: principal.arn, accessKeyId: principal.accessKeyId }
      const context = writing(ground)
      const done = await write(context, () => plan(codes, session, context))
      if (!isRefused(done)) return json(200, { [told]: true }, accepted(asked(visit, operation), who))
      const { status, message } = faultOf(done.refused, 'iam')
      const { reason, cause = null, evidence = [] } = done.refused
      return no(visit, operation, status, reason, message, { ...who, cause, evidence })
    },
  }
}

function twoCodesOf(visit: Visit): TwoCodes | null {
  const [SerialNumber, AuthenticationCode1, AuthenticationCode2] = ['serialNumber', 'code1', 'code2'].map((name) =>
    textOf(visit, name),
  )
  if (SerialNumber == null || AuthenticationCode1 == null || AuthenticationCode2 == null) return null
  return { SerialNumber, AuthenticationCode1, AuthenticationCode2 }
}

export const rootRows: readonly OpenRow[] = [first, device, resync]
