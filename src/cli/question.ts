import { CountersignError } from '../errors.ts'
import { type SdkName, sdkNames } from '../holder/chains/trace.ts'
import type { Command, CommandOutcome, IncomingReply, Machine, OutgoingRequest } from '../holder/machine/machine.ts'
import type { Call, Terminal } from './terminal.ts'

/** What the common flags ask for, checked. */
export interface Question {
  readonly sdk: SdkName
  /** Absent: whatever the SDK's own rules select. */
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  readonly offline: boolean
  /** False with `--no-exec`. */
  readonly exec: boolean
  /** Milliseconds for all requests together. */
  readonly timeoutMs: number
  readonly withProfile?: string
}

const defaultTimeoutMs = 5000
const longestTimeoutSeconds = 600

/**
 * Reads the common flags and the profile of a call; `operand` is the profile as a positional, null where positionals mean
 * something else.
 * @throws `usage` for values that cannot be meant
 */
export function questionOf(call: Call, operand: string | null = call.operands[0] ?? null): Question {
  const { flags } = call
  if (call.child !== null)
    throw new CountersignError('usage', 'A command after "--" belongs to check: countersign check -- COMMAND')
  const named = flags.text('profile')
  if (named !== undefined && operand !== null && named !== operand)
    throw new CountersignError(
      'usage',
      `Two profiles are named: "${operand}" and --profile "${named}". Which one is meant?`,
    )
  const profile = named ?? operand ?? undefined
  const region = flags.text('region')
  const endpointUrl = flags.text('endpoint-url')
  if (endpointUrl !== undefined) checkEndpoint(endpointUrl)
  const withProfile = flags.text('with-profile')
  return {
    sdk: sdkOf(flags.text('sdk')),
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region: checkRegion(region) }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    offline: flags.on('offline'),
    exec: !flags.on('no-exec'),
    timeoutMs: timeoutOf(flags.text('timeout')),
    ...(withProfile === undefined ? {} : { withProfile }),
  }
}

/** The SDKs that `--sdk` asks for: one, or with `all` every one. */
export function sdksOf(name: string | undefined): readonly SdkName[] {
  if (name === 'all') return sdkNames
  return [sdkOf(name)]
}

function sdkOf(name: string | undefined): SdkName {
  const sdk = sdkNames.find((known) => known === (name ?? 'aws-cli-v2'))
  if (sdk !== undefined) return sdk
  throw new CountersignError(
    'usage',
    `--sdk is one of ${sdkNames.join(', ')} (for "check" and "chain" also all), not "${name}".`,
  )
}

function checkEndpoint(text: string): void {
  const url = URL.parse(text)
  if (
    url === null ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.username !== '' ||
    url.password !== ''
  )
    throw new CountersignError(
      'usage',
      '--endpoint-url is an http: or https: address without a user name, for example http://127.0.0.1:7374.',
    )
}

/** A region becomes a part of host names: whatever is none must not. */
function checkRegion(region: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(region)) return region
  throw new CountersignError('usage', '--region is a name such as eu-west-1: small letters, digits and hyphens.')
}

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return defaultTimeoutMs
  const seconds = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 0.001 || seconds > longestTimeoutSeconds)
    throw new CountersignError('usage', `--timeout is a number of seconds up to ${longestTimeoutSeconds}.`)
  return Math.ceil(seconds * 1000)
}

/** Headers whose values may hold a signature, a token or the key id; `--debug` shows that they were there. */
const hiddenHeaders =
  /^(authorization|proxy-authorization|x-amz-security-token|x-amz-sso_bearer_token|x-aws-ec2-metadata-token|dpop|cookie|set-cookie)$/i

/** The machine, telling on stderr what is sent, what comes back and what is run: no bodies, no signatures, no query. */
export function toldMachine(machine: Machine, terminal: Terminal): Machine {
  const tell = (text: string) => terminal.err(`debug: ${text}\n`)
  return {
    ...machine,
    // A getter of the machine below; spreading would ask it at once.
    get userHome() {
      return machine.userHome
    },
    async send(request: OutgoingRequest): Promise<IncomingReply> {
      tell(`${request.method} ${withoutQuery(request.url)} (${request.body.length} characters of body not shown)`)
      for (const [name, value] of request.headers)
        tell(`  ${name}: ${hiddenHeaders.test(name) ? '(not shown)' : value}`)
      const reply = await machine.send(request)
      tell(`answer ${reply.status} (${reply.body.length} characters of body not shown)`)
      for (const [name, value] of reply.headers) tell(`  ${name}: ${hiddenHeaders.test(name) ? '(not shown)' : value}`)
      return reply
    },
    async run(command: Command): Promise<CommandOutcome> {
      // Its words may hold a password.
      const program = 'shell' in command.line ? 'a line in the shell' : command.line[0]
      tell(`run ${program} (its arguments not shown)`)
      const outcome = await machine.run(command)
      const size = outcome.kind === 'ended' ? ` with ${outcome.exitCode ?? outcome.signal}, output not shown` : ''
      tell(`${outcome.kind}${size}`)
      return outcome
    },
  }
}

function withoutQuery(url: string): string {
  const at = url.indexOf('?')
  return at < 0 ? url : `${url.slice(0, at)}?…`
}
