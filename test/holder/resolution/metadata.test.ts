import { describe, expect, test } from 'vitest'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { endpoint, type Seen, type Told } from './endpoint.ts'
import { machineWith, resolveOn, valuesOf } from './machine.ts'

const given = {
  AccessKeyId: 'ASIAMETADATA',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: '2026-11-28T18:00:00Z',
}

describe('the endpoint of a container', () => {
  test('is asked with the token that its file holds now', async () => {
    const { url, seen } = await endpoint(() => ({ body: { ...given, RoleArn: 'x', AccountId: '123456789012' } }))
    const machine = machineWith({
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials?x=1`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/run/token',
      },
      files: { '/run/token': 'pod-token' },
    })
    const resolution = await resolveOn(machine)
    expect(valuesOf(resolution)).toEqual({
      provider: 'container-role',
      accessKeyId: 'ASIAMETADATA',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: '2026-11-28T18:00:00.000Z',
      accountId: '123456789012',
    })
    expect(seen).toMatchObject([
      {
        method: 'GET',
        path: '/v1/credentials?x=1',
        headers: { authorization: 'pod-token', accept: 'application/json' },
      },
    ])
    expect(JSON.stringify(resolution)).not.toContain('pod-token')
  })

  test('is asked without a proxy', async () => {
    const { url, seen } = await endpoint(() => ({ body: given }))
    const outside = realMachine()
    const machine = machineWith({
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'plain' },
      send: async (request) => {
        expect(request.direct).toBe(true)
        return await outside.send(request)
      },
    })
    expect(await resolveOn(machine)).toMatchObject({ kind: 'resolved' })
    expect(seen[0]!.headers['authorization']).toBe('plain')
  })

  test.each([
    [
      { status: 404, body: '404 page not found' },
      'refused',
      'it knows no credentials at that path (404 page not found)',
      1,
    ],
    [
      { status: 401, body: { code: 'UnauthorizedException', message: 'bad token' } },
      'refused',
      'does not accept the authorization token (bad token)',
      1,
    ],
    [{ status: 500, body: '' }, 'unavailable', 'it gave no credentials', 3],
    [{ body: 'hello' }, 'unexpected-answer', 'is no JSON object', 1],
    [{ body: { AccessKeyId: 'A' } }, 'unexpected-answer', 'does not hold whole credentials', 1],
    [{ body: { ...given, Expiration: '2026-11-28T12:00:00Z' } }, 'expired', 'credentials that ended', 1],
  ])('that answers %j is understood', async (told, reason, words, times) => {
    const { url, seen } = await endpoint(() => told)
    const resolution = await resolveOn(machineWith({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/x` } }))
    expect(resolution).toMatchObject({ kind: 'failed', reason, at: { variable: 'AWS_CONTAINER_CREDENTIALS_FULL_URI' } })
    if (resolution.kind === 'failed') expect(resolution.because).toContain(words)
    expect(seen).toHaveLength(times)
  })

  test('is described when the network is not to be used', async () => {
    const machine = machineWith({ env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x' } })
    expect(await resolveOn(machine, { offline: true })).toMatchObject({
      kind: 'described',
      because: 'container:GetCredentials would be asked of 169.254.170.2',
    })
  })
})

describe('the instance metadata', () => {
  const path = '/latest/meta-data/iam/security-credentials/'
  const imds =
    (change: (seen: Seen) => Told | undefined = () => undefined) =>
    (seen: Seen): Told => {
      const changed = change(seen)
      if (changed !== undefined) return changed
      if (seen.method === 'PUT') return { body: 'metadata-token' }
      if (seen.headers['x-aws-ec2-metadata-token'] !== 'metadata-token') return { status: 401 }
      return seen.path === path ? { body: 'my-role' } : { body: { Code: 'Success', Type: 'AWS-HMAC', ...given } }
    }
  const on = (url: string, env = {}) =>
    machineWith({ env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: `${url}/`, ...env } })

  test('is asked for a token, for the role, and for its credentials', async () => {
    const { url, seen } = await endpoint(imds())
    const resolution = await resolveOn(on(url))
    expect(valuesOf(resolution)).toMatchObject({ provider: 'iam-role', accessKeyId: 'ASIAMETADATA' })
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /latest/api/token',
      `GET ${path}`,
      `GET ${path}my-role`,
    ])
    expect(seen[0]!.headers['x-aws-ec2-metadata-token-ttl-seconds']).toBe('21600')
    expect(JSON.stringify(resolution)).not.toContain('metadata-token')
  })

  const versionOne = (status: number) => (seen: Seen) => {
    if (seen.method === 'PUT') return { status }
    if (seen.headers['x-aws-ec2-metadata-token'] !== undefined) return { status: 400 }
    return seen.path === path ? { body: 'my-role\n' } : { body: given }
  }
  test.each([403, 404, 405])(
    'is asked as in version 1 when a token is answered %i, unless that is off',
    async (status) => {
      const { url } = await endpoint(imds(versionOne(status)))
      expect(await resolveOn(on(url))).toMatchObject({ kind: 'resolved' })
      expect(await resolveOn(on(url, { AWS_EC2_METADATA_V1_DISABLED: 'TRUE' }))).toMatchObject({ reason: 'refused' })
    },
  )

  test.each([
    [
      'no role',
      (seen: Seen) => (seen.path === path ? { status: 404 } : undefined),
      'no-instance-role',
      'no role is attached',
    ],
    [
      'an empty list of roles',
      (seen: Seen) => (seen.path === path ? { body: '\n' } : undefined),
      'no-instance-role',
      'has no role',
    ],
    [
      'a role that EC2 may not assume',
      (seen: Seen) =>
        seen.path.endsWith('my-role')
          ? { body: { Code: 'AssumeRoleUnauthorizedAccess', Message: 'EC2 cannot assume the role' } }
          : undefined,
      'no-instance-role',
      'AssumeRoleUnauthorizedAccess, EC2 cannot assume the role',
    ],
    [
      'a malformed request',
      (seen: Seen) => (seen.method === 'PUT' ? { status: 400 } : undefined),
      'refused',
      'malformed',
    ],
    [
      'metadata that is off',
      (seen: Seen) => (seen.method === 'PUT' ? undefined : { status: 403 }),
      'refused',
      'switched off',
    ],
    [
      'a token that is wanted and refused',
      (seen: Seen) => (seen.method === 'PUT' ? { status: 403 } : { status: 401 }),
      'refused',
      'wants a token',
    ],
    [
      'a failing endpoint',
      (seen: Seen) => (seen.method === 'PUT' ? undefined : { status: 500 }),
      'unavailable',
      'HTTP 500',
    ],
    [
      'a name that is none',
      (seen: Seen) => (seen.path === path ? { body: '../../x' } : undefined),
      'no-instance-role',
      'has no role',
    ],
  ])('with %s is understood', async (_, change, reason, words) => {
    const { url } = await endpoint(imds(change))
    const resolution = await resolveOn(on(url))
    expect(resolution).toMatchObject({ kind: 'failed', reason, at: { variable: 'AWS_EC2_METADATA_SERVICE_ENDPOINT' } })
    if (resolution.kind === 'failed') expect(resolution.because).toContain(words)
  })

  test('that answers no PUT is still asked as in version 1', async () => {
    const { url } = await endpoint(imds((seen) => (seen.method === 'PUT' ? { silent: true } : versionOne(404)(seen))))
    expect(await resolveOn(on(url), { timeoutMs: 200 })).toMatchObject({ kind: 'resolved' })
  })
})
