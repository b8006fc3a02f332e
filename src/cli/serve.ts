import { type AuthorityOptions, startAuthority } from '../authority/index.ts'
import { CountersignError } from '../errors.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { absolutePath, joinPath } from '../holder/machine/paths.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { logLine, profileWritten, servingText, stoppedText } from './say/serve.ts'
import { type Call, exitCode } from './terminal.ts'
import { checkProfileName, planProfile, writePlan } from './write-profile.ts'

export const defaultPort = 7374

/** `serve`: the authority, until a signal stops it. */
export async function serve(call: Call): Promise<number> {
  const { terminal, machine, flags } = call
  const options = optionsOf(call)
  const firstValues = firstValuesOf(machine)
  const name = flags.text('write-profile')
  if (name !== undefined) checkProfileName(name)
  const authority = await startAuthority({
    ...options,
    ...firstValues.options,
    log: ({ level, message }) => terminal.err(logLine(terminal.look, level, message)),
  })
  const stopped = terminal.untilStopped()
  try {
    const written = name === undefined ? null : planProfile(machine, name, authority)
    if (written !== null) writePlan(machine, realDisk(), written)
    if (!flags.on('quiet')) {
      const rootCredentials = joinPath(machine, options.data, 'root-credentials')
      terminal.err(
        servingText(terminal.look, machine, {
          url: authority.url,
          account: authority.account,
          data: options.data,
          rootCredentials,
          rootCredentialsAreThere: machine.readFile(rootCredentials).kind === 'found',
          isNew: authority.created,
          testControls: options.testControls,
          firstValuesIgnored: firstValues.given && !authority.created,
          instance:
            authority.instanceId === null
              ? null
              : { role: options.imdsRole ?? null, tokens: options.imds ?? 'optional' },
          container: authority.container,
          startUrl: authority.startUrl,
          portalUrl: authority.portalUrl,
          consoleUrl: `${authority.url}/console/`,
          firstSignInLink: authority.firstSignInLink,
          profile: written === null ? null : { name: written.name, file: written.files[0]! },
        }),
      )
      if (written !== null) terminal.err(profileWritten(terminal.look, machine, written.name, written.files))
    }
    terminal.out(`ready ${authority.url}\n`)
    await stopped
  } finally {
    await authority.stop()
  }
  if (!flags.on('quiet')) terminal.err(stoppedText(terminal.look))
  return exitCode.fine
}

function optionsOf({ flags, machine, child }: Call) {
  for (const later of ['database', 'workers'])
    if (flags.on(later))
      throw new CountersignError('usage', `--${later} is not in this version: one process keeps its data in SQLite.`)
  if (flags.on('reset-root-password') && flags.on('quiet'))
    throw new CountersignError(
      'usage',
      '--reset-root-password shows a link, and --quiet hides it: leave one of them out.',
    )
  if (flags.on('dry-run')) throw new CountersignError('usage', 'serve knows no --dry-run.')
  if (child !== null) throw new CountersignError('usage', 'serve takes no command after "--".')
  const host = flags.text('host') ?? '127.0.0.1'
  const testControls = flags.on('test-controls')
  if (testControls && !isLoopback(host))
    throw new CountersignError(
      'usage',
      `--test-controls needs a loopback address; ${host} can be reached from other computers.`,
    )
  const data = flags.text('data')
  const tls = tlsOf(machine, flags.text('tls-cert'), flags.text('tls-key'))
  return {
    port: portOf(flags.text('port')),
    host,
    testControls,
    ...(flags.on('reset-root-password') ? { resetRootPassword: true } : {}),
    data: data === undefined ? defaultDataDirectory(machine) : absolutePath(machine, data),
    ...(tls === null ? {} : { tls }),
    ...metadataOf(flags),
    ...startUrlOf(flags.text('sso-start-url')),
  }
}

/** The options of instance metadata and container credentials, whose values the grammar has checked. */
function metadataOf(flags: Call['flags']) {
  const imdsRole = flags.text('imds-role')
  const imds = flags.text('imds') as AuthorityOptions['imds']
  const containerRole = flags.text('container-role')
  const region = flags.text('region')
  return {
    ...(imdsRole === undefined ? {} : { imdsRole }),
    ...(imds === undefined ? {} : { imds }),
    ...(containerRole === undefined ? {} : { containerRole }),
    ...(region === undefined ? {} : { region }),
  }
}

function startUrlOf(text: string | undefined): { readonly ssoStartUrl?: string } {
  if (text === undefined) return {}
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new CountersignError('usage', '--sso-start-url is an http or https URL.')
  return { ssoStartUrl: text }
}

export function portOf(text: string | undefined): number {
  if (text === undefined) return defaultPort
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new CountersignError('usage', '--port is a number from 0 to 65535.')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function tlsOf(
  machine: Machine,
  cert: string | undefined,
  key: string | undefined,
): { cert: string; key: string } | null {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined)
    throw new CountersignError('usage', 'For https both --tls-cert and --tls-key are needed.')
  return { cert: textOf(machine, cert), key: textOf(machine, key) }
}

function textOf(machine: Machine, path: string): string {
  const reading = machine.readFile(absolutePath(machine, path))
  if (reading.kind === 'found') return new TextDecoder().decode(reading.bytes)
  const why = reading.kind === 'absent' ? 'it is not there' : reading.detail
  throw new CountersignError('file-unreadable', `${path} cannot be read: ${why}.`, { data: { path } })
}

/** (XDG Base Directory Specification 0.8: a relative XDG_DATA_HOME is to be ignored; Apple File System Programming Guide; KNOWNFOLDERID LocalAppData.) */
export function defaultDataDirectory(machine: Machine): string {
  const home = (machine.platform === 'win32' ? machine.env('USERPROFILE') : machine.env('HOME')) || machine.userHome
  if (machine.platform === 'win32') {
    const local = machine.env('LOCALAPPDATA')
    if (local) return joinPath(machine, local, 'countersign')
    if (home) return joinPath(machine, home, 'AppData', 'Local', 'countersign')
  } else if (machine.platform === 'darwin') {
    if (home) return joinPath(machine, home, 'Library', 'Application Support', 'countersign')
  } else {
    const data = machine.env('XDG_DATA_HOME')
    if (data?.startsWith('/')) return joinPath(machine, data, 'countersign')
    if (home) return joinPath(machine, home, '.local', 'share', 'countersign')
  }
  throw new CountersignError('usage', 'There is no home directory to keep the data in: say where with --data DIR.')
}

/** The first values from the environment; later starts ignore them. */
function firstValuesOf(machine: Machine) {
  const accountId = machine.env('COUNTERSIGN_ACCOUNT_ID') || undefined
  const rootAccessKeyId = machine.env('COUNTERSIGN_ROOT_ACCESS_KEY_ID') || undefined
  const rootSecretAccessKey = machine.env('COUNTERSIGN_ROOT_SECRET_ACCESS_KEY') || undefined
  const masterKey = machine.env('COUNTERSIGN_MASTER_KEY') || undefined
  return {
    given: accountId !== undefined || rootAccessKeyId !== undefined || rootSecretAccessKey !== undefined,
    options: {
      ...(accountId === undefined ? {} : { accountId }),
      ...(rootAccessKeyId === undefined ? {} : { rootAccessKeyId }),
      ...(rootSecretAccessKey === undefined ? {} : { rootSecretAccessKey }),
      ...(masterKey === undefined ? {} : { masterKey }),
    },
  }
}
