import { describe, expect, test } from 'vitest'
import { agreementOf } from '../../truth/agreement.ts'

describe('the chain of the AWS CLI v1', () => {
  const { version, states, answered, wrong } = agreementOf('aws-cli-v1')

  test(`is that of ${version} in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
