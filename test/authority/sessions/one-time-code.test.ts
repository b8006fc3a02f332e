import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Failures, failedAgain, isForgotten, waitAfter } from '../../../src/authority/sessions/failures.ts'
import { acceptCode, acceptTwoConsecutive, codeAt } from '../../../src/authority/sessions/one-time-code.ts'

/** RFC 6238, appendix B: the SHA-1 seed "12345678901234567890" and its 8 digits; ours are the last 6 of them (RFC 4226 §5.3). */
const rfcSeed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const rfcVectors: readonly [number, string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
]

/** RFC 4226 §5.3 written down a second time, to compare seeds of our own length against. */
function reference(seed: string, step: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...seed].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', key).update(counter).digest()
  const offset = (hash[19] as number) & 15
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const step = 59_000_000
const now = new Date(step * 30_000 + 12_345)
/** As long as AWS's seeds; fixed, because two codes of a random one are the same now and then. */
const seed = rfcSeed + rfcSeed
const device = { seed, driftSteps: 0, lastPairStep: 0, usedSteps: [] as readonly number[] }
const code = (offset: number) => reference(seed, step + offset)
const wrongCode = ['000000', '000001', '000002', '000003'].find(
  (candidate) => ![-2, -1, 0, 1, 2].some((offset) => code(offset) === candidate),
) as string

describe('the code of a device', () => {
  test.each(rfcVectors)('at second %i is the one of RFC 6238', (second, digits) => {
    expect(codeAt(rfcSeed, new Date(second * 1000))).toBe(digits.slice(2))
  })

  test('is the one that RFC 4226 gives for a seed of 64 characters', () => {
    for (let offset = 0; offset < 50; offset += 1) {
      expect(codeAt(seed, new Date(now.getTime() + offset * 30_000))).toBe(code(offset))
    }
  })

  test('changes at the full half minute', () => {
    expect(codeAt(seed, new Date(step * 30_000))).toBe(code(0))
    expect(codeAt(seed, new Date(step * 30_000 - 1))).toBe(code(-1))
  })
})

describe('a one-time code', () => {
  test.each([-2, -1, 0, 1, 2])('of the step %i away is accepted, with its step', (offset) => {
    const verdict = acceptCode(device, code(offset), now)
    expect(verdict).toEqual({ kind: 'accepted', step: step + offset, usedSteps: [step + offset] })
  })

  test.each([-3, 3, -20, 2880])('of the step %i away is wrong', (offset) => {
    expect(acceptCode(device, code(offset), now)).toEqual({ kind: 'wrong' })
  })

  test('is judged around the drift that the device has shown', () => {
    const slow = { ...device, driftSteps: -5 }
    expect(acceptCode(slow, code(-7), now)).toMatchObject({ kind: 'accepted', step: step - 7 })
    expect(acceptCode(slow, code(-3), now)).toMatchObject({ kind: 'accepted', step: step - 3 })
    expect(acceptCode(slow, code(-2), now)).toEqual({ kind: 'wrong' })
    expect(acceptCode(slow, code(0), now)).toEqual({ kind: 'wrong' })
  })

  test('counts once, and earlier ones count after it', () => {
    const after = { ...device, usedSteps: [step] }
    expect(acceptCode(after, code(0), now)).toEqual({ kind: 'used' })
    expect(acceptCode(after, code(-1), now)).toMatchObject({ kind: 'accepted', usedSteps: [step - 1, step] })
    expect(acceptCode(after, code(1), now)).toMatchObject({ kind: 'accepted', usedSteps: [step, step + 1] })
  })

  test('counts also when it taught the drift', () => {
    const taught = { ...device, lastPairStep: step }
    expect(acceptCode(taught, code(-1), now).kind).toBe('accepted')
    expect(acceptCode(taught, code(0), now).kind).toBe('accepted')
  })

  test('is remembered as used for no longer than it takes', () => {
    const usedSteps = Array.from({ length: 32 }, (_, index) => step - 100 + index)
    const verdict = acceptCode({ ...device, usedSteps }, code(0), now)
    expect(verdict).toEqual({ kind: 'accepted', step, usedSteps: [...usedSteps.slice(1), step] })
  })

  test.each(['', '12345', '1234567', '12345a', ' 12345', '１２３４５６', '-12345', '1e5000'])(
    'that is none (%j) is wrong',
    (text) => {
      expect(acceptCode(device, text, now)).toEqual({ kind: 'wrong' })
    },
  )

  test('that is wrong stays wrong', () => {
    expect(acceptCode(device, wrongCode, now)).toEqual({ kind: 'wrong' })
  })

  test('works in the first minute of all time', () => {
    expect(acceptCode(device, reference(seed, 1), new Date(0))).toMatchObject({ kind: 'accepted', step: 1 })
    expect(acceptCode(device, reference(seed, 5), new Date(0))).toEqual({ kind: 'wrong' })
  })
})

describe('two consecutive codes', () => {
  test.each([-2, -1, 0, 1])('that begin at step %i are accepted without a drift', (offset) => {
    expect(acceptTwoConsecutive(device, code(offset), code(offset + 1), now)).toEqual({
      kind: 'accepted',
      step: step + offset + 1,
      driftSteps: Math.abs(offset + 1) <= 1 ? 0 : offset + 1,
    })
  })

  test.each([-998, -40, -12, 5, 40, 1000])('whose second one is %i steps away teach the drift', (offset) => {
    const verdict = acceptTwoConsecutive(device, code(offset - 1), code(offset), now)
    expect(verdict).toEqual({ kind: 'accepted', step: step + offset, driftSteps: offset })
    // What was learned makes the device's next code good.
    const taught = { ...device, driftSteps: offset, lastPairStep: step + offset }
    expect(acceptCode(taught, code(offset + 1), now).kind).toBe('accepted')
  })

  test('are searched around the drift that was learned before', () => {
    const taught = { ...device, driftSteps: 600, lastPairStep: step + 600 }
    const verdict = acceptTwoConsecutive(taught, code(1599), code(1600), now)
    expect(verdict).toEqual({ kind: 'accepted', step: step + 1600, driftSteps: 1600 })
    expect(acceptTwoConsecutive(taught, code(1600), code(1601), now)).toEqual({ kind: 'wrong' })
  })

  test.each<[string, string, string]>([
    ['in the wrong order', code(0), code(-1)],
    ['twice the same', code(0), code(0)],
    ['with a gap', code(-1), code(1)],
    ['the second one wrong', code(-1), wrongCode],
    ['the first one wrong', wrongCode, code(0)],
    ['beyond the search', code(1000), code(1001)],
    ['before the search', code(-1000), code(-999)],
    ['not codes', 'abcdef', code(0)],
    ['empty', '', ''],
  ])('%s are wrong', (_, first, second) => {
    expect(acceptTwoConsecutive(device, first, second, now)).toEqual({ kind: 'wrong' })
  })

  test('are used when the first of them was in a pair before', () => {
    const after = { ...device, lastPairStep: step - 1 }
    expect(acceptTwoConsecutive(after, code(-1), code(0), now)).toEqual({ kind: 'used' })
    expect(acceptTwoConsecutive(after, code(-2), code(-1), now)).toEqual({ kind: 'used' })
    expect(acceptTwoConsecutive(after, code(0), code(1), now).kind).toBe('accepted')
  })

  test('count also when they gave sessions before', () => {
    const after = { ...device, usedSteps: [step - 1, step] }
    expect(acceptTwoConsecutive(after, code(-1), code(0), now).kind).toBe('accepted')
  })

  /** Why: a clock that ran years ahead for a minute must not shut people out for years. */
  test('are accepted again after the clock was set back far', () => {
    const future = { ...device, lastPairStep: step + 100_000 }
    expect(acceptTwoConsecutive(future, code(-1), code(0), now)).toMatchObject({ kind: 'accepted', step })
  })
})

describe('failures at one device', () => {
  const failing = (times: number, from: number): Failures => {
    let failures: Failures | undefined
    for (let n = 0; n < times; n += 1) failures = failedAgain(failures, from)
    return failures as Failures
  }

  test('cost nothing at first, then twice as long each time, and never more than a quarter of an hour', () => {
    expect(waitAfter(undefined, 0)).toBe(0)
    expect(waitAfter(failing(8, 0), 0)).toBe(0)
    expect([9, 10, 11, 12].map((times) => waitAfter(failing(times, 0), 0))).toEqual([1_000, 2_000, 4_000, 8_000])
    expect([20, 64, 1_000].map((times) => waitAfter(failing(times, 0), 0))).toEqual([900_000, 900_000, 900_000])
  })

  test('are waited out', () => {
    expect(waitAfter(failing(11, 5_000), 7_500)).toBe(1_500)
    expect(waitAfter(failing(11, 5_000), 9_000)).toBe(0)
  })

  test('are forgotten after a day without one', () => {
    expect(isForgotten(failing(64, 0), 86_399_999)).toBe(false)
    expect(waitAfter(failing(64, 0), 86_400_000)).toBe(0)
    expect(failedAgain(failing(64, 0), 86_400_000).count).toBe(1)
  })

  test('do not lock anyone out when the clock is set back', () => {
    expect(waitAfter(failing(11, 1_000_000), 999_000)).toBe(4_000)
    expect(waitAfter(failing(12, 1e12), 0)).toBe(0)
  })
})
