import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startAuthority } from '../../../../src/authority/index.ts'
import { realMachine } from '../../../../src/holder/machine/real.ts'
import { mustCall } from '../../../../src/lab/caller.ts'
import { type Program, programs } from './programs.ts'
import { type Refusal, refusals } from './replies.ts'

/*
 * node test/truth/record/renderings/record.ts [--only CLIENT]
 *
 * Lets the real SDKs meet real refusals and keeps what a person sees, as test/cases/errors/recorded-CLIENT.json. STS refusals come
 * from the embedded authority; those of other services from a stand-in that sends AWS's own bodies (`replies.ts`). What each text
 * has to be read as is known from the refusal, not from reading it. Not part of any test run: it needs the toolchains, and once
 *
 *   npm ci --prefix javascript; go build -C go -trimpath -o printed .; javac -cp '../jvm/target/lib/*' -d java/classes java/Printed.java
 *   CARGO_TARGET_DIR=rust/target cargo build --release --manifest-path rust/Cargo.toml
 */
const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../../..')
const cases = join(root, 'test/cases/errors')

const documentId = 'AKIAIOSFODNN7EXAMPLE'
const documentSecret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

type Environment = Readonly<Record<string, string>>

interface Posted {
  readonly name: string
  readonly seen: string
  readonly text: string
  readonly error: Readonly<Record<string, unknown>>
  readonly top: readonly (string | null)[]
}

/** Runs a program in an environment that is its own, and gives what it printed for people. */
function run(command: readonly string[], env: Environment): Promise<string> {
  return new Promise((done) => {
    execFile(command[0]!, command.slice(1), { cwd: here, env, timeout: 60_000 }, (_, stdout, stderr) =>
      done(`${stdout}${stderr}`),
    )
  })
}

/** The first frames of a stack are enough. */
function shortened(text: string): string {
  let frames = 0
  return text
    .split('\n')
    .filter((line) => {
      frames = /^\s+at /.test(line) ? frames + 1 : 0
      return frames <= 8
    })
    .join('\n')
}

/** Nothing of this computer and no secret: what is random becomes what AWS's documents have. */
function cleaned(text: string, secrets: readonly string[], url: string, host: string): string {
  let clean = text
  for (const secret of secrets) clean = clean.replaceAll(secret, documentSecret)
  return clean
    .replaceAll(url, `https://${host}`)
    .replaceAll(new URL(url).host, host)
    .replaceAll(root, '/srv/app')
    .replaceAll('/srv/app/test/truth/record/renderings', '/srv/app')
    .replaceAll(homedir(), '/srv/ada')
    .replace(/\b(A[KS]IA)[A-Z2-7]{16}\b/g, `$1${documentId.slice(4)}`)
    .replace(/(arn:aws:(?:iam|sts)::)\d{12}/g, '$1123456789012')
    .replace(/\b[0-9a-f]{64}\b/g, '0123456789abcdef'.repeat(4))
}

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const authority = await startAuthority({ data: ':memory:', port: 0 })
let reply: Refusal['reply']
const standIn = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(reply!.status, reply!.headers)
    response.end(reply!.body)
  })
})
await new Promise<void>((ready) => standIn.listen(0, '127.0.0.1', ready))
const standInUrl = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`
const outside = realMachine({ direct: true })
await mustCall(outside, authority.url, authority.root, 'iam', 'CreateUser', { UserName: 'ada' })
const made = await mustCall(outside, authority.url, authority.root, 'iam', 'CreateAccessKey', { UserName: 'ada' })
const user = { accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
const sessionToken = (await mustCall(outside, authority.url, user, 'sts', 'GetSessionToken')).text('SessionToken')
const home = mkdtempSync(join(tmpdir(), 'renderings-'))

/** The three variables of the one who calls. */
function credentialOf(who: Refusal['who']): Environment {
  const other = randomBytes(30).toString('base64')
  const unknown = `AKIA${authority.root.accessKeyId.slice(4, 8)}${'Q7'.repeat(6)}`
  const pair = (id: string, secret: string, token?: string): Environment => ({
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
  })
  switch (who) {
    case 'nobody':
      return {}
    case 'wrong-secret':
      return pair(user.accessKeyId, other)
    case 'stale-token':
      return pair(user.accessKeyId, user.secretAccessKey, sessionToken)
    case 'no-rights':
      return pair(user.accessKeyId, user.secretAccessKey)
    case 'swapped':
      return pair('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', user.accessKeyId)
    default:
      return pair(unknown, other)
  }
}

async function record(program: Program): Promise<readonly Posted[]> {
  const posted: Posted[] = []
  for (const refusal of refusals) {
    if (!program.services.includes(refusal.service)) continue
    if (program.operations?.includes(refusal.operation) === false) continue
    for (const print of program.prints) {
      const url = refusal.reply === undefined ? authority.url : standInUrl
      reply = refusal.reply
      const credential = credentialOf(refusal.who)
      const env = {
        PATH: process.env['PATH']!,
        HOME: home,
        NO_COLOR: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_MAX_ATTEMPTS: '1',
        AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
        PYTHONWARNINGS: 'ignore',
        ...credential,
      }
      const secrets = [credential['AWS_SECRET_ACCESS_KEY'], credential['AWS_SESSION_TOKEN']].filter(
        (each) => each !== undefined,
      )
      const text = cleaned(
        await run(program.command(refusal, print, url), env),
        secrets,
        url,
        `${refusal.service}.us-east-1.amazonaws.com`,
      )
      const silent = program.silent?.includes(print) === true
      const told = program.tells(print, refusal)
      if (text.trim() === '') throw new Error(`${program.client} ${refusal.name} ${print}: printed nothing`)
      posted.push({
        name: `${refusal.service} ${refusal.name}, ${print}`,
        seen: `recorded: ${program.client}`,
        text: shortened(text).slice(0, 6000),
        error: silent
          ? {}
          : {
              ...(refusal.status === 0 ? {} : { code: refusal.code }),
              ...(told.service ? { service: refusal.service } : {}),
              ...(told.operation ? { operation: refusal.operation } : {}),
              ...(told.status ? { status: refusal.status } : {}),
              ...(told.client === null ? {} : { client: told.client }),
            },
        top: silent ? [null] : refusal.top,
      })
    }
  }
  return posted
}

for (const program of programs) {
  if (values.only !== undefined && values.only !== program.client) continue
  const posted = await record(program)
  const once = posted.filter(({ text }, index) => posted.findIndex((each) => each.text === text) === index)
  const lines = once.map((each) => `  ${JSON.stringify(each)}`).join(',\n')
  writeFileSync(join(cases, `recorded-${program.client}.json`), `[\n${lines}\n]\n`)
  console.info(`${program.client}: ${once.length}`)
}
rmSync(home, { recursive: true })
standIn.close()
await authority.stop()
