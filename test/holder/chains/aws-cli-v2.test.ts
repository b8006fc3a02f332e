import { describe, expect, test } from 'vitest'
import { traceChain } from '../../../src/holder/chains/index.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { agreementOf } from '../../truth/agreement.ts'

const home = '/house/ana'
const session = 'arn:aws:iam::123456789012:user/ana'
const role = 'arn:aws:iam::123456789012:role/r'
const pair = 'aws_access_key_id = AKIDFILE\naws_secret_access_key = made-up-secret\n'

function ask(config: string, env: Record<string, string>, version?: string) {
  const machine = recordedMachine({
    env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    files: { [`${home}/.aws/config`]: config },
    userHome: home,
  })
  return traceChain(machine, { sdk: 'aws-cli-v2', ...(version === undefined ? {} : { version }) })
}

describe('the chain of the AWS CLI v2', () => {
  const { version, states, answered, wrong } = agreementOf('aws-cli-v2')

  test(`is that of ${version} in all ${states} recorded states, when asked for that version`, () => {
    expect(version).toBe('2.9.19')
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })

  test('knows aws login since 2.32', () => {
    const config = `[default]\nlogin_session = ${session}\n${pair}`
    expect(ask(config, {}, '2.31.39').winner?.provider).toBe('config-file')
    expect(ask(config, {}, '2.32.0').error?.says).toMatch(/^LoginTokenLoadError: /)
    expect(ask(config, {}).error?.says).toMatch(/^LoginTokenLoadError: /)
  })

  test('honours AWS_ENDPOINT_URL since 2.13', () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'eu-west-1' }
    const stsOf = (asked?: string) => ask(`[default]\n${pair}`, env, asked).endpoint.sts
    expect([stsOf('2.12.7'), stsOf('2.13.0'), stsOf()]).toEqual([
      'https://sts.eu-west-1.amazonaws.com',
      'http://127.0.0.1:1',
      'http://127.0.0.1:1',
    ])
  })

  test('asks an instance for its region, so that a role without one is no error there', () => {
    const config = `[default]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\n${pair}`
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }
    expect(ask(config, env).error?.says).toBe('NoRegionError: You must specify a region.')
    const onInstance = {
      ...env,
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1',
    }
    expect(ask(config, onInstance).winner?.provider).toBe('assume-role')
  })

  test('takes no settings of retries that are none, in its own words', () => {
    const refused = (env: Record<string, string>) =>
      ask(`[default]\nregion = eu-west-1\n${pair}`, env, '2.9.19').clientError?.says
    expect(refused({ AWS_RETRY_MODE: 'legacy' })).toBe(
      'InvalidRetryModeError: Invalid value provided to "mode": "legacy" must be one of: "standard" or "adaptive"',
    )
    expect(refused({ AWS_MAX_ATTEMPTS: '-1' })).toBe(
      'InvalidMaxRetryAttemptsError: Value provided to "max_attempts": -1 must be an integer greater than or equal to one.',
    )
  })

  test('looks at checksums since a version between 2.9.19 and the newest', () => {
    const refused = (version?: string) =>
      ask(`[default]\nregion = eu-west-1\n${pair}`, { AWS_REQUEST_CHECKSUM_CALCULATION: 'x' }, version).clientError
    expect(refused('2.9.19')).toBe(null)
    expect(refused()?.says).toMatch(/^InvalidChecksumConfigError: /)
  })
})
