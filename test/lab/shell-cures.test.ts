import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CauseId } from '../../src/cause-ids.ts'
import type { Finding } from '../../src/holder/diagnosis/verdict.ts'
import type { Machine } from '../../src/holder/machine/machine.ts'
import { diagnosePrepared, prepareScenario } from '../../src/lab/run.ts'
import { nameOf, variationsOf } from '../../src/lab/scenario.ts'
import { scenarios } from '../../src/lab/scenarios/index.ts'
import { labHome } from '../../src/lab/scene.ts'
import { onStage } from '../../src/lab/stage.ts'
import { makeHome } from '../cli/program.ts'

type Installed = 'bash' | 'fish'
const shells = (['bash', 'fish'] as const).filter((shell) => spawnSync(shell, ['--version']).status === 0)

/** A home on the disk with the start-up files of the machine. */
function laidHome(machine: Machine): string {
  const home = makeHome()
  for (const name of ['.bashrc', '.config/fish/config.fish', 'app/.env']) {
    const reading = machine.readFile(join(labHome, name))
    if (reading.kind !== 'found') continue
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), reading.bytes)
  }
  return home
}

/** The environment that a shell has after it was given the lines; `before`: what it had done by itself. */
function environmentAfter(shell: Installed, machine: Machine, lines: readonly string[], before: string) {
  const own = Object.fromEntries(machine.envNames().map((name) => [name, machine.env(name) ?? '']))
  const home = laidHome(machine)
  // Into a file: what goes to a stream is searched for secrets.
  const { stderr } = spawnSync(shell, ['-c', [before, ...lines, 'env -0 > ~/after'].join('\n')], {
    encoding: 'utf8',
    cwd: existsSync(join(home, 'app')) ? join(home, 'app') : home,
    env: { ...own, HOME: home, PATH: process.env['PATH'] ?? '' },
  })
  expect(stderr).toBe('')
  const pairs = readFileSync(join(home, 'after'), 'utf8').split('\0')
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** What rests on the first process of a container, and of what a start-up file of bash says to bash alone. */
const notHere: Readonly<Record<Installed, readonly CauseId[]>> = {
  bash: ['container-uri-not-inherited'],
  fish: ['container-uri-not-inherited', 'old-environment', 'environment-dropped'],
}

function wrongAfter(finding: Finding, environment: ReadonlyMap<string, string>): readonly string[] {
  const { variables = [] } = finding.fix
  return variables.filter(({ name, value }) => (environment.get(name) ?? null) !== value).map(({ name }) => name)
}

describe.skipIf(process.platform === 'win32')('the lines for the shell', () => {
  test.skipIf(shells.length === 0)(
    'really change in bash and fish what the cure says that they change',
    async () => {
      const played = new Set<string>()
      await onStage(async (stage) => {
        for (const scenario of scenarios) {
          for (const variation of variationsOf(scenario)) {
            const { machine, causes } = await diagnosePrepared(await prepareScenario(stage, scenario, variation))
            for (const finding of causes) {
              if (finding.fix.variables === undefined) continue
              for (const shell of shells) {
                if (notHere[shell].includes(finding.id)) continue
                const lines = finding.fix.shellLines?.[shell] ?? []
                const name = `${shell}, ${nameOf(scenario)}: ${finding.id}`
                const hasStarted = finding.id === 'environment-dropped'
                const environment = environmentAfter(shell, machine, lines, hasStarted ? '. ~/.bashrc' : '')
                expect(wrongAfter(finding, environment), name).toEqual([])
                played.add(name)
              }
            }
          }
        }
      })
      expect(played.size).toBeGreaterThan(20 * shells.length)
    },
    120_000,
  )
})
