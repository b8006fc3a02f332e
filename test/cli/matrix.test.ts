import { describe, expect, test } from 'vitest'
import { chainMatrix, chainSentence } from '../../src/cli/say/matrix.ts'
import { chainRules, knownSdks, traceChain } from '../../src/holder/chains/index.ts'
import { winnerShape } from '../../src/holder/diagnosis/shape.ts'
import type { Machine } from '../../src/holder/machine/machine.ts'
import { recordedMachine } from '../../src/holder/machine/recorded.ts'

const look = { colour: false, unicode: true, columns: 400 }
const home = '/home/ana'
const dev = 'AKIAQYYQYYQYYQYYQDEV'
const env = 'AKIAQYYQYYQYYQYYQENV'
const keys = {
  AWS_ACCESS_KEY_ID: env,
  AWS_SECRET_ACCESS_KEY: 'made-up',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
}
const pair = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = made-up\n`

function machineOf(variables: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>): Machine {
  return recordedMachine({
    env: { HOME: home, ...variables },
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`${home}/.aws/${name}`, text])),
    userHome: home,
    cwd: home,
  })
}

function toldOf(machine: Machine) {
  return knownSdks.map((sdk) => {
    const trace = traceChain(machine, { sdk })
    return { rules: chainRules(sdk), trace, winner: winnerShape(trace) }
  })
}

function matrix(...given: Parameters<typeof machineOf>): readonly string[] {
  const machine = machineOf(...given)
  return chainMatrix({ look, machine }, toldOf(machine)).split('\n')
}

describe('chain --sdk all', () => {
  test('says in one sentence who is alone in what it uses (D01)', () => {
    const [first] = matrix({ ...keys, AWS_PROFILE: 'dev' }, { credentials: `[dev]\n${pair(dev)}` })
    expect(first).toBe(
      '? JavaScript v3 uses AKIA…QDEV of profile dev (~/.aws/credentials:2); the other 15 use AKIA…QENV of the environment.',
    )
  })

  test('says so when all do the same', () => {
    const [first] = matrix(keys, {})
    expect(first).toBe('✓ All 16 use AKIA…QENV of the environment.')
  })

  test('says so when none finds anything', () => {
    expect(matrix({}, {})[0]).toBe('✗ All 16 find no credentials.')
  })

  test('tells apart who sends which token with one and the same key (D09)', () => {
    const [first] = matrix({ ...keys, AWS_SECURITY_TOKEN: 'old', AWS_SESSION_TOKEN: 'new' }, {})
    expect(first).toBe(
      '? The AWS CLI and boto3 use AKIA…QENV of the environment with the token of AWS_SECURITY_TOKEN; ' +
        'the other 13 use AKIA…QENV of the environment with the token of AWS_SESSION_TOKEN.',
    )
  })

  test('names the versions of a family that part (D65)', () => {
    const [first] = matrix({}, { config: `[default]\nregion = eu-west-1\n${pair(dev)}` })
    expect(first).toContain('JavaScript v2')
    expect(first).not.toContain('JavaScript v3')
  })

  test('says beside each SDK that is different why it does not take what the others take (D01, D65)', () => {
    const role = 'role_arn = arn:aws:iam::123456789012:role/Deploy\nsource_profile = default\n'
    const files = { credentials: `[default]\n${pair(dev)}`, config: `[profile dev]\nregion = eu-west-1\n${role}` }
    const lines = matrix({ AWS_PROFILE: 'dev', AWS_REGION: 'eu-west-1' }, files)
    expect(lines.find((line) => line.startsWith('  JavaScript v2 '))).toContain(
      'finds no credentials (a role to assume: there is no profile dev; without AWS_SDK_LOAD_CONFIG the config file is not read)',
    )
    expect(lines.find((line) => line.startsWith('  C++*'))).toContain('(a role to assume: it does not know them)')
    const [, , ...rows] = matrix({ ...keys, AWS_PROFILE: 'dev' }, files)
    expect(rows.find((line) => line.startsWith('  JavaScript v3 '))).toContain(
      '(environment variables: a profile is named, so that the environment is not asked)',
    )
  })

  test('has one line for each SDK, with a mark at those that were never run here', () => {
    const lines = matrix(keys, {})
    for (const sdk of ['.NET*', 'PHP*', 'C++*', 'AWS CLI v2+', 'Ruby+', 'Rust', 'Kotlin'])
      expect(lines.some((line) => line.startsWith(`  ${sdk} `))).toBe(true)
    expect(lines.slice(-3)).toEqual([
      '  + by its source code; an older version was observed by running it',
      '  * by its source code; not observed by running it',
      '',
    ])
    const observed = knownSdks.filter((sdk) => chainRules(sdk).evidence === 'observed')
    expect(observed.length).toBe(11)
  })

  test('is the sentence alone with --quiet', () => {
    expect(chainSentence({ look, machine: machineOf(keys, {}) }, toldOf(machineOf(keys, {})))).toBe(
      'All 16 use AKIA…QENV of the environment.\n',
    )
  })
})
