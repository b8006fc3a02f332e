/** What stands at a path, as far as starting it goes. `firstBytes` as Latin-1, empty when they cannot be read. */
export type FileSeen =
  | { readonly kind: 'program'; readonly firstBytes: string }
  | { readonly kind: 'directory' | 'not-executable' | 'absent' }

export type ProgramFound =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'absent' | 'not-runnable'; readonly says: (name: string) => string }

/** A program file and its arguments, ready to be started. */
export interface Start {
  readonly file: string
  readonly args: readonly string[]
  /** The arguments are quoted already (Windows only). */
  readonly verbatim: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds the file of a command's first word, as a shell does.
 *
 * - POSIX (XCU 2.9.1.4): a word with a slash is a path, else each directory of `PATH` is searched; an empty entry is the working
 *   directory. The first that can be run wins; a found file that cannot be run is told (126), else nothing was found (127).
 * - Windows: the working directory first, then `Path`; a name without a known extension is tried with each of `PATHEXT`.
 */
export function findProgram(
  platform: NodeJS.Platform,
  env: Environment,
  name: string,
  look: (path: string) => FileSeen,
): ProgramFound {
  let refused: ProgramFound | null = null
  for (const path of placesOf(platform, env, name)) {
    const seen = look(path)
    if (seen.kind === 'program') {
      const interpreter = platform === 'win32' ? null : interpreterOf(seen.firstBytes)
      if (interpreter === null || look(interpreter).kind !== 'absent') return { kind: 'found', path }
      refused ??= {
        kind: 'absent',
        says: (word) => `"${word}" names ${interpreter} in its first line, and there is no such program.`,
      }
    } else if (seen.kind === 'not-executable')
      refused ??= { kind: 'not-runnable', says: (word) => `"${word}" may not be run (${path} is not executable).` }
    else if (seen.kind === 'directory' && isPath(platform, name))
      refused ??= { kind: 'not-runnable', says: (word) => `"${word}" is a directory, not a program.` }
  }
  if (refused !== null) return refused
  return {
    kind: 'absent',
    says: (word) =>
      isPath(platform, name)
        ? `There is no program "${word}".`
        : `There is no program "${word}" in any directory of PATH.`,
  }
}

function isPath(platform: NodeJS.Platform, name: string): boolean {
  return platform === 'win32' ? /[\\/:]/.test(name) : name.includes('/')
}

function interpreterOf(firstBytes: string): string | null {
  return /^#![ \t]*(\/[^\s\0]+)/.exec(firstBytes)?.[1] ?? null
}

function placesOf(platform: NodeJS.Platform, env: Environment, name: string): readonly string[] {
  if (name === '') return []
  if (platform !== 'win32') {
    if (name.includes('/')) return [name]
    return (env['PATH'] ?? '').split(':').map((directory) => (directory === '' ? `./${name}` : `${directory}/${name}`))
  }
  const variable = (wanted: string) => Object.entries(env).find(([known]) => known.toUpperCase() === wanted)?.[1] ?? ''
  const extensions = (variable('PATHEXT') || '.COM;.EXE;.BAT;.CMD').split(';').filter((each) => each !== '')
  const known = extensions.some((extension) => name.toUpperCase().endsWith(extension.toUpperCase()))
  const names = known ? [name] : extensions.map((extension) => name + extension.toLowerCase())
  if (isPath(platform, name)) return names
  const directories = variable('PATH')
    .split(';')
    .map((each) => each.replace(/^"(.*)"$/, '$1'))
  return ['.', ...directories]
    .filter((directory) => directory !== '')
    .flatMap((directory) => names.map((each) => `${directory}\\${each}`))
}

/**
 * The line that starts a found program. On Windows a batch file is run by `cmd.exe`, whose own signs in the arguments are
 * escaped: each argument is quoted for the C runtime first (Microsoft, "Parsing C command-line arguments"), then every sign
 * that `cmd` reads gets its `^`, twice where the batch file hands its arguments on (npm's shims do).
 */
export function startLine(platform: NodeJS.Platform, path: string, args: readonly string[], env: Environment): Start {
  if (platform !== 'win32' || !/\.(cmd|bat)$/i.test(path)) return { file: path, args, verbatim: false }
  const isShim = /[\\/]node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i.test(path)
  const escaped = (text: string) => text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&')
  const line = [
    escaped(path),
    ...args.map((arg) => {
      const once = escaped(quotedForWindows(arg))
      return isShim ? escaped(once) : once
    }),
  ].join(' ')
  return { file: env['comspec'] ?? env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true }
}

/** One argument in quotes: backslashes before a quote and before the end are doubled. */
function quotedForWindows(text: string): string {
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`
}
