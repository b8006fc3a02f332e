import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import type { Credential, Place } from '../sources/credential.ts'
import type { Scene, ValueSeen } from './scene.ts'
import { type Commands, command, homePath, inOneLine, quote, setVariable } from './shells.ts'
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

/** Our own command of that name, with `--profile` where one is needed: it asks for what is not given, secrets unseen. */
export function configure(profile: string | null, ...words: readonly string[]): Commands {
  return command('countersign', 'configure', ...words, ...(profile === null ? [] : ['--profile', profile]))
}

/** Our own login: whatever that profile needs. */
export function login(profile: string | null, ...words: readonly string[]): Commands {
  return command('countersign', 'login', ...(profile === null ? [] : [profile]), ...words)
}

/** Asks for both halves of a key and stores them where the examined credential stands. */
export function enterPair(scene: Scene): Commands {
  if (!isInEnvironment(scene)) return configure(profileOf(scene.credential))
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

/** Asks for all three values of a session and stores them in a profile. */
export function storeSession(profile: string): Commands {
  const p = profileArgument(profile)
  return inOneLine(configure(p), pasteToken(p))
}

/** A session of a profile as variables of the running shell: it is got, and asked for what it needs. */
export function exportSession(profile: string): Commands {
  const tail = (shell: Shell) => (profile === 'default' ? '' : ` ${quote(shell, profile)}`)
  const line = (shell: Shell) => `countersign env${tail(shell)} --shell ${shell}`
  return {
    bash: [`eval "$(${line('bash')})"`],
    fish: [`${line('fish')} | source`],
    powershell: [`${line('powershell')} | Out-String | Invoke-Expression`],
    cmd: [`for /f "delims=" %i in ('${line('cmd')}') do @%i`],
  }
}

/** Asks for a session token without showing it, and stores it in a profile. */
export function pasteToken(profile: string | null): Commands {
  return configure(profile, 'set', keysInFiles.sessionToken)
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
