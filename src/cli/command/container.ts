import type { Machine } from '../../holder/machine/machine.ts'
import { absolutePath } from '../../holder/machine/paths.ts'
import { recordedMachine } from '../../holder/machine/recorded.ts'
import { readCompose } from '../../holder/surroundings/compose.ts'
import { readDotenv } from '../../holder/surroundings/dotenv.ts'
import { readWritten } from '../../holder/surroundings/written.ts'
import { parseYaml } from '../../holder/surroundings/yaml.ts'
import { type Options, readOptions } from './options.ts'
import { noted, unknownWord, type View } from './view.ts'

/** A directory or file of the host that stands in the container. */
interface Mount {
  readonly host: string
  readonly inside: string
}

/** What is known of a container without asking Docker. */
interface ContainerPlan {
  readonly env: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
  readonly cwd: string | null
  readonly user: string | null
}

const globals = { valued: '--config -c --context -H --host -l --log-level --tlscacert --tlscert --tlskey' }

/** `docker run --help`, `podman run --help`: all other options take a value. */
const runSwitches = {
  switches:
    '-d --detach --disable-content-trust --env-host --help --init -i --interactive --no-healthcheck --no-hosts ' +
    '--oom-kill-disable -P --publish-all --privileged -q --quiet --read-only --replace --rm --rmi --sig-proxy -t --tty',
}

const composeGlobals = { switches: '--all-resources --compatibility --dry-run --verbose' }

/** `docker compose run --help`. */
const composeRunValued = {
  valued:
    '--cap-add --cap-drop -e --env --entrypoint -l --label --name -p --publish --pull --use-aliases -u --user -v --volume -w --workdir',
}

/** Images that are a program. */
const programsOfImages: readonly (readonly [image: RegExp, program: string])[] = [
  [/^(docker\.io\/)?amazon\/aws-cli(:|@|$)|^public\.ecr\.aws\/aws-cli\/aws-cli(:|@|$)/, 'aws'],
  [/^(docker\.io\/)?hashicorp\/terraform(:|@|$)/, 'terraform'],
  [/^ghcr\.io\/opentofu\/opentofu(:|@|$)/, 'tofu'],
]

/**
 * The world inside of the container that a command of Docker (or Podman, nerdctl, Compose) starts: exactly the variables that it
 * is given, and of the files those that are mounted. Null when the command starts none; `isElsewhere` where it cannot be known.
 */
export async function insideContainer(view: View): Promise<View | null> {
  const [program, ...args] = view.words
  const name = /(docker-compose|podman-compose|docker|podman|nerdctl|finch)(\.exe)?$/.exec(program ?? '')?.[1]
  if (name === undefined) return null
  if (name.endsWith('-compose')) return await insideService(view, args)
  const words = readOptions(args, globals).rest
  const [verb, ...rest] = words[0] === 'container' ? words.slice(1) : words
  if (verb === 'compose') return await insideService(view, rest)
  if (verb === 'run' || verb === 'create') return insideRun(view, rest)
  if (verb === 'exec')
    return noted({ ...view, words: readOptions(rest, runSwitches).rest.slice(1), isElsewhere: true }, 'in a container')
  return null
}

function insideRun(view: View, args: readonly string[]): View | null {
  const options = readOptions(args, runSwitches)
  const [image, ...command] = options.rest
  if (image === undefined) return null
  const entry = one(options, '--entrypoint')
  const own = programsOfImages.find(([pattern]) => pattern.test(image))?.[1]
  const words = entry !== null ? [entry, ...command] : own !== undefined ? [own, ...command] : command
  const plan: ContainerPlan = {
    env: environmentOf(view.machine, options),
    mounts: mountsOf(view.machine, options),
    cwd: one(options, '-w', '--workdir') ?? (own === 'aws' ? '/aws' : null),
    user: one(options, '-u', '--user'),
  }
  return entered({ ...view, words }, plan)
}

function one({ given }: Options, ...names: readonly string[]): string | null {
  return given.findLast(({ name, value }) => names.includes(name) && value !== null)?.value ?? null
}

function all({ given }: Options, ...names: readonly string[]): readonly string[] {
  return given.flatMap(({ name, value }) => (names.includes(name) && value !== null ? [value] : []))
}

/** Files first, then `-e`; a name alone is passed on when it is set here (docker run reference, "ENV"). */
function environmentOf(machine: Machine, options: Options): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  if (options.given.some(({ name }) => name === '--env-host'))
    for (const name of machine.envNames()) env[name] = machine.env(name) ?? ''
  const lines = all(options, '--env-file').flatMap((file) => {
    const text = readWritten(machine, absolutePath(machine, file))?.text ?? ''
    // Docker takes no quotes off and knows no `export`.
    return text
      .split(/\r?\n/)
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'))
  })
  for (const line of [...lines, ...all(options, '-e', '--env')]) {
    const equals = line.indexOf('=')
    const name = equals < 0 ? line : line.slice(0, equals)
    const value = equals < 0 ? machine.env(name) : line.slice(equals + 1)
    if (value !== undefined) env[name] = value
  }
  return env
}

function mountsOf(machine: Machine, options: Options): readonly Mount[] {
  const short = all(options, '-v', '--volume').flatMap((text) => mountIn(machine, text) ?? [])
  const long = all(options, '--mount').flatMap((text) => {
    const parts = new Map(
      text.split(',').map((part) => {
        const [name = '', ...value] = part.split('=')
        return [name, value.join('=')] as const
      }),
    )
    const source = parts.get('source') ?? parts.get('src')
    const target = parts.get('target') ?? parts.get('dst') ?? parts.get('destination')
    return parts.get('type') === 'bind' && source !== undefined && target !== undefined
      ? [{ host: absolutePath(machine, source), inside: target }]
      : []
  })
  return [...short, ...long]
}

/** `SOURCE:TARGET[:OPTIONS]`; a source without a slash is a volume, whose content nobody sees from here. */
function mountIn(machine: Machine, text: string): Mount | null {
  const match = /^((?:[A-Za-z]:)?[^:]+):(\/[^:]*)(?::[\w,]+)?$/.exec(text)
  if (match === null || !/^[./~]|^[A-Za-z]:[\\/]/.test(match[1]!)) return null
  const home = machine.env('HOME') ?? machine.env('USERPROFILE') ?? ''
  return { host: absolutePath(machine, match[1]!.replace(/^~(?=\/|$)/, home)), inside: match[2]! }
}

/** The container as a machine. Its images' own variables and files are not known; nothing of the host shines through. */
function entered(view: View, plan: ContainerPlan): View {
  const { machine } = view
  const home = plan.env['HOME'] ?? homeInside(plan)
  const computed = Object.entries(plan.env).some(
    ([name, value]) => name.startsWith('AWS_') && value.includes(unknownWord),
  )
  const ground = { platform: 'linux', cwd: plan.cwd ?? '/' } as const
  const inside = recordedMachine({ ...ground, env: { HOME: home, ...plan.env }, userHome: home })
  const onHost = (path: string): string | null => {
    const whole = absolutePath(ground, path)
    const mount = plan.mounts
      .filter(({ inside: target }) => whole === target || whole.startsWith(target.replace(/\/*$/, '/')))
      .sort((one_, other) => other.inside.length - one_.inside.length)[0]
    if (mount === undefined) return null
    const rest = whole.slice(mount.inside.replace(/\/+$/, '').length)
    return machine.platform === 'win32' ? mount.host + rest.replaceAll('/', '\\') : mount.host + rest
  }
  const container: Machine = {
    ...inside,
    now: () => machine.now(),
    readFile(path) {
      const host = onHost(path)
      return host === null ? { kind: 'absent' } : machine.readFile(host)
    },
    list(path) {
      const host = onHost(path)
      return host === null ? [] : machine.list(host)
    },
    processes: async () => [],
    send: (request) => machine.send(request),
    // The program that is meant stands in the image.
    run: () => Promise.resolve({ kind: 'refused' }),
  }
  return noted(
    {
      ...view,
      machine: container,
      isElsewhere: view.isElsewhere || computed,
      through: 'container',
      mounted: awsMounts(plan),
    },
    told(plan),
  )
}

function homeInside({ user, mounts }: ContainerPlan): string {
  const mounted = mounts.find(({ inside }) => /^\/.*\/\.aws\/?$/.test(inside))?.inside.replace(/\/\.aws\/?$/, '')
  const name = user?.split(':')[0] ?? null
  if (name === null) return mounted ?? '/root'
  if (name === '' || name === '0' || name === 'root') return '/root'
  // Whom the image does not know has the root for a home.
  return /^\d+$/.test(name) ? '/' : `/home/${name}`
}

function told({ env, mounts }: ContainerPlan): string {
  const names = Object.keys(env).filter((name) => name.startsWith('AWS_'))
  const variables = names.length === 0 ? 'no variable of AWS' : `${names.sort().join(', ')} given to it`
  const files = awsMounts({ mounts })
  return `inside the container, with ${variables} and ${files.length === 0 ? 'no AWS files mounted' : `${files.join(', ')} mounted`}`
}

/** Mounts that may hold AWS files: the directory itself, or a whole home. */
function awsMounts({ mounts }: Pick<ContainerPlan, 'mounts'>): readonly string[] {
  return mounts.map(({ inside }) => inside).filter((inside) => /\.aws(\/|$)|^\/root\/?$|^\/home(\/|$)/.test(inside))
}

// ---- Compose

const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const

/** `compose run SERVICE COMMAND`, `compose up [SERVICE]`: the service's own environment, files and volumes. */
async function insideService(view: View, args: readonly string[]): Promise<View | null> {
  const globalsRead = readOptions(args, composeGlobals)
  const [verb, ...rest] = globalsRead.rest
  if (verb !== 'run' && verb !== 'up' && verb !== 'exec') return null
  const options = readOptions(
    rest,
    verb === 'up' ? { valued: '--scale --exit-code-from --timeout -t --attach' } : composeRunValued,
  )
  const [named, ...command] = options.rest
  const unknown = noted({ ...view, words: command, isElsewhere: true }, 'in a container')
  if (verb === 'exec') return unknown
  const { machine } = view
  const file =
    one(globalsRead, '-f', '--file') ?? composeFiles.find((name) => readWritten(machine, absolutePath(machine, name)))
  const written = file === undefined ? null : readWritten(machine, absolutePath(machine, file))
  if (written === null) return unknown
  const services = await readCompose(written.text)
  const service =
    services.find((each) => each.service === named) ??
    (verb === 'up' && services.length === 1 ? services[0] : undefined)
  const document = await parseYaml(written.text)
  if (service === undefined || document === null) return unknown
  const shell = withDotenv(machine)
  const node = document.get(document.root, 'services', service.service)
  const texts = (key: string) => document.items(document.get(node, key)).flatMap((item) => document.text(item) ?? [])
  const env: Record<string, string> = {}
  for (const envFile of service.files)
    for (const { name, value } of readDotenv(readWritten(machine, absolutePath(machine, envFile))?.text ?? ''))
      env[name] = value ?? unknownWord
  for (const { name, effect, value } of service.assignments) {
    const given = effect === 'passes-on' ? shell(name) : (value ?? unknownWord)
    if (given !== undefined) env[name] = given
  }
  const own = document.text(document.get(node, 'command'))?.split(/\s+/) ?? texts('command')
  const words = verb === 'run' && command.length > 0 ? command : own
  const entry = one(options, '--entrypoint') ?? document.text(document.get(node, 'entrypoint'))
  const image = document.text(document.get(node, 'image')) ?? ''
  const program = entry ?? programsOfImages.find(([pattern]) => pattern.test(image))?.[1]
  return entered(
    { ...view, words: program === undefined ? words : [program, ...words] },
    {
      env: { ...env, ...environmentOf(machine, options) },
      mounts: [...texts('volumes').flatMap((text) => mountIn(machine, text) ?? []), ...mountsOf(machine, options)],
      cwd: one(options, '-w', '--workdir') ?? document.text(document.get(node, 'working_dir')),
      user: one(options, '-u', '--user') ?? document.text(document.get(node, 'user')),
    },
  )
}

/** Compose reads the .env of the working directory for what the shell does not set. */
function withDotenv(machine: Machine): (name: string) => string | undefined {
  const text = readWritten(machine, absolutePath(machine, '.env'))?.text ?? ''
  const file = new Map(readDotenv(text).map(({ name, value }) => [name, value ?? unknownWord]))
  return (name) => machine.env(name) ?? file.get(name)
}
