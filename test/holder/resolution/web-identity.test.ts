import { describe, expect, test } from 'vitest'
import { endpoint, membersOf, sts } from './endpoint.ts'
import { machineWith, resolveOn, valuesOf } from './machine.ts'

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

  test('without its token asks nobody', async () => {
    const { url, seen } = await endpoint(sts)
    expect(await resolveOn(on(url, ' \n'))).toMatchObject({
      reason: 'token-file',
      because: 'the token file /var/run/token is empty',
    })
    expect(seen).toEqual([])
  })
})
