import { ownSession, type Principal } from '../../model/principal.ts'
import { type ActionContext, action } from '../grid.ts'
import { credentials, stsSerialNumber, tokenCode } from '../members.ts'
import { isRefused } from '../sentences.ts'
import { write } from '../write.ts'
import { epochSeconds, issue, newClaims } from './issue.ts'
import { judgeCode } from './one-time-code.ts'

const DEFAULT_SECONDS = 43_200
/** Root gets an hour at most, without being told (API reference, GetSessionToken). */
const ROOT_SECONDS = 3_600

/** Temporary credentials of the caller itself: no permission is needed, and none can be denied (`authority.md` §3.6). */
export const getSessionToken = action({
  service: 'sts',
  name: 'GetSessionToken',
  input: {
    DurationSeconds: { type: 'integer', min: 900, max: 129_600 },
    SerialNumber: stsSerialNumber,
    TokenCode: tokenCode,
  },
  output: { Credentials: credentials },
  permission: 'free',
  run: (input, context) => {
    const { principal } = context
    if (principal.type === 'role' || principal.type === 'federated' || principal.session !== null)
      return {
        refused: { reason: 'called-with-session', operation: 'GetSessionToken', cause: 'session-from-session' },
      }
    const give = (mfa: boolean) => ({ Credentials: sessionOf(principal, input.DurationSeconds, mfa, context) })
    if (input.SerialNumber === undefined && input.TokenCode === undefined) return { ok: give(false) }
    return write(context, () => {
      const code = judgeCode(input, context)
      if (isRefused(code)) return code
      return { ok: give(code.shown), changes: code.shown ? [code.change] : [] }
    })
  },
})

function sessionOf(
  principal: Extract<Principal, { type: 'root' | 'user' }>,
  seconds: number | undefined,
  mfa: boolean,
  context: ActionContext,
) {
  const root = principal.type === 'root'
  const claims = newClaims(
    {
      type: 'session',
      duration: root ? Math.min(seconds ?? ROOT_SECONDS, ROOT_SECONDS) : (seconds ?? DEFAULT_SECONDS),
      mfaAt: mfa ? epochSeconds(context.now) : null,
      ownerId: root ? 'root' : principal.userId,
      parentKeyId: principal.accessKeyId,
      ...ownSession,
    },
    context,
  )
  return issue(claims, context)
}
