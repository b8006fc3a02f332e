import type { AssumeRolePlan } from '../sources/plan.ts'
import { cachedRole } from './cli-cache.ts'
import { described, type Failed, failed, type Means, type Outcome } from './resolution.ts'
import { askSts, sessionNameOf } from './sts.ts'

/**
 * `sts:AssumeRole`, signed with what the source of the role gives (which may be a role again). With the AWS CLI's rules a session
 * that the CLI has cached is used instead.
 */
export async function assumeRole(plan: AssumeRolePlan, means: Means): Promise<Outcome> {
  const cached = cachedRole(means, plan)
  if (cached !== null) return cached
  if (means.offline) return described('network', `sts:AssumeRole would be asked for ${plan.roleArn}`)
  // Before anything is run for nothing.
  if (plan.mfaSerial !== null && means.askCode === null)
    return needsCode(plan, 'and nobody was there to be asked for it')
  const source = await means.resolve(plan.from)
  if (source.kind !== 'resolved') return source
  const code = await codeFor(plan, means)
  if (typeof code === 'object' && code !== null) return code
  return await askSts(means, {
    operation: 'AssumeRole',
    provider: 'assume-role',
    profile: plan.profile,
    at: plan.at,
    region: plan.region,
    credential: source.credential,
    parameters: [
      ['RoleArn', plan.roleArn],
      ['RoleSessionName', plan.sessionName ?? sessionNameOf(means, 'AssumeRole')],
      ['ExternalId', plan.externalId],
      ['DurationSeconds', plan.durationSeconds === null ? null : String(plan.durationSeconds)],
      ['SerialNumber', plan.mfaSerial],
      ['TokenCode', code],
    ],
  })
}

/** The one-time code of the device; null when the role wants none. */
async function codeFor(plan: AssumeRolePlan, { askCode }: Means): Promise<string | null | Failed> {
  if (plan.mfaSerial === null || askCode === null) return null
  const code = (await askCode(plan.mfaSerial))?.trim() ?? ''
  if (code === '') return needsCode(plan, 'and none was given')
  return /^\d{6}$/.test(code) ? code : needsCode(plan, 'and what was given is not six digits')
}

function needsCode({ roleArn, mfaSerial, at }: AssumeRolePlan, why: string): Failed {
  const because = `the role ${roleArn} wants a one-time code of ${mfaSerial}, ${why}`
  return failed('needs-mfa', `MultiFactorCodeRequired: a code of ${mfaSerial} is needed`, because, at)
}
