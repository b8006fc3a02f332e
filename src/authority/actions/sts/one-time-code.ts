import type { Directory } from '../../directory/directory.ts'
import type { MfaDevice } from '../../model/entities.ts'
import type { Refusal } from '../../model/refusal.ts'
import type { Change } from '../../model/store.ts'
import { type Failures, failedAgain, waitAfter } from '../../sessions/failures.ts'
import { acceptCode } from '../../sessions/one-time-code.ts'
import type { ActionContext } from '../grid.ts'
import type { Refused } from '../sentences.ts'
import { put } from '../write.ts'

export interface CodeInput {
  readonly SerialNumber?: string | undefined
  readonly TokenCode?: string | undefined
}

/** Was MFA shown in this call? Then what must be committed before anything is issued: each code counts once. */
export type ShownCode = { readonly shown: false } | { readonly shown: true; readonly change: Change }

/** Failures by seed: a device that was made anew under an old name, also after a reset, begins without any. */
const failuresOf = new WeakMap<Directory, Map<string, Failures>>()
const MOST_DEVICES = 10_000

/**
 * Judges the serial number and the code of GetSessionToken and AssumeRole against the calling user's (or root's) own devices
 * (`authority.md` §3.3 "MFA in AssumeRole", §3.6). A role session has none.
 */
export function judgeCode(input: CodeInput, context: ActionContext): ShownCode | Refused {
  const { SerialNumber: serial, TokenCode: code } = input
  if (serial === undefined && code === undefined) return { shown: false }
  if (serial === undefined || code === undefined) {
    const given = serial === undefined ? 'a code without a serial number' : 'a serial number without a code'
    return no({ reason: 'mfa-pair-incomplete', evidence: [`The request has ${given}.`] })
  }
  const device = context.directory.mfaDevice(serial)
  const wrong = faultOfDevice(device, serial, context)
  if (securityKey.test(serial)) {
    const evidence = 'The serial number is that of a security key or passkey, which shows no codes.'
    return no({ reason: 'mfa-serial-wrong', cause: 'mfa-device-unusable', evidence: [evidence] })
  }
  if (device === undefined || wrong !== null)
    return no({ reason: 'mfa-serial-wrong', cause: 'mfa-serial-wrong', evidence: [wrong ?? ''] })
  return judgeCodeOf(device, code, context)
}

/** FIDO devices (IAM User Guide, "Multi-factor authentication in IAM": the API takes no session from them). */
const securityKey = /^arn:[\w-]+:iam::\d{12}:u2f\//

function faultOfDevice(device: MfaDevice | undefined, serial: string, { principal }: ActionContext): string | null {
  if (principal.type === 'role' || principal.type === 'federated') return 'A role session has no MFA device of its own.'
  if (device === undefined) return `There is no MFA device with the serial number ${serial}.`
  if (device.owner === null) return `The MFA device ${serial} is not enabled for anyone.`
  const caller = principal.type === 'root' ? 'root' : principal.userId
  return device.owner === caller ? null : `The MFA device ${serial} belongs to someone else than ${principal.arn}.`
}

/** Judges a code of a device that is the asker's own. To be asked within `write`: what is accepted must be committed with what it allows. */
export function judgeCodeOf(
  device: MfaDevice,
  code: string,
  context: Pick<ActionContext, 'directory' | 'now'>,
): ShownCode | Refused {
  const { directory, now } = context
  const failures = failuresFor(directory)
  const key = device.seed
  const wait = waitAfter(failures.get(key), now.getTime())
  if (wait > 0) {
    const evidence = `Too many wrong codes for ${device.serialNumber}: the next is judged in ${Math.ceil(wait / 1000)} seconds.`
    return no({ reason: 'mfa-tries-spent', cause: 'mfa-code-wrong', evidence: [evidence] })
  }
  const verdict = acceptCode(device, code, now)
  switch (verdict.kind) {
    case 'accepted':
      failures.delete(key)
      return { shown: true, change: put(directory, { ...device, usedSteps: verdict.usedSteps }) }
    case 'used':
      return no({
        reason: 'mfa-code-used',
        cause: 'mfa-code-wrong',
        evidence: [`The code is right, but ${device.serialNumber} has shown it before: each counts once.`],
      })
    case 'wrong':
      failures.set(key, failedAgain(failures.get(key), now.getTime()))
      return no({
        reason: 'mfa-code-wrong',
        cause: 'mfa-code-wrong',
        evidence: [`${device.serialNumber} shows another code now, and did in the steps beside.`],
      })
  }
}

function failuresFor(directory: Directory): Map<string, Failures> {
  const failures = failuresOf.get(directory) ?? new Map<string, Failures>()
  if (failures.size > MOST_DEVICES) failures.clear()
  failuresOf.set(directory, failures)
  return failures
}

function no(refused: Refusal): Refused {
  return { refused }
}
