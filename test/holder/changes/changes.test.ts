import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CountersignError } from '../../../src/errors.ts'
import {
  applyChanges,
  beginCalls,
  compareLines,
  linesOf,
  listChanges,
  planEdits,
  planUndo,
  recoverChanges,
  undoFiles,
} from '../../../src/holder/changes/index.ts'
import { mergeLines } from '../../../src/holder/changes/lines.ts'
import type { Disk } from '../../../src/holder/machine/disk.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { place } from './place.ts'

const posix = process.platform !== 'win32'
const bytesOf = (text: string) => new TextEncoder().encode(text)
const long = new Date('2020-02-02T02:02:02.222Z')

describe('applying changes', () => {
  test('writes the files, and keeps what was there for the person alone', () => {
    const here = place({ a: 'old', b: 'old' })
    expect(here.apply(here.change('a', 'new'), here.change('b', null), here.change('c', 'made'))).toBe(1)
    expect([here.text('a'), existsSync(here.path('b')), here.text('c')]).toEqual(['new', false, 'made'])
    expect(here.kept()).toEqual(['000001.json'])
    if (posix) {
      expect(statSync(here.journal).mode & 0o777).toBe(0o700)
      expect(statSync(join(here.journal, '000001.json')).mode & 0o777).toBe(0o600)
      expect(here.look('c').mode).toBe(0o600)
    }
  })

  test('keeps nothing of what changes nothing', () => {
    const here = place()
    expect(here.apply()).toBeNull()
    expect(existsSync(here.journal)).toBe(false)
  })

  test('writes the journal before the first file', () => {
    const here = place({ a: 'old' })
    const seen: string[] = []
    const disk: Disk = {
      ...here.disk,
      write(path, bytes, options) {
        const kept = existsSync(here.journal) ? here.kept().filter((name) => /^\d+\.\w+$/.test(name)) : []
        seen.push(`${path.startsWith(here.journal) ? 'journal' : 'file'} with ${kept.length} kept`)
        here.disk.write(path, bytes, options)
      },
    }
    applyChanges(here.machine, disk, [here.change('a', 'new')], { verb: 'fix', says: 'x' })
    expect(seen).toEqual(['journal with 0 kept', 'file with 1 kept', 'journal with 1 kept'])
  })

  test('puts the first file back, with its mode and time, when the second cannot be written', () => {
    const here = place()
    here.put('a', 'old', 0o640, long)
    here.put('b', 'old')
    const before = here.look('a')
    const disk: Disk = {
      ...here.disk,
      write(path, bytes, options) {
        if (path === here.path('b')) throw new CountersignError('file-unwritable', 'no')
        here.disk.write(path, bytes, options)
      },
    }
    const changes = [here.change('a', 'new'), here.change('b', 'new')]
    expect(() => applyChanges(here.machine, disk, changes, { verb: 'fix', says: 'x' })).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    )
    expect(here.look('a')).toEqual(before)
    expect(here.kept()).toEqual([])
  })

  test('leaves to the next run what cannot be put back at once', () => {
    const here = place({ a: 'old', b: 'old' })
    let isFull = false
    const disk: Disk = {
      ...here.disk,
      write(path, bytes, options) {
        isFull ||= path === here.path('b')
        if (isFull) throw new CountersignError('file-unwritable', 'the disk is full')
        here.disk.write(path, bytes, options)
      },
    }
    const changes = [here.change('a', 'new'), here.change('b', 'new')]
    expect(() => applyChanges(here.machine, disk, changes, { verb: 'fix', says: 'x' })).toThrow('the disk is full')
    expect(here.text('a')).toBe('new')
    expect(recoverChanges(here.machine, here.disk)).toMatchObject([{ outcome: 'taken-back' }])
    expect([here.text('a'), here.text('b'), here.kept()]).toEqual(['old', 'old', []])
  })

  test('leaves a file alone that is no longer what the change was made for', () => {
    const here = place({ a: 'old', b: 'old' })
    const changes = [here.change('a', 'new'), here.change('b', 'new')]
    here.put('b', 'meanwhile')
    expect(() => here.apply(...changes)).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect([here.text('a'), here.text('b')]).toEqual(['old', 'meanwhile'])
    expect(here.kept()).toEqual([])
  })

  test('keeps the last hundred', () => {
    const here = place({ a: 'old' })
    here.apply(here.change('a', 'new'))
    const one = readFileSync(join(here.journal, '000001.json'))
    for (let id = 2; id <= 102; id += 1) writeFileSync(join(here.journal, `${String(id).padStart(6, '0')}.json`), one)
    expect(here.apply(here.change('a', 'newer'))).toBe(103)
    expect(here.kept()).toHaveLength(100)
    expect(here.kept()[0]).toBe('000004.json')
    expect(listChanges(here.machine, here.disk)[0]!.entry.id).toBe(103)
  })

  test('refuses what is too large to be kept, and changes nothing', () => {
    const here = place({ a: 'old' })
    expect(() => here.apply(here.change('a', 'x'.repeat(17 * 1024 * 1024)))).toThrow(
      expect.objectContaining({ code: 'limit' }),
    )
    expect(here.text('a')).toBe('old')
  })
})

test('on Windows the journal is in the local application data', () => {
  const env = { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local', USERPROFILE: 'C:\\Users\\ada' }
  const machine = recordedMachine({ platform: 'win32', userHome: 'C:\\Users\\ada', env })
  const written: string[] = []
  const disk: Disk = { write: (path) => void written.push(path), remove: () => {}, list: () => [] }
  const change = { path: 'C:\\Users\\ada\\.aws\\credentials', before: null, after: bytesOf('x') }
  expect(applyChanges(machine, disk, [change], { verb: 'fix', says: 'x' })).toBe(1)
  const journal = 'C:\\Users\\ada\\AppData\\Local\\countersign\\state\\journal\\000001'
  expect(written).toEqual([`${journal}.begun`, change.path, `${journal}.json`])
})

describe('planning edits of lines', () => {
  test('takes every line by its number in the file as it stands', () => {
    const here = place({ f: 'one\ntwo\nthree\nfour\n' })
    const file = here.path('f')
    const [change] = planEdits(here.machine, [
      { kind: 'replace-lines', file, line: 1, was: ['one'], lines: [] },
      { kind: 'replace-lines', file, line: 3, was: ['three'], lines: ['3a', '3b'] },
      { kind: 'replace-lines', file, line: 4, was: ['four'], lines: ['4'] },
    ])
    expect(Buffer.from(change!.after!).toString()).toBe('two\n3a\n3b\n4\n')
  })

  test('of any file (seed 5) puts in the new lines and changes no other byte', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '#', 'é', '"', '=', '\u200b') })
    const file = fc.record({
      mark: fc.constantFrom('', '\ufeff'),
      lines: fc.array(
        line.filter((text) => text !== ''),
        { minLength: 1, maxLength: 8 },
      ),
      end: fc.constantFrom('\n', '\r\n'),
      isClosed: fc.boolean(),
    })
    const here = place()
    const made = (
      { mark, end, isClosed }: { mark: string; end: string; isClosed: boolean },
      lines: readonly string[],
    ) => mark + lines.join(end) + (isClosed && lines.length > 0 ? end : '')
    fc.assert(
      fc.property(
        file,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.array(line.filter(Boolean), { maxLength: 3 }),
        (of, at, many, added) => {
          const index = at % of.lines.length
          const was = of.lines.slice(index, index + many)
          here.put('f', made(of, of.lines))
          const [change] = planEdits(here.machine, [
            { kind: 'replace-lines', file: here.path('f'), line: index + 1, was, lines: added },
          ])
          // A file of one line without an end does not tell how it ends its lines.
          const end = of.lines.length === 1 && !of.isClosed ? '\n' : of.end
          const wanted = [...of.lines.slice(0, index), ...added, ...of.lines.slice(index + was.length)]
          const after = change === undefined ? here.text('f') : Buffer.from(change.after!).toString()
          // Where the last line went, the one above it keeps the end that it has.
          const isEndKept = added.length === 0 && index + was.length === of.lines.length && was.length > 0
          expect(after).toBe(made({ ...of, end, isClosed: of.isClosed || (isEndKept && wanted.length > 0) }, wanted))
        },
      ),
      { seed: 5, numRuns: 500 },
    )
  })

  test('takes a byte order mark away where it is meant itself', () => {
    const here = place({ f: '\ufeff[default]\n' })
    const edit = { kind: 'replace-lines', file: here.path('f'), line: 1, was: ['\ufeff[default]'] } as const
    const [change] = planEdits(here.machine, [{ ...edit, lines: ['[default]'] }])
    expect(Buffer.from(change!.after!).toString()).toBe('[default]\n')
  })

  test('puts lines behind a last one that has no end', () => {
    const here = place({ f: 'one\r\ntwo' })
    const edit = { kind: 'replace-lines', file: here.path('f'), line: 3, was: [], lines: ['three'] } as const
    expect(Buffer.from(planEdits(here.machine, [edit])[0]!.after!).toString()).toBe('one\r\ntwo\r\nthree\r\n')
  })

  test('does nothing when other lines stand there', () => {
    const here = place({ f: 'one\ntwo\n' })
    const edit = { kind: 'replace-lines', file: here.path('f'), lines: [] } as const
    for (const wrong of [
      { ...edit, line: 2, was: ['one'] },
      { ...edit, line: 2, was: ['two', 'three'] },
      { ...edit, line: 9, was: [] },
    ])
      expect(() => planEdits(here.machine, [wrong])).toThrow(expect.objectContaining({ code: 'conflict' }))
  })
})

describe('undo', () => {
  test.runIf(posix)('restores bytes, mode and time; and once more makes the change again, with its own', () => {
    const here = place()
    here.put('a', 'old', 0o644, long)
    const before = here.look('a')
    here.apply(here.change('a', 'new'))
    const changed = here.look('a')
    const undo = () => undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!)
    expect(undo()).toBe(2)
    expect(here.look('a')).toEqual(before)
    expect(undo()).toBe(3)
    expect(here.look('a')).toEqual(changed)
    expect(undo()).toBe(4)
    expect(here.look('a')).toEqual(before)
  })

  test('removes what was made, and makes again what was removed', () => {
    const here = place({ gone: 'was here' })
    here.apply(here.change('made', 'x'), here.change('gone', null))
    undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!)
    expect([existsSync(here.path('made')), here.text('gone')]).toEqual([false, 'was here'])
    undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!)
    expect([here.text('made'), existsSync(here.path('gone'))]).toEqual(['x', false])
  })

  test.runIf(posix)('goes through a link, which stays', () => {
    const here = place({ target: 'old' })
    symlinkSync('target', here.path('link'))
    here.apply(here.change('link', null))
    expect(existsSync(here.path('target'))).toBe(false)
    undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!)
    expect(here.text('target')).toBe('old')
    expect(lstatSync(here.path('link')).isSymbolicLink()).toBe(true)
  })

  test('never overwrites what was changed since, and touches no other file of the change', () => {
    const here = place({ a: 'old', b: 'old' })
    here.apply(here.change('a', 'new'), here.change('b', 'new'))
    here.put('b', 'mine')
    const plan = planUndo(here.machine, here.disk)!
    expect(plan.files.map(({ state }) => state)).toEqual(['as-left', 'changed'])
    const undo = () => undoFiles(here.machine, here.disk, plan)
    expect(undo).toThrow(
      expect.objectContaining({ code: 'conflict', data: expect.objectContaining({ path: here.path('b') }) }),
    )
    expect(undo).toThrow(/b was changed since change 1/)
    expect([here.text('a'), here.text('b')]).toEqual(['new', 'mine'])
  })

  test('with merge keeps what was changed since in other lines', () => {
    const here = place({ a: 'one\ntwo\nthree\nfour\nfive\n' })
    here.apply(here.change('a', 'one\ntwo\nthree\nfour\n5\n'))
    here.put('a', '# mine\none\ntwo\nthree\nfour\n5\n')
    undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!, { merge: true })
    expect(here.text('a')).toBe('# mine\none\ntwo\nthree\nfour\nfive\n')
  })

  test('with merge refuses where the same lines were changed', () => {
    const here = place({ a: 'one\ntwo\nthree\n' })
    here.apply(here.change('a', 'one\n2\nthree\n'))
    here.put('a', 'one\n2!\nthree\n')
    const undo = () => undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!, { merge: true })
    expect(undo).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(here.text('a')).toBe('one\n2!\nthree\n')
  })

  test('takes an older change back by its number, but not twice', () => {
    const here = place({ a: 'old', b: 'old' })
    here.apply(here.change('a', 'new'))
    here.apply(here.change('b', 'new'))
    undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk, 1)!)
    expect([here.text('a'), here.text('b')]).toEqual(['old', 'new'])
    expect(listChanges(here.machine, here.disk).map(({ entry, undoneBy }) => [entry.id, undoneBy])).toEqual([
      [3, null],
      [2, null],
      [1, 3],
    ])
    expect(() => planUndo(here.machine, here.disk, 1)).toThrow(/Change 1 was taken back already, by change 3/)
    expect(() => planUndo(here.machine, here.disk, 9)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test.runIf(posix)('leaves a file as private as it was made since', () => {
    const here = place()
    here.put('a', 'old', 0o644)
    here.apply(here.change('a', 'new'))
    chmodSync(here.path('a'), 0o600)
    undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!)
    expect(here.look('a')).toMatchObject({ text: 'old', mode: 0o600 })
  })

  test('keeps why it may do harm', () => {
    const here = place({ a: 'old' })
    const caution = 'The old key is off.'
    applyChanges(here.machine, here.disk, [here.change('a', 'new')], { verb: 'rotate', says: 'x', caution })
    expect(planUndo(here.machine, here.disk)!.entry.caution).toBe(caution)
  })

  test('does nothing where all is as before already', () => {
    const here = place({ a: 'old' })
    here.apply(here.change('a', 'new'))
    here.put('a', 'old')
    expect(undoFiles(here.machine, here.disk, planUndo(here.machine, here.disk)!)).toBeNull()
  })
})

describe('a change that was interrupted', () => {
  /** As a killed process leaves it: the journal says `begun`, some files are written. */
  function interrupted(written: readonly string[]) {
    const here = place()
    here.put('a', 'old', 0o644, long)
    here.put('b', 'old', 0o600, long)
    here.apply(here.change('a', 'new'), here.change('b', 'new'))
    const entry = join(here.journal, '000001.json')
    const text = readFileSync(entry, 'utf8').replace('"state": "done"', '"state": "begun"')
    writeFileSync(join(here.journal, '000001.begun'), text)
    rmSync(entry)
    for (const name of ['a', 'b'])
      if (!written.includes(name)) here.put(name, 'old', name === 'a' ? 0o644 : 0o600, long)
    return here
  }

  test('is finished when all its files were written', () => {
    const here = interrupted(['a', 'b'])
    expect(recoverChanges(here.machine, here.disk)).toMatchObject([{ id: 1, outcome: 'finished' }])
    expect(recoverChanges(here.machine, here.disk)).toEqual([])
    expect(planUndo(here.machine, here.disk)!.files.map(({ state }) => state)).toEqual(['as-left', 'as-left'])
  })

  test.runIf(posix)('is taken back when only some were', () => {
    const here = interrupted(['a'])
    expect(recoverChanges(here.machine, here.disk)).toMatchObject([{ id: 1, outcome: 'taken-back' }])
    expect(here.look('a')).toEqual({ text: 'old', mode: 0o644, modifiedAt: long.getTime() })
    expect(here.kept()).toEqual([])
  })

  test('is forgotten when none was', () => {
    const here = interrupted([])
    expect(recoverChanges(here.machine, here.disk)).toMatchObject([{ outcome: 'taken-back' }])
    expect([here.text('a'), here.text('b'), here.kept()]).toEqual(['old', 'old', []])
  })

  test('is left for undo when somebody has changed a file since', () => {
    const here = interrupted(['a'])
    here.put('b', 'mine')
    expect(recoverChanges(here.machine, here.disk)).toMatchObject([{ outcome: 'kept' }])
    expect([here.text('a'), here.text('b')]).toEqual(['new', 'mine'])
    expect(planUndo(here.machine, here.disk)!.files.map(({ state }) => state)).toEqual(['as-left', 'changed'])
  })

  test('is brought to an end by the next change, too', () => {
    const here = interrupted(['a'])
    rmSync(here.path('b'))
    here.put('b', 'old')
    here.apply(here.change('c', 'made'))
    expect([here.text('a'), here.text('c')]).toEqual(['old', 'made'])
  })

  test('that left a broken journal file keeps nobody from going on', () => {
    const here = interrupted(['a', 'b'])
    writeFileSync(join(here.journal, '000001.begun'), '{"schema": "countersign.jour')
    expect(here.apply(here.change('c', 'x'))).toBe(2)
    expect(listChanges(here.machine, here.disk).map(({ entry }) => entry.id)).toEqual([2])
  })
})

describe('comparing lines', () => {
  const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 12 }).map((lines) => lines.join(''))

  test('tells what makes one text of any other (seed 7)', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = [...linesOf(bytesOf(before))]
        for (const { line, removed, added } of compareLines(
          linesOf(bytesOf(before)),
          linesOf(bytesOf(after)),
        ).toReversed()) {
          expect(lines.slice(line - 1, line - 1 + removed.length)).toEqual(removed)
          lines.splice(line - 1, removed.length, ...added)
        }
        expect(lines.join('')).toBe(after)
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  test('merges nothing and everything alike with what changed nothing (seed 8)', () => {
    fc.assert(
      fc.property(text, text, (from, other) => {
        const merged = (ours: string, theirs: string) => {
          const bytes = mergeLines(bytesOf(from), bytesOf(ours), bytesOf(theirs))
          return bytes === null ? null : Buffer.from(bytes).toString()
        }
        expect(merged(other, from)).toBe(other)
        expect(merged(from, other)).toBe(other)
      }),
      { seed: 8, numRuns: 300 },
    )
  })

  test('calls a middle that is too large one change', () => {
    const many = (sign: string) => Array.from({ length: 3000 }, (_, index) => `${sign}${index}\n`)
    expect(compareLines(many('a'), many('b'))).toMatchObject([{ line: 1, newLine: 1 }])
  })
})

describe('a change with calls of AWS', () => {
  const call = (user: string) => ({
    service: 'iam' as const,
    operation: 'UpdateAccessKey',
    parameters: { UserName: user, Status: 'Active' },
    undone: { operation: 'UpdateAccessKey', parameters: { UserName: user, Status: 'Inactive' } },
    says: `make the key of ${user} active again`,
    by: { sdk: 'boto3', profile: 'admin' },
  })

  test('keeps which are about to be made, marks those that are, and takes them back last first', () => {
    const here = place({ a: 'old' })
    const lasting = { ...call('carol'), undone: null }
    const occasion = { verb: 'fix', says: 'x' }
    const begun = beginCalls(here.machine, here.disk, [call('alice'), call('bob'), lasting], occasion)
    expect(here.kept()).toEqual(['000001.begun'])
    for (const index of [0, 1, 2]) begun.made(index)
    expect(applyChanges(here.machine, here.disk, [here.change('a', 'new')], { ...occasion, begun })).toBe(1)
    expect(here.kept()).toEqual(['000001.json'])
    const plan = planUndo(here.machine, here.disk)!
    expect(plan.calls.map(({ parameters, by }) => [parameters, by])).toEqual([
      [
        { UserName: 'bob', Status: 'Inactive' },
        { sdk: 'boto3', profile: 'admin' },
      ],
      [
        { UserName: 'alice', Status: 'Inactive' },
        { sdk: 'boto3', profile: 'admin' },
      ],
    ])
    expect(plan.calls[0]!.undone).toEqual({
      operation: 'UpdateAccessKey',
      parameters: { UserName: 'bob', Status: 'Active' },
    })
    expect(plan.lasting.map(({ says }) => says)).toEqual(['make the key of carol active again'])
  })

  test('that was interrupted among them can be taken back whole, since nobody knows what arrived', () => {
    const here = place()
    const begun = beginCalls(here.machine, here.disk, [call('alice'), call('bob')], { verb: 'fix', says: 'x' })
    begun.made(0)
    expect(recoverChanges(here.machine, here.disk)).toEqual([])
    const plan = planUndo(here.machine, here.disk)!
    expect(plan.calls.map(({ parameters }) => parameters['UserName'])).toEqual(['bob', 'alice'])
  })

  test('keeps the calls when its files cannot be written', () => {
    const here = place({ a: 'old' })
    const begun = beginCalls(here.machine, here.disk, [call('alice')], { verb: 'fix', says: 'x' })
    begun.made(0)
    const change = here.change('a', 'new')
    here.put('a', 'meanwhile')
    expect(() => applyChanges(here.machine, here.disk, [change], { verb: 'fix', says: 'x', begun })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    )
    expect(planUndo(here.machine, here.disk)!).toMatchObject({ files: [], calls: [{ operation: 'UpdateAccessKey' }] })
  })
})
