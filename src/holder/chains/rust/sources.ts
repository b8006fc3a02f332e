import { Secret } from '../../../anatomy/secret.ts'
import { trimRust } from '../../files/dialects/sdk-spec-rust.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import { environmentKeys, firstSet } from '../../sources/environment-keys.ts'
import { absent, broken, deferred, passedOver, type Source, switchedOff } from '../../sources/source.ts'
import { readText } from './cache.ts'
import { clientRegion, isUsableEndpoint, refusedCall } from './endpoint.ts'
import { lookUp, metadataEndpoint, metadataForbidden, type RustGround } from './ground.ts'
import { parseRustUri, type RustUri } from './uri.ts'

/** The words before an error's own, by its class (aws-credential-types provider.rs `CredentialsError`). */
export const classWords = {
  CredentialsNotLoaded: 'the credential provider was not enabled',
  InvalidConfiguration: 'the credentials provider was not properly configured',
  ProviderError: 'an error occurred while loading credentials',
  Unhandled: 'unexpected credentials error',
} as const

/** An error of that SDK, with its causes as `DisplayErrorContext` puts them one behind the other. */
export function rustError(kind: keyof typeof classWords, says: string): string {
  // A panic ends the program, whatever it is part of.
  return says.startsWith('panic: ') ? says : `${kind}: ${classWords[kind]}: ${says}`
}

/** Blank values are as if they were not there; the token is trimmed, the keys are not (environment/credentials.rs). */
export const environment: Source<RustGround> = {
  provider: 'env',
  ask({ machine }) {
    const keys = environmentKeys(machine, {
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'SECRET_ACCESS_KEY'],
      sessionToken: [],
      accountId: [],
      unset: 'blank',
      trims: false,
    })
    if (keys.kind === 'none') return absent('AWS_ACCESS_KEY_ID is not set')
    if (keys.kind === 'partial')
      return absent(`${keys.present} is set, but ${keys.missing} is not`, { variable: keys.present })
    const trimmed = { unset: 'blank', trims: true } as const
    const token = firstSet(machine, trimmed, ['AWS_SESSION_TOKEN'])
    const credential = {
      ...keys.credential,
      sessionToken: token === null ? null : { ...token, value: new Secret(token.value) },
      accountId: firstSet(machine, trimmed, ['AWS_ACCOUNT_ID']),
    }
    return { outcome: 'found', credential, because: 'AWS_ACCESS_KEY_ID is set', at: credential.accessKeyId.at }
  },
}

/** A role by variables (web_identity_token.rs). Both must be there; even an empty one counts. */
export const webIdentity: Source<RustGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const variables = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'] as const
    const [tokenFile, roleArn] = variables.map((name) => ground.machine.env(name))
    if (tokenFile === undefined || roleArn === undefined) {
      return absent(`${tokenFile === undefined ? variables[0] : variables[1]} is not set`)
    }
    const sessionName = ground.machine.env('AWS_ROLE_SESSION_NAME') ?? null
    return askWebIdentity(ground, { profile: null, roleArn, tokenFile, sessionName, at: { variable: variables[0] } })
  },
}

/** A role by an identity token, from the variables or a profile. */
export function askWebIdentity(
  ground: RustGround,
  asked: {
    readonly profile: string | null
    readonly roleArn: string
    readonly tokenFile: string
    readonly sessionName: string | null
    readonly at: Place
  },
): SourceAnswer {
  const { tokenFile, roleArn, at } = asked
  const text = readText(ground, tokenFile)
  if (text.kind === 'refused') {
    const because = `the token file ${tokenFile} cannot be read`
    if (text.because === 'io') return broken('file-unreadable', rustError('ProviderError', text.says), because, at)
    return broken('file-unreadable', rustError('Unhandled', 'WebIdentityToken was not valid UTF-8'), because, at)
  }
  const refused = refusedCall(ground, 'STS', clientRegion(ground), false)
  if (refused !== null) return broken('configuration', rustError('ProviderError', refused), 'STS cannot be asked', at)
  const because = `the role ${roleArn} would be assumed with the token in ${tokenFile}`
  return deferred(because, at, { kind: 'web-identity', ...asked, region: null })
}

const relative = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const full = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenFileVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const tokenVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'

/** ECS, EKS pod identity and their like (ecs.rs). The token is looked at first, even when there is no endpoint. */
export const containerRole: Source<RustGround> = {
  provider: 'container-role',
  ask({ machine }) {
    const tokenFile = machine.env(tokenFileVariable)
    const token = machine.env(tokenVariable)
    const refusal = tokenFile === undefined ? refusedToken(token, tokenVariable) : refusedTokenFile(machine, tokenFile)
    if (refusal !== null) return refusal
    const variable = [relative, full].find((name) => machine.env(name) !== undefined)
    if (variable === undefined) return absent(`neither ${relative} nor ${full} is set`)
    const named = machine.env(variable)!
    const uri = parseRustUri(named)
    const refused = variable === relative ? refusedRelative(uri, named) : refusedFull(uri, named)
    if (refused !== null) return refused
    const url = variable === relative && uri.kind === 'uri' ? relativeUrl(uri) : named
    return deferred(
      `${url} would be asked`,
      { variable },
      {
        kind: 'container',
        url,
        tokenFile: tokenFile ?? null,
        token: tokenFile === undefined && token !== undefined ? new Secret(token) : null,
        at: { variable },
      },
    )
  },
}

function relativeUrl({ pathAndQuery }: Extract<RustUri, { kind: 'uri' }>): string {
  return `http://169.254.170.2/${pathAndQuery.replace(/^\//, '')}`
}

function refusedTokenFile(machine: RustGround['machine'], path: string): SourceAnswer | null {
  const text = readText({ machine }, path)
  if (text.kind === 'refused' && text.because === 'io') {
    const because = `${tokenFileVariable} names a file that cannot be read`
    return broken('file-unreadable', rustError('ProviderError', text.says), because, { variable: tokenFileVariable })
  }
  // Bytes that are no UTF-8 can be in a header all the same.
  return text.kind === 'refused' ? null : refusedToken(text.text, tokenFileVariable)
}

/** `HeaderValue`: no control characters but the tab. */
function isHeader(text: string): boolean {
  return !/[\0-\x08\n-\x1f\x7f]/.test(text)
}

/** The words with which signing ends the program when a key cannot be part of a header; null when it can. */
export function panicOfSigning({ accessKeyId, sessionToken }: Credential): string | null {
  if (isHeader(accessKeyId.value) && isHeader(sessionToken?.value.reveal() ?? '')) return null
  return 'panic: called `Result::unwrap()` on an `Err` value: InvalidHeaderValue'
}

function refusedToken(token: string | undefined, variable: string): SourceAnswer | null {
  if (token === undefined || isHeader(token)) return null
  const says = 'the auth token could not be used as an HTTP header value. failed to parse header value'
  const because = `the token of ${variable} has a line break or another control character in it`
  return broken('configuration', rustError('InvalidConfiguration', says), because, { variable })
}

function refusedRelative(uri: RustUri, named: string): SourceAnswer | null {
  if (uri.kind === 'uri') return null
  const says = `invalid relative URI for ECS provider (${uri.says}): ${named}`
  return broken('configuration', rustError('InvalidConfiguration', says), `${relative} is no URI`, {
    variable: relative,
  })
}

/** `validate_full_uri`: without TLS only loopback and the addresses of ECS and EKS. */
function refusedFull(uri: RustUri, named: string): SourceAnswer | null {
  const at = { variable: full }
  const refuse = (says: string, because: string): SourceAnswer =>
    broken(
      'configuration',
      rustError('InvalidConfiguration', `invalid full URI for ECS provider (${says}): ${named}`),
      because,
      at,
    )
  if (uri.kind === 'invalid') return refuse('URI was invalid', `${full} is no URI`)
  if (uri.scheme === 'https') return null
  if (uri.host === null || uri.host === '') return refuse('URI did not specify a host', `${full} names no host`)
  const address = addressOf(uri.host.replace(/^\[(.*)\]$/, '$1'))
  // A name is looked up; only the network knows whether it leads to this machine.
  if (address !== null && !isAllowed(address)) {
    return refuse('URI did not refer to an allowed IP address', `${full} names a host that is not allowed`)
  }
  if (uri.scheme === null && address === null && uri.host !== 'localhost') {
    return refuse('failed to perform DNS lookup while validating URI', `${full} has no scheme`)
  }
  if (uri.scheme === null) {
    const says = 'panic: parts will be valid: InvalidUriParts(InvalidUri(SchemeMissing))'
    return broken('configuration', says, `${full} has no scheme`, at)
  }
  if (uri.scheme === 'http') return null
  const says = rustError(
    'Unhandled',
    'dispatch failure: io error: client error (Connect): invalid URL, scheme is not http',
  )
  return broken('configuration', says, `${full} has a scheme that is neither http nor https`, at)
}

/** An address as it is or as `getaddrinfo` reads numbers (`127.1`, `0x7f000001`); null for a name. */
function addressOf(host: string): string | null {
  if (host.includes(':')) return host.toLowerCase()
  const parts = host.split('.')
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[0-9a-f]+|\d+)$/i.test(part))) return null
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)))
  const last = numbers.pop()!
  if (numbers.some((number) => !(number < 256)) || !(last < 256 ** (4 - numbers.length))) return null
  const whole = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last)
  return [24, 16, 8, 0].map((bits) => Math.floor(whole / 2 ** bits) % 256).join('.')
}

/** `Ipv4Addr::is_loopback` and `Ipv6Addr::is_loopback`, and the addresses of ECS and EKS. */
function isAllowed(address: string): boolean {
  if (/^127\./.test(address) || address === '169.254.170.2' || address === '169.254.170.23') return true
  const groups = groupsOf(address)
  return groups === '0:0:0:0:0:0:0:1' || groups === 'fd00:ec2:0:0:0:0:0:23'
}

/** The eight groups of an IPv6 address without their leading zeros. */
function groupsOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, '')).join(':')
}

/** The role of an EC2 instance (imds/credentials.rs, imds/client.rs). Version 1 is never used. */
export const iamRole: Source<RustGround> = {
  provider: 'iam-role',
  ask(ground) {
    const forbidden = metadataForbidden(ground.machine)
    if (forbidden !== null)
      return switchedOff('AWS_EC2_METADATA_DISABLED forbids to ask the instance metadata', forbidden.at)
    const endpoint = metadataEndpoint(ground)
    return endpoint === null ? withoutEndpoint(ground) : askMetadata(endpoint)
  },
}

const metadataFailed = 'an unexpected error occurred communicating with IMDS: failed to build IMDS client'

function withoutEndpoint(ground: RustGround): SourceAnswer {
  const variable = 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'
  const mode = lookUp(ground, variable, 'ec2_metadata_service_endpoint_mode')
  if (mode === null || /^ipv[46]$/i.test(mode.value)) return absent('nothing here says that this is an EC2 instance')
  const says = `${metadataFailed}: invalid endpoint mode: \`${mode.value}\` is not a valid endpoint mode. Valid values are [\`IPv4\`, \`IPv6\`]`
  return broken(
    'configuration',
    rustError('ProviderError', says),
    'the mode of the metadata endpoint is neither IPv4 nor IPv6',
    mode.at,
  )
}

function askMetadata({ value, at }: { readonly value: string; readonly at: Place }): SourceAnswer {
  const uri = parseRustUri(value)
  if (uri.kind === 'invalid') {
    const says = rustError('ProviderError', `${metadataFailed}: invalid URI: ${uri.says}`)
    return broken('configuration', says, 'the endpoint of the instance metadata is no URI', at)
  }
  if (!isUsableEndpoint(value)) {
    const says = rustError('CredentialsNotLoaded', 'could not communicate with IMDS')
    return passedOver('configuration', says, 'the endpoint of the instance metadata is no http address', at)
  }
  const endpoint = trimRust(value).replace(/\/+$/, '')
  const because = `${value} would be asked for the role of the instance`
  return deferred(because, at, { kind: 'instance-metadata', endpoint, versionOne: false, at })
}
