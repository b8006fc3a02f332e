import { Secret } from '../../../anatomy/secret.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { absent, broken, deferred, passedOver, type Source, switchedOff } from '../../sources/source.ts'
import type { DotnetGround } from './ground.ts'

const relative = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const full = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenFileName = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const tokenName = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'

/** GenericContainerCredentials.cs: the host is looked at when it is made, the token when it is used. */
export const containerRole: Source<DotnetGround> = {
  provider: 'container-role',
  ask(ground) {
    const { machine } = ground
    const variable = [relative, full].find((name) => (machine.env(name) ?? '') !== '')
    if (variable === undefined) return absent(`neither ${relative} nor ${full} is set`)
    const named = machine.env(variable)!
    const at = { variable }
    const url = variable === relative ? `http://169.254.170.2/${named.replace(/^\//, '')}` : named
    const refusal = refusedUrl(url)
    if (refusal !== null) return passedOver('configuration', refusal, `${variable} names no allowed host`, at)
    const tokenFile = machine.env(tokenFileName) ?? ''
    const reading = tokenFile === '' ? null : machine.readFile(absolutePath(machine, tokenFile))
    const unreadable = 'AmazonServiceException: Unable to retrieve credentials. Message = '
    if (reading !== null && reading.kind !== 'found') {
      const says = `${unreadable}"Could not find file '${tokenFile}'."`
      return broken('file-unreadable', says, `${tokenFileName} names a file that cannot be read`, {
        variable: tokenFileName,
      })
    }
    const text = reading === null ? (machine.env(tokenName) ?? '') : new TextDecoder().decode(reading.bytes)
    if (text.includes('\r\n')) {
      const says = `${unreadable}"Authorization token must not contain the newline sequence."`
      return broken('configuration', says, 'the authorization token has a line break in it', at)
    }
    return deferred(`${url} would be asked`, at, {
      kind: 'container',
      url,
      tokenFile: reading === null ? null : tokenFile,
      token: reading !== null || text === '' ? null : new Secret(text),
      at,
    })
  },
}

function refusedUrl(url: string): string | null {
  if (!URL.canParse(url)) return 'UriFormatException: Invalid URI: The format of the URI could not be determined.'
  const { protocol, hostname } = new URL(url)
  const isAllowed = ['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]', 'localhost', '[::1]'].includes(hostname)
  if (protocol === 'https:' || isAllowed || hostname.startsWith('127.')) return null
  return `ArgumentException: Cannot fetch credentials from container - the full URI contains an invalid host: ${url}`
}

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpointName = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/** DefaultInstanceProfileAWSCredentials.cs; never asked when a container is named (`ContainerEC2CredentialsWrapper`). */
export const iamRole: Source<DotnetGround> = {
  provider: 'iam-role',
  ask(ground) {
    const container = [relative, full].find((name) => (ground.machine.env(name) ?? '') !== '')
    if (container !== undefined) return absent(`${container} is set, so that the instance metadata is not asked`)
    return instanceRole(ground, null)
  },
}

/** `otherwise` is the place that says that this is an EC2 instance, where no endpoint is configured. */
export function instanceRole({ machine, files, profile }: DotnetGround, otherwise: Place | null): SourceAnswer {
  if (machine.env(disabled)?.toLowerCase() === 'true') {
    return switchedOff(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
  }
  const named = machine.env(endpointName) ?? ''
  const found = named === '' ? files.profile(profile) : null
  const setting = found?.kind === 'found' ? found.settings.get('ec2_metadata_service_endpoint') : undefined
  const endpoint = named === '' ? (setting?.value ?? '') : named
  if (endpoint === '' && otherwise === null) return absent('nothing here says that this is an EC2 instance')
  const at = named !== '' ? { variable: endpointName } : (setting?.at ?? otherwise!)
  const url = endpoint === '' ? 'http://169.254.169.254' : endpoint
  return deferred(`${url} would be asked for the role of the instance`, at, {
    kind: 'instance-metadata',
    endpoint: url.replace(/(?<!\/)\/+$/, ''),
    versionOne: machine.env('AWS_EC2_METADATA_V1_DISABLED')?.toLowerCase() !== 'true',
    at,
  })
}
