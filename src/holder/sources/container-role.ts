import { Secret } from '../../anatomy/secret.ts'
import { pythonOpenError } from '../files/dialects/python.ts'
import { absolutePath } from '../machine/paths.ts'
import type { SourceAnswer } from './answer.ts'
import type { ContainerPlan } from './plan.ts'
import type { SourceGround } from './settings.ts'
import { absent, broken, deferred, type Source } from './source.ts'

const relative = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const full = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
const tokenFile = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
const token = 'AWS_CONTAINER_AUTHORIZATION_TOKEN'
const address = '169.254.170.2'
const allowedHosts = [address, '169.254.170.23', 'fd00:ec2::23', 'localhost']

/**
 * The credentials endpoint of ECS, EKS and their like (botocore `ContainerProvider`, utils.py `ContainerMetadataFetcher`).
 * A variable that is set counts, even when it is empty.
 */
export const containerRole: Source = {
  provider: 'container-role',
  ask(ground): SourceAnswer {
    const variable = [relative, full].find((name) => ground.machine.env(name) !== undefined)
    if (variable === undefined) return absent(`neither ${relative} nor ${full} is set`)
    const named = ground.machine.env(variable) ?? ''
    const url = variable === relative ? `http://${address}${named}` : named
    const plan = planOf(ground, url, variable)
    if (ground.knowsOnlyEcs) {
      return refusedByEcs(url, variable) ?? deferred(`${url} would be asked`, { variable }, plan)
    }
    return refusedToken(ground) ?? refusedHost(url, variable) ?? deferred(`${url} would be asked`, { variable }, plan)
  },
}

function planOf({ machine, knowsOnlyEcs = false }: SourceGround, url: string, variable: string): ContainerPlan {
  const file = knowsOnlyEcs ? null : (machine.env(tokenFile) ?? null)
  const given = machine.env(token)
  const header = file !== null || given === undefined ? null : new Secret(given)
  return { kind: 'container', url, tokenFile: file, token: header, at: { variable } }
}

function refusedToken({ machine }: SourceGround): SourceAnswer | null {
  const path = machine.env(tokenFile)
  if (path === undefined) return refusedTokenText(machine.env(token) ?? '', token)
  const reading = path === '' ? ({ kind: 'absent' } as const) : machine.readFile(absolutePath(machine, path))
  if (reading.kind === 'found') return refusedTokenText(new TextDecoder().decode(reading.bytes), tokenFile)
  const words = pythonOpenError(reading, path)
  return broken('file-unreadable', words, `${tokenFile} names a file that cannot be read`, { variable: tokenFile })
}

function refusedTokenText(text: string, variable: string): SourceAnswer | null {
  if (!/[\r\n]/.test(text)) return null
  const says = 'ValueError: Auth token value is not a legal header value'
  return broken('configuration', says, `the token of ${variable} has a line break in it`, { variable })
}

function refusedHost(url: string, variable: string): SourceAnswer | null {
  const { scheme, hostname } = urlParts(url)
  if (scheme === 'https' || isLoopback(hostname) || allowedHosts.includes(hostname ?? '')) return null
  const says =
    `ValueError: Unsupported host '${hostname ?? 'None'}'.  Can only retrieve metadata from a loopback address ` +
    `or one of these hosts: ${allowedHosts.join(', ')}`
  return broken('configuration', says, `${variable} names a host that is not allowed`, { variable })
}

const ecsHosts = [address, 'localhost', '127.0.0.1']

function refusedByEcs(url: string, variable: string): SourceAnswer | null {
  const { hostname } = urlParts(url)
  if (ecsHosts.includes(hostname ?? '')) return null
  const says = `ValueError: Unsupported host '${hostname ?? 'None'}'.  Can only retrieve metadata from these hosts: ${ecsHosts.join(', ')}`
  return broken('configuration', says, `${variable} names a host that is not allowed`, { variable })
}

/** `urllib.parse.urlparse` as far as it matters here: it takes anything, and a host only after `//`. */
function urlParts(written: string): { readonly scheme: string; readonly hostname: string | null } {
  const url = written.replace(/^[\0-\x20]+/, '').replace(/[\t\r\n]/g, '')
  const [, scheme = '', rest = url] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(url) ?? []
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1]?.replace(/^.*@/s, '') ?? ''
  const bracketed = /^\[([^\]]*)\]/.exec(authority)?.[1]
  const hostname = (bracketed ?? authority.replace(/:.*$/s, '')).toLowerCase()
  return { scheme: scheme.toLowerCase(), hostname: hostname === '' ? null : hostname }
}

function isLoopback(hostname: string | null): boolean {
  return hostname === '::1' || /^127(\.(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(hostname ?? '')
}
