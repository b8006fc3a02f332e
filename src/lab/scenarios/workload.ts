import { CountersignError } from '../../errors.ts'
import { sha1Hex } from '../../holder/files/digest.ts'
import type { IncomingReply, OutgoingRequest } from '../../holder/machine/machine.ts'
import type { Scenario } from '../scenario.ts'
import { labHome, type Scene } from '../scene.ts'
import { instanceRole, type Stage } from '../stage.ts'
import type { Chosen } from '../variation.ts'
import { roleSession, variables } from '../wallet.ts'

const hour = 3600

/** A profile that logs in through IAM Identity Center, with the token that `aws sso login` has left. */
function withSso(stage: Stage, { choose }: Chosen, secondsLeft: number, account = stage.authority.account): Scene {
  const name = choose.profile()
  const startUrl = 'https://acme.awsapps.com/start'
  const now = stage.outside.now().getTime()
  const token = {
    startUrl,
    region: 'us-east-1',
    accessToken: 'of-the-lab',
    expiresAt: `${new Date(now + secondsLeft * 1000).toISOString().slice(0, 19)}Z`,
  }
  const config = `[sso-session acme]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n\n[profile ${name}]\nsso_session = acme\nsso_account_id = ${account}\nsso_role_name = PowerUser\n`
  return {
    config,
    profile: name,
    files: { [`${labHome}/.aws/sso/cache/${sha1Hex('acme')}.json`]: JSON.stringify(token) },
  }
}

/** The portal of IAM Identity Center, of which the lab needs only the refusals. */
function portal(stage: Stage, status: number, code: string, message: string) {
  return (request: OutgoingRequest): Promise<IncomingReply> | null =>
    new URL(request.url).hostname.startsWith('portal.sso.')
      ? Promise.resolve({
          status,
          headers: [
            ['content-type', 'application/json'],
            ['x-amzn-errortype', code],
          ],
          body: JSON.stringify({ message }),
          receivedAt: stage.outside.now(),
        })
      : null
}

/** A portal that gives a session for one permission set, and refuses others. */
async function portalOf(stage: Stage, { choose }: Chosen) {
  const user = await stage.user(choose.user())
  const { session } = await roleSession(stage, user, 'AWSReservedSSO_PowerUser_0123456789abcdef')
  const roleCredentials = { ...session, expiration: stage.outside.now().getTime() + hour * 1000 }
  const refused = portal(stage, 403, 'ForbiddenException', 'No access')
  return (request: OutgoingRequest): Promise<IncomingReply> | null => {
    const { hostname, searchParams } = new URL(request.url)
    if (!hostname.startsWith('portal.sso.') || searchParams.get('role_name') !== 'PowerUser') return refused(request)
    const headers = [['content-type', 'application/json']] as const
    const body = JSON.stringify({ roleCredentials })
    return Promise.resolve({ status: 200, headers, body, receivedAt: stage.outside.now() })
  }
}

/** A token of an identity provider in a file, and a role that trusts that provider. */
async function withWebIdentity(
  stage: Stage,
  chosen: Chosen,
  what: { readonly claims?: object; readonly trusted?: string; readonly registered?: boolean },
): Promise<Scene> {
  const { issuer } = stage
  const url = await issuer.open()
  const now = Math.floor(stage.outside.now().getTime() / 1000)
  const subject = 'repo:acme/shop:ref:refs/heads/main'
  const claims = { iss: url, sub: subject, aud: 'sts.amazonaws.com', iat: now - 10, exp: now + hour, ...what.claims }
  const server = url.replace('https://', '')
  let provider = `arn:aws:iam::${stage.authority.account}:oidc-provider/${server}`
  if (what.registered !== false) {
    const made = await stage.ask('iam', 'CreateOpenIDConnectProvider', {
      Url: url,
      'ClientIDList.member.1': 'sts.amazonaws.com',
      'ThumbprintList.member.1': '0123456789abcdef0123456789abcdef01234567',
    })
    provider = made.text('OpenIDConnectProviderArn')
  }
  const role = await stage.role(chosen.choose.one(['ci', 'deploy', 'build']), {
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${server}:sub`]: what.trusted ?? subject } },
      },
    ],
  })
  return {
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token',
      AWS_ROLE_ARN: role,
      AWS_ROLE_SESSION_NAME: 'build',
      GITHUB_ACTIONS: 'true',
      CI: 'true',
    },
    files: { '/run/token': await issuer.sign(claims) },
  }
}

/** An instance whose metadata the authority answers. */
function instanceOf(stage: Stage, more: Scene = {}): Scene {
  return {
    ...more,
    env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: stage.authority.url, ...more.env },
    files: { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n', ...more.files },
  }
}

/** The agent of ECS, which every container asks at the same address. */
function agentOfTasks({ outside, authority }: Stage) {
  return (request: OutgoingRequest): Promise<IncomingReply> | null => {
    const { hostname, pathname } = new URL(request.url)
    return hostname === '169.254.170.2' ? outside.send({ ...request, url: authority.url + pathname }) : null
  }
}

/** What a container sees of its instance's metadata with a hop limit of 1: who has no token is refused, and none ever comes. */
function metadataBehindOneHop(stage: Stage) {
  return (request: OutgoingRequest): Promise<IncomingReply> | null => {
    if (new URL(request.url).hostname !== '169.254.169.254') return null
    const lost = new CountersignError('unreachable', '169.254.169.254 did not answer in time.')
    return request.method === 'PUT'
      ? Promise.reject(lost)
      : Promise.resolve({ status: 401, headers: [], body: '', receivedAt: stage.outside.now() })
  }
}

const onlyHere = { shapes: ['temporary'], places: ['environment'] } as const

/** Credentials that a platform hands out: instances, containers, pods, build servers, IAM Identity Center. */
export const workload: readonly Scenario[] = [
  {
    cause: 'sso-session-expired',
    why: 'The login at IAM Identity Center was yesterday.',
    logged: null,
    shapes: ['temporary'],
    places: ['named-profile'],
    prepare: async (stage, chosen) => withSso(stage, chosen, -3 * hour),
  },
  {
    cause: 'sso-role-unassigned',
    why: 'The login is good, but nobody has assigned that permission set in that account.',
    logged: null,
    shapes: ['temporary'],
    places: ['named-profile'],
    prepare: async (stage, chosen) => ({
      ...withSso(stage, chosen, 3 * hour),
      network: portal(stage, 403, 'ForbiddenException', 'No access'),
    }),
  },
  {
    cause: 'sso-role-unassigned',
    name: 'role',
    why: 'The profile names the role as IAM calls it, and the portal knows only the permission set that it was made of.',
    logged: null,
    shapes: ['temporary'],
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const scene = withSso(stage, chosen, 3 * hour)
      const config = scene.config!.replace('PowerUser', 'AWSReservedSSO_PowerUser_0123456789abcdef')
      return { ...scene, config, network: await portalOf(stage, chosen) }
    },
  },
  {
    cause: 'sso-session-expired',
    name: 'misnamed',
    why: 'The profile names an sso-session that nobody has written, for its name has one letter more.',
    logged: null,
    shapes: ['temporary'],
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const scene = withSso(stage, chosen, 3 * hour)
      const config = scene.config!.replace('sso_session = acme', 'sso_session = acmee')
      return { ...scene, config, network: await portalOf(stage, chosen) }
    },
  },
  {
    cause: 'oidc-trust-mismatch',
    why: 'The role trusts another branch, repository or environment than the one that builds.',
    logged: 'oidc-trust-mismatch',
    ...onlyHere,
    prepare: (stage, chosen) =>
      withWebIdentity(stage, chosen, {
        trusted: chosen.choose.one([
          'repo:acme/shop:ref:refs/heads/release',
          'repo:Acme/shop:ref:refs/heads/main',
          'repo:acme/shop:environment:production',
        ]),
      }),
  },
  {
    cause: 'oidc-trust-mismatch',
    name: 'blank',
    why: 'The ARN of the role was copied into the workflow with a blank behind it.',
    logged: 'oidc-trust-mismatch',
    ...onlyHere,
    async prepare(stage, chosen) {
      const scene = await withWebIdentity(stage, chosen, {})
      return { ...scene, env: { ...scene.env, AWS_ROLE_ARN: `${scene.env!.AWS_ROLE_ARN} ` } }
    },
  },
  {
    cause: 'oidc-token-invalid',
    why: 'The token was made for another audience than sts.amazonaws.com.',
    logged: 'oidc-token-invalid',
    ...onlyHere,
    prepare: (stage, chosen) => withWebIdentity(stage, chosen, { claims: { aud: 'https://github.com/acme' } }),
  },
  {
    cause: 'oidc-token-invalid',
    name: 'expired',
    why: 'The token in the file is of an hour ago; nobody has renewed it.',
    logged: 'oidc-token-invalid',
    ...onlyHere,
    prepare(stage, chosen) {
      const now = Math.floor(stage.outside.now().getTime() / 1000)
      return withWebIdentity(stage, chosen, { claims: { iat: now - 2 * hour, exp: now - hour } })
    },
  },
  {
    cause: 'oidc-token-invalid',
    name: 'provider',
    why: 'The account has no identity provider of that URL.',
    logged: 'oidc-token-invalid',
    ...onlyHere,
    prepare: (stage, chosen) => withWebIdentity(stage, chosen, { registered: false }),
  },
  {
    cause: 'pod-identity-misconfigured',
    why: 'The pod was told of a token file that is not mounted.',
    logged: null,
    ...onlyHere,
    async prepare(stage) {
      const role = await stage.role('app')
      return {
        env: {
          AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
          AWS_ROLE_ARN: role,
          KUBERNETES_SERVICE_HOST: '10.0.0.1',
        },
      }
    },
  },
  {
    cause: 'pod-identity-misconfigured',
    name: 'agent',
    why: 'The token of the pod is another’s, and the Pod Identity agent refuses it.',
    logged: 'pod-identity-misconfigured',
    ...onlyHere,
    prepare: async (stage) => ({
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: stage.authority.container!.fullUri,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/token',
        KUBERNETES_SERVICE_HOST: '10.0.0.1',
      },
      files: { '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/token': 'of-another-pod' },
    }),
  },
  {
    cause: 'instance-role-broken',
    why: 'The role of the instance no longer trusts EC2.',
    logged: 'instance-role-broken',
    ...onlyHere,
    async prepare(stage) {
      const Statement = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await stage.ask('iam', 'UpdateAssumeRolePolicy', { RoleName: instanceRole, PolicyDocument })
      return instanceOf(stage)
    },
  },
  {
    cause: 'fell-through-to-role',
    why: 'AWS_EC2_METADATA_DISABLED is set on an instance whose role was to be used.',
    logged: null,
    ...onlyHere,
    prepare: async (stage) => instanceOf(stage, { env: { AWS_EC2_METADATA_DISABLED: 'true' } }),
  },
  {
    cause: 'imds-hop-limit',
    why: 'The container asks the instance for credentials, and the answer may make only one hop.',
    logged: null,
    ...onlyHere,
    prepare: async (stage) => ({
      files: { '/.dockerenv': '', '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' },
      network: metadataBehindOneHop(stage),
    }),
  },
  {
    cause: 'container-uri-not-inherited',
    why: 'The task has a role, but this process was started by cron or sshd, without the task’s variables.',
    logged: null,
    ...onlyHere,
    prepare: async (stage) => ({
      env: { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/0f3a' },
      files: {
        '/.dockerenv': '',
        '/proc/1/environ': `PATH=/usr/bin\0AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=${stage.authority.container!.relativeUri}\0HOME=/root\0`,
      },
      network: agentOfTasks(stage),
    }),
  },
  {
    cause: 'docker-environment',
    why: 'The compose file hands the variables on, but they were not set where the container was started.',
    logged: null,
    ...onlyHere,
    prepare: async () => ({
      env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      files: { '/.dockerenv': '' },
    }),
  },
  {
    cause: 'reserved-variables',
    why: 'The function was given its own key in Lambda’s reserved variables; the token is still Lambda’s.',
    logged: 'stale-session-token',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, { choose }) {
      const user = await stage.user(choose.user())
      const { session } = await roleSession(stage, user, 'lambda-role')
      return {
        env: {
          ...variables({ ...user, sessionToken: session.sessionToken }),
          AWS_LAMBDA_FUNCTION_NAME: 'thumbnails',
          LAMBDA_TASK_ROOT: '/var/task',
          AWS_EXECUTION_ENV: 'AWS_Lambda_python3.12',
        },
      }
    },
  },
]
