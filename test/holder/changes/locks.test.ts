import { spawn } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { place } from './place.ts'

const posix = process.platform !== 'win32'
const counting = fileURLToPath(new URL('./counting.ts', import.meta.url))

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((accept) => child.on('close', accept))
  return child.pid!
}

describe.skipIf(!posix)('the lock of a file', () => {
  const lock = (home: string) => join(home, '.f.countersign-lock')

  test('is taken over when the process that held it is dead', async () => {
    const here = place({ f: 'old' })
    symlinkSync(`${await deadProcess()}@${hostname()}#1`, lock(here.home))
    const began = performance.now()
    here.disk.write(here.path('f'), Buffer.from('new'))
    // Waiting would take two seconds, and end with a conflict.
    expect(performance.now() - began).toBeLessThan(1500)
    expect(here.text('f')).toBe('new')
    expect(readdirSync(here.home)).toEqual(['f'])
  })

  test('is respected when its process is one of another computer, where nobody here can tell whether it lives', async () => {
    const here = place({ f: 'old' })
    symlinkSync(`${await deadProcess()}@another-computer#1`, lock(here.home))
    expect(() => here.disk.write(here.path('f'), Buffer.from('new'))).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    )
    expect(lstatSync(lock(here.home)).isSymbolicLink()).toBe(true)
    expect(here.text('f')).toBe('old')
  })

  test('of nobody knows whom is taken over once it is old', () => {
    const here = place({ f: 'old' })
    writeFileSync(lock(here.home), '')
    const before = new Date(Date.now() - 60_000)
    utimesSync(lock(here.home), before, before)
    here.disk.write(here.path('f'), Buffer.from('new'))
    expect(here.text('f')).toBe('new')
  })

  test('lets what a killed process has left beside the file be swept away', () => {
    const here = place({ f: 'old', '.f.99999.123456.tmp': 'half', '.f.other.tmp': 'not ours' })
    here.disk.write(here.path('f'), Buffer.from('new'))
    expect(readdirSync(here.home)).toEqual(['.f.other.tmp', 'f'])
  })
})

test.skipIf(!posix).each(['journal', 'disk'])(
  'four processes that count in one file at once lose no step (by %s)',
  async (way) => {
    const here = place({ f: '0' })
    const ended = await Promise.all(
      [1, 2, 3, 4].map(() => {
        const child = spawn(process.execPath, [counting, here.home, '10', way], {
          stdio: ['ignore', 'inherit', 'inherit'],
        })
        return new Promise((accept) => child.on('close', accept))
      }),
    )
    expect(ended).toEqual([0, 0, 0, 0])
    expect(readFileSync(here.path('f'), 'utf8')).toBe('40')
    if (way === 'journal') expect(here.kept().filter((name) => name.endsWith('.json'))).toHaveLength(40)
    expect(readdirSync(here.home).filter((name) => name.startsWith('.f.'))).toEqual([])
  },
  60_000,
)
