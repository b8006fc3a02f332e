import { type Caller, callAws } from '../calls/index.ts'
import { chosenOf, type Person, type Refused, refused, refusedBecause } from './means.ts'

/** The device that gives the code. */
export interface MfaDevice {
  readonly kind: 'device'
  /** Its ARN, or the serial number of a hardware device. */
  readonly serial: string
}

export interface DeviceQuestion {
  readonly profile: string
  /** Given by the person: nothing is looked up. */
  readonly serial: string | null
  /** `mfa_serial` of the profile. */
  readonly configured: string | null
}

/** Eight devices per user are what IAM allows; a page has a hundred. */
const mostPages = 5

/**
 * Which device is asked for a code: the given one; else, of those that iam:ListMFADevices tells for the caller, the configured
 * one, the only one, or the one that the person chooses; where the caller may not list them, the configured one or what the
 * person types. `none`: the caller has no device.
 * (IAM API, ListMFADevices: without UserName the user is the one who signs.)
 */
export async function findDevice(
  caller: Caller,
  person: Person,
  { profile, serial, configured }: DeviceQuestion,
): Promise<MfaDevice | { readonly kind: 'none' } | Refused> {
  if (serial !== null) return usable(serial)
  const listed = await listDevices(caller, profile)
  if (listed.kind === 'refused') return listed
  if (listed.kind === 'denied') return await withoutList(caller, person, profile, configured, listed.says)
  const { serials } = listed
  if (configured !== null && serials.includes(configured)) return usable(configured)
  const codes = serials.filter((each) => !isFido(each))
  if (serials.length === 0) return { kind: 'none' }
  if (codes.length === 0) return usable(serials[0]!)
  if (configured !== null)
    person.tell(`mfa_serial of the profile ${profile} is ${configured}; this user has no such device.`)
  const chosen = await chosenOf(
    person,
    'Which device?',
    codes.map((each) => ({ value: each, says: each })),
  )
  if (chosen !== null) return usable(chosen)
  return refused(
    'no-answer',
    `This user has ${codes.length} MFA devices: ${codes.join(', ')}.`,
    'Name one with --serial, or as mfa_serial in the profile.',
  )
}

/** Whether it is a security key or passkey, which has no codes (IAM User Guide, "FIDO security keys": `…:u2f/…`). */
export function isFido(serial: string): boolean {
  return /^arn:[^:]*:iam::\d{12}:u2f\//.test(serial)
}

function usable(serial: string): MfaDevice | Refused {
  // STS API, GetSessionToken, SerialNumber.
  if (!/^[\w+=/:,.@-]{9,256}$/.test(serial))
    return refused(
      'usage',
      'This is no serial number of an MFA device.',
      'It is an ARN such as arn:aws:iam::123456789012:mfa/NAME, or what is printed on a hardware device.',
    )
  if (!isFido(serial)) return { kind: 'device', serial }
  return refused(
    'device-unusable',
    `The MFA device is a passkey or security key (${serial}). It signs people in to the console; STS takes only codes, and it has none.`,
    'Register a virtual device (an authenticator app) beside it: a user may have eight. Or sign in with the passkey through the browser: aws login.',
  )
}

type Listing =
  | { readonly kind: 'listed'; readonly serials: readonly string[] }
  | { readonly kind: 'denied'; readonly says: string }
  | Refused

async function listDevices(caller: Caller, profile: string): Promise<Listing> {
  const serials: string[] = []
  let marker: string | null = null
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await callAws(caller, 'iam', 'ListMFADevices', marker === null ? {} : { Marker: marker })
    if (answer.kind === 'described') return refused('unreachable', `Offline: ${answer.because}.`)
    if (answer.kind === 'failed') {
      const refusal = refusedBecause(answer, profile)
      // IAM may be out of reach where STS is not (a private endpoint), and may forbid what STS allows.
      const lookElsewhere = refusal.reason !== 'keys-refused'
      return lookElsewhere ? { kind: 'denied', says: answer.because } : refusal
    }
    serials.push(...answer.all('SerialNumber'))
    marker = answer.text('IsTruncated') === 'true' ? answer.text('Marker') : null
    if (marker === null) break
  }
  return { kind: 'listed', serials }
}

async function withoutList(
  caller: Caller,
  person: Person,
  profile: string,
  configured: string | null,
  says: string,
): Promise<MfaDevice | Refused> {
  if (configured !== null) return usable(configured)
  const who = await callAws(caller, 'sts', 'GetCallerIdentity')
  // Nobody need be asked for what leads nowhere.
  if (who.kind === 'failed' && who.reason === 'unreachable') return refusedBecause(who, profile)
  person.tell(`The MFA device cannot be looked up: ${says}.`)
  const guess = who.kind === 'answered' ? usualSerial(who.text('Arn') ?? '') : null
  const typed = await person.askSerial(guess)
  if (typed !== null) return usable(typed)
  return refused(
    'no-answer',
    'Which MFA device the code is of is not known.',
    `Give it with --serial ${guess ?? 'arn:aws:iam::ACCOUNT:mfa/NAME'}, or put it into the profile as mfa_serial.`,
  )
}

/** The console proposes the user's own name for a virtual device; only offered, never taken silently. */
function usualSerial(arn: string): string | null {
  const user = /^arn:([^:]+):iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/.exec(arn)
  return user === null ? null : `arn:${user[1]}:iam::${user[2]}:mfa/${user[3]}`
}
