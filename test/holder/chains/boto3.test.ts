import { describe, expect, test } from 'vitest'
import { agreementOf } from '../../truth/agreement.ts'

describe('the chain of boto3', () => {
  const { version, states, answered, wrong } = agreementOf('boto3')

  test(`is botocore ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
