import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { applyChanges, type FileChange } from '../../../src/holder/changes/index.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'

/** A home directory on the real disk, removed after the test, and the machine whose home it is. */
export function place(files: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'countersign-changes-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const path = (name: string) => join(home, name)
  const put = (name: string, text: string, mode = 0o600, modified?: Date) => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
    chmodSync(path(name), mode)
    if (modified !== undefined) utimesSync(path(name), modified, modified)
  }
  for (const [name, text] of Object.entries(files)) put(name, text)
  const env = { HOME: home, USERPROFILE: home, XDG_STATE_HOME: null, LOCALAPPDATA: null }
  const machine = overlayMachine(realMachine({ offline: true }), { env, userHome: home })
  const disk = realDisk()
  const state = {
    linux: '.local/state/countersign',
    darwin: 'Library/Application Support/countersign/state',
    win32: 'AppData/Local/countersign/state',
  }[machine.platform]
  const journal = join(home, state, 'journal')
  const look = (name: string) => {
    const { mode, mtimeMs } = statSync(path(name))
    return { text: readFileSync(path(name), 'utf8'), mode: mode & 0o777, modifiedAt: mtimeMs }
  }
  return {
    home,
    machine,
    disk,
    journal,
    path,
    put,
    look,
    text: (name: string) => readFileSync(path(name), 'utf8'),
    kept: () => readdirSync(journal),
    /** What a verb would do that wants this file to be that. */
    change: (name: string, after: string | null): FileChange => ({
      path: path(name),
      before: bytesOrNull(path(name)),
      after: after === null ? null : Buffer.from(after),
    }),
    apply: (...changes: FileChange[]) => applyChanges(machine, disk, changes, { verb: 'fix', says: 'a test' }),
  }
}

function bytesOrNull(path: string): Uint8Array | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
