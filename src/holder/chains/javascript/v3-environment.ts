import type { Machine } from '../../machine/machine.ts'
import type { Credential } from '../../sources/credential.ts'
import { environmentKeys, usualKeyRules } from '../../sources/environment-keys.ts'

/** Keys in the environment; null when one of the two is missing (credential-provider-env fromEnv.js). Nothing is trimmed. */
export function environmentCredential(machine: Machine): Credential | null {
  const keys = environmentKeys(machine, usualKeyRules)
  if (keys.kind !== 'pair') return null
  const variable = 'AWS_CREDENTIAL_EXPIRATION'
  const text = machine.env(variable)
  const end = text === undefined || text === '' ? Number.NaN : Date.parse(text)
  // One that is over is no reason not to use the keys.
  const expiration = Number.isNaN(end) ? null : { value: new Date(end), at: { variable }, raw: text }
  return { ...keys.credential, expiration }
}
