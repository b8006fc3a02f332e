import { applyChanges, planEdits } from '../changes/index.ts'
import { headerForProfile, readAwsFiles } from '../files/aws-files.ts'
import type { LoginMeans } from './means.ts'
import { clientMark, readRecords, type SessionRecord, stretchOf, type WrittenFile, writeRecord } from './record.ts'
import { sessionEdits } from './session-profile.ts'
import type { MadeSession } from './session-token.ts'
import type { Registration } from './sso-registration.ts'
import type { SsoSettings } from './sso-settings.ts'
import { withoutLogin } from './take-away.ts'

/**
 * Keeps a session as a profile, where all SDKs find it, and notes what was written for `logout`. Goes through the journal.
 *
 * @throws what planning and applying changes throws
 */
export function keepSession(
  { machine, disk }: Pick<LoginMeans, 'machine' | 'disk'>,
  names: {
    readonly profile: string
    readonly target: string
    readonly sourceKeyId: string
    readonly keptAs: string | null
  },
  { credential, expiration }: MadeSession,
): readonly string[] {
  const { profile, target, sourceKeyId, keptAs } = names
  const files = readAwsFiles(machine)
  const earlier = readRecords(machine).find((record) => record.kind === 'session' && record.target === target)
  const changes = planEdits(machine, sessionEdits(files, profile, target, credential, expiration))
  const written = changes.flatMap((change): readonly WrittenFile[] => {
    const section = change.path === files.credentials.path ? target : headerForProfile(target)
    // What an earlier login has written is no more the state before than what this one writes.
    const base = earlier === undefined ? change.before : withoutLogin(change.path, change.before, earlier)
    return [stretchOf(change, base, section) ?? []].flat()
  })
  // A file that this login had nothing to change in still is as the earlier one left it.
  const unchanged =
    earlier?.kind === 'session'
      ? earlier.files.filter(
          ({ file, section }) => !written.some((one) => one.file === file && one.section === section),
        )
      : []
  const record: SessionRecord = {
    version: 1,
    kind: 'session',
    profile,
    target,
    sourceKeyId,
    keyId: credential.accessKeyId.value,
    expiration: expiration.toISOString(),
    files: [...written, ...unchanged],
    keptAs,
  }
  applyChanges(machine, disk, changes, { verb: 'login', says: `keep the session of ${profile} as [${target}]` })
  writeRecord(machine, disk, record)
  return changes.map(({ path }) => path)
}

/** Writes the chosen account and role into a profile of IAM Identity Center. That is its configuration: `logout` leaves it. */
export function keepAssignment(
  { machine, disk }: Pick<LoginMeans, 'machine' | 'disk'>,
  profile: string,
  settings: Readonly<Record<string, string>>,
): readonly string[] {
  const files = readAwsFiles(machine)
  const section = files.config.profiles.get(profile)?.name ?? headerForProfile(profile)
  const changes = planEdits(
    machine,
    Object.entries(settings).map(([key, value]) => ({ kind: 'set', file: files.config.path, section, key, value })),
  )
  applyChanges(machine, disk, changes, { verb: 'login', says: `write account and role into [${section}]` })
  return changes.map(({ path }) => path)
}

/** Notes a sign-in for `logout`. */
export function keepSignIn(
  { machine, disk }: Pick<LoginMeans, 'machine' | 'disk'>,
  settings: SsoSettings,
  registration: Registration,
): void {
  const { profile, region, startUrl, tokenFile } = settings
  const client = clientMark(registration.clientId)
  const earlier = readRecords(machine).find((record) => record.kind === 'sso' && record.tokenFile === tokenFile)
  const isOurs = earlier?.kind === 'sso' && earlier.client === client && earlier.registrationFile !== null
  const registrationFile = registration.isNew || isOurs ? registration.file : null
  writeRecord(machine, disk, {
    version: 1,
    kind: 'sso',
    profile,
    region,
    startUrl,
    tokenFile,
    registrationFile,
    client,
  })
}
