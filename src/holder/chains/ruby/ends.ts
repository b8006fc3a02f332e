import { Secret } from '../../../anatomy/secret.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { absent, broken, deferred, switchedOff } from '../../sources/source.ts'
import { type RubyGround, settingOf } from './ground.ts'

const relative = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const full = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenFileVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const tokenVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'

/** Whether the container is asked, and the instance is not. A variable counts when it is set, also when it is empty. */
export function asksContainer({ machine, rules }: RubyGround): boolean {
  return machine.env(relative) !== undefined || (rules.hasFullContainer && machine.env(full) !== undefined)
}

/**
 * ECS and its like (ecs_credentials.rb). A failed call is kept to itself, and then nothing else is asked.
 *
 * @param by `named`: by the `credential_source` of a profile
 */
export function askContainer(ground: RubyGround, by: 'chain' | 'named' = 'chain'): SourceAnswer {
  const { machine, rules } = ground
  const path = machine.env(relative)
  if (path !== undefined) return askPath(ground, `http://169.254.170.2${path}`, path, { variable: relative })
  const url = rules.hasFullContainer ? machine.env(full) : undefined
  if (url !== undefined) return refusedFull(url) ?? askUrl(ground, url)
  if (by === 'chain') return absent(`neither ${relative} nor ${full} is set`)
  const what = rules.hasFullContainer ? 'a credential path or endpoint' : 'a credential path'
  const says = `ArgumentError: Cannot instantiate an ECS Credential Provider without ${what}.`
  return broken('configuration', says, `credential_source is EcsContainer, but ${relative} is not set`)
}

function askUrl(ground: RubyGround, url: string): SourceAnswer {
  const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? ''
  return askPath(ground, url, path, { variable: full })
}

function askPath({ machine, rules }: RubyGround, url: string, path: string, at: Place): SourceAnswer {
  // Net::HTTP sends no request without a path, and none that would be cut in two.
  if (path === '' || /[\r\n]/.test(path)) {
    return absent(`${path === '' ? 'the empty path' : path} cannot be asked for`, at)
  }
  const tokenFile = rules.hasFullContainer ? machine.env(tokenFileVariable) : undefined
  const token = rules.hasFullContainer ? machine.env(tokenVariable) : undefined
  const text = tokenFile === undefined ? token : tokenOf(machine, tokenFile)
  if (typeof text === 'object') return text
  if (text?.includes('\r\n')) {
    const says = 'ArgumentError: Invalid Authorization token: token contains a newline and carriage return character.'
    return broken('configuration', says, 'the token has a line break in it', {
      variable: tokenFile === undefined ? tokenVariable : tokenFileVariable,
    })
  }
  return deferred(`${url} would be asked`, at, {
    kind: 'container',
    url,
    tokenFile: tokenFile ?? null,
    token: tokenFile === undefined && token !== undefined ? new Secret(token) : null,
    at,
  })
}

function tokenOf(machine: RubyGround['machine'], path: string): string | SourceAnswer {
  const found = path === '' ? ({ kind: 'absent' } as const) : machine.readFile(absolutePath(machine, path))
  if (found.kind === 'found') return new TextDecoder().decode(found.bytes)
  const says =
    found.kind === 'absent'
      ? `Errno::ENOENT: No such file or directory @ rb_sysopen - ${path}`
      : found.because === 'directory'
        ? `Errno::EISDIR: Is a directory @ io_fread - ${path}`
        : `Errno::EACCES: Permission denied @ rb_sysopen - ${path}`
  const because = `${tokenFileVariable} names a file that cannot be read`
  return broken('file-unreadable', says, because, { variable: tokenFileVariable })
}

/** Without TLS only loopback and the addresses of ECS and EKS; another name is looked up. */
function refusedFull(url: string): SourceAnswer | null {
  const at = { variable: full }
  const [, scheme, host = ''] = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(url) ?? []
  if (/[\s<>"{}|\\^`]/.test(url))
    return broken(
      'configuration',
      `URI::InvalidURIError: bad URI (is not URI?): ${JSON.stringify(url)}`,
      `${full} is no URI`,
      at,
    )
  if (scheme?.toLowerCase() !== 'http') return null
  const address = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const isAddress = address.includes(':') || /^[\d.]+$/.test(address)
  const isAllowed =
    /^127\./.test(address) || ['::1', '169.254.170.2', '169.254.170.23', 'fd00:ec2::23'].includes(address)
  if (!isAddress || isAllowed) return null
  const says =
    'ArgumentError: AWS_CONTAINER_CREDENTIALS_FULL_URI must use a local loopback or an ECS or EKS link-local address when using the http scheme.'
  return broken('configuration', says, `${full} names a host that is not allowed`, at)
}

/** The role of an EC2 instance (instance_profile_credentials.rb). */
export function askInstance(ground: RubyGround, profile: string, by: 'chain' | 'named' = 'chain'): SourceAnswer {
  const { machine, files, rules } = ground
  const isDisabled = machine.env('AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true'
  const disabled = switchedOff('AWS_EC2_METADATA_DISABLED forbids to ask the instance metadata', {
    variable: 'AWS_EC2_METADATA_DISABLED',
  })
  if (isDisabled && rules.checksDisabledFirst && by === 'chain') return disabled
  const told = (variable: string, key: string): { readonly value: string; readonly at: Place } | undefined => {
    const value = machine.env(variable)
    return value === undefined ? settingOf(files, profile, key) : { value, at: { variable } }
  }
  const endpoint = told('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint')
  const mode = told('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode')
  if (endpoint === undefined && mode !== undefined && !/^ipv[46]$/i.test(mode.value)) {
    const says = `ArgumentError: :endpoint_mode is not valid, expected IPv4 or IPv6, got: ${mode.value}`
    return broken('configuration', says, 'the mode of the metadata endpoint is neither IPv4 nor IPv6', mode.at)
  }
  if (isDisabled) return disabled
  if (endpoint === undefined) return absent('nothing here says that this is an EC2 instance')
  const url = endpointUrl(endpoint.value, rules.heedsMetadataPort)
  if (url === null) return absent('the endpoint of the instance metadata is no URL', endpoint.at)
  return deferred(`${url} would be asked for the role of the instance`, endpoint.at, {
    kind: 'instance-metadata',
    endpoint: url,
    versionOne: true,
    at: endpoint.at,
  })
}

const schemePorts: Readonly<Record<string, string>> = { https: '443', ftp: '21' }

/**
 * Where the endpoint leads: `URI.parse` gives host and port, and what has no host in it is itself the host, be it empty, which is
 * this machine. A path does not count, nor, for an older version, the port: that asks at 80. Null for what no host can be.
 */
function endpointUrl(text: string, heedsPort: boolean): string | null {
  if (text === '') return 'http://0.0.0.0'
  if (/[\s<>"{}|\\^`]|[^\x21-\x7e]/.test(text)) return null
  const authority = /^(?:([a-z][a-z0-9+.-]*):)?\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#[\]]+)(?::(\d*))?(?:[/?#]|$)/i
  const [, scheme = '', written, named = ''] = authority.exec(text) ?? []
  const host = written ?? text
  // Without a scheme no address of IPv6 is a URI.
  if (!(written === undefined ? /^[^:/?#[\]]+$/ : /^(?:\[[0-9a-f:.]+\]|[^[]+)$/i).test(host)) return null
  const port = named || schemePorts[scheme.toLowerCase()] || '80'
  return `http://${host}${heedsPort && port !== '80' ? `:${port}` : ''}`
}
