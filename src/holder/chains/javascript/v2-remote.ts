import { Secret } from '../../../anatomy/secret.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import { absent, broken, deferred, passedOver, switchedOff } from '../../sources/source.ts'
import { openedPath } from './places.ts'
import { readError } from './sections.ts'
import { isHeaderValue, isUrl } from './urls.ts'
import { metadataEndpoint, type V2Ground } from './v2-ground.ts'

const relativeUri = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const fullUri = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'
const tokenFileVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const failure = 'ECSCredentialsProviderFailure'

/**
 * The container endpoint. Here the token in the variable counts more than the one in the file. A token that cannot be read or
 * sent throws where nobody catches it.
 *
 * Source: lib/credentials/remote_credentials.js.
 */
export function askContainer({ machine }: V2Ground): SourceAnswer {
  const variable = [relativeUri, fullUri].find((name) => (machine.env(name) ?? '') !== '')
  if (variable === undefined) return absent('no variable names a container endpoint')
  const at = { variable }
  const value = machine.env(variable) ?? ''
  const refusal = variable === fullUri ? refusedUrl(value) : null
  if (refusal !== null) {
    return passedOver('configuration', refusal, `${fullUri} names an endpoint that is not allowed`, at)
  }
  const url = variable === relativeUri ? `http://169.254.170.2${value}` : value
  if (isElsewhere(url, variable)) {
    const says = 'UnknownEndpoint: Inaccessible host'
    return passedOver('configuration', says, `${variable} makes no address of a container endpoint`, at)
  }
  const token = tokenOf({ machine })
  if (token.kind === 'unread') {
    const because = `${tokenFileVariable} names a file that cannot be read`
    return broken('file-unreadable', token.says, because, { variable: tokenFileVariable })
  }
  if (token.value !== null && !isHeaderValue(token.value.reveal())) {
    const says = 'TypeError: Invalid character in header content ["Authorization"]'
    return broken('configuration', says, 'the authorization token cannot be part of a request', at)
  }
  return deferred(`${url} would be asked for the role of the container`, at, {
    kind: 'container',
    url,
    tokenFile: token.file,
    token: token.file === null ? token.value : null,
    at,
  })
}

/**
 * Of an address that does not begin with `http` in small letters another one is made, whose host is `http` itself
 * (lib/http.js `Endpoint`); a path that does not begin with `/` changes the host before it.
 */
function isElsewhere(url: string, variable: string): boolean {
  if (!url.startsWith('http')) return true
  return variable === relativeUri && urlParts(url).hostname !== '169.254.170.2'
}

const allowedHosts = ['localhost', '127.0.0.1', '169.254.170.23']

function refusedUrl(text: string): string | null {
  const { protocol, hostname } = urlParts(text)
  if (protocol !== 'http:' && protocol !== 'https:') {
    return `${failure}: Unsupported protocol:  AWS.RemoteCredentials supports http:,https: only; ${protocol} requested.`
  }
  if (protocol === 'https:' || allowedHosts.includes(hostname ?? '')) return null
  const hosts = allowedHosts.join(',')
  return `${failure}: Unsupported hostname: AWS.RemoteCredentials only supports ${hosts} for ${protocol}; ${protocol}//${hostname} requested.`
}

/** `url.parse` of Node as far as it matters here: blanks at both ends are dropped, and a host stands only behind `//`. */
function urlParts(text: string): { readonly protocol: string | null; readonly hostname: string | null } {
  const [, protocol, rest = ''] = /^([a-z0-9.+-]+:)(.*)$/is.exec(text.trim()) ?? []
  const authority = /^[/\\]{2}([^/\\?#]*)/.exec(rest)?.[1]?.replace(/^.*@/s, '')
  const hostname = authority?.replace(/:[0-9]*$/, '').replace(/^\[(.*)\]$/, '$1')
  return { protocol: protocol?.toLowerCase() ?? null, hostname: hostname?.toLowerCase() ?? null }
}

type Token =
  | { readonly kind: 'token'; readonly value: Secret | null; readonly file: string | null }
  | { readonly kind: 'unread'; readonly says: string }

/** Beside a relative URI alone the variable is not looked at. */
function tokenOf({ machine }: Pick<V2Ground, 'machine'>): Token {
  const file = machine.env(tokenFileVariable) ?? ''
  if ((machine.env(fullUri) ?? '') === '' && file === '') return { kind: 'token', value: null, file: null }
  const named = machine.env(tokenVariable) ?? ''
  if (named !== '') return { kind: 'token', value: new Secret(named), file: null }
  if (file === '') return { kind: 'token', value: null, file: null }
  const read = machine.readFile(openedPath(machine, file))
  if (read.kind !== 'found') {
    return { kind: 'unread', says: `Error: ${readError(read.kind === 'absent' ? 'absent' : read.because, file)}` }
  }
  return { kind: 'token', value: new Secret(new TextDecoder().decode(read.bytes)), file }
}

const disabled = 'AWS_EC2_METADATA_DISABLED'

/**
 * The role of an EC2 instance. Without a configured endpoint every machine would ask the link-local address, and nearly none
 * has an answer. Source: lib/metadata_service.js.
 */
export function askInstance(ground: V2Ground): SourceAnswer {
  if ((ground.machine.env(disabled) ?? '') !== '') {
    return switchedOff(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
  }
  const endpoint = metadataEndpoint(ground)
  if (endpoint === null) return absent('nothing here says that this is an EC2 instance')
  const at = endpoint.at ?? { variable: 'AWS_EC2_METADATA_SERVICE_ENDPOINT' }
  if (!isUrl(endpoint.value)) {
    return broken('configuration', 'TypeError: Invalid URL', 'the endpoint of the instance metadata is no URL', at)
  }
  const plan = { kind: 'instance-metadata', endpoint: endpoint.value, versionOne: hasVersionOne(ground), at } as const
  return deferred(`${endpoint.value} would be asked for the role of the instance`, at, plan)
}

/** Either of both forbids it, by any text but `false` and none. */
function hasVersionOne({ machine, files, ambient }: V2Ground): boolean {
  const setting = files.profile(ambient)?.get('ec2_metadata_v1_disabled')?.value ?? ''
  const variable = machine.env('AWS_EC2_METADATA_V1_DISABLED') ?? ''
  return [setting, variable].every((value) => value === '' || value === 'false')
}
