import { absolutePath } from '../machine/paths.ts'
import type { WebIdentityPlan } from '../sources/plan.ts'
import { cachedWebIdentity } from './cli-cache.ts'
import { described, type Failed, failed, type Means, type Outcome } from './resolution.ts'
import { askSts, sessionNameOf } from './sts.ts'

/** `sts:AssumeRoleWithWebIdentity`, with the token that the file holds now. */
export async function webIdentity(plan: WebIdentityPlan, means: Means): Promise<Outcome> {
  const cached = cachedWebIdentity(means, plan)
  if (cached !== null) return cached
  const token = tokenOf(plan, means)
  if (typeof token === 'object') return token
  if (means.offline) return described('network', `sts:AssumeRoleWithWebIdentity would be asked for ${plan.roleArn}`)
  return await askSts(means, {
    operation: 'AssumeRoleWithWebIdentity',
    provider: 'assume-role-with-web-identity',
    profile: plan.profile,
    at: plan.at,
    region: plan.region,
    credential: null,
    parameters: [
      ['RoleArn', plan.roleArn],
      ['RoleSessionName', plan.sessionName ?? sessionNameOf(means, 'AssumeRoleWithWebIdentity')],
      ['WebIdentityToken', token],
    ],
  })
}

function tokenOf({ tokenFile, at }: WebIdentityPlan, { machine }: Means): string | Failed {
  const reading = machine.readFile(absolutePath(machine, tokenFile))
  if (reading.kind === 'absent') {
    const says = `FileNotFoundError: No such file or directory: '${tokenFile}'`
    return failed('token-file', says, `the token file ${tokenFile} does not exist`, at)
  }
  if (reading.kind === 'unreadable') {
    const because = `the token file ${tokenFile} cannot be read: ${reading.detail}`
    return failed('token-file', `OSError: ${reading.detail}`, because, at)
  }
  // A line end after the token is no part of it, and STS takes no blanks.
  const token = new TextDecoder().decode(reading.bytes).trim()
  if (token !== '') return token
  return failed('token-file', 'InvalidIdentityToken: the token is empty', `the token file ${tokenFile} is empty`, at)
}
