import type { ChainRules } from '../../../src/holder/chains/rules.ts'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { type RecordedFile, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import type { CredentialPlan } from '../../../src/holder/sources/plan.ts'

/** A machine state as the rows of divergences tell it. */
export interface State {
  readonly env?: Readonly<Record<string, string>>
  readonly config?: RecordedFile
  readonly credentials?: RecordedFile
  readonly files?: Readonly<Record<string, RecordedFile>>
  readonly profile?: string
  readonly platform?: Machine['platform']
}

export const home = '/home/u'
export const role = 'arn:aws:iam::123456789012:role/R'

/** A pair of keys as lines of a section. */
export function pair(id: string): string {
  return `aws_access_key_id = ${id}\naws_secret_access_key = secret-of-${id}\n`
}

/** What an SDK makes of a state, in one line: the key id, what would be asked and with which keys, the error, or `none`. */
export function outcome(rules: ChainRules, state: State): string {
  const { winner, error } = trace(rules, state)
  if (error !== null) return `error ${error.says}`
  if (winner === null) return 'none'
  if (winner.credential !== null) {
    const token = winner.credential.sessionToken?.value.reveal()
    return `${winner.provider} ${winner.credential.accessKeyId.value}${token === undefined ? '' : ` token ${token}`}`
  }
  return winner.plan === null ? winner.provider : `${winner.provider} ${told(winner.plan)}`
}

export function trace(rules: ChainRules, state: State): ReturnType<ChainRules['trace']> {
  const machine = machineOf(state)
  return rules.trace(machine, { profile: state.profile }, readAwsFiles(machine))
}

export function machineOf({ env, config, credentials, files, platform }: State): Machine {
  return recordedMachine({
    env: { HOME: home, ...env },
    files: {
      ...(config === undefined ? {} : { [`${home}/.aws/config`]: config }),
      ...(credentials === undefined ? {} : { [`${home}/.aws/credentials`]: credentials }),
      ...files,
    },
    ...(platform === undefined ? {} : { platform }),
    cwd: platform === 'win32' ? 'C:\\work' : '/desk',
    userHome: home,
  })
}

function told(plan: CredentialPlan): string {
  switch (plan.kind) {
    case 'static':
      return plan.credential.accessKeyId.value
    case 'assume-role':
      return `${nameOf(plan.roleArn)} by ${told(plan.from)}`
    case 'web-identity':
      return nameOf(plan.roleArn)
    case 'sso':
      return `${plan.roleName} in ${plan.accountId}`
    case 'login':
      return plan.session
    case 'process':
      return plan.command
    case 'container':
      return plan.url
    case 'instance-metadata':
      return plan.endpoint
  }
}

function nameOf(arn: string): string {
  return arn.replace(/^.*role\//, '')
}
