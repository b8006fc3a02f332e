import { Secret } from '../../../anatomy/secret.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import {
  absent,
  failure,
  type GoAnswer,
  type GoError,
  type GoFailure,
  isUnsendable,
  plainError,
  urlError,
} from './answer.ts'
import type { ContainerStage, GoGround } from './ground.ts'
import { readNamed, unreadableWords } from './places.ts'
import { parseGoUrl } from './url.ts'

const names = {
  relative: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  full: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
} as const
const tokenFile = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const token = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'
const address = '169.254.170.2'

/** Whether a variable of the container endpoint is set, and so takes the place of the instance metadata. */
export function containerVariable(machine: Machine, first: 'relative' | 'full'): string | null {
  const order = first === 'relative' ? [names.relative, names.full] : [names.full, names.relative]
  return order.find((name) => isSet(machine, name)) ?? null
}

export function isRelativeSet(machine: Machine): boolean {
  return isSet(machine, names.relative)
}

function isSet(machine: Machine, name: string): boolean {
  const text = machine.env(name)
  return text !== undefined && text !== ''
}

/**
 * The endpoint of ECS, EKS and their like. Sources: aws-sdk-go-v2 config/resolve_credentials.go
 * `resolveLocalHTTPCredProvider`, credentials/endpointcreds/provider.go; aws-sdk-go aws/defaults/defaults.go.
 */
export function askContainer(ground: GoGround): GoAnswer {
  const answer = ask(ground)
  return answer.kind === 'broken' ? { ...answer, hasOwnCache: true } : answer
}

function ask(ground: GoGround): GoAnswer {
  const { machine, rules } = ground
  const variable = containerVariable(machine, rules.containerFirst)
  if (variable === null) return absent(`neither ${names.relative} nor ${names.full} is set`)
  const at = { variable }
  const named = machine.env(variable)!
  const url = variable === names.relative ? `http://${address}${named}` : named
  const refused = variable === names.relative ? refusedPath(ground, url, at) : refusedHost(ground, url, at)
  if (refused !== null) return refused
  const authorization = authorizationOf(ground, url)
  if ('kind' in authorization) return authorization
  return {
    kind: 'deferred',
    plan: { kind: 'container', url, ...authorization, at },
    because: `${url} would be asked`,
    at,
  }
}

function refusedPath({ rules }: GoGround, url: string, at: Place): GoFailure | null {
  const parsed = parseGoUrl(url)
  const fail = (error: GoError): GoFailure => {
    const because = `${names.relative} gives no address of the container endpoint`
    return failure('ask', 'configuration', rules.words.container('call', error), because, at)
  }
  if (parsed.kind === 'error') {
    return fail({ ...parsed.error, text: `failed to parse endpoint, ${parsed.error.text}` })
  }
  if (isAddress(parsed.hostname)) return null
  const why = `request send failed, Get "${url}": dial tcp: lookup ${parsed.hostname}: no such host`
  return fail({ name: 'DNSError', text: why })
}

function refusedHost(ground: GoGround, url: string, at: Place): GoFailure | null {
  const parsed = parseGoUrl(url)
  const refuse = (error: GoError, because: string): GoFailure =>
    failure('load', 'configuration', ground.rules.words.container('host', error), because, at)
  if (parsed.kind === 'error') {
    return refuse({ ...parsed.error, text: `invalid URL, ${parsed.error.text}` }, `${names.full} is no URL`)
  }
  const { scheme, hostname } = parsed
  if (hostname === '') {
    return refuse(plainError('unable to parse host from local HTTP cred provider URL'), `${names.full} names no host`)
  }
  if (scheme === 'http' && !isAllowed(ground.machine, hostname)) {
    const why = `invalid endpoint host, "${hostname}", only loopback/ecs/eks hosts are allowed`
    return refuse(plainError(why), `${names.full} names a host that is not allowed without TLS`)
  }
  if (scheme === 'http' || scheme === 'https') return null
  const error = urlError(`request send failed, Get "${url}": unsupported protocol scheme "${scheme}"`)
  return failure(
    'ask',
    'configuration',
    ground.rules.words.container('call', error),
    `${names.full} is no http URL`,
    at,
  )
}

/** Loopback and the addresses of ECS and EKS. A name counts when the machine's own hosts file leads it there. */
function isAllowed(machine: Machine, host: string): boolean {
  const addresses = isAddress(host)
    ? [host]
    : host.toLowerCase() === 'localhost'
      ? ['127.0.0.1']
      : hostsOf(machine, host)
  return addresses.length > 0 && addresses.every(isAllowedAddress)
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host)
}

const octet = '(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])'
const loopback = new RegExp(`^127(?:\\.${octet}){3}$`)
const ofContainers = [address, '169.254.170.23']

function isAllowedAddress(host: string): boolean {
  if (!host.includes(':')) return loopback.test(host) || ofContainers.includes(host)
  const canonical = canonicalAddress(host)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (mapped !== null) {
    const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)]
    return isAllowedAddress([high >> 8, high & 255, low >> 8, low & 255].join('.'))
  }
  return canonical === '::1' || canonical === 'fd00:ec2::23'
}

function canonicalAddress(host: string): string {
  try {
    return new URL(`http://[${host}]/`).hostname.slice(1, -1)
  } catch {
    return host
  }
}

function hostsOf(machine: Machine, host: string): readonly string[] {
  const path = machine.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'
  const wanted = host.toLowerCase()
  return readNamed(machine, path)
    .text.split('\n')
    .flatMap((line) => {
      const [found = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
      return aliases.some((alias) => alias.toLowerCase() === wanted) ? [found] : []
    })
}

/** The `Authorization` header; a file that is named wins over the variable. */
function authorizationOf(
  { machine, rules }: GoGround,
  url: string,
): { readonly tokenFile: string | null; readonly token: Secret | null } | GoFailure {
  const file = machine.env(tokenFile)
  const fromFile = file !== undefined && file !== ''
  const variable = fromFile ? tokenFile : token
  const { path, reading, text } = fromFile
    ? readNamed(machine, file)
    : { path: null, reading: null, text: machine.env(token) ?? '' }
  if (fromFile && reading !== null && reading.kind !== 'found') {
    const why = `failed to read authorization token from ${file}: ${unreadableWords(machine, file, reading)}`
    const because = `${tokenFile} names a file that cannot be read`
    return failure('ask', 'file-unreadable', rules.words.container('token-file', plainError(why)), because, {
      variable,
    })
  }
  const odd = oddToken(url, text)
  if (odd !== null) {
    const because = `the token of ${variable} has a character that no header may have`
    return failure('ask', 'configuration', rules.words.container(odd.stage, odd.error), because, { variable })
  }
  return { tokenFile: path, token: fromFile || text === '' ? null : new Secret(text) }
}

function oddToken(url: string, text: string): { readonly stage: ContainerStage; readonly error: GoError } | null {
  if (/[\r\n]/.test(text)) {
    return { stage: 'token', error: plainError('authorization token contains invalid newline sequence') }
  }
  if (!isUnsendable(text)) return null
  const why = `request send failed, Get "${url}": net/http: invalid header field value for "Authorization"`
  return { stage: 'call', error: urlError(`exceeded maximum number of attempts, 3, ${why}`) }
}
