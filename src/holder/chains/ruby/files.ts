import { type RubyGrammarRules, rubyGrammar, rubyProfileName } from '../../files/dialects/ruby.ts'
import type { Documents, Grammar } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { Section, Setting, Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { pathRules } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import type { Refusal } from '../start.ts'

/** One file as Ruby sees it. */
export interface RubyFile {
  readonly role: FileRole
  /** Absolute; null when there is no home to look in. */
  readonly path: string | null
  /** False when nothing was read: then the SDK knows no such file. */
  readonly isRead: boolean
  /** Settings below all headers of a name; null when it has none. The name `services x` or `sso-session x` is whole. */
  section(name: string): Settings | null
}

/** Both files. They are never merged: a source looks into the one and then into the other. */
export interface RubyFiles {
  readonly credentials: RubyFile
  readonly config: RubyFile
  /** Whether the config file is looked at. */
  readonly isConfigEnabled: boolean
  /** The error of the first look at the files, which is before any source is asked. */
  readonly refusal: Refusal | null
}

/** Which parser a version has. */
export type RubyParser = Pick<RubyGrammarRules, 'joinsBlanks' | 'remembersSetting'>

const places: Readonly<Record<FileRole, string>> = {
  config: 'AWS_CONFIG_FILE',
  credentials: 'AWS_SHARED_CREDENTIALS_FILE',
}

const grammars = new Map<string, Grammar>()

/** Source: aws-sdk-core shared_config.rb `initialize`, `loadable?`, `load_credentials_file`; aws-sdk-core.rb `shared_config`. */
export function readRubyFiles(machine: Machine, documents: Documents, parser: RubyParser): RubyFiles {
  const isConfigEnabled = machine.env('AWS_SDK_CONFIG_OPT_OUT') === undefined
  const credentials = readFile(machine, documents, parser, 'credentials')
  const config = isConfigEnabled
    ? readFile(machine, documents, parser, 'config')
    : { role: 'config' as const, path: null, isRead: false, section: () => null, refusal: null }
  return { credentials, config, isConfigEnabled, refusal: credentials.refusal ?? config.refusal }
}

function readFile(
  machine: Machine,
  documents: Documents,
  parser: RubyParser,
  role: FileRole,
): RubyFile & { readonly refusal: Refusal | null } {
  const nothing = { role, isRead: false, section: () => null }
  const found = locate(machine, role)
  if (typeof found === 'object' && found !== null) return { ...nothing, path: null, refusal: found }
  if (found === null) return { ...nothing, path: null, refusal: null }
  const state = documents.document(found)
  if (state.kind === 'unreadable') return { ...nothing, path: found, refusal: refusedFile(machine, found, state) }
  const reading = documents.reading(found, grammarOf(machine, parser))
  if (reading === null) return { ...nothing, path: found, refusal: null }
  const [problem] = reading.problems
  const says = problem?.sdkSays
  const at = problem === undefined ? null : { file: found, line: problem.line, column: problem.column }
  const refusal: Refusal | null = says === undefined ? null : { reason: 'file-syntax', says, at }
  let byName: ReadonlyMap<string, readonly Section[]> | null = null
  return {
    role,
    path: found,
    isRead: true,
    refusal,
    section(name) {
      byName ??= sectionsByName(reading.sections, parser)
      return settingsOf(found, role, byName.get(name))
    },
  }
}

function grammarOf(machine: Machine, parser: RubyParser): Grammar {
  const encoding = encodingOf(machine)
  const name = `ruby ${parser.joinsBlanks} ${parser.remembersSetting} ${encoding}`
  const known = grammars.get(name)
  if (known !== undefined) return known
  const grammar = rubyGrammar({ ...parser, name, encoding })
  grammars.set(name, grammar)
  return grammar
}

/** `Encoding.default_external`: by the locale, which is ASCII when no variable names one; on Windows always UTF-8. */
function encodingOf(machine: Machine): RubyGrammarRules['encoding'] {
  if (machine.platform === 'win32') return 'utf-8'
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => machine.env(name) ?? '').find((value) => value !== '')
  return /utf-?8/i.test(locale ?? '') ? 'utf-8' : 'us-ascii'
}

function refusedFile(
  { platform }: Machine,
  path: string,
  { because, detail }: { readonly because: string; readonly detail: string },
): Refusal | null {
  const at: Place = { file: path }
  if (because === 'directory') {
    const says =
      platform === 'win32'
        ? `Errno::EACCES: Permission denied @ io_fread - ${path}`
        : `Errno::EISDIR: Is a directory @ io_fread - ${path}`
    return { reason: 'file-unreadable', says, at }
  }
  if (because !== 'too-large') return null
  return { reason: 'file-unreadable', says: `CountersignError: ${path} was not read: ${detail}`, at }
}

function sectionsByName(sections: readonly Section[], parser: RubyParser): ReadonlyMap<string, readonly Section[]> {
  const byName = new Map<string, Section[]>()
  for (const section of sections) {
    const name = rubyProfileName(section.name, parser)
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [section])
    else known.push(section)
  }
  return byName
}

function settingsOf(path: string, role: FileRole, sections: readonly Section[] | undefined): Settings | null {
  const settings = new Map<string, Setting>()
  for (const section of sections ?? []) {
    for (const { key, value, nested, line, column } of section.entries.values()) {
      settings.set(key, { value, raw: undefined, nested, role, at: { file: path, line, column } })
    }
  }
  return settings.size === 0 ? null : settings
}

/** The home as `Dir.home` gives it; null when nothing says where it is. */
export function rubyHome(machine: Machine): string | null {
  const home = machine.env('HOME')
  if (home !== undefined || machine.platform !== 'win32') return home ?? machine.userHome
  const [drive, path] = [machine.env('HOMEDRIVE'), machine.env('HOMEPATH')]
  if (drive !== undefined && path !== undefined) return drive + path
  return machine.env('USERPROFILE') ?? machine.userHome
}

function locate(machine: Machine, role: FileRole): string | Refusal | null {
  const variable = places[role]
  const named = machine.env(variable)
  if (named !== undefined) return expandPath(machine, named, { variable })
  const home = rubyHome(machine)
  return home === null ? null : expandPath(machine, [home, '.aws', role].join('/'), null)
}

/**
 * `File.expand_path`: `~` and `~user`, then against the working directory, which is also what the empty path means. Of `a/..`
 * nothing stays, whether there is an `a` or not.
 */
function expandPath(machine: Machine, path: string, at: Place | null): string | Refusal {
  const refuse = (says: string): Refusal => ({ reason: 'configuration', says: `ArgumentError: ${says}`, at })
  const separator = machine.platform === 'win32' ? /[/\\]/ : /\//
  const { resolve, isAbsolute } = pathRules(machine)
  if (path[0] !== '~') return resolve(machine.cwd, path)
  const end = path.search(separator)
  const user = path.slice(1, end < 0 ? undefined : end)
  const home = user === '' ? rubyHome(machine) : homeOf(machine, user)
  if (home === null)
    return refuse(user === '' ? "couldn't find HOME environment -- expanding `~'" : `user ${user} doesn't exist`)
  if (!isAbsolute(home)) return refuse('non-absolute home')
  return resolve(machine.cwd, home + (end < 0 ? '' : path.slice(end)))
}

/** Another user's home by the user database. */
function homeOf(machine: Machine, user: string): string | null {
  const found = machine.platform === 'win32' ? null : machine.readFile('/etc/passwd')
  if (found?.kind === 'found') {
    const lines = new TextDecoder().decode(found.bytes).split('\n')
    return lines.find((line) => line.startsWith(`${user}:`))?.split(':')[5] ?? null
  }
  return user === 'root' ? '/root' : null
}
