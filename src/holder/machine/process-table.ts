import type { ProcessSeen } from './machine.ts'

/** A process with the one that started it. */
export interface ProcessRow extends ProcessSeen {
  readonly parent: number
}

/** More than any shell in a terminal in an editor in a desktop has above it. */
const ancestorLimit = 32

/**
 * A process and those above it, nearest first; it ends where one is not known, or known already. On Windows the number of a parent
 * that has ended may belong to another program meanwhile: what is younger than its child is no parent.
 */
export function ancestorsOf(id: number, row: (id: number) => ProcessRow | null): readonly ProcessSeen[] {
  const found: ProcessSeen[] = []
  for (let next = id; next > 0 && found.length < ancestorLimit; ) {
    const seen = row(next)
    if (seen === null || found.some((known) => known.id === seen.id)) break
    const child = found.at(-1)?.startedAt
    if (child != null && seen.startedAt !== null && seen.startedAt.getTime() > child.getTime() + 1000) break
    found.push({ id: seen.id, name: seen.name, startedAt: seen.startedAt })
    next = seen.parent
  }
  return found
}

/**
 * `/proc/PID/stat` (proc(5)): field 2 is the name in brackets and may hold any of them, 4 the parent, 22 the start in ticks of a
 * hundredth of a second after the boot.
 *
 * @param boot `/proc/stat`, whose `btime` is the boot in seconds
 */
export function readProcStat(id: number, stat: string, boot: string): ProcessRow | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 20) return null
  const seconds = /^btime (\d+)$/m.exec(boot)?.[1]
  const ticks = Number(fields[19])
  const startedAt =
    seconds === undefined || !Number.isFinite(ticks) ? null : new Date(Number(seconds) * 1000 + ticks * 10)
  // Node.js calls its main thread, and with it the process, by a name of its own.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replace(/-MainThread$/, '')
  return { id, parent: Number(fields[1]), name, startedAt }
}

/**
 * What `ps -axo pid=,ppid=,lstart=,comm=` prints in the C locale (its times are those of the clock on the wall), or what the query
 * for Windows prints: number, number of the parent, start, program.
 */
export function readProcessTable(printed: string): ReadonlyMap<number, ProcessRow> {
  const rows = new Map<number, ProcessRow>()
  for (const line of printed.split(/\r?\n/)) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+T\S+Z|\w{3} \w{3} +\d+ [\d:]+ \d{4}|-)\s+(.+?)\s*$/.exec(line)
    if (match === null) continue
    const startedAt = new Date(match[3]!)
    const id = Number(match[1])
    rows.set(id, {
      id,
      parent: Number(match[2]),
      name: match[4]!.split(/[\\/]/).at(-1)!,
      startedAt: Number.isNaN(startedAt.getTime()) ? null : startedAt,
    })
  }
  return rows
}

/** Prints all processes of Windows, one a line: `12 4 2026-11-28T12:00:00.0000000Z code.exe`, `-` for a start that is not told. */
export const windowsProcessQuery =
  "Get-CimInstance Win32_Process | ForEach-Object { \"$($_.ProcessId) $($_.ParentProcessId) $(if ($_.CreationDate) { $_.CreationDate.ToUniversalTime().ToString('o') } else { '-' }) $($_.Name)\" }"
