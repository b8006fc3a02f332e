import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pathRules } from '../../../src/holder/machine/paths.ts'

/*
 * The rules are our own, so that the diagnosis runs in a browser; `node:path` is the judge of them.
 */
const seed = 20261128
const runs = { seed, numRuns: 4000 }
const piece = fc.constantFrom('a', 'bc', '.aws', '..', '.', '', '/', '//', 'x y', 'config', 'ä', 'C', '-')
const posixPath = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('/'))
const slash = fc.constantFrom('/', '\\')
const root = fc.constantFrom('', 'C:', 'c:\\', 'D:/', '\\', '/', '\\\\host\\share\\', '//host/share/')
const windowsPath = fc
  .tuple(
    root,
    fc.array(fc.tuple(fc.constantFrom('a', 'bc', '.aws', '..', '.', '', 'x y', 'config', 'ä'), slash), {
      maxLength: 6,
    }),
  )
  .map(([start, pieces]) => start + pieces.map(([name, between]) => name + between).join(''))
  .chain((path) => fc.constantFrom(path, path.replace(/[/\\]$/, '')))

describe(`paths (seed ${seed})`, () => {
  const ours = pathRules({ platform: 'linux' })
  const theirs = pathRules({ platform: 'win32' })

  test('of POSIX are joined, cut and resolved as node:path does', () => {
    fc.assert(
      fc.property(posixPath, posixPath, (one, other) => {
        expect(ours.normalize(one)).toBe(posix.normalize(one))
        expect(ours.join(one, other)).toBe(posix.join(one, other))
        expect(ours.dirname(one)).toBe(posix.dirname(one))
        expect(ours.basename(one)).toBe(posix.basename(one))
        expect(ours.isAbsolute(one)).toBe(posix.isAbsolute(one))
        expect(ours.resolve('/house/ana', one)).toBe(posix.resolve('/house/ana', one))
      }),
      runs,
    )
  })

  test('of Windows are joined, cut and resolved as node:path does', () => {
    fc.assert(
      fc.property(windowsPath, windowsPath, (one, other) => {
        expect(theirs.normalize(one)).toBe(win32.normalize(one))
        expect(theirs.join(one, other)).toBe(win32.join(one, other))
        expect(theirs.dirname(one)).toBe(win32.dirname(one))
        expect(theirs.basename(one)).toBe(win32.basename(one))
        expect(theirs.isAbsolute(one)).toBe(win32.isAbsolute(one))
        for (const from of ['C:\\Users\\ana', '\\\\host\\share\\ana']) {
          // Of another drive Node asks the process where it stands; a value has no process.
          if (!/^[A-Za-z]:(?![/\\])/.test(one) || one.toLowerCase().startsWith('c:')) {
            if (from.startsWith('C') || !/^[A-Za-z]:(?![/\\])/.test(one))
              expect(theirs.resolve(from, one)).toBe(win32.resolve(from, one))
          }
        }
      }),
      runs,
    )
  })

  test.each([
    ['linux', '', ''],
    ['linux', '/', ''],
    ['linux', '//a', 'b'],
    ['win32', 'C:', ''],
    ['win32', 'C:\\', '..'],
    ['win32', '\\\\host\\share', 'a'],
    ['win32', '', ''],
  ] as const)('on %s: %j and %j', (platform, one, other) => {
    const [rules, judge] = platform === 'win32' ? [theirs, win32] : [ours, posix]
    expect([rules.join(one, other), rules.dirname(one), rules.basename(one), rules.normalize(one)]).toEqual([
      judge.join(one, other),
      judge.dirname(one),
      judge.basename(one),
      judge.normalize(one),
    ])
  })
})
