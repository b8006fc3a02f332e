import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { CredentialPlan } from '../sources/plan.ts'
import { filesRefusal, type SourceGround } from '../sources/settings.ts'
import { type CachedPlan, fromCliCache, isRefusal } from './botocore-cli-cache.ts'
import { type ClientAsked, clientRefusal } from './botocore-client.ts'
import { refusalAtFirstUse } from './botocore-first-use.ts'
import { type BotocoreRules, type OlderRules, rulesOf } from './botocore-rules.ts'
import { endpointOf, regionOf, regionOfInstanceRefusal } from './endpoint.ts'
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
    hasNoVersionOneSwitch: rules.hasNoVersionOneSwitch ?? false,
  }
  const atStart = refusalAtStart(ground, rules, selection)
  const { unusable, ...walked } = walk(rules.sources, ground, atStart, ({ provider }) =>
    provider === 'env' && ground.explicit
      ? 'a profile is named by an argument, so that the environment is not asked'
      : null,
  )
  const region = regionOf(ground, rules, question.region)
  const { endpoint, signingRefusal } = endpointOf(ground, rules, region, question.endpointUrl)
  const refused = (asked: ClientAsked): Refusal | null =>
    filesRefusal(files) ??
    missingProfile(ground, selection) ??
    (asked.region === null ? regionOfInstanceRefusal(ground, rules) : null) ??
    clientRefusal(ground, rules, asked)
  // An `--endpoint-url` is for the command's own client.
  const nested = endpointOf(ground, rules, region, undefined)
  const used = atFirstUse(walked, (plan) => {
    const cached = fromCliCache(machine, plan, rules.cliCache)
    if (isRefusal(cached)) return cached
    const signing = nested.signingRefusal
    return refusalAtFirstUse(cached, { ground, rules, region, signing, refused }) ?? cached
  })
  const own = (service: 'sts' | 'iam'): Refusal | null =>
    refused({ service, region, isSigned: true, endpointUrl: question.endpointUrl })
  return {
    sdk: rules.sdk,
    profile: selection,
    region,
    endpoint,
    ...used,
    clientError: used.error === null ? (own('sts') ?? signingRefusal ?? unusable ?? own('iam')) : null,
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
