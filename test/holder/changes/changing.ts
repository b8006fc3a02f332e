import { writeSync } from 'node:fs'
import { applyChanges, planUndo, recoverChanges, undoFiles } from '../../../src/holder/changes/index.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import { fileNames, versionOf, versionText } from './versions.ts'

/*
 * A program that changes files without end, to be killed: two files, always together, from each version to the next, and now and
 * then back by undo.
 */
const home = process.argv[2]!
const env = { HOME: home, USERPROFILE: home, XDG_STATE_HOME: null, LOCALAPPDATA: null }
const machine = overlayMachine(realMachine({ offline: true }), { env, userHome: home })
const disk = realDisk()

recoverChanges(machine, disk)
writeSync(1, 'ready\n')
for (let count = 0; ; count += 1) {
  if (count % 3 === 2) {
    undoFiles(machine, disk, planUndo(machine, disk)!)
    continue
  }
  const changes = fileNames.map((name) => {
    const path = `${home}/${name}`
    const reading = machine.readFile(path)
    const before = reading.kind === 'found' ? reading.bytes : null
    const after = Buffer.from(versionText(name, versionOf(before) + 1))
    return { path, before, after }
  })
  applyChanges(machine, disk, changes, { verb: 'fix', says: 'the next version' })
}
