import type { SdkName } from '../../holder/chains/trace.ts'
import { readAwsFiles } from '../../holder/files/aws-files.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { absolutePath, joinPath } from '../../holder/machine/paths.ts'
import { readDotenv } from '../../holder/surroundings/dotenv.ts'
import { projectProfile } from '../../holder/surroundings/project.ts'
import { blockInUse, readTerraform, terraformDirectory } from '../../holder/surroundings/terraform.ts'
import { readWritten } from '../../holder/surroundings/written.ts'
import { insideContainer } from './container.ts'
import { tokenProgram } from './kubernetes.ts'
import { lastValue, readOptions } from './options.ts'
import { type Program, programNamed } from './programs.ts'
import { binarySdk, dotenvInCode, packageScript, profileInCode } from './projects.ts'
import { commandsOf } from './shell-line.ts'
import { changed, outermost, programName, unknownWord, type View } from './view.ts'
import { unwrapped, withFiles } from './wrappers.ts'

/** A command as it looks for AWS credentials. */
export interface Recognised {
  /** The program that talks to AWS, by its name; null when nothing was recognised. */
  readonly program: string | null
  /** Null: only what the program prints can tell. */
  readonly sdk: SdkName | null
  /** True when the SDK is the program's own and not that of whatever it runs. */
  readonly isSure: boolean
  readonly profile: string | null
  readonly region: string | null
  readonly endpointUrl: string | null
  /**
   * `chain`: found by the SDK's rules on `machine`. `unsigned`: none are used. `elsewhere`: they come from where nobody can
   * look, so that only the text of an error can be judged.
   */
  readonly credentials: 'chain' | 'unsigned' | 'elsewhere'
  readonly isTestRun: boolean
  /** What made the program's environment anew; null when it has ours. */
  readonly through: View['through']
  readonly mounted: View['mounted']
  /** Variables of AWS that come with the command itself: its line, a file that it loads, a kubeconfig. */
  readonly own: readonly string[]
  /** The machine as the program sees it. */
  readonly machine: Machine
  /** Plain clauses about what differs from the shell in which we were started. */
  readonly notes: readonly string[]
}

/**
 * Recognises the program behind a command line: wrappers are taken off, shell lines and package scripts are read, containers
 * entered. `client`, the SDK whose marks stand in the error, chooses among several programs of one line. Nothing is run but
 * `aws --version`, and that only where the file of the program does not tell.
 */
export async function recognise(
  machine: Machine,
  words: readonly string[],
  client: string | null = null,
  exec = true,
): Promise<Recognised> {
  const views = await innermost(outermost(machine, words), 0)
  const all = await Promise.all(views.slice(0, mostViews).map((view) => recognised(view, exec)))
  const known = all.filter(({ program }) => program !== null)
  const fitting = known.find(({ sdk }) => sdk !== null && speaksLike(sdk, client))
  const found = fitting ?? known.find(({ sdk }) => sdk !== null) ?? known[0] ?? all[0] ?? nothing(machine)
  const variables = found.machine.envNames().filter((name) => name.startsWith('AWS_'))
  return { ...found, own: variables.filter((name) => found.machine.env(name) !== machine.env(name)).sort() }
}

const mostViews = 50
const mostLayers = 12

function nothing(machine: Machine): Recognised {
  return {
    program: null,
    sdk: null,
    isSure: false,
    profile: null,
    region: null,
    endpointUrl: null,
    credentials: 'chain',
    isTestRun: false,
    through: null,
    mounted: [],
    own: [],
    machine,
    notes: [],
  }
}

function speaksLike(sdk: SdkName, client: string | null): boolean {
  return client !== null && (sdk === client || (client === 'aws-cli' && sdk.startsWith('aws-cli')))
}

// ---- taking the layers off

/** The commands at the bottom of a command line: one, or several where a shell runs several. */
async function innermost(view: View, depth: number): Promise<readonly View[]> {
  if (depth >= mostLayers || view.words.length === 0) return [view]
  const next = (inner: View) => innermost(inner, depth + 1)
  const wrapped = unwrapped(view)
  if (wrapped !== null) return await next(wrapped)
  // Before scripts are read: `docker` may be one that stands for another program.
  const container = await insideContainer(view)
  if (container !== null) return await next(container)
  const lines = shellCommands(view) ?? scriptOf(view)
  if (lines !== null) {
    const found = await Promise.all(lines.slice(0, mostViews).map(next))
    return found.flat()
  }
  const module = pythonModule(view)
  if (module !== null) return await next(module)
  if (isKubernetes(view.words[0]!)) {
    const token = await tokenProgram(view)
    if (token !== null) return await next(token)
  }
  return [withVariables(view)]
}

/** Files of variables that the program reads by itself: `node --env-file`, and .env where its code says so. */
function withVariables(view: View): View {
  if (programNamed(programName(view.words[0]!))?.isOwn !== false) return view
  const args = view.words.slice(1)
  const asked = args.flatMap((word, index) => {
    const match = /^--env-file(?:-if-exists)?(?:=(.+))?$/.exec(word)
    return match === null ? [] : [match[1] ?? args[index + 1] ?? '']
  })
  const named = withFiles(view, asked, { reader: readDotenv, wins: false })
  const loaded = dotenvInCode(named)
  return loaded === null ? named : withFiles(named, ['.env'], { reader: readDotenv, wins: loaded.wins })
}

function isKubernetes(word: string): boolean {
  return /^(kubectl|helm|helmfile|k9s|flux|stern)$/.test(programName(word))
}

const shells = /^(sh|bash|dash|zsh|ksh|mksh|ash|rbash)$/

/** What a shell was told to run: `-c LINE`, a script file, or a package's script. */
function shellCommands(view: View): readonly View[] | null {
  const [first, ...args] = view.words
  const name = programName(first!)
  if (shells.test(name)) {
    const { given, rest } = readOptions(args, { valued: '-o -O +o --rcfile --init-file' })
    if (rest[0] === undefined) return null
    // `-c` takes its line as the first operand, whatever letters stand with it.
    if (given.some((option) => option.name === '-c')) return commandsOf(view, rest[0])
    const text = readWritten(view.machine, absolutePath(view.machine, rest[0]))?.text
    return text === undefined ? null : commandsOf(view, text)
  }
  if (name === 'fish') {
    const line = lastValue(args, ['-c', '--command'])
    return line === null ? null : commandsOf(view, line)
  }
  if (name === 'cmd') return commandPrompt(view, args)
  return packageCommands(view, name, args)
}

/** `cmd /c "set A=b&& program"`: enough of its grammar for a line of commands. */
function commandPrompt(view: View, args: readonly string[]): readonly View[] | null {
  const at = args.findIndex((word) => /^\/[ck]$/i.test(word))
  if (at < 0) return null
  let here = view
  const found: View[] = []
  for (const part of args
    .slice(at + 1)
    .join(' ')
    .split(/&&?|\|\|?/)) {
    const set = /^\s*set\s+"?(\w+)=([^"]*?)"?$/i.exec(part)
    if (set !== null) here = changed(here, { env: { [set[1]!]: set[2]! } })
    else {
      const words = [...part.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!)
      if (words.length > 0) found.push({ ...here, words })
    }
  }
  return found
}

/** `npm run NAME`, `npm test`, `yarn NAME`, `pnpm NAME`, `bun run NAME`: the script of that name in package.json. */
function packageCommands(view: View, name: string, args: readonly string[]): readonly View[] | null {
  if (!/^(npm|pnpm|yarn|bun)$/.test(name)) return null
  const { given, rest } = readOptions(args, { valued: '--prefix -C --dir --cwd -w --workspace --filter -F' })
  const [verb, ...more] = rest
  if (verb === undefined) return null
  const isRun = verb === 'run' || verb === 'run-script'
  const script = isRun ? more.find((word) => !word.startsWith('-')) : verb
  if (script === undefined) return null
  const place = given.findLast(
    (option) => option.value !== null && /^(--prefix|-C|--dir|--cwd)$/.test(option.name),
  )?.value
  const found = packageScript(view.machine, script, place ?? view.machine.cwd)
  if (found === null) return null
  const dashes = rest.indexOf('--')
  const added = dashes < 0 ? [] : rest.slice(dashes + 1)
  const inside = changed(view, { cwd: found.directory })
  const commands = commandsOf(inside, found.line)
  // What stands behind `--` goes to the last command of the script.
  return commands.map((command, index) =>
    index === commands.length - 1 ? { ...command, words: [...command.words, ...added] } : command,
  )
}

/** `python3 -m NAME ARGS`. */
function pythonModule(view: View): View | null {
  const [first, ...args] = view.words
  if (!/^(python|pypy)(\d|$)/.test(programName(first!))) return null
  const { given } = readOptions(args, { valued: '-m -c -W -X' })
  const at = args.indexOf('-m')
  const name = given.find((option) => option.name === '-m')?.value
  return at < 0 || name == null || programNamed(name) === null
    ? null
    : { ...view, words: [name, ...args.slice(at + 2)] }
}

const mostScript = 64 * 1024

/** A file with a first line `#!`: the interpreter and the file become the command (execve(2)); else by its extension. */
function scriptOf(view: View): readonly View[] | null {
  const [first, ...args] = view.words
  if (programNamed(programName(first!)) !== null) return null
  const path = fileOf(view.machine, first!)
  const text = path === null ? undefined : readWritten(view.machine, path, mostScript)?.text
  const match = /^#![ \t]*(\S+)(?:[ \t]+(\S.*?))?[ \t]*\r?\n/.exec(text ?? '')
  if (match !== null) {
    const [, interpreter, argument] = match
    return [
      { ...view, words: [interpreter!, ...(argument === undefined ? [] : argument.split(/\s+/)), path!, ...args] },
    ]
  }
  // Runners such as `uv run` take a file without saying what reads it.
  const runner = runners.find(([extension]) => extension.test(first!))?.[1]
  return runner === undefined ? null : [{ ...view, words: [runner, ...view.words] }]
}

const runners: readonly (readonly [extension: RegExp, program: string])[] = [
  [/\.py$/, 'python'],
  [/\.[cm]?[jt]sx?$/, 'node'],
  [/\.rb$/, 'ruby'],
  [/\.php$/, 'php'],
  [/\.[jw]ar$/, 'java'],
]

/** The file of a program: its path, or the first in `PATH`. */
function fileOf(machine: Machine, word: string): string | null {
  if (word.includes(unknownWord)) return null
  if (word.includes('/') || word.includes('\\')) return absolutePath(machine, word)
  const path = machine.env('PATH') ?? ''
  const names = machine.platform === 'win32' ? [`${word}.exe`, `${word}.cmd`, word] : [word]
  for (const directory of path.split(machine.platform === 'win32' ? ';' : ':').slice(0, 100)) {
    const listed = directory === '' ? [] : machine.list(absolutePath(machine, directory))
    const name = names.find((each) => listed.includes(each))
    if (name !== undefined) return joinPath(machine, absolutePath(machine, directory), name)
  }
  return null
}

// ---- what the program is

async function recognised(view: View, exec: boolean): Promise<Recognised> {
  const { machine, words, notes, through, mounted } = view
  const rest = { ...nothing(machine), notes, through, mounted }
  const [first, ...args] = words
  if (first === undefined) return { ...rest, credentials: view.isElsewhere ? 'elsewhere' : 'chain' }
  const name = programName(first)
  const program = programNamed(name)
  if (program === null) {
    const file = fileOf(machine, first)
    const sdk = file === null ? null : binarySdk(machine, file)
    return {
      ...rest,
      program: sdk === null ? null : name,
      sdk,
      isSure: sdk !== null,
      credentials: view.isElsewhere ? 'elsewhere' : 'chain',
    }
  }
  const sdk = typeof program.sdk === 'function' ? program.sdk(view) : program.sdk
  const told: Recognised = {
    ...rest,
    program: name,
    sdk: sdk === 'aws-cli-v2' ? await cliVersion(view, exec) : sdk,
    isSure: program.isOwn,
    profile: given(args, program.profile),
    region: given(args, program.region),
    endpointUrl: given(args, program.endpointUrl),
    credentials: credentialsOf(view, program),
    isTestRun: program.tests === true,
  }
  return honest(await withProject(withCode(told, view), args))
}

function given(args: readonly string[], flags: readonly string[] | undefined): string | null {
  return flags === undefined ? null : lastValue(args, flags)
}

function credentialsOf({ words, isElsewhere }: View, { unsigned, ownKeys }: Program): Recognised['credentials'] {
  if (isElsewhere || ownKeys === true) return 'elsewhere'
  return unsigned?.some((flag) => words.includes(flag)) === true ? 'unsigned' : 'chain'
}

/** A profile that the program's own code names, where the SDK is that of what it runs. */
function withCode(told: Recognised, view: View): Recognised {
  if (told.isSure || told.profile !== null) return told
  const { config, credentials } = readAwsFiles(told.machine)
  const profile = profileInCode(view, new Set([...config.profiles.keys(), ...credentials.profiles.keys()]))
  return profile === null ? told : { ...told, profile, notes: [...told.notes, 'named in its code'] }
}

/** What the program's own files add, where no flag says it. */
async function withProject(told: Recognised, args: readonly string[]): Promise<Recognised> {
  const { machine, program } = told
  if (program === 'terraform' || program === 'tofu' || program === 'terragrunt') return withTerraform(told, args)
  if (program === null || told.profile !== null) return told
  const profile = await projectProfile(machine, program, args)
  return profile === null ? told : { ...told, profile: profile.value }
}

/** The block of Terraform that is at work: its profile, its files, its region; keys in it are the block's own matter. */
function withTerraform(told: Recognised, args: readonly string[]): Recognised {
  const directory = terraformDirectory(told.machine, args)
  const inside = changed(outermost(told.machine, args), { cwd: directory })
  const seen = readTerraform(inside.machine)
  const block = seen === null ? null : blockInUse(seen, args)
  if (block === null) return { ...told, machine: inside.machine }
  const [file] = block.files
  const { machine } =
    file === undefined
      ? inside
      : changed(inside, { env: { AWS_SHARED_CREDENTIALS_FILE: absolutePath(inside.machine, file.value) } })
  return {
    ...told,
    machine,
    profile: block.profile?.value ?? null,
    region: block.region?.value ?? null,
    credentials: block.accessKeyId !== null ? 'elsewhere' : told.credentials,
  }
}

/** What only a run can tell is not guessed: then the credentials are elsewhere. */
function honest(told: Recognised): Recognised {
  const { machine, profile } = told
  const isUnknown = (text: string | null | undefined) => text?.includes(unknownWord) === true
  const variables = machine.envNames().filter((name) => /^(AWS_|HOME$|USERPROFILE$)/.test(name))
  const hole = isUnknown(profile) || variables.some((name) => isUnknown(machine.env(name)))
  return {
    ...told,
    profile: isUnknown(profile) ? null : profile,
    region: isUnknown(told.region) ? null : told.region,
    endpointUrl: isUnknown(told.endpointUrl) ? null : told.endpointUrl,
    credentials: hole ? 'elsewhere' : told.credentials,
  }
}

/** The generation of an AWS CLI: by where its file stands, else by asking it; v2 where neither tells. */
async function cliVersion({ machine, words }: View, exec: boolean): Promise<'aws-cli-v1' | 'aws-cli-v2'> {
  const file = fileOf(machine, words[0]!)
  if (file === null) return 'aws-cli-v2'
  if (/[\\/](aws-cli[\\/]v2|AWSCLIV2|awscli[\\/]2\.|awscli2)/i.test(file)) return 'aws-cli-v2'
  const installed = beside(machine, file)
  if (installed !== null) return installed
  if (!exec) {
    const text = readWritten(machine, file, mostScript)?.text ?? ''
    return /^#!.*python/.test(text) && /awscli\.clidriver/.test(text) ? 'aws-cli-v1' : 'aws-cli-v2'
  }
  const outcome = await machine.run({ line: [file, '--version'], timeoutMs: 5000 })
  if (outcome.kind !== 'ended') return 'aws-cli-v2'
  return /^aws-cli\/1\./m.test(outcome.stdout + outcome.stderr) ? 'aws-cli-v1' : 'aws-cli-v2'
}

/** What pip installed beside a virtual environment's or a user's `bin/aws`. */
function beside(machine: Machine, file: string): 'aws-cli-v1' | 'aws-cli-v2' | null {
  const above = /^(.*)[\\/](?:bin|Scripts)[\\/][^\\/]+$/.exec(file)?.[1]
  if (above === undefined) return null
  const library = joinPath(machine, above, 'lib')
  const pythons = machine.list(library).filter((name) => /^python3/.test(name))
  const packages = [
    ...pythons.map((name) => joinPath(machine, library, name, 'site-packages')),
    joinPath(machine, above, 'Lib', 'site-packages'),
  ]
  const found = packages.flatMap((path) => machine.list(path)).find((name) => /^awscli-[12]\..*\.dist-info$/.test(name))
  return found === undefined ? null : found.startsWith('awscli-1.') ? 'aws-cli-v1' : 'aws-cli-v2'
}
