import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CommandOutcome } from '../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

const node = process.execPath
let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'run-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

function script(text: string): readonly [string, string, string] {
  return [node, '-e', text]
}

describe('a program run on this computer', () => {
  test('gives its exit code and both its outputs', async () => {
    const line = script('process.stdout.write("out ✓"); process.stderr.write("err"); process.exitCode = 7')
    expect(await realMachine().run({ line, timeoutMs: 10_000 })).toEqual({
      kind: 'ended',
      exitCode: 7,
      signal: null,
      stdout: 'out ✓',
      stderr: 'err',
    })
  })

  test('is given its words as they are, through no shell', async () => {
    const line = [node, '-p', 'process.argv.slice(1).join("|")', '$HOME', '*', 'a b', '; echo x'] as const
    const outcome = await realMachine().run({ line, timeoutMs: 10_000 })
    expect(outcome).toMatchObject({ stdout: '$HOME|*|a b|; echo x\n' })
  })

  test.runIf(process.platform !== 'win32')('goes through a shell when a line for one is given', async () => {
    const outcome = await realMachine().run({ line: { shell: 'echo one | tr a-z A-Z; exit 3' }, timeoutMs: 10_000 })
    expect(outcome).toMatchObject({ exitCode: 3, stdout: 'ONE\n' })
  })

  test('finds nothing on its stdin and does not wait there', async () => {
    const line = script('process.stdin.on("data", () => {}).on("end", () => console.log("end"))')
    expect(await realMachine().run({ line, timeoutMs: 10_000 })).toMatchObject({ exitCode: 0, stdout: 'end\n' })
  })

  test('tells that there is no such program, and that one may not be run', async () => {
    expect(await realMachine().run({ line: ['countersign-no-such-program'], timeoutMs: 1000 })).toEqual({
      kind: 'not-started',
      because: 'not-found',
      detail: 'ENOENT: there is no such program',
    })
    writeFileSync(join(place, 'plain'), 'text', { mode: 0o600 })
    const outcome = await realMachine().run({ line: [join(place, 'plain')], timeoutMs: 1000 })
    expect(outcome).toMatchObject({ kind: 'not-started', because: process.platform === 'win32' ? 'io' : 'permission' })
  })

  test('never rejects, also for words that no program can be given', async () => {
    expect(await realMachine().run({ line: [node, 'a\0b'], timeoutMs: 1000 })).toMatchObject({ kind: 'not-started' })
    expect(await realMachine().run({ line: [node, 'x'.repeat(4_000_000)], timeoutMs: 1000 })).toMatchObject({
      kind: 'not-started',
    })
  })

  test.runIf(process.platform !== 'win32')('is ended at its deadline with all that it has started', async () => {
    const file = join(place, 'pid')
    const line = { shell: `sleep 600 & echo $! > ${file}; echo waiting >&2; wait` }
    const outcome = await realMachine().run({ line, timeoutMs: 400 })
    expect(outcome).toEqual({ kind: 'timed-out', stderr: 'waiting\n' })
    const grandchild = Number(readFileSync(file, 'utf8'))
    expect(grandchild).toBeGreaterThan(0)
    await vi.waitFor(() => expect(isAlive(grandchild)).toBe(false), { timeout: 5000 })
  })

  test('is ended when it writes more than 1 MiB, and keeps only the end of what it complains', async () => {
    const endless = script('setInterval(() => process.stdout.write("x".repeat(65536)), 0)')
    expect(await realMachine().run({ line: endless, timeoutMs: 20_000 })).toEqual({ kind: 'too-much-output' })
    const loud = script('process.stderr.write("x".repeat(300000) + "the end")')
    const outcome = (await realMachine().run({ line: loud, timeoutMs: 20_000 })) as { stderr: string }
    expect(outcome.stderr).toHaveLength(16 * 1024)
    expect(outcome.stderr.endsWith('the end')).toBe(true)
  })

  test.runIf(process.platform !== 'win32')('tells the signal that ended it', async () => {
    const outcome = await realMachine().run({ line: { shell: 'kill -TERM $$' }, timeoutMs: 10_000 })
    expect(outcome).toMatchObject({ kind: 'ended', exitCode: null, signal: 'SIGTERM' })
  })

  test.runIf(process.platform !== 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'is ended when %s ends who runs it',
    async (signal) => {
      const file = join(place, 'pid')
      const real = join(import.meta.dirname, '..', '..', '..', 'src', 'holder', 'machine', 'real.ts')
      const text = `
        const { realMachine } = await import(${JSON.stringify(real)})
        await realMachine().run({ line: { shell: 'echo $$ > ${file}; exec sleep 600' }, timeoutMs: 60000 })`
      const runner = spawn(node, ['--input-type=module', '-e', text], { stdio: 'ignore' })
      const ended = once(runner, 'close')
      await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toMatch(/\d\n/), { timeout: 10_000 })
      runner.kill(signal)
      expect(await ended).toEqual([null, signal])
      await vi.waitFor(() => expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false), { timeout: 5000 })
    },
  )

  test('leaves no listener behind', async () => {
    const count = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((name) => process.listenerCount(name))
    const before = count()
    await realMachine().run({ line: script(''), timeoutMs: 10_000 })
    expect(count()).toEqual(before)
  })

  test('sees the variables of the machine, and of a copy those that were changed', async () => {
    const machine = overlayMachine(realMachine(), { env: { COUNTERSIGN_RUN_TEST: 'set', HOME: null } })
    const line = script('console.log(process.env.COUNTERSIGN_RUN_TEST, process.env.HOME, "PATH" in process.env)')
    expect(await machine.run({ line, timeoutMs: 10_000 })).toMatchObject({ stdout: 'set undefined true\n' })
  })
})

describe('a recording', () => {
  const printed: CommandOutcome = { kind: 'ended', exitCode: 0, signal: null, stdout: '{}', stderr: '' }

  test('answers for the programs that were recorded and runs no other', async () => {
    const machine = recordedMachine({ run: { 'get-keys --profile dev': printed } })
    const run = (line: readonly [string, ...string[]] | { shell: string }) => machine.run({ line, timeoutMs: 1 })
    expect(await run(['get-keys', '--profile', 'dev'])).toBe(printed)
    expect(await run({ shell: 'get-keys --profile dev' })).toBe(printed)
    expect(await run(['get-keys'])).toEqual({ kind: 'refused' })
    expect(await run(['toString'])).toEqual({ kind: 'refused' })
    expect(await recordedMachine().run({ line: [node], timeoutMs: 1 })).toEqual({ kind: 'refused' })
  })

  test('may be answered for by a function', async () => {
    const machine = recordedMachine({ run: async ({ line }) => ({ ...printed, stdout: JSON.stringify(line) }) })
    expect(await machine.run({ line: ['a', 'b'], timeoutMs: 1 })).toMatchObject({ stdout: '["a","b"]' })
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Ended, but nobody has asked for its exit code yet: some containers have no one who does.
  return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
