import { applyChanges, planEdits } from '../changes/index.ts'
import { headerForProfile, readAwsFiles } from '../files/aws-files.ts'
import { joinPath } from '../machine/paths.ts'
import type { LoginMeans } from './means.ts'
import {
  clientMark,
  dropRecord,
  loginsDirectory,
  readRecords,
  type SessionRecord,
  sessionRecordOf,
  stretchOf,
  type WrittenFile,
  writeRecord,
} from './record.ts'
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
  session: MadeSession,
): readonly string[] {
  const whole = (): readonly string[] => keepAlone({ machine, disk }, names, session)
  // Of two at once the second has to see the first, or its record would not tell what stands in the files.
  return disk.whileLocked === undefined
    ? whole()
    : disk.whileLocked(joinPath(machine, loginsDirectory(machine), 'keep'), whole)
}

function keepAlone(
  { machine, disk }: Pick<LoginMeans, 'machine' | 'disk'>,
  names: Parameters<typeof keepSession>[1],
  { credential, expiration }: MadeSession,
): readonly string[] {
  const { profile, target, sourceKeyId, keptAs } = names
  const files = readAwsFiles(machine)
  const earlier = sessionRecordOf(machine, files, target)
  const changes = planEdits(machine, sessionEdits(files, profile, target, credential, expiration))
  const written = changes.flatMap((change): readonly WrittenFile[] => {
    const section = change.path === files.credentials.path ? target : headerForProfile(target)
    // What an earlier login has written is no more the state before than what this one writes.
    const base = earlier === null ? change.before : withoutLogin(change.path, change.before, earlier)
    const stretch = stretchOf(change, base, section)
    // A file in which only logins have written goes with the last of them.
    const others = readRecords(machine).filter((one) => one.kind === 'session' && one.target !== target)
    const bare = others.reduce<Uint8Array | null>((bytes, one) => withoutLogin(change.path, bytes, one), base)
    return stretch === null ? [] : [{ ...stretch, madeFile: bare === null }]
  })
  // A file that this login had nothing to change in still is as the earlier one left it.
  const unchanged = (earlier?.files ?? []).filter(
    ({ file, section }) => !written.some((one) => one.file === file && one.section === section),
  )
  const record: SessionRecord = {
    version: 1,
    kind: 'session',
    profile,
    target,
    credentials: files.credentials.path,
    sourceKeyId,
    keyId: credential.accessKeyId.value,
    expiration: expiration.toISOString(),
    files: [...written, ...unchanged],
    keptAs,
  }
  // First, so that nothing can stand in the files that logout does not know of.
  writeRecord(machine, disk, record)
  try {
    applyChanges(machine, disk, changes, { verb: 'login', says: `keep the session of ${profile} as [${target}]` })
  } catch (error) {
    if (earlier === null) dropRecord(machine, disk, record)
    else writeRecord(machine, disk, earlier)
    throw error
  }
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
