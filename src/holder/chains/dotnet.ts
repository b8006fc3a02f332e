import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { Source } from '../sources/source.ts'
import { configuredEndpoints } from './configured-endpoints.ts'
import { dotnetFiles } from './dotnet/files.ts'
import type { DotnetGround } from './dotnet/ground.ts'
import { containerRole, iamRole } from './dotnet/metadata.ts'
import { profileSource } from './dotnet/profile.ts'
import { environment, sdkStore, webIdentity } from './dotnet/sources.ts'
import { walk } from './loop.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import type { Trace } from './trace.ts'

/**
 * The AWS SDK for .NET, version 4: `DefaultAWSCredentialsIdentityResolver`. An exception while credentials are made is kept and
 * the next generator is asked, but for a profile that is named and missing. What then fails when the credentials are used stops
 * it. A profile that the program names (`ClientConfig.Profile`) is the only thing that is asked.
 *
 * Sources: aws-sdk-net sdk/src/Core/Amazon.Runtime/Credentials/DefaultAWSCredentialsIdentityResolver.cs,
 * CachedProfileCredentialResolver.cs.
 */
export const dotnet: ChainRules = { sdk: 'dotnet', version: '4', evidence: 'from-source', trace: traceDotnet }

function traceDotnet(machine: Machine, question: ChainQuestion, files: AwsFiles): Trace {
  const selection = selectProfile(machine, question.profile)
  const ground: DotnetGround = {
    machine,
    files: dotnetFiles(machine, files.documents),
    profile: selection.name,
    isNamed: selection.from === 'argument',
  }
  const profile = profileSource(ground)
  const order: readonly Source<DotnetGround>[] = [
    environment,
    webIdentity,
    ...(machine.platform === 'win32' ? [sdkStore] : []),
    profile,
    containerRole,
    iamRole,
  ]
  const { steps, winner, error } = walk<DotnetGround>(order, ground, null, (source) =>
    ground.isNamed && source !== profile && source !== sdkStore
      ? 'a profile is named by an argument, so that nothing else is asked'
      : null,
  )
  const found = ground.files.profile(selection.name)
  const settings = found.kind === 'found' ? found.settings : null
  const region = regionOf(ground, question.region)
  return {
    sdk: 'dotnet',
    profile: selection,
    region,
    endpoint: configuredEndpoints({
      machine,
      region: region?.name ?? null,
      argument: question.endpointUrl,
      profile: settings,
      services: (name) => ground.files.services(name),
    }),
    steps,
    winner,
    error,
    clientError: null,
  }
}

/** `GetProfileName`: a variable of blanks alone does not count; another is taken as it is. */
function selectProfile(machine: Machine, argument: string | undefined): Trace['profile'] {
  if (argument !== undefined && argument !== '') return { name: argument, from: 'argument' }
  const name = machine.env('AWS_PROFILE')
  if (name !== undefined && name.trim() !== '') return { name, from: { variable: 'AWS_PROFILE' } }
  return { name: 'default', from: 'default' }
}

/** Amazon.Runtime/FallbackRegionFactory.cs. */
function regionOf({ machine, files, profile }: DotnetGround, argument: string | undefined): Trace['region'] {
  if (argument !== undefined && argument !== '') return { name: argument, at: null }
  const named = machine.env('AWS_REGION')
  if (named !== undefined && named !== '') return { name: named, at: { variable: 'AWS_REGION' } }
  const found = files.profile(profile)
  const setting = found.kind === 'found' ? found.settings.get('region') : undefined
  return setting === undefined || setting.value === '' ? null : { name: setting.value, at: setting.at }
}
