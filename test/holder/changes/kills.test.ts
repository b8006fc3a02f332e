import { expect, test } from 'vitest'
import { kill } from './kills.ts'

const seeds = [20261128, 5]

test.skipIf(process.platform === 'win32')(
  `a process that is killed at 60 random instants (seeds ${seeds.join(', ')}) leaves every file old or new, and each change complete or taken back`,
  async () => {
    for (const found of await Promise.all(seeds.map((seed) => kill(30, seed)))) {
      // Kills that met nothing would show nothing.
      expect(found.interrupted).toBeGreaterThan(0)
      expect(found.takenBack + found.finished).toBe(found.interrupted)
    }
  },
  120_000,
)
