import type { SourceAnswer } from '../sources/answer.ts'
import type { Credential, ProviderName } from '../sources/credential.ts'
import { absent, deferred, passedOver, type Source, switchedOff } from '../sources/source.ts'
import { containerResolution, containerVariable } from './javascript/v3-container.ts'
import { v3ClientError, v3Endpoint } from './javascript/v3-endpoint.ts'
import { environmentCredential } from './javascript/v3-environment.ts'
import { type V3Ground, v3Ground } from './javascript/v3-ground.ts'
import { metadataForbidden, metadataResolution } from './javascript/v3-metadata.ts'
import { type Branch, isOf, resolveBranch, resolveRole } from './javascript/v3-profile.ts'
import type { AskedPlan, Resolution } from './javascript/v3-resolution.ts'
import { webIdentity, webIdentityVariables } from './javascript/v3-web-identity.ts'
import { walk } from './loop.ts'
import type { ChainRules } from './rules.ts'

/**
 * The AWS SDK for JavaScript v3: `fromNodeProviderChain`, which every client uses.
 *
 * - A profile that is named, even `default`, keeps the environment's keys from being asked.
 * - A profile is taken for one thing, by the order of the branches below; where it fails as that, only its `credential_process`
 *   is asked again. Then come the identity token of the environment, the container, the instance.
 * - Errors of its own kind go on unless they say otherwise; all others stop the chain.
 *
 * Source: credential-provider-node defaultProvider.js, credential-provider-ini resolveProfileData.js.
 */
export const jsV3: ChainRules = {
  sdk: 'js-v3',
  version: '@aws-sdk/credential-provider-node 3.972.99',
  evidence: 'observed',
  trace(machine, question, files) {
    const ground = v3Ground(machine, question, files)
    const walked = walk(sources, ground, null, ({ provider }) =>
      provider === 'env' && ground.isNamed ? 'a profile is named, so that the environment is not asked' : null,
    )
    const { unusable: _, ...rest } = walked
    return {
      sdk: 'js-v3',
      profile: ground.selected,
      region: typeof ground.region === 'string' ? null : ground.region,
      endpoint: v3Endpoint(ground, question.endpointUrl),
      ...rest,
      clientError: walked.error === null ? v3ClientError(ground, question.endpointUrl) : null,
    }
  },
}

const environment: Source<V3Ground> = {
  provider: 'env',
  ask({ machine }) {
    const credential = environmentCredential(machine)
    if (credential !== null) return found(credential, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set')
    return absent('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set')
  },
}

/** The branches of the selected profile in the order in which they are tried. */
const sources: readonly Source<V3Ground>[] = [
  environment,
  ofProfile('assume-role', 'assume-role', ['role_arn']),
  ofProfile('shared-credentials-file', 'static', ['aws_access_key_id', 'aws_secret_access_key']),
  ofProfile('config-file', 'static', ['aws_access_key_id', 'aws_secret_access_key']),
  ofProfile('assume-role-with-web-identity', 'web-identity', ['web_identity_token_file']),
  ofProfile('custom-process', 'process', ['credential_process']),
  ofProfile('sso', 'sso', ['sso_session', 'sso_start_url', 'sso_account_id', 'sso_role_name', 'sso_region']),
  ofProfile('login', 'login', ['login_session']),
  {
    provider: 'assume-role-with-web-identity',
    ask(ground) {
      const named = webIdentityVariables(ground.machine)
      if (named === null) return absent('AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not both set')
      return answerOf(webIdentity(ground, null, named))
    },
  },
  {
    provider: 'container-role',
    ask: ({ machine }) =>
      containerVariable(machine) === null
        ? absent('no variable names a container endpoint')
        : answerOf(containerResolution(machine, null)),
  },
  {
    provider: 'iam-role',
    ask(ground) {
      const container = containerVariable(ground.machine)
      if (container !== null) {
        return absent('the instance is not asked where a container endpoint is named', { variable: container })
      }
      const forbidden = metadataForbidden(ground)
      if (forbidden !== null)
        return switchedOff(`${forbidden.variable} forbids to ask the instance metadata`, forbidden)
      const resolution = metadataResolution(ground, null)
      return resolution.kind === 'refused' && resolution.goesOn ? absent(resolution.because) : answerOf(resolution)
    },
  },
]

function ofProfile(provider: ProviderName, branch: Branch, keys: readonly string[]): Source<V3Ground> {
  return { provider, ask: (ground) => askProfile(ground, provider, branch, keys) }
}

function askProfile(ground: V3Ground, provider: ProviderName, branch: Branch, keys: readonly string[]): SourceAnswer {
  const { settings, profile } = ground
  if (settings === null) return absent(`there is no profile ${profile}`)
  if (!isOf(branch, settings)) {
    const here = keys.map((key) => settings.get(key)).find((setting) => setting !== undefined)
    return here === undefined ? absent(`[${profile}] has no ${keys[0]}`) : absent(whyNot(profile, branch), here.at)
  }
  if (branch === 'assume-role') return answerOf(resolveRole(ground, profile, settings))
  if (branch !== 'process' && isOf('assume-role', settings)) {
    return absent(`[${profile}] is taken for a role, also when nothing comes of that`, settings.get('role_arn')?.at)
  }
  const resolution = resolveBranch(ground, profile, settings, branch)
  if (resolution.kind === 'found' && resolution.credential.provider !== provider) {
    return absent('the access key id of the profile stands in the other file', resolution.credential.accessKeyId.at)
  }
  return answerOf(resolution)
}

const words: Readonly<Record<Exclude<Branch, 'assume-role'>, string>> = {
  static: 'static keys',
  'web-identity': 'a role with an identity token',
  process: 'a credential_process',
  sso: 'IAM Identity Center',
  login: 'a session of aws login',
}

function whyNot(profile: string, branch: Branch): string {
  return branch === 'assume-role'
    ? `[${profile}] has role_arn, but not exactly one of source_profile and credential_source`
    : `[${profile}] has not all that ${words[branch]} needs`
}

function found(credential: Credential, because: string): SourceAnswer {
  return { outcome: 'found', credential, because, at: credential.accessKeyId.at }
}

function answerOf(resolution: Resolution): SourceAnswer {
  switch (resolution.kind) {
    case 'found':
      return found(resolution.credential, `[${resolution.credential.profile}] has aws_access_key_id`)
    case 'planned':
      return deferred(described(resolution.plan), resolution.plan.at ?? undefined, resolution.plan)
    case 'refused': {
      const { reason, says, because, at, goesOn } = resolution
      return goesOn
        ? passedOver(reason, says, because, at)
        : { outcome: 'broken', error: { reason, says }, because, at }
    }
  }
}

function described(plan: AskedPlan): string {
  switch (plan.kind) {
    case 'assume-role':
      return `the role ${plan.roleArn} would be assumed`
    case 'web-identity':
      return `the role ${plan.roleArn} would be assumed with the token in ${plan.tokenFile}`
    case 'sso':
      return `the role ${plan.roleName} in account ${plan.accountId} would be asked of IAM Identity Center`
    case 'login':
      return `the session ${plan.session} of aws login would be used`
    case 'process':
      return `the credential_process of [${plan.profile}] would be run`
    case 'container':
      return `${plan.url} would be asked for the role of the container`
    case 'instance-metadata':
      return `${plan.endpoint} would be asked for the role of the instance`
  }
}
