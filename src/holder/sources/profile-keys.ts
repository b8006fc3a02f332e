import { Secret } from '../../anatomy/secret.ts'
import { parseInstant } from '../files/instants.ts'
import type { BrokenSource, SourceAnswer } from './answer.ts'
import type { Credential, Placed, ProviderName } from './credential.ts'
import { configSettings, credentialsSettings, type Setting, type Settings } from './settings.ts'
import { absent, broken, refusedFile, type Source } from './source.ts'

const names = {
  accessKeyId: 'aws_access_key_id',
  secretAccessKey: 'aws_secret_access_key',
  /** The first that is there is used, even if it is empty. */
  tokens: ['aws_security_token', 'aws_session_token'],
  accountId: 'aws_account_id',
  expirations: ['x_security_token_expires', 'aws_credential_expiration', 'aws_expiration', 'expiration'],
} as const

/** Keys in the profile's section of the credentials file (botocore `SharedCredentialProvider`). */
export const sharedCredentialsFile: Source = {
  provider: 'shared-credentials-file',
  ask({ files, profile }) {
    const refusal = refusedFile(files.credentials)
    if (refusal !== null) return refusal
    const settings = credentialsSettings(files, profile)
    if (settings === null) return absent(missingSection(files.credentials, `[${profile}]`))
    return staticKeys(settings, 'shared-credentials-file', profile, { file: files.credentials.path })
  },
}

/** Keys in the profile's section of the config file (botocore `ConfigProvider`). */
export const configFile: Source = {
  provider: 'config-file',
  ask({ files, profile }) {
    const refusal = refusedFile(files.config)
    if (refusal !== null) return refusal
    const settings = configSettings(files, profile)
    const header = profile === 'default' ? '[default]' : `[profile ${profile}]`
    if (settings === null) return absent(missingSection(files.config, header))
    return staticKeys(settings, 'config-file', profile, { file: files.config.path })
  },
}

/** What a section with static keys gives: they must stand in one and the same section. */
export function staticKeys(
  settings: Settings,
  provider: ProviderName,
  profile: string,
  file: { readonly file: string },
): SourceAnswer {
  const accessKeyId = settings.get(names.accessKeyId)
  const secret = settings.get(names.secretAccessKey)
  if (accessKeyId === undefined) {
    const only = secret === undefined ? '' : `, only ${names.secretAccessKey}`
    return absent(`[${profile}] has no ${names.accessKeyId}${only}`, secret?.at ?? file)
  }
  if (secret === undefined) {
    const says = `PartialCredentialsError: Partial credentials found in ${provider}, missing: ${names.secretAccessKey}`
    const because = `[${profile}] has ${names.accessKeyId}, but no ${names.secretAccessKey}`
    return broken('partial-credentials', says, because, accessKeyId.at)
  }
  const credential = credentialOf(settings, provider, profile, accessKeyId, secret)
  const because = `[${profile}] has ${names.accessKeyId}`
  return { outcome: 'found', credential, because, at: accessKeyId.at, unusable: blockAsValue(settings, accessKeyId) }
}

/** A value that begins on the line below its key is a map to botocore, and a map cannot be sent. */
function blockAsValue(settings: Settings, accessKeyId: Setting): BrokenSource | undefined {
  const token = names.tokens.map((name) => settings.get(name)).find((setting) => setting !== undefined)
  if (token !== undefined && token.nested !== null) {
    return { reason: 'configuration', says: "AttributeError: 'dict' object has no attribute 'split'" }
  }
  if (accessKeyId.nested === null) return undefined
  return { reason: 'configuration', says: 'TypeError: sequence item 0: expected str instance, dict found' }
}

function credentialOf(
  settings: Settings,
  provider: ProviderName,
  profile: string,
  accessKeyId: Setting,
  secret: Setting,
): Credential {
  const tokenName = names.tokens.find((name) => settings.has(name))
  const token = tokenName === undefined ? undefined : settings.get(tokenName)
  const accountId = settings.get(names.accountId)
  return {
    provider,
    profile,
    accessKeyId: placed(accessKeyId, accessKeyId.value),
    secretAccessKey: { value: new Secret(secret.value), at: secret.at },
    // An empty token is sent by no one: it only keeps the other name from being asked.
    sessionToken: token === undefined || token.value === '' ? null : { value: new Secret(token.value), at: token.at },
    expiration: expirationOf(settings),
    accountId: accountId === undefined ? null : placed(accountId, accountId.value),
  }
}

function expirationOf(settings: Settings): Placed<Date> | null {
  for (const name of names.expirations) {
    const setting = settings.get(name)
    const parsed = setting === undefined ? null : parseInstant(setting.value)
    // A time without a zone proves nothing here; `expiryFields` weighs who wrote it.
    if (setting !== undefined && parsed !== null && parsed.zone === 'offset') {
      return { value: parsed.at, at: setting.at, raw: setting.value }
    }
  }
  return null
}

function placed<T>(setting: Setting, value: T): Placed<T> {
  return { value, at: setting.at, raw: setting.raw }
}

function missingSection(
  file: { readonly path: string; readonly state: { readonly kind: string } },
  header: string,
): string {
  if (file.state.kind === 'absent') return `${file.path} does not exist`
  return file.state.kind === 'unreadable' ? `${file.path} cannot be read` : `${file.path} has no section ${header}`
}
