import { applyChanges, type FileChange, sameBytes } from '../changes/index.ts'
import type { Machine } from '../machine/machine.ts'
import { signInEndpoint } from '../resolution/endpoints.ts'
import { objectIn, textIn } from '../resolution/exchange.ts'
import type { CallMeans, LoginMeans } from './means.ts'
import {
  clientMark,
  dropRecord,
  headerAt,
  type LoginRecord,
  readRecords,
  type SignInRecord,
  type WrittenFile,
} from './record.ts'
import { callPortal } from './sso-calls.ts'
import { withoutLogin } from './take-away.ts'

/** What a logout does, or would do. */
export interface LogoutPlan {
  readonly records: readonly LoginRecord[]
  readonly changes: readonly FileChange[]
  /** Cached tokens and registrations that go. */
  readonly caches: readonly string[]
  /** What was written by login and changed by somebody since, and therefore stays. */
  readonly left: readonly Pick<WrittenFile, 'file' | 'section'>[]
}

/** The records of what login made for a profile: by the profile that was logged in, or the one that was written. */
export function recordsFor(machine: Machine, profile: string, tokenFile: string | null): readonly LoginRecord[] {
  return readRecords(machine).filter((record) =>
    record.kind === 'session'
      ? record.profile === profile || record.target === profile
      : record.profile === profile || record.tokenFile === tokenFile,
  )
}

/** Decides what goes, without changing anything. */
export function planLogout(machine: Machine, records: readonly LoginRecord[]): LogoutPlan {
  const sessions = records.filter((record) => record.kind === 'session')
  const paths = [...new Set(sessions.flatMap(({ files }) => files.map(({ file }) => file)))]
  const changes = paths.flatMap((path): readonly FileChange[] => {
    const reading = machine.readFile(path)
    if (reading.kind !== 'found') return []
    // The last login first: its stretch may stand inside of what an earlier one wrote.
    const after = sessions.reduceRight<Uint8Array | null>(
      (bytes, record) => withoutLogin(path, bytes, record),
      reading.bytes,
    )
    return after !== null && sameBytes(after, reading.bytes) ? [] : [{ path, before: reading.bytes, after }]
  })
  const signIns = records.filter((record) => record.kind === 'sso')
  return {
    records,
    changes,
    caches: signIns.flatMap((record) => ownCaches(machine, record)),
    left: sessions.flatMap(({ files }) => files.filter((written) => isChangedSince(machine, written, changes))),
  }
}

function isChangedSince(machine: Machine, { file, section }: WrittenFile, changes: readonly FileChange[]): boolean {
  if (changes.some(({ path }) => path === file)) return false
  const reading = machine.readFile(file)
  return reading.kind === 'found' && headerAt(reading.bytes, section) !== null
}

/** The token and the registration, as long as they are of the client that login registered. */
function ownCaches(machine: Machine, record: SignInRecord): readonly string[] {
  const { tokenFile, registrationFile, client } = record
  const files = registrationFile === null ? [tokenFile] : [tokenFile, registrationFile]
  return files.filter((file) => {
    const id = textIn(membersOf(machine, file), 'clientId')
    return id !== null && clientMark(id) === client
  })
}

/**
 * Ends the sign-ins at the portal, takes away what login wrote, and forgets it.
 *
 * @returns for each sign-in that the portal could not end, why; its token is removed all the same
 */
export async function runLogout(
  means: CallMeans & Pick<LoginMeans, 'disk'>,
  plan: LogoutPlan,
): Promise<readonly string[]> {
  const { machine, disk } = means
  const notEnded: string[] = []
  for (const record of plan.records) {
    if (record.kind !== 'sso' || !plan.caches.includes(record.tokenFile)) continue
    const accessToken = textIn(membersOf(machine, record.tokenFile), 'accessToken')
    if (accessToken === null || signInEndpoint(means, 'sso', record.region) === null) continue
    const settings = { region: record.region, at: { file: record.tokenFile } }
    const answer = await callPortal(means, settings, 'Logout', accessToken)
    // A token that the portal knows no more has ended already.
    const isOver = answer.kind === 'failed' && answer.refusal?.status === 401
    if (answer.kind !== 'answered' && !isOver) notEnded.push(answer.because)
  }
  const names = new Set(plan.records.map(({ profile }) => profile))
  applyChanges(machine, disk, plan.changes, {
    verb: 'logout',
    says: `take back what login wrote for ${[...names].join(', ')}`,
  })
  for (const file of plan.caches) disk.remove(file)
  for (const record of plan.records) dropRecord(machine, disk, record)
  return notEnded
}

function membersOf(machine: Machine, file: string): Readonly<Record<string, unknown>> | null {
  const reading = machine.readFile(file)
  return reading.kind === 'found' ? objectIn(new TextDecoder().decode(reading.bytes)) : null
}
