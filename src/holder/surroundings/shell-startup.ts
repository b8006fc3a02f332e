import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath, pathRules } from '../machine/paths.ts'
import type { Step } from './assignment.ts'
import { readCShell } from './c-shell.ts'
import { readFishScript, readFishVariables } from './fish-shell.ts'
import { readShellScript } from './posix-shell.ts'
import { readPowershell } from './powershell.ts'

export type ShellName = 'bash' | 'zsh' | 'fish' | 'powershell' | 'tcsh'

export interface StartupFile {
  readonly shell: ShellName
  /** Absolute. */
  readonly path: string
}

/**
 * The start-up files of all shells, in the order in which a shell that logs in and talks to a person reads them; also those that
 * are not there. Sources: bash(1) INVOCATION with Debian's `/etc/bash.bashrc`, zsh(1) STARTUP/SHUTDOWN FILES, fish(1) "Configuration
 * files", about_Profiles, tcsh(1) "Startup and shutdown".
 */
export function shellStartup(machine: Machine): readonly StartupFile[] {
  const home = homeOf(machine)
  const inHome = (...parts: readonly string[]): readonly string[] =>
    home === null ? [] : [joinPath(machine, home, ...parts)]
  const all = (shell: ShellName, ...paths: readonly string[]): readonly StartupFile[] =>
    paths.map((path) => ({ shell, path }))
  const powershell = all('powershell', ...powershellProfiles(machine, inHome))
  // Git Bash reads the same files on Windows.
  const bash = all('bash', ...bashFiles(machine, inHome))
  if (machine.platform === 'win32') return [...powershell, ...bash]
  return [
    ...bash,
    ...all('zsh', ...zshFiles(machine, home)),
    ...all('fish', ...fishFiles(machine, home)),
    ...all('tcsh', '/etc/csh.cshrc', '/etc/csh.login', ...tcshFile(machine, inHome), ...inHome('.login')),
    ...powershell,
  ]
}

type InHome = (...parts: readonly string[]) => readonly string[]

function bashFiles(machine: Machine, inHome: InHome): readonly string[] {
  const profiles = machine.platform === 'win32' ? [] : ['/etc/profile', ...listed(machine, '/etc/profile.d', '.sh')]
  const everyShell = machine.platform === 'win32' ? [] : ['/etc/bash.bashrc', '/etc/bashrc']
  // Of the three only the first that exists is read by a login.
  const own = ['.bash_profile', '.bash_login', '.profile'].flatMap((name) => inHome(name))
  const login = own.find((path) => machine.readFile(path).kind === 'found')
  const first = login === undefined ? [] : [login]
  // A window of Terminal on macOS is a login, so that what the login file sets is set last; elsewhere windows stand in a login.
  const last = machine.platform === 'darwin' ? [...inHome('.bashrc'), ...first] : [...first, ...inHome('.bashrc')]
  return [...profiles, ...everyShell, ...last]
}

/** Where there is a `.tcshrc`, `.cshrc` is not read. */
function tcshFile(machine: Machine, inHome: InHome): readonly string[] {
  const own = inHome('.tcshrc')
  return own.some((path) => machine.readFile(path).kind === 'found') ? own : inHome('.cshrc')
}

function zshFiles(machine: Machine, home: string | null): readonly string[] {
  const directory = machine.env('ZDOTDIR') || home
  const own = (name: string): readonly string[] => (directory === null ? [] : [joinPath(machine, directory, name)])
  const system = (name: string): readonly string[] => [`/etc/zsh/${name}`, `/etc/${name}`]
  const first = home === null || directory === home ? [] : [joinPath(machine, home, '.zshenv')]
  return ['zshenv', 'zprofile', 'zshrc', 'zlogin'].flatMap((name) => [
    ...system(name),
    ...(name === 'zshenv' ? first : []),
    ...own(`.${name}`),
  ])
}

function fishFiles(machine: Machine, home: string | null): readonly string[] {
  const configuration = machine.env('XDG_CONFIG_HOME') || (home === null ? null : joinPath(machine, home, '.config'))
  const own = configuration === null ? null : joinPath(machine, configuration, 'fish')
  return [
    ...(own === null ? [] : [joinPath(machine, own, 'fish_variables')]),
    ...listed(machine, '/etc/fish/conf.d', '.fish'),
    ...(own === null ? [] : listed(machine, joinPath(machine, own, 'conf.d'), '.fish')),
    '/etc/fish/config.fish',
    ...(own === null ? [] : [joinPath(machine, own, 'config.fish')]),
  ]
}

const profileNames = ['profile.ps1', 'Microsoft.PowerShell_profile.ps1', 'Microsoft.VSCode_profile.ps1']

function powershellProfiles(machine: Machine, inHome: InHome): readonly string[] {
  const join = (directory: string): readonly string[] => profileNames.map((name) => joinPath(machine, directory, name))
  if (machine.platform !== 'win32') {
    const system = ['/opt/microsoft/powershell/7', '/usr/local/microsoft/powershell/7']
    return [...system, ...inHome('.config', 'powershell')].flatMap(join)
  }
  const root = machine.env('SystemRoot') ?? 'C:\\Windows'
  const programs = machine.env('ProgramFiles') ?? 'C:\\Program Files'
  const documents = [
    ...inHome('Documents'),
    ...inHome('OneDrive', 'Documents'),
    ...(machine.env('OneDrive') ? [joinPath(machine, machine.env('OneDrive')!, 'Documents')] : []),
  ]
  return [
    joinPath(machine, root, 'System32', 'WindowsPowerShell', 'v1.0'),
    joinPath(machine, programs, 'PowerShell', '7'),
    ...documents.flatMap((directory) => [
      joinPath(machine, directory, 'WindowsPowerShell'),
      joinPath(machine, directory, 'PowerShell'),
    ]),
  ].flatMap(join)
}

function listed(machine: Machine, directory: string, ending: string): readonly string[] {
  return machine
    .list(directory)
    .filter((name) => name.endsWith(ending))
    .slice(0, 100)
    .map((name) => joinPath(machine, directory, name))
}

/** What a start-up file does to variables, by the rules of its shell. */
export function readStartup(
  { shell, path }: StartupFile,
  text: string,
  machine: Pick<Machine, 'platform'>,
  home: string | null,
): readonly Step[] {
  switch (shell) {
    case 'fish':
      return pathRules(machine).basename(path) === 'fish_variables'
        ? readFishVariables(text)
        : readFishScript(text, home)
    case 'powershell':
      return readPowershell(text, home)
    case 'tcsh':
      return readCShell(text, home)
    default:
      return readShellScript(text, home, shell === 'zsh' ? 'zsh' : 'sh')
  }
}

/** The shell in use, by the variables that shells and logins set; null when they do not tell. */
export function shellInUse(machine: Machine): ShellName | null {
  const login = machine.env('SHELL') ?? ''
  const name = pathRules(machine)
    .basename(login)
    .replace(/\.exe$/, '')
  if (name === 'bash' || name === 'zsh' || name === 'fish' || name === 'tcsh') return name
  if (name === 'sh' || name === 'dash' || name === 'ksh') return 'bash'
  if (name === 'csh') return 'tcsh'
  if (name === 'pwsh' || (name === '' && machine.platform === 'win32')) return 'powershell'
  return null
}
