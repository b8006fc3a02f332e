import { readdirSync, readFileSync } from 'node:fs'

/** A text as people see or post it, and what it has to be read as. */
export interface PostedText {
  readonly name: string
  /** Where it was seen: a thread, a document, `recorded` for a real SDK run against a real server, `source` for the SDK's code. */
  readonly seen: string
  readonly text: string
  /** Only what is named is compared. */
  readonly error: Readonly<Partial<Record<'code' | 'message' | 'service' | 'operation' | 'status' | 'client', unknown>>>
  /** The causes that may come first; null: no cause at all. */
  readonly top: readonly (string | null)[]
  readonly family: string
}

const directory = new URL('../../cases/errors/', import.meta.url)

/** All texts of `test/cases/errors/`, in a fixed order. */
export const postedTexts: readonly PostedText[] = readdirSync(directory)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => {
    const family = file.replace(/\.json$/, '')
    const texts = JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Omit<PostedText, 'family'>[]
    return texts.map((each) => ({ ...each, family }))
  })

/** Repeatable chance: the same seed gives the same numbers in [0, 1) (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
