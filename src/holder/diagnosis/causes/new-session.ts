import type { Scene } from '../scene.ts'
import { homePath, inOneLine } from '../shells.ts'
import type { Fix } from '../verdict.ts'
import {
  exportSession,
  isInEnvironment,
  login,
  placeWords,
  profileArgument,
  profileOf,
  promptFor,
  storeSession,
} from '../words.ts'
import { automaticCure, cure } from './cause.ts'

/**
 * How to get a fresh session into the place where the old one stands. What made the old one is read off its neighbours:
 * an SSO profile, a device for one-time codes, or else it is for the person to know.
 */
export function newSession(scene: Scene): Fix {
  const profile = scene.credential?.profile ?? scene.trace.profile.name
  const at = scene.credential?.accessKeyId.at
  // Nobody types a session in that the AWS CLI gets and keeps by itself.
  if (at !== undefined && 'file' in at && isKeptCopy(at.file))
    return automaticCure('Delete the kept session; the next command gets a new one', {
      edits: [{ kind: 'remove-file', file: at.file }],
    })
  const source = sessionMakerOf(scene, profile)
  switch (source.kind) {
    case 'sso':
      return cure('Log in again, and take the old copy out of the way', loginFor(scene, source.profile))
    case 'mfa':
      return cure(
        'Log in with a new one-time code, and keep the new session where the old one stands',
        isInEnvironment(scene)
          ? loginFor(scene, source.profile)
          : login(profileArgument(source.profile), '--update-profile', profile),
      )
    case 'unknown':
      return cure(
        isInEnvironment(scene)
          ? 'Get a new session from the tool or page that gave you this one, and set all three variables from it'
          : `Get a new session from the tool or page that gave you this one, and store all three values in ${placeOfPair(scene)}`,
        isInEnvironment(scene)
          ? promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
          : storeSession(profile),
      )
  }
}

/** Where the AWS CLI and boto keep sessions that they have got. */
function isKeptCopy(file: string): boolean {
  return /[\\/]\.aws[\\/](?:cli|boto)[\\/]cache[\\/][^\\/]+\.json$/.test(file)
}

/** A login, and what it brings for the running shell where the old session stands in that. */
function loginFor(scene: Scene, profile: string) {
  const first = login(profileArgument(profile))
  return isInEnvironment(scene) ? inOneLine(first, exportSession(profile)) : first
}

function placeOfPair(scene: Scene): string {
  const at = scene.credential?.accessKeyId.at
  if (at === undefined) return 'your profile'
  return 'file' in at ? homePath(at.file, scene.home).shown : placeWords(scene, at)
}

type SessionMaker =
  | { readonly kind: 'sso'; readonly profile: string }
  | { readonly kind: 'mfa'; readonly profile: string }
  | { readonly kind: 'unknown' }

/** A long-term profile with `mfa_serial` (`base`, `base-long-term` of aws-mfa, or the same section) can make a session. */
function sessionMakerOf(scene: Scene, profile: string): SessionMaker {
  const sections = [...scene.files.config.reading.sections, ...scene.files.credentials.reading.sections]
  const named = (name: string) =>
    sections.filter((section) => section.name === name || section.name === `profile ${name}`)
  if (named(profile).some((section) => section.entries.has('sso_session') || section.entries.has('sso_start_url')))
    return { kind: 'sso', profile }
  const longTerm = scene.others.filter((other) => /^AKIA/.test(other.accessKeyId.value) && other.profile !== null)
  for (const candidate of [`${profile}-long-term`, profile, 'default']) {
    const hasDevice = named(candidate)
      .flatMap((section) => section.entries.get('mfa_serial')?.value ?? [])
      .some((value) => /^(arn:[\w-]+:iam::\d{12}:mfa\/\S+|[A-Z0-9]{9,})$/.test(value))
    if (!hasDevice) continue
    const owner =
      longTerm.find((other) => other.profile === candidate) ??
      longTerm.find((other) => other.profile === `${candidate}-long-term`)
    if (owner !== undefined) return { kind: 'mfa', profile: profileOf(owner) ?? 'default' }
  }
  return { kind: 'unknown' }
}

/** The same, in other words. */
export function renew(scene: Scene, says: string): Fix {
  const fix = newSession(scene)
  // A copy that goes is replaced by itself.
  return fix.automatic ? fix : { ...fix, says }
}
