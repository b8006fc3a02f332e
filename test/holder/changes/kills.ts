import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { recoverChanges } from '../../../src/holder/changes/index.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import { fileNames, versionOf } from './versions.ts'

/*
 * Kills a program that changes two files without end, at random instants, and looks at what it leaves. `npm run kills` does it
 * 1,000 times; the tests a few.
 */
const program = fileURLToPath(new URL('./changing.ts', import.meta.url))
const compileCache = join(
  fileURLToPath(new URL('../../..', import.meta.url)),
  'node_modules',
  '.cache',
  'countersign-tests',
)

export interface Kills {
  readonly kills: number
  /** Kills after which a change had begun and was not complete. */
  readonly interrupted: number
  /** Of those, kills between the two files. */
  readonly between: number
  readonly takenBack: number
  readonly finished: number
  /** Changes that were complete altogether: the last version that both files have. */
  readonly versions: number
}

/**
 * @throws when a file is neither old nor new, when the two files are of different versions once the change was brought to an end,
 *   or when something is left behind
 */
export async function kill(count: number, seed: number): Promise<Kills> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-kills-'))
  const env = { HOME: home, USERPROFILE: home, XDG_STATE_HOME: null, LOCALAPPDATA: null }
  const machine = overlayMachine(realMachine({ offline: true }), { env, userHome: home })
  const next = randomFrom(seed)
  const found = { kills: count, interrupted: 0, between: 0, takenBack: 0, finished: 0, versions: 0 }
  const versions = () =>
    fileNames.map((name) => {
      const reading = machine.readFile(join(home, name))
      return versionOf(reading.kind === 'found' ? reading.bytes : null)
    })
  try {
    for (let at = 0; at < count; at += 1) {
      await killAfter(home, next() * 80)
      const [one, other] = versions()
      if (one !== other) found.between += 1
      for (const { outcome } of recoverChanges(machine, realDisk())) {
        found.interrupted += 1
        if (outcome === 'taken-back') found.takenBack += 1
        else if (outcome === 'finished') found.finished += 1
        else throw new Error(`kill ${at}: ${outcome}`)
      }
      const [first, second] = versions()
      if (first !== second) throw new Error(`kill ${at}: the files are of versions ${first} and ${second}`)
      found.versions = first!
    }
    await killAfter(home, 200)
    recoverChanges(machine, realDisk())
    const left = readdirSync(home).filter((name) => name.endsWith('.tmp'))
    if (left.length > 1) throw new Error(`left behind: ${left.join(', ')}`)
    return found
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function killAfter(home: string, ms: number): Promise<void> {
  const child = spawn(process.execPath, [program, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache },
  })
  const closed = new Promise<NodeJS.Signals | null>((accept) => child.on('close', (_, signal) => accept(signal)))
  await new Promise((accept) => child.stdout.once('data', accept).once('end', accept))
  await setTimeout(ms)
  child.kill('SIGKILL')
  if ((await closed) !== 'SIGKILL') throw new Error('the program ended by itself')
}

/** A linear congruential generator (Numerical Recipes): from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 1000)
  const seed = Number(process.argv[3] ?? 20261128)
  console.log(`${count} kills, seed ${seed}: ${JSON.stringify(await kill(count, seed))}`)
}
