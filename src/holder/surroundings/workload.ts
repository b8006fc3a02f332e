import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'
import { type ClockSeen, readClock } from './clock-source.ts'
import { shortText } from './written.ts'

/** Platforms that hand credentials to programs in ways of their own. */
export type Platform =
  | 'lambda'
  | 'cloud9'
  | 'cloudshell'
  | 'codebuild'
  | 'github-actions'
  | 'kubernetes'
  | 'ecs'
  | 'other'

/** Where this program runs, as far as variables and files of the platform tell. */
export interface WorkloadSeen {
  readonly platform: Platform
  /** What tells the platform; null for `other`. */
  readonly at: Place | null
  /** What shows that this is a container; null when nothing does. */
  readonly container: Place | null
  /** What shows that the computer below is an EC2 instance; null when nothing does. */
  readonly instance: Place | null
  readonly clock: ClockSeen
}

/**
 * Variables that a platform sets and nobody else. Sources: AWS Lambda, "Defined runtime environment variables"; AWS Cloud9 and
 * AWS CloudShell user guides; AWS CodeBuild, "Environment variables in build environments"; GitHub Docs, "Default environment
 * variables"; Kubernetes, "Discovering services"; Amazon ECS, "Task metadata endpoint".
 */
const platforms: readonly (readonly [Platform, name: string, value: RegExp])[] = [
  ['lambda', 'AWS_LAMBDA_FUNCTION_NAME', /./],
  ['cloudshell', 'AWS_EXECUTION_ENV', /^CloudShell$/i],
  ['cloud9', 'C9_PROJECT', /./],
  ['cloud9', 'C9_PID', /./],
  ['codebuild', 'CODEBUILD_BUILD_ARN', /./],
  ['github-actions', 'GITHUB_ACTIONS', /^true$/],
  ['kubernetes', 'KUBERNETES_SERVICE_HOST', /./],
  ['ecs', 'ECS_CONTAINER_METADATA_URI_V4', /./],
  ['ecs', 'ECS_CONTAINER_METADATA_URI', /./],
  ['ecs', 'AWS_EXECUTION_ENV', /^AWS_ECS_/],
]

export function readWorkload(machine: Machine): WorkloadSeen {
  const told = platforms.find(([, name, value]) => value.test(machine.env(name) ?? ''))
  return {
    platform: told?.[0] ?? 'other',
    at: told === undefined ? null : { variable: told[1] },
    container: containerSign(machine),
    instance: machine.platform === 'win32' ? null : instanceSign(machine),
    clock: readClock(machine),
  }
}

/** Files that engines put into their containers, and the groups of the first process. */
function containerSign(machine: Machine): Place | null {
  if (machine.platform !== 'linux') return null
  for (const file of ['/.dockerenv', '/run/.containerenv']) if (machine.readFile(file).kind === 'found') return { file }
  const service = 'KUBERNETES_SERVICE_HOST'
  if (machine.env(service)) return { variable: service }
  const file = '/proc/1/cgroup'
  return /\/(docker|kubepods|containerd|crio|ecs|lxc)[/.-]|docker-[0-9a-f]{12}/.test(shortText(machine, file))
    ? { file }
    : null
}

/**
 * What the hypervisor says of itself. Sources: EC2 User Guide, "Identify EC2 instances" (system UUID, vendor `Amazon EC2` of
 * instances on Nitro; older ones on Xen begin their UUID with `ec2`).
 */
export function instanceSign(machine: Machine): Place | null {
  const signs: readonly (readonly [file: string, pattern: RegExp])[] = [
    ['/sys/class/dmi/id/sys_vendor', /^Amazon EC2$/],
    ['/sys/class/dmi/id/board_asset_tag', /^i-[0-9a-f]{8,17}$/],
    ['/sys/class/dmi/id/bios_version', /\.amazon$/],
    ['/sys/hypervisor/uuid', /^ec2/i],
  ]
  const sign = signs.find(([file, pattern]) => pattern.test(shortText(machine, file)))
  return sign === undefined ? null : { file: sign[0] }
}
