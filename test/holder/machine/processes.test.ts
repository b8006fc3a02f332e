import { describe, expect, test } from 'vitest'
import { ancestorsOf, readProcessTable, readProcStat } from '../../../src/holder/machine/process-table.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'

describe('the processes above this one', () => {
  test.runIf(process.platform === 'linux')('are told by this computer, with the times of their starts', async () => {
    const seen = await realMachine().processes()
    expect(seen[0]?.id).toBe(process.pid)
    expect(seen[1]?.id).toBe(process.ppid)
    const started = Date.now() - process.uptime() * 1000
    // The kernel counts in hundredths, and tells the boot in whole seconds.
    expect(Math.abs(seen[0]!.startedAt!.getTime() - started)).toBeLessThan(3000)
    const starts = seen.map(({ startedAt }) => startedAt!.getTime())
    expect(starts).toEqual([...starts].sort((a, b) => b - a))
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
  })

  test.runIf(process.platform === 'linux')('files of /proc are read although they have no size', () => {
    const reading = realMachine().readFile('/proc/self/environ')
    expect(reading.kind === 'found' && reading.bytes.length).toBeGreaterThan(0)
  })

  test('a name may hold brackets and blanks', () => {
    const stat =
      '42 (tmux: (a) server) S 7 42 42 0 -1 4194304 1 0 0 0 5 5 0 0 20 0 1 0 12345 100 1 18446744073709551615'
    expect(readProcStat(42, stat, 'cpu 1 2\nbtime 1700000000\nprocesses 9\n')).toEqual({
      id: 42,
      parent: 7,
      name: 'tmux: (a) server',
      startedAt: new Date(1_700_000_000_000 + 123_450),
    })
    expect(readProcStat(42, stat.replace('(tmux: (a) server)', '(node-MainThread)'), '')?.name).toBe('node')
    expect(readProcStat(42, '', '')).toBe(null)
    expect(readProcStat(42, stat, '')?.startedAt).toBe(null)
  })

  test('what ps prints on macOS', () => {
    const table = readProcessTable(
      '    1     0 Sun Nov  1 08:00:01 2026 /sbin/launchd\n  501     1 Sat Nov  7 12:00:00 2026 /Applications/Visual Studio Code.app/Contents/MacOS/Electron\n  777   501 Sat Nov 28 12:30:00 2026 -zsh\n',
    )
    expect([...table.values()].map(({ id, parent, name }) => [id, parent, name])).toEqual([
      [1, 0, 'launchd'],
      [501, 1, 'Electron'],
      [777, 501, '-zsh'],
    ])
    expect(table.get(501)?.startedAt).toEqual(new Date(2026, 10, 7, 12))
    expect(ancestorsOf(777, (id) => table.get(id) ?? null).map(({ id }) => id)).toEqual([777, 501, 1])
  })

  test('what PowerShell prints on Windows', () => {
    const table = readProcessTable(
      '0 0 - System Idle Process\r\n4 0 - System\r\n900 4 2026-11-28T08:00:00.0000000Z explorer.exe\r\n1000 900 2026-11-28T09:00:00.1234567Z Code.exe\r\n',
    )
    expect(ancestorsOf(1000, (id) => table.get(id) ?? null)).toEqual([
      { id: 1000, name: 'Code.exe', startedAt: new Date('2026-11-28T09:00:00.123Z') },
      { id: 900, name: 'explorer.exe', startedAt: new Date('2026-11-28T08:00:00Z') },
      { id: 4, name: 'System', startedAt: null },
    ])
  })

  test('a program that is younger than its child is no parent: its number was given away', () => {
    const table = readProcessTable(
      '900 4 2026-11-28T10:00:00.0000000Z notepad.exe\r\n1000 900 2026-11-28T09:00:00.0000000Z Code.exe\r\n',
    )
    expect(ancestorsOf(1000, (id) => table.get(id) ?? null).map(({ name }) => name)).toEqual(['Code.exe'])
  })

  test('a circle of parents comes to an end', () => {
    const row = (id: number) => ({ id, parent: id === 1 ? 2 : 1, name: 'x', startedAt: null })
    expect(ancestorsOf(1, row).map(({ id }) => id)).toEqual([1, 2])
  })
})
