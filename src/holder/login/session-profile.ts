import { CountersignError } from '../../errors.ts'
import { type AwsFiles, headerForProfile } from '../files/aws-files.ts'
import type { FileEdit } from '../files/edit.ts'
import { instantText } from '../resolution/token-cache.ts'
import type { Credential } from '../sources/credential.ts'
import { configSettings, profileSettings } from '../sources/settings.ts'
import { type Refused, refused } from './means.ts'

/** The keys of a session in the credentials file. The last is where saml2aws notes its end, and where we and others read it. */
export const sessionKeys = [
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'x_security_token_expires',
] as const

/**
 * The profile that holds the session of another: its name with `-mfa` behind it, so that the next login finds it again, and a
 * script can name it. (`aws configure mfa-login` makes up `session-…` each time; aws-mfa wants the key moved to `…-long-term`.)
 */
export function sessionProfileOf(profile: string): string {
  return `${profile}-mfa`
}

/** Settings from which a profile gets other credentials than keys. */
const otherSources = /^(role_arn|source_profile|credential_\w+|sso_\w+|web_identity_token_file|login_session)$/

/** Of the source's settings these say where credentials come from, and not how AWS is reached. */
const notCopied =
  /^(aws_(access_key_id|secret_access_key|session_token|security_token|account_id|credential_scope)|mfa_serial|role_\w+|source_profile|external_id|duration_seconds|credential_\w+|sso_\w+|web_identity_token_file|login_session|x_security_token_expires|\w*expiration)$/

/**
 * Whether a session may be written as that profile: not over a user's own key, nor beside another source of credentials.
 *
 * @throws CountersignError `file-unreadable` when an AWS file is such that AWS tools could not read it
 */
export function refuseTarget(files: AwsFiles, target: string): Refused | null {
  for (const file of [files.config, files.credentials])
    if (file.path === '' || file.state.kind === 'unreadable' || file.reading.problems.length > 0)
      throw new CountersignError(
        'file-unreadable',
        `${file.path === '' ? `The ${file.role} file has no path` : `${file.path} cannot be read as an AWS file`}; nothing was written.`,
        { data: { path: file.path, hint: 'countersign lint shows what is wrong in it.' } },
      )
  if (!/^[^\s[\]#;'"\\](?:[^[\]\r\n'"\\]*[^\s[\]'"\\])?$/.test(target))
    return refused('usage', 'This is no name of a profile that all AWS tools would take.')
  const settings = profileSettings(files, target)
  const id = settings?.get('aws_access_key_id')?.value
  const hint = 'Choose another name with --update-profile NAME.'
  if (id !== undefined && !id.startsWith('ASIA') && settings?.has('aws_session_token') !== true)
    return refused('usage', `The profile ${target} holds a key of its own, which a session would overwrite.`, hint)
  const other = [...(settings?.keys() ?? [])].find((key) => otherSources.test(key))
  if (other === undefined) return null
  return refused('usage', `The profile ${target} has ${other}: it gets its credentials elsewhere.`, hint)
}

/**
 * The edits that write a session as a profile: its keys and its end into the credentials file, and for a profile that is new to
 * the config file the region, endpoint and the like of the one that it was made from.
 */
export function sessionEdits(
  files: AwsFiles,
  source: string,
  target: string,
  credential: Credential,
  expiration: Date,
): readonly FileEdit[] {
  const section = { file: files.credentials.path, section: target }
  const values: Readonly<Record<(typeof sessionKeys)[number], string>> = {
    aws_access_key_id: credential.accessKeyId.value,
    aws_secret_access_key: credential.secretAccessKey.value.reveal(),
    aws_session_token: credential.sessionToken?.value.reveal() ?? '',
    x_security_token_expires: instantText(expiration),
  }
  // The older name of the token would outlive it, and some tools read that one.
  const stale = files.credentials.profiles.get(target)?.entries.has('aws_security_token') === true
  return [
    ...(stale ? [{ kind: 'unset' as const, ...section, key: 'aws_security_token' }] : []),
    ...sessionKeys.map((key) => ({ kind: 'set' as const, ...section, key, value: values[key] })),
    ...configEdits(files, source, target),
  ]
}

function configEdits(files: AwsFiles, source: string, target: string): readonly FileEdit[] {
  if (files.config.profiles.has(target)) return []
  const settings = configSettings(files, source)
  const inherited = files.config.reading.inherited?.entries
  return [...(settings ?? [])].flatMap(([key, { value, nested }]) => {
    const isPlain = nested === null || nested === undefined
    if (!isPlain || notCopied.test(key) || inherited?.has(key) === true || /[\r\n]/.test(value)) return []
    return [{ kind: 'set', file: files.config.path, section: headerForProfile(target), key, value }]
  })
}
