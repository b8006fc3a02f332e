import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noteWritten } from '../setup.ts'
import { credentialsFile, issuer } from './authority.ts'
import { countersign, makeHome } from './program.ts'

const here = issuer()
const patient = ['--timeout', '30']

/** A machine with a stale session token in the environment, which the authority has refused. */
async function recorded(): Promise<{ readonly home: string; readonly file: string; readonly told: string }> {
  const home = makeHome(credentialsFile(here.alice))
  const env = {
    AWS_ACCESS_KEY_ID: here.alice.accessKeyId,
    AWS_SECRET_ACCESS_KEY: here.alice.secretAccessKey,
    AWS_SESSION_TOKEN: here.session.sessionToken,
  }
  const args = ['check', '--bundle', 'case.json', '--json', '--endpoint-url', here.authority.url, ...patient]
  const { code, stdout, stderr } = await countersign(args, { home, env })
  expect(code, stderr).toBe(1)
  return { home, file: join(home, 'case.json'), told: stdout + stderr }
}

/** What of a verdict has to be the same on the machine and in its replay. */
function essence(json: string): unknown {
  const { status, causes, chain } = JSON.parse(json)
  type Cause = { id: string; certainty: string; evidence: { at: unknown }[] }
  return {
    status,
    causes: (causes as Cause[]).map(({ id, certainty, evidence }) => [id, certainty, evidence.map(({ at }) => at)]),
    chain: (chain as { source: string; outcome: string }[]).map(({ source, outcome }) => [source, outcome]),
  }
}

describe('check --bundle and --machine', () => {
  test('write a file for the person alone, which replays to the same verdict without network', async () => {
    const { home, file, told } = await recorded()
    const text = readFileSync(file, 'utf8')
    noteWritten('a bundle', text)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(told).toContain('readable by you alone')
    expect(told).not.toContain('does not say quite the same')

    const empty = makeHome()
    writeFileSync(join(empty, 'case.json'), text)
    const again = await countersign(['check', '--machine', 'case.json', '--json'], { home: empty })
    expect(again.code).toBe(1)
    expect(again.stderr.replaceAll('\n', ' ')).toContain('this computer is not looked at')
    const [verdict] = told.split(/^(?=Written to)/m)
    expect(essence(again.stdout)).toEqual(essence(verdict!))
    expect(JSON.parse(again.stdout).reply.code).toBe('InvalidClientTokenId')
    for (const secret of [here.alice.secretAccessKey, here.session.sessionToken]) expect(text).not.toContain(secret)
    expect(text).not.toContain(home)
  })

  test('explain reads an error text beside a recorded machine', async () => {
    const { file } = await recorded()
    const empty = makeHome()
    const words =
      'An error occurred (InvalidClientTokenId) when calling the ListBuckets operation: The security token included in the request is invalid'
    const { stdout } = await countersign(['explain', '--machine', file, '--json', words], { home: empty })
    const { causes } = JSON.parse(stdout) as { causes: { evidence: { at: unknown }[] }[] }
    expect(JSON.stringify(causes[0]!.evidence)).toContain('AWS_SESSION_TOKEN')
  })

  test('do not write over a file that is there', async () => {
    const home = makeHome({ 'case.json': 'mine' })
    const { code, stderr } = await countersign(['check', '--offline', '--bundle', 'case.json'], { home })
    expect(code).toBe(2)
    expect(stderr).toContain('is there already')
    expect(readFileSync(join(home, 'case.json'), 'utf8')).toBe('mine')
  })

  test.each([
    ['', 'it ends too early'],
    ['{"schema": "countersign.machine/1",\n "holds": nothing}', 'line 2, column 11'],
    ['{"schema":"countersign.machine/2"}', 'newer version'],
    ['{"schema":"countersign.check/1"}', 'schema is'],
    ['[]', 'the whole is not an object'],
  ])('refuse %j with its place', async (content, says) => {
    const home = makeHome({ 'case.json': content })
    const { code, stdout, stderr } = await countersign(['check', '--machine', 'case.json'], { home })
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(says)
  })

  test.each([
    [['check', '--machine', 'case.json', '--', 'touch', 'made']],
    [['check', '--bundle', 'new.json', '--all-profiles']],
    [['check', '--bundle', 'new.json', '--', 'touch', 'made']],
    [['check', '--bundle', 'new.json', '--sdk', 'all']],
  ])('ask one thing of one machine: not %j', async (args) => {
    const home = makeHome({ 'case.json': '{}' })
    const { code, stdout } = await countersign(args, { home })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(readdirSync(home)).toEqual(['case.json'])
  })

  test('tell that the file of a machine is not there', async () => {
    const { stderr } = await countersign(['check', '--machine', 'none.json'])
    expect(stderr).toContain('none.json cannot be read: it does not exist')
  })
})
