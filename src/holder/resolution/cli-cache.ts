import { pythonJson } from '../files/dialects/python-json.ts'
import { sha1Hex } from '../files/digest.ts'
import { expandHome } from '../files/expand.ts'
import { parseInstant } from '../files/instants.ts'
import { joinPath } from '../machine/paths.ts'
import type { ProviderName } from '../sources/credential.ts'
import type { AssumeRolePlan, SsoPlan, WebIdentityPlan } from '../sources/plan.ts'
import { objectIn, textIn } from './exchange.ts'
import { credentialOf, type Means, type Resolved } from './resolution.ts'

/**
 * The role sessions that the AWS CLI keeps below `~/.aws/cli/cache`, by a hash of what was asked for. They are used as the CLI
 * uses them, until 15 minutes before their end, and never written: only who asked for a session should leave one lying about.
 *
 * Sources: AWS CLI v1 customizations/assumerole.py, AWS CLI v2 customizations/sso, botocore credentials.py
 * `CachedCredentialFetcher`, `BaseAssumeRoleCredentialFetcher._create_cache_key`, `SSOCredentialFetcher._create_cache_key`.
 */
const windowMs = 15 * 60 * 1000

type Members = Readonly<Record<string, string | number>>

export function cachedRole(means: Means, plan: AssumeRolePlan): Resolved | null {
  const { sdk } = means.trace
  if (sdk !== 'aws-cli-v1' && sdk !== 'aws-cli-v2') return null
  const asked: Members = {
    ...(plan.durationSeconds === null ? {} : { DurationSeconds: plan.durationSeconds }),
    ...(plan.externalId === null ? {} : { ExternalId: plan.externalId }),
    RoleArn: plan.roleArn,
    ...(plan.sessionName === null ? {} : { RoleSessionName: plan.sessionName }),
    ...(plan.mfaSerial === null ? {} : { SerialNumber: plan.mfaSerial }),
  }
  return cached(means, pythonJson(asked), 'assume-role', plan.profile)
}

export function cachedWebIdentity(means: Means, plan: WebIdentityPlan): Resolved | null {
  const { sdk, winner } = means.trace
  // The profile that a role starts from has a cache of its own, in memory.
  if ((sdk !== 'aws-cli-v1' && sdk !== 'aws-cli-v2') || winner?.plan !== plan) return null
  const asked: Members = {
    RoleArn: plan.roleArn,
    ...(plan.sessionName === null ? {} : { RoleSessionName: plan.sessionName }),
  }
  return cached(means, pythonJson(asked), 'assume-role-with-web-identity', plan.profile)
}

export function cachedSso(means: Means, plan: SsoPlan): Resolved | null {
  if (means.trace.sdk !== 'aws-cli-v2' || means.trace.winner?.plan !== plan) return null
  const { accountId, roleName, sessionName, startUrl } = plan
  const session: Members = sessionName === null ? { startUrl } : { sessionName }
  return cached(means, pythonJson({ accountId, roleName, ...session }, 'compact'), 'sso', plan.profile)
}

/** The members of `asked` stand in alphabetical order already, as `sort_keys` wants them. */
function cached(means: Means, asked: string, provider: ProviderName, profile: string | null): Resolved | null {
  const { machine } = means
  const directory = expandHome(machine, joinPath(machine, '~', '.aws', 'cli', 'cache'))
  const file = joinPath(machine, directory, `${sha1Hex(asked)}.json`)
  const reading = machine.readFile(file)
  if (reading.kind !== 'found') return null
  const reply = objectIn(new TextDecoder().decode(reading.bytes))
  const held = memberObject(reply, 'Credentials')
  const accessKeyId = textIn(held, 'AccessKeyId')
  const secretAccessKey = textIn(held, 'SecretAccessKey')
  const sessionToken = textIn(held, 'SessionToken')
  const expiration = parseInstant(textIn(held, 'Expiration') ?? '')?.at ?? null
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || expiration === null) return null
  if (expiration.getTime() - machine.now().getTime() < windowMs) return null
  means.trail.push({ kind: 'cache', file, what: 'used' })
  const values = { accessKeyId, secretAccessKey, sessionToken, expiration, accountId: textIn(held, 'AccountId') }
  const roleSession = textIn(memberObject(reply, 'AssumedRoleUser'), 'Arn')
  return { kind: 'resolved', credential: credentialOf(provider, profile, { file }, values), roleSession }
}

function memberObject(
  object: Readonly<Record<string, unknown>> | null,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const value = object?.[name]
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
}
