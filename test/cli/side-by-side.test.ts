import { describe, expect, test } from 'vitest'
import { credentialsFile, issuer, short } from './authority.ts'
import { countersign } from './program.ts'

const here = issuer()
const path = '.aws/credentials'

/** Of three profiles one is well, one has a leftover token, and one has nothing. */
function threeProfiles(): Record<string, string> {
  const good = credentialsFile(here.alice)[path]!
  const stale = credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken }, 'stale')[path]!
  return { [path]: `${stale}${good}`, '.aws/config': '[profile bare]\nregion = eu-west-1\n' }
}

function ask(args: readonly string[], files = threeProfiles()) {
  const flags = ['--endpoint-url', here.authority.url, '--timeout', '30']
  return countersign(['check', '--all-profiles', ...flags, ...args], { files })
}

describe('check --all-profiles', () => {
  test('tells of every profile in one line of a table, default first', async () => {
    const { code, stdout } = await ask([])
    expect(code).toBe(1)
    const [first, , header, ...rows] = stdout.trimEnd().split('\n')
    expect(first).toBe('✗ 3 profiles: 1 valid, 2 with a problem. More of one: countersign check NAME')
    expect(header!.split(/ {2,}/).slice(1)).toEqual(['profile', 'credential', 'account', 'ends', 'verdict'])
    const key = short(here.alice.accessKeyId)
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ['✓ default', key, '123456789012', 'user/alice'],
      ['✗ bare', expect.stringMatching(/credentials/)],
      ['✗ stale', key, '123456789012', expect.stringMatching(/session token/)],
    ])
  })

  test('gives one line of JSON per profile, each with the shape of the contract', async () => {
    const { code, stdout, stderr } = await ask(['--json'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told.map(({ profile, schema, status }) => [profile, schema, status])).toEqual([
      ['default', 'countersign.check/1', 'valid'],
      ['bare', 'countersign.check/1', 'absent'],
      ['stale', 'countersign.check/1', 'rejected'],
    ])
    expect(told[2].causes[0].id).toBe('stale-session-token')
  })

  test('shows with --quiet only those that are not well, and ends with 0 when all are', async () => {
    const quiet = await ask(['-q'])
    expect(
      quiet.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)[0]),
    ).toEqual(['✗ bare', '✗ stale'])
    const well = await ask(['-q'], credentialsFile(here.alice))
    expect({ code: well.code, stdout: well.stdout }).toEqual({ code: 0, stdout: '' })
  })

  test('ends with 3 when nothing speaks against a profile and AWS was not asked', async () => {
    expect((await ask(['--offline'], credentialsFile(here.alice))).code).toBe(3)
  })

  test('refuses a profile beside it, and says so where there is none at all', async () => {
    const named = await ask(['--profile', 'dev'])
    expect(named.code).toBe(2)
    expect(named.stderr).toContain('leave the profile out')
    const none = await ask([], {})
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('there is no profile in the AWS files')
  })
})

describe('check --sdk all', () => {
  // Java v1 reads no config file of its own accord, JavaScript v2 only when it is told to; the others take the pair.
  const inConfig = () => ({ '.aws/config': `[default]\nregion = eu-west-1\n${pairOf(here.alice)}` })

  test('asks about what each SDK would use, one line each', async () => {
    const { code, stdout } = await sdks([], inConfig())
    expect(code).toBe(1)
    const [first, , header, ...rows] = stdout.trimEnd().split('\n')
    expect(first).toMatch(/^✗ 16 SDKs: \d+ valid, \d+ with a problem\. More of one: countersign check --sdk NAME$/)
    expect(header!.split(/ {2,}/).slice(1)).toEqual(['SDK', 'credential', 'account', 'ends', 'verdict'])
    const told = new Map(rows.map((row) => [/^. (\S+)/.exec(row)![1], row]))
    expect(told.get('boto3')).toMatch(/^✓ boto3 .* user\/alice$/)
    expect(told.get('js-v2')).toMatch(/^✗ js-v2 .* credentials$/)
  })

  test('gives one line of JSON per SDK, each with its own chain', async () => {
    const { stdout } = await sdks(['--json'], inConfig())
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told).toHaveLength(16)
    expect(told.find(({ sdk }) => sdk === 'boto3')).toMatchObject({ schema: 'countersign.check/1', status: 'valid' })
    expect(told.find(({ sdk }) => sdk === 'js-v2')).toMatchObject({ status: 'absent', credential: null })
  })

  test('goes with one profile at a time', async () => {
    const { code, stderr } = await sdks(['--all-profiles'], {})
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('leave --sdk out') })
  })
})

function sdks(args: readonly string[], files: Record<string, string>) {
  const flags = ['--endpoint-url', here.authority.url, '--timeout', '30']
  return countersign(['check', '--sdk', 'all', ...flags, ...args], { files })
}

function pairOf({ accessKeyId, secretAccessKey }: typeof here.alice): string {
  return `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
}
