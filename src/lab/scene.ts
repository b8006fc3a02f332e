import { isAwsHost } from '../anatomy/partitions.ts'
import { CountersignError } from '../errors.ts'
import type { CommandOutcome, IncomingReply, Machine, OutgoingRequest, ProcessSeen } from '../holder/machine/machine.ts'
import { type RecordedFile, recordedMachine } from '../holder/machine/recorded.ts'

/** What a broken machine of a scenario looks like. */
export interface Scene {
  readonly env?: Readonly<Record<string, string>>
  /** `~/.aws/credentials` */
  readonly credentials?: string
  /** `~/.aws/config` */
  readonly config?: string
  /** Further files by absolute path. */
  readonly files?: Readonly<Record<string, RecordedFile>>
  readonly cwd?: string
  readonly platform?: Machine['platform']
  /** How far the machine's clock is from the real one, in seconds. */
  readonly clockOffset?: number
  /** What programs did, by their line. */
  readonly run?: Readonly<Record<string, CommandOutcome>>
  readonly processes?: readonly ProcessSeen[]
  /** Answers for hosts that are not the authority; null passes the request on to the real network. */
  readonly network?: (request: OutgoingRequest) => Promise<IncomingReply> | null
  /** The authority to which AWS's own hosts lead. Default: that of the stage. */
  readonly awsAt?: string
  /** The profile that the command asks for with `--profile`. */
  readonly profile?: string
  /** Another profile of the machine that may ask about the refused key. */
  readonly withProfile?: string
  /** The region that the command asks for with `--region`. Default: the lab's. */
  readonly region?: string
  /** True: the command has no `--region`; the machine's own settings say which. */
  readonly regionUnsaid?: boolean
  /** True: the command has an `--endpoint-url`, the authority's own. Else it goes where the machine's settings lead. */
  readonly endpointUrl?: boolean
  /** What the act of the scenario needs to know besides, by name. */
  readonly notes?: Readonly<Record<string, string>>
}

export const labHome = '/home/alice'

/**
 * The scene as a machine: its files and environment are data, its requests are real. AWS's own hosts lead to the authority at
 * `url`, which answers for all of them; nothing else is reached, for nothing of a play may leave this computer.
 */
export function machineOf(outside: Machine, url: string, scene: Scene): Machine {
  const files: Record<string, RecordedFile> = { ...scene.files }
  if (scene.credentials !== undefined) files[`${labHome}/.aws/credentials`] = scene.credentials
  if (scene.config !== undefined) files[`${labHome}/.aws/config`] = scene.config
  return recordedMachine({
    env: { HOME: labHome, SHELL: '/bin/bash', ...scene.env },
    files,
    userHome: labHome,
    platform: scene.platform ?? 'linux',
    ...(scene.cwd === undefined ? {} : { cwd: scene.cwd }),
    ...(scene.run === undefined ? {} : { run: scene.run }),
    ...(scene.processes === undefined ? {} : { processes: scene.processes }),
    now: () => new Date(outside.now().getTime() + (scene.clockOffset ?? 0) * 1000),
    send: async (request) => await (scene.network?.(request) ?? outside.send(ledTo(scene.awsAt ?? url, request))),
  })
}

function ledTo(url: string, request: OutgoingRequest): OutgoingRequest {
  const { origin, host, hostname } = new URL(request.url)
  if (origin === new URL(url).origin) return request
  if (hostname === '127.0.0.1') return request
  if (!isAwsHost(hostname)) {
    throw new CountersignError('unreachable', `${host} is not reached from the lab.`)
  }
  const headers = request.headers.some(([name]) => name.toLowerCase() === 'host')
    ? request.headers
    : [...request.headers, ['Host', host] as const]
  return { ...request, url: url + request.url.slice(origin.length), headers }
}
