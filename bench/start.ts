import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Secret } from '../src/anatomy/secret.ts'
import { noteSession } from '../src/cli/quick-process.ts'
import { overlayMachine } from '../src/holder/machine/overlay.ts'
import { realMachine } from '../src/holder/machine/real.ts'
import { realDisk } from '../src/holder/machine/real-disk.ts'
import { writeSession } from '../src/holder/vault/session.ts'
import { type Line, quantile } from './line.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const turns = 60

/** Whole-process time of the bundled verbs, against an empty Node, turn by turn. */
export async function measureStart(): Promise<readonly Line[]> {
  const built = spawnSync(process.execPath, [join(root, 'build.mjs')], { stdio: 'inherit' })
  if (built.status !== 0) throw new Error('the build failed')
  const ordinary = ordinaryHome()
  const large = largeHome(2000)
  const kept = await keptHome()
  try {
    return [
      compare('check --offline --json', ordinary, 1.35),
      compare('chain --json', ordinary, 1.35),
      compare('process ops', kept, 1.35, ' of a session that is kept'),
      compare('chain --sdk all --json', large, 3, ' on 2,000 profiles'),
      parsing(10_000),
    ]
  } finally {
    for (const home of [ordinary, large, kept]) rmSync(home, { recursive: true, force: true })
  }
}

// Shaped like a pair that AWS gives out, and made up.
const pair = `aws_access_key_id = AKIA${'QRSTUVWX'.repeat(2)}\naws_secret_access_key = ${'madeUpBy'.repeat(5)}\n`

function ordinaryHome(): string {
  return homeWith(
    '[default]\nregion = eu-west-1\n\n[profile dev]\nregion = us-east-1\n',
    `[default]\n${pair}\n[dev]\n${pair}`,
  )
}

/** Such as granted and aws-sso-cli write for a large organisation: a role of IAM Identity Center per account, some roles over others. */
function largeHome(count: number): string {
  const profiles = [
    '[default]\nregion = eu-west-1\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n',
  ]
  for (let n = 0; n < count; n += 1) {
    const account = String(100_000_000_000 + n)
    profiles.push(
      n % 4 === 0
        ? `[profile role-${n}]\nrole_arn = arn:aws:iam::${account}:role/Admin\nsource_profile = default\nregion = eu-west-1\n`
        : `[profile sso-${n}]\nsso_session = corp\nsso_account_id = ${account}\nsso_role_name = ReadOnly\nregion = eu-west-1\n`,
    )
  }
  return homeWith(profiles.join('\n'), `[default]\n${pair}`)
}

/** With a session of the role `ops`, as `process` has kept and noted it. */
async function keptHome(): Promise<string> {
  const home = homeWith(
    '[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = default\nregion = eu-west-1\n',
    `[default]\n${pair}`,
  )
  const real = realMachine()
  const foreign = real.envNames().filter((name) => /^(AWS_|COUNTERSIGN_|XDG_)/.test(name))
  const env = { ...Object.fromEntries(foreign.map((name) => [name, null])), HOME: home }
  const [machine, disk] = [overlayMachine(real, { env }), realDisk()]
  const issuedAt = machine.now()
  await writeSession(machine, disk, 'ops', {
    accessKeyId: `ASIA${'QRSTUVWX'.repeat(2)}`,
    secretAccessKey: new Secret('madeUpBy'.repeat(5)),
    sessionToken: new Secret('madeUpBy'.repeat(60)),
    issuedAt,
    expiration: new Date(issuedAt.getTime() + 12 * 3_600_000),
    account: '123456789012',
    arn: null,
  })
  noteSession(machine, disk, 'ops', 'ops', [join(home, '.aws', 'config'), join(home, '.aws', 'credentials')])
  return home
}

function homeWith(config: string, credentials: string): string {
  const home = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  mkdirSync(join(home, '.aws'))
  writeFileSync(join(home, '.aws', 'config'), config)
  writeFileSync(join(home, '.aws', 'credentials'), credentials)
  return home
}

function timeOf(args: readonly string[], home: string): number {
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' }
  const begin = process.hrtime.bigint()
  const done = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 })
  const fine = args.includes('process') ? [0] : [0, 1, 3]
  if (!fine.includes(done.status ?? 70)) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`)
  return Number(process.hrtime.bigint() - begin) / 1e6
}

function compare(verb: string, home: string, bound: number, on = ''): Line {
  const bundle = join(root, 'dist', 'countersign.cjs')
  const ours: number[] = []
  const empty: number[] = []
  for (let turn = -3; turn < turns; turn += 1) {
    const a = timeOf([bundle, ...verb.split(' ')], home)
    const b = timeOf(['-e', '0'], home)
    if (turn < 0) continue
    ours.push(a)
    empty.push(b)
  }
  const ratios = ours.map((value, turn) => value / empty[turn]!)
  return {
    what: `bundled \`${verb}\`${on}, whole process ÷ \`node -e 0\``,
    ratio: quantile(ratios, 0.5),
    bound,
    atMost: true,
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    detail: `${quantile(ours, 0.5).toFixed(0)} ms against ${quantile(empty, 0.5).toFixed(0)} ms, ${turns} turns`,
  }
}

/** The first parse that a fresh process makes, bytes to profiles. The bound is a time, 60 ms; the ratio is to that. */
function parsing(count: number): Line {
  const home = largeHome(count)
  const times: number[] = []
  try {
    for (let turn = 0; turn < 15; turn += 1) {
      const done = spawnSync(process.execPath, [join(root, 'bench', 'parse.ts'), join(home, '.aws', 'config')], {
        encoding: 'utf8',
      })
      if (done.status !== 0) throw new Error(done.stderr)
      times.push(Number(done.stdout))
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  const ratios = times.map((time) => time / 60)
  return {
    what: `first parse of a file with ${count} profiles ÷ 60 ms`,
    ratio: quantile(ratios, 0.5),
    bound: 1,
    atMost: true,
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    detail: `${quantile(times, 0.5).toFixed(0)} ms, ${times.length} processes`,
  }
}
