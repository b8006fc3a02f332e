import { Secret } from '../../../anatomy/secret.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { openedPath } from './places.ts'
import { readError } from './sections.ts'
import { isHeaderValue, isUrl } from './urls.ts'
import type { Planned, Refused } from './v3-resolution.ts'

const relativeUri = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const fullUri = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'
const tokenFileVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'

/** The variable that names a container endpoint; null when none does, and empty ones do not. */
export function containerVariable(machine: Machine): string | null {
  return [relativeUri, fullUri].find((variable) => (machine.env(variable) ?? '') !== '') ?? null
}

/**
 * What comes of the container endpoint: one provider, and an older one when that fails in a way that goes on.
 *
 * Sources: credential-provider-http fromHttp/{fromHttp,checkUrl}.js; credential-provider-imds fromContainerMetadata.js.
 *
 * @param from where the endpoint is asked for, when no variable names one
 */
export function containerResolution(machine: Machine, from: Place | null): Planned | Refused {
  const variable = containerVariable(machine)
  if (variable === null) {
    const says = `CredentialsProviderError: No HTTP credential provider host provided.\nSet ${fullUri} or ${relativeUri}.`
    return refused(says, true, 'no variable names a container endpoint', from ?? { variable: relativeUri })
  }
  const at = { variable }
  const value = machine.env(variable) ?? ''
  const url = variable === relativeUri ? `http://169.254.170.2${value}` : value
  if (!isUrl(url)) return refused('TypeError: Invalid URL', false, `${variable} makes no URL`, at)
  if (!isAllowed(new URL(url))) return refused(refusedHost, true, `${variable} names a host that is not allowed`, at)
  const token = tokenOf(machine)
  if (token.kind === 'unread')
    return refused(token.says, false, `${tokenFileVariable} names a file that cannot be read`, token.at)
  if (token.kind !== 'refused') return planned(url, token, at)
  return olderProvider(machine, url, at)
}

const refusedHost =
  'CredentialsProviderError: URL not accepted. It must either be HTTPS or match one of the following:\n' +
  '  - loopback CIDR 127.0.0.0/8 or [::1/128]\n' +
  '  - ECS container host 169.254.170.2\n' +
  '  - EKS container host 169.254.170.23 or [fd00:ec2::23]'

const allowedHosts = ['localhost', '169.254.170.2', '169.254.170.23', '[fd00:ec2::23]', '[::1]']

function isAllowed({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || allowedHosts.includes(hostname) || /^127(\.\d+){3}$/.test(hostname)
}

type Token =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string; readonly value: string }
  | { readonly kind: 'value'; readonly value: Secret }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unread'; readonly says: string; readonly at: Place }

function tokenOf(machine: Machine): Token {
  const file = machine.env(tokenFileVariable) ?? ''
  if (file !== '') {
    const read = machine.readFile(openedPath(machine, file))
    if (read.kind !== 'found') {
      const because = read.kind === 'absent' ? 'absent' : read.because
      return {
        kind: 'unread',
        says: `Error: ${readError(because, file, 'promise')}`,
        at: { variable: tokenFileVariable },
      }
    }
    const value = new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes)
    return isHeaderValue(value) ? { kind: 'file', path: file, value } : { kind: 'refused' }
  }
  const value = machine.env(tokenVariable) ?? ''
  if (value === '') return { kind: 'none' }
  return isHeaderValue(value) ? { kind: 'value', value: new Secret(value) } : { kind: 'refused' }
}

/**
 * It knows no token file, and fewer hosts. A line break at the end of a token file is enough to come here, and then the request
 * has no token.
 */
function olderProvider(machine: Machine, url: string, at: { readonly variable: string }): Planned | Refused {
  const { hostname } = new URL(url)
  if (at.variable === fullUri && hostname !== 'localhost' && hostname !== '127.0.0.1') {
    const says = `CredentialsProviderError: ${hostname} is not a valid container metadata service hostname`
    return refused(says, false, 'the authorization token cannot be part of a request', at)
  }
  const value = machine.env(tokenVariable) ?? ''
  if (!isHeaderValue(value)) {
    const says = 'TypeError: Invalid character in header content ["Authorization"]'
    return refused(says, false, `${tokenVariable} cannot be part of a request`, { variable: tokenVariable })
  }
  return planned(url, value === '' ? { kind: 'none' } : { kind: 'value', value: new Secret(value) }, at)
}

function planned(url: string, token: Exclude<Token, { kind: 'refused' | 'unread' }>, at: Place): Planned {
  const tokenFile = token.kind === 'file' ? token.path : null
  return {
    kind: 'planned',
    plan: { kind: 'container', url, tokenFile, token: token.kind === 'value' ? token.value : null, at },
  }
}

function refused(says: string, goesOn: boolean, because: string, at: Place): Refused {
  return { kind: 'refused', reason: 'configuration', says, goesOn, because, at }
}
