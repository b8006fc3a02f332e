import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainError } from '../../../src/holder/diagnosis/index.ts'
import { type RecordedFile, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { readBearerToken } from '../../../src/holder/surroundings/bearer-token.ts'
import { readDockerConfig } from '../../../src/holder/surroundings/docker-config.ts'
import { readIdentityToken } from '../../../src/holder/surroundings/identity-token.ts'
import { readWorkload } from '../../../src/holder/surroundings/workload.ts'

const at = (files: Record<string, RecordedFile> = {}, env: Record<string, string> = {}) =>
  recordedMachine({ userHome: '/h', env: { HOME: '/h', ...env }, files })

describe('where a program runs', () => {
  test.each<[string, Record<string, RecordedFile>, Record<string, string>, object]>([
    ['nothing in particular', {}, {}, { platform: 'other', at: null, container: null, instance: null }],
    ['a Lambda function', {}, { AWS_LAMBDA_FUNCTION_NAME: 'f' }, { platform: 'lambda' }],
    [
      'a pod',
      {},
      { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      { platform: 'kubernetes', container: { variable: 'KUBERNETES_SERVICE_HOST' } },
    ],
    ['a task of ECS', {}, { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/x' }, { platform: 'ecs' }],
    ['CloudShell', {}, { AWS_EXECUTION_ENV: 'CloudShell' }, { platform: 'cloudshell' }],
    ['Cloud9', {}, { C9_PROJECT: 'x' }, { platform: 'cloud9' }],
    [
      'a workflow in a pod',
      {},
      { GITHUB_ACTIONS: 'true', KUBERNETES_SERVICE_HOST: 'x' },
      { platform: 'github-actions' },
    ],
    ['a container of Docker', { '/.dockerenv': '' }, {}, { container: { file: '/.dockerenv' } }],
    ['a container of Podman', { '/run/.containerenv': '' }, {}, { container: { file: '/run/.containerenv' } }],
    [
      'a container by its group',
      { '/proc/1/cgroup': '12:cpu:/docker/0123456789abcdef\n' },
      {},
      { container: { file: '/proc/1/cgroup' } },
    ],
    ['no container by its group', { '/proc/1/cgroup': '0::/init.scope\n' }, {}, { container: null }],
    [
      'an instance on Nitro',
      { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' },
      {},
      { instance: { file: '/sys/class/dmi/id/sys_vendor' } },
    ],
    [
      'an instance on Xen',
      { '/sys/hypervisor/uuid': 'ec2e1916-9099-7caf-fd21-012345abcdef\n' },
      {},
      { instance: { file: '/sys/hypervisor/uuid' } },
    ],
    [
      'a computer of somebody else',
      { '/sys/class/dmi/id/sys_vendor': 'QEMU\n', '/sys/hypervisor/uuid': 'f00e1916-9099' },
      {},
      { instance: null },
    ],
  ])('%s', (_what, files, env, expected) => {
    expect(readWorkload(at(files, env))).toMatchObject(expected)
  })
})

describe('what the clock rests on', () => {
  const skewed =
    'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature not yet current: 20260101T030000Z is still later than 20260101T001500Z (20260101T000000Z + 15 min.)'
  const signals = {
    wsl: { '/proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n' },
    docker: { '/proc/sys/kernel/osrelease': '6.10.14-linuxkit\n', '/.dockerenv': '' },
    chrony: { '/etc/chrony.conf': 'pool x\n' },
    guest: { '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'kvm-clock\n' },
  }
  test.each<[string, Record<string, RecordedFile>, string, RegExp]>([
    ['WSL', signals.wsl, 'sudo hwclock -s', /WSL/],
    ['Docker Desktop', signals.docker, 'docker desktop restart', /Docker Desktop/],
    ['a computer with chrony', signals.chrony, 'sudo chronyc makestep', /whole number of hours/],
    ['a virtual machine', signals.guest, 'sudo timedatectl set-ntp true', /virtual machine/],
    ['any other computer', {}, 'sudo timedatectl set-ntp true', /whole number of hours/],
  ])('decides how it is set on %s', async (_what, files, command, says) => {
    const [first] = (await explainError(skewed, { machine: at(files) })).causes
    expect(first).toMatchObject({ id: 'clock-skew', certainty: 'proven' })
    expect(first!.fix.commands.bash).toEqual([command])
    expect(first!.evidence.map((each) => each.says).join('\n')).toMatch(says)
  })
})

describe('web identity tokens', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const read = (file: RecordedFile) => readIdentityToken(at({ '/t': file }), '/t')

  test('are read for their claims', () => {
    const token = `${part({ alg: 'RS256' })}.${part({ iss: 'https://x', sub: 's', aud: ['a', 7], exp: 1_767_225_600 })}.AAAA\n`
    expect(read(token)).toEqual({
      kind: 'jwt',
      claims: {
        issuer: 'https://x',
        subject: 's',
        audiences: ['a'],
        authorizedParty: null,
        issuedAt: null,
        notBefore: null,
        expiresAt: new Date('2026-01-01T00:00:00Z'),
      },
    })
  })

  test.each<[string, RecordedFile, object]>([
    ['is empty', ' \n', { kind: 'empty' }],
    ['is no JWT', 'abc', { kind: 'no-jwt', how: 'cut' }],
    ['has lost its signature', `${part({})}.${part({})}.`, { kind: 'no-jwt', how: 'strange' }],
    ['holds no JSON', `${part({})}.AAAA.AAAA`, { kind: 'no-jwt', how: 'strange' }],
    ['holds a list', `${part({})}.${part([])}.AAAA`, { kind: 'no-jwt', how: 'strange' }],
    ['is binary', new Uint8Array([0xff, 0x2e, 0, 0x2e, 1]), { kind: 'no-jwt', how: 'strange' }],
    ['is far too long', 'a.'.repeat(50_000), { kind: 'no-jwt', how: 'strange' }],
    ['may not be read', { unreadable: 'permission' }, { kind: 'unreadable', because: 'permission' }],
    ['is a directory', { unreadable: 'directory' }, { kind: 'unreadable', because: 'directory' }],
  ])('tell when the file %s', (_what, file, expected) => {
    expect(read(file)).toEqual(expected)
  })

  test('with odd dates are no danger', () => {
    const token = (exp: unknown) => `${part({})}.${part({ exp })}.AAAA`
    for (const exp of ['soon', null, 1e300, -1e300, {}, true])
      expect(read(token(exp))).toMatchObject({ kind: 'jwt', claims: { expiresAt: null } })
  })
})

describe('logins of registries', () => {
  test('are read with their places, and no password leaves the file', () => {
    const secret = 'hunter2hunter2'
    const file = JSON.stringify(
      {
        auths: { 'https://index.docker.io/v1/': { auth: btoa(`me:${secret}`) } },
        credsStore: 'desktop',
        credHelpers: { 'public.ecr.aws': 'ecr-login' },
      },
      null,
      1,
    )
    const config = readDockerConfig(at({ '/h/.docker/config.json': file }))
    expect(config).toMatchObject({
      store: 'desktop',
      logins: [
        { host: 'public.ecr.aws', helper: 'ecr-login', at: { line: 9 } },
        { host: 'index.docker.io', helper: null, endsAt: null, at: { line: 3 } },
      ],
    })
    expect(JSON.stringify(config)).not.toContain(secret)
  })

  test('are looked for where DOCKER_CONFIG leads', () => {
    const files = { '/d/config.json': '{"auths":{"a":{}}}', '/h/.docker/config.json': '{}' }
    expect(readDockerConfig(at(files, { DOCKER_CONFIG: '/d' }))!.logins.map(({ host }) => host)).toEqual(['a'])
  })

  test('of any shape are no danger (seed 91)', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        readDockerConfig(at({ '/h/.docker/config.json': text }))
        readDockerConfig(
          at({ '/h/.docker/config.json': `{"auths":${text},"credHelpers":${text},"credsStore":${text}}` }),
        )
      }),
      { seed: 91, numRuns: 300 },
    )
  })
})

test.each([
  ['ABSKQmVkcm9jaw==', { kind: 'long-term' }],
  ['bedrock-api-key-####', { kind: 'short-term', endsAt: null }],
  [
    `bedrock-api-key-${btoa('bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&Version=1')}`,
    { kind: 'short-term', endsAt: new Date('2026-01-01T01:00:00Z') },
  ],
  ['sk-something', { kind: 'unknown' }],
])('a key of Bedrock tells of itself: %s', (value, expected) => {
  expect(readBearerToken(value)).toEqual(expected)
})
