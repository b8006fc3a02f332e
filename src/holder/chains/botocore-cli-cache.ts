import { Secret } from '../../anatomy/secret.ts'
import { pythonJson } from '../files/dialects/python-json.ts'
import { sha1Hex } from '../files/digest.ts'
import { expandHome } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { Credential, ProviderName } from '../sources/credential.ts'
import { jsonCacheEntry, keyError, membersOf } from '../sources/json-cache.ts'
import type { AssumeRolePlan, CredentialPlan, SsoPlan, StaticPlan, WebIdentityPlan } from '../sources/plan.ts'
import { naiveInstant, parsedByPython } from '../sources/python-dates.ts'
import type { FirstUseRefusal } from './botocore-first-use.ts'

/** What the AWS CLI has in its cache of role sessions. */
export type CachedPlan = CredentialPlan | FirstUseRefusal

/** Within these many milliseconds of its end a cached session is not used any more. */
const windowMs = 15 * 60 * 1000

/**
 * A plan with what the AWS CLI takes from `~/.aws/cli/cache` instead of asking for it. Roles are kept there however deep they
 * stand in a chain of roles; web identity and SSO only where they are the winner itself.
 *
 * @param kinds what this version of the CLI keeps there
 *
 * Sources: AWS CLI customizations/assumerole.py and (v2) customizations/sso/__init__.py; botocore credentials.py
 * `CachedCredentialFetcher` and each `_create_cache_key`.
 */
export function fromCliCache(
  machine: Machine,
  plan: CredentialPlan,
  kinds: readonly CredentialPlan['kind'][],
): CachedPlan {
  if (plan.kind === 'assume-role' && kinds.includes('assume-role')) return role(machine, plan)
  if (plan.kind === 'web-identity' && kinds.includes('web-identity')) {
    return cached(machine, webIdentityKey(plan), 'assume-role-with-web-identity', plan) ?? plan
  }
  if (plan.kind === 'sso' && kinds.includes('sso')) return cached(machine, ssoKey(plan), 'sso', plan) ?? plan
  return plan
}

/** Whether it is an error and no plan. */
export function isRefusal(plan: CachedPlan): plan is FirstUseRefusal {
  return 'says' in plan
}

function role(machine: Machine, plan: AssumeRolePlan): CachedPlan {
  const own = cached(machine, roleKey(plan), 'assume-role', plan)
  if (own !== null) return own
  if (plan.from.kind !== 'assume-role') return plan
  const from = role(machine, plan.from)
  return isRefusal(from) ? from : { ...plan, from }
}

// ---- keys: the members of each stand in alphabetical order, as `sort_keys` wants them

function roleKey(plan: AssumeRolePlan): string {
  return pythonJson({
    ...(plan.durationSeconds === null ? {} : { DurationSeconds: plan.durationSeconds }),
    ...(plan.externalId === null ? {} : { ExternalId: plan.externalId }),
    RoleArn: plan.roleArn,
    ...(plan.sessionName === null ? {} : { RoleSessionName: plan.sessionName }),
    ...(plan.mfaSerial === null ? {} : { SerialNumber: plan.mfaSerial }),
  })
}

function webIdentityKey({ roleArn, sessionName }: WebIdentityPlan): string {
  return pythonJson({ RoleArn: roleArn, ...(sessionName === null ? {} : { RoleSessionName: sessionName }) })
}

function ssoKey({ accountId, roleName, sessionName, startUrl }: SsoPlan): string {
  return pythonJson({ accountId, roleName, ...(sessionName === null ? { startUrl } : { sessionName }) }, 'compact')
}

// ---- entries

type Asked = AssumeRolePlan | WebIdentityPlan | SsoPlan

/** What the cache holds for a key: null when nothing, or nothing that is good for long enough. */
function cached(
  machine: Machine,
  key: string,
  provider: ProviderName,
  plan: Asked,
): StaticPlan | FirstUseRefusal | null {
  const directory = expandHome(machine, joinPath(machine, '~', '.aws', 'cli', 'cache'))
  const file = absolutePath(machine, joinPath(machine, directory, `${sha1Hex(key)}.json`))
  const entry = jsonCacheEntry(machine, file)
  if (entry.kind === 'absent') return null
  const refused = (says: string): FirstUseRefusal => ({
    reason: 'file-syntax',
    says,
    at: { file },
    because: `the AWS CLI's cache of this session, ${file}, cannot be read`,
  })
  if (entry.kind === 'broken') return refused(keyError(file))
  const reply = membersOf(entry.value)
  if (reply === null) return refused('TypeError: list indices must be integers or slices, not str')
  const held = membersOf(reply['Credentials'])
  if (held === null) return refused("KeyError: 'Credentials'")
  if (held['Expiration'] === undefined) return refused("KeyError: 'Expiration'")
  const expires = parsedByPython(String(held['Expiration']))
  if ('says' in expires) return refused(expires.says)
  if (expires.zone === 'local') return refused(naiveInstant)
  if (expires.at.getTime() - machine.now().getTime() < windowMs) return null
  const missing = (['AccessKeyId', 'SecretAccessKey', 'SessionToken'] as const).find((name) => held[name] === undefined)
  if (missing !== undefined) return refused(`KeyError: '${missing}'`)
  return { kind: 'static', credential: credentialOf(held, expires.at, provider, plan.profile, file) }
}

function credentialOf(
  held: Readonly<Record<string, unknown>>,
  expires: Date,
  provider: ProviderName,
  profile: string | null,
  file: string,
): Credential {
  const text = (name: string): string => String(held[name])
  return {
    provider,
    profile,
    accessKeyId: { value: text('AccessKeyId'), at: { file } },
    secretAccessKey: { value: new Secret(text('SecretAccessKey')), at: { file } },
    sessionToken: { value: new Secret(text('SessionToken')), at: { file } },
    expiration: { value: expires, at: { file }, raw: text('Expiration') },
    accountId: typeof held['AccountId'] === 'string' ? { value: held['AccountId'], at: { file } } : null,
  }
}
