import { readBase64 } from '../../anatomy/base64.ts'
import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { Place } from '../sources/credential.ts'
import { memberOffset } from './json-members.ts'
import { readWritten } from './written.ts'

/** What Docker and its like know of logins at registries. */
export interface DockerConfig {
  readonly file: string
  readonly logins: readonly RegistryLogin[]
  /** A program that keeps all logins elsewhere; null when they stand in this file. */
  readonly store: string | null
}

/** A registry that somebody has logged in at, or for which a program of its own is asked. */
export interface RegistryLogin {
  readonly host: string
  readonly at: Place
  /** The program that is asked for this registry; null for none. */
  readonly helper: string | null
  /** When a login at ECR ends; null when the file does not hold it. */
  readonly endsAt: Date | null
}

const mostLogins = 200
const mostBytes = 256 * 1024

/**
 * Reads `config.json` of `DOCKER_CONFIG`, else of `~/.docker`. Nothing of a password leaves it. Null when there is none.
 * Sources: docker/cli cli/config/configfile; Amazon ECR User Guide, "Private registry authentication".
 */
export function readDockerConfig(machine: Machine): DockerConfig | null {
  const home = homeOf(machine)
  const named = machine.env('DOCKER_CONFIG')
  const directory = named ? absolutePath(machine, named) : home === null ? null : joinPath(machine, home, '.docker')
  if (directory === null) return null
  const written = readWritten(machine, joinPath(machine, directory, 'config.json'), mostBytes)
  if (written === null) return null
  let value: unknown
  try {
    value = JSON.parse(written.text)
  } catch {
    return null
  }
  const config = membersOf(value)
  const login = (name: string, section: string, helper: string | null, endsAt: Date | null): RegistryLogin => {
    const from = Math.max(0, memberOffset(written.text, section, 0))
    return {
      host: hostOf(name),
      at: written.at(Math.max(from, memberOffset(written.text, name, from))),
      helper,
      endsAt,
    }
  }
  const helpers = Object.entries(membersOf(config['credHelpers'])).slice(0, mostLogins)
  const auths = Object.entries(membersOf(config['auths'])).slice(0, mostLogins)
  const store = config['credsStore']
  return {
    file: written.file,
    logins: [
      ...helpers.map(([name, helper]) => login(name, 'credHelpers', typeof helper === 'string' ? helper : '', null)),
      ...auths.map(([name, entry]) => login(name, 'auths', null, endOfLogin(membersOf(entry)['auth']))),
    ],
    store: typeof store === 'string' && store !== '' ? store : null,
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

/** Registries are written as hosts, and old ones as addresses. */
function hostOf(name: string): string {
  return name
    .replace(/^https?:\/\//, '')
    .split('/')[0]!
    .toLowerCase()
}

/** A login is `AWS:` and a password; that of ECR is JSON in base64, which says when it ends. */
function endOfLogin(auth: unknown): Date | null {
  if (typeof auth !== 'string' || auth.length > 20_000) return null
  const login = textIn(auth)
  if (login === null || !login.startsWith('AWS:')) return null
  const password = textIn(login.slice(4))
  const seconds = /"expiration":\s*(\d{9,11})\b/.exec(password ?? '')?.[1]
  return seconds === undefined ? null : new Date(Number(seconds) * 1000)
}

function textIn(base64: string): string | null {
  const { bytes, problem } = readBase64(base64.trim())
  return problem === null ? new TextDecoder().decode(bytes) : null
}
