// What a user of the package gets: packs it, installs it in an empty project, and uses each of its doors.
// Not part of `npm test`: it builds and installs. `.ci/run` runs it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const project = mkdtempSync(join(tmpdir(), 'countersign-package-'))
const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options })
const expect = (what, truth) => {
  if (!truth) throw new Error(`the package does not ${what}`)
  process.stdout.write(`  it does ${what}\n`)
}

try {
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], { cwd: root }),
  )
  const names = packed.files.map(({ path }) => path)
  expect(
    'hold only what users need',
    names.every((name) => /^(dist\/|man\/|README|CHANGELOG|LICENSE|SECURITY|package\.json)/.test(name)),
  )
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }')
  run('npm', ['install', '--no-audit', '--no-fund', join(project, packed.filename)])

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const command = join(project, 'node_modules', 'countersign', 'dist', 'countersign.cjs')
  const node = join(root, 'node_modules', 'node', 'bin', 'node')
  expect('tell its version', run(node, [command, '--version']).trim() === version)
  const empty = { PATH: process.env.PATH, HOME: project }
  let absent = ''
  try {
    run(node, [command, 'check', '--offline', '--json'], { env: empty })
  } catch (error) {
    absent = error.stdout
  }
  expect('find no credentials on an empty machine', JSON.parse(absent).causes[0]?.id === 'no-credentials')

  let ended = { status: 0, stdout: '' }
  try {
    run(node, [command, 'check', '--', node, '-e', 'console.log(1); process.exit(7)'], { env: empty })
  } catch (error) {
    ended = error
  }
  expect('run a command with its own output and exit code', ended.status === 7 && ended.stdout === '1\n')

  // Shaped like a pair that AWS gives out, and made up.
  const pair = `aws_access_key_id = AKIA${'QRSTUVWX'.repeat(2)}\naws_secret_access_key = ${'madeUpBy'.repeat(5)}\n`
  writeFileSync(join(project, 'credentials'), `[kept]\n${pair}`)
  const vaulted = {
    ...empty,
    HOME: join(project, 'home'),
    AWS_SHARED_CREDENTIALS_FILE: join(project, 'credentials'),
    COUNTERSIGN_VAULT: 'file',
    COUNTERSIGN_VAULT_PASSPHRASE: 'opens nothing else',
  }
  run(node, [command, 'configure', 'import', '--keychain', '--profile', 'kept', '--yes', '-q'], { env: vaulted })
  const given = JSON.parse(run(node, [command, 'process', 'kept'], { env: vaulted }))
  expect(
    'keep a key in its vault and give it to an SDK',
    given.AccessKeyId?.startsWith('AKIA') && !readFileSync(join(project, 'credentials'), 'utf8').includes('madeUpBy'),
  )

  writeFileSync(
    join(project, 'doors.mjs'),
    `import { startAuthority } from 'countersign/authority'
import { sign } from 'countersign/signature'
import { diagnose } from 'countersign'
const authority = await startAuthority({ data: ':memory:', port: 0 })
const at = new Date()
const { request } = sign(
  { method: 'POST', path: '/', query: '', headers: [['Host', new URL(authority.url).host], ['Content-Type', 'application/x-www-form-urlencoded']], body: 'Action=GetCallerIdentity&Version=2011-06-15' },
  { credentials: authority.root, region: 'us-east-1', service: 'sts', at },
)
const reply = await fetch(authority.url, { method: 'POST', headers: Object.fromEntries(request.headers.filter(([name]) => name.toLowerCase() !== 'host')), body: request.body })
const page = await (await fetch(authority.url + '/console/')).text()
const script = await fetch(new URL(/src="([^"]+\\.js)"/.exec(page)[1], authority.url))
console.log(JSON.stringify({ status: reply.status, body: await reply.text(), diagnose: typeof diagnose, script: script.status }))
await authority.stop()
`,
  )
  const doors = JSON.parse(run(node, ['doors.mjs']))
  expect(
    'let a program start an authority and be accepted by it',
    doors.status === 200 && doors.body.includes(':root</Arn>'),
  )
  expect('show its console to a browser', doors.script === 200)
  expect('export the diagnosis', doors.diagnose === 'function')

  writeFileSync(
    join(project, 'served.mjs'),
    `import { spawn } from 'node:child_process'
const server = spawn(process.execPath, [${JSON.stringify(command)}, 'serve', '--data', 'served', '--port', '0', '--quiet'])
server.stdout.setEncoding('utf8').once('data', async (line) => {
  const page = await fetch(line.trim().replace('ready ', '') + '/console/')
  console.log(page.status, page.headers.get('content-security-policy').includes("script-src 'self';"))
  server.kill()
})
`,
  )
  expect('serve its console', run(node, ['served.mjs'], { env: empty }).trim() === '200 true')
  expect(
    'carry the licences of what it carries',
    ['', 'console/'].every((part) => names.includes(`dist/${part}licenses.txt`)),
  )

  // With every module of Node denied: what loads then loads in a browser too.
  writeFileSync(
    join(project, 'anywhere.mjs'),
    `import { registerHooks } from 'node:module'
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (found.url.startsWith('node:')) throw new Error('it loads ' + found.url)
    return found
  },
})
for (const name of ['process', 'Buffer', 'require', 'setImmediate']) delete globalThis[name]
const { explainError } = await import('countersign/diagnosis')
const { causes } = await explainError('An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.')
console.log(causes.length)
`,
  )
  expect('explain an error without anything of Node', Number(run(node, ['anywhere.mjs'])) > 1)

  // The README's own example, against an authority in another process, on a machine with a role behind a profile.
  const [, example] = /## In a program\n\n```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))
  writeFileSync(join(project, 'example.mjs'), example)
  writeFileSync(
    join(project, 'stage.mjs'),
    `import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { startAuthority } from 'countersign/authority'
const { url, root, stop } = await startAuthority({ data: ':memory:', port: 0, accountId: '123456789012' })
mkdirSync('.aws')
writeFileSync('.aws/keys', JSON.stringify({ Version: 1, AccessKeyId: root.accessKeyId, SecretAccessKey: root.secretAccessKey }), { mode: 0o600 })
writeFileSync('.aws/config', '[profile dev]\\ncredential_process = cat ' + process.cwd() + '/.aws/keys\\nregion = eu-west-1\\n')
const env = { PATH: process.env.PATH, HOME: process.cwd(), AWS_ENDPOINT_URL: url }
console.log((await promisify(execFile)(process.execPath, ['example.mjs'], { env })).stdout)
await stop()
`,
  )
  const told = run(node, ['stage.mjs'])
  expect(
    'run the example of its README',
    told.includes('aws-cli-v2 · the credential_process of [dev] would be run') &&
      told.includes('valid arn:aws:iam::123456789012:root'),
  )

  writeFileSync(
    join(project, 'doors.ts'),
    `import { startAuthority } from 'countersign/authority'
import { sign } from 'countersign/signature'
import { chain, check, diagnose, resolve, type Trace, type Verdict } from 'countersign'
export const trace: Trace = chain({ sdk: 'boto3', profile: 'dev' })
export const resolved: 'resolved' | 'failed' | 'described' | undefined = (await resolve())?.kind
export const checked: Verdict = await check({ offline: true })
export const verdict: Promise<Verdict> | undefined = undefined
export const url: string = (await startAuthority({ data: ':memory:', port: 0 })).url
void [sign, diagnose]
// @ts-expect-error a port is a number
void startAuthority({ data: ':memory:', port: 'http' })
`,
  )
  run(
    node,
    [
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules', '@types'),
      'doors.ts',
    ],
    { stdio: 'inherit' },
  )
  expect('carry types that a strict project can use', true)
} finally {
  rmSync(project, { recursive: true, force: true })
}
