import { Secret } from '../../../anatomy/secret.ts'
import type { Settings } from '../../files/reading.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import { environmentKeys } from '../../sources/environment-keys.ts'
import type { ProcessPlan } from '../../sources/plan.ts'
import { absent, broken, deferred, type Source } from '../../sources/source.ts'
import { refusedClient } from './clients.ts'
import type { RubyFile } from './files.ts'
import { defaultProfile, isOn, type RubyGround, regionOf, settingOf } from './ground.ts'

/** The first variable that is set counts, even when it is empty; a pair is one when neither is empty. */
export const environment: Source<RubyGround> = {
  provider: 'env',
  ask({ machine }) {
    const keys = environmentKeys(machine, {
      accessKeyId: ['AWS_ACCESS_KEY_ID', 'AMAZON_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AMAZON_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
      sessionToken: ['AWS_SESSION_TOKEN', 'AMAZON_SESSION_TOKEN'],
      accountId: ['AWS_ACCOUNT_ID'],
      unset: 'never',
      trims: false,
    })
    if (keys.kind === 'none') return absent('AWS_ACCESS_KEY_ID is not set')
    if (keys.kind === 'partial')
      return absent(`${keys.present} is set, but ${keys.missing} is not`, { variable: keys.present })
    const { accessKeyId, secretAccessKey } = keys.credential
    if (accessKeyId.value === '') return absent('the access key id is empty', accessKeyId.at)
    if (secretAccessKey.value.reveal() === '') return absent('the secret access key is empty', secretAccessKey.at)
    return {
      outcome: 'found',
      credential: keys.credential,
      because: 'the keys are in the environment',
      at: accessKeyId.at,
    }
  },
}

/** A role by variables; both count when they are set, also when they are empty. */
export const webIdentityByVariables: Source<RubyGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const variables = webIdentityVariables(ground)
    if (variables === null) return absent('AWS_WEB_IDENTITY_TOKEN_FILE or AWS_ROLE_ARN is not set')
    const sessionName = ground.machine.env('AWS_ROLE_SESSION_NAME') ?? null
    const at = { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' }
    return askWebIdentity(ground, { profile: null, ...variables, sessionName, at }, ground.region)
  },
}

export function webIdentityVariables({
  machine,
}: RubyGround): { readonly roleArn: string; readonly tokenFile: string } | null {
  const [roleArn, tokenFile] = [machine.env('AWS_ROLE_ARN'), machine.env('AWS_WEB_IDENTITY_TOKEN_FILE')]
  return roleArn === undefined || tokenFile === undefined ? null : { roleArn, tokenFile }
}

/** A role by an identity token that a profile of the config file names; null when it names none. */
export function webIdentityOfProfile(ground: RubyGround, profile: string): SourceAnswer | null {
  const settings = ground.files.config.section(profile)
  const [tokenFile, role] = [settings?.get('web_identity_token_file'), settings?.get('role_arn')]
  if (tokenFile === undefined || role === undefined) return null
  const sessionName = settings?.get('role_session_name')?.value ?? null
  const asked = { profile, roleArn: role.value, tokenFile: tokenFile.value, sessionName, at: tokenFile.at }
  return askWebIdentity(ground, asked, ground.region)
}

/** assume_role_web_identity_credentials.rb: the client is made first, then the token is read. */
function askWebIdentity(
  ground: RubyGround,
  asked: {
    readonly profile: string | null
    readonly roleArn: string
    readonly tokenFile: string
    readonly sessionName: string | null
    readonly at: Place
  },
  region: RubyGround['region'],
): SourceAnswer {
  const { tokenFile, roleArn, at } = asked
  const asking = region ?? regionOf(ground, defaultProfile(ground))
  const refused = refusedClient(ground, null, asking)
  if (refused !== null) return broken('configuration', refused, 'no client of STS can be made', at)
  const says = refusedToken(ground, tokenFile)
  if (says !== null) return broken('file-unreadable', says, `the token file ${tokenFile} cannot be read`, at)
  if (ground.rules.signsWebIdentity && isSigned(ground, asking?.name)) {
    const words = 'Aws::Errors::MissingCredentialsError: unable to sign request without credentials set'
    return broken('unsupported', words, 'this version would sign the call, for which it has no credential', at)
  }
  const because = `the role ${roleArn} would be assumed with the token in ${tokenFile}`
  return deferred(because, at, { kind: 'web-identity', ...asked, region: null })
}

/** Whether the endpoint rules of STS name how to sign: for its global host, and for every host in legacy mode. */
function isSigned(ground: RubyGround, region: string | undefined): boolean {
  const profile = defaultProfile(ground)
  if (isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint', profile)) return false
  if (isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint', profile)) return false
  const variable = ground.machine.env('AWS_STS_REGIONAL_ENDPOINTS') ?? ''
  const mode = variable === '' ? settingOf(ground.files, profile, 'sts_regional_endpoints')?.value : variable
  return mode === 'legacy' || region === 'aws-global'
}

function refusedToken({ machine }: RubyGround, path: string): string | null {
  const found = path === '' ? ({ kind: 'absent' } as const) : machine.readFile(absolutePath(machine, path))
  if (found.kind === 'found') return null
  if (found.kind === 'absent') {
    return (
      'Aws::Errors::MissingWebIdentityTokenFile: Missing :web_identity_token_file parameter or invalid file path provided for ' +
      'Aws::AssumeRoleWebIdentityCredentials provider'
    )
  }
  if (found.because === 'directory') return `Errno::EISDIR: Is a directory @ io_fread - ${path}`
  return `Errno::EACCES: Permission denied @ rb_sysopen - ${path}`
}

/** The pair of a profile, from one file: the credentials file, else the config file; null without a whole one. */
export function staticKeys({ files }: RubyGround, profile: string): Credential | null {
  return pairOf(files.credentials, profile) ?? pairOf(files.config, profile)
}

function pairOf(file: RubyFile, profile: string): Credential | null {
  const settings = file.section(profile)
  const [id, secret, token] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'].map((key) =>
    settings?.get(key),
  )
  if (id === undefined || secret === undefined || id.value === '' || secret.value === '') return null
  const account = settings?.get('aws_account_id')
  return {
    provider: file.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
    profile,
    accessKeyId: { value: id.value, at: id.at },
    secretAccessKey: { value: new Secret(secret.value), at: secret.at },
    sessionToken: token === undefined ? null : { value: new Secret(token.value), at: token.at },
    expiration: null,
    accountId: account === undefined ? null : { value: account.value, at: account.at },
  }
}

export function askStatic(ground: RubyGround, profile: string): SourceAnswer {
  const credential = staticKeys(ground, profile)
  if (credential !== null) {
    return { outcome: 'found', credential, because: `[${profile}] holds keys`, at: credential.accessKeyId.at }
  }
  return absent(
    isThere(ground, profile) ? `[${profile}] holds no pair of keys in one file` : `no file holds [${profile}]`,
  )
}

export function isThere({ files }: RubyGround, profile: string): boolean {
  return files.credentials.section(profile) !== null || files.config.section(profile) !== null
}

/** `credential_process`, from the credentials file, else the config file. Its errors stop. */
export function processPlan({ files }: RubyGround, profile: string): ProcessPlan | null {
  const setting = settingOf(files, profile, 'credential_process')
  return setting === undefined
    ? null
    : { kind: 'process', profile, command: setting.value, run: 'shell', at: setting.at }
}

export function askProcess(ground: RubyGround, profile: string): SourceAnswer {
  const plan = processPlan(ground, profile)
  return plan === null
    ? absent(`[${profile}] has no credential_process`)
    : deferred('credential_process would be run', plan.at, plan)
}

/** The first of two that a profile of a file names. */
export function anyOf(settings: Settings | null, keys: readonly string[]): { readonly at: Place } | undefined {
  return keys.map((key) => settings?.get(key)).find((setting) => setting !== undefined)
}
