import { createHash, generateKeyPairSync } from 'node:crypto'
import { importJWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { endpoint, type Told } from './endpoint.ts'
import { home, keepingDisk, machineWith, resolveOn, type State, valuesOf } from './machine.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('aws login', () => {
  const name = 'arn:aws:iam::123456789012:user/alice'
  const file = `${home}/.aws/login/cache/${sha256(name)}.json`
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const held = {
    accessToken: {
      accessKeyId: 'ASIALOGIN1',
      secretAccessKey: 'secret-1',
      sessionToken: 'token-1',
      accountId: '123456789012',
      expiresAt: '2026-11-28T12:10:00Z',
    },
    tokenType: 'urn:aws:params:oauth:token-type:access_token_sigv4',
    clientId: 'arn:aws:signin:::devtools/same-device',
    refreshToken: 'refresh-1',
    idToken: 'id-token',
    dpopKey: pair.privateKey.export({ format: 'pem', type: 'sec1' }),
  }
  const at = (expiresAt: string) => ({ ...held, accessToken: { ...held.accessToken, expiresAt } })
  const on = (url: string, cached: object | string, extra: State = {}) =>
    machineWith({
      config: `[default]\nlogin_session = ${name}\nregion = eu-west-1\n`,
      env: { AWS_ENDPOINT_URL: url },
      files: { [file]: typeof cached === 'string' ? cached : JSON.stringify(cached) },
      ...extra,
    })
  const renewed: Told = {
    body: {
      accessToken: { accessKeyId: 'ASIALOGIN2', secretAccessKey: 'secret-2', sessionToken: 'token-2' },
      tokenType: 'aws_sigv4',
      expiresIn: 900,
      refreshToken: 'refresh-2',
    },
  }

  test('is used as it is cached until five minutes before its end, also without network', async () => {
    const resolution = await resolveOn(on('', held), { offline: true })
    expect(valuesOf(resolution)).toEqual({
      provider: 'login',
      accessKeyId: 'ASIALOGIN1',
      secretAccessKey: 'secret-1',
      sessionToken: 'token-1',
      expiration: '2026-11-28T12:10:00.000Z',
      accountId: '123456789012',
    })
    expect(resolution.trail).toEqual([{ kind: 'cache', file, what: 'used' }])
  })

  test('is renewed with its refresh token and a proof of its key, and written back whole', async () => {
    const { url, seen } = await endpoint(() => renewed)
    const disk = keepingDisk()
    const resolution = await resolveOn(on(url, at('2026-11-28T12:05:00Z')), { disk })
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIALOGIN2', expiration: '2026-11-28T12:15:00.000Z' })
    expect(seen).toMatchObject([{ method: 'POST', path: '/v1/token', headers: { 'content-type': 'application/json' } }])
    expect(JSON.parse(seen[0]!.body)).toEqual({
      clientId: held.clientId,
      refreshToken: 'refresh-1',
      grantType: 'refresh_token',
    })
    // The proof, checked by a library of its own: RFC 9449.
    const proof = String(seen[0]!.headers['dpop'])
    const { jwk } = JSON.parse(Buffer.from(proof.split('.')[0]!, 'base64url').toString())
    expect(jwk).toEqual({ ...pair.publicKey.export({ format: 'jwk' }) })
    const { payload, protectedHeader } = await jwtVerify(proof, await importJWK(jwk, 'ES256'), { typ: 'dpop+jwt' })
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({
      htm: 'POST',
      htu: `${url}/v1/token`,
      iat: 1795867200,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(JSON.parse(disk.written.get(file) ?? '')).toEqual({
      ...held,
      refreshToken: 'refresh-2',
      accessToken: {
        ...(renewed.body as { accessToken: object }).accessToken,
        accountId: '123456789012',
        expiresAt: '2026-11-28T12:15:00Z',
      },
    })
    expect(JSON.stringify(resolution)).not.toMatch(/secret-|token-\d|refresh-\d|PRIVATE/)
  })

  test.each([
    ['aws', 'eu-west-1', 'https://eu-west-1.signin.aws.amazon.com/v1/token'],
    ['aws-cn', 'cn-north-1', 'https://cn-north-1.signin.amazonaws.cn/v1/token'],
    ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.signin.amazonaws-us-gov.com/v1/token'],
    ['aws-eusc', 'eusc-de-east-1', 'https://signin.eusc-de-east-1.amazonaws.eu/v1/token'],
  ])('is renewed at the host of its region in %s', async (_, region, address) => {
    const asked: string[] = []
    const config = `[default]\nlogin_session = ${name}\nregion = ${region}\n`
    const machine = on('', at('2026-11-28T11:00:00Z'), {
      config,
      env: {},
      send: async ({ url }) => Promise.reject(asked.push(url)),
    })
    expect(await resolveOn(machine, { disk: keepingDisk() })).toMatchObject({ reason: 'unreachable' })
    expect(asked).toEqual([address])
  })

  test.each([
    ['TOKEN_EXPIRED', 'token-expired'],
    ['USER_CREDENTIALS_CHANGED', 'token-expired'],
    ['INSUFFICIENT_PERMISSIONS', 'token-expired'],
    ['server_error', 'refused'],
  ])('that may not be renewed any more (%s) is told so, unless it still holds', async (error, reason) => {
    const refusal = {
      status: 400,
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
      body: { error, message: 'no' },
    }
    const { url } = await endpoint(() => refusal)
    const disk = keepingDisk()
    expect(await resolveOn(on(url, at('2026-11-28T12:00:00Z')), { disk })).toMatchObject({ kind: 'failed', reason })
    expect(await resolveOn(on(url, at('2026-11-28T12:00:01Z')), { disk })).toMatchObject({ kind: 'resolved' })
    expect(disk.written.size).toBe(0)
  })

  test.each([
    ['{"accessToken":{}}', 'LoginTokenLoadError: Error loading login session token: Failed to load'],
    ['[]', "KeyError: '"],
  ])('with a cache file such as %s stops the CLI, so that there is nothing to resolve', async (cached, says) => {
    const { url, seen } = await endpoint(() => renewed)
    await expect(resolveOn(on(url, cached), { disk: keepingDisk() })).rejects.toThrow(says)
    expect(seen).toEqual([])
  })

  test('whose key cannot be read fails clearly when it is renewed', async () => {
    const { url, seen } = await endpoint(() => renewed)
    const cached = JSON.stringify({ ...at('2026-11-28T11:00:00Z'), dpopKey: 'no key' })
    expect(await resolveOn(on(url, cached), { disk: keepingDisk() })).toMatchObject({
      kind: 'failed',
      reason: 'token-missing',
    })
    expect(seen).toEqual([])
  })

  test('that is over is not renewed without network, nor where the new one could not be kept', async () => {
    const { url, seen } = await endpoint(() => renewed)
    const over = on(url, at('2026-11-28T11:00:00Z'))
    expect(await resolveOn(over, { offline: true, disk: keepingDisk() })).toMatchObject({
      kind: 'described',
      needs: 'network',
    })
    expect(await resolveOn(over)).toMatchObject({ reason: 'not-renewed' })
    expect(seen).toEqual([])
  })
})
