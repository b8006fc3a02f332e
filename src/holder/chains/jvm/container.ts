import { Secret } from '../../../anatomy/secret.ts'
import { isJavaBlank, isKotlinBlank, trimJava } from '../../files/dialects/java-text.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import { failed, type Outcome } from './ground.ts'
import { isJavaAddress, isLoopbackHost, javaUri, kotlinUrl } from './uri.ts'

export const containerVariables = {
  relative: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  full: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  token: 'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  tokenFile: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  endpoint: 'AWS_CONTAINER_SERVICE_ENDPOINT',
} as const

const { relative, full, token: tokenName, tokenFile, endpoint } = containerVariables

/**
 * The container endpoint of the AWS SDK for Java 2; null when none is configured. A variable that is set counts, also an empty
 * one. Source: aws-sdk-java-v2 auth `ContainerCredentialsProvider`.
 */
export function javaV2Container(machine: Machine): Outcome | null {
  const read = (name: string): string | undefined => {
    const value = machine.env(name)
    return value === undefined ? undefined : trimJava(value)
  }
  const [path, whole] = [read(relative), read(full)]
  const variable = path === undefined ? full : relative
  const url = path === undefined ? whole : `${read(endpoint) ?? 'http://169.254.170.2'}${path}`
  if (url === undefined) return null
  const refusal = refusedUrl(machine, url, variable, ['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]'])
  if (refusal !== null) return refusal
  // A token that is set, also an empty one, keeps the file from being read.
  const token = containerToken(machine, read(tokenName), read(tokenFile), isJavaBlank)
  if ('kind' in token) return token
  return planned(url, variable, token)
}

/** Source: aws-sdk-java auth `ContainerCredentialsProvider`, `EC2ContainerCredentialsProviderWrapper`. */
export function javaV1Container(machine: Machine): Outcome | null {
  const path = machine.env(relative)
  if (path !== undefined) {
    const url = `http://169.254.170.2${path}`
    if (javaUri(url).kind === 'invalid') return invalidUrl(url, relative)
    if (!isSendable(url)) return unaskable(url, relative)
    // This form sends no token.
    return planned(url, relative, { token: null, tokenFile: null })
  }
  const url = machine.env(full)
  if (url === undefined) return null
  if (url === '') {
    const says = `SdkClientException: The environment variable ${full} is empty`
    return failed('configuration', says, `${full} is empty`, { variable: full })
  }
  const allowed =
    machine.env('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE')?.toUpperCase() === 'IPV6'
      ? ['[fd00:ec2::23]']
      : ['169.254.170.2', '169.254.170.23']
  const refusal = refusedUrl(machine, url, full, allowed)
  if (refusal !== null) return refusal
  const token = containerToken(machine, machine.env(tokenName), machine.env(tokenFile), (text) => text === '')
  return 'kind' in token ? token : planned(url, full, token)
}

interface Token {
  readonly token: string | null
  readonly tokenFile: string | null
}

function planned(url: string, variable: string, { token, tokenFile: file }: Token): Outcome {
  const at = { variable }
  return {
    kind: 'planned',
    because: `${url} would be asked`,
    at,
    plan: { kind: 'container', url, tokenFile: file, token: token === null ? null : new Secret(token), at },
  }
}

/** Only `https` in small letters may go anywhere; a name without a host is resolved to loopback. */
function refusedUrl(machine: Machine, url: string, variable: string, allowed: readonly string[]): Outcome | null {
  const uri = javaUri(url)
  if (uri.kind === 'invalid') return invalidUrl(url, variable)
  const { scheme, host, written } = uri
  if (scheme !== 'https' && host !== null && !allowed.includes(host) && !isLoopbackHost(machine, host)) {
    const says =
      `SdkClientException: The full URI (${url}) contained within environment variable ${full} has an invalid host. ` +
      'Host should resolve to a loopback address or have the full URI be HTTPS.'
    return failed('configuration', says, `${variable} names a host that is not allowed`, { variable })
  }
  // Where Java sees no host it does not look at it either, and sends the call wherever the text leads.
  const leads = host !== null || (written !== null && (isJavaAddress(written) || isLoopbackHost(machine, written)))
  if (leads && scheme !== null && /^https?$/i.test(scheme) && isSendable(url)) return null
  return unaskable(url, variable)
}

/** Whoever is asked refuses a request line with other characters. */
function isSendable(url: string): boolean {
  return /^[!-~]*$/.test(url)
}

function unaskable(url: string, variable: string): Outcome {
  const says = 'SdkClientException: Failed to load credentials from metadata service.'
  return failed('configuration', says, `${variable} gives ${url}, which cannot be asked`, { variable })
}

function invalidUrl(url: string, variable: string): Outcome {
  const says = 'SdkClientException: Unable to fetch credentials from container.'
  return failed('configuration', says, `${variable} gives ${url}, which is no URI`, { variable })
}

/** @param isNone whether a token is sent as none */
function containerToken(
  machine: Machine,
  token: string | undefined,
  file: string | undefined,
  isNone: (token: string) => boolean,
): Token | Outcome {
  if (token !== undefined) {
    if (isNone(token)) return { token: null, tokenFile: null }
    return refusedToken(token, tokenName) ?? { token, tokenFile: null }
  }
  if (file === undefined) return { token: null, tokenFile: null }
  const found = machine.readFile(absolutePath(machine, file === '' ? '.' : file))
  if (found.kind !== 'found') {
    const says = `SdkClientException: Failed to read ${absolutePath(machine, file)}.`
    return failed('file-unreadable', says, `${tokenFile} names a file that cannot be read`, { variable: tokenFile })
  }
  const text = new TextDecoder().decode(found.bytes)
  return (isNone(text) ? null : refusedToken(text, tokenFile)) ?? { token: null, tokenFile: file }
}

/** Control characters are refused by `HttpURLConnection`, or by the one who is asked. */
function refusedToken(token: string, variable: string): Outcome | null {
  if (!/[\x00-\x08\x0a-\x1f\x7f]/.test(token)) return null
  const says = 'SdkClientException: Failed to load credentials from metadata service.'
  return failed('configuration', says, `the token of ${variable} cannot stand in a header`, { variable })
}

const kotlinAddresses = ['127.0.0.1', '0:0:0:0:0:0:0:1', '169.254.170.2', '169.254.170.23', 'fd00:ec2:0:0:0:0:0:23']

/** Source: aws-sdk-kotlin aws-config `EcsCredentialsProvider.kt`; its HTTP client takes no control characters in a header. */
export function kotlinContainer(machine: Machine): Outcome | null {
  const [path, whole] = [machine.env(relative), machine.env(full)]
  const variable = path !== undefined && !isKotlinBlank(path) ? relative : full
  const url = variable === relative ? `http://169.254.170.2${path}` : whole
  if (url === undefined || isKotlinBlank(url)) return null
  const at = { variable }
  const token = kotlinToken(machine)
  if (token !== null && 'kind' in token) return token
  const parsed = kotlinUrl(url)
  if (parsed === null) {
    const says = `ProviderConfigurationException: Invalid ${variable === relative ? 'relativeUri' : 'fullUri'} \`${url}\``
    return failed('configuration', says, `${variable} gives ${url}, which is no URL`, at)
  }
  const { scheme, host, address, hasMore } = parsed
  const isAllowed = address === null ? isLoopbackHost(machine, host) : kotlinAddresses.includes(address)
  if (variable === full && scheme !== 'https' && !isAllowed) {
    const says = `ProviderConfigurationException: The container credentials full URI (${url}) has an invalid host.`
    return failed('configuration', says, `${variable} names a host that is not allowed`, at)
  }
  // Its HTTP client is given a user's name and the host's as one word, and knows no other scheme.
  const isNowhere = variable === relative && !isAllowed
  if (hasMore || isNowhere || !['http', 'https'].includes(scheme)) {
    const says = 'CredentialsProviderException: Failed to get credentials from container metadata service'
    return failed('configuration', says, `${variable} gives ${url}, which cannot be asked`, at)
  }
  return planned(url, variable, token ?? { token: null, tokenFile: null })
}

function kotlinToken(machine: Machine): Token | Outcome | null {
  const file = machine.env(tokenFile)
  const found = file === undefined || file === '' ? null : machine.readFile(absolutePath(machine, file))
  if (file !== undefined && found?.kind !== 'found') {
    const says = 'CredentialsProviderException: Could not read token file.'
    return failed('file-unreadable', says, `${tokenFile} names a file that cannot be read`, { variable: tokenFile })
  }
  const text = found?.kind === 'found' ? new TextDecoder().decode(found.bytes) : machine.env(tokenName)
  if (text === undefined) return null
  const variable = file === undefined ? tokenName : tokenFile
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) {
    const says = 'CredentialsProviderException: Token contains illegal line break sequence.'
    return failed('configuration', says, `the token of ${variable} cannot stand in a header`, { variable })
  }
  return file === undefined ? { token: text, tokenFile: null } : { token: null, tokenFile: file }
}
