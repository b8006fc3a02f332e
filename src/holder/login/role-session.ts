import { type Failed, type ResolutionOptions, resolveStep } from '../resolution/index.ts'
import type { AssumeRolePlan, CredentialPlan } from '../sources/plan.ts'
import { checkDuration } from './duration.ts'
import type { LoginMeans, Refused } from './means.ts'
import { refused, refusedBecause } from './means.ts'
import { isFido } from './mfa-device.ts'
import { type Codes, codesOf, isWrongCode } from './one-time-code.ts'
import { type MadeSession, noCode, whyRefused } from './session-token.ts'

export interface RoleQuestion {
  readonly profile: string
  /** Seconds instead of `duration_seconds` of the profile; null: as configured. */
  readonly duration: number | null
  /** What came with `--code`. */
  readonly code: string | null
}

/** Whether a role, or one that it starts from, wants a one-time code. */
export function wantsCode(plan: CredentialPlan): boolean {
  return plan.kind === 'assume-role' && (plan.mfaSerial !== null || wantsCode(plan.from))
}

/** Whether the role is assumed with a session of another role, which AWS ends after an hour. */
export function isChained({ from }: AssumeRolePlan): boolean {
  return (
    from.kind === 'assume-role' ||
    from.kind === 'sso' ||
    from.kind === 'web-identity' ||
    from.kind === 'container' ||
    from.kind === 'instance-metadata'
  )
}

/**
 * Assumes the role of a plan, with its whole chain. A wrong code gets one more try, with another code. What the AWS CLI keeps of
 * an earlier session is left alone: its end cannot be chosen any more.
 */
export async function assumeRoleOf(
  plan: AssumeRolePlan,
  means: LoginMeans,
  question: RoleQuestion,
): Promise<MadeSession | Refused> {
  const { profile, duration } = question
  const wrong = checkDuration(duration ?? plan.durationSeconds, isChained(plan) ? 'chained' : 'role')
  if (wrong !== null) return wrong
  const fido = serialsOf(plan).find(isFido)
  if (fido !== undefined)
    return refused(
      'device-unusable',
      `The role wants a code of ${fido}, which is a passkey or security key: it has no codes.`,
      'Put the ARN of a virtual device (an authenticator app) into mfa_serial; a user may have eight devices.',
    )
  const asked = { ...plan, durationSeconds: duration ?? plan.durationSeconds }
  const trace = { ...means.trace, sdk: 'boto3' as const }
  const codes = new Map<string, Codes>()
  let serial = plan.mfaSerial ?? ''
  const options: ResolutionOptions = {
    ...means,
    around: throughKeys(means),
    askCode: async (wanted) => {
      serial = wanted
      const known = codes.get(wanted) ?? codesOf(means.person, wanted, codes.size === 0 ? question.code : null)
      codes.set(wanted, known)
      return await known.next()
    },
  }
  let wrongCode: Failed | null = null
  for (;;) {
    const step = { ...trace.winner!, plan: asked }
    const outcome = await resolveStep(means.machine, trace, step, options, means.files)
    if (outcome.kind === 'described') return refused('unreachable', `Offline: ${outcome.because}.`)
    if (outcome.kind === 'resolved') return whole(outcome.credential)
    if (outcome.reason === 'needs-mfa') return noCode(serial, wrongCode, means.machine.now())
    if (isWrongCode(outcome) && wrongCode === null) {
      wrongCode = outcome
      continue
    }
    const madeHere = codes.get(serial)?.madeHere === true
    if (serial === '') return tooLong(outcome.says) ?? refusedBecause(outcome, profile)
    const now = means.machine.now()
    return tooLong(outcome.says) ?? whyRefused(outcome, { profile, serial, now, madeHere })
  }
}

/** A source that is `credential_process` of this very program is read from where the key is kept, without a program. */
export function throughKeys({ keys }: Pick<LoginMeans, 'keys'>): NonNullable<ResolutionOptions['around']> {
  return async (plan, run) => {
    const credential = plan.kind === 'process' ? await keys.ofProcess(plan.command) : null
    return credential === null ? await run(plan) : { kind: 'resolved', credential, roleSession: null }
  }
}

function whole(credential: MadeSession['credential']): MadeSession | Refused {
  const expiration = credential.expiration?.value ?? null
  return expiration === null
    ? refused('denied', 'What came for the role does not say until when it lasts.')
    : { kind: 'session', credential, expiration }
}

/** STS's sentences for a duration that the role, or role chaining, does not allow (errors reference §1.10). */
function tooLong(says: string): Refused | null {
  if (/exceeds the 1 hour session limit for roles assumed by role chaining/.test(says))
    return checkDuration(Number.POSITIVE_INFINITY, 'chained')
  if (!/exceeds the MaxSessionDuration/.test(says)) return null
  return refused(
    'usage',
    'The role does not allow sessions that long (its MaxSessionDuration).',
    'Give a shorter --duration, or duration_seconds in the profile; 1h is always allowed.',
  )
}

function serialsOf(plan: CredentialPlan): readonly string[] {
  if (plan.kind !== 'assume-role') return []
  return [...(plan.mfaSerial === null ? [] : [plan.mfaSerial]), ...serialsOf(plan.from)]
}
