import { Secret } from '../../../anatomy/secret.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import type { Setting } from '../../sources/settings.ts'
import { absent, deferred, type Source, switchedOff } from '../../sources/source.ts'
import { truthy } from './files.ts'
import { type PhpGround, rejected } from './ground.ts'

const relative = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const full = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenFileName = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const tokenName = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'

/** EcsCredentialProvider.php; a token with a line break is no header to Guzzle. */
export const containerRole: Source<PhpGround> = {
  provider: 'container-role',
  ask(ground) {
    const { machine } = ground
    const variable = [relative, full].find((name) => truthy(machine.env(name)) !== null)
    if (variable === undefined) return absent(`neither ${relative} nor ${full} is set`)
    const named = machine.env(variable)!
    const url = variable === relative ? `http://169.254.170.2${named}` : named
    if (!isCompatible(url)) return rejected(`Uri '${url}' contains an unsupported host.`, { variable })
    const token = tokenOf(ground)
    if (token.kind === 'refused') return token.answer
    const at = { variable }
    return deferred(`${url} would be asked`, at, { kind: 'container', url, ...token.plan, at })
  },
}

type Token =
  | { readonly kind: 'refused'; readonly answer: SourceAnswer }
  | { readonly kind: 'plan'; readonly plan: { readonly tokenFile: string | null; readonly token: Secret | null } }

function tokenOf({ machine }: PhpGround): Token {
  const refuse = (because: string, variable: string): Token => {
    return { kind: 'refused', answer: rejected(because, { variable }) }
  }
  const tokenFile = truthy(machine.env(tokenFileName))
  if (tokenFile === null) {
    const text = truthy(machine.env(tokenName))
    if (text !== null && /[\r\n]/.test(text)) return refuse('the authorization token has a line break in it', tokenName)
    return { kind: 'plan', plan: { tokenFile: null, token: text === null ? null : new Secret(text) } }
  }
  const reading = machine.readFile(absolutePath(machine, tokenFile))
  if (reading.kind !== 'found') return refuse(`Failed to read authorization token from '${tokenFile}'`, tokenFileName)
  const text = truthy(new TextDecoder().decode(reading.bytes))
  if (text === null) return refuse(`Invalid authorization token read from \`${tokenFile}\`.`, tokenFileName)
  if (/[\r\n]/.test(text)) return refuse('the authorization token has a line break in it', tokenFileName)
  return { kind: 'plan', plan: { tokenFile, token: null } }
}

/** `isCompatibleUri`. What other names lead to is not known here; only `localhost` leads to this machine everywhere. */
function isCompatible(url: string): boolean {
  const parts = urlParts(url)
  if (parts === null) return false
  if (parts.scheme === 'https') return true
  return ['169.254.170.2', '169.254.170.23', 'fd00:ec2::23'].includes(parts.host) || isLoopback(parts.host)
}

function urlParts(url: string): { readonly scheme: string; readonly host: string } | null {
  const [, scheme, host] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^/:?#]+)/.exec(url) ?? []
  if (scheme === undefined || host === undefined) return null
  return { scheme: scheme.toLowerCase(), host: host.replace(/^\[|\]$/g, '').toLowerCase() }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(host)
}

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpointName = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'
const ownEndpoints = ['http://169.254.169.254', 'http://[fd00:ec2::254]']

/** InstanceProfileProvider.php; it is only in the chain when no container is named (`shouldUseEcs`). */
export const iamRole: Source<PhpGround> = {
  provider: 'iam-role',
  ask(ground) {
    const container = [relative, full].find((name) => truthy(ground.machine.env(name)) !== null)
    if (container !== undefined) return absent(`${container} is set, so that the instance metadata is not asked`)
    return instance(ground, null)
  },
}

/** The same where `credential_source` says that this is an EC2 instance: then its own address counts too. */
export function namedInstance(ground: PhpGround, source: Setting): SourceAnswer {
  return instance(ground, { url: ownEndpoints[0]!, at: source.at })
}

function instance({ machine, files, profile }: PhpGround, otherwise: Endpoint | null): SourceAnswer {
  if (machine.env(disabled)?.toLowerCase() === 'true') {
    return switchedOff(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
  }
  const settings = files.configuration(profile)
  const named = truthy(machine.env(endpointName))
  const setting = settings?.get('ec2_metadata_service_endpoint')
  const endpoint: Endpoint | null =
    named !== null
      ? { url: named, at: { variable: endpointName } }
      : setting !== undefined && setting.value !== ''
        ? { url: setting.value, at: setting.at }
        : otherwise
  if (endpoint === null) return absent('nothing here says that this is an EC2 instance')
  const { url, at } = endpoint
  const parts = urlParts(url)
  const isValid = parts !== null && (parts.scheme === 'https' || isLoopback(parts.host) || ownEndpoints.includes(url))
  if (!isValid) return rejected(`The provided URI "${url}" is invalid, or contains an unsupported host`, at)
  const versionOne = machine.env('AWS_EC2_METADATA_V1_DISABLED') ?? settings?.get('ec2_metadata_v1_disabled')?.value
  return deferred(`${url} would be asked for the role of the instance`, at, {
    kind: 'instance-metadata',
    endpoint: url.replace(/(?<!\/)\/+$/, ''),
    versionOne: versionOne?.toLowerCase() !== 'true',
    at,
  })
}

interface Endpoint {
  readonly url: string
  readonly at: Place
}
