import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keepOutput } from '../../../src/cli/command/kept.ts'
import { type FileSeen, findProgram, startLine } from '../../../src/cli/command/start.ts'

const disk =
  (files: Readonly<Record<string, FileSeen['kind'] | string>>) =>
  (path: string): FileSeen => {
    const seen = files[path]
    if (seen === undefined) return { kind: 'absent' }
    if (seen === 'directory' || seen === 'not-executable' || seen === 'absent') return { kind: seen }
    return { kind: 'program', firstBytes: seen }
  }

describe('finding a program', () => {
  test.each([
    ['the first directory of PATH that has it', 'aws', { '/b/aws': '', '/c/aws': '' }, '/b/aws'],
    ['behind one that may not be run, the next', 'aws', { '/a/aws': 'not-executable', '/c/aws': '' }, '/c/aws'],
    ['behind a directory of that name, the next', 'aws', { '/a/aws': 'directory', '/b/aws': '' }, '/b/aws'],
    ['an empty entry of PATH is the working directory', 'aws', { './aws': '' }, './aws'],
    ['a word with a slash is a path', 'bin/aws', { '/a/bin/aws': '', 'bin/aws': '' }, 'bin/aws'],
    ['a script whose interpreter is there', 'aws', { '/a/aws': '#! /bin/py -s\n', '/bin/py': '' }, '/a/aws'],
  ])('on POSIX: %s', (_why, name, files, path) => {
    expect(findProgram('linux', { PATH: '/a:/b:/c:' }, name, disk(files))).toEqual({ kind: 'found', path })
  })

  test.each([
    ['nothing', 'aws', {}, 'absent'],
    ['only what may not be run', 'aws', { '/a/aws': 'not-executable' }, 'not-runnable'],
    ['a directory by its path', './aws', { './aws': 'directory' }, 'not-runnable'],
    ['a script without its interpreter', 'aws', { '/a/aws': '#!/no/py\n' }, 'absent'],
    ['an empty word', '', { '/a/': '' }, 'absent'],
  ])('on POSIX: %s is told apart from what runs', (_why, name, files, kind) => {
    expect(findProgram('linux', { PATH: '/a:/b' }, name, disk(files)).kind).toBe(kind)
  })

  test.each([
    ['with each extension of PATHEXT', 'aws', { 'C:\\b\\aws.cmd': '' }, 'C:\\b\\aws.cmd'],
    ['the working directory first', 'aws', { '.\\aws.exe': '', 'C:\\a\\aws.exe': '' }, '.\\aws.exe'],
    ['by its full name', 'AWS.EXE', { 'C:\\a\\AWS.EXE': '' }, 'C:\\a\\AWS.EXE'],
    ['in a directory that Path has in quotes', 'aws', { 'C:\\with space\\aws.exe': '' }, 'C:\\with space\\aws.exe'],
    ['by a path', '.\\x\\aws', { '.\\x\\aws.exe': '' }, '.\\x\\aws.exe'],
  ])('on Windows: %s', (_why, name, files, path) => {
    const env = { Path: 'C:\\a;C:\\b;"C:\\with space"', PATHEXT: '.EXE;.CMD' }
    expect(findProgram('win32', env, name, disk(files))).toEqual({ kind: 'found', path })
  })
})

/** What `cmd.exe` makes of a line outside of quotes: each `^` goes, and what follows it stays. */
const afterCmd = (line: string) => line.replace(/\^([\s\S])/g, '$1')

/** CommandLineToArgvW: 2n backslashes before a quote are n and the quote; 2n+1 are n and a quote that is text. */
function argumentsOf(line: string): readonly string[] {
  const found: string[] = []
  let current: string | null = null
  let quoted = false
  for (let at = 0; at < line.length; ) {
    const slashes = /^\\*/.exec(line.slice(at))![0].length
    if (line[at + slashes] === '"') {
      current = (current ?? '') + '\\'.repeat(Math.floor(slashes / 2))
      if (slashes % 2 === 1) current += '"'
      else quoted = !quoted
      at += slashes + 1
    } else if (slashes > 0) {
      current = (current ?? '') + '\\'.repeat(slashes)
      at += slashes
    } else if (line[at] === ' ' && !quoted) {
      if (current !== null) found.push(current)
      current = null
      at += 1
    } else {
      current = (current ?? '') + line[at]
      at += 1
    }
  }
  return current === null ? found : [...found, current]
}

describe('starting a program', () => {
  test('on POSIX, and an .exe on Windows: as it is', () => {
    expect(startLine('linux', '/b/aws.cmd', ['a b'], {})).toEqual({
      file: '/b/aws.cmd',
      args: ['a b'],
      verbatim: false,
    })
    expect(startLine('win32', 'C:\\aws.exe', ['a b'], {}).verbatim).toBe(false)
  })

  const signs = fc.string({ unit: fc.constantFrom(...'ab "\\%^&|<>()!;,*?=/:-'), maxLength: 12 })

  test('a batch file on Windows gets each argument as it was written (seed 11)', () => {
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 4 }), fc.boolean(), (args, isShim) => {
        const path = isShim ? 'C:\\p\\node_modules\\.bin\\cdk.cmd' : 'C:\\aws.cmd'
        const start = startLine('win32', path, args, { ComSpec: 'C:\\cmd.exe' })
        expect([start.file, start.args.slice(0, 3), start.verbatim]).toEqual(['C:\\cmd.exe', ['/d', '/s', '/c'], true])
        // `/s` takes the outer quotes off, whatever stands between them.
        const line = start.args[3]!.slice(1, -1)
        const [first, ...rest] = argumentsOf(isShim ? afterCmd(afterCmd(line)) : afterCmd(line))
        expect([first, ...rest]).toEqual([path, ...args])
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  test('no sign that cmd reads stands bare in the line (seed 12)', () => {
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 4 }), (args) => {
        const line = startLine('win32', 'C:\\aws.cmd', args, {}).args[3]!.slice(1, -1)
        expect(line.replace(/\^[\s\S]/g, '')).not.toMatch(/[%!^"<>&|()]/)
      }),
      { seed: 12, numRuns: 500 },
    )
  })
})

test('of a long output the first 64 KiB and the last 192 KiB are kept, however it comes (seed 13)', () => {
  const sizes = fc.array(fc.constantFrom(0, 1, 1000, 65_536, 100_000, 196_608, 300_001), { maxLength: 8 })
  fc.assert(
    fc.property(sizes, (pieces) => {
      const kept = keepOutput()
      const whole = Buffer.alloc(pieces.reduce<number>((sum, size) => sum + size, 0))
      for (let at = 0; at < whole.length; at += 1) whole[at] = 97 + (((at * 2_654_435_761) >>> 8) % 26)
      let from = 0
      for (const size of pieces) {
        kept.add(whole.subarray(from, from + size))
        from += size
      }
      const text = whole.toString('latin1')
      expect(kept.tail() === text.slice(-196_608)).toBe(true)
      expect(kept.head() === (text.length <= 196_608 ? '' : text.slice(0, 65_536))).toBe(true)
    }),
    { seed: 13, numRuns: 60 },
  )
})
