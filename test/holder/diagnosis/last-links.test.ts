import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { type DiagnosisQuestion, diagnose } from '../../../src/holder/diagnosis/index.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { mustCall } from '../../../src/lab/caller.ts'
import { startIssuer, type TestIssuer } from '../../authority/server/issuer.ts'

/*
 * Credentials that no key stands behind: the holder's side asks the last links of the chain that the authority serves, and then
 * STS about what they gave.
 */
let authority: Authority
let issuer: TestIssuer
const outside = realMachine({ direct: true })
const home = '/u/alice'

beforeAll(async () => {
  issuer = await startIssuer()
  authority = await startAuthority({
    data: ':memory:',
    port: 0,
    accountId: '123456789012',
    imdsRole: 'machine',
    containerRole: 'app',
    testControls: true,
  })
  const iam = (action: string, parameters: Record<string, string>) =>
    mustCall(outside, authority.url, authority.root, 'iam', action, parameters)
  const provider = await iam('CreateOpenIDConnectProvider', {
    Url: issuer.url,
    'ClientIDList.member.1': 'sts.amazonaws.com',
  })
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider.text('OpenIDConnectProviderArn') },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer.url.replace('http://', '')}:sub`]: 'pod-1' } },
      },
    ],
  }
  await iam('CreateRole', { RoleName: 'pod', AssumeRolePolicyDocument: JSON.stringify(trust) })
  // The instance and the container may assume further roles.
  const first = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
  await iam('CreateRole', {
    RoleName: 'next',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [first] }),
  })
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
  })
  for (const RoleName of ['machine', 'app']) await iam('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument })
})
afterAll(async () => {
  await authority.stop()
  await issuer.close()
})

function check(
  env: Record<string, string>,
  state: Recording & { config?: string } = {},
  question: DiagnosisQuestion = {},
) {
  const machine = recordedMachine({
    userHome: home,
    now: () => outside.now(),
    send: (request) => outside.send(request),
    env: { HOME: home, AWS_ENDPOINT_URL: authority.url, AWS_REGION: 'eu-west-1', ...env },
    files: { [`${home}/.aws/config`]: state.config ?? '', ...state.files },
  })
  return diagnose(machine, question)
}

const instance = () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: authority.url })
const pod = () => ({
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${authority.url}/eks/v1/credentials`,
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/run/token',
})
const podFiles = (text = authority.container!.authorizationToken) => ({ files: { '/run/token': text } })
const arn = (session: RegExp) =>
  expect.stringMatching(new RegExp(`^arn:aws:sts::123456789012:assumed-role/${session.source}$`))

describe('check on an instance', () => {
  test('says which role it has', async () => {
    expect(await check(instance())).toMatchObject({
      status: 'valid',
      identity: { arn: arn(/machine\/i-[0-9a-f]+/) },
      credential: {
        kind: 'temporary',
        source: { provider: 'iam-role', variable: 'AWS_EC2_METADATA_SERVICE_ENDPOINT' },
      },
    })
  })

  test('assumes the role that is behind it', async () => {
    const config =
      '[default]\nrole_arn = arn:aws:iam::123456789012:role/next\ncredential_source = Ec2InstanceMetadata\nrole_session_name = me\n'
    expect(await check(instance(), { config })).toMatchObject({ status: 'valid', identity: { arn: arn(/next\/me/) } })
  })
})

describe('check in a container', () => {
  test('says which role the task has, by the path of ECS', async () => {
    const env = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: authority.url + authority.container!.relativeUri,
    }
    expect(await check(env)).toMatchObject({
      status: 'valid',
      identity: { arn: arn(/app\/[0-9a-f]{32}/) },
      credential: { source: { provider: 'container-role' } },
    })
  })

  test('says which role the pod has, by the token of EKS, and what a wrong token is answered', async () => {
    expect(await check(pod(), podFiles())).toMatchObject({ status: 'valid', identity: { arn: arn(/app\/eks-.+/) } })
    const refused = await check(pod(), podFiles('wrong'))
    expect(refused).toMatchObject({
      status: 'unusable',
      causes: [],
      reply: { service: 'container', status: expect.any(Number) },
    })
    expect(refused.chain.find(({ provider }) => provider === 'container-role')).toMatchObject({ outcome: 'broken' })
    expect(JSON.stringify(refused)).not.toContain('wrong')
  })
})

describe('check with a web identity', () => {
  const env = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token',
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod',
    AWS_ROLE_SESSION_NAME: 'pod-1',
  }
  const token = async (claims: object) => {
    const now = Math.floor(outside.now().getTime() / 1000)
    return await issuer.sign({
      iss: issuer.url,
      sub: 'pod-1',
      aud: 'sts.amazonaws.com',
      iat: now,
      exp: now + 600,
      ...claims,
    })
  }

  test('says which role the token gives', async () => {
    expect(await check(env, { files: { '/run/token': await token({}) } })).toMatchObject({
      status: 'valid',
      identity: { arn: arn(/pod\/pod-1/) },
      credential: { source: { provider: 'assume-role-with-web-identity', variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' } },
    })
  })

  test('tells what STS answered to a token that it does not take', async () => {
    const over = await token({ exp: Math.floor(outside.now().getTime() / 1000) - 3600 })
    const verdict = await check(env, { files: { '/run/token': over } })
    expect(verdict).toMatchObject({
      status: 'unusable',
      reply: { operation: 'AssumeRoleWithWebIdentity', status: 400, code: 'ExpiredTokenException' },
    })
    expect(JSON.stringify(verdict)).not.toContain(over.slice(0, 40))
    const stranger = await check(env, { files: { '/run/token': await token({ sub: 'pod-2' }) } })
    expect(stranger).toMatchObject({ status: 'unusable', reply: { status: 403, code: 'AccessDenied' } })
  })
})
