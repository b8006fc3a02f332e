import { describe, expect, test } from 'vitest'
import type { WebIdentityPlan } from '../../../src/holder/sources/plan.ts'
import { endpoint, membersOf, sts } from './endpoint.ts'
import { machineWith, resolveOn, resolvePlan, valuesOf } from './machine.ts'

describe('a web identity', () => {
  const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod' }
  const on = (url: string, token?: string) =>
    machineWith({
      env: { ...env, AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1', AWS_ROLE_SESSION_NAME: 'pod-1' },
      files: token === undefined ? {} : { '/var/run/token': token },
    })

  test('is sent unsigned, with the token that the file holds', async () => {
    const { url, seen } = await endpoint(sts)
    const resolution = await resolveOn(on(url, 'header.payload.signature\n'))
    expect(valuesOf(resolution)).toMatchObject({
      provider: 'assume-role-with-web-identity',
      accessKeyId: 'ASIApodBYnobody',
      accountId: '123456789012',
    })
    expect(seen[0]!.headers['authorization']).toBeUndefined()
    expect(membersOf(seen[0]!)).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::123456789012:role/pod',
      RoleSessionName: 'pod-1',
      WebIdentityToken: 'header.payload.signature',
    })
    expect(JSON.stringify(resolution)).not.toContain('header.payload')
  })

  test.each([
    [{}, 'the token file /var/run/token does not exist'],
    [{ '/var/run/token': ' \n' }, 'the token file /var/run/token is empty'],
    [
      { '/var/run/token': { unreadable: 'permission' as const, detail: 'EACCES: permission denied' } },
      'cannot be read: EACCES',
    ],
  ])('with a token file such as %j asks nobody', async (files, words) => {
    const { url, seen } = await endpoint(sts)
    const plan: WebIdentityPlan = {
      kind: 'web-identity',
      profile: null,
      roleArn: 'arn:aws:iam::123456789012:role/pod',
      tokenFile: '/var/run/token',
      sessionName: null,
      region: null,
      at: { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' },
    }
    const machine = machineWith({ env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' }, files })
    const resolution = await resolvePlan(machine, plan)
    expect(resolution).toMatchObject({ kind: 'failed', reason: 'token-file', at: plan.at })
    if (resolution.kind === 'failed') expect(resolution.because).toContain(words)
    expect(seen).toEqual([])
  })
})
