import type { SourceAnswer } from '../sources/answer.ts'
import { environmentKeys } from '../sources/environment-keys.ts'
import type { Settings } from '../sources/settings.ts'
import { absent, deferred, type Source } from '../sources/source.ts'
import { stsRequestError, v2Endpoint, v2RealRegion } from './javascript/v2-endpoint.ts'
import { type V2Ground, v2Ground } from './javascript/v2-ground.ts'
import { askRole, isAnswer, selectedProfile, staticPlan } from './javascript/v2-profile.ts'
import { askContainer, askInstance } from './javascript/v2-remote.ts'
import { askSso } from './javascript/v2-sso.ts'
import { askWebIdentity } from './javascript/v2-web-identity.ts'
import { walk } from './loop.ts'
import type { ChainRules } from './rules.ts'

/**
 * The AWS SDK for JavaScript v2: `AWS.CredentialProviderChain.defaultProviders`. A profile in code is the option of each of its
 * providers that takes one; it keeps none from being asked.
 *
 * - Without `AWS_SDK_LOAD_CONFIG` the config file is not read, and variables that move the files are not looked at.
 * - Every error goes on. Only while it loads the SDK stops with one, and by what it throws where nobody catches it.
 * - Static keys that stand beside a complete IAM Identity Center are found by programs that make a client without asking this
 *   chain (`AWS.config.credentials` is filled while the SDK loads, with environment and static keys alone).
 *
 * Sources: aws-sdk lib/node_loader.js, lib/credentials/*, lib/shared-ini/ini-loader.js.
 */
export const jsV2: ChainRules = {
  sdk: 'js-v2',
  version: 'aws-sdk 2.1693.0',
  evidence: 'observed',
  trace(machine, question, files) {
    const ground = v2Ground(machine, question, files)
    const { unusable: _, ...walked } = walk(sources, ground, ground.loadError)
    const { region } = ground
    return {
      sdk: 'js-v2',
      profile: ground.selected,
      region: region === null ? null : { name: v2RealRegion(region.value), at: region.at },
      endpoint: v2Endpoint(ground, question.endpointUrl),
      ...walked,
      clientError: walked.error === null ? stsRequestError(ground, region) : null,
    }
  },
}

const sources: readonly Source<V2Ground>[] = [
  environment('AWS'),
  environment('AMAZON'),
  { provider: 'sso', ask: (ground) => withProfile(ground, (settings) => askSso(ground, settings)) },
  { provider: 'assume-role', ask: (ground) => withProfile(ground, (settings) => askRole(ground, settings)) },
  staticKeys('shared-credentials-file'),
  staticKeys('config-file'),
  { provider: 'container-role', ask: askContainer },
  { provider: 'custom-process', ask: (ground) => withProfile(ground, (settings) => askProcess(ground, settings)) },
  { provider: 'assume-role-with-web-identity', ask: askWebIdentity },
  { provider: 'iam-role', ask: askInstance },
]

/** lib/credentials/environment_credentials.js. */
function environment(prefix: string): Source<V2Ground> {
  return {
    provider: 'env',
    ask({ machine }) {
      const keys = environmentKeys(machine, {
        accessKeyId: [`${prefix}_ACCESS_KEY_ID`],
        secretAccessKey: [`${prefix}_SECRET_ACCESS_KEY`],
        sessionToken: [`${prefix}_SESSION_TOKEN`],
        accountId: [],
        unset: 'empty',
        trims: false,
      })
      const names = `${prefix}_ACCESS_KEY_ID and ${prefix}_SECRET_ACCESS_KEY`
      if (keys.kind !== 'pair') return absent(`${names} are not both set`)
      const { credential } = keys
      return { outcome: 'found', credential, because: `${names} are set`, at: credential.accessKeyId.at }
    },
  }
}

function withProfile(ground: V2Ground, ask: (settings: Settings) => SourceAnswer): SourceAnswer {
  const settings = selectedProfile(ground)
  return isAnswer(settings) ? settings : ask(settings)
}

function staticKeys(provider: 'shared-credentials-file' | 'config-file'): Source<V2Ground> {
  return {
    provider,
    ask: (ground) =>
      withProfile(ground, (settings) => {
        const { profile } = ground
        const role = settings.get('role_arn')
        if (role !== undefined)
          return absent(`[${profile}] is taken for a role, also when nothing comes of that`, role.at)
        const plan = staticPlan(settings, profile)
        if (plan === null) return absent(`[${profile}] has not both aws_access_key_id and aws_secret_access_key`)
        const { credential } = plan
        const { at } = credential.accessKeyId
        if (credential.provider !== provider)
          return absent('the access key id of the profile stands in the other file', at)
        return { outcome: 'found', credential, because: `[${profile}] has aws_access_key_id`, at }
      }),
  }
}

/** lib/credentials/process_credentials.js: given to a shell. */
function askProcess({ profile }: V2Ground, settings: Settings): SourceAnswer {
  const command = settings.get('credential_process')
  if (command === undefined) return absent(`[${profile}] has no credential_process`)
  return deferred(`the credential_process of [${profile}] would be run`, command.at, {
    kind: 'process',
    profile,
    command: command.value,
    run: 'shell',
    at: command.at,
  })
}
