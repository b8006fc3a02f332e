import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownDirectory } from '../../../src/holder/files/own-directory.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import { inTurn, type TurnMeans } from '../../../src/holder/vault/index.ts'
import { atHome } from './place.ts'

let marks = 0

function means(machine: Machine, more: Partial<TurnMeans> = {}): TurnMeans {
  marks += 1
  return {
    machine,
    disk: realDisk(),
    mark: `process ${marks}`,
    pause: () => new Promise((accept) => setImmediate(accept)),
    beforeExit: () => () => {},
    onWait: () => {},
    ...more,
  }
}

function turnFile(machine: Machine): string {
  const directory = ownDirectory(machine, 'sessions')
  return join(directory, readdirSync(directory).find((name) => name.endsWith('.turn'))!)
}

test('ten that ask at once work one after the other', async () => {
  const machine = atHome()
  let working = 0
  let most = 0
  const done: number[] = []
  const work = (which: number) => async () => {
    working += 1
    most = Math.max(most, working)
    for (let step = 0; step < 3; step += 1) await new Promise((accept) => setImmediate(accept))
    working -= 1
    done.push(which)
    return which
  }
  const asked = Array.from({ length: 10 }, (_, which) => inTurn(means(machine), 'one', work(which)))
  expect(await Promise.all(asked)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect({ most, done: done.length }).toEqual({ most: 1, done: 10 })
})

test('who asks for something else does not wait', async () => {
  const machine = atHome()
  const inner = await inTurn(means(machine), 'one', () => inTurn(means(machine), 'other', async () => 'done'))
  expect(inner).toBe('done')
})

test('who fails gives the turn back, and the failure is told', async () => {
  const machine = atHome()
  const failing = inTurn(means(machine), 'one', async () => await Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  let waited = false
  await inTurn(means(machine, { onWait: () => (waited = true) }), 'one', async () => {})
  expect(waited).toBe(false)
})

test('what a killed process has left is taken over after six seconds without a sign, and not before', async () => {
  const machine = atHome()
  await inTurn(means(machine), 'one', async () => {})
  writeFileSync(turnFile(machine), 'killed 7\n')
  let waited = 0
  let told = 0
  const pause = async (ms: number) => {
    waited += ms
  }
  await inTurn(means(machine, { pause, onWait: () => (told += 1) }), 'one', async () => {
    expect(waited).toBeGreaterThanOrEqual(6000)
    expect(waited).toBeLessThan(7000)
  })
  expect(told).toBe(1)
})

test('who gives signs is waited for, but not for ever', async () => {
  const machine = atHome()
  await inTurn(means(machine), 'one', async () => {})
  const file = turnFile(machine)
  writeFileSync(file, 'alive 0\n')
  let waited = 0
  const pause = async (ms: number) => {
    waited += ms
    writeFileSync(file, `alive ${waited}\n`)
  }
  let worked = false
  const asked = inTurn(means(machine, { pause, patienceMs: 20_000 }), 'one', async () => (worked = true))
  await expect(asked).rejects.toMatchObject({ code: 'limit' })
  expect(worked).toBe(false)
  expect(waited).toBeLessThanOrEqual(20_050)
})

test('a process that ends at once gives its turn back', async () => {
  const machine = atHome()
  const undos = new Set<() => void>()
  const beforeExit = (undo: () => void) => {
    undos.add(undo)
    return () => undos.delete(undo)
  }
  void inTurn(means(machine, { beforeExit }), 'one', () => new Promise(() => {}))
  while (undos.size === 0) await new Promise((accept) => setImmediate(accept))
  for (const undo of undos) undo()
  let waited = false
  await inTurn(means(machine, { onWait: () => (waited = true) }), 'one', async () => {})
  expect(waited).toBe(false)
})

test('a directory that cannot be made is an error of its own', async () => {
  const machine = atHome()
  const home = machine.env('HOME')!
  mkdirSync(join(home, '.local'))
  writeFileSync(join(home, '.local', 'state'), 'in the way')
  await expect(inTurn(means(machine), 'one', async () => {})).rejects.toMatchObject({ code: 'file-unwritable' })
})
