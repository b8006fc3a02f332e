import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { knownSdks, traceChain } from '../../../src/holder/chains/index.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { resolveStep } from '../../../src/holder/resolution/index.ts'
import { endpoint, membersOf, type Seen, sts, type Told } from './endpoint.ts'
import { home, keepingDisk, machineWith, type State, valuesOf } from './machine.ts'

/** Whatever an SDK's chain plans must be something that can be run. */
const states: Readonly<Record<string, (url: string) => State>> = {
  'a role': () => ({
    config: '[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = keys\n',
    credentials: '[keys]\naws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n',
  }),
  'a role of a role': () => ({
    config:
      '[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = first\nexternal_id = abc\n' +
      '[profile first]\nrole_arn = arn:aws:iam::123456789012:role/first\nsource_profile = keys\n',
    credentials: '[keys]\naws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n',
  }),
  'a program': () => ({
    config: '[default]\nregion = eu-west-1\ncredential_process = print-keys "a b"\n',
    run: async () => {
      const stdout = '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"secret"}'
      return { kind: 'ended', exitCode: 0, signal: null, stdout, stderr: '' }
    },
  }),
  'a web identity': () => ({
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod' },
    files: { '/run/token': 'header.payload.signature' },
  }),
  SSO: () => ({
    config:
      '[default]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n' +
      '[sso-session corp]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n',
    files: {
      [`${home}/.aws/sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`]: JSON.stringify({
        startUrl: 'https://d-1.awsapps.com/start',
        region: 'eu-west-1',
        accessToken: 'access',
        expiresAt: '2099-01-01T00:00:00Z',
      }),
    },
  }),
  'a container': (url) => ({
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod' },
  }),
  'an instance': (url) => ({
    env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: url },
  }),
}

function world(seen: Seen): Told {
  if (seen.path === '/') return sts(seen)
  if (seen.path.startsWith('/federation/')) {
    const given = { accessKeyId: 'ASIASSO', secretAccessKey: 's', sessionToken: 't', expiration: 4070908800000 }
    return { body: { roleCredentials: given } }
  }
  if (seen.path === '/latest/api/token') return { body: 'metadata-token' }
  if (seen.path.endsWith('/security-credentials/')) return { body: 'my-role' }
  const given = { AccessKeyId: 'ASIAMETA', SecretAccessKey: 's', Token: 't', Expiration: '2099-01-01T00:00:00Z' }
  return { body: { Code: 'Success', ...given } }
}

describe.each(Object.keys(states))('%s', (name) => {
  test('is got by every SDK that would ask for it', async () => {
    const { url, seen } = await endpoint(world)
    const outside = realMachine({ direct: true })
    const machine = machineWith({
      // Older SDKs know of no configured endpoint: what they would send to AWS comes here, too.
      send: (request) => outside.send({ ...request, url: url + new URL(request.url).pathname }),
      ...states[name]!(url),
      env: {
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_SDK_LOAD_CONFIG: '1',
        ...states[name]!(url).env,
      },
    })
    const got: Record<string, unknown> = {}
    for (const sdk of knownSdks) {
      const trace = traceChain(machine, { sdk })
      if (trace.winner?.plan == null) continue
      const resolution = await resolveStep(machine, trace, trace.winner, { disk: keepingDisk() })
      got[sdk] = resolution.kind === 'resolved' ? resolution.kind : valuesOf(resolution)
    }
    expect(Object.values(got).filter((kind) => kind !== 'resolved')).toEqual([])
    // Not all have every source, but these have all of them.
    expect(Object.keys(got)).toEqual(
      expect.arrayContaining(['aws-cli-v2', 'aws-cli-v1', 'boto3', 'js-v3', 'go-v2', 'rust']),
    )
    for (const { RoleSessionName } of seen.filter(({ path }) => path === '/').map(membersOf)) {
      expect(RoleSessionName).toMatch(/^[\w+=,.@-]{2,64}$/)
    }
  })
})
