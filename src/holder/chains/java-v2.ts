import type { AwsFiles } from '../files/aws-files.ts'
import { trimJava } from '../files/dialects/java-text.ts'
import type { Machine } from '../machine/machine.ts'
import { absent, passedOver, type Source } from '../sources/source.ts'
import { configuredEndpoints } from './configured-endpoints.ts'
import { answerOf } from './jvm/answers.ts'
import { refusedJavaClient } from './jvm/clients.ts'
import { javaV2Container } from './jvm/container.ts'
import { environmentAnswer } from './jvm/environment.ts'
import { type JvmFiles, javaV2Files } from './jvm/files.ts'
import { type JvmGround, type RegionChoice, selectedProfile } from './jvm/ground.ts'
import { javaV2Instance, regionWithInstance } from './jvm/instance.ts'
import { javaV2Keys } from './jvm/java-v2-keys.ts'
import { javaV2Kinds } from './jvm/java-v2-profile.ts'
import { profileSources } from './jvm/profile-sources.ts'
import { javaWebIdentity } from './jvm/web-identity.ts'
import { walk } from './loop.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import type { Trace } from './trace.ts'

/**
 * The AWS SDK for Java 2 (`DefaultCredentialsProvider`), with its modules sts, sso, ssooidc and signin on the class path. Every
 * error of a source is passed over, so that a broken one never stops the search. Keys in the environment come before a profile,
 * also before one that is named in code. System properties come first; a machine does not show those of a process.
 */
export const javaV2: ChainRules = {
  sdk: 'java-v2',
  version: 'software.amazon.awssdk 2.59.1',
  evidence: 'observed',
  trace,
}

const systemProperties: Source<JvmGround> = {
  provider: 'system-properties',
  ask: () => absent('aws.accessKeyId is a property of the running program, of which nothing is known here'),
}

const environment: Source<JvmGround> = {
  provider: 'env',
  ask: ({ machine }) => environmentAnswer(machine, javaV2Keys),
}

const tokenFile = 'AWS_WEB_IDENTITY_TOKEN_FILE'
const roleArn = 'AWS_ROLE_ARN'

/** Source: auth `WebIdentityTokenFileCredentialsProvider`. */
const webIdentity: Source<JvmGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const { machine } = ground
    const [file, role] = [tokenFile, roleArn].map((name) => machine.env(name))
    if (file === undefined && role === undefined) return absent(`${tokenFile} is not set`)
    if (file === undefined || role === undefined) {
      const [missing, property] =
        file === undefined ? [tokenFile, 'aws.webIdentityTokenFile'] : [roleArn, 'aws.roleArn']
      const says = `IllegalStateException: Either the environment variable ${missing} or the javaproperty ${property} must be set.`
      const present = file === undefined ? roleArn : tokenFile
      return passedOver('configuration', says, `${present} is set, but ${missing} is not`, { variable: present })
    }
    const sessionName = machine.env('AWS_ROLE_SESSION_NAME')
    return answerOf(
      javaWebIdentity(ground, {
        profile: null,
        roleArn: trimJava(role),
        tokenFile: trimJava(file),
        sessionName: sessionName === undefined ? null : trimJava(sessionName),
        at: { variable: tokenFile },
      }),
    )
  },
}

const containerRole: Source<JvmGround> = {
  provider: 'container-role',
  ask: ({ machine }) =>
    answerOf(
      javaV2Container(machine) ?? {
        kind: 'absent',
        because: 'neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set',
      },
    ),
}

const iamRole: Source<JvmGround> = {
  provider: 'iam-role',
  ask: (ground) => answerOf(javaV2Instance(ground)),
}

const sources: readonly Source<JvmGround>[] = [
  systemProperties,
  environment,
  webIdentity,
  ...profileSources(javaV2Kinds, selectedProfile),
  containerRole,
  iamRole,
]

function trace(machine: Machine, question: ChainQuestion, { documents }: AwsFiles): Trace {
  const files = javaV2Files(machine, documents)
  const fromEnvironment = profileOfEnvironment(machine)
  const profile: Trace['profile'] =
    question.profile === undefined ? fromEnvironment : { name: question.profile, from: 'argument' }
  const settings = files.refusal === null ? files.profile(profile.name) : null
  const region = regionOf(machine, files, fromEnvironment.name)
  const activeProfile = fromEnvironment.name
  const ground: JvmGround = { machine, files, profile: profile.name, settings, activeProfile, region }
  const walked = walk(sources, ground)
  const { unusable: _, ...found } = walked
  const chosen =
    question.region !== undefined && question.region !== ''
      ? { name: question.region, at: null }
      : regionOf(machine, files, profile.name)
  return {
    sdk: 'java-v2',
    profile,
    region: chosen,
    endpoint: configuredEndpoints({
      machine,
      region: chosen?.name ?? null,
      mode: {
        fips: isOn(machine, settings?.get('use_fips_endpoint')?.value, 'AWS_USE_FIPS_ENDPOINT'),
        dualStack: isOn(machine, settings?.get('use_dualstack_endpoint')?.value, 'AWS_USE_DUALSTACK_ENDPOINT'),
      },
      argument: question.endpointUrl,
      profile: settings,
      services: (name) => files.services(name),
    }),
    ...found,
    clientError: found.winner === null ? null : clientError(ground, chosen),
  }
}

/** An empty `AWS_PROFILE` is a name (`ProfileFileSystemSetting`). */
function profileOfEnvironment(machine: Machine): Trace['profile'] {
  const named = machine.env('AWS_PROFILE')
  return named === undefined
    ? { name: 'default', from: 'default' }
    : { name: trimJava(named), from: { variable: 'AWS_PROFILE' } }
}

/** regions `DefaultAwsRegionProviderChain`: an empty one is refused, and the next place is asked. */
function regionOf(machine: Machine, files: JvmFiles, profile: string): RegionChoice | null {
  const named = trimJava(machine.env('AWS_REGION') ?? '')
  if (named !== '') return { name: named, at: { variable: 'AWS_REGION' } }
  const setting = files.refusal === null ? files.profile(profile)?.get('region') : undefined
  return setting === undefined || setting.value === '' ? null : { name: setting.value, at: setting.at }
}

/** The error with which a client for STS cannot be made that is given these credentials. */
function clientError(ground: JvmGround, region: RegionChoice | null): Trace['clientError'] {
  const used = regionWithInstance(ground, region)
  if (used === null) {
    const says = 'SdkClientException: Unable to load region from any of the providers in the chain'
    return { reason: 'configuration', says, at: null }
  }
  const refusal = refusedJavaClient(ground, 'STS', used)
  if (refusal?.kind !== 'broken') return null
  return { reason: refusal.reason, says: refusal.says, at: refusal.at ?? null }
}

function isOn(machine: Machine, setting: string | undefined, variable: string): boolean {
  return (machine.env(variable) ?? setting)?.trim().toLowerCase() === 'true'
}
