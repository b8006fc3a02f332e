import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import type { Credential, Place } from '../sources/credential.ts'
import type { Scene, ValueSeen } from './scene.ts'
import { type Commands, command, deleteFile, homePath, inOneLine, quote, setVariable } from './shells.ts'
import { placeholderKind } from './values.ts'
import type { Shell } from './verdict.ts'

/** How the slots are called in files and variables. */
export const slotNames = {
  accessKeyId: 'key id',
  secretAccessKey: 'secret key',
  sessionToken: 'session token',
} as const

export const keysInFiles = {
  accessKeyId: 'aws_access_key_id',
  secretAccessKey: 'aws_secret_access_key',
  sessionToken: 'aws_session_token',
} as const

/** All variables from which credentials are read; unset together, nothing of an old set stays behind. */
export const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
] as const

/** Those of the variables that are set on this machine, in the usual order. */
export function setVariables(scene: Pick<Scene, 'machine'>, names: readonly string[]): readonly string[] {
  return names.filter((name) => scene.machine.env(name) !== undefined)
}

/** A place in words: `~/.aws/credentials:3` or `the variable AWS_SESSION_TOKEN`. */
export function placeWords(scene: Pick<Scene, 'home'>, at: Place): string {
  if ('variable' in at) return `the variable ${at.variable}`
  if ('probe' in at) {
    if (at.probe === 'credential_process') return 'the output of the credential_process'
    // What an operation answered, e.g. `sts:AssumeRole`.
    return at.probe.includes(':') ? `the answer to ${at.probe}` : 'the answer of AWS'
  }
  const { shown } = homePath(at.file, scene.home)
  return 'line' in at ? `${shown}:${at.line}` : shown
}

/** The key id, shortened; a value that may be a secret by mistake is not shown at all. */
export function shownId(value: ValueSeen | null): string {
  if (value === null) return 'the key'
  return shownIdText(value.clean)
}

/** As `shownId`, of a text. Only words that are known to be placeholders are repeated. */
export function shownIdText(id: string): string {
  return placeholderKind(id) !== null && id.length <= 32 && !/^A[A-Z]{3}/.test(id) ? `"${id}"` : maskAccessKeyId(id)
}

/** A key id as an argument of a command, taken from where it stands, so that it need not be written out. */
function idArgument(credential: Credential): Readonly<Record<Shell, string>> {
  if (credential.provider === 'env') {
    return {
      bash: '"$AWS_ACCESS_KEY_ID"',
      fish: '$AWS_ACCESS_KEY_ID',
      powershell: '$Env:AWS_ACCESS_KEY_ID',
      cmd: '%AWS_ACCESS_KEY_ID%',
    }
  }
  const get = aws(profileOf(credential), 'configure', 'get', keysInFiles.accessKeyId)
  return {
    bash: `"$(${get.bash[0]})"`,
    fish: `(${get.fish[0]})`,
    powershell: `(${get.powershell[0]})`,
    // cmd has no substitution inside of a line: a loop of one round sets %i.
    cmd: '%i',
  }
}

/** An AWS CLI command whose last argument is the key id of a credential. */
export function awsWithId(profile: string | null, credential: Credential, ...words: readonly string[]): Commands {
  const argument = idArgument(credential)
  const { bash, fish, powershell, cmd } = aws(null, ...words)
  const tail = (shell: Shell) => (profile === null ? '' : ` --profile ${quote(shell, profile)}`)
  const inLoop = credential.provider !== 'env'
  const get = aws(profileOf(credential), 'configure', 'get', keysInFiles.accessKeyId).cmd[0]
  const line = `${cmd[0]} ${argument.cmd}${tail('cmd')}`
  return {
    bash: [`${bash[0]} ${argument.bash}${tail('bash')}`],
    fish: [`${fish[0]} ${argument.fish}${tail('fish')}`],
    powershell: [`${powershell[0]} ${argument.powershell}${tail('powershell')}`],
    cmd: [inLoop ? `for /f %i in ('${get}') do ${line}` : line],
  }
}

/** True when the examined credential stands in the environment. */
export function isInEnvironment(scene: Scene): boolean {
  return scene.credential?.provider === 'env'
}

/** A profile as the person has to name it: null for the default one. */
export function profileArgument(profile: string | null | undefined): string | null {
  return profile == null || profile === 'default' ? null : profile
}

/** The profile of a credential that the person has to name, or null for the default one. */
export function profileOf(credential: Credential | null): string | null {
  return profileArgument(credential?.profile)
}

/** An AWS CLI command, with `--profile` where one is needed. */
export function aws(profile: string | null, ...words: readonly string[]): Commands {
  return command('aws', ...words, ...(profile === null ? [] : ['--profile', profile]))
}

/** Asks for both halves of a key and stores them where the examined credential stands. */
export function enterPair(scene: Scene): Commands {
  if (!isInEnvironment(scene)) return aws(profileOf(scene.credential), 'configure')
  return promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
}

/** Reads values without showing them or leaving them in the shell's history, and exports them. */
export function promptFor(names: readonly string[]): Commands {
  const secretly = (name: string) => !name.endsWith('_ID')
  // On one line: of two pasted lines the second would be read as the answer to the first.
  return {
    bash: [
      names.map((name) => `printf '${name}: '; read -r${secretly(name) ? 's' : ''} ${name}; export ${name}`).join('; '),
    ],
    fish: [names.map((name) => `read -gx ${secretly(name) ? '-s ' : ''}-P '${name}: ' ${name}`).join('; ')],
    powershell: [names.map((name) => `$Env:${name} = (Read-Host '${name}').Trim()`).join('; ')],
    cmd: [names.map((name) => `set /p ${name}=${name}: `).join('& ')],
  }
}

/**
 * How to get a fresh session into the place where the old one stands. What made the old one is read off its neighbours:
 * an SSO profile, a device for one-time codes, or else it is for the person to know.
 */
export function newSession(scene: Scene): { readonly says: string; readonly commands: Commands } {
  const profile = scene.credential?.profile ?? scene.trace.profile.name
  const at = scene.credential?.accessKeyId.at
  // Nobody types a session in that the AWS CLI gets and keeps by itself.
  if (at !== undefined && 'file' in at && /[\\/]\.aws[\\/](?:cli|boto)[\\/]cache[\\/][^\\/]+\.json$/.test(at.file))
    return {
      says: 'Delete the kept session; the next command gets a new one',
      commands: deleteFile(homePath(at.file, scene.home)),
    }
  const source = sessionMakerOf(scene, profile)
  switch (source.kind) {
    case 'sso':
      return {
        says: `Log in again, and take the old copy out of the way`,
        commands: command('aws', 'sso', 'login', '--profile', source.profile),
      }
    case 'mfa': {
      const words = ['sts', 'get-session-token', '--serial-number', source.serial, '--token-code', '123456']
      return {
        says: `Get a new session with a fresh six-digit code in place of 123456, and store all three values that it prints`,
        commands: aws(source.profile, ...words),
      }
    }
    case 'unknown':
      return {
        says: isInEnvironment(scene)
          ? 'Get a new session from the tool or page that gave you this one, and set all three variables from it'
          : `Get a new session from the tool or page that gave you this one, and store all three values in ${placeOfPair(scene)}`,
        commands: isInEnvironment(scene)
          ? promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
          : storeSession(profile),
      }
  }
}

function placeOfPair(scene: Scene): string {
  const at = scene.credential?.accessKeyId.at
  if (at === undefined) return 'your profile'
  return 'file' in at ? homePath(at.file, scene.home).shown : placeWords(scene, at)
}

/** Asks for all three values of a session and stores them in a profile. */
export function storeSession(profile: string): Commands {
  const p = profileArgument(profile)
  return inOneLine(aws(p, 'configure'), pasteToken(p))
}

/** A session of a profile as variables of the running shell; the AWS CLI (version 2) gets it, and asks for what it needs. */
export function exportSession(profile: string): Commands {
  const tail = (shell: Shell) => (profile === 'default' ? '' : ` --profile ${quote(shell, profile)}`)
  const line = (shell: Shell, format: string) => `aws configure export-credentials${tail(shell)} --format ${format}`
  return {
    bash: [`eval "$(${line('bash', 'env')})"`],
    fish: [`${line('fish', 'fish')} | source`],
    powershell: [`${line('powershell', 'powershell')} | Out-String | Invoke-Expression`],
    cmd: [`for /f "delims=" %i in ('${line('cmd', 'windows-cmd')}') do @%i`],
  }
}

/** Stores a session token without typing it into the command line's history where the shell can do that. */
export function pasteToken(profile: string | null): Commands {
  const tail = (shell: 'bash' | 'fish' | 'powershell' | 'cmd') =>
    profile === null ? '' : ` --profile ${quote(shell, profile)}`
  return {
    bash: [`printf 'session token: '; read -rs t && aws configure set aws_session_token "$t"${tail('bash')}; unset t`],
    fish: [`read -s -P 'session token: ' t; and aws configure set aws_session_token "$t"${tail('fish')}; set -e t`],
    powershell: [`aws configure set aws_session_token (Read-Host 'session token')${tail('powershell')}`],
    cmd: [`set /p t=session token: && call aws configure set aws_session_token %t%${tail('cmd')} & set t=`],
  }
}

type SessionMaker =
  | { readonly kind: 'sso'; readonly profile: string }
  | { readonly kind: 'mfa'; readonly serial: string; readonly profile: string | null }
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
    const serial = named(candidate)
      .flatMap((section) => section.entries.get('mfa_serial')?.value ?? [])
      .find((value) => /^(arn:[\w-]+:iam::\d{12}:mfa\/\S+|[A-Z0-9]{9,})$/.test(value))
    if (serial === undefined) continue
    const owner =
      longTerm.find((other) => other.profile === candidate) ??
      longTerm.find((other) => other.profile === `${candidate}-long-term`)
    if (owner !== undefined) return { kind: 'mfa', serial, profile: profileOf(owner) }
  }
  return { kind: 'unknown' }
}

/** `AWS_PROFILE` set to a name, in every shell. */
export function useProfile(name: string): Commands {
  return setVariable('AWS_PROFILE', name)
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** How long ago or ahead, the larger unit only. */
export function span(seconds: number): string {
  const size = Math.abs(seconds)
  if (size < 120) return counted(Math.round(size), 'second')
  if (size < 7200) return counted(Math.round(size / 60), 'minute')
  if (size < 172_800) return counted(Math.round(size / 3600), 'hour')
  return counted(Math.round(size / 86_400), 'day')
}

/** ISO 8601 in UTC without fractions. */
export function instantWords(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z')
}
