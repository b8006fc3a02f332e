import { applyChanges } from '../../../src/holder/changes/index.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'

/*
 * Adds one to a number in a file, so many times, with the journal or straight on the disk; when somebody else was faster it looks
 * again.
 */
const [, , home = '', times = '', way = ''] = process.argv
const env = { HOME: home, USERPROFILE: home, XDG_STATE_HOME: null, LOCALAPPDATA: null }
const machine = overlayMachine(realMachine({ offline: true }), { env, userHome: home })
const disk = realDisk()

for (let done = 0; done < Number(times); ) {
  const path = `${home}/f`
  const reading = machine.readFile(path)
  if (reading.kind !== 'found') throw new Error('the file must always be there')
  const before = reading.bytes
  const after = Buffer.from(String(Number(Buffer.from(before).toString()) + 1))
  try {
    if (way === 'disk') disk.write(path, after, { before })
    else applyChanges(machine, disk, [{ path, before, after }], { verb: 'fix', says: 'one more' })
    done += 1
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'conflict')) throw error
  }
}
