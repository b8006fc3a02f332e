import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import { issuer, short } from './authority.ts'
import { countersign, makeHome } from './program.ts'

/** `chain --resolve`, and what `check` and `whoami` do with it, as a person runs them: against the project's own authority. */
const here = issuer()

beforeAll(async () => {
  const { authority } = here
  const ask = (action: string, parameters: Record<string, string>) =>
    mustCall(realMachine({}), authority.url, authority.root, 'iam', action, parameters)
  const statement = (rest: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
  await ask('CreateRole', {
    RoleName: 'dev',
    AssumeRolePolicyDocument: statement({
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'sts:AssumeRole',
    }),
  })
  const allow = (PolicyName: string, Action: string) => ({
    PolicyName,
    PolicyDocument: statement({ Action, Resource: '*' }),
  })
  await ask('PutUserPolicy', { UserName: 'alice', ...allow('roles', 'sts:AssumeRole') })
  await ask('PutRolePolicy', { RoleName: 'dev', ...allow('alias', 'iam:ListAccountAliases') })
})

const config = `[profile dev]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = alice
role_session_name = me
region = eu-west-1
[profile closed]
role_arn = arn:aws:iam::123456789012:role/closed
source_profile = alice
region = eu-west-1
[profile device]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = alice
mfa_serial = arn:aws:iam::123456789012:mfa/alice
region = eu-west-1
[profile tool]
credential_process = "${process.execPath}" print-keys.cjs
[profile broken]
credential_process = "${process.execPath}" fail.cjs
`
function setting() {
  const { alice, authority } = here
  const printed = { Version: 1, AccessKeyId: alice.accessKeyId, SecretAccessKey: alice.secretAccessKey }
  return {
    files: {
      '.aws/config': config,
      '.aws/credentials': `[alice]\naws_access_key_id = ${alice.accessKeyId}\naws_secret_access_key = ${alice.secretAccessKey}\n`,
      'print-keys.cjs': `require('node:fs').writeFileSync('was-run', ''); console.log(${JSON.stringify(JSON.stringify(printed))})`,
      'fail.cjs': `console.error('Your session is over: sign in to the vault'); process.exit(3)`,
    },
    env: { AWS_ENDPOINT_URL: authority.url, AWS_EC2_METADATA_DISABLED: 'true' },
  }
}
const run = (...args: string[]) => countersign(args, setting())

describe('chain --resolve', () => {
  test('gets the role, and shows its session with a shortened key id, its end, and what was done', async () => {
    const { code, stdout } = await run('chain', 'dev', '--resolve')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^✓ The AWS CLI gets ASIA…[A-Z2-7]{4} from ~\/\.aws\/config:2, profile dev\.\n/)
    expect(stdout).toMatch(/\n {2}kind {6}temporary\n {2}account {3}123456789012\n/)
    expect(stdout).toContain('  session   arn:aws:sts::123456789012:assumed-role/dev/me\n')
    expect(stdout).toMatch(/\n {2}ends {6}20\d\d-\d\d-\d\d \d\d:\d\d UTC \(in 60 minutes\)\n/)
    expect(stdout).toContain(
      `\nWhat was done for it\n  sts:AssumeRole at ${new URL(here.authority.url).host}: HTTP 200\n`,
    )
    expect(stdout).toMatch(/✓ {2}assume-role +the role arn:aws:iam::123456789012:role\/dev/)
  })

  test('gives a program the same', async () => {
    const { code, stdout } = await run('chain', 'dev', '--resolve', '--json', '--sdk', 'boto3')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).sdks.boto3).toMatchObject({
      error: null,
      winner: { accessKeyId: expect.stringMatching(/^ASIA…/), kind: 'temporary', account: '123456789012' },
      resolution: {
        kind: 'resolved',
        roleSession: 'arn:aws:sts::123456789012:assumed-role/dev/me',
        reason: null,
        trail: [{ kind: 'call', operation: 'sts:AssumeRole', host: new URL(here.authority.url).host, status: 200 }],
      },
    })
  })

  test.each([
    [
      'a role that may not be assumed',
      'closed',
      1,
      { kind: 'failed', reason: 'refused', error: expect.stringMatching(/^AccessDenied: /) },
    ],
    ['a role that wants a code, with nobody to ask', 'device', 3, { kind: 'failed', reason: 'needs-mfa', trail: [] }],
    [
      'a program that fails',
      'broken',
      1,
      {
        kind: 'failed',
        reason: 'process-failed',
        because:
          'the credential_process of [broken] ended with exit code 3: Your session is over: sign in to the vault',
        at: { file: '~/.aws/config', line: 18, column: 22 },
      },
    ],
  ])('tells of %s', async (_, profile, expected, resolution) => {
    const { code, stdout } = await run('chain', profile, '--resolve', '--json')
    const { winner, resolution: told } = JSON.parse(stdout).sdks['aws-cli-v2']
    expect(told).toMatchObject(resolution)
    expect(winner).toMatchObject({ accessKeyId: null })
    expect(code).toBe(expected)
  })

  test('runs no program with --no-exec and sends nothing with --offline', async () => {
    const home = makeHome(setting().files)
    const quiet = await countersign(['chain', 'tool', '--resolve', '--no-exec', '-q'], { ...setting(), home })
    expect(quiet).toMatchObject({
      code: 3,
      stdout: '? Not done, because no program is to be run: the credential_process of [tool] would be run.\n',
    })
    expect(existsSync(join(home, 'was-run'))).toBe(false)
    const offline = await countersign(['chain', 'dev', '--resolve', '--offline', '--json'], { ...setting(), home })
    expect(offline.code).toBe(3)
    expect(JSON.parse(offline.stdout).sdks['aws-cli-v2'].resolution).toMatchObject({
      kind: 'described',
      needs: 'network',
      trail: [],
    })
    const run = await countersign(['chain', 'tool', '--resolve', '--offline'], { ...setting(), home })
    expect(run.code).toBe(0)
    expect(existsSync(join(home, 'was-run'))).toBe(true)
  })

  test('needs nothing done for keys that stand on the machine, and cannot get what is nowhere', async () => {
    const keys = await run('chain', 'alice', '--resolve', '-q')
    expect(keys.code).toBe(0)
    expect(keys.stdout).toContain(`gets ${short(here.alice.accessKeyId)} from ~/.aws/credentials:2, profile alice.`)
    const nowhere = await run('chain', '--resolve', '--json')
    expect(nowhere.code).toBe(1)
    expect(JSON.parse(nowhere.stdout).sdks['aws-cli-v2']).toMatchObject({ winner: null, resolution: null })
  })

  test('is for one SDK', async () => {
    const { code, stderr } = await run('chain', '--resolve', '--sdk', 'all')
    expect(code).toBe(2)
    expect(stderr).toContain('--sdk NAME')
  })

  test('without it nothing is run', async () => {
    const home = makeHome(setting().files)
    await countersign(['chain', 'tool'], { ...setting(), home })
    expect(existsSync(join(home, 'was-run'))).toBe(false)
  })
})

describe('check and whoami', () => {
  test('say who one is as the role, with its account and end', async () => {
    const checked = await run('check', 'dev')
    expect(checked.code).toBe(0)
    expect(checked.stdout).toMatch(/^✓ You are arn:aws:sts::123456789012:assumed-role\/dev\/me, by ASIA…/)
    const who = await run('whoami', 'dev', '--json')
    expect(who.code).toBe(0)
    expect(JSON.parse(who.stdout)).toMatchObject({
      status: 'valid',
      account: '123456789012',
      type: 'assumed-role',
      name: 'dev',
      sessionName: 'me',
      expiration: expect.stringMatching(/^20/),
    })
  })

  test('say who one is by the keys that a program prints', async () => {
    const { code, stdout } = await run('check', 'tool', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'valid',
      identity: { arn: 'arn:aws:iam::123456789012:user/alice' },
      credential: { accessKeyId: short(here.alice.accessKeyId), source: { provider: 'custom-process', line: 16 } },
    })
  })

  test('say why a program gave none, and what STS answered for a role', async () => {
    const { code, stdout } = await run('check', 'broken', '-q')
    expect(code).toBe(1)
    expect(stdout).toContain('ended with exit code 3: Your session is over: sign in to the vault')
    const role = await run('check', 'closed', '--json')
    expect(role.code).toBe(1)
    expect(JSON.parse(role.stdout)).toMatchObject({
      status: 'unusable',
      causes: expect.arrayContaining([expect.objectContaining({ id: 'explicitly-denied', certainty: 'proven' })]),
      reply: { service: 'sts', operation: 'AssumeRole', code: 'AccessDenied' },
    })
  })

  test('show no secret of what was run or sent with --debug', async () => {
    const { stderr } = await run('check', 'tool', '--debug')
    expect(stderr).toContain(`debug: run ${process.execPath} (its arguments not shown)`)
    expect(stderr).not.toContain('print-keys.cjs')
    expect(stderr).not.toContain(here.alice.secretAccessKey)
  })
})
