/** What a test may do to the authority; the same calls as methods and over HTTP (`contract.md`, "Test controls"). */
export interface TestControls {
  /** Back to the state of the first start: same account, same root key. */
  reset(): Promise<void>
  /** Moves the clock, or with `{}` gives it back; false when the setting is none. */
  clock(setting: { readonly now?: string | undefined; readonly offset?: number | undefined }): boolean
  /** New keys and changes take effect so many seconds later; false when it is no number from 0 to 300. */
  propagation(seconds: number): boolean
  /** The next answers of an operation (`sts:AssumeRole`, or `*`) are this fault; false when the fault is none. */
  fault(fault: InjectedFault): boolean
  /** Activates or deactivates the STS endpoint of a region, as the IAM console does; false when there is no such region, or it cannot be. */
  stsEndpoint(setting: { readonly region: string; readonly active: boolean }): Promise<boolean>
  /** The current one-time code of a virtual device, null when there is none with that serial number. */
  mfaCode(serial: string): string | null
  /** Allows a sign-in that a device waits for, as the person would on the page; false when there is no such code or person. */
  ssoApprove(approval: { readonly userCode: string; readonly user: string }): boolean
  /**
   * Makes a person (a user with a password) and a permission set where they are not there, and assigns the one to the other; false when that
   * cannot be.
   */
  ssoAssign(assignment: SsoAssignment): Promise<boolean>
}

export interface SsoAssignment {
  readonly user: string
  readonly permissionSet: string
  /** The AWS managed policy of a permission set that is made by this. */
  readonly policyArn?: string | undefined
  /** Of a person that is made by this; one that nobody knows when it is left out. */
  readonly password?: string | undefined
}

export interface InjectedFault {
  readonly operation: string
  readonly code: string
  readonly times: number
}

export interface ControlReply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** The method that a 405 would have liked. */
  readonly allow?: string
}

/** The members that each control's body may have. */
const membersOf: Readonly<Record<string, readonly string[]>> = {
  reset: [],
  clock: ['now', 'offset'],
  propagation: ['seconds'],
  fault: ['operation', 'code', 'times'],
  'sts-endpoint': ['region', 'active'],
  'sso-approve': ['userCode', 'user'],
  'sso-assign': ['user', 'permissionSet', 'policyArn', 'password'],
}

/**
 * Answers `/_test/…`. Takes the method, the path after `/_test/`, the query part and the body; gives status and JSON.
 * 400 for a body that is not what the control takes (also one with members that it does not know), 404 for a control that is not there, 405 for another method.
 */
export async function answerTestControl(
  controls: TestControls,
  method: string,
  name: string,
  query: string,
  body: Uint8Array,
): Promise<ControlReply> {
  const expected = name === 'mfa' ? 'GET' : 'POST'
  const members = membersOf[name]
  if (members === undefined && name !== 'mfa') return failed(404, `no test control '${name}'`)
  if (method !== expected) return { ...failed(405, `/_test/${name} takes ${expected}`), allow: expected }
  if (members === undefined) {
    const serial = new URLSearchParams(query).get('serial')
    if (serial === null) return failed(400, 'which device? /_test/mfa?serial=ARN')
    const code = controls.mfaCode(serial)
    return code === null ? failed(404, 'no virtual MFA device with that serial number') : done({ code })
  }
  const setting = readObject(body)
  if (setting === null) return failed(400, 'the body is not a JSON object')
  const unknown = Object.keys(setting).find((member) => !members.includes(member))
  if (unknown !== undefined)
    return failed(400, `/_test/${name} knows no member ${JSON.stringify(unknown.slice(0, 64))}`)
  switch (name) {
    case 'reset':
      await controls.reset()
      return done({})
    case 'clock':
      return moveClock(controls, setting)
    case 'propagation': {
      const { seconds } = setting
      return typeof seconds === 'number' && controls.propagation(seconds)
        ? done({})
        : failed(400, 'seconds: a number from 0 to 300')
    }
    case 'sts-endpoint': {
      const { region, active } = setting
      return typeof region === 'string' &&
        typeof active === 'boolean' &&
        (await controls.stsEndpoint({ region, active }))
        ? done({})
        : failed(400, 'region: a region of the partition other than that of the global endpoint, active: true or false')
    }
    case 'sso-approve': {
      const { userCode, user } = setting
      return typeof userCode === 'string' && typeof user === 'string' && controls.ssoApprove({ userCode, user })
        ? done({})
        : failed(400, 'userCode: of a sign-in that waits, user: the name of a user with a password')
    }
    case 'sso-assign':
      return assignSso(controls, setting)
    default:
      return injectFault(controls, setting)
  }
}

function moveClock(controls: TestControls, setting: Readonly<Record<string, unknown>>): ControlReply {
  const { now, offset } = setting
  const usable =
    (now === undefined || typeof now === 'string') &&
    (offset === undefined || typeof offset === 'number') &&
    (now === undefined || offset === undefined)
  if (usable && controls.clock({ now, offset })) return done({})
  return failed(
    400,
    'now: an ISO 8601 instant with its zone (2015-08-30T12:36:00Z), or offset: seconds from the real clock, or neither; ' +
      'the years are 1970 to 2100',
  )
}

function injectFault(controls: TestControls, setting: Readonly<Record<string, unknown>>): ControlReply {
  const { operation, code, times } = setting
  const usable =
    typeof operation === 'string' && typeof code === 'string' && (times === undefined || typeof times === 'number')
  if (usable && controls.fault({ operation, code, times: times ?? 1 })) return done({})
  return failed(400, 'operation: service:Operation or *, code: an error code, times: a whole number from 0 to 1000000')
}

async function assignSso(controls: TestControls, setting: Readonly<Record<string, unknown>>): Promise<ControlReply> {
  const { user, permissionSet, policyArn, password } = setting
  const usable =
    typeof user === 'string' &&
    typeof permissionSet === 'string' &&
    (policyArn === undefined || typeof policyArn === 'string') &&
    (password === undefined || (typeof password === 'string' && password.length <= 128))
  if (usable && (await controls.ssoAssign({ user, permissionSet, policyArn, password }))) return done({})
  return failed(400, 'user and permissionSet: names, policyArn: a policy that is there, password: up to 128 characters')
}

function readObject(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function done(body: Readonly<Record<string, unknown>>): ControlReply {
  return { status: 200, body }
}

function failed(status: number, error: string): ControlReply {
  return { status, body: { error } }
}

/** The faults that wait to be answered, by operation; the next matching answers use them up. */
export interface FaultQueue {
  /** False when it is no fault: an operation `sts:X`, `iam:X`, `sso:X`, `identitystore:X` or `*`, a code of letters, digits and dots, 0 to 1,000,000 times. */
  add(fault: InjectedFault): boolean
  /** The code to answer this operation with, or null. */
  take(service: string, operation: string): string | null
  clear(): void
}

export function createFaultQueue(): FaultQueue {
  const waiting = new Map<string, { readonly code: string; times: number }>()
  return {
    add({ operation, code, times }) {
      const usable =
        /^(?:\*|(?:sts|iam|sso|identitystore):(?:\*|\w{1,64}))$/.test(operation) &&
        /^[\w.]{1,64}$/.test(code) &&
        Number.isInteger(times) &&
        times >= 0 &&
        times <= 1_000_000
      if (!usable) return false
      if (times === 0) waiting.delete(operation)
      else if (waiting.size < 1000) waiting.set(operation, { code, times })
      return true
    },
    take(service, operation) {
      if (waiting.size === 0) return null
      for (const name of [`${service}:${operation}`, `${service}:*`, '*']) {
        const fault = waiting.get(name)
        if (fault === undefined) continue
        fault.times -= 1
        if (fault.times <= 0) waiting.delete(name)
        return fault.code
      }
      return null
    },
    clear: () => waiting.clear(),
  }
}
