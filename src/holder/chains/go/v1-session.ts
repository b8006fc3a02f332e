import type { AwsFiles } from '../../files/aws-files.ts'
import { type GoFile, goV1Section } from '../../files/dialects/go-sections.ts'
import { trimSpace } from '../../files/dialects/go-text.ts'
import { goV1Grammar } from '../../files/dialects/go-v1.ts'
import type { FileRole } from '../../files/locate.ts'
import type { Setting } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Credential } from '../../sources/credential.ts'
import type { ProfileSelection, Refusal } from '../start.ts'
import { fallingOver, type GoError, refusal } from './answer.ts'
import { refusedSettingOfV1, refusedVariable, variablesOfV1 } from './checks.ts'
import type { GoGround } from './ground.ts'
import { hasCertificate, openFile, readNamed, unreadableWords } from './places.ts'
import { GoProfile, linkProfiles, pairOf } from './profile.ts'

export interface SessionV1 {
  readonly refusal: Refusal | null
  /** Null when it is not loaded. */
  readonly profile: GoProfile | null
  /** What stops it behind the choice of a provider. */
  readonly lateRefusal: Refusal | null
}

export interface OpeningV1 {
  readonly selection: ProfileSelection
  /** Whether `AWS_SDK_LOAD_CONFIG` is on: without it the credentials file alone is read, and of that few keys. */
  readonly loadsConfig: boolean
  readonly hasKeys: boolean
}

/** `strconv.ParseBool`; what it does not know counts as no. */
export function isLoadingConfig(machine: Machine): boolean {
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(machine.env('AWS_SDK_LOAD_CONFIG') ?? '')
}

/** The profile of the environment; an empty variable counts as none. */
export function selectByEnvironment(machine: Machine, loadsConfig: boolean): ProfileSelection {
  for (const variable of loadsConfig ? ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'] : ['AWS_PROFILE']) {
    const name = machine.env(variable) ?? ''
    if (name !== '') return { name, from: { variable } }
  }
  return { name: 'default', from: 'default' }
}

/** aws/session/session.go `NewSessionWithOptions`, shared_config.go (1.55.8). A profile that is missing is as if it were empty. */
export function loadV1(machine: Machine, files: AwsFiles, opening: OpeningV1): SessionV1 {
  const { selection, loadsConfig } = opening
  const stopped = (refused: Refusal): SessionV1 => ({ refusal: refused, profile: null, lateRefusal: null })
  const variable = refusedVariable(machine, variablesOfV1)
  if (variable !== null) return stopped(variable)
  const linked = linkedProfile(machine, files, selection.name, loadsConfig)
  const isFound = linked instanceof GoProfile
  // Keys of the environment are enough, when nothing was asked of the files.
  const isPassedOver = selection.from === 'default' && !loadsConfig && opening.hasKeys
  if (!isFound && linked !== 'missing' && !isPassedOver) return stopped(linked)
  const profile = isFound ? linked : new GoProfile(selection.name, new Map(), null)
  return { refusal: null, profile, lateRefusal: refusedCertificates(machine, profile) }
}

function linkedProfile(
  machine: Machine,
  files: AwsFiles,
  name: string,
  loadsConfig: boolean,
): GoProfile | Refusal | 'missing' {
  const opened: GoFile[] = []
  for (const role of (loadsConfig ? ['config', 'credentials'] : ['credentials']) satisfies FileRole[]) {
    const file = openFile(machine, files.documents, role, openRules)
    if (file.kind === 'refused') return file.refusal
    if (file.kind === 'file') opened.push(file.file)
  }
  const withoutKeys = (role: string, source: string): GoError => ({
    name: 'SharedConfigAssumeRoleError',
    text: `failed to load assume role for ${role}, source profile ${source} has no shared credentials`,
  })
  return linkProfiles(name, {
    keysEndTheChain: false,
    load: (next) => loadProfile(opened, next, loadsConfig),
    session: (session) => {
      const header = `sso-session ${trimSpace(session)}`
      const settings = opened.map((file) => goV1Section(file, header)).find((found) => found !== null)
      if (settings === undefined) return null
      return { name: session, region: settings.get('sso_region'), startUrl: settings.get('sso_start_url') }
    },
    words: {
      missingSource: withoutKeys,
      emptySource: withoutKeys,
      severalTypes: {
        name: 'SharedConfigErr',
        text:
          'only one credential type may be specified per profile: source profile, credential source, credential process, ' +
          'web identity token',
      },
    },
  })
}

const openRules = {
  grammar: goV1Grammar,
  syntaxError: (written: string, says: string): GoError => ({
    name: 'SharedConfigLoadError',
    text: `failed to load config file, ${written}\ncaused by: ${says}`,
  }),
  directoryError: null,
}

/** Read without `AWS_SDK_LOAD_CONFIG` too. */
const plainKeys = new Set([
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'credential_process',
  'web_identity_token_file',
])

/** The section of the name, or else `[profile name]`, in each file; a pair of keys comes with its own token, or none. */
function loadProfile(opened: readonly GoFile[], name: string, loadsConfig: boolean): GoProfile | Refusal | null {
  const settings = new Map<string, Setting>()
  let credential: Credential | null = null
  let isFound = false
  for (const file of opened) {
    const found = goV1Section(file, name) ?? goV1Section(file, `profile ${name}`)
    if (found === null) continue
    isFound = true
    const refused = loadsConfig ? refusedSettingOfV1(file.written, found) : null
    if (refused !== null) return refused
    for (const [key, setting] of found) if (loadsConfig || plainKeys.has(key)) settings.set(key, setting)
    credential = pairOf(name, found) ?? credential
  }
  return isFound ? new GoProfile(name, settings, withoutAccount(credential)) : null
}

/** This version does not know account ids. */
function withoutAccount(credential: Credential | null): Credential | null {
  return credential === null ? null : { ...credential, accountId: null }
}

/** session.go `setTLSOptions`. */
function refusedCertificates(machine: Machine, profile: GoProfile): Refusal | null {
  const bundle = machine.env('AWS_CA_BUNDLE') || profile.settings.get('ca_bundle')?.value || ''
  const pair = ['AWS_SDK_GO_CLIENT_TLS_CERT', 'AWS_SDK_GO_CLIENT_TLS_KEY'] as const
  const named = [
    { variable: 'AWS_CA_BUNDLE', written: bundle, code: 'LoadCustomCABundleError', what: 'custom CA bundle PEM' },
    ...pair.map((variable, index) => ({
      variable,
      written: machine.env(variable) ?? '',
      code: 'LoadClientTLSCertError',
      what: `custom client TLS ${index === 0 ? 'cert' : 'key'}`,
    })),
  ]
  for (const { variable, written, code, what } of named) {
    if (written === '') continue
    const { reading } = readNamed(machine, written)
    if (reading.kind === 'found' || (reading.kind === 'unreadable' && reading.because === 'directory')) continue
    const why = unreadableWords(machine, written, reading)
    return refusal(
      'file-unreadable',
      { name: code, text: `failed to open ${what} file\ncaused by: ${why}` },
      { variable },
    )
  }
  if (bundle !== '' && !hasCertificate(readNamed(machine, bundle).text)) {
    const error = { name: 'LoadCustomCABundleError', text: 'failed to load custom CA bundle PEM file' }
    return refusal('configuration', error, { variable: 'AWS_CA_BUNDLE' })
  }
  const [certificate, key] = pair.map((variable) => (machine.env(variable) ?? '') !== '')
  if (certificate === key) return null
  const text = `client TLS cert(${certificate}) and key(${key}) must both be provided`
  return refusal('configuration', { name: 'LoadClientTLSCertError', text }, null)
}

/**
 * The token of an `sso-session` is asked for through a session that is opened anew, for the profile of the environment, be
 * another one given by the program; when that is refused the SDK falls over (`session.Must`).
 */
export function sessionPanic({ machine, files, isExplicit }: GoGround): GoError | null {
  if (!isExplicit) return null
  const loadsConfig = isLoadingConfig(machine)
  const linked = linkedProfile(machine, files, selectByEnvironment(machine, loadsConfig).name, loadsConfig)
  return linked instanceof GoProfile || linked === 'missing' ? null : { name: fallingOver, text: linked.says }
}
