import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'

/** A directory that is removed after the test. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'countersign-vault-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** This computer with an empty home directory, and whatever variables are given; by the rules of Linux also on a Mac, whose keychain stays shut. */
export function atHome(env: Readonly<Record<string, string | null>> = {}): Machine {
  const machine = overlayMachine(realMachine(), {
    env: { HOME: directory(), XDG_STATE_HOME: null, XDG_RUNTIME_DIR: null, ...env },
  })
  return machine.platform === 'darwin' ? { ...machine, platform: 'linux' } : machine
}
