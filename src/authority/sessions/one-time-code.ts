import { timingSafeEqual } from 'node:crypto'
import { HOTP, Secret as Seed } from 'otpauth'
import type { MfaDevice } from '../model/entities.ts'

/**
 * Time-based one-time codes as AWS's virtual MFA devices make them: RFC 6238 with SHA-1, steps of 30 seconds and 6 digits
 * over a base32 seed (IAM User Guide, "Assign a virtual MFA device"). Which steps count, and how often, is how AWS answered in
 * September 2026 (radkawar/stackd, `testdata/aws/iam/mfa*.json`).
 */
const stepSeconds = 30
const digits = 6
/** Codes of two steps before and two after are taken (`mfa_verification.json`). */
const tolerance = 2
/**
 * How far from where the device is thought to be its second code may lie when two codes tell its drift: both codes lie within
 * 999 steps of it, or the second one step later (`mfa_pair_window.json`: -998 and 1000 are taken, -999 and 1001 are not).
 */
const earliestSecond = -998
const latestSecond = 1000

type Device = Pick<MfaDevice, 'seed' | 'driftSteps' | 'lastPairStep' | 'usedSteps'>

export type CodeVerdict =
  /** `usedSteps` are to be kept with the device before anything is answered. */
  | { readonly kind: 'accepted'; readonly step: number; readonly usedSteps: readonly number[] }
  | { readonly kind: 'wrong' }
  /** A right code that has been accepted before. */
  | { readonly kind: 'used' }

export type PairVerdict =
  /** `step`, that of the second code, is to be kept as the device's `lastPairStep`, and `driftSteps` with it. */
  | { readonly kind: 'accepted'; readonly step: number; readonly driftSteps: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'used' }

/** The code of a device with this base32 seed whose clock shows `instant`, or runs so many steps ahead of it. */
export function codeAt(seed: string, instant: Date, driftSteps = 0): string {
  return codeOf(Seed.fromBase32(seed), stepAt(instant) + driftSteps)
}

/**
 * Judges one code against the present step and its neighbours, shifted by the drift that was learned. Each code counts once; an
 * earlier one still counts after a later one (`mfa_code_order.json`), and those that taught the drift count too
 * (`mfa_synchronization_codes.json`). Constant time.
 */
export function acceptCode(device: Device, code: string, now: Date): CodeVerdict {
  if (!isCode(code)) return { kind: 'wrong' }
  const seed = Seed.fromBase32(device.seed)
  const centre = stepAt(now) + device.driftSteps
  const matching: number[] = []
  for (let step = centre - tolerance; step <= centre + tolerance; step += 1) {
    if (equal(codeOf(seed, step), code)) matching.push(step)
  }
  if (matching.length === 0) return { kind: 'wrong' }
  const step = matching.find((candidate) => !device.usedSteps.includes(candidate))
  if (step === undefined) return { kind: 'used' }
  // What lies further back can come again only by a clock that is set back, which must not make a code good twice.
  const usedSteps = [...device.usedSteps, step].sort((a, b) => a - b).slice(-mostUsedSteps)
  return { kind: 'accepted', step, usedSteps }
}

const mostUsedSteps = 32

/**
 * Judges two codes that must be consecutive and in order, for EnableMFADevice and ResyncMFADevice. The device's clock is
 * searched around where it was last found, nearest first; both codes must be later than the pair that was accepted before, while
 * codes that gave a session may be among them (`mfa_reuse.json`, `mfa_resync_anchor.json`).
 */
export function acceptTwoConsecutive(device: Device, code1: string, code2: string, now: Date): PairVerdict {
  if (!isCode(code1) || !isCode(code2)) return { kind: 'wrong' }
  const seed = Seed.fromBase32(device.seed)
  const centre = stepAt(now) + device.driftSteps
  const steps: number[] = []
  let isFirst = equal(codeOf(seed, centre + earliestSecond - 1), code1)
  for (let step = centre + earliestSecond; step <= centre + latestSecond; step += 1) {
    const expected = codeOf(seed, step)
    if (isFirst && equal(expected, code2)) steps.push(step)
    isFirst = equal(expected, code1)
  }
  steps.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre))
  if (steps.length === 0) return { kind: 'wrong' }
  // A pair that lies beyond all that is searched says only that the clock has been set back since.
  const spent = device.lastPairStep > centre + latestSecond ? 0 : device.lastPairStep
  const step = steps.find((candidate) => candidate - 1 > spent)
  if (step === undefined) return { kind: 'used' }
  const moved = step - centre
  return { kind: 'accepted', step, driftSteps: device.driftSteps + (Math.abs(moved) <= 1 ? 0 : moved) }
}

function stepAt(instant: Date): number {
  return Math.floor(instant.getTime() / 1000 / stepSeconds)
}

function codeOf(secret: Seed, step: number): string {
  // Before 1970 there are no steps.
  return step < 0 ? '' : HOTP.generate({ secret, algorithm: 'SHA1', digits, counter: step })
}

function isCode(code: string): boolean {
  return /^[0-9]{6}$/.test(code)
}

function equal(expected: string, code: string): boolean {
  return expected.length === code.length && timingSafeEqual(Buffer.from(expected), Buffer.from(code))
}
