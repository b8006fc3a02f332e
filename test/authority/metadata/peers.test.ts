import { describe, expect, it } from 'vitest'
import { containerSecrets, createMetadata } from '../../../src/authority/metadata/index.ts'
import type { Received } from '../../../src/authority/wire/index.ts'
import { openAuthority } from '../actions/authority-at-hand.ts'

/** The endpoints as the listener asks them, with callers that no test machine has. */
async function endpoints() {
  const at = await openAuthority()
  const service = ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com']
  const Statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await at.ok('CreateRole', { RoleName: 'web', AssumeRolePolicyDocument })
  const secrets = containerSecrets(new Uint8Array(32).fill(9))
  const { directory, ring } = at.state
  const metadata = createMetadata({
    ground: { now: () => at.now.getTime(), directory: () => directory, ring: () => ring, region: 'eu-west-1' },
    ringKeys: () => directory.ringKeys(),
    instance: { role: 'web', tokens: 'optional' },
    container: { role: 'web', secrets },
  })
  return { metadata, secrets }
}

const from = (sourceIp: string, path: string, method = 'GET'): Received => ({
  requestId: 'request',
  method,
  path,
  query: '',
  head: {
    headers: [['X-aws-ec2-metadata-token-ttl-seconds', '60']],
    host: '192.0.2.1',
    origin: null,
    fetchSite: null,
    accept: null,
    contentType: null,
    userAgent: null,
    referer: null,
    bodyLength: 0,
    test: null,
  },
  sourceIp,
  secure: false,
})

describe('instance metadata', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '169.254.7.7', 'fe80::1', 'fe80::1%eth0'])(
    'answers %s, which is this computer',
    async (address) => {
      const { metadata } = await endpoints()
      expect(metadata.answer(from(address, '/latest/meta-data/iam/security-credentials/web'))?.status).toBe(200)
    },
  )

  it.each(['10.0.0.5', '192.168.1.2', '1.127.0.1', '169.255.1.1', '::ffff:10.0.0.5', 'fd00::1', '2001:db8::1', ''])(
    'refuses %s, as the hop limit of EC2 would, and the log says so',
    async (address) => {
      const { metadata } = await endpoints()
      for (const [path, method] of [
        ['/latest/meta-data/iam/security-credentials/web', 'GET'],
        ['/latest/api/token', 'PUT'],
      ] as const) {
        const reply = metadata.answer(from(address, path, method))
        expect([reply?.status, reply?.body]).toEqual([403, ''])
        expect(reply?.decision).toMatchObject({ reason: 'imds-hop-limit', cause: 'imds-hop-limit', sourceIp: address })
      }
    },
  )
})

describe('container credentials', () => {
  it('go by what is shown, wherever it is shown', async () => {
    const { metadata, secrets } = await endpoints()
    const reply = metadata.answer(from('10.0.0.5', `/v2/credentials/${secrets.credentialsId}`))
    expect(reply?.status).toBe(200)
  })
})

describe('all other paths', () => {
  it('are none of theirs', async () => {
    const { metadata } = await endpoints()
    for (const path of [
      '/',
      '/latestt',
      '/latest2/meta-data',
      '/v2/credential',
      '/v2/credentialsx',
      '/v1/credentials',
      '/20210323/meta-data/',
    ])
      expect(metadata.answer(from('127.0.0.1', path))).toBeNull()
  })
})
