import { Secret } from '../../anatomy/secret.ts'
import { parseInstant } from '../files/instants.ts'
import type { Machine } from '../machine/machine.ts'
import type { SourceAnswer } from './answer.ts'
import type { Credential, Placed } from './credential.ts'
import { naiveInstant, parsedByPython } from './python-dates.ts'
import type { SourceGround } from './settings.ts'
import { absent, broken, type Source } from './source.ts'

const names = {
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  /** The first that is not empty is used, also when the other one is newer. */
  tokens: ['AWS_SECURITY_TOKEN', 'AWS_SESSION_TOKEN'],
  expiration: 'AWS_CREDENTIAL_EXPIRATION',
  accountId: 'AWS_ACCOUNT_ID',
} as const

/** The environment variables (botocore credentials.py `EnvProvider`). Values are used as they are: nothing is trimmed. */
export const environment: Source = {
  provider: 'env',
  ask({ machine }: SourceGround): SourceAnswer {
    const accessKeyId = nonEmpty(machine, names.accessKeyId)
    if (accessKeyId === undefined) return notThere(machine)
    const at = { variable: names.accessKeyId }
    const secret = nonEmpty(machine, names.secretAccessKey)
    if (secret === undefined) {
      const says = `PartialCredentialsError: Partial credentials found in env, missing: ${names.secretAccessKey}`
      return broken('partial-credentials', says, `${names.accessKeyId} is set, but ${names.secretAccessKey} is not`, at)
    }
    const credential = credentialOf(machine, accessKeyId, secret)
    const refusal = refusedExpiration(machine, credential)
    return refusal ?? { outcome: 'found', credential, because: `${names.accessKeyId} is set`, at }
  },
}

function notThere(machine: Machine): SourceAnswer {
  const only = nonEmpty(machine, names.secretAccessKey) === undefined ? '' : `, although ${names.secretAccessKey} is`
  const how = machine.env(names.accessKeyId) === undefined ? 'is not set' : 'is empty'
  return absent(`${names.accessKeyId} ${how}${only}`)
}

function credentialOf(machine: Machine, accessKeyId: string, secret: string): Credential {
  const tokenName = names.tokens.find((name) => nonEmpty(machine, name) !== undefined)
  const accountId = nonEmpty(machine, names.accountId)
  return {
    provider: 'env',
    profile: null,
    accessKeyId: { value: accessKeyId, at: { variable: names.accessKeyId } },
    secretAccessKey: { value: new Secret(secret), at: { variable: names.secretAccessKey } },
    sessionToken:
      tokenName === undefined
        ? null
        : { value: new Secret(nonEmpty(machine, tokenName) ?? ''), at: { variable: tokenName } },
    expiration: expirationOf(machine),
    accountId: accountId === undefined ? null : { value: accountId, at: { variable: names.accountId } },
  }
}

function expirationOf(machine: Machine): Placed<Date> | null {
  const text = nonEmpty(machine, names.expiration)
  const parsed = text === undefined ? null : parseInstant(text)
  return parsed === null ? null : { value: parsed.at, at: { variable: names.expiration }, raw: text }
}

/**
 * What comes of an `AWS_CREDENTIAL_EXPIRATION` when the credential is used: botocore compares it with the clock, and within
 * 15 minutes of the end reads the variables again, which gives the same values (`RefreshableCredentials._protected_refresh`).
 */
function refusedExpiration(machine: Machine, credential: Credential): SourceAnswer | null {
  const text = nonEmpty(machine, names.expiration)
  if (text === undefined) return null
  const at = { variable: names.expiration }
  const parsed = parsedByPython(text)
  if ('says' in parsed) return broken('configuration', parsed.says, `${names.expiration} is no date`, at)
  if (parsed.zone === 'local') {
    return { ...brokenWith(credential, 'configuration', naiveInstant, `${names.expiration} names no time zone`), at }
  }
  if (parsed.at.getTime() >= machine.now().getTime()) return null
  const says = 'RuntimeError: Credentials were refreshed, but the refreshed credentials are still expired.'
  return { ...brokenWith(credential, 'expired', says, `${names.expiration} is over`), at }
}

function brokenWith(
  credential: Credential,
  reason: 'configuration' | 'expired',
  says: string,
  because: string,
): Extract<SourceAnswer, { outcome: 'broken' }> {
  return { outcome: 'broken', error: { reason, says }, because, credential }
}

function nonEmpty(machine: Machine, name: string): string | undefined {
  const value = machine.env(name)
  return value === '' ? undefined : value
}
