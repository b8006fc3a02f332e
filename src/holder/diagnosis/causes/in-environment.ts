import { isAccessKeyId } from '../../../anatomy/access-key-id.ts'
import type { ProcessSeen } from '../../machine/machine.ts'
import { pathRules } from '../../machine/paths.ts'
import { type Effect, effectOf } from '../../surroundings/assignment.ts'
import { readProcEnvironment } from '../../surroundings/environment-files.ts'
import type { Setting } from '../../surroundings/settings.ts'
import { type ShellName, shellInUse } from '../../surroundings/shell-startup.ts'
import { isEmptyHanded, type Scene } from '../scene.ts'

/** What the causes of the environment ask about: who set a variable, and what a new shell would have. */

/** True when nothing is found, or not the profile that is asked for. */
export function isMissing(scene: Scene): boolean {
  return isEmptyHanded(scene) || scene.trace.error?.reason === 'profile-not-found'
}

/** True when the keys in the environment are the ones that fail. */
export function isFailingInEnvironment(scene: Scene): boolean {
  const { credential, refusal, trace } = scene
  return credential?.provider === 'env' && (refusal !== null || trace.error !== null)
}

const shells: Readonly<Record<string, ShellName>> = {
  bash: 'bash',
  sh: 'bash',
  dash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  pwsh: 'powershell',
  powershell: 'powershell',
  tcsh: 'tcsh',
  csh: 'tcsh',
}

/** The shell that a process is, by its name: `-zsh` is one of a login, `pwsh.exe` one of Windows. */
export function shellOfProcess({ name }: ProcessSeen): ShellName | null {
  return (
    shells[
      name
        .replace(/^-/, '')
        .replace(/\.exe$/i, '')
        .toLowerCase()
    ] ?? null
  )
}

/** The shell that the person uses: the nearest one above this process that is not only a runner of scripts. */
export function shellOf(scene: Scene): ShellName | null {
  for (const running of scene.surroundings?.processes ?? []) {
    // The prompt of Windows reads no start-up file.
    if (/^cmd\.exe$/i.test(running.name)) return null
    const shell = shellOfProcess(running)
    if (shell !== null && !/^-?(sh|dash)$/.test(running.name)) return shell
  }
  return shellInUse(scene.machine)
}

/** What the start of a new shell of that person does to a variable: the login or the registry first, then the shell's files. */
export function inNewShell(scene: Scene, name: string): Effect<Setting> {
  const shell = shellOf(scene)
  const order = ['windows-machine', 'windows-user', 'login', 'shell-startup'] as const
  const settings = settingsOf(scene, name)
  return effectOf(
    order.flatMap((carrier) =>
      settings.filter((each) => each.carrier === carrier && (carrier !== 'shell-startup' || each.reader === shell)),
    ),
  )
}

/** All settings of one variable. Windows knows no case in names. */
export function settingsOf(scene: Scene, name: string): readonly Setting[] {
  const fold = (text: string): string => (scene.machine.platform === 'win32' ? text.toUpperCase() : text)
  return (scene.surroundings?.settings ?? []).filter((each) => fold(each.name) === fold(name))
}

/** The literal value of a setting; null when it is computed. */
export function literalOf(effect: Effect<Setting>): string | null {
  return effect.kind === 'sets' ? (effect.by.value?.reveal() ?? null) : null
}

/** The setting by which a new shell surely has a variable, be its value literal or computed; null when it has not. */
export function surelySets(effect: Effect<Setting>): Setting | null {
  if (effect.kind === 'sets') return effect.by
  const isComputed = effect.kind === 'unknown' && effect.by.effect === 'sets' && !effect.by.isConditional
  return isComputed && effect.by.isExported ? effect.by : null
}

/** True for a text that may be a real key id: an example or a template is none. */
export function isKeyId(text: string | null): text is string {
  return text !== null && isAccessKeyId(text) && !/EXAMPLE|X{8}/.test(text)
}

/** Programs that are there before anybody works: that they are older than a file tells nothing. */
const alwaysThere =
  /^(\(?systemd\)?|init|launchd|kthreadd|sshd(-session)?|login|getty|agetty|dockerd|containerd(-shim.*)?|docker-init|tini|dumb-init|s6-.*|runc|crun|conmon|gdm.*|sddm.*|lightdm|xinit|Xorg|gnome-session.*|gnome-shell|plasmashell|kwin.*|Relay\(.*|SessionLeader|wslhost|wininit|winlogon|userinit|explorer|services|svchost|csrss|smss|System|crond?|atd|su|sudo|doas|script|env|timeout)(\.exe)?$/i

/** A program above this one that was started before an instant and keeps its environment: an editor, a terminal, a server. */
export function keeperOlderThan(scene: Scene, instant: Date | null): ProcessSeen | null {
  if (instant === null) return null
  return (
    (scene.surroundings?.processes ?? []).find(
      (running) =>
        running.startedAt !== null &&
        running.startedAt < instant &&
        shellOfProcess(running) === null &&
        !alwaysThere.test(running.name),
    ) ?? null
  )
}

/**
 * Whether this process has got a variable from a program above it: `shown` where that is this process itself, or where its own
 * environment has the same value (on Linux, where `/proc` tells); `inferred` where no shell stands between in which the variable
 * may have been set; else null.
 */
export function passesDown(scene: Scene, keeper: ProcessSeen, name: string): 'shown' | 'inferred' | null {
  const value = scene.machine.env(name)
  const processes = scene.surroundings?.processes ?? []
  if (value === undefined) return null
  if (processes[0] === keeper || startedWith(scene, keeper, name, value)) return 'shown'
  const between = processes.slice(0, processes.indexOf(keeper))
  return between.every((each) => shellOfProcess(each) === null) ? 'inferred' : null
}

function startedWith({ machine }: Scene, { id }: ProcessSeen, name: string, value: string): boolean {
  const reading = machine.platform === 'linux' ? machine.readFile(`/proc/${id}/environ`) : null
  if (reading?.kind !== 'found') return false
  const variables = readProcEnvironment(new TextDecoder().decode(reading.bytes))
  return variables.some((each) => each.name === name && each.value === value)
}

/**
 * Whether the shells above this process were started before an instant. A shell that was started since has read what was there
 * then; `unknown` where no shell is seen or its start is not told.
 */
export function shellsAreOlderThan(scene: Scene, instant: Date | null): 'older' | 'newer' | 'unknown' {
  const starts = (scene.surroundings?.processes ?? [])
    .filter((running) => shellOfProcess(running) !== null)
    .map(({ startedAt }) => startedAt)
  if (instant === null || starts.length === 0 || starts.includes(null)) return 'unknown'
  return starts.every((start) => start! < instant) ? 'older' : 'newer'
}

/** Where a user's home is, by the user database of the machine, else by custom. */
export function homeOfUser({ machine }: Scene, user: string): string | null {
  if (!/^[\w.-]+$/.test(user) || user.includes('..')) return null
  const database = machine.readFile('/etc/passwd')
  const text = database.kind === 'found' ? new TextDecoder().decode(database.bytes.subarray(0, 1 << 20)) : ''
  const entry = text.split('\n').find((line) => line.startsWith(`${user}:`))
  const home = entry?.split(':')[5]
  if (home?.startsWith('/')) return home
  return machine.platform === 'darwin' ? `/Users/${user}` : `/home/${user}`
}

/** A file in some home, in the spelling of the machine. */
export function inHome({ machine }: Scene, home: string, ...parts: readonly string[]): string {
  return pathRules(machine).join(home, ...parts)
}
