import { Secret } from '../../anatomy/secret.ts'
import { expandHome, homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath, pathKey, pathRules } from '../machine/paths.ts'
import type { Place } from '../sources/credential.ts'
import { type Assignment, type Inclusion, isAssignment } from './assignment.ts'
import { type DotenvAssignment, readDotenv } from './dotenv.ts'
import {
  readCrontab,
  readEnvironmentD,
  readPamEnvironment,
  readProcEnvironment,
  readSystemdEnvironmentFile,
} from './environment-files.ts'
import { readPropertyList } from './launchd.ts'
import { readStartup, type ShellName, shellStartup } from './shell-startup.ts'
import { readUnit, unitOfCgroup } from './systemd.ts'
import { readRegistry, registryKeys } from './windows-environment.ts'
import { readWritten, type Written } from './written.ts'

/** What carries a variable to some process, other than the environment that we were started with. */
export type Carrier =
  | 'shell-startup'
  | 'login'
  | 'direnv'
  | 'dotenv'
  | 'compose'
  | 'systemd'
  | 'launchd'
  | 'cron'
  | 'windows-user'
  | 'windows-machine'
  | 'first-process'

/** A variable of AWS that a file or a registry gives, or would give, to a process. */
export interface Setting {
  readonly name: string
  readonly effect: Assignment['effect']
  /** As the reader of that file would hand it over, without its quotes; null when it is computed, removed or passed on. */
  readonly value: Secret | null
  readonly at: Place
  readonly carrier: Carrier
  /** The shell that reads the file, the service or unit that gets the variable; null where there is no such choice. */
  readonly reader: string | null
  /** True where only a run can tell whether it comes to that. */
  readonly isConditional: boolean
  /** False for a variable of a shell that programs do not get. */
  readonly isExported: boolean
  /** When the file was last written; null where there is no file. */
  readonly writtenAt: Date | null
  /** For a `.env` file: what python-dotenv makes of it where the npm package reads something else. */
  readonly inPython?: Secret | null | undefined
}

const mostSettings = 1000
const mostFiles = 300
/** Start-up files are small; what is larger was made by a program. */
const mostBytes = 512 * 1024
/** Reading YAML takes long for its size. */
const mostYaml = 128 * 1024

const namesAws = /AWS_|AMAZON_/i

/** What each shell reads another file with: the word `source`, or a dot that stands alone, quoted or not. */
const readsOther = /\bsource\b|(?:^|[^\w./~*?\]-])\.['"]?[ \t]/im

/** True for the variables that any SDK or the AWS CLI reads. The Ruby and JavaScript SDKs also know four old names. */
export function isAwsVariable(name: string): boolean {
  return /^AWS_[A-Z0-9_]+$|^AMAZON_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION)$/i.test(name)
}

/**
 * Every place outside the AWS files that sets a variable of AWS: per carrier in the order in which its files are read. Reads only
 * (on Windows also asks the registry), bounded in number and size of files; a file that cannot be read says nothing.
 */
export async function readSettings(machine: Machine): Promise<readonly Setting[]> {
  const collector = new Collector(machine)
  for (const { shell, path } of shellStartup(machine)) collector.startup(shell, path)
  collector.logins()
  collector.direnv()
  collector.dotenv()
  collector.systemd()
  collector.launchd()
  collector.cron()
  collector.firstProcess()
  await collector.compose()
  await collector.registry()
  return collector.settings
}

class Collector {
  readonly settings: Setting[] = []
  readonly #machine: Machine
  readonly #home: string | null
  readonly #read = new Set<string>()

  constructor(machine: Machine) {
    this.#machine = machine
    this.#home = homeOf(machine)
  }

  #file(path: string, again = false): Written | null {
    const key = pathKey(this.#machine, path)
    if ((!again && this.#read.has(key)) || this.#read.size >= mostFiles) return null
    this.#read.add(key)
    return readWritten(this.#machine, absolutePath(this.#machine, path), mostBytes)
  }

  #inHome(...parts: readonly string[]): string | null {
    return this.#home === null ? null : joinPath(this.#machine, this.#home, ...parts)
  }

  #add(file: Written, carrier: Carrier, reader: string | null, assignments: readonly DotenvAssignment[]): void {
    for (const { name, effect, value, offset, isConditional, isExported, inPython } of assignments) {
      if (!isAwsVariable(name) || this.settings.length >= mostSettings) continue
      this.settings.push({
        name,
        effect,
        value: value === null ? null : new Secret(value),
        at: file.at(offset),
        carrier,
        reader,
        isConditional,
        isExported,
        writtenAt: file.modifiedAt,
        ...(inPython === undefined ? {} : { inPython: inPython === null ? null : new Secret(inPython) }),
      })
    }
  }

  startup(shell: ShellName, path: string, outer: Inclusion | null = null, depth = 0): void {
    const file = this.#file(path)
    // Most files of a system neither speak of AWS nor read others, and to tell that takes no reader.
    if (file === null || !(namesAws.test(file.text) || readsOther.test(file.text))) return
    const steps = readStartup({ shell, path }, file.text, this.#machine, this.#home)
    for (const step of steps) {
      if (isAssignment(step)) {
        this.#add(file, 'shell-startup', shell, [within(step, outer)])
      } else if (depth < 4) {
        const { isAbsolute } = pathRules(this.#machine)
        const included = expandHome(this.#machine, step.includes)
        if (isAbsolute(included)) this.startup(shell, included, within(step, outer), depth + 1)
      }
    }
  }

  /** What a login gives to everything that is started in it, whatever the shell. */
  logins(): void {
    if (this.#machine.platform !== 'linux') return
    for (const path of ['/etc/environment', this.#inHome('.pam_environment')]) {
      const file = path === null ? null : this.#file(path)
      if (file !== null) this.#add(file, 'login', null, readPamEnvironment(file.text))
    }
    const configuration = this.#machine.env('XDG_CONFIG_HOME') || this.#inHome('.config')
    for (const directory of ['/etc/environment.d', configuration === null ? null : `${configuration}/environment.d`]) {
      for (const path of this.#listed(directory, /\.conf$/)) {
        const file = this.#file(path)
        if (file !== null) this.#add(file, 'login', null, readEnvironmentD(file.text))
      }
    }
  }

  #listed(directory: string | null, pattern: RegExp): readonly string[] {
    if (directory === null) return []
    return this.#machine
      .list(directory)
      .filter((name) => pattern.test(name))
      .slice(0, 100)
      .map((name) => joinPath(this.#machine, directory, name))
  }

  /** The nearest `.envrc` on the way up from the working directory. */
  direnv(): void {
    const { dirname } = pathRules(this.#machine)
    let directory = this.#machine.cwd
    for (let depth = 0; depth < 20; depth += 1) {
      const path = joinPath(this.#machine, directory, '.envrc')
      const file = this.#file(path)
      if (file !== null) {
        this.#add(
          file,
          'direnv',
          null,
          readStartup({ shell: 'bash', path }, file.text, this.#machine, this.#home).filter(isAssignment),
        )
        return
      }
      const above = dirname(directory)
      if (above === directory) return
      directory = above
    }
  }

  dotenv(): void {
    for (const name of this.#machine.list(this.#machine.cwd)) {
      if (!/^\.env(?:\.(?!example$|sample$|template$|dist$|defaults$)[\w.-]+)?$/.test(name)) continue
      const file = this.#file(joinPath(this.#machine, this.#machine.cwd, name))
      if (file !== null) this.#add(file, 'dotenv', null, readDotenv(file.text))
    }
  }

  async compose(): Promise<void> {
    const files = this.#machine
      .list(this.#machine.cwd)
      .filter((name) => /^(?:docker-)?compose(?:\.override)?\.ya?ml$/.test(name))
    if (files.length === 0) return
    const { readCompose } = await import('./compose.ts')
    for (const name of files) {
      const file = this.#file(joinPath(this.#machine, this.#machine.cwd, name))
      if (file === null || file.text.length > mostYaml || !/AWS_|env_file/.test(file.text)) continue
      for (const { service, assignments, files: environmentFiles } of await readCompose(file.text)) {
        for (const path of environmentFiles.slice(0, 10)) {
          const included = this.#file(path, true)
          if (included !== null) this.#add(included, 'compose', service, readDotenv(included.text))
        }
        this.#add(file, 'compose', service, assignments)
      }
    }
  }

  /** The unit that we are part of, if any. */
  systemd(): void {
    if (this.#machine.platform !== 'linux') return
    const cgroup = readWritten(this.#machine, '/proc/self/cgroup')
    const own = cgroup === null ? null : unitOfCgroup(cgroup.text)
    if (own === null) return
    const template = own.unit.replace(/@[^.]*\./, '@.')
    const directories = own.isOfUser
      ? [this.#inHome('.config', 'systemd', 'user'), '/etc/systemd/user', '/usr/lib/systemd/user']
      : ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']
    for (const directory of directories) {
      for (const name of new Set([own.unit, template])) {
        if (directory === null) continue
        this.#unit(`${directory}/${name}`, own.unit)
        for (const path of this.#listed(`${directory}/${name}.d`, /\.conf$/)) this.#unit(path, own.unit)
      }
    }
  }

  #unit(path: string, unit: string): void {
    const file = this.#file(path)
    if (file === null) return
    const { assignments, files } = readUnit(file.text)
    this.#add(file, 'systemd', unit, assignments)
    for (const name of files.slice(0, 10)) {
      const included = name.startsWith('/') && !/[*?[%]/.test(name) ? this.#file(name) : null
      if (included !== null) this.#add(included, 'systemd', unit, readSystemdEnvironmentFile(included.text))
    }
  }

  launchd(): void {
    if (this.#machine.platform !== 'darwin') return
    const directories = [this.#inHome('Library', 'LaunchAgents'), '/Library/LaunchAgents', '/Library/LaunchDaemons']
    for (const directory of directories) {
      for (const path of this.#listed(directory, /\.plist$/)) {
        const file = this.#file(path)
        if (file !== null)
          this.#add(file, 'launchd', pathRules(this.#machine).basename(path), readPropertyList(file.text))
      }
    }
  }

  cron(): void {
    if (this.#machine.platform === 'win32') return
    const user = this.#machine.env('USER') ?? this.#machine.env('LOGNAME')
    const isName = user !== undefined && /^[\w.-]+$/.test(user) && !user.includes('..')
    const own = isName ? [`/var/spool/cron/crontabs/${user}`, `/var/spool/cron/${user}`, `/var/at/tabs/${user}`] : []
    for (const path of [...own, '/etc/crontab', ...this.#listed('/etc/cron.d', /^[\w-]+$/)]) {
      const file = this.#file(path)
      if (file !== null) this.#add(file, 'cron', null, readCrontab(file.text))
    }
  }

  /** In a container everything starts from the first process; what it was given and we were not was lost on the way. */
  firstProcess(): void {
    if (this.#machine.platform !== 'linux') return
    const reading = this.#machine.readFile('/proc/1/environ')
    if (reading.kind !== 'found' || reading.bytes.length > mostBytes) return
    for (const { name, value } of readProcEnvironment(new TextDecoder().decode(reading.bytes))) {
      if (!isAwsVariable(name) || this.settings.length >= mostSettings) continue
      this.settings.push({
        name,
        effect: 'sets',
        value: new Secret(value ?? ''),
        at: { file: '/proc/1/environ' },
        carrier: 'first-process',
        reader: null,
        isConditional: false,
        isExported: true,
        writtenAt: null,
      })
    }
  }

  async registry(): Promise<void> {
    if (this.#machine.platform !== 'win32') return
    const carriers = ['windows-machine', 'windows-user'] as const
    const answers = await Promise.all(carriers.map((carrier) => readRegistry(this.#machine, registryKeys[carrier])))
    for (const [index, carrier] of carriers.entries()) {
      for (const { name, value } of answers[index] ?? []) {
        if (!isAwsVariable(name) || this.settings.length >= mostSettings) continue
        this.settings.push({
          name,
          effect: 'sets',
          value: value === null ? null : new Secret(value),
          at: { file: `${registryKeys[carrier]}\\${name}` },
          carrier,
          reader: null,
          isConditional: false,
          isExported: true,
          writtenAt: null,
        })
      }
    }
  }
}

/** A step of a file that another file reads: what surrounds the reading counts for it, too. */
function within<T extends Assignment | Inclusion>(step: T, outer: Inclusion | null): T {
  if (outer === null) return step
  const isConditional = step.isConditional || outer.isConditional
  const exportsAll = outer.exportsAll === true
  return 'name' in step
    ? { ...step, isConditional, isExported: step.isExported || exportsAll }
    : { ...step, isConditional, exportsAll: step.exportsAll === true || exportsAll }
}
