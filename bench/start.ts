import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Line, quantile } from './line.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const turns = 60

/** Whole-process time of the bundled verb on an ordinary machine, against an empty Node, turn by turn. */
export async function measureStart(): Promise<readonly Line[]> {
  const built = spawnSync(process.execPath, [join(root, 'build.mjs')], { stdio: 'inherit' })
  if (built.status !== 0) throw new Error('the build failed')
  const home = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  mkdirSync(join(home, '.aws'))
  // Shaped like a pair that AWS gives out, and made up.
  const pair = `aws_access_key_id = AKIA${'QRSTUVWX'.repeat(2)}\naws_secret_access_key = ${'madeUpBy'.repeat(5)}\n`
  writeFileSync(join(home, '.aws', 'credentials'), `[default]\n${pair}\n[dev]\n${pair}`)
  writeFileSync(join(home, '.aws', 'config'), '[default]\nregion = eu-west-1\n\n[profile dev]\nregion = us-east-1\n')
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' }
  const time = (args: readonly string[]): number => {
    const begin = process.hrtime.bigint()
    const done = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    if (![0, 1, 3].includes(done.status ?? 70))
      throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`)
    return Number(process.hrtime.bigint() - begin) / 1e6
  }
  const bundle = join(root, 'dist', 'countersign.cjs')
  try {
    return ['check --offline --json', 'chain --json'].map((verb) => compare(verb, time, bundle))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function compare(verb: string, time: (args: readonly string[]) => number, bundle: string): Line {
  const ours: number[] = []
  const empty: number[] = []
  for (let turn = -5; turn < turns; turn++) {
    const a = time([bundle, ...verb.split(' ')])
    const b = time(['-e', '0'])
    if (turn < 0) continue
    ours.push(a)
    empty.push(b)
  }
  const ratios = ours.map((value, turn) => value / empty[turn]!)
  return {
    what: `bundled \`${verb}\`, whole process ÷ \`node -e 0\``,
    ratio: quantile(ratios, 0.5),
    bound: 1.35,
    atMost: true,
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    detail: `${quantile(ours, 0.5).toFixed(0)} ms against ${quantile(empty, 0.5).toFixed(0)} ms, ${turns} turns`,
  }
}
