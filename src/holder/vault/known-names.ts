import { CountersignError } from '../../errors.ts'
import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import type { Vault } from './vault.ts'

/** What is known of a name in the vault without unlocking it. Nothing of it is secret: profiles and devices stand in the AWS files too. */
export interface KnownName {
  readonly isThere: boolean
  /** How often it was put or removed: a session that was made from an item is told from one of the item before. */
  readonly changes: number
}

const mostBytes = 256 * 1024

export function knownNamesFile(machine: Machine): string {
  return joinPath(machine, ownDirectory(machine, 'vault'), 'names.json')
}

/** Null when nothing is known of it: it was not put by this program, or not on this computer. */
export function knownName(machine: Machine, name: string): KnownName | null {
  return readNames(machine).names.get(name) ?? null
}

/** The vault, noting on the disk what is put and removed. */
export function notedVault(machine: Machine, disk: Disk, vault: Vault): Vault {
  return {
    ...vault,
    async put(name, item) {
      await vault.put(name, item)
      note(machine, disk, name, true)
    },
    async remove(name) {
      await vault.remove(name)
      note(machine, disk, name, false)
    },
  }
}

function note(machine: Machine, disk: Disk, name: string, isThere: boolean): void {
  for (let attempt = 1; ; attempt += 1) {
    const { bytes, names } = readNames(machine)
    if (!isThere && !names.has(name)) return
    names.set(name, { isThere, changes: (names.get(name)?.changes ?? 0) + 1 })
    const text = JSON.stringify({ version: 1, names: Object.fromEntries(names) })
    try {
      disk.write(knownNamesFile(machine), new TextEncoder().encode(`${text}\n`), { before: bytes })
      return
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code !== 'conflict' || attempt === 3) throw error
    }
  }
}

function readNames(machine: Machine): { readonly bytes: Uint8Array | null; readonly names: Map<string, KnownName> } {
  const reading = machine.readFile(knownNamesFile(machine), mostBytes)
  if (reading.kind !== 'found') return { bytes: null, names: new Map() }
  const { bytes } = reading
  try {
    const held = JSON.parse(new TextDecoder().decode(bytes)) as { readonly names?: unknown }
    const entries = Object.entries((held.names ?? {}) as Readonly<Record<string, Partial<KnownName> | null>>)
    const names = entries.map(
      ([name, known]) => [name, { isThere: known?.isThere === true, changes: Number(known?.changes) || 0 }] as const,
    )
    return { bytes, names: new Map(names) }
  } catch {
    // It is written anew with the next item; until then nothing is known.
    return { bytes, names: new Map() }
  }
}
