import type { Disk } from '../../../src/holder/machine/disk.ts'
import type { FileReading } from '../../../src/holder/machine/machine.ts'
import { home, type Laid, machine } from '../diagnosis/stand-in.ts'

const credentials = `${home}/.aws/credentials`

/** A machine whose files can be written. */
export function desk(laid: Laid) {
  const files = new Map<string, Uint8Array | null>()
  const { machine: laidMachine } = machine(laid)
  const writable = {
    ...laidMachine,
    readFile(path: string): FileReading {
      const bytes = files.get(path)
      if (bytes === undefined) return laidMachine.readFile(path)
      return bytes === null ? { kind: 'absent' } : { kind: 'found', bytes, modifiedAt: new Date(0), mode: 0o600 }
    },
  }
  const disk: Disk = {
    write: (path, bytes) => void files.set(path, bytes),
    remove: (path) => void files.set(path, null),
    list: (path) =>
      [...files]
        .filter(([name, bytes]) => bytes !== null && name.startsWith(`${path}/`))
        .map(([name]) => name.slice(path.length + 1))
        .sort(),
  }
  const text = () => {
    const reading = writable.readFile(credentials)
    return reading.kind === 'found' ? Buffer.from(reading.bytes).toString() : null
  }
  return { machine: writable, disk, text }
}
