import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import { randomBytes, sealingKeyBytes } from './sealed.ts'

/*
 * Where the key of the cached sessions is (docs/decisions/0014-vault.md): where the computer has a directory in memory that ends with
 * the person's login, there; else in the keychain where that is the platform's own; else beside them.
 */

const keyFile = 'session-key'

/** The key; null when there is none yet, or it cannot be had. */
export async function readSessionKey(machine: Machine): Promise<Uint8Array | null> {
  const file = keyFileOf(machine)
  if (file === null) {
    const { keychainBytes } = await import('./keychain.ts')
    const held = await keychainBytes(keyFile)
    if (held !== null) return whole(held)
  }
  const reading = machine.readFile(file ?? besideFile(machine), 1024)
  return reading.kind === 'found' ? whole(reading.bytes) : null
}

/** The key, drawn at random where there is none. Two that draw at once get the same one. */
export async function makeSessionKey(machine: Machine, disk: Disk): Promise<Uint8Array> {
  const held = await readSessionKey(machine)
  if (held !== null) return held
  const drawn = await randomBytes(sealingKeyBytes)
  const file = keyFileOf(machine)
  if (file === null) {
    const { keepKeychainBytes } = await import('./keychain.ts')
    if (await keepKeychainBytes(keyFile, drawn)) return (await readSessionKey(machine)) ?? drawn
  }
  const path = file ?? besideFile(machine)
  const before = machine.readFile(path, 1024)
  try {
    // What stands there already is no key.
    disk.write(path, drawn, { before: before.kind === 'found' ? before.bytes : null })
    return drawn
  } catch (error) {
    const other = await readSessionKey(machine)
    if (other !== null) return other
    throw error
  }
}

function whole(bytes: Uint8Array): Uint8Array | null {
  return bytes.length === sealingKeyBytes ? bytes : null
}

/**
 * Null: in the keychain. XDG Base Directory Specification 0.8: `$XDG_RUNTIME_DIR` is the person's alone and gone when they log out. One that
 * is not there is not made, for it would be no such directory; and where `sudo` has left a key of root in it, it is of no use.
 */
function keyFileOf(machine: Machine): string | null {
  if (machine.platform !== 'linux') return machine.env('COUNTERSIGN_VAULT') === 'file' ? besideFile(machine) : null
  const runtime = machine.env('XDG_RUNTIME_DIR') ?? ''
  if (!runtime.startsWith('/') || !isDirectory(machine, runtime)) return besideFile(machine)
  const file = joinPath(machine, runtime, 'countersign', keyFile)
  return machine.readFile(file, 1024).kind === 'unreadable' ? besideFile(machine) : file
}

function isDirectory(machine: Machine, path: string): boolean {
  const reading = machine.readFile(path, 0)
  return reading.kind === 'unreadable' && reading.because === 'directory'
}

function besideFile(machine: Machine): string {
  return joinPath(machine, ownDirectory(machine, 'sessions'), keyFile)
}
