import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { issuer } from '../authority.ts'
import { countersign, environment, makeHome } from '../program.ts'

/*
 * The profiles that `configure` writes, used by real clients against a real authority. A client that is not there is skipped, and
 * that is said.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const onAuthority = issuer()

interface Told {
  readonly arn: string
  readonly trouble: string
}

interface Client {
  readonly name: string
  readonly isThere: boolean
  /** The ARN of whoever the profile is. */
  ask(env: Readonly<Record<string, string>>, url: string): Promise<Told>
}

/** The authority answers in this very process, so nothing may wait for the client without letting it. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Told> {
  return new Promise((accept) => {
    execFile(program, [...args], { env, cwd: root, timeout: 60_000 }, (_, stdout, stderr) =>
      accept({ arn: stdout.trim(), trouble: stderr }),
    )
  })
}

const isThere = (program: string, args: readonly string[], says: RegExp) => {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return says.test(`${stdout}${stderr}`)
}

const awsCli = (program: string) => ({
  ask: (env: Readonly<Record<string, string>>, url: string) =>
    run(program, ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text', '--endpoint-url', url], env),
})

const clients: readonly Client[] = [
  { name: 'AWS CLI v1', isThere: isThere('aws', ['--version'], /aws-cli\/1/), ...awsCli('aws') },
  { name: 'AWS CLI v2', isThere: isThere('/usr/bin/aws', ['--version'], /aws-cli\/2/), ...awsCli('/usr/bin/aws') },
  {
    name: 'boto3',
    isThere: isThere('python3', ['-c', 'import boto3; print(boto3.__version__)'], /^1\./),
    ask: (env) => run('python3', ['-c', 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'], env),
  },
  {
    name: 'the SDK for JavaScript',
    isThere: true,
    ask: (env) =>
      run(
        process.execPath,
        [
          '-e',
          'const { STS } = require("@aws-sdk/client-sts"); new STS().getCallerIdentity().then(({ Arn }) => console.log(Arn))',
        ],
        env,
      ),
  },
]
for (const { name, isThere: there } of clients) if (!there) console.info(`skipped: ${name} is not there`)

/** A home with a profile that holds a session of long ago. */
function stage() {
  const home = makeHome()
  mkdirSync(join(home, '.aws'), { mode: 0o700 })
  writeFileSync(
    join(home, '.aws', 'credentials'),
    '[work]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\naws_session_token = old\naws_security_token = old\n',
    { mode: 0o600 },
  )
  return home
}

const vault = { COUNTERSIGN_VAULT: 'file', COUNTERSIGN_VAULT_PASSPHRASE: 'correct horse battery staple' }

describe.each([
  ['the files', [] as readonly string[]],
  ['the keychain', ['--keychain']],
])('a key that was imported into %s', (_, flags) => {
  test('is used by every client that is here', { timeout: 120_000 }, async () => {
    const { authority, alice } = onAuthority
    const home = stage()
    const setting = { home, env: vault }
    const handed = JSON.stringify({
      AccessKey: {
        UserName: 'alice',
        AccessKeyId: alice.accessKeyId,
        SecretAccessKey: alice.secretAccessKey,
        Status: 'Active',
      },
    })
    for (const [args, input] of [
      [['import', '--profile', 'work', ...flags], handed],
      [['set', 'region', 'eu-west-1', '--profile', 'work'], ''],
      [['set', 'endpoint_url', authority.url, '--profile', 'work'], ''],
    ] as const) {
      const { code, stderr } = await countersign(['configure', ...args], { ...setting, input })
      expect(`${code} ${stderr}`).toMatch(/^0 /)
    }
    const kept = readFileSync(join(home, '.aws', 'credentials'), 'utf8')
    expect(kept.includes(alice.secretAccessKey)).toBe(flags.length === 0)
    const env = { ...environment(home, vault), AWS_PROFILE: 'work', AWS_EC2_METADATA_DISABLED: 'true' }
    // The AWS CLI asks a credential_process with the code of boto3, and each asking costs the stretching of the passphrase.
    const asked = flags.length === 0 ? clients : clients.slice(2)
    for (const { name, ask } of asked.filter((client) => client.isThere)) {
      const { arn, trouble } = await ask(env, authority.url)
      expect(arn, `${name}: ${trouble}`).toBe('arn:aws:iam::123456789012:user/alice')
    }
  })
})
