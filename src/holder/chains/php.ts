import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { Source } from '../sources/source.ts'
import { configuredEndpoints } from './configured-endpoints.ts'
import { walk } from './loop.ts'
import { type PhpFiles, phpFiles, truthy } from './php/files.ts'
import type { PhpGround } from './php/ground.ts'
import { login, sso } from './php/logins.ts'
import { containerRole, iamRole } from './php/metadata.ts'
import { configProfile, credentialsProfile, environment, webIdentity } from './php/sources.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import type { Trace } from './trace.ts'

/**
 * The AWS SDK for PHP: `CredentialProvider::defaultProvider`. Each provider is asked when the one before it is rejected, and an
 * exception that it throws is a rejection too, so that nothing stops this chain.
 *
 * Sources: aws-sdk-php src/Credentials/CredentialProvider.php; guide "Understanding the default credential provider chain"
 * (login stands between sso and the first process); guzzle/promises `Promise::otherwise`.
 */
export const php: ChainRules = { sdk: 'php', version: '3', evidence: 'from-source', trace: tracePhp }

const order: readonly Source<PhpGround>[] = [
  environment,
  webIdentity,
  sso,
  login,
  credentialsProfile.process,
  credentialsProfile.role,
  credentialsProfile.keys,
  configProfile.process,
  configProfile.role,
  configProfile.keys,
  containerRole,
  iamRole,
]

/** ClientResolver.php `_apply_profile`: a profile that code names is looked up by `CredentialProvider::ini` alone. */
const ofNamedProfile: ReadonlySet<Source<PhpGround>> = new Set([credentialsProfile.role, credentialsProfile.keys])

function tracePhp(machine: Machine, question: ChainQuestion, files: AwsFiles): Trace {
  const selection = selectProfile(machine, question.profile)
  const found = phpFiles(machine, files.documents)
  const ground: PhpGround = { machine, profile: selection.name, files: found }
  const isNamed = selection.from === 'argument'
  const { steps, winner, error } = walk<PhpGround>(order, ground, null, (source) =>
    isNamed && !ofNamedProfile.has(source)
      ? 'a profile is named by an argument, so that only the credentials file is asked'
      : null,
  )
  const region = regionOf(machine, found, selection.name, question.region)
  return {
    sdk: 'php',
    profile: selection,
    region,
    endpoint: configuredEndpoints({
      machine,
      region: region?.name ?? null,
      argument: question.endpointUrl,
      profile: found.configuration(selection.name),
      services: () => null,
    }),
    steps,
    winner,
    error,
    clientError: null,
  }
}

function selectProfile(machine: Machine, argument: string | undefined): Trace['profile'] {
  if (argument !== undefined && argument !== '') return { name: argument, from: 'argument' }
  const name = truthy(machine.env('AWS_PROFILE'))
  return name === null ? { name: 'default', from: 'default' } : { name, from: { variable: 'AWS_PROFILE' } }
}

/** Configuration/ConfigurationResolver.php: the variable, then the section of the config file with the very name. */
function regionOf(machine: Machine, files: PhpFiles, profile: string, argument: string | undefined): Trace['region'] {
  if (argument !== undefined && argument !== '') return { name: argument, at: null }
  const named = truthy(machine.env('AWS_REGION'))
  if (named !== null) return { name: named, at: { variable: 'AWS_REGION' } }
  const setting = files.configuration(profile)?.get('region')
  return setting === undefined || setting.value === '' ? null : { name: setting.value, at: setting.at }
}
