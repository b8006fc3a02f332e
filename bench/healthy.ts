/*
 * Machines on which nothing is wrong: the negative controls of the diagnosis. Whatever is said of one of them is a false alarm.
 */
import type { Machine } from '../src/holder/machine/machine.ts'
import { type RecordedFile, recordedMachine } from '../src/holder/machine/recorded.ts'
import type { Chooser } from '../src/lab/chooser.ts'
import type { KeyPair, Session, Stage } from '../src/lab/stage.ts'

/** A machine, and the words for how it came about. */
export interface Healthy {
  readonly machine: Machine
  readonly story: string
}

const home = '/u/alice'
const work = `${home}/app`

type Draft = {
  readonly env: Record<string, string>
  readonly files: Record<string, RecordedFile>
  credentials: string[]
  config: string[]
}

interface Keys {
  readonly pair: KeyPair
  readonly session: Session
  readonly roleArn: string
}

/** What all healthy machines share: one user with a policy, a session and a role that trusts the user. */
export async function healthyKeys(stage: Stage): Promise<Keys> {
  const pair = await stage.user('healthy', ['*'])
  const caller = await stage.ask('sts', 'GetCallerIdentity', {}, pair)
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: caller.text('Arn') }, Action: 'sts:AssumeRole' }],
  })
  const role = await stage.ask('iam', 'CreateRole', { RoleName: 'healthy-role', AssumeRolePolicyDocument })
  return { pair, session: await stage.session(pair), roleArn: role.text('Arn') }
}

type Step = (draft: Draft, keys: Keys, random: Chooser) => string

function variables(draft: Draft, pair: KeyPair | Session): void {
  draft.env['AWS_ACCESS_KEY_ID'] = pair.accessKeyId
  draft.env['AWS_SECRET_ACCESS_KEY'] = pair.secretAccessKey
  if ('sessionToken' in pair) draft.env['AWS_SESSION_TOKEN'] = pair.sessionToken
}

function lines(pair: KeyPair | Session, equals: string): string[] {
  return [
    `aws_access_key_id${equals}${pair.accessKeyId}`,
    `aws_secret_access_key${equals}${pair.secretAccessKey}`,
    ...('sessionToken' in pair ? [`aws_session_token${equals}${pair.sessionToken}`] : []),
  ]
}

const equalSigns = ['=', ' = ', '= ', '  =  '] as const

/** Where the good credential stands. */
const sources: readonly Step[] = [
  (draft, { pair }) => {
    variables(draft, pair)
    return 'a long-term pair in the environment'
  },
  (draft, { session }) => {
    variables(draft, session)
    return 'a session in the environment'
  },
  (draft, { pair }, random) => {
    draft.credentials.push('[default]', ...lines(pair, random.one(equalSigns)))
    return 'a long-term pair in the default profile'
  },
  (draft, { session }, random) => {
    draft.credentials.push('[default]', ...lines(session, random.one(equalSigns)))
    return 'a session in the default profile'
  },
  (draft, { pair }, random) => {
    draft.env['AWS_PROFILE'] = 'work'
    draft.credentials.push('[work]', ...lines(pair, random.one(equalSigns)))
    return 'a profile that AWS_PROFILE selects'
  },
  (draft, { session }, random) => {
    draft.env['AWS_PROFILE'] = 'work-mfa'
    const expiration = new Date(Date.now() + 6 * 3600_000).toISOString()
    draft.credentials.push('[work-mfa]', ...lines(session, random.one(equalSigns)), `expiration = ${expiration}`)
    return 'a session with its end in a named profile'
  },
  (draft, { pair }, random) => {
    draft.config.push('[profile conf]', 'region = eu-west-1', ...lines(pair, random.one(equalSigns)))
    draft.env['AWS_PROFILE'] = 'conf'
    return 'a pair in the config file'
  },
  (draft, { pair, roleArn }, random) => {
    draft.credentials.push('[base]', ...lines(pair, random.one(equalSigns)))
    draft.config.push('[profile deploy]', `role_arn = ${roleArn}`, 'source_profile = base', 'region = eu-west-1')
    draft.env['AWS_PROFILE'] = 'deploy'
    return 'a role with a source profile'
  },
]

/** What else may stand on a machine without harm. */
const surroundings: readonly Step[] = [
  (draft) => {
    draft.config.unshift('# made by the set-up script', '[default]', 'region = eu-west-1', 'output = json', '')
    return 'a default region'
  },
  (draft) => {
    draft.credentials.unshift(
      '[old-laptop]',
      'aws_access_key_id = AKIAQRSTUVWXQRSTUVWX',
      `aws_secret_access_key = ${'madeUpBy'.repeat(5)}`,
      '',
    )
    return 'an old profile that nobody selects'
  },
  (draft) => {
    draft.credentials.push('', '; second thoughts', '[empty]')
    return 'an empty section and a comment'
  },
  (draft) => {
    draft.config.push(
      '',
      '[sso-session corp]',
      'sso_start_url = https://corp.awsapps.com/start',
      'sso_region = eu-west-1',
      'sso_registration_scopes = sso:account:access',
    )
    return 'an SSO session that is not used'
  },
  (draft) => {
    draft.env['AWS_REGION'] = 'eu-west-1'
    draft.env['AWS_PAGER'] = ''
    return 'a region and a pager in the environment'
  },
  (draft) => {
    draft.files[`${work}/.env`] = 'DATABASE_URL=postgres://db/app\nAWS_REGION=eu-west-1\nAWS_BUCKET="assets # here"\n'
    return 'a .env file without keys'
  },
  (draft) => {
    const id = draft.env['AWS_ACCESS_KEY_ID']
    if (id === undefined) return 'nothing more'
    const token = draft.env['AWS_SESSION_TOKEN']
    draft.files[`${work}/.env`] =
      `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY="${draft.env['AWS_SECRET_ACCESS_KEY']}"\n${token === undefined ? '' : `AWS_SESSION_TOKEN=${token}\n`}`
    return 'a .env file with the same values'
  },
  (draft) => {
    const id = draft.env['AWS_ACCESS_KEY_ID']
    if (id === undefined || 'AWS_SESSION_TOKEN' in draft.env) return 'nothing more'
    draft.files[`${home}/.bashrc`] =
      `alias ll='ls -l'\nexport AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY='${draft.env['AWS_SECRET_ACCESS_KEY']}'\n`
    return 'a start-up file that exports the same values'
  },
  (draft) => {
    const profile = draft.env['AWS_PROFILE']
    draft.files[`${home}/.zshrc`] =
      `setopt autocd\n${profile === undefined ? 'export EDITOR=vim' : `export AWS_PROFILE=${profile}`}\n`
    return 'a start-up file that selects the same profile'
  },
  (draft) => {
    draft.files[`${work}/docker-compose.yml`] =
      'services:\n  app:\n    image: app\n    environment:\n      - AWS_ACCESS_KEY_ID\n      - AWS_SECRET_ACCESS_KEY\n      - AWS_SESSION_TOKEN\n      - AWS_REGION=eu-west-1\n'
    return 'a compose file that passes the variables on'
  },
  (draft) => {
    draft.files[`${work}/main.tf`] =
      'terraform {\n  backend "s3" {\n    bucket = "state"\n    key    = "app"\n    region = "eu-west-1"\n  }\n}\n\nprovider "aws" {\n  region = "eu-west-1"\n}\n'
    return 'Terraform with a region only'
  },
  (draft) => {
    draft.files[`${home}/.docker/config.json`] = '{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"desktop"}'
    return 'a docker login elsewhere'
  },
  (draft) => {
    draft.files[`${home}/.aws/cli/cache/0123456789abcdef0123456789abcdef01234567.json`] = JSON.stringify({
      Credentials: {
        AccessKeyId: 'ASIAQRSTUVWXQRSTUVWX',
        SecretAccessKey: 'madeUpBy'.repeat(5),
        SessionToken: 'madeUpBy'.repeat(20),
        Expiration: '2024-01-01T00:00:00Z',
      },
    })
    return 'an old role cache of another role'
  },
  (draft) => {
    draft.files[`${home}/.aws/sso/cache/0123456789abcdef0123456789abcdef01234567.json`] = JSON.stringify({
      startUrl: 'https://other.awsapps.com/start',
      region: 'eu-west-1',
      accessToken: 'madeUpBy'.repeat(20),
      expiresAt: '2024-01-01T00:00:00Z',
    })
    return 'an old SSO login of another organisation'
  },
  (draft) => {
    draft.env['CI'] = 'true'
    draft.env['GITHUB_ACTIONS'] = 'true'
    draft.env['GITHUB_EVENT_NAME'] = 'push'
    return 'a CI job'
  },
  (draft) => {
    draft.env['AWS_EC2_METADATA_DISABLED'] = 'true'
    return 'instance metadata switched off'
  },
  (draft) => {
    draft.files['/.dockerenv'] = ''
    draft.files['/proc/1/environ'] = 'PATH=/usr/bin\0HOME=/root\0'
    return 'inside of a container'
  },
  (draft) => {
    draft.env['HTTPS_PROXY'] = 'http://proxy.corp:3128'
    draft.env['NO_PROXY'] = '127.0.0.1,localhost'
    return 'a proxy'
  },
  (draft) => {
    draft.files[`${work}/serverless.yml`] =
      'service: app\nprovider:\n  name: aws\n  runtime: nodejs22.x\n  region: eu-west-1\n'
    draft.files[`${work}/samconfig.toml`] = 'version = 0.1\n[default.deploy.parameters]\nregion = "eu-west-1"\n'
    return 'serverless and SAM without a profile'
  },
]

const lineEnds = ['\n', '\n', '\n', '\r\n'] as const

/** The next healthy machine; all of them are made from the same keys. */
export function healthyMachine(stage: Stage, keys: Keys, random: Chooser): Healthy {
  const draft: Draft = { env: { HOME: home, SHELL: '/bin/bash' }, files: {}, credentials: [], config: [] }
  const steps = [random.one(sources), ...surroundings.filter(() => random.number(5) === 0)]
  const story = steps.map((step) => step(draft, keys, random)).join(', ')
  const end = random.one(lineEnds)
  const text = (all: readonly string[]): string => all.map((line) => `${line}${end}`).join('')
  if (draft.credentials.length > 0) draft.files[`${home}/.aws/credentials`] = text(draft.credentials)
  if (draft.config.length > 0) draft.files[`${home}/.aws/config`] = text(draft.config)
  const { outside } = stage
  const machine = recordedMachine({
    env: draft.env,
    files: draft.files,
    cwd: work,
    userHome: home,
    now: () => outside.now(),
    send: (request) => outside.send(request),
  })
  return { machine, story }
}
