import { describe, expect, test } from 'vitest'
import { CountersignError } from '../../../src/errors.ts'
import { applyChanges } from '../../../src/holder/changes/index.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

describe('applying changes', () => {
  const file = (name: string) => ({ path: `/${name}`, before: new Uint8Array([1]), after: new Uint8Array([2]) })
  const changes = [file('a'), file('b')]

  test('writes each file over what it was planned for', () => {
    const written: [string, number, number][] = []
    applyChanges(
      recordedMachine({ userHome: '/h' }),
      {
        write: (path, bytes, options) => written.push([path, bytes[0]!, options!.before![0]!]),
        remove: () => {},
        list: () => [],
      },
      changes,
      { verb: 'fix', says: 'x' },
    )
    expect(written).toEqual([
      ['/a', 2, 1],
      ['/b', 2, 1],
    ])
  })

  test('puts the first file back when the second cannot be written', () => {
    const written: [string, number][] = []
    const disk = {
      write(path: string, bytes: Uint8Array) {
        if (path === '/b') throw new CountersignError('file-unwritable', 'no')
        written.push([path, bytes[0]!])
      },
      remove: () => {},
      list: () => [],
    }
    expect(() => applyChanges(recordedMachine({ userHome: '/h' }), disk, changes, { verb: 'fix', says: 'x' })).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    )
    expect(written).toEqual([
      ['/a', 2],
      ['/a', 1],
    ])
  })
})
