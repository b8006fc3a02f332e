import { timingSafeEqual } from 'node:crypto'
import { HOTP, Secret as Seed } from 'otpauth'
import type { MfaDevice } from '../model/entities.ts'

/**
 * Time-based one-time codes as AWS's virtual MFA devices make them: RFC 6238 with SHA-1, steps of 30 seconds and 6 digits
 * over a base32 seed (IAM User Guide, "Assign a virtual MFA device").
 */
const stepSeconds = 30
const digits = 6
/** RFC 6238 §5.2 recommends one step for the network's delay; one more in the other direction for the device's clock. */
const tolerance = 1
/** How far off a device's clock may be when two consecutive codes tell its drift (RFC 6238 §6): 20 minutes either way. */
const searchSteps = 40

type Device = Pick<MfaDevice, 'seed' | 'driftSteps' | 'lastUsedStep'>

export type CodeVerdict =
  /** `step` is to be kept as the device's `lastUsedStep` before anything is answered. */
  | { readonly kind: 'accepted'; readonly step: number }
  | { readonly kind: 'wrong' }
  /** A right code, but of a step that is not later than the last accepted one (RFC 6238 §5.2: one-time only). */
  | { readonly kind: 'used' }

export type PairVerdict =
  /** `step` and `driftSteps` are to be kept with the device. */
  | { readonly kind: 'accepted'; readonly step: number; readonly driftSteps: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'used' }

/** The code of a device with this base32 seed whose clock shows `instant`, or runs so many steps ahead of it. */
export function codeAt(seed: string, instant: Date, driftSteps = 0): string {
  return codeOf(Seed.fromBase32(seed), stepAt(instant) + driftSteps)
}

/** Judges one code against the current step and its neighbours, shifted by the drift that was learned. Constant time. */
export function acceptCode(device: Device, code: string, now: Date): CodeVerdict {
  if (!isCode(code)) return { kind: 'wrong' }
  const seed = Seed.fromBase32(device.seed)
  const centre = stepAt(now) + device.driftSteps
  const matching: number[] = []
  for (let step = centre - tolerance; step <= centre + tolerance; step += 1) {
    if (equal(codeOf(seed, step), code)) matching.push(step)
  }
  if (matching.length === 0) return { kind: 'wrong' }
  const step = matching.find((candidate) => !isUsed(device, candidate, centre))
  return step === undefined ? { kind: 'used' } : { kind: 'accepted', step }
}

/**
 * Judges two codes that must be consecutive and in order, for EnableMFADevice and ResyncMFADevice. The device's clock is
 * searched for 20 minutes around ours, nearest first; a device within the ordinary tolerance has no drift to learn.
 */
export function acceptTwoConsecutive(device: Device, code1: string, code2: string, now: Date): PairVerdict {
  if (!isCode(code1) || !isCode(code2)) return { kind: 'wrong' }
  const seed = Seed.fromBase32(device.seed)
  const centre = stepAt(now)
  // One more before: the search is for the second code of the pair.
  const first = centre - searchSteps - 1
  const matches: boolean[][] = []
  for (let step = first; step <= centre + searchSteps; step += 1) {
    const expected = codeOf(seed, step)
    matches.push([equal(expected, code1), equal(expected, code2)])
  }
  const steps = matches
    .flatMap(([, second], index) => (second === true && matches[index - 1]?.[0] === true ? [first + index] : []))
    .sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre))
  if (steps.length === 0) return { kind: 'wrong' }
  // The earlier code of the pair must be fresh too, or one code that was overheard would count for a half.
  const step = steps.find((candidate) => !isUsed(device, candidate - 1, centre))
  if (step === undefined) return { kind: 'used' }
  const offset = step - centre
  return { kind: 'accepted', step, driftSteps: Math.abs(offset) <= tolerance ? 0 : offset }
}

/**
 * Every step up to the last accepted one is spent. A last step that lies far ahead of the clock says only that the clock
 * has been set back since: it would shut the person out for as long as the clock had been wrong.
 */
function isUsed(device: Device, step: number, centre: number): boolean {
  return step <= device.lastUsedStep && device.lastUsedStep <= centre + 2 * searchSteps
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
