import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, type ContainerAccess, startAuthority } from '../../../src/authority/index.ts'
import { asker, call, decisionOf } from '../server/caller.ts'
import { visit } from './visitor.ts'

/*
 * The ECS agent's `tmds/handlers/v1/credentials_handler.go`, the EKS Pod Identity agent's `pkg/handlers/eks_credential_handler.go`
 * and `internal/validation/request.go`, and EKS Auth's sentences as botocore printed them (boto/botocore#3117).
 */
let authority: Authority
let access: ContainerAccess
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, containerRole: 'app', testControls: true })
  access = authority.container!
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const pod = (token: string = access.authorizationToken) =>
  visit(authority, 'GET', '/eks/v1/credentials', { Authorization: token, Accept: 'application/json' })

async function distrust(): Promise<void> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  await asker(authority)({ Action: 'UpdateAssumeRolePolicy', RoleName: 'app', PolicyDocument: JSON.stringify(trust) })
}

async function whoIs(given: Record<string, string>) {
  return call(
    authority,
    { Action: 'GetCallerIdentity' },
    {
      credentials: {
        accessKeyId: given['AccessKeyId']!,
        secretAccessKey: given['SecretAccessKey']!,
        sessionToken: given['Token']!,
      },
    },
  )
}

describe('the credentials of an ECS task', () => {
  it('are a session of the role that bears the id of the task', async () => {
    const told = await visit(authority, 'GET', access.relativeUri)
    expect([told.status, told.headers['content-type']]).toEqual([200, 'application/json'])
    const given = JSON.parse(told.body) as Record<string, string>
    expect(Object.keys(given)).toEqual(['RoleArn', 'AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'])
    expect(given['RoleArn']).toBe(`arn:aws:iam::${authority.account}:role/app`)
    expect((await whoIs(given)).text('Arn')).toMatch(
      new RegExp(`^arn:aws:sts::${authority.account}:assumed-role/app/[0-9a-f]{32}$`),
    )
  })

  it('need the id in the path, which is a secret', async () => {
    for (const path of ['/v2/credentials', '/v2/credentials/']) {
      const told = await visit(authority, 'GET', path)
      expect(told.status).toBe(400)
      expect(JSON.parse(told.body)).toEqual({
        code: 'NoIdInRequest',
        message: 'CredentialsV2Request: No Credential ID in the request',
        HTTPErrorCode: 400,
      })
    }
    const told = await visit(authority, 'GET', '/v2/credentials/00000000-0000-4000-8000-000000000000')
    expect(told.status).toBe(400)
    expect(JSON.parse(told.body)).toEqual({
      code: 'InvalidIdInRequest',
      message: 'CredentialsV2Request: Credentials not found',
      HTTPErrorCode: 400,
    })
  })

  it('do not come with a wrong Authorization, and come with none or the right one', async () => {
    expect((await visit(authority, 'GET', access.relativeUri, { Authorization: 'wrong' })).status).toBe(401)
    const right = { Authorization: access.authorizationToken }
    expect((await visit(authority, 'GET', access.relativeUri, right)).status).toBe(200)
  })

  it('are not there yet while the role does not trust ECS', async () => {
    await distrust()
    const told = await visit(authority, 'GET', access.relativeUri)
    expect(told.status).toBe(503)
    expect(JSON.parse(told.body)).toMatchObject({ code: 'CredentialsUninitialized' })
    expect(await decisionOf(authority, told)).toMatchObject({ reason: 'not-trusted', cause: 'instance-role-broken' })
  })

  it('never put the id of their path into the log', async () => {
    await visit(authority, 'GET', access.relativeUri, { Authorization: 'wrong' })
    const log = JSON.stringify(await authority.decisions({ limit: 100 }))
    expect(log).toContain('GET /v2/credentials/…')
    expect(log).not.toContain(access.relativeUri)
    expect(log).not.toContain(access.authorizationToken)
  })
})

describe('the credentials of an EKS pod', () => {
  it('are a session of the role with the names of cluster and pod, as name and as tags', async () => {
    const told = await pod()
    expect(told.status).toBe(200)
    const given = JSON.parse(told.body) as Record<string, string>
    expect(Object.keys(given)).toEqual(['AccessKeyId', 'SecretAccessKey', 'Token', 'AccountId', 'Expiration'])
    expect(given['AccountId']).toBe(authority.account)
    expect((await whoIs(given)).text('Arn')).toMatch(
      new RegExp(`^arn:aws:sts::${authority.account}:assumed-role/app/eks-countersign-countersign-[0-9a-f-]{36}$`),
    )
    const ask = asker(authority)
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iam:ListUsers',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalTag/kubernetes-namespace': 'default' } },
        },
      ],
    })
    await ask({ Action: 'PutRolePolicy', RoleName: 'app', PolicyName: 'p', PolicyDocument })
    const credentials = {
      accessKeyId: given['AccessKeyId']!,
      secretAccessKey: given['SecretAccessKey']!,
      sessionToken: given['Token']!,
    }
    expect((await ask({ Action: 'ListUsers' }, { credentials })).status).toBe(200)
  })

  it('need the token of the pod', async () => {
    const without = await visit(authority, 'GET', '/eks/v1/credentials')
    expect([without.status, without.body]).toEqual([400, 'Service account token cannot be empty\n'])
    const wrong = await pod('wrong')
    expect(wrong.status).toBe(400)
    expect(wrong.body).toMatch(/^\[[0-9a-f-]{36}\]: \(InvalidTokenException\): .*, fault: client\n$/)
    expect(await decisionOf(authority, wrong)).toMatchObject({
      reason: 'pod-token-wrong',
      cause: 'pod-identity-misconfigured',
    })
  })

  it('need a role that lets EKS assume it and tag its sessions', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }
    const PolicyDocument = JSON.stringify(trust)
    await asker(authority)({ Action: 'UpdateAssumeRolePolicy', RoleName: 'app', PolicyDocument })
    const told = await pod()
    expect(told.status).toBe(400)
    expect(told.body).toContain(
      '(AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the associated role.',
    )
    expect((await decisionOf(authority, told)).evidence).toEqual([
      'The role trust policy names pods.eks.amazonaws.com, but its actions or conditions do not allow this sts:TagSession.',
    ])
  })
})

describe('what a container has to show', () => {
  it('stands in files of the data directory that only their owner can read, and is the same on the next start', async () => {
    const data = join(mkdtempSync(join(tmpdir(), 'countersign-pod-')), 'data')
    try {
      const shown: ContainerAccess[] = []
      for (let starts = 0; starts < 2; starts++) {
        const started = await startAuthority({ data, port: 0, containerRole: 'app' })
        shown.push(started.container!)
        await started.stop()
      }
      const [first, second] = shown
      expect(second?.authorizationToken).toBe(first?.authorizationToken)
      expect(second?.relativeUri).toBe(first?.relativeUri)
      expect(readFileSync(first!.authorizationTokenFile!, 'utf8')).toBe(first?.authorizationToken)
      expect(readFileSync(first!.relativeUriFile!, 'utf8')).toBe(first?.relativeUri)
      if (process.platform === 'win32') return
      expect(statSync(first!.authorizationTokenFile!).mode & 0o777).toBe(0o600)
      expect(statSync(first!.relativeUriFile!).mode & 0o777).toBe(0o600)
    } finally {
      rmSync(join(data, '..'), { recursive: true })
    }
  })

  it('differs from authority to authority', async () => {
    const other = await startAuthority({ data: ':memory:', port: 0, containerRole: 'app' })
    expect(other.container?.authorizationToken).not.toBe(access.authorizationToken)
    await other.stop()
  })
})

describe('roles for instances and containers', () => {
  it('are made once, with a trust policy for all that name them, and are not touched when they are there', async () => {
    const both = await startAuthority({ data: ':memory:', port: 0, imdsRole: 'all', containerRole: 'all' })
    try {
      const shown = await call(both, { Action: 'GetRole', RoleName: 'all' })
      const document = JSON.parse(decodeURIComponent(shown.text('AssumeRolePolicyDocument')))
      expect(document.Statement[0].Principal.Service).toEqual([
        'ec2.amazonaws.com',
        'ecs-tasks.amazonaws.com',
        'pods.eks.amazonaws.com',
      ])
    } finally {
      await both.stop()
    }
  })

  it.each([{ imdsRole: 'a b' }, { containerRole: '' }, { imdsRole: 'x'.repeat(65) }, { region: 'Nowhere' }])(
    'must have names that can be: %j',
    async (options) => {
      await expect(startAuthority({ data: ':memory:', port: 0, ...options })).rejects.toMatchObject({ code: 'usage' })
    },
  )
})
