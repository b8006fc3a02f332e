import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import type { Source } from '../sources/source.ts'
import { configuredEndpoints } from './configured-endpoints.ts'
import { cppFiles } from './cpp/files.ts'
import type { CppGround } from './cpp/ground.ts'
import { containerRole, environment, iamRole, process, profileKeys, sso, webIdentity } from './cpp/sources.ts'
import { walk } from './loop.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import type { Trace } from './trace.ts'

/**
 * The AWS SDK for C++: `DefaultAWSCredentialsProviderChain`. It knows neither roles of profiles nor `login_session`, and no
 * failure stops it: a provider whose answer lacks a key is passed over.
 *
 * Source: aws-sdk-cpp src/aws-cpp-sdk-core/source/auth/AWSCredentialsProviderChain.cpp.
 */
export const cpp: ChainRules = {
  sdk: 'cpp',
  version: '1.11',
  evidence: 'from-source',
  trace: traceCpp,
}

const order: readonly Source<CppGround>[] = [
  environment,
  profileKeys,
  process,
  webIdentity,
  sso,
  containerRole,
  iamRole,
]

function traceCpp(machine: Machine, question: ChainQuestion, files: AwsFiles): Trace {
  const selection = selectProfile(machine, question.profile)
  const found = cppFiles(machine, files.documents, homeOf(machine))
  const ground: CppGround = { machine, profile: selection.name, files: found, config: found.profile(selection.name) }
  const region = regionOf(ground, question.region)
  const { steps, winner, error } = walk<CppGround>(order, ground)
  return {
    sdk: 'cpp',
    profile: selection,
    region,
    endpoint: configuredEndpoints({
      machine,
      region: region?.name ?? 'us-east-1',
      argument: question.endpointUrl,
      profile: ground.config?.lastBlock ?? null,
      services: () => null,
    }),
    steps,
    winner,
    error,
    clientError: null,
  }
}

/** AWSCredentialsProvider.cpp `GetConfigProfileName`: an empty variable is as if it were not there. */
function selectProfile(machine: Machine, argument: string | undefined): Trace['profile'] {
  if (argument !== undefined && argument !== '') return { name: argument, from: 'argument' }
  for (const variable of ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE']) {
    const name = machine.env(variable)
    if (name !== undefined && name !== '') return { name, from: { variable } }
  }
  return { name: 'default', from: 'default' }
}

/** FileSystem.cpp `GetHomeDirectory` (linux-shared: HOME, else the user database; windows: USERPROFILE, else that). */
function homeOf(machine: Machine): string {
  const home = machine.env(machine.platform === 'win32' ? 'USERPROFILE' : 'HOME')?.trim()
  return joinPath(machine, home === undefined || home === '' ? (machine.userHome ?? '') : home, '.')
}

/** client/ClientConfiguration.cpp: the variables, then the config file's profile. */
function regionOf({ machine, config }: CppGround, argument: string | undefined): Trace['region'] {
  if (argument !== undefined && argument !== '') return { name: argument, at: null }
  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const name = machine.env(variable)
    if (name !== undefined && name !== '') return { name, at: { variable } }
  }
  const setting = config?.settings.get('region')
  return setting === undefined || setting.value === '' ? null : { name: setting.value, at: setting.at }
}
