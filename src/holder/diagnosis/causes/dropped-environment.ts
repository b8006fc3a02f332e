import type { Machine, ProcessSeen } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { Setting } from '../../surroundings/settings.ts'
import { unitOfCgroup } from '../../surroundings/systemd.ts'
import { readWritten } from '../../surroundings/written.ts'
import { isEmptyHanded, isTemporary, type Scene } from '../scene.ts'
import { exportEdit } from '../setting-lines.ts'
import { type Commands, command, editFile, everywhere, homePath, noCommands } from '../shells.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { placeWords, shownId, shownIdText } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, mayBeLocal, shellCure } from './cause.ts'
import { ciCauses } from './ci.ts'
import {
  homeOfUser,
  inNewShell,
  isFailingInEnvironment,
  isMissing,
  settingsOf,
  shellOf,
  shellOfProcess,
} from './in-environment.ts'
import { heldIn, sudoWithFilesOf } from './other-homes.ts'

/** What was set somewhere and did not arrive: on the way through sudo, a job, a container, a build server. */
export const droppedCauses: readonly Cause[] = [
  {
    id: 'container-uri-not-inherited',
    failsAt: ['not-accepted', 'expired', 'signature', 'missing', 'nothing-sent'],
    look: containerUri,
  },
  ...ciCauses,
  {
    id: 'environment-dropped',
    failsAt: ['not-accepted', 'expired', 'signature', 'missing', 'nothing-sent'],
    insteadOf: ['docker-environment'],
    look: environmentDropped,
  },
  {
    id: 'docker-environment',
    failsAt: ['not-accepted', 'missing', 'nothing-sent'],
    look: (scene) => (scene.surroundings == null ? null : (inContainer(scene) ?? notPassedOn(scene))),
  },
]

/** The ways in which an environment is lost; the surest that is seen. */
function environmentDropped(scene: Scene): Found | null {
  if (scene.surroundings == null) return null
  const seen = [throughSudo, lostInContainer, notExported, inJob, otherShell].flatMap((way) => way(scene) ?? [])
  return seen.find(({ certainty }) => certainty === 'likely') ?? seen[0] ?? null
}

const containerUris = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'] as const

/** The address of the task's role was given to the container, and this process has not got it. */
function containerUri(scene: Scene): Found | null {
  const given = containerUris
    .flatMap((name) => settingsOf(scene, name))
    .find(({ carrier }) => carrier === 'first-process')
  if (given === undefined) return roleOverridden(scene)
  if (scene.machine.env(given.name) !== undefined) return roleOverridden(scene)
  const isAbsent = isEmptyHanded(scene) && mayBeLocal(scene)
  if (!isAbsent && scene.refusal === null) return null
  return found(
    isAbsent ? 'proven' : 'likely',
    'This process does not know the address of the credentials that its container has',
    [
      evidence(`The first process of the container has ${given.name}`, given.at),
      evidence(`This process has not: cron, su and sshd start programs without it`, { variable: given.name }),
    ],
    shellCure(
      `Take ${given.name} over before the command`,
      { [given.name]: given.value?.reveal() ?? null },
      {
        bash: [`export "$(tr '\\0' '\\n' < /proc/1/environ | grep ^${given.name}=)"`],
        fish: [`export (string split0 < /proc/1/environ | string match '${given.name}=*')`],
        powershell: [],
        cmd: [],
      },
    ),
  )
}

/** Keys in the definition of the task hide its role. */
function roleOverridden(scene: Scene): Found | null {
  const uri = containerUris.find((name) => scene.machine.env(name))
  if (uri === undefined || !isFailingInEnvironment(scene)) return null
  return found(
    'likely',
    'Keys in the environment hide the role of this container',
    [
      evidence(`${shownId(scene.id)} stands in AWS_ACCESS_KEY_ID and is used before the role`, {
        variable: 'AWS_ACCESS_KEY_ID',
      }),
      evidence(`${uri} gives the credentials of the role`, { variable: uri }),
    ],
    cure('Take the keys out of the definition of the task or of the container'),
  )
}

/** `sudo` starts with root's home and few variables. */
function throughSudo(scene: Scene): Found | null {
  const user = scene.machine.env('SUDO_USER')
  const home = user === undefined || user === 'root' ? null : homeOfUser(scene, user)
  if (home === null || home === scene.home || isFailingInEnvironment(scene)) return null
  const isAbsent = isMissing(scene) && mayBeLocal(scene)
  if (!isAbsent && (scene.refusal === null || scene.credential === null)) return null
  const held = heldIn(scene, home, scene.trace.profile.name)
  if (!isAbsent && (held?.id == null || held.id.trim() === scene.id?.clean)) return null
  const facts: Evidence[] = [
    evidence(`The command runs through sudo, for ${user}`, { variable: 'SUDO_USER' }),
    evidence(`It looks for AWS files in ${scene.home ?? 'no home at all'}, not in ${home}`, { variable: 'HOME' }),
  ]
  if (held !== null) {
    const id = held.id === null ? '' : ` (${shownIdText(held.id)})`
    facts.push(evidence(`${held.file} has the profile "${scene.trace.profile.name}"${id}`, held.at))
  }
  return found(
    held === null ? 'possible' : 'likely',
    'Your environment and your home directory are not there under sudo',
    facts,
    cure('Tell sudo whose files are meant, or run the command without sudo', sudoWithFilesOf(scene, home)),
  )
}

/** The container was given the keys, and this process was started without them. */
function lostInContainer(scene: Scene): Found | null {
  if (!isEmptyHanded(scene) || !mayBeLocal(scene)) return null
  const given = settingsOf(scene, 'AWS_ACCESS_KEY_ID').find(({ carrier }) => carrier === 'first-process')
  if (given === undefined || scene.machine.env('AWS_ACCESS_KEY_ID') !== undefined) return null
  return found(
    'likely',
    'The container was given keys, and this process was started without them',
    [
      evidence('The first process of the container has AWS_ACCESS_KEY_ID', given.at),
      evidence('This process has not: cron, su and sshd start programs with few variables', {
        variable: 'AWS_ACCESS_KEY_ID',
      }),
    ],
    cure('Hand the variables over where the program is started, for example in the crontab or the start script'),
  )
}

const choosing = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
] as const

/** A shell's own variable, which no program sees. */
function notExported(scene: Scene): Found | null {
  if (!mayBeLocal(scene) || !(isMissing(scene) || scene.trace.error?.reason === 'partial-credentials')) return null
  const hidden = [...choosing, 'AWS_SESSION_TOKEN'].flatMap((name) => {
    const effect = inNewShell(scene, name)
    return effect.kind === 'hidden' && scene.machine.env(name) === undefined ? [effect.by] : []
  })
  const [first] = hidden
  if (first === undefined) return null
  const { name, at } = first
  return found(
    'likely',
    `${name} is set in your shell, but not exported: programs do not get it`,
    [evidence(`${placeWords(scene, at)} sets ${name} without export`, at)],
    exported(scene, hidden) ??
      cure(
        `Put "export" before it (in fish: set -gx), and open a new window`,
        'file' in at ? editFile(homePath(at.file, scene.home)) : noCommands,
      ),
  )
}

/** The shell has the values already: it only has to hand them on. */
function exported(scene: Scene, hidden: readonly Setting[]): Fix | null {
  const edits = hidden.map((setting) => exportEdit(scene, setting))
  const values = hidden.map(({ name, value }) => [name, value?.reveal() ?? null] as const)
  if (edits.includes(null) || values.some(([, value]) => value === null)) return null
  const names = values.map(([name]) => name).join(' ')
  const lines = { ...noCommands, bash: [`export ${names}`], fish: [`set -gx ${names}`] }
  const fix = shellCure('Put "export" before it, and export it in this shell too', Object.fromEntries(values), lines)
  return { ...fix, edits: edits.filter((edit) => edit !== null) }
}

interface Job {
  readonly starter: string
  readonly at: Place | null
}

/** What starts programs without the person's environment. */
function jobOf({ machine, surroundings }: Scene): Job | null {
  const sudoer = machine.env('SUDO_USER')
  if (sudoer !== undefined && sudoer !== 'root') return { starter: 'sudo', at: { variable: 'SUDO_USER' } }
  const names = (surroundings?.processes ?? []).map(({ name }) => name)
  const starter = names.find((name) => /^(crond?|anacron|atd|fcron)$/i.test(name))
  if (starter !== undefined) return { starter: 'cron', at: null }
  const editor = editorAbove(surroundings?.processes ?? [])
  if (editor !== null) return { starter: editor, at: null }
  if (machine.platform === 'win32') return null
  const isTerminal = ['TERM', 'SSH_TTY', 'DISPLAY', 'WAYLAND_DISPLAY'].some((name) => isSet(machine, name))
  if (isTerminal) return null
  if (isSet(machine, 'INVOCATION_ID') || isSet(machine, 'SYSTEMD_EXEC_PID'))
    return { starter: 'systemd', at: { variable: 'INVOCATION_ID' } }
  if (machine.platform === 'darwin' && !/^0?$/.test(machine.env('XPC_SERVICE_NAME') ?? ''))
    return { starter: 'launchd', at: { variable: 'XPC_SERVICE_NAME' } }
  if (isSet(machine, 'SSH_CONNECTION')) return { starter: 'ssh', at: { variable: 'SSH_CONNECTION' } }
  // The environment that cron gives: crontab(5).
  const isBare = machine.env('SHELL') === '/bin/sh' && /^\/usr\/bin:\/bin$/.test(machine.env('PATH') ?? '')
  return isBare ? { starter: 'cron', at: { variable: 'PATH' } } : null
}

/** Programs with windows, which a person starts from a menu: they have read no start-up file of a shell. */
const editors =
  /^(code( - insiders)?|code helper.*|cursor.*|windsurf|zed(-editor)?|sublime_text|atom|idea|pycharm|webstorm|phpstorm|goland|clion|rider|rubymine|datagrip|rustrover|studio|eclipse|fleet|xcode|devenv)(64|\.sh)?(\.exe)?$/i

/** The editor by which this program was started with no shell between. */
function editorAbove(processes: readonly ProcessSeen[]): string | null {
  const at = processes.findIndex(({ name }) => editors.test(name))
  return at === -1 || processes.slice(0, at).some((each) => shellOfProcess(each) !== null) ? null : processes[at]!.name
}

function isSet(machine: Machine, name: string): boolean {
  return (machine.env(name) ?? '') !== ''
}

/** The person's shell would have it, and the job has not. */
function inJob(scene: Scene): Found | null {
  const job = jobOf(scene)
  if (job === null || !isMissing(scene) || !mayBeLocal(scene)) return null
  const missing = startupSettings(scene).find(({ name }) => !isSet(scene.machine, name))
  const hasHome = scene.home !== null
  if (missing === undefined && hasHome) return null
  return found(
    'likely',
    `The environment of your shell does not reach programs that ${job.starter} starts`,
    [
      evidence(`This program was started by ${job.starter}`, job.at),
      ...(missing === undefined
        ? []
        : [
            evidence(
              `${placeWords(scene, missing.at)} sets ${missing.name}; ${job.starter} does not read that file`,
              missing.at,
            ),
          ]),
      ...(hasHome ? [] : [evidence('HOME is not set, so that ~/.aws is not found', { variable: 'HOME' })]),
    ],
    afterJob(scene, job.starter),
  )
}

function afterJob({ machine }: Scene, starter: string) {
  const files = 'AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE with full paths, and AWS_PROFILE'
  switch (starter) {
    case 'cron':
      return cure(`Write ${files} at the top of the crontab`, {
        ...noCommands,
        bash: ['crontab -e'],
        fish: ['crontab -e'],
      })
    case 'systemd': {
      const own = unitOfCgroup(readWritten(machine, '/proc/self/cgroup')?.text ?? '')
      const words = own?.isOfUser === true ? ['systemctl', '--user', 'edit'] : ['sudo', 'systemctl', 'edit']
      return cure(
        `Write ${files} into the unit, as Environment= lines, or set User=`,
        onPosix(...words, own?.unit ?? 'UNIT'),
      )
    }
    case 'sudo':
      return cure(
        'Let sudo keep the variables that choose your credentials',
        onPosix('sudo', `--preserve-env=${choosing.join(',')},AWS_SESSION_TOKEN`, 'aws', 'sts', 'get-caller-identity'),
      )
    case 'launchd':
      return cure(`Write ${files} into EnvironmentVariables of the job's .plist file`)
    case 'ssh':
      return cure(`Set ${files} in the command itself, or in a file that shells without a terminal read`)
    default:
      return cure(`Start ${starter} from a terminal in which the variables are set, or set AWS_PROFILE in its settings`)
  }
}

/** A command of systems that are no Windows. */
function onPosix(...words: readonly string[]): Commands {
  return { ...command(...words), powershell: [], cmd: [] }
}

/** What start-up files of any shell export for certain or perhaps. */
function startupSettings(scene: Scene): readonly Setting[] {
  return choosing.flatMap((name) =>
    settingsOf(scene, name).filter(
      ({ carrier, effect, isExported }) => carrier === 'shell-startup' && effect === 'sets' && isExported,
    ),
  )
}

/** It is set for another shell than the one in use. */
function otherShell(scene: Scene): Found | null {
  const shell = shellOf(scene)
  if (shell === null || !isMissing(scene) || !mayBeLocal(scene)) return null
  if (choosing.some((name) => inNewShell(scene, name).kind !== 'untouched')) return null
  const setting = startupSettings(scene).find(({ name, reader }) => reader !== shell && !isSet(scene.machine, name))
  if (setting === undefined) return null
  return found(
    'likely',
    `${setting.name} is set for ${setting.reader}, and your shell is ${shell}`,
    [
      evidence(
        `${placeWords(scene, setting.at)} sets ${setting.name}; only ${setting.reader} reads that file`,
        setting.at,
      ),
    ],
    cure(`Set it in the start-up file of ${shell} as well`, noCommands),
  )
}

/** Inside of a container with nothing in it. */
function inContainer(scene: Scene): Found | null {
  const { machine, surroundings } = scene
  const sign = surroundings?.workload.container ?? null
  if (sign === null || !mayBeLocal(scene)) return null
  const quoted = quotedVariable(scene)
  if (!isEmptyHanded(scene) && quoted === null) return null
  // A platform that hands out credentials itself has causes of its own.
  const platforms = [
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'KUBERNETES_SERVICE_HOST',
    'ECS_CONTAINER_METADATA_URI_V4',
    'ECS_CONTAINER_METADATA_URI',
  ]
  if ([...platforms, ...containerUris].some((name) => isSet(machine, name))) return null
  if (surroundings?.workload.instance != null && quoted === null) return null
  const facts = [evidence('This is a container', sign)]
  const empty = choosing.find((name) => machine.env(name) === '')
  if (quoted !== null)
    facts.push(
      evidence(`${quoted} begins and ends with a quotation mark: docker --env-file keeps them`, { variable: quoted }),
    )
  else {
    facts.push(
      empty === undefined
        ? evidence('No AWS_ACCESS_KEY_ID is set in it, and its home has no AWS files')
        : evidence(`${empty} was passed in, but it is empty: it was not set where the container was started`, {
            variable: empty,
          }),
    )
  }
  return found(
    // Much runs in containers to which nobody ever meant to give any.
    quoted === null && empty === undefined ? 'possible' : 'likely',
    quoted === null
      ? 'The credentials did not get into the container'
      : 'The variables came into the container with their quotes',
    facts,
    cure(
      quoted === null
        ? 'Pass the variables when you start the container (they must be set there), or mount your ~/.aws'
        : 'Take the quotes out of the file that --env-file names',
      everywhere(
        'docker run --rm -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_SESSION_TOKEN -e AWS_REGION IMAGE',
      ),
    ),
  )
}

function quotedVariable({ credential, machine }: Scene): string | null {
  if (credential?.provider !== 'env') return null
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
  return names.find((name) => /^(["']).+\1$/s.test(machine.env(name) ?? '')) ?? null
}

/** A compose file passes variables on, and not all that are needed. For an error that came from elsewhere, perhaps from there. */
function notPassedOn(scene: Scene): Found | null {
  if (scene.refusal?.from !== 'text') return null
  const passed = settingsOf(scene, 'AWS_ACCESS_KEY_ID').find(
    ({ carrier, effect }) => carrier === 'compose' && effect === 'passes-on',
  )
  if (passed === undefined) return null
  const service = `the service "${passed.reader}"`
  const title = 'The compose file does not bring the credentials into the container'
  if (!isSet(scene.machine, 'AWS_ACCESS_KEY_ID') && mayBeLocal(scene)) {
    return found(
      'likely',
      title,
      [
        evidence(`${placeWords(scene, passed.at)} passes AWS_ACCESS_KEY_ID on to ${service}`, passed.at),
        evidence('It is not set here, so that nothing is passed', { variable: 'AWS_ACCESS_KEY_ID' }),
      ],
      cure('Set the variables in the shell in which you start compose, or mount your ~/.aws into the container'),
    )
  }
  const token = settingsOf(scene, 'AWS_SESSION_TOKEN').some(
    ({ carrier, reader }) => carrier === 'compose' && reader === passed.reader,
  )
  const isOfEnvironment = scene.credential?.provider === 'env'
  if (token || !isOfEnvironment || !isTemporary(scene) || !scene.refusal.families.includes('not-accepted')) return null
  return found(
    'likely',
    'The compose file passes the key into the container without its session token',
    [
      evidence(
        `${placeWords(scene, passed.at)} passes AWS_ACCESS_KEY_ID on to ${service}, but no AWS_SESSION_TOKEN`,
        passed.at,
      ),
      evidence(`${shownId(scene.id)} is a temporary key, which works only with its token`, {
        variable: 'AWS_ACCESS_KEY_ID',
      }),
    ],
    cure(
      'Add AWS_SESSION_TOKEN to the environment of that service',
      'file' in passed.at ? editFile(homePath(passed.at.file, scene.home)) : noCommands,
    ),
  )
}
