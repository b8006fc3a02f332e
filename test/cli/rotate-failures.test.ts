import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request as open } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { membersOf } from '../../src/holder/machine/reply-members.ts'
import { mustCall } from '../../src/lab/caller.ts'
import type { KeyPair } from '../../src/lab/stage.ts'
import { noteSecret } from '../setup.ts'
import { issuer } from './authority.ts'
import { inside } from './inside.ts'
import { countersign, main, makeHome, startCountersign } from './program.ts'
import { fillVault, keyItem, vaultEnv } from './vaulted.ts'

/** `rotate` where AWS, the network, or somebody at the same files gets in between. */
const here = issuer()
const machine = realMachine({})
const ask = (action: string, parameters: Record<string, string> = {}) =>
  mustCall(machine, here.authority.url, here.authority.root, 'iam', action, parameters)

/** What happens to a request: it gets there, or not, and its answer comes back, or not. */
type Fate =
  | 'pass'
  | 'lost'
  | 'answer lost'
  | 'failed after'
  | 'throttled'
  | 'denied'
  | 'old key again'
  | 'somebody else'
type Deciding = (operation: string, count: number) => Fate | Promise<Fate>

const error = (code: string) => `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`
const stranger = '<R><Arn>arn:aws:iam::123456789012:user/somebody</Arn></R>'

/** Stands between the program and the authority; gives its address. */
async function between(decide: Deciding, old?: KeyPair): Promise<string> {
  const counts = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const operation = new URLSearchParams(body).get('Action') ?? ''
    counts.set(operation, (counts.get(operation) ?? 0) + 1)
    const fate = await decide(operation, counts.get(operation)!)
    const answer = (status: number, xml: string) => {
      response.writeHead(status, { 'Content-Type': 'text/xml' }).end(xml)
    }
    if (fate === 'lost') return void request.socket.destroy()
    if (fate === 'throttled') return answer(400, error('Throttling'))
    if (fate === 'old key again')
      return answer(200, `<R><AccessKeyId>${old!.accessKeyId}</AccessKeyId><SecretAccessKey>x</SecretAccessKey></R>`)
    if (fate === 'denied') return answer(403, error('AccessDenied'))
    if (fate === 'somebody else') return answer(200, stranger)
    const passed = await sendOn(request.url!, request.headers, body)
    if (fate === 'answer lost') return void request.socket.destroy()
    return fate === 'failed after' ? answer(500, error('InternalFailure')) : answer(passed.status, passed.xml)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** With the headers as they are: the host is signed. */
async function sendOn(path: string, headers: IncomingHttpHeaders, body: string) {
  return await new Promise<{ readonly status: number; readonly xml: string }>((accept, reject) => {
    const sent = open(`${here.authority.url}${path}`, { method: 'POST', headers }, async (reply) =>
      accept({ status: reply.statusCode!, xml: await text(reply) }),
    )
    sent.on('error', reject).end(body)
  })
}

let users = 0

async function makeUser(): Promise<{ readonly name: string; readonly pair: KeyPair }> {
  users += 1
  const name = `hindered-${users}`
  await ask('CreateUser', { UserName: name })
  const Statement = [{ Effect: 'Allow', Action: 'iam:*AccessKey*', Resource: `arn:aws:iam::*:user/${name}` }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await ask('PutUserPolicy', { UserName: name, PolicyName: 'own-keys', PolicyDocument })
  return { name, pair: await makeKey(name) }
}

async function makeKey(UserName: string): Promise<KeyPair> {
  const key = await ask('CreateAccessKey', { UserName })
  const pair = { accessKeyId: key.text('AccessKeyId'), secretAccessKey: key.text('SecretAccessKey') }
  noteSecret('secret key', pair.secretAccessKey)
  return pair
}

/** The ids of a user's keys that work. */
async function workingKeys(UserName: string): Promise<readonly string[]> {
  const { body } = await ask('ListAccessKeys', { UserName })
  const states = membersOf(body, 'Status')
  return membersOf(body, 'AccessKeyId').filter((_, at) => states[at] === 'Active')
}

const section = (name: string, { accessKeyId, secretAccessKey }: KeyPair) =>
  `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`

const setting = (home: string, url = here.authority.url) => ({
  home,
  env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' },
})
const credentials = (home: string) => readFileSync(join(home, '.aws/credentials'), 'utf8')

/** The id that a profile's file holds now; its secret is noted for the hunt at the end. */
function idIn(home: string, file = '.aws/credentials'): string {
  const content = readFileSync(join(home, file), 'utf8')
  noteSecret('secret key', /aws_secret_access_key = (\S+)/.exec(content)![1]!)
  return /aws_access_key_id = (\w+)/.exec(content)![1]!
}

const records = (home: string) => readdirSync(join(home, '.local/state/countersign/rotations'))

describe('a rotation that is hindered', () => {
  test.each<[string, Deciding]>([
    ['is busy', (operation, count) => (operation.endsWith('AccessKey') && count === 1 ? 'throttled' : 'pass')],
    [
      'fails after it has made the old key inactive',
      (operation, count) => (operation === 'UpdateAccessKey' && count === 1 ? 'failed after' : 'pass'),
    ],
    [
      'gives no answer to that',
      (operation, count) => (operation === 'UpdateAccessKey' && count === 1 ? 'answer lost' : 'pass'),
    ],
  ])('asks again when AWS %s', async (_, deciding) => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home, await between(deciding)))
    expect(code, stderr).toBe(0)
    expect(idIn(home)).not.toBe(pair.accessKeyId)
    expect(await workingKeys(name)).toEqual([idIn(home)])
  })

  test('does not ask for a second key when nobody knows whether the first was made, and says so', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const url = await between((operation) => (operation === 'CreateAccessKey' ? 'answer lost' : 'pass'))
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home, url))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain('AWS may have made a key whose secret nobody got. Nothing before')
    expect(idIn(home)).toBe(pair.accessKeyId)
    const next = await inside(['rotate', '--yes'], setting(home))
    expect(next.code, next.stderr).toBe(0)
    expect(await workingKeys(name)).toEqual([idIn(home)])
  })

  test('keeps the new key where it was written when the file was edited meanwhile, and goes on with the next run', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const url = await between((operation) => {
      if (operation !== 'GetCallerIdentity' || credentials(home).includes(pair.accessKeyId)) return 'pass'
      if (!credentials(home).includes('# mine')) appendFileSync(join(home, '.aws/credentials'), '# mine\n')
      return 'somebody else'
    })
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home, url))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain('The new key stays where it was written')
    expect(await workingKeys(name)).toContain(idIn(home))
    const next = await inside(['rotate', '--yes'], setting(home))
    expect(next.code, next.stderr).toBe(0)
    expect(await workingKeys(name)).toEqual([idIn(home)])
    expect(credentials(home)).toContain('# mine')
  })

  test('leaves the new key in the file when the old one may be inactive and cannot be made active again', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    let hasChanged = false
    const url = await between((operation) => {
      if (operation === 'UpdateAccessKey' && !hasChanged) {
        hasChanged = true
        return 'pass'
      }
      if (operation === 'GetCallerIdentity' && hasChanged) return 'somebody else'
      return hasChanged ? 'denied' : 'pass'
    })
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home, url))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain('may still be inactive')
    expect(await workingKeys(name)).toEqual([idIn(home)])
    const next = await inside(['rotate', '--yes'], setting(home))
    expect(next.code, next.stderr).toBe(0)
    expect(await workingKeys(name)).toEqual([idIn(home)])
  })

  test('two at once make one new key: the second one waits, and then does nothing', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    // Both have made their plan before either may begin.
    const waiting: (() => void)[] = []
    const url = await between(async (operation, count): Promise<Fate> => {
      if (operation === 'ListAccessKeys' && count <= 2)
        await new Promise<void>((go) => {
          waiting.push(go)
          if (count === 2) for (const each of waiting) each()
        })
      return 'pass'
    })
    const both = await Promise.all([1, 2].map(() => countersign(['rotate', '--yes'], setting(home, url))))
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1])
    expect(both.find(({ code }) => code === 1)!.stderr.replace(/\s+/g, ' ')).toContain(
      'changed meanwhile. Nothing was done',
    )
    expect(await workingKeys(name)).toEqual([idIn(home)])
    expect(records(home)).toHaveLength(1)
  })

  test('deletes no key that was made at another time than the rotation that was cut off', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const url = await between((operation) => (operation === 'CreateAccessKey' ? 'answer lost' : 'pass'))
    const { env } = setting(home, url)
    const hours = 2
    here.authority.clock({ offset: -hours * 3600 })
    try {
      const then = new Date(Date.now() - hours * 3_600_000).toISOString()
      const cutOff = await inside(['rotate', '--yes'], { home, env: { ...env, COUNTERSIGN_NOW: then } })
      expect(cutOff.code).toBe(1)
      expect(records(home)).toHaveLength(1)
    } finally {
      here.authority.clock({})
    }
    const made = (await workingKeys(name)).find((id) => id !== pair.accessKeyId)!
    await ask('DeleteAccessKey', { UserName: name, AccessKeyId: made })
    // By hand, for another program.
    const own = await makeKey(name)
    const next = await inside(['rotate', '--yes'], setting(home))
    expect(next.code, next.stderr).toBe(1)
    expect(next.stderr).toContain('two keys')
    expect((await workingKeys(name)).toSorted()).toEqual([pair.accessKeyId, own.accessKeyId].toSorted())
  })

  test('Ctrl-C lets the next run go on at once', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const running: { stop?: () => void } = {}
    const url = await between((operation) => {
      if (operation === 'UpdateAccessKey') running.stop!()
      return 'pass'
    })
    const { child, outcome } = startCountersign(['rotate', '--yes'], setting(home, url))
    running.stop = () => void child.kill('SIGINT')
    expect(await outcome).toMatchObject({ code: null, signal: 'SIGINT' })
    const next = await inside(['rotate', '--yes'], setting(home))
    expect(next.code, next.stderr).toBe(0)
    expect(next.stderr).not.toContain('waiting')
    expect(await workingKeys(name)).toEqual([idIn(home)])
  })

  test('deletes nothing to make room when it cannot write down what it does', async () => {
    const { name, pair } = await makeUser()
    const other = await makeKey(name)
    // What should be a directory is a file.
    const home = makeHome({ '.aws/credentials': section('default', pair), '.local/state/countersign': '' })
    const { code, stderr } = await inside(['rotate', '--yes', '--delete-other'], setting(home))
    expect(code).not.toBe(0)
    expect(stderr.replace(/\s+/g, ' ')).toContain('could not be written')
    expect((await workingKeys(name)).toSorted()).toEqual([pair.accessKeyId, other.accessKeyId].toSorted())
  })

  test('takes no key that it had before for the new one', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const url = await between((operation) => (operation === 'CreateAccessKey' ? 'old key again' : 'pass'), pair)
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home, url))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain('does not hold a whole new key')
    expect(credentials(home)).toBe(section('default', pair))
    expect(await workingKeys(name)).toEqual([pair.accessKeyId])
  })

  test('does not delete the other key with --delete-other while another profile uses it', async () => {
    const { name, pair } = await makeUser()
    const other = await makeKey(name)
    const home = makeHome({ '.aws/credentials': section('default', pair) + section('other', other) })
    const { code, stderr } = await inside(['rotate', '--yes', '--delete-other'], setting(home))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain('[other] uses the other one')
    expect(await workingKeys(name)).toHaveLength(2)
  })

  test('replaces a key that stands in a file also where another profile has it in the vault', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({
      '.aws/credentials': section('dev', pair),
      '.aws/config': `[profile ci]\ncredential_process = ${process.execPath} ${main} process ci\n`,
    })
    await fillVault(home, { 'profile/ci': keyItem(pair) })
    const { env } = setting(home)
    const kept = { home, env: { ...env, ...vaultEnv } }
    const { code, stderr } = await inside(['rotate', 'dev', '--yes'], kept)
    expect(code, stderr).toBe(0)
    const printed = JSON.parse((await inside(['process', 'ci'], kept)).stdout)
    noteSecret('secret key', printed.SecretAccessKey)
    expect(printed.AccessKeyId).toBe(idIn(home))
    expect(await workingKeys(name)).toEqual([idIn(home)])
  })
})
