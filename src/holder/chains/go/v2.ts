import type { AwsFiles } from '../../files/aws-files.ts'
import { goGrammar } from '../../files/dialects/go.ts'
import { type GoFile, goSection } from '../../files/dialects/go-sections.ts'
import { trimSpace } from '../../files/dialects/go-text.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { environmentKeys } from '../../sources/environment-keys.ts'
import { walk } from '../loop.ts'
import type { ChainQuestion, ChainRules } from '../rules.ts'
import type { ProfileSelection, Refusal } from '../start.ts'
import type { SdkName, Trace } from '../trace.ts'
import { fallingOver, type GoError, plainError, refusal, saying, urlError } from './answer.ts'
import { profileRefusal, refusedSetting, refusedVariable, variablesOfV2 } from './checks.ts'
import { endpointsOfV2, isOn, portalRefusalOfV2, regionOf, stsRefusalOfV2 } from './endpoint.ts'
import type { GoGround, GoRules, MetadataSettings } from './ground.ts'
import { hasCertificate, openFile, readNamed, unreadableWords } from './places.ts'
import { GoProfile, linkProfiles, pairOf } from './profile.ts'
import {
  containerRole,
  customProcess,
  identityCenter,
  instanceRole,
  legacyTokenOfV2,
  login,
  profileKeys,
  profileWebIdentity,
} from './profile-sources.ts'
import { unsendableHeader } from './role.ts'
import { skipReason, sourcesOf } from './sources.ts'
import { ssoToken } from './tokens.ts'

/** What programs on version 2 have of their own. */
export interface GoV2Program {
  readonly sdk: SdkName
  readonly version: string
  readonly evidence: ChainRules['evidence']
  /** Variables that tell where the instance metadata is, in their order. */
  readonly metadataVariables: readonly string[]
  /** Its versions are those of the config module, and so may be asked for. */
  readonly isConfig: boolean
  /** How often its calls are tried. */
  readonly attempts: number
  /** The error of the program's first call to STS, in its words. */
  readonly firstCall: (words: string) => string
}

/** Sources: aws-sdk-go-v2 config/resolve_credentials.go, credentials/* (config 1.33.18, credentials 1.21.0). */
const newest: GoRules = {
  order: [
    profileKeys,
    profileWebIdentity,
    identityCenter({ ofSession: ssoToken, ofStartUrl: legacyTokenOfV2 }),
    login,
    customProcess,
    containerRole,
    instanceRole,
  ],
  containerFirst: 'relative',
  hidesContainerErrors: false,
  instanceIsRemote: false,
  containerSource: 'either',
  checksCallsFirst: false,
  asking: 'failed to refresh cached credentials, ',
  words: {
    emptyEnvironment: { name: 'StaticCredentialsEmptyError', text: 'static credentials are empty' },
    badCredentialSource: plainError(
      'credential_source values must be EcsContainer, Ec2InstanceMetadata, or Environment',
    ),
    containerNotSet: plainError(
      "EcsContainer was specified as the credential_source, but neither 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' " +
        "or AWS_CONTAINER_CREDENTIALS_FULL_URI' was set",
    ),
    noTokenProvider: {
      name: 'AssumeRoleTokenProviderNotSetError',
      text: 'assume role with MFA enabled, but AssumeRoleTokenProvider session option not set.',
    },
    noRole: plainError('role ARN is not set'),
    tokenFile: (path, why) =>
      plainError(`failed to retrieve jwt from provide source, unable to read file at ${path}: ${why}`),
    container: (stage, error) => {
      if (stage === 'host') return error
      const resolving = stage === 'call' ? '' : 'resolve auth token: '
      return { ...error, text: `failed to load credentials, ${resolving}${error.text}` }
    },
    emptyProcess: null,
    roleSource: ({ name, text, isNamed = false }, hasOwnCache) => ({
      name: name === 'Error' && !isNamed ? 'OperationError' : name,
      isNamed,
      text:
        'operation error STS: AssumeRole, get identity: get credentials: ' +
        `${hasOwnCache ? 'failed to refresh cached credentials, ' : ''}${text}`,
    }),
    webIdentityCall: ({ name, text }) => ({ name, text: `failed to retrieve credentials, ${text}` }),
    unsendable: (operation, url, header, attempts) =>
      urlError(
        `operation error STS: ${operation}, exceeded maximum number of attempts, ${attempts}, https response error StatusCode: 0, ` +
          `RequestID: , request send failed, Post "${url}/": net/http: invalid header field value for "${header}"`,
      ),
  },
}

interface Change extends Partial<GoRules> {
  /** The version of config that brought what is now. */
  readonly before: string
  readonly uncheckedVariables?: readonly string[]
}

/** What was otherwise before a version of config (its CHANGELOG.md); 1.27.33 was observed. */
const older: readonly Change[] = [
  { before: '1.32.19', uncheckedVariables: ['AWS_RESTRICT_FILE_PERMISSIONS'] },
  { before: '1.32.0', order: newest.order.filter((source) => source !== login) },
  {
    before: '1.27.34',
    containerFirst: 'full',
    containerSource: 'relative',
    words: {
      ...newest.words,
      containerNotSet: plainError(
        "EcsContainer was specified as the credential_source, but 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' was not set",
      ),
    },
  },
]

/** The rules of a version of config. */
function rulesOf(version: string | undefined): { readonly rules: GoRules; readonly unchecked: readonly string[] } {
  if (version === undefined) return { rules: newest, unchecked: [] }
  const changes = older.filter(({ before }) => isBefore(version, before))
  const rules = Object.assign({}, newest, ...changes.map(({ before: _, uncheckedVariables: __, ...change }) => change))
  return { rules: rules as GoRules, unchecked: changes.flatMap(({ uncheckedVariables = [] }) => uncheckedVariables) }
}

/** By the numbers of both. */
function isBefore(version: string, other: string): boolean {
  const numbers = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number)
  const [a, b] = [numbers(version), numbers(other)]
  const at = b.findIndex((number, index) => number !== (a[index] ?? 0))
  return at >= 0 && (a[at] ?? 0) < b[at]!
}

export function goV2Chain(program: GoV2Program): ChainRules {
  return {
    sdk: program.sdk,
    version: program.version,
    evidence: program.evidence,
    trace: (machine, question, files) => trace(machine, program, question, files),
  }
}

function trace(machine: Machine, program: GoV2Program, question: ChainQuestion, files: AwsFiles): Trace {
  const selection = selectProfile(machine, question.profile)
  const { rules, unchecked } = rulesOf(program.isConfig ? question.version : undefined)
  const loaded = load(machine, files, selection, unchecked)
  const { settings, services } = loaded
  const region = regionOf(machine, question.region, ['AWS_REGION', 'AWS_DEFAULT_REGION'], settings)
  const endpoints = { machine, region, settings, services, argument: question.endpointUrl }
  const endpoint = endpointsOfV2(endpoints)
  const ground: GoGround = {
    machine,
    files,
    rules,
    profile: loaded.profile,
    profileName: selection.name,
    unread: null,
    isExplicit: selection.from === 'argument',
    environmentKeys: keysOf(machine),
    region,
    stsRefusal: ({ operation }) => stsRefusalOfV2({ ...endpoints, argument: undefined }, operation, 'credentials'),
    stsUrl: endpoint.sts,
    portalRefusal: portalRefusalOfV2,
    metadata: metadataOf(machine, settings, program.metadataVariables),
  }
  const walked = walk(sourcesOf(rules), ground, loaded.refusal, (source) => skipReason(ground, source))
  const { steps, winner, error } = walked
  const header = winner?.credential == null ? null : unsendableHeader(winner.credential)
  const unsendable =
    header === null ? null : rules.words.unsendable('GetCallerIdentity', endpoint.sts, header, program.attempts)
  const refused =
    error === null ? (stsRefusalOfV2(endpoints, 'GetCallerIdentity', 'program', program.attempts) ?? unsendable) : null
  return {
    sdk: program.sdk,
    profile: selection,
    region,
    endpoint,
    steps,
    winner,
    error,
    clientError:
      refused === null
        ? null
        : refusal('configuration', { ...refused, text: program.firstCall(refused.text) }, region?.at ?? null),
  }
}

/** An argument, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`; an empty one counts as none. */
function selectProfile(machine: Machine, argument: string | undefined): ProfileSelection {
  if (argument !== undefined && argument !== '') return { name: argument, from: 'argument' }
  for (const variable of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) {
    const name = machine.env(variable) ?? ''
    if (name !== '') return { name, from: { variable } }
  }
  return { name: 'default', from: 'default' }
}

function keysOf(machine: Machine): GoGround['environmentKeys'] {
  const keys = environmentKeys(machine, {
    accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
    secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
    sessionToken: ['AWS_SESSION_TOKEN'],
    accountId: ['AWS_ACCOUNT_ID'],
    unset: 'empty',
    trims: false,
  })
  return keys.kind === 'pair' ? keys.credential : null
}

function metadataOf(machine: Machine, settings: Settings | null, variables: readonly string[]): MetadataSettings {
  const variable = variables.find((name) => (machine.env(name) ?? '') !== '')
  const setting = settings?.get('ec2_metadata_service_endpoint')
  const versionOne = !isOn({ machine, settings }, 'AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled')
  if (variable !== undefined) return { endpoint: { url: machine.env(variable)!, at: { variable } }, versionOne }
  if (setting === undefined || setting.value === '') return { endpoint: null, versionOne }
  return { endpoint: { url: setting.value, at: setting.at }, versionOne }
}

// ---- loading

interface Loaded {
  /** The error with which loading ends, before any source is looked at. */
  readonly refusal: Refusal | null
  /** Null when it is not loaded. */
  readonly profile: GoProfile | null
  readonly settings: Settings | null
  readonly services: Settings | null
}

const openRules = {
  grammar: goGrammar,
  syntaxError: (_: string, says: string): GoError => ({ name: fallingOver, text: says }),
  directoryError: (written: string, says: string): GoError => ({
    name: 'SharedConfigLoadError',
    text: `failed to load shared config file, ${written}, read all: ${says}`,
  }),
}

/** config.go `LoadDefaultConfig`: the environment, the selected profile with all it names, the CA bundle, in that order. */
function load(machine: Machine, files: AwsFiles, selection: ProfileSelection, unchecked: readonly string[]): Loaded {
  const stopped = (refused: Refusal): Loaded => ({ refusal: refused, profile: null, settings: null, services: null })
  const variable = refusedVariable(
    machine,
    variablesOfV2.filter(({ variable: name }) => !unchecked.includes(name)),
  )
  if (variable !== null) return stopped(variable)
  const config = openFile(machine, files.documents, 'config', openRules)
  if (config.kind === 'refused') return stopped(config.refusal)
  const credentials = openFile(machine, files.documents, 'credentials', openRules)
  if (credentials.kind === 'refused') return stopped(credentials.refusal)
  const both: Both = {
    config: config.kind === 'file' ? config.file : null,
    credentials: credentials.kind === 'file' ? credentials.file : null,
  }
  const linked = linkedProfile(both, selection.name)
  if (linked === 'missing' && isStrict(machine, selection)) return stopped(missingProfile(selection))
  if (linked !== 'missing' && !(linked instanceof GoProfile)) return stopped(linked)
  const profile = linked === 'missing' ? new GoProfile(selection.name, new Map(), null) : linked
  const bundle = refusedBundle(machine, profile.settings)
  if (bundle !== null) return stopped(bundle)
  const name = profile.get('services')
  const services = name === undefined ? null : sectionSettings(both, `services ${name.value}`)
  return { refusal: null, profile, settings: profile.settings, services }
}

interface Both {
  readonly config: GoFile | null
  readonly credentials: GoFile | null
}

function sectionSettings({ config, credentials }: Both, name: string): Settings | null {
  return goSection(config, credentials, name)?.settings ?? null
}

/** A profile that is named must be there, but not when `AWS_DEFAULT_PROFILE` alone names it (config.go `resolveConfigLoaders`). */
function isStrict(machine: Machine, { from }: ProfileSelection): boolean {
  return from === 'argument' || (machine.env('AWS_PROFILE') ?? '') !== ''
}

function missingProfile({ name, from }: ProfileSelection): Refusal {
  const at = typeof from === 'string' ? null : from
  return { reason: 'profile-not-found', says: saying(notExisting(name)), at }
}

function notExisting(name: string): GoError {
  return { name: 'SharedConfigProfileNotExistError', text: `failed to get shared config profile, ${name}` }
}

function linkedProfile(both: Both, name: string): GoProfile | Refusal | 'missing' {
  return linkProfiles(name, {
    keysEndTheChain: true,
    load: (next) => loadProfile(both, next),
    session: (session) => {
      const settings = sectionSettings(both, `sso-session ${trimSpace(session)}`)
      if (settings === null) return null
      return { name: session, region: settings.get('sso_region'), startUrl: settings.get('sso_start_url') }
    },
    words: {
      missingSource: (role, source) => ({
        name: 'SharedConfigProfileNotExistError',
        text: `failed to load assume role ${role}, of profile ${source}, ${notExisting(source).text}`,
      }),
      emptySource: (role, source) => ({
        name: 'SharedConfigAssumeRoleError',
        text: `failed to load assume role ${role}, of profile ${source}, <nil>`,
      }),
      severalTypes: plainError(
        'only one credential type may be specified per profile: source profile, credential source, credential process, ' +
          'web identity token',
      ),
    },
  })
}

function loadProfile({ config, credentials }: Both, name: string): GoProfile | Refusal | null {
  const section = goSection(config, credentials, name)
  if (section === null) return null
  const { settings, errors } = section
  if (errors.length > 0) {
    const key = settings.get('aws_access_key_id') ?? settings.get('aws_secret_access_key')
    const words = `Error using profile: \n ${errors.length}, ${errors.at(-1)}\n`
    return { ...profileRefusal(name, words, key?.at ?? null), reason: 'partial-credentials' }
  }
  return refusedSetting(name, settings) ?? new GoProfile(name, settings, pairOf(name, settings))
}

function refusedBundle(machine: Machine, settings: Settings): Refusal | null {
  const variable = 'AWS_CA_BUNDLE'
  const named = machine.env(variable) ?? ''
  const setting = settings.get('ca_bundle')
  const written = named === '' ? (setting?.value ?? '') : named
  if (written === '') return null
  const at = named === '' ? setting!.at : { variable }
  const { reading, text } = readNamed(machine, written)
  if (reading.kind !== 'found') {
    const error = { name: 'PathError', text: unreadableWords(machine, written, reading) }
    return refusal('file-unreadable', error, at)
  }
  return hasCertificate(text)
    ? null
    : refusal('configuration', plainError('failed to load custom CA bundle PEM file'), at)
}
