import { Secret } from '../../anatomy/secret.ts'
import type { Machine } from '../machine/machine.ts'
import type { Credential, Placed } from './credential.ts'

/** How an SDK other than botocore reads keys from the environment. */
export interface EnvironmentKeyRules {
  /** Names of the access key id, the first that is set wins. */
  readonly accessKeyId: readonly string[]
  readonly secretAccessKey: readonly string[]
  readonly sessionToken: readonly string[]
  readonly accountId: readonly string[]
  /** Which text is as if the variable were not there: none (`''` counts), the empty text, or any of blanks only. */
  readonly unset: 'never' | 'empty' | 'blank'
  /** Whether blanks around values are dropped before they are used. */
  readonly trims: boolean
}

/** The names that all SDKs know; an empty variable is as if it were not there, and values are sent as they are. */
export const usualKeyRules: EnvironmentKeyRules = {
  accessKeyId: ['AWS_ACCESS_KEY_ID'],
  secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
  sessionToken: ['AWS_SESSION_TOKEN'],
  accountId: ['AWS_ACCOUNT_ID'],
  unset: 'empty',
  trims: false,
}

/** Keys in the environment: a whole pair, or which of the two is missing. */
export type EnvironmentKeys =
  | { readonly kind: 'pair'; readonly credential: Credential }
  | { readonly kind: 'none' }
  | { readonly kind: 'partial'; readonly present: string; readonly missing: string }

/** Reads them by the rules of one SDK. `present` and `missing` are names of variables. */
export function environmentKeys(machine: Machine, rules: EnvironmentKeyRules): EnvironmentKeys {
  const accessKeyId = firstSet(machine, rules, rules.accessKeyId)
  const secret = firstSet(machine, rules, rules.secretAccessKey)
  if (accessKeyId === null && secret === null) return { kind: 'none' }
  if (accessKeyId === null || secret === null) {
    const present = (accessKeyId ?? secret)!.at.variable
    const missing = (accessKeyId === null ? rules.accessKeyId : rules.secretAccessKey)[0]!
    return { kind: 'partial', present, missing }
  }
  const token = firstSet(machine, rules, rules.sessionToken)
  const credential: Credential = {
    provider: 'env',
    profile: null,
    accessKeyId,
    secretAccessKey: secretOf(secret),
    sessionToken: token === null ? null : secretOf(token),
    expiration: null,
    accountId: firstSet(machine, rules, rules.accountId),
  }
  return { kind: 'pair', credential }
}

type InVariable = Placed<string> & { readonly at: { readonly variable: string } }

/** The first of some variables that is set by the rules of an SDK, with its value as that SDK uses it; null when none is. */
export function firstSet(
  machine: Machine,
  { unset, trims }: Pick<EnvironmentKeyRules, 'unset' | 'trims'>,
  names: readonly string[],
): InVariable | null {
  for (const variable of names) {
    const raw = machine.env(variable)
    if (raw === undefined || (unset === 'empty' && raw === '') || (unset === 'blank' && raw.trim() === '')) continue
    const value = trims ? raw.trim() : raw
    return value === raw ? { value, at: { variable } } : { value, raw, at: { variable } }
  }
  return null
}

function secretOf({ value, at, raw }: InVariable): Placed<Secret> {
  return raw === undefined ? { value: new Secret(value), at } : { value: new Secret(value), at, raw }
}
