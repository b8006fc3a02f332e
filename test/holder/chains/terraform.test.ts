import { describe, expect, test } from 'vitest'
import { goV2 } from '../../../src/holder/chains/go-v2.ts'
import { terraform } from '../../../src/holder/chains/terraform.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }

describe('the chain of the AWS provider of Terraform', () => {
  const { version, states, answered, wrong } = agreementOf('terraform')

  test(`is that of aws-sdk-go-base ${version} in all ${states} recorded states, first calls included`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

describe('the rules of the AWS provider of Terraform', () => {
  test('D13: its profile comes before keys in the environment, AWS_PROFILE does not', () => {
    const credentials = `[dev]\n${pair('DEV')}`
    expect(outcome(terraform, { env: environmentKeys, credentials, profile: 'dev' })).toBe(
      'shared-credentials-file DEV',
    )
    expect(outcome(terraform, { env: { ...environmentKeys, AWS_PROFILE: 'dev' }, credentials })).toBe('env ENV')
  })

  test('D03, D18, D33: it stops and assumes roles as the SDK does', () => {
    const states: readonly State[] = [
      { env: { ...environmentKeys, AWS_PROFILE: 'gone' } },
      { env: { AWS_REGION: 'eu-west-1' }, config: `[default]\nrole_arn = ${role}\n${pair('A')}` },
      { config: `[default]\nrole_arn = ${role}\nmfa_serial = m\n${pair('A')}` },
    ]
    expect(states.map((state) => outcome(terraform, state))).toEqual(states.map((state) => outcome(goV2, state)))
    expect(outcome(terraform, states[1]!)).toBe('assume-role R by A')
  })

  test('the older variable for the instance metadata counts where the newer one is not set', () => {
    const older = { AWS_METADATA_URL: 'http://127.0.0.1:1' }
    expect(outcome(terraform, { env: older })).toBe('iam-role http://127.0.0.1:1')
    expect(outcome(goV2, { env: older })).toBe('none')
    expect(outcome(terraform, { env: { ...older, AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:2' } })).toBe(
      'iam-role http://127.0.0.1:2',
    )
  })

  test('the error of its first call is told in its own words', () => {
    expect(trace(terraform, { env: environmentKeys }).clientError?.says).toMatch(
      /^OperationError: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, .*Missing Region$/,
    )
  })
})
