import type { SourceAnswer } from '../sources/answer.ts'
import type { ProviderName } from '../sources/credential.ts'
import { absent, type Source } from '../sources/source.ts'
import { awsEndpoints } from './aws-endpoints.ts'
import { configuredEndpoints } from './configured-endpoints.ts'
import { walk } from './loop.ts'
import { refusedClient } from './ruby/clients.ts'
import { askContainer, askInstance, asksContainer } from './ruby/ends.ts'
import { isOn, type RubyGround, refusedRegion, rubyGround } from './ruby/ground.ts'
import { askRole } from './ruby/roles.ts'
import { rubyRules } from './ruby/rules.ts'
import {
  askProcess,
  askStatic,
  environment,
  webIdentityByVariables,
  webIdentityOfProfile,
  webIdentityVariables,
} from './ruby/sources.ts'
import { askLogin, askSso } from './ruby/tokens.ts'
import type { ChainRules } from './rules.ts'
import type { EndpointChoice } from './trace.ts'

/**
 * The SDK for Ruby (aws-sdk-core credential_provider_chain.rb). A profile that the program names comes before the environment.
 * A source without a whole pair lets the next one be asked; a role, SSO or a process that is not set up well stops, as does
 * whatever Ruby itself stumbles over. The two files are never merged.
 */
export const ruby: ChainRules = {
  sdk: 'ruby',
  version: '3 (source of 2026); 3.168.1 observed',
  evidence: 'older-observed',
  trace(machine, question, files) {
    const rules = rubyRules(question.version)
    const ground = rubyGround(machine, question, files, rules)
    const { unusable: _, ...walked } = walk(sourcesOf(ground), ground, ground.files.refusal)
    const client = walked.winner === null ? null : refusedClient(ground, question.profile ?? null, ground.region)
    return {
      sdk: 'ruby',
      profile: ground.selected,
      region: ground.region,
      endpoint: endpointOf(ground, question.endpointUrl),
      ...walked,
      clientError: client === null ? null : { reason: 'configuration', says: client, at: ground.region?.at ?? null },
    }
  },
}

/** In the order of `providers`; the sources of a profile that the program names come first. */
function sourcesOf(ground: RubyGround): readonly Source<RubyGround>[] {
  const isNamed = ground.selected.from === 'argument'
  const own = profileSources(ground.selected.name)
  const rest = [containerRole, iamRole]
  if (isNamed) return [ofProfileToken(ground.selected.name), ...own, environment, webIdentityByVariables, ...rest]
  return [environment, webIdentity, ...own, ...rest]
}

function profileSources(profile: string): readonly Source<RubyGround>[] {
  const { name } = { name: profile }
  const orAbsent =
    (ask: (ground: RubyGround, profile: string) => SourceAnswer | null, key: string) => (ground: RubyGround) =>
      ground.files.isConfigEnabled
        ? (ask(ground, name) ?? absent(`[${name}] has no ${key}`))
        : absent('AWS_SDK_CONFIG_OPT_OUT is set')
  const source = (provider: ProviderName, ask: (ground: RubyGround) => SourceAnswer): Source<RubyGround> => ({
    provider,
    ask,
  })
  return [
    source('sso', orAbsent(askSso, 'sso_account_id')),
    source('assume-role', orAbsent(askRole, 'role_arn')),
    keysOf('shared-credentials-file', name),
    keysOf('config-file', name),
    source('login', orAbsent(askLogin, 'login_session')),
    source('custom-process', orAbsent(askProcess, 'credential_process')),
  ]
}

/** The keys of a profile under the name of the file that they stand in. */
function keysOf(provider: 'shared-credentials-file' | 'config-file', profile: string): Source<RubyGround> {
  return {
    provider,
    ask(ground) {
      const answer = askStatic(ground, profile)
      if (answer.outcome !== 'found' || answer.credential.provider === provider) return answer
      return absent(`the keys of [${profile}] are in the other file`, answer.at)
    },
  }
}

/** The variables, and only without them the config file. */
const webIdentity: Source<RubyGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    if (webIdentityVariables(ground) !== null) return webIdentityByVariables.ask(ground)
    return ofProfileToken(ground.settingsProfile).ask(ground)
  },
}

function ofProfileToken(profile: string): Source<RubyGround> {
  return {
    provider: 'assume-role-with-web-identity',
    ask: (ground) =>
      webIdentityOfProfile(ground, profile) ?? absent(`[${profile}] has no web_identity_token_file with a role_arn`),
  }
}

const containerRole: Source<RubyGround> = { provider: 'container-role', ask: (ground) => askContainer(ground) }

const iamRole: Source<RubyGround> = {
  provider: 'iam-role',
  ask: (ground) =>
    asksContainer(ground) ? absent('the container is asked instead') : askInstance(ground, ground.selected.name),
}

function endpointOf(ground: RubyGround, argument: string | undefined): EndpointChoice {
  const { machine, files, region, settingsProfile, rules } = ground
  const mode = {
    fips: isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint', settingsProfile),
    dualStack: isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint', settingsProfile),
  }
  const name = region !== null && refusedRegion(region) === null ? region.name : null
  if (argument === undefined && !rules.hasConfiguredEndpoints)
    return { ...awsEndpoints(name, mode), overriddenBy: null }
  return configuredEndpoints({
    machine,
    region: name,
    mode,
    argument,
    profile: files.config.section(settingsProfile),
    services: (section) => files.config.section(`services ${section}`),
  })
}
