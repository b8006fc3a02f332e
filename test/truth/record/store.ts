import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { MachineState } from './states.ts'

/* How states and answers stand in `test/truth/`: each text once. */

const truth = new URL('../', import.meta.url)

/** `[accessKeyId, sessionToken, source, error, more]` of one state. */
export type Answer = readonly [string | null, string | null, string | null, string | null, unknown?]

export interface Recording {
  readonly sdk: string
  readonly version: string
  /** When it was recorded: the clock of the predictions that are compared with it. */
  readonly recordedOn: string
  readonly seeds: readonly number[]
  /** Hash of the states that are answered. */
  readonly states: string
  readonly answers: readonly Answer[]
}

interface StoredStates {
  readonly texts: readonly string[]
  /** Names of variables, paths and texts by their place in `texts`; -1 is null. */
  readonly states: readonly (readonly [
    name: number,
    env: readonly number[],
    files: readonly number[],
    profile: number,
  ])[]
}

export function readStates(): readonly MachineState[] {
  const path = new URL('states.json', truth)
  if (!existsSync(path)) return []
  const { texts, states } = JSON.parse(readFileSync(path, 'utf8')) as StoredStates
  const text = (at: number): string | null => (at < 0 ? null : texts[at]!)
  const entries = (pairs: readonly number[]): Record<string, string | null> => {
    const out: Record<string, string | null> = {}
    for (let at = 0; at < pairs.length; at += 2) out[text(pairs[at]!)!] = text(pairs[at + 1]!)
    return out
  }
  return states.map(([name, env, files, profile]) => ({
    name: text(name)!,
    env: entries(env),
    files: entries(files),
    profile: text(profile),
  }))
}

export function writeStates(states: readonly MachineState[]): void {
  const texts: string[] = []
  const places = new Map<string, number>()
  const place = (text: string | null): number => {
    if (text === null) return -1
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, texts.length)
    texts.push(text)
    return texts.length - 1
  }
  const entries = (map: Readonly<Record<string, string | null>>): number[] =>
    Object.entries(map).flatMap(([name, value]) => [place(name), place(value)])
  const rows = states.map(({ name, env, files, profile }) => [
    place(name),
    entries(env),
    entries(files),
    place(profile),
  ])
  writeFileSync(
    new URL('states.json', truth),
    `{"texts":[\n${texts.map((text) => JSON.stringify(text)).join(',\n')}\n],"states":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`,
  )
}

export function hashOf(states: readonly MachineState[]): string {
  const hash = createHash('sha256')
  for (const { env, files, profile } of states) hash.update(JSON.stringify([env, files, profile]))
  return hash.digest('hex').slice(0, 16)
}

export function readRecording(sdk: string): Recording {
  const stored = JSON.parse(readFileSync(new URL(`${sdk}.json`, truth), 'utf8')) as Omit<Recording, 'answers'> & {
    readonly distinct: readonly Answer[]
    readonly answers: readonly number[]
  }
  return { ...stored, answers: stored.answers.map((at) => stored.distinct[at]!) }
}

export function writeRecording({ answers, ...head }: Recording): void {
  const places = new Map<string, number>()
  const numbers = answers.map((answer) => {
    const text = JSON.stringify(answer)
    const known = places.get(text) ?? places.size
    places.set(text, known)
    return known
  })
  writeFileSync(
    new URL(`${head.sdk}.json`, truth),
    `${JSON.stringify(head).slice(0, -1)},"distinct":[\n${[...places.keys()].join(',\n')}\n],"answers":[${numbers.join(',')}]}\n`,
  )
}
