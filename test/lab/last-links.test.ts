import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { diagnose } from '../../src/holder/diagnosis/index.ts'
import { realMachine } from '../../src/holder/machine/real.ts'
import { recordedMachine } from '../../src/holder/machine/recorded.ts'
import { callAws } from '../../src/lab/caller.ts'
import { startIssuer, type TestIssuer } from '../authority/server/issuer.ts'

/*
 * Both wings at the last links of the chain: what the authority hands out there, the holder fetches by the rules of the AWS CLI, and
 * STS knows it.
 */
let authority: Authority
let issuer: TestIssuer
const outside = realMachine({ direct: true })

beforeAll(async () => {
  issuer = await startIssuer()
  authority = await startAuthority({
    data: ':memory:',
    port: 0,
    imdsRole: 'web',
    imds: 'required',
    containerRole: 'app',
  })
  const ask = (action: string, parameters: Record<string, string>) =>
    callAws(outside, authority.url, authority.root, 'iam', action, parameters)
  const made = await ask('CreateOpenIDConnectProvider', {
    Url: issuer.url,
    'ClientIDList.member.1': 'sts.amazonaws.com',
  })
  const Statement = {
    Effect: 'Allow',
    Principal: { Federated: made.text('OpenIDConnectProviderArn') },
    Action: 'sts:AssumeRoleWithWebIdentity',
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  expect((await ask('CreateRole', { RoleName: 'ci', AssumeRolePolicyDocument })).refusal).toBeNull()
})
afterAll(async () => {
  await authority.stop()
  await issuer.close()
})

async function check(env: Record<string, string>, files: Record<string, string> = {}) {
  const machine = recordedMachine({
    env: { HOME: '/u/alice', ...env },
    files,
    userHome: '/u/alice',
    now: () => outside.now(),
    send: (request) => outside.send(request),
  })
  const { url: endpointUrl } = authority
  return diagnose(machine, { sdk: 'aws-cli-v2', endpointUrl, region: 'us-east-1', offline: false, timeoutMs: 10_000 })
}

describe('check finds the session', () => {
  test('of the instance', async () => {
    const verdict = await check({ AWS_EC2_METADATA_SERVICE_ENDPOINT: authority.url })
    expect(verdict.status).toBe('valid')
    expect(verdict.identity?.arn).toBe(`arn:aws:sts::${authority.account}:assumed-role/web/${authority.instanceId}`)
  })

  test('of the pod', async () => {
    const { fullUri, authorizationToken } = authority.container!
    const verdict = await check(
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: fullUri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/run/token' },
      { '/run/token': authorizationToken },
    )
    expect(verdict.identity?.arn).toContain(':assumed-role/app/eks-countersign-countersign-')
  })

  test('of the web identity, and says what STS says when its token is for somebody else', async () => {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer.url, sub: 'repo:me/app', aud: 'sts.amazonaws.com', iat: now, exp: now + 600 }
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token',
      AWS_ROLE_ARN: `arn:aws:iam::${authority.account}:role/ci`,
      AWS_ROLE_SESSION_NAME: 'build',
    }
    const good = await check(env, { '/run/token': await issuer.sign(claims) })
    expect(good.identity?.arn).toBe(`arn:aws:sts::${authority.account}:assumed-role/ci/build`)
    const bad = await check(env, { '/run/token': await issuer.sign({ ...claims, aud: 'somebody' }) })
    expect([bad.status, bad.reply?.code, bad.reply?.message]).toEqual([
      'unusable',
      'InvalidIdentityToken',
      'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
    ])
  })
})
