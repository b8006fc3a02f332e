import { Secret } from '../../anatomy/secret.ts'
import { sha256Hex } from '../files/digest.ts'
import { ownDirectory } from '../files/own-directory.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import { open, seal } from './sealed.ts'
import { makeSessionKey, readSessionKey } from './session-key.ts'

/** Temporary credentials, as they are kept until they end. */
export interface Session {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret
  /** When it was asked for. */
  readonly issuedAt: Date
  readonly expiration: Date
  /** Twelve digits; null when whoever gave it did not say. */
  readonly account: string | null
  /** Of the role session or the user; null when whoever gave it did not say. */
  readonly arn: string | null
}

const mostBytes = 64 * 1024

/**
 * A session that was kept under a name, whatever is left of its time; null when there is none, it is over, or it cannot be opened
 * (made under another key, cut, changed). The name says all that it was made from, so that a changed setting never meets an old session.
 */
export async function readSession(machine: Machine, name: string): Promise<Session | null> {
  const reading = machine.readFile(sessionFile(machine, name), mostBytes)
  if (reading.kind !== 'found') return null
  const key = await readSessionKey(machine)
  const plain = key === null ? null : open(key, reading.bytes, name)
  const session = plain === null ? null : parseSession(plain)
  return session !== null && session.expiration > machine.now() ? session : null
}

/**
 * Keeps a session under a name, encrypted.
 *
 * @throws CountersignError `file-unwritable`, `conflict`
 */
export async function writeSession(machine: Machine, disk: Disk, name: string, session: Session): Promise<void> {
  const key = await makeSessionKey(machine, disk)
  disk.write(sessionFile(machine, name), await seal(key, renderSession(session), name))
  dropOld(machine, disk)
}

/** No session lasts longer (STS API, GetSessionToken: 36 hours), so that nothing that is older is of use to anybody. */
const uselessMs = 48 * 3_600_000
/** Fewer files are nobody's burden. */
const manyFiles = 64

/** Takes away what was left of sessions that are long over. */
function dropOld(machine: Machine, disk: Disk): void {
  const directory = ownDirectory(machine, 'sessions')
  const names = disk.list(directory).filter((name) => /\.(session|note|turn)$/.test(name))
  if (names.length < manyFiles) return
  const before = machine.now().getTime() - uselessMs
  for (const path of names.map((name) => joinPath(machine, directory, name))) {
    const reading = machine.readFile(path, mostBytes)
    if (reading.kind === 'found' && reading.modifiedAt.getTime() < before) disk.remove(path)
  }
}

/** botocore `RefreshableCredentials` asks anew for what ends within 15 minutes; SDKs for other languages within 5 or less. */
const shortMs = 15 * 60 * 1000

/** Whether enough is left of a session that it is used without looking for a new one: 15 minutes, of a short one a quarter. */
export function isFresh({ issuedAt, expiration }: Session, now: Date): boolean {
  const whole = expiration.getTime() - issuedAt.getTime()
  return expiration.getTime() - now.getTime() > Math.min(shortMs, whole / 4)
}

/** Drops a kept session; one that is not there is no error. */
export function forgetSession(machine: Machine, disk: Disk, name: string): void {
  disk.remove(sessionFile(machine, name))
}

/** Drops all kept sessions; gives how many there were. */
export function forgetAllSessions(machine: Machine, disk: Disk): number {
  const directory = ownDirectory(machine, 'sessions')
  const files = disk.list(directory).filter((file) => file.endsWith('.session'))
  for (const file of files) disk.remove(joinPath(machine, directory, file))
  return files.length
}

function sessionFile(machine: Machine, name: string): string {
  return joinPath(machine, ownDirectory(machine, 'sessions'), `${sha256Hex(name)}.session`)
}

function renderSession(session: Session): Uint8Array {
  const { accessKeyId, secretAccessKey, sessionToken, issuedAt, expiration, account, arn } = session
  return new TextEncoder().encode(
    JSON.stringify({
      version: 1,
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
      sessionToken: sessionToken.reveal(),
      issuedAt: issuedAt.toISOString(),
      expiration: expiration.toISOString(),
      account,
      arn,
    }),
  )
}

/** Null for anything that is no session of this version. */
function parseSession(bytes: Uint8Array): Session | null {
  let held: Record<string, unknown>
  try {
    held = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
  if (held === null || held['version'] !== 1) return null
  const text = (name: string): string | null => (typeof held[name] === 'string' ? held[name] : null)
  const [accessKeyId, secretAccessKey, sessionToken] = [
    text('accessKeyId'),
    text('secretAccessKey'),
    text('sessionToken'),
  ]
  const [issuedAt, expiration] = [new Date(text('issuedAt') ?? ''), new Date(text('expiration') ?? '')]
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null) return null
  if (Number.isNaN(issuedAt.getTime()) || Number.isNaN(expiration.getTime())) return null
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: new Secret(sessionToken),
    issuedAt,
    expiration,
    account: text('account'),
    arn: text('arn'),
  }
}
