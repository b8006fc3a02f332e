import { homeOf } from '../../holder/files/expand.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { absolutePath, joinPath } from '../../holder/machine/paths.ts'
import { isAssignment } from '../../holder/surroundings/assignment.ts'
import { readDotenv, readPythonDotenv } from '../../holder/surroundings/dotenv.ts'
import { readShellScript } from '../../holder/surroundings/posix-shell.ts'
import { readWritten } from '../../holder/surroundings/written.ts'
import { type Options, readAssignments, readOptions, type Valued } from './options.ts'
import { changed, noted, programName, unknownWord, type View, without } from './view.ts'

/** A program that only starts another one: one row of the table. */
interface Wrapper {
  /** Names of the program, with the subcommand where only that one starts something. */
  readonly names: readonly string[]
  readonly options?: Valued
  /** Words between the options and the command. */
  readonly operands?: number
  /** `NAME=value` before the command is put into its environment. */
  readonly assigns?: true
  /** What it does to the command's world; `view.words` is the command already. */
  readonly effect?: (view: View, options: Options, operands: readonly string[]) => View
}

const plain: Valued = { valued: '' }

const wrappers: readonly Wrapper[] = [
  // Coreutils and their like: the command sees what the wrapper sees.
  {
    names: ['nohup', 'setsid', 'builtin', 'command', 'unbuffer', 'chronic', 'catchsegv', 'winpty', 'dumb-init', 'tini'],
  },
  { names: ['time', 'gtime'], options: { valued: '-f --format -o --output' } },
  { names: ['exec'], options: { valued: '-a' } },
  { names: ['nice'], options: { valued: '-n --adjustment' } },
  { names: ['ionice'], options: { valued: '-c --class -n --classdata' } },
  { names: ['timeout', 'gtimeout'], options: { valued: '-s --signal -k --kill-after' }, operands: 1 },
  { names: ['stdbuf'], options: { valued: '-i --input -o --output -e --error' } },
  { names: ['caffeinate'], options: { valued: '-t -w' } },
  {
    names: ['xargs'],
    options: { valued: '-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-lines --max-procs' },
  },
  { names: ['watch'], options: { valued: '-n --interval' } },
  { names: ['strace', 'ltrace'], options: { valued: '-e -o -s -p -u -E' } },
  { names: ['flock'], options: { valued: '-w --timeout -E --conflict-exit-code' }, operands: 1 },
  { names: ['gosu', 'faketime'], operands: 1 },
  { names: ['cross-env', 'cross-env-shell'], assigns: true },
  {
    names: ['env', 'genv'],
    options: { valued: '-u --unset -C --chdir -S --split-string' },
    assigns: true,
    effect: throughEnv,
  },
  {
    names: ['sudo'],
    options: {
      valued:
        '-u --user -g --group -C --close-from -D --chdir -h --host -p --prompt -R --chroot -r --role -t --type -T -U --other-user',
    },
    assigns: true,
    effect: throughSudo,
  },
  { names: ['doas'], options: { valued: '-u -C' }, effect: throughSudo },

  // Runners of packages: the program is another one, the environment is not.
  { names: ['npx', 'bunx', 'pnpx', 'npm exec', 'npm x', 'bun x'], options: { valued: '-p --package -w --workspace' } },
  {
    names: ['pnpm exec', 'pnpm dlx', 'yarn exec', 'yarn dlx'],
    options: { valued: '-p --package -C --dir -F --filter' },
  },
  { names: ['uvx', 'uv tool run'], options: { valued: '--from --with -p --python --index --env-file' } },
  {
    names: ['uv run'],
    options: {
      valued: '--with --with-requirements --extra --group --env-file -p --python --project --directory --package',
    },
    effect: (view, options) => withFiles(view, valuesOf(options, '--env-file'), { reader: readDotenv, wins: false }),
  },
  {
    names: ['poetry run', 'pdm run', 'rye run', 'hatch run'],
    options: { valued: '-C --directory -P --project -p -e --env' },
  },
  {
    names: ['pipenv run'],
    // Pipenv loads the project's .env by itself, over what is there (pipenv/environment.py `load_dot_env`).
    effect: (view) => withFiles(view, ['.env'], { reader: readPythonDotenv, wins: true }),
  },
  { names: ['conda run', 'mamba run', 'micromamba run'], options: { valued: '-n --name -p --prefix --cwd' } },
  { names: ['bundle exec', 'rbenv exec', 'pyenv exec', 'asdf exec', 'mise exec', 'mise x'], options: plain },

  // Files of variables.
  {
    names: ['dotenv run'],
    options: { valued: '-f --file' },
    // python-dotenv: what the file says wins unless told otherwise.
    effect: (view, options) =>
      withFiles(view, orUsual(valuesOf(options, '-f', '--file')), {
        reader: readPythonDotenv,
        wins: !has(options, '--no-override'),
      }),
  },
  {
    names: ['dotenv'],
    options: { valued: '-e -f -v -p' },
    effect: (view, options) => {
      const wins = has(options, '-o', '--override')
      const here = withFiles(view, orUsual(valuesOf(options, '-e', '-f')), { reader: readDotenv, wins })
      return changed(here, { env: readAssignments(valuesOf(options, '-v')).env })
    },
  },
  {
    names: ['dotenvx run'],
    options: { valued: '-f --env-file -e --env' },
    effect: (view, options) =>
      withFiles(view, orUsual(valuesOf(options, '-f', '--env-file')), {
        reader: readDotenv,
        wins: has(options, '--overload', '-o'),
      }),
  },
  {
    names: ['env-cmd'],
    options: { valued: '-f --file -r --rc-file -e --environments' },
    effect: (view, options) =>
      withFiles(view, orUsual(valuesOf(options, '-f', '--file')), {
        reader: readDotenv,
        wins: !has(options, '--no-override'),
      }),
  },
  { names: ['direnv exec'], operands: 1, effect: throughDirenv },

  // What these give, nobody else can see.
  ...[
    {
      names: ['aws-vault exec', 'aws-okta exec'],
      options: { valued: '-d --duration -t --mfa-token --region -r --backend' },
      operands: 1,
    },
    { names: ['chamber exec'], operands: 1 },
    { names: ['saml2aws exec'], options: { valued: '-a --idp-account --exec-profile -p --profile' } },
    { names: ['aws2-wrap'], options: { valued: '--profile --outprofile' } },
    {
      names: ['op run', 'doppler run', 'infisical run', 'teller run', 'granted exec'],
      options: { valued: '--env-file -p --project -c --config --env --path' },
    },
  ].map((row) => ({
    ...row,
    effect: (view: View) => elsewhere(view, `with credentials that ${row.names[0]!.split(' ')[0]} gives`),
  })),
  {
    names: ['ssh'],
    options: { valued: '-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w' },
    operands: 1,
    effect: (view) => elsewhere(view, 'on another computer'),
  },
  {
    names: ['kubectl exec', 'oc exec'],
    options: { valued: '-c --container -n --namespace --context --kubeconfig -f --filename' },
    operands: 1,
    effect: (view) => elsewhere(afterDashes(view), 'in a pod'),
  },
]

function elsewhere(view: View, note: string): View {
  return noted({ ...view, isElsewhere: true }, note)
}

/** The rows by their program; the ones with a subcommand first. */
const byProgram = Map.groupBy(
  wrappers
    .flatMap((row) => row.names.map((name) => ({ row, words: name.split(' ') })))
    .sort((one, other) => other.words.length - one.words.length),
  ({ words }) => words[0]!,
)

/** Takes one wrapper off a command; null when its program is none, or starts nothing. */
export function unwrapped(view: View): View | null {
  const [first, ...rest] = view.words
  if (first === undefined) return null
  for (const { row, words } of byProgram.get(programName(first)) ?? []) {
    const behind = behindSubcommand(rest, words.slice(1), row.options ?? plain)
    if (behind === null) continue
    const options = readOptions(behind.words, row.options ?? plain)
    const given = [...behind.given, ...options.given]
    const operands = options.rest.slice(0, row.operands ?? 0)
    const command = options.rest.slice(row.operands ?? 0)
    const { env, rest: bare } = row.assigns ? readAssignments(command) : { env: {}, rest: command }
    const inner = { ...view, words: bare[0] === '--' ? bare.slice(1) : bare }
    const through = row.effect?.(inner, { given, rest: inner.words }, operands) ?? inner
    const done = Object.keys(env).length === 0 ? through : changed(through, { env })
    if (done.words.length > 0) return done
  }
  return null
}

function behindSubcommand(words: readonly string[], subcommand: readonly string[], options: Valued) {
  let rest = words
  const given: Options['given'][number][] = []
  for (const wanted of subcommand) {
    const read = readOptions(rest, options)
    if (read.rest[0] !== wanted) return null
    given.push(...read.given)
    rest = read.rest.slice(1)
  }
  return { words: rest, given }
}

function has({ given }: Options, ...names: readonly string[]): boolean {
  return given.some(({ name }) => names.includes(name))
}

function valuesOf({ given }: Options, ...names: readonly string[]): readonly string[] {
  return given.flatMap(({ name, value }) => (names.includes(name) && value !== null ? [value] : []))
}

function orUsual(files: readonly string[]): readonly string[] {
  return files.length > 0 ? files : ['.env']
}

/** `kubectl exec POD [-c C] -- COMMAND`: the options may stand behind the pod, too. */
function afterDashes(view: View): View {
  const at = view.words.indexOf('--')
  return at < 0 ? view : { ...view, words: view.words.slice(at + 1) }
}

// ---- env

/** `env(1)` of POSIX and GNU: `-i`, `-u NAME`, `-C DIR`, `-S STRING`, and a lone `-` for `-i`. */
function throughEnv(view: View, options: Options): View {
  const dash = view.words[0] === '-'
  const isEmptied = dash || has(options, '-i', '--ignore-environment')
  const isLess = isEmptied || valuesOf(options, '-u', '--unset').some((name) => name.startsWith('AWS_'))
  const env: Record<string, string | null> = {}
  if (dash || has(options, '-i', '--ignore-environment'))
    Object.assign(
      env,
      without(view.machine, () => false),
    )
  for (const name of valuesOf(options, '-u', '--unset')) env[name] = null
  const split = valuesOf(options, '-S', '--split-string').flatMap((text) =>
    text.split(/\s+/).filter((word) => word !== ''),
  )
  const words = [...split, ...view.words.slice(dash ? 1 : 0)]
  const { env: more, rest } = readAssignments(words)
  const directory = valuesOf(options, '-C', '--chdir').at(-1)
  return changed(
    { ...view, words: rest, through: isLess ? 'env' : view.through },
    {
      env: { ...env, ...more },
      ...(directory === undefined ? {} : { cwd: absolutePath(view.machine, directory) }),
    },
  )
}

// ---- sudo

/** What sudo keeps without being asked (sudo, env.c `initial_keepenv_table`, `initial_checkenv_table`). */
const keptBySudo =
  /^(COLORS|COLORTERM|DISPLAY|HOSTNAME|KRB5CCNAME|LANG|LANGUAGE|LC_\w+|LINGUAS|LS_COLORS|PATH|PS1|PS2|TERM|TZ|XAUTHORITY|XAUTHORIZATION|XDG_CURRENT_DESKTOP)$/

/**
 * Another user with an environment made anew (sudoers(5) `env_reset`; macOS's own sudoers file keeps HOME). `-E` keeps all of
 * it, `--preserve-env=LIST` some.
 */
function throughSudo(view: View, options: Options): View {
  const { machine } = view
  const keepsAll = has(options, '-E') || options.given.some(({ name, value }) => name === '--preserve-env' && !value)
  const asked = valuesOf(options, '--preserve-env').flatMap((list) => list.split(','))
  const user = valuesOf(options, '-u', '--user').at(-1)?.replace(/^#/, '') ?? 'root'
  const home = homeOfUser(machine, user)
  const keepsHome = !has(options, '-H', '--set-home', '-i', '--login') && (keepsAll || machine.platform === 'darwin')
  const directory = valuesOf(options, '-D', '--chdir').at(-1)
  const inside = changed(view, {
    env: {
      ...(keepsAll
        ? {}
        : without(machine, (name) => keptBySudo.test(name) || asked.includes(name) || (keepsHome && name === 'HOME'))),
      ...(keepsHome ? {} : { HOME: home }),
      USER: user,
      LOGNAME: user,
      SUDO_USER: nameOfUser(machine),
    },
    userHome: home,
    ...(directory === undefined ? {} : { cwd: absolutePath(machine, directory) }),
  })
  const told = noted(
    { ...inside, through: keepsAll ? view.through : 'sudo' },
    keepsAll ? `as ${user}` : `as ${user}, whose environment sudo makes anew`,
  )
  return mayRead(told.machine) ? told : { ...told, isElsewhere: true }
}

function nameOfUser(machine: Machine): string | null {
  const home = homeOf(machine) ?? ''
  return (
    machine.env('USER') ?? machine.env('LOGNAME') ?? (home === '/root' ? 'root' : (/[^/]+$/.exec(home)?.[0] ?? null))
  )
}

/** Home by `/etc/passwd` (passwd(5)), by name or number. */
function homeOfUser(machine: Machine, user: string): string | null {
  const reading = machine.readFile('/etc/passwd')
  const lines = reading.kind === 'found' ? new TextDecoder().decode(reading.bytes).split('\n') : []
  const fields = lines.map((line) => line.split(':')).find(([name, , id]) => name === user || id === user)
  return fields?.[5] ?? (user === 'root' ? (machine.platform === 'darwin' ? '/var/root' : '/root') : null)
}

/** Another user's files may be closed to us; then nothing can be said about them. */
function mayRead(machine: Machine): boolean {
  const home = homeOf(machine)
  if (home === null) return false
  return ['credentials', 'config'].every((name) => {
    const reading = machine.readFile(joinPath(machine, home, '.aws', name))
    return reading.kind !== 'unreadable' || reading.because !== 'permission'
  })
}

// ---- files of variables

interface FileRule {
  readonly reader: (text: string) => readonly { readonly name: string; readonly value: string | null }[]
  /** Whether the file is stronger than the environment. */
  readonly wins: boolean
}

/** The view with the variables of some files. What is computed in them makes the credentials unknown. */
export function withFiles(view: View, files: readonly string[], { reader, wins }: FileRule): View {
  let here = view
  for (const file of files) {
    const written = readWritten(here.machine, absolutePath(here.machine, file))
    if (written === null) continue
    const env: Record<string, string> = {}
    for (const { name, value } of reader(written.text))
      if (wins || here.machine.env(name) === undefined) env[name] = value ?? unknownWord
    here = noted(changed(here, { env }), `with the variables of ${file}`)
  }
  return here
}

/** `direnv exec DIR COMMAND` loads DIR/.envrc, a bash script, and its `dotenv` the .env beside it. */
function throughDirenv(view: View, _options: Options, [directory = '.']: readonly string[]): View {
  const path = absolutePath(view.machine, directory)
  const reader = (text: string) =>
    readShellScript(text, homeOf(view.machine)).filter(
      (step) => isAssignment(step) && step.effect === 'sets' && step.isExported,
    )
  const file = joinPath(view.machine, path, '.envrc')
  const here = withFiles(view, [file], { reader: reader as FileRule['reader'], wins: true })
  const text = readWritten(view.machine, file)?.text ?? ''
  if (!/^\s*dotenv(_if_exists)?\s*$/m.test(text)) return here
  return withFiles(here, [joinPath(view.machine, path, '.env')], { reader: readDotenv, wins: true })
}
