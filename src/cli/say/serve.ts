import { setVariable } from '../../holder/diagnosis/shells.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { detectShell } from '../shell.ts'
import type { Look } from '../terminal.ts'
import { harmless, legible, page, paint, shortPath, wrap } from './page.ts'

export interface Serving {
  readonly url: string
  readonly account: string
  /** Directory of the database and the keys. */
  readonly data: string
  /** Where the root key stands. */
  readonly rootCredentials: string
  /** False when somebody took that file away. */
  readonly rootCredentialsAreThere: boolean
  /** True when this start has made the account. */
  readonly isNew: boolean
  readonly testControls: boolean
  /** `sso_start_url` of profiles, and the page of people. */
  readonly startUrl: string
  readonly portalUrl: string
  readonly consoleUrl: string
  /** Where root chooses its password; null when it has one. */
  readonly firstSignInLink: string | null
  /** True when COUNTERSIGN_… variables were set and had no effect, because the account was there already. */
  readonly firstValuesIgnored: boolean
  readonly profile: { readonly name: string; readonly file: string } | null
  readonly instance: { readonly role: string | null; readonly tokens: 'optional' | 'required' | 'off' } | null
  readonly container: {
    readonly fullUri: string
    readonly authorizationTokenFile: string | null
    readonly relativeUriFile: string | null
  } | null
}

/** What a person reads on stderr once the authority serves. */
export function servingText(look: Look, machine: Machine, serving: Serving): string {
  const { account, data, rootCredentials, rootCredentialsAreThere, isNew } = serving
  const lines: string[] = []
  if (serving.testControls) lines.push(...testControlsWarning(look), '')
  if (serving.firstValuesIgnored)
    lines.push(
      ...wrap(look, '', 'COUNTERSIGN_ACCOUNT_ID and COUNTERSIGN_ROOT_… were ignored: the account is there already.'),
      '',
    )
  lines.push(
    ...wrap(
      look,
      '',
      isNew
        ? `A new account ${account} was made, with a root user that has one access key. Its secret stands only in`
        : `Account ${account}, kept in ${shortPath(machine, data)}. The root key of its first start ${
            rootCredentialsAreThere ? 'stands in' : 'was written to a file that is gone:'
          }`,
    ),
    `  ${paint(look, 'command', shortPath(machine, rootCredentials))}`,
    '',
    'To ask it, in another terminal:',
    '',
    ...setLines(machine, settings(serving)).map((line) => `    ${paint(look, 'command', line)}`),
    `    ${paint(look, 'command', 'aws sts get-caller-identity')}`,
    '',
    ...metadataLines(look, machine, serving),
    ...signInLines(look, serving),
    ...consoleLines(look, serving),
    'Ctrl-C stops it; nothing that it has answered is lost.',
  )
  return page(lines)
}

const instanceModes = {
  optional: 'by IMDSv2 and IMDSv1',
  required: 'by IMDSv2 only',
  off: 'which is switched off and refuses everything',
} as const

function metadataLines(look: Look, machine: Machine, { url, instance, container }: Serving): string[] {
  const lines: string[] = []
  const show = (variables: readonly (readonly [string, string])[]) =>
    lines.push('', ...setLines(machine, variables).map((line) => `    ${paint(look, 'command', line)}`), '')
  if (instance !== null) {
    const what = instance.role === null ? 'without a role' : `with the role ${instance.role}`
    lines.push(
      ...wrap(look, '', `To be an EC2 instance ${what} (instance metadata ${instanceModes[instance.tokens]}):`),
    )
    show([['AWS_EC2_METADATA_SERVICE_ENDPOINT', url]])
  }
  if (container !== null) {
    lines.push(...wrap(look, '', 'To be an EKS pod:'))
    const { fullUri, authorizationTokenFile, relativeUriFile } = container
    show([
      ['AWS_CONTAINER_CREDENTIALS_FULL_URI', fullUri],
      ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', authorizationTokenFile ?? ''],
    ])
    lines.push(
      ...wrap(
        look,
        '',
        `For ECS the value of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, which is a secret, stands in ${shortPath(
          machine,
          relativeUriFile ?? '',
        )}; put ${url} before it for AWS_CONTAINER_CREDENTIALS_FULL_URI.`,
      ),
      '',
    )
  }
  return lines
}

/** One line each: whoever does not use IAM Identity Center reads past them. */
function signInLines(look: Look, { startUrl, portalUrl }: Serving): string[] {
  return [
    ...wrap(look, '', `IAM Identity Center: sso_start_url = ${startUrl}, and the page of people is ${portalUrl}`),
    '',
  ]
}

/** The link stands alone on its line, so that it can be copied whole. */
function consoleLines(look: Look, { consoleUrl, firstSignInLink }: Serving): string[] {
  const lines = wrap(look, '', `The console: ${consoleUrl}`)
  if (firstSignInLink === null) return [...lines, '']
  const says =
    'Root has no password for it yet. It chooses one by this link, which counts once, for a day, and is a secret:'
  return [...lines, ...wrap(look, '', says), '', `    ${paint(look, 'command', harmless(firstSignInLink))}`, '']
}

function settings(serving: Serving): readonly (readonly [name: string, value: string])[] {
  return [['AWS_ENDPOINT_URL', serving.url], ...credentialsSetting(serving)]
}

function credentialsSetting({ profile, rootCredentials, rootCredentialsAreThere }: Serving) {
  if (profile !== null) return [['AWS_PROFILE', profile.name]] as const
  return rootCredentialsAreThere ? ([['AWS_SHARED_CREDENTIALS_FILE', rootCredentials]] as const) : []
}

/** Lines that set variables in the person's shell. */
export function setLines(machine: Machine, variables: readonly (readonly [name: string, value: string])[]): string[] {
  const shell = detectShell(machine)
  return variables.map(([name, value]) => setVariable(name, value)[shell].map(harmless).join('; '))
}

function testControlsWarning(look: Look): string[] {
  const bar = look.unicode ? '━'.repeat(look.columns - 20) : '='.repeat(look.columns - 20)
  return [
    paint(look, 'bad', bar),
    paint(look, 'bad', legible(look, 'TEST CONTROLS ARE OPEN (--test-controls)')),
    ...wrap(
      look,
      '',
      'Every program on this computer can reset this authority, move its clock, read one-time codes and make it fail. ' +
        'Never use it for anything but tests.',
    ),
    paint(look, 'bad', bar),
  ]
}

export function profileWritten(look: Look, machine: Machine, name: string, files: readonly string[]): string {
  const where = files.map((file) => shortPath(machine, file)).join(' and ')
  return page(wrap(look, '', `The profile ${name} was written into ${where}: use it with --profile ${name}.`))
}

/** One line of the authority's own log. */
export function logLine(look: Look, level: 'info' | 'warn' | 'error', message: string): string {
  return page([legible(look, `${level}: ${message}`)])
}

export function stoppedText(look: Look): string {
  return page([legible(look, 'Stopped. Everything that was answered is kept.')])
}
