import { type Caller, callAws } from '../calls/index.ts'
import { parseInstant } from '../files/instants.ts'
import type { Failed } from '../resolution/index.ts'
import { credentialOf } from '../resolution/resolution.ts'
import type { Credential } from '../sources/credential.ts'
import { type Refused, refused, refusedBecause } from './means.ts'
import { type Codes, isWrongCode } from './one-time-code.ts'
import { profileWord, shellWord } from './shell-word.ts'

/** A session that a login has made. */
export interface MadeSession {
  readonly kind: 'session'
  readonly credential: Credential
  readonly expiration: Date
}

export interface SessionTokenQuestion {
  readonly profile: string
  readonly serial: string
  /** Seconds; null: what AWS gives by itself (12 hours, to the root user one). */
  readonly duration: number | null
}

/** A code counts for the step before and after its own, too: a clock that is off by less does no harm. */
const skewMs = 60_000

/**
 * `sts:GetSessionToken` with the code of a device. A wrong code gets one more try, with another code.
 * (STS API, GetSessionToken; AWS's sentences: errors reference §1.10.)
 */
export async function getSessionToken(
  caller: Caller,
  codes: Codes,
  { profile, serial, duration }: SessionTokenQuestion,
): Promise<MadeSession | Refused> {
  let wrong: Failed | null = null
  for (;;) {
    const code = await codes.next()
    if (code === null) return noCode(serial, wrong, caller.machine.now())
    const answer = await callAws(caller, 'sts', 'GetSessionToken', {
      SerialNumber: serial,
      TokenCode: code,
      ...(duration === null ? {} : { DurationSeconds: String(duration) }),
    })
    if (answer.kind === 'described') return refused('unreachable', `Offline: ${answer.because}.`)
    if (answer.kind === 'answered') return sessionIn(answer, profile)
    if (isWrongCode(answer) && wrong === null) {
      wrong = answer
      continue
    }
    return whyRefused(answer, { profile, serial, now: caller.machine.now(), madeHere: codes.madeHere })
  }
}

/** @param wrong what AWS answered to the code before */
export function noCode(serial: string, wrong: Failed | null, now: Date): Refused {
  const clock = wrong === null ? null : clockWords(wrong, now)
  if (clock !== null) return refused('clock', `AWS did not take the code. ${clock}`, setTheClock)
  if (wrong !== null) return refused('code-wrong', 'AWS did not take the code, and no other one was given.')
  return refused(
    'no-answer',
    `A one-time code of ${serial} is needed: six digits. None was given.`,
    `Run it where somebody can type, give the code with --code, or keep the seed of the device in the keychain: countersign configure import --mfa-seed ${serial}`,
  )
}

const setTheClock = 'Set the clock, then log in again.'

/** What AWS's refusal of a call with a code means. */
export function whyRefused(
  failure: Failed,
  about: { readonly profile: string; readonly serial: string; readonly now: Date; readonly madeHere: boolean },
): Refused {
  const { serial, profile, now, madeHere } = about
  const message = failure.refusal?.message ?? ''
  const clock = clockWords(failure, now)
  if (isWrongCode(failure)) {
    if (clock !== null) return refused('clock', `AWS did not take the code. ${clock}`, setTheClock)
    const hint = madeHere
      ? 'The seed that is kept for it may be of a device that was replaced meanwhile.'
      : 'Is it the code of this very device? Is the clock of the phone set by the network? A device that ran ahead is synchronised in the IAM console ("Resync").'
    return refused('code-wrong', `AWS did not take the codes of ${serial}.`, hint)
  }
  if (/unable to validate MFA code/.test(message))
    return refused(
      'serial-wrong',
      `AWS knows no MFA device ${serial} of this user.`,
      'Leave --serial and mfa_serial out to have it looked up, or see the IAM console: Users, Security credentials.',
    )
  if (/Cannot call GetSessionToken with session credentials/.test(message)) return temporarySource(profile, [])
  const late = clock !== null && /SignatureDoesNotMatch|RequestExpired|RequestTimeTooSkewed/.test(failure.says)
  if (late) return refused('clock', clock, setTheClock)
  return refusedBecause(failure, profile)
}

/** @param starts profiles that hold a long-term key */
export function temporarySource(profile: string, starts: readonly string[]): Refused {
  // aws-mfa keeps the key under this name, and the session under the plain one.
  const commandFor = (start: string): string =>
    `countersign login ${profileWord(start)}${start === `${profile}-long-term` ? ` --update-profile ${shellWord(profile)}` : ''}`
  return refused(
    'source-is-temporary',
    `The credentials of ${profile} are a session already, and AWS makes no session from a session (GetSessionToken takes a user's own key).`,
    starts.length === 0
      ? 'Log in with a profile that holds the access key of a user (AKIA…).'
      : `Start from a profile with a user's own key: ${starts.map(commandFor).join(', or ')}`,
  )
}

/** Null when the clocks agree, or nothing tells. */
function clockWords({ refusal }: Failed, now: Date): string | null {
  const theirs = refusal?.date === null || refusal?.date === undefined ? Number.NaN : Date.parse(refusal.date)
  const ahead = now.getTime() - theirs
  if (Number.isNaN(theirs) || Math.abs(ahead) < skewMs) return null
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  const much = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
  return `The clock of this computer is ${much} ${ahead > 0 ? 'ahead of' : 'behind'} that of AWS.`
}

function sessionIn(answer: { text(name: string): string | null }, profile: string): MadeSession | Refused {
  const [accessKeyId, secretAccessKey, sessionToken] = [
    answer.text('AccessKeyId'),
    answer.text('SecretAccessKey'),
    answer.text('SessionToken'),
  ]
  const expiration = parseInstant(answer.text('Expiration') ?? '')?.at ?? null
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || expiration === null)
    return refused('denied', 'The answer to sts:GetSessionToken does not hold whole credentials.')
  const values = { accessKeyId, secretAccessKey, sessionToken, expiration, accountId: null }
  return {
    kind: 'session',
    credential: credentialOf('shared-credentials-file', profile, 'sts:GetSessionToken', values),
    expiration,
  }
}
