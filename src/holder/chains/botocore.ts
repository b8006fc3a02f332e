import type { AwsFiles } from '../files/aws-files.ts'
import { quotedList } from '../files/dialects/python.ts'
import type { Machine } from '../machine/machine.ts'
import type { CredentialPlan } from '../sources/plan.ts'
import { filesRefusal, namedSettings, profileSettings, type SourceGround } from '../sources/settings.ts'
import { type CachedPlan, fromCliCache, isRefusal } from './botocore-cli-cache.ts'
import { refusalAtFirstUse } from './botocore-first-use.ts'
import { type BotocoreRules, type OlderRules, rulesOf } from './botocore-rules.ts'
import { endpointOf, refusedRegion, regionOf, regionOfInstanceRefusal } from './endpoint.ts'
import { walk } from './loop.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import { missingProfile, type ProfileSelection, type Refusal, refusalAtStart } from './start.ts'
import type { ChainStep, Trace } from './trace.ts'

/** The rules of a program that is built on botocore. */
export function botocoreChain(rules: BotocoreRules, older: readonly OlderRules[] = []): ChainRules {
  return {
    sdk: rules.sdk,
    version: rules.version,
    evidence: rules.evidence,
    trace: (machine, question, files) =>
      traceBotocore(machine, rulesOf(rules, older, question.version), question, files),
  }
}

/** What a program built on botocore makes of a machine. */
function traceBotocore(machine: Machine, rules: BotocoreRules, question: ChainQuestion, files: AwsFiles): Trace {
  const selection = selectProfile(machine, rules, question.profile)
  const ground: SourceGround = {
    machine,
    files,
    // An empty name is looked up as it is, but the sources then take the default.
    profile: selection.name === '' ? 'default' : selection.name,
    explicit: selection.from === 'argument',
    login: rules.login,
    knowsOnlyEcs: rules.knowsOnlyEcs ?? false,
    addsNoSlash: rules.addsNoSlash ?? false,
  }
  const atStart = refusalAtStart(ground, rules, selection)
  const { unusable, ...walked } = walk(rules.sources, ground, atStart, ({ provider }) =>
    provider === 'env' && ground.explicit
      ? 'a profile is named by an argument, so that the environment is not asked'
      : null,
  )
  const region = regionOf(ground, rules, question.region)
  const { endpoint, refusal, signingRefusal } = endpointOf(ground, rules, region, question.endpointUrl)
  const clientRefusal = (own: Refusal | null): Refusal | null =>
    filesRefusal(files) ??
    missingProfile(ground, selection) ??
    refusedRegion(region) ??
    (region === null ? regionOfInstanceRefusal(ground, rules) : null) ??
    bearerTokenRefusal(ground, ground.profile) ??
    own
  // An `--endpoint-url` is for the command's own client.
  const nested = endpointOf(ground, rules, region, undefined)
  const used = atFirstUse(walked, (plan) => {
    const cached = fromCliCache(machine, plan, rules.cliCache)
    if (isRefusal(cached)) return cached
    const refusal = refusalAtFirstUse(cached, {
      ground,
      rules,
      region,
      sts: clientRefusal(nested.refusal),
      signing: nested.signingRefusal,
      bearerToken: (profile) => bearerTokenRefusal(ground, profile),
    })
    return refusal ?? cached
  })
  return {
    sdk: rules.sdk,
    profile: selection,
    region,
    endpoint,
    ...used,
    clientError: used.error === null ? clientRefusal(refusal ?? signingRefusal ?? unusable) : null,
  }
}

type Walked = Pick<Trace, 'steps' | 'winner' | 'error'>

/**
 * The winner that is asked later, as its first use finds it: in the AWS CLI's cache, or broken where that ends in an error that
 * the machine itself tells.
 */
function atFirstUse(walked: Walked, use: (plan: CredentialPlan) => CachedPlan): Walked {
  const { winner, steps } = walked
  if (winner === null || winner.plan === null) return walked
  const used = use(winner.plan)
  if (used === winner.plan) return walked
  const replaced = (step: ChainStep): Pick<Trace, 'steps'> => ({
    steps: steps.map((one) => (one === winner ? step : one)),
  })
  if (isRefusal(used)) {
    const { because, ...error } = used
    return { winner: null, error, ...replaced({ ...winner, outcome: 'broken', because }) }
  }
  const found: ChainStep =
    used.kind === 'static'
      ? {
          ...winner,
          credential: used.credential,
          because: 'the AWS CLI has the session in its cache',
          at: used.credential.accessKeyId.at,
        }
      : { ...winner, plan: used }
  return { winner: found, error: null, ...replaced(found) }
}

function selectProfile(machine: Machine, rules: BotocoreRules, argument: string | undefined): ProfileSelection {
  if (argument !== undefined && (argument !== '' || !rules.ignoresEmptyArgument))
    return { name: argument, from: 'argument' }
  const variable = rules.profileVariables.find((name) => machine.env(name) !== undefined)
  if (variable !== undefined) return { name: machine.env(variable) ?? '', from: { variable } }
  return { name: 'default', from: 'default' }
}

/**
 * Every client also looks for a bearer token, so that a broken `sso_session` stops calls that would use good keys
 * (botocore session.py `create_client`, tokens.py `SSOTokenProvider._load_sso_config`).
 */
function bearerTokenRefusal({ files }: SourceGround, profile: string): Refusal | null {
  const name = profileSettings(files, profile)?.get('sso_session')
  if (name === undefined) return null
  const session = namedSettings(files, 'sso-session', name.value)
  if (session === null || session.size === 0) {
    const says =
      `InvalidConfigError: The profile "${profile}" is configured to use the SSO token provider but the "${name.value}" ` +
      'sso_session configuration does not exist.'
    return { reason: 'configuration', says, at: name.at }
  }
  const missing = ['sso_start_url', 'sso_region'].filter((key) => !session.has(key))
  if (missing.length === 0) return null
  const says =
    `InvalidConfigError: The profile "${profile}" is configured to use the SSO token provider but is missing the following ` +
    `configuration: ${quotedList(missing)}.`
  return { reason: 'configuration', says, at: name.at }
}
