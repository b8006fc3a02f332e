import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Effect, effectOf, isAssignment, type Step } from '../../../src/holder/surroundings/assignment.ts'
import { readCShell } from '../../../src/holder/surroundings/c-shell.ts'
import { readDotenv, readPythonDotenv } from '../../../src/holder/surroundings/dotenv.ts'
import { readEnvironmentD } from '../../../src/holder/surroundings/environment-files.ts'
import { readFishScript, readFishVariables } from '../../../src/holder/surroundings/fish-shell.ts'
import { readShellScript } from '../../../src/holder/surroundings/posix-shell.ts'
import { names, type Shell } from '../../cases/surroundings/scripts.ts'

/*
 * What the real shells, dotenv packages and systemd made of the same texts (test/cases/surroundings/record.ts). Whatever a reader
 * claims must be so; how much it must claim is a floor, so that it may not fall silent.
 */
interface Case {
  readonly text: string
  readonly environment: Readonly<Record<string, string>>
}

function recorded<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../cases/surroundings/${file}`, import.meta.url), 'utf8'))
}

function effects(steps: readonly Step[]): ReadonlyMap<string, Effect<{ value: string | null }>> {
  const assignments = steps.filter(isAssignment)
  return new Map(names.map((name) => [name, effectOf(assignments.filter((each) => each.name === name))]))
}

/** Compares all claims; gives how many of the variables that are set at the end were told with their value. */
function compare(cases: readonly Case[], read: (text: string) => readonly Step[]): number {
  let set = 0
  let told = 0
  for (const { text, environment } of cases) {
    for (const [name, effect] of effects(read(text))) {
      const real = environment[name]
      if (real !== undefined) set += 1
      const why = `${name} after\n${text}`
      if (effect.kind === 'sets') {
        expect(real, why).toBe(effect.by.value)
        told += 1
      } else if (effect.kind !== 'unknown') expect(real, why).toBe(undefined)
    }
  }
  return told / set
}

describe('start-up files, against the shells themselves', () => {
  const all = recorded<Record<Shell, readonly Case[]>>('shells.json')
  const home = '/u/alice'
  test.each([
    ['bash', (text: string) => readShellScript(text, home), 0.6],
    ['dash', (text: string) => readShellScript(text, home), 0.6],
    ['zsh', (text: string) => readShellScript(text, home, 'zsh'), 0.6],
    ['fish', (text: string) => readFishScript(text, home), 0.5],
    ['tcsh', (text: string) => readCShell(text, home), 0.5],
  ] as const)('%s: every claim about a variable is what the shell does', (shell, read, floor) => {
    expect(all[shell].length).toBeGreaterThan(150)
    expect(compare(all[shell], read)).toBeGreaterThan(floor)
  })

  test('the universal variables of fish are read back as they were set', () => {
    expect(compare(recorded<readonly Case[]>('fish-variables.json'), readFishVariables)).toBe(1)
  })
})

describe('files of NAME=value lines, against those who read them', () => {
  const cases =
    recorded<readonly { text: string; node: Record<string, string>; python: Record<string, string | null> }[]>(
      'dotenv.json',
    )

  test('.env as the npm package dotenv takes it', () => {
    expect(cases.length).toBe(400)
    for (const { text, node } of cases) {
      expect(Object.fromEntries(readDotenv(text).map(({ name, value }) => [name, value])), text).toEqual(node)
    }
  })

  test('.env as python-dotenv takes it', () => {
    for (const { text, python } of cases) {
      const read = readPythonDotenv(text)
      const mine = Object.fromEntries(read.map(({ name, value }) => [name, value]))
      // A name without a value is no assignment; a reference is not expanded by either.
      const real = Object.entries(python).filter(([, value]) => value !== null)
      for (const [name, value] of real) {
        if (mine[name] === null) expect(value, text).toMatch(/\$\{/)
        else expect(mine[name], text).toBe(value)
      }
      expect(Object.keys(mine).sort(), text).toEqual(real.map(([name]) => name).sort())
    }
  })

  test('environment.d, and with it EnvironmentFile=, as systemd takes it', () => {
    expect(compare(recorded<readonly Case[]>('environment-d.json'), readEnvironmentD)).toBeGreaterThan(0.6)
  })
})
