import { createHash, randomBytes, randomInt } from 'node:crypto'

/** A device authorization that waits for somebody to allow it (RFC 8628 §3.2). */
export interface DeviceRequest {
  readonly id: string
  readonly userCode: string
  /** `clientMark`: an id is long. */
  readonly client: string
  readonly clientName: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly sourceIp: string
}

/** Who allowed it, with the password of that moment: what was allowed before it was set anew does not count. */
export interface Leave {
  /** The user's unique id. */
  readonly userId: string
  /** `passwordMark`. */
  readonly password: string
}

/** Null while nobody has said. */
export type Verdict = Leave | 'denied' | null

/** What was allowed to a client that came by the browser, to be exchanged for tokens (RFC 6749 §4.1.2). */
export interface CodeGrant extends Leave {
  readonly client: string
  readonly redirectUri: string
  /** SHA-256 of the verifier in base64url (RFC 7636, S256). */
  readonly challenge: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * What waits to be allowed or exchanged, for minutes and in memory only: a restart ends it and the client asks anew. Bounded in all and
 * by address, since anybody may ask.
 */
export interface Pending {
  /** Null: too many wait already. */
  startDevice(request: Omit<DeviceRequest, 'id' | 'userCode' | 'expiresAt'>): DeviceRequest | null
  device(id: string): DeviceRequest | undefined
  deviceByUserCode(userCode: string): DeviceRequest | undefined
  verdictOf(id: string): Verdict
  decide(id: string, verdict: Exclude<Verdict, null>): void
  /** Does a poll come too soon after the ones before it? */
  pollsTooFast(id: string): boolean
  forgetDevice(id: string): void
  /** Gives the code; null: too many wait already. */
  addCode(grant: Omit<CodeGrant, 'expiresAt'>): string | null
  /** What the code was given for; it counts once, whatever comes of it. */
  takeCode(code: string): CodeGrant | undefined
  clear(): void
}

/** Seconds that a device authorization, and a code, last. */
export const deviceLifetime = 600
const codeLifetime = 60
/** Seconds between two polls, which clients are told. */
export const pollInterval = 1
/** Polls that may come at once: AWS's own client asks twice before it waits. */
const pollBurst = 3

const mostDevices = 10_000
const mostDevicesOfAddress = 1_000
const mostCodes = 1_000

/** Consonants without Y, so that no word comes about (RFC 8628 §6.1): 34 bits in eight of them. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'

interface Waiting {
  readonly request: DeviceRequest
  verdict: Verdict
  polls: number
  polledAt: number
}

export function createPending(now: () => number): Pending {
  const devices = new Map<string, Waiting>()
  const byUserCode = new Map<string, string>()
  const ofAddress = new Map<string, number>()
  const codes = new Map<string, CodeGrant>()

  function forgetDevice(id: string): void {
    const waiting = devices.get(id)
    if (waiting === undefined) return
    devices.delete(id)
    byUserCode.delete(waiting.request.userCode)
    const { sourceIp } = waiting.request
    const left = (ofAddress.get(sourceIp) ?? 1) - 1
    if (left <= 0) ofAddress.delete(sourceIp)
    else ofAddress.set(sourceIp, left)
  }

  /** Also where the clock was set back: what would last longer than it may is over. */
  function isOver(expiresAt: number, lifetime: number): boolean {
    return expiresAt <= now() || expiresAt > now() + lifetime * 1000
  }

  function dropExpired(): void {
    for (const [id, { request }] of devices) if (isOver(request.expiresAt, deviceLifetime)) forgetDevice(id)
    for (const [key, grant] of codes) if (isOver(grant.expiresAt, codeLifetime)) codes.delete(key)
  }

  function alive(id: string): Waiting | undefined {
    const waiting = devices.get(id)
    if (waiting === undefined || !isOver(waiting.request.expiresAt, deviceLifetime)) return waiting
    forgetDevice(id)
    return undefined
  }

  return {
    startDevice(asked) {
      const mine = () => ofAddress.get(asked.sourceIp) ?? 0
      if (devices.size >= mostDevices || mine() >= mostDevicesOfAddress) dropExpired()
      if (devices.size >= mostDevices || mine() >= mostDevicesOfAddress) return null
      let userCode = mintUserCode()
      while (byUserCode.has(userCode)) userCode = mintUserCode()
      const id = randomBytes(32).toString('base64url')
      const request = { ...asked, id, userCode, expiresAt: now() + deviceLifetime * 1000 }
      devices.set(id, { request, verdict: null, polls: 0, polledAt: 0 })
      byUserCode.set(userCode, id)
      ofAddress.set(asked.sourceIp, mine() + 1)
      return request
    },
    device: (id) => alive(id)?.request,
    deviceByUserCode: (userCode) => alive(byUserCode.get(userCode) ?? '')?.request,
    verdictOf: (id) => alive(id)?.verdict ?? null,
    decide(id, verdict) {
      const waiting = alive(id)
      if (waiting !== undefined) waiting.verdict ??= verdict
    },
    pollsTooFast(id) {
      const waiting = alive(id)
      if (waiting === undefined) return false
      const passed = Math.max(0, now() - waiting.polledAt) / (pollInterval * 1000)
      waiting.polls = Math.max(0, waiting.polls - passed) + 1
      waiting.polledAt = now()
      return waiting.polls > pollBurst
    },
    forgetDevice,
    addCode(grant) {
      if (codes.size >= mostCodes) dropExpired()
      if (codes.size >= mostCodes) return null
      const code = randomBytes(32).toString('base64url')
      codes.set(keyOf(code), { ...grant, expiresAt: now() + codeLifetime * 1000 })
      return code
    },
    takeCode(code) {
      const key = keyOf(code)
      const grant = codes.get(key)
      codes.delete(key)
      return grant === undefined || isOver(grant.expiresAt, codeLifetime) ? undefined : grant
    },
    clear() {
      devices.clear()
      byUserCode.clear()
      ofAddress.clear()
      codes.clear()
    },
  }
}

/** `XXXX-XXXX` from whatever a person typed: any case, with or without the dash; null for what cannot be one. */
export function readUserCode(text: string): string | null {
  const plain = text.toUpperCase().replace(/[^A-Z0-9]/g, '')
  return plain.length === 8 && text.length <= 32 ? `${plain.slice(0, 4)}-${plain.slice(4)}` : null
}

function mintUserCode(): string {
  const letter = () => letters[randomInt(letters.length)]!
  const four = () => letter() + letter() + letter() + letter()
  return `${four()}-${four()}`
}

/** Looked up by its digest, so that the time of a lookup tells nothing of a code. */
function keyOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url')
}
