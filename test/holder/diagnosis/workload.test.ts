import { describe, expect, test } from 'vitest'
import { diagnose, explainError } from '../../../src/holder/diagnosis/index.ts'
import type { IncomingReply, OutgoingRequest } from '../../../src/holder/machine/machine.ts'
import { type RecordedFile, type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { accountB, hours, idOf, now, secretOf, tokenOf } from './stand-in.ts'

/*
 * Where the program runs decides what is wrong: the same refusal in a pod, a function, a workflow or on an instance has another
 * cause and another cure. Each broken machine has a healthy twin of which nothing is claimed.
 */
const home = '/h'
const podToken = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'
const roleArn = 'arn:aws:iam::123456789012:role/app'
const pod = {
  KUBERNETES_SERVICE_HOST: '10.100.0.1',
  AWS_ROLE_ARN: roleArn,
  AWS_WEB_IDENTITY_TOKEN_FILE: podToken,
  AWS_REGION: 'eu-west-1',
}
const ciToken = '/tmp/oidc-token'
const workflow = { ...pod, KUBERNETES_SERVICE_HOST: '', GITHUB_ACTIONS: 'true', AWS_WEB_IDENTITY_TOKEN_FILE: ciToken }

const seconds = (at: Date) => Math.floor(at.getTime() / 1000)
const claims = {
  iss: 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF',
  aud: ['sts.amazonaws.com'],
  sub: 'system:serviceaccount:shop:cart',
  iat: seconds(hours(-1)),
  exp: seconds(hours(5)),
}
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (changes: object = {}) => `${part({ alg: 'RS256', kid: 'k' })}.${part({ ...claims, ...changes })}.c2ln`

type Send = (request: OutgoingRequest) => IncomingReply | 'silence'

interface Case {
  readonly why: string
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, RecordedFile>>
  readonly send?: Send
  /** The first finding, as `id certainty`; null for none at all. */
  readonly first: string | null
  /** A part of the first title or of its evidence. */
  readonly says?: RegExp
  /** Not to be told besides. */
  readonly without?: readonly string[]
}

const reply = (status: number, body: string): IncomingReply => ({
  status,
  headers: [['date', now.toUTCString()]],
  body,
  receivedAt: now,
})
const sts = (code: string, message: string) =>
  reply(
    code === 'AccessDenied' ? 403 : 400,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  )
const refusal = sts('InvalidClientTokenId', 'The security token included in the request is invalid.')
const dmi = { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' }
const docker = { '/.dockerenv': '' }
const metadata = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://169.254.169.254/', AWS_REGION: 'eu-west-1' }

/** The instance metadata: a token, then what is asked for by path; a PUT that gets no answer when `token` is null. */
function imds(paths: Readonly<Record<string, string | number>>, token: string | null = 'AQAE'): Send {
  return ({ method, url }) => {
    const path = new URL(url).pathname
    if (method === 'PUT') return token === null ? 'silence' : reply(200, token)
    const found = paths[path] ?? 404
    return typeof found === 'number' ? reply(found, '') : reply(200, found)
  }
}

const lambda = { AWS_LAMBDA_FUNCTION_NAME: 'f', AWS_REGION: 'eu-west-1' }
const staticPair = { AWS_ACCESS_KEY_ID: idOf('AKIA', 3), AWS_SECRET_ACCESS_KEY: secretOf(3) }

const cases: readonly Case[] = [
  // Pods.
  {
    why: 'the token of the service account was never mounted',
    env: pod,
    first: 'pod-identity-misconfigured proven',
    says: /is not there/,
    without: ['file-syntax', 'no-credentials'],
  },
  {
    why: 'the token belongs to root, and the program runs as somebody else',
    env: pod,
    files: { [podToken]: { unreadable: 'permission' } },
    first: 'pod-identity-misconfigured proven',
    says: /fsGroup|may not be read/,
  },
  { why: 'the token file is empty', env: pod, files: { [podToken]: '\n' }, first: 'pod-identity-misconfigured proven' },
  {
    why: 'a password stands where the token belongs',
    env: pod,
    files: { [podToken]: 'hunter2\n' },
    first: 'pod-identity-misconfigured proven',
    says: /three parts/,
  },
  {
    why: 'the token is over: the program has kept an old copy',
    env: pod,
    files: { [podToken]: jwt({ exp: seconds(hours(-2)) }) },
    first: 'pod-identity-misconfigured proven',
    says: /2 hours ago/,
  },
  {
    why: 'the token is that of the cluster itself',
    env: { ...pod, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
    files: {
      '/var/run/secrets/kubernetes.io/serviceaccount/token': jwt({
        iss: 'kubernetes/serviceaccount',
        aud: undefined,
        exp: undefined,
      }),
    },
    first: 'pod-identity-misconfigured proven',
    says: /cluster itself/,
  },
  {
    why: 'the name of a role is no ARN',
    env: { ...pod, AWS_ROLE_ARN: 'app-role-of-the-shop-for-pods' },
    files: { [podToken]: jwt() },
    first: 'pod-identity-misconfigured proven',
    says: /arn:aws:iam::123456789012:role/,
  },
  {
    why: 'the role is missing',
    env: { ...pod, AWS_ROLE_ARN: '' },
    files: { [podToken]: jwt() },
    first: 'pod-identity-misconfigured proven',
    says: /no role/,
  },
  {
    why: 'the trust policy names another service account',
    env: pod,
    files: { [podToken]: jwt() },
    send: () => sts('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
    first: 'pod-identity-misconfigured likely',
    says: /system:serviceaccount:shop:cart/,
    without: ['oidc-trust-mismatch', 'permission-missing'],
  },
  {
    why: 'the cluster has no identity provider in the account of the role',
    env: pod,
    files: { [podToken]: jwt() },
    send: () => sts('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${claims.iss}`),
    first: 'pod-identity-misconfigured proven',
    says: /no identity provider/,
    without: ['oidc-token-invalid'],
  },
  {
    why: 'keys in the pod go before its role',
    env: { ...pod, ...staticPair },
    files: { [podToken]: jwt() },
    send: () => refusal,
    first: 'pod-identity-misconfigured likely',
    says: /used instead of its role/,
  },
  {
    why: 'keys in the pod go before Pod Identity, too',
    env: {
      ...staticPair,
      KUBERNETES_SERVICE_HOST: '10.100.0.1',
      AWS_REGION: 'eu-west-1',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
    },
    send: () => refusal,
    first: 'pod-identity-misconfigured likely',
    says: /used instead of its role/,
  },
  { why: 'a pod whose token is good', env: pod, files: { [podToken]: jwt() }, first: null },
  {
    why: 'a token for an audience of its own may be right',
    env: pod,
    files: { [podToken]: jwt({ aud: 'https://x' }) },
    first: null,
  },
  {
    why: 'the agent of Pod Identity knows no association',
    env: {
      KUBERNETES_SERVICE_HOST: '10.100.0.1',
      AWS_REGION: 'eu-west-1',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
        '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
    },
    files: { '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token': jwt() },
    send: () => reply(404, '{"code":"ResourceNotFoundException","message":"no association"}'),
    first: 'pod-identity-misconfigured proven',
  },
  // Workflows.
  {
    why: 'the token of another CI system is not there',
    env: workflow,
    first: 'oidc-token-invalid proven',
    without: ['file-syntax'],
  },
  {
    why: 'the token of the workflow is over before it is used',
    env: workflow,
    files: { [ciToken]: jwt({ iss: 'https://token.actions.githubusercontent.com', exp: seconds(hours(-0.2)) }) },
    first: 'oidc-token-invalid proven',
    says: /12 minutes ago/,
  },
  {
    why: 'AWS itself names the audience',
    env: workflow,
    files: { [ciToken]: jwt({ aud: 'https://github.com/shop' }) },
    send: () => sts('InvalidIdentityToken', 'Incorrect token audience'),
    first: 'oidc-token-invalid proven',
    says: /github\.com\/shop/,
  },
  {
    why: 'the trust policy names another branch',
    env: workflow,
    files: { [ciToken]: jwt({ sub: 'repo:shop/cart:ref:refs/heads/dev' }) },
    send: () => sts('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
    first: 'oidc-trust-mismatch likely',
    says: /repo:shop\/cart:ref:refs\/heads\/dev/,
  },
  {
    why: 'the job may not ask for a token',
    env: { GITHUB_ACTIONS: 'true', 'INPUT_ROLE-TO-ASSUME': roleArn },
    first: 'oidc-trust-mismatch proven',
    says: /id-token: write/,
    without: ['no-credentials'],
  },
  {
    why: 'a job that may ask for one is not blamed for that',
    env: { GITHUB_ACTIONS: 'true', 'INPUT_ROLE-TO-ASSUME': roleArn, ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x' },
    first: 'no-credentials proven',
  },
  // Functions.
  {
    why: 'a key of a user was put into the variables of Lambda',
    env: { ...lambda, ...staticPair, AWS_SESSION_TOKEN: tokenOf(4) },
    first: 'reserved-variables proven',
    without: ['stale-session-token'],
  },
  {
    why: 'the same outside of Lambda is a leftover',
    env: { ...staticPair, AWS_REGION: 'eu-west-1', AWS_SESSION_TOKEN: tokenOf(4) },
    first: 'stale-session-token proven',
    without: ['reserved-variables'],
  },
  {
    why: 'a session of another account was put into the variables of Lambda',
    env: {
      ...lambda,
      AWS_ACCESS_KEY_ID: idOf('ASIA', 5, accountB),
      AWS_SECRET_ACCESS_KEY: secretOf(5),
      AWS_SESSION_TOKEN: tokenOf(4),
    },
    first: 'reserved-variables proven',
    without: ['mixed-sessions'],
  },
  {
    why: 'a function with its own three values',
    env: {
      ...lambda,
      AWS_ACCESS_KEY_ID: idOf('ASIA', 6),
      AWS_SECRET_ACCESS_KEY: secretOf(6),
      AWS_SESSION_TOKEN: tokenOf(6),
    },
    first: null,
  },
  // Instances.
  {
    why: 'the role was meant, and a variable forbids to ask for it',
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    files: dmi,
    first: 'fell-through-to-role proven',
    says: /EC2 instance/,
    without: ['no-credentials'],
  },
  {
    why: 'in a container elsewhere it is for the host to hand credentials in',
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    files: docker,
    first: 'no-credentials proven',
  },
  {
    why: 'on a computer that is no instance the variable only saves time',
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    first: 'no-credentials proven',
  },
  {
    why: 'no role is attached',
    env: metadata,
    send: imds({ '/latest/meta-data/': 'ami-id\n' }),
    first: 'instance-role-broken proven',
    says: /[Nn]o role/,
  },
  {
    why: 'the instance profile was deleted',
    env: metadata,
    send: imds({
      '/latest/meta-data/': 'ami-id\n',
      '/latest/meta-data/iam/info': '{"Code":"InstanceProfileNotFound"}',
    }),
    first: 'instance-role-broken proven',
    says: /InstanceProfileNotFound/,
  },
  {
    why: 'the role does not trust EC2',
    env: metadata,
    send: imds({
      '/latest/meta-data/': 'ami-id\n',
      '/latest/meta-data/iam/info': '{"Code":"Success"}',
      '/latest/meta-data/iam/security-credentials/': 'app',
      '/latest/meta-data/iam/security-credentials/app':
        '{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role app."}',
    }),
    first: 'instance-role-broken proven',
    says: /AssumeRoleUnauthorizedAccess/,
  },
  {
    why: 'the metadata is switched off',
    env: metadata,
    send: () => reply(403, ''),
    first: 'instance-role-broken proven',
    says: /switched off/,
  },
  {
    why: 'nobody answers in a container that stands on an instance',
    files: { ...dmi, ...docker },
    send: () => 'silence',
    first: 'imds-hop-limit likely',
    without: ['no-credentials'],
  },
  {
    why: 'nobody answers in a container that stands elsewhere',
    files: docker,
    send: () => 'silence',
    first: 'no-credentials proven',
    without: ['imds-hop-limit'],
  },
  {
    why: 'the answer with the token dies one hop before the container',
    env: metadata,
    files: { ...dmi, ...docker },
    send: imds({ '/latest/meta-data/': 401, '/latest/meta-data/iam/security-credentials/': 401 }, null),
    first: 'imds-hop-limit proven',
    says: /gets lost/,
    without: ['instance-role-broken'],
  },
]

const machineOf = ({ env, files, send }: Case): Recording => ({
  userHome: home,
  cwd: '/w',
  now,
  env: { HOME: home, ...env },
  files: files ?? {},
  send: async (request) => {
    const answer = send?.(request) ?? 'silence'
    if (answer === 'silence')
      throw new (await import('../../../src/errors.ts')).CountersignError('unreachable', 'silence')
    return answer
  },
})

describe('where the program runs', () => {
  test.each(cases.map((each) => [each.why, each] as const))('%s', async (_why, each) => {
    const question = each.send === undefined ? { offline: true } : {}
    const { causes } = await diagnose(recordedMachine(machineOf(each)), question)
    const [first] = causes
    expect(first === undefined ? null : `${first.id} ${first.certainty}`).toBe(each.first)
    if (each.says !== undefined)
      expect([first!.title, ...first!.evidence.map(({ says }) => says), first!.fix.says].join('\n')).toMatch(each.says)
    for (const id of each.without ?? []) expect(causes.map((cause) => cause.id)).not.toContain(id)
  })
})

describe('where a pasted error happened', () => {
  const idsOf = async (text: string, env: Record<string, string> = {}, files: Record<string, string> = {}) => {
    const machine = recordedMachine(machineOf({ why: '', env, files, first: null }))
    return (await explainError(text, { machine })).causes.map(({ id, certainty }) => `${id} ${certainty}`)
  }
  const denied = (role: string, session: string) =>
    `An error occurred (AccessDenied) when calling the ListBuckets operation: User: arn:aws:sts::123456789012:assumed-role/${role}/${session} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`

  test('a pod that calls as its node is told of', async () => {
    const text = denied('shop', 'i-0123456789abcdef0')
    expect(await idsOf(text, { KUBERNETES_SERVICE_HOST: '10.100.0.1' })).toContain('node-role-instead likely')
    expect(await idsOf(text, pod)).not.toContain('node-role-instead likely')
    expect(await idsOf(denied('shop', 'me'), { KUBERNETES_SERVICE_HOST: '10.100.0.1' })).not.toContain(
      'node-role-instead likely',
    )
  })

  test('a call as the instance is told of where keys of a profile were meant', async () => {
    const text = denied('web', 'i-0123456789abcdef0')
    const files = {
      [`${home}/.aws/credentials`]: `[me]\naws_access_key_id = ${idOf('AKIA', 8)}\naws_secret_access_key = ${secretOf(8)}\n`,
    }
    expect(await idsOf(text, {}, files)).toContain('fell-through-to-role likely')
    expect(await idsOf(text, { AWS_PROFILE: 'me' }, files)).not.toContain('fell-through-to-role likely')
    expect(await idsOf(text, {}, {})).not.toContain('fell-through-to-role likely')
  })

  test('a container on an instance that found nothing is told of its hop', async () => {
    const text = 'botocore.exceptions.NoCredentialsError: Unable to locate credentials'
    const onInstance = { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n', '/.dockerenv': '' }
    expect((await idsOf(text, {}, onInstance))[0]).toBe('imds-hop-limit likely')
    expect(await idsOf(text, { ECS_CONTAINER_METADATA_URI_V4: 'http://x' }, onInstance)).not.toContain(
      'imds-hop-limit likely',
    )
    expect(await idsOf(text, {}, { '/.dockerenv': '' })).not.toContain('imds-hop-limit likely')
    const slow = 'An error occurred (ThrottlingException) when calling the ListBuckets operation: Rate exceeded'
    expect(await idsOf(slow, { AWS_EC2_METADATA_DISABLED: 'true' }, onInstance)).toEqual([])
  })

  test('an instance without a role is told of where the client says what it was answered', async () => {
    const text = (status: number) =>
      `operation error S3: ListBuckets, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: ${status}, request to EC2 IMDS failed`
    expect((await idsOf(text(404)))[0]).toBe('instance-role-broken likely')
    expect((await idsOf(text(403)))[0]).toBe('instance-role-broken likely')
    expect(await idsOf(text(500))).not.toContain('instance-role-broken likely')
  })

  test('a guest of a Cognito pool is told of', async () => {
    expect(await idsOf(denied('Cognito_shopUnauth_Role', 'CognitoIdentityCredentials'))).toContain(
      'cognito-pool likely',
    )
    expect(await idsOf(denied('Cognito_shopAuth_Role', 'CognitoIdentityCredentials'))).not.toContain(
      'cognito-pool likely',
    )
  })

  test('a lab that looks after the credentials is told of', async () => {
    expect(await idsOf(denied('voclabs', 'user1=Ann'))).toContain('managed-credentials likely')
  })

  test('a token that is over by now explains no refusal of its subject then', async () => {
    const text =
      'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity'
    const files = { [ciToken]: jwt({ exp: seconds(hours(-3)) }) }
    expect((await idsOf(text, workflow, files))[0]).toBe('oidc-trust-mismatch likely')
    expect((await idsOf(text, workflow, {}))[0]).toBe('oidc-trust-mismatch likely')
    const over = text
      .replace('AccessDenied', 'ExpiredTokenException')
      .replace(/: Not.*/, ': Token expired: current date/time')
    expect((await idsOf(over, workflow, files))[0]).toBe('oidc-token-invalid proven')
  })

  test('a web identity token that is missing here explains no answer of AWS', async () => {
    const text =
      'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match'
    expect((await idsOf(text, pod)).filter((told) => told.startsWith('pod-identity'))).toEqual([])
  })
})
