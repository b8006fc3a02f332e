import { rustGrammar, rustSections } from '../../files/dialects/sdk-spec-rust.ts'
import { type SpecFile, specSections, specSettings } from '../../files/dialects/sdk-spec-sections.ts'
import type { Documents } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { Settings, SyntaxProblem } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath, pathRules } from '../../machine/paths.ts'

/** Both files as the SDK for Rust finds, reads and merges them. */
export interface RustFiles {
  /** The first line at which it gives up on both files; null when it reads them. */
  readonly problem: (SyntaxProblem & Pick<SpecFile, 'path' | 'role'>) | null
  /** No profile in either file. */
  readonly isEmpty: boolean
  /** Settings of a profile, the credentials file over the config file, key by key; null when neither has it. */
  profile(name: string): Settings | null
  ssoSession(name: string): Settings | null
  /** A section such as `[services x]`. */
  other(prefix: string, name: string): Settings | null
}

const places: Readonly<Record<FileRole, { readonly variable: string; readonly name: string }>> = {
  config: { variable: 'AWS_CONFIG_FILE', name: 'config' },
  credentials: { variable: 'AWS_SHARED_CREDENTIALS_FILE', name: 'credentials' },
}

/** Sources: aws-runtime env_config/source.rs `load`, normalize.rs `merge_in`, section.rs. */
export function readRustFiles(machine: Machine, documents: Documents): RustFiles {
  const [config, credentials] = (['config', 'credentials'] as const).map((role) => readFile(machine, documents, role))
  const files = [config!, credentials!]
  const settingsOf = (
    pick: (file: SpecFile) => Parameters<typeof specSettings>[0][number]['sections'],
  ): Settings | null =>
    specSettings(
      files.map((file) => ({ file, sections: pick(file) })),
      rustSections.isIdentifier,
    )
  const cached = new Map<string, Settings | null>()
  return {
    problem: config!.problem ?? credentials!.problem,
    isEmpty: files.every(({ sections }) => sections.profiles.size === 0),
    profile(name) {
      const known = cached.get(name)
      if (known !== undefined) return known
      const settings = settingsOf(({ sections }) => sections.profiles.get(name))
      cached.set(name, settings)
      return settings
    },
    ssoSession: (name) => settingsOf(({ sections }) => sections.ssoSessions.get(name)),
    other: (prefix, name) => settingsOf(({ sections }) => sections.others.get(`${prefix} ${name}`)),
  }
}

function readFile(
  machine: Machine,
  documents: Documents,
  role: FileRole,
): SpecFile & { readonly problem: RustFiles['problem'] } {
  const path = locate(machine, role)
  const state = documents.document(path)
  const reading = documents.reading(path, rustGrammar) ?? { sections: [], inherited: null, problems: [] }
  const tooLarge: readonly SyntaxProblem[] =
    state.kind === 'unreadable' && state.because === 'too-large'
      ? [{ kind: 'too-large', line: 1, column: 1, says: state.detail }]
      : []
  const problem = [...reading.problems, ...tooLarge][0]
  return {
    path,
    role,
    sections: specSections(reading, role, rustSections),
    problem: problem === undefined ? null : { ...problem, path, role },
  }
}

/** The home: `HOME` on every platform, also an empty one; the user database is not asked (aws-runtime fs_util.rs `home_dir`). */
export function rustHome(machine: Machine): string | null {
  const home = machine.env('HOME')
  if (home !== undefined || machine.platform !== 'win32') return home ?? null
  const profile = machine.env('USERPROFILE')
  if (profile !== undefined) return profile
  const [drive, path] = [machine.env('HOMEDRIVE'), machine.env('HOMEPATH')]
  return drive === undefined || path === undefined ? null : drive + path
}

/** Only a leading `~` stands for the home; without a home it stays, and names a folder of the working directory. */
function locate(machine: Machine, role: FileRole): string {
  const { variable, name } = places[role]
  const written = machine.env(variable) ?? `~/.aws/${name}`
  if (written === '') return ''
  const separator = machine.platform === 'win32' ? /[\\/]+/ : /\/+/
  const [first, ...rest] = written.split(separator)
  if (first !== '~') return absolutePath(machine, written)
  const home = rustHome(machine)
  return home === null ? absolutePath(machine, written) : fileBelow(machine, home, ...rest)
}

/** A path below a folder, where an empty folder is the working directory. */
export function fileBelow(machine: Machine, folder: string, ...parts: readonly string[]): string {
  return absolutePath(machine, pathRules(machine).join(folder, ...parts))
}
