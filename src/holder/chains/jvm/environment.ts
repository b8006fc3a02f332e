import { Secret } from '../../../anatomy/secret.ts'
import type { Machine } from '../../machine/machine.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Credential, Placed } from '../../sources/credential.ts'
import { absent, passedOver } from '../../sources/source.ts'

/** How one of these SDKs reads keys from the environment. */
export interface JvmKeyRules {
  /** Of several names the first that is set counts, even when it is empty. */
  readonly accessKeyId: readonly string[]
  readonly secretAccessKey: readonly string[]
  /** The value as it is used. */
  readonly used: (text: string) => string
  /** Whether a value, as it is used, is as if it were not there. */
  readonly isUnset: (text: string) => boolean
  /** The same of the session token, where it is another rule. */
  readonly isUnsetToken?: (text: string) => boolean
  /** `ErrorClass: message` for a value that is not there. */
  readonly words: (missing: 'accessKeyId' | 'secretAccessKey') => string
}

type InVariable = Placed<string> & { readonly at: { readonly variable: string } }

/** The keys in the environment; null when one of the two is not there. */
export function environmentCredential(machine: Machine, rules: JvmKeyRules): Credential | null {
  const id = named(machine, rules, rules.accessKeyId)
  const secret = named(machine, rules, rules.secretAccessKey)
  if (id === null || secret === null) return null
  const isUnset = rules.isUnsetToken ?? rules.isUnset
  const token = named(machine, { ...rules, isUnset }, ['AWS_SESSION_TOKEN'])
  return {
    provider: 'env',
    profile: null,
    accessKeyId: id,
    secretAccessKey: hidden(secret),
    sessionToken: token === null ? null : hidden(token),
    expiration: null,
    accountId: named(machine, rules, ['AWS_ACCOUNT_ID']),
  }
}

/** The environment as a source: half a pair is passed over. */
export function environmentAnswer(machine: Machine, rules: JvmKeyRules): SourceAnswer {
  const credential = environmentCredential(machine, rules)
  if (credential !== null) {
    const { at } = credential.accessKeyId
    return { outcome: 'found', credential, because: `${(at as { variable: string }).variable} is set`, at }
  }
  const id = named(machine, rules, rules.accessKeyId)
  const secret = named(machine, rules, rules.secretAccessKey)
  const present = id ?? secret
  if (present === null) {
    return absent(
      `${rules.accessKeyId[0]} ${machine.env(rules.accessKeyId[0]!) === undefined ? 'is not set' : 'is empty'}`,
    )
  }
  const missing = id === null ? 'accessKeyId' : 'secretAccessKey'
  const because = `${present.at.variable} is set, but ${rules[missing][0]} is not`
  return passedOver('partial-credentials', rules.words(missing), because, present.at)
}

function named(machine: Machine, { used, isUnset }: JvmKeyRules, names: readonly string[]): InVariable | null {
  for (const variable of names) {
    const raw = machine.env(variable)
    if (raw === undefined) continue
    const value = used(raw)
    if (isUnset(value)) return null
    return value === raw ? { value, at: { variable } } : { value, raw, at: { variable } }
  }
  return null
}

function hidden({ value, at, raw }: InVariable): Placed<Secret> {
  return raw === undefined ? { value: new Secret(value), at } : { value: new Secret(value), at, raw }
}
