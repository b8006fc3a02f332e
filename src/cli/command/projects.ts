import type { SdkName } from '../../holder/chains/trace.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { absolutePath, joinPath, pathRules } from '../../holder/machine/paths.ts'
import { readWritten } from '../../holder/surroundings/written.ts'
import { programName, type View } from './view.ts'

/*
 * Which of two generations of an SDK a project uses, by the files that name its dependencies. Null where they name both or
 * neither: then only the text of the error tells.
 */

/** The names to look for, oldest SDK last. */
type Signs = readonly (readonly [sdk: SdkName, sign: RegExp])[]

function oneOf(signs: Signs, text: string): SdkName | null {
  const found = signs.filter(([, sign]) => sign.test(text))
  return found.length === 1 ? found[0]![0] : null
}

/** The text of the first of some files in a directory or above it; at most twelve directories are looked at. */
function nearest(
  machine: Machine,
  from: string,
  names: readonly string[],
): { readonly directory: string; readonly text: string } | null {
  const { dirname } = pathRules(machine)
  for (let directory = absolutePath(machine, from), steps = 0; steps < 12; steps += 1) {
    for (const name of names) {
      const text = readWritten(machine, joinPath(machine, directory, name))?.text
      if (text !== undefined) return { directory, text }
    }
    const above = dirname(directory)
    if (above === directory) return null
    directory = above
  }
  return null
}

/** Where a script stands, or the working directory. */
function directoryOf({ machine, words }: View, script: RegExp): string {
  const file = words.slice(1).find((word) => script.test(word))
  return file === undefined ? machine.cwd : pathRules(machine).dirname(absolutePath(machine, file))
}

const javascriptSigns: Signs = [
  ['js-v3', /"@aws-sdk\/(?!types|util)[\w-]+"/],
  ['js-v2', /"aws-sdk"\s*:/],
]

export function javascriptSdk(view: View): SdkName | null {
  const directory = directoryOf(view, /\.[cm]?[jt]sx?$/)
  const manifest = nearest(view.machine, directory, ['package.json'])
  const written = manifest === null ? null : oneOf(javascriptSigns, manifest.text)
  if (written !== null || manifest === null) return written
  const modules = joinPath(view.machine, manifest.directory, 'node_modules')
  const isThere = (name: string) => view.machine.list(joinPath(view.machine, modules, name)).length > 0
  const installed = (['js-v3', 'js-v2'] as const).filter((sdk) => isThere(sdk === 'js-v2' ? 'aws-sdk' : '@aws-sdk'))
  return installed.length === 1 ? installed[0]! : null
}

const javaSigns: Signs = [
  ['kotlin', /aws\.sdk\.kotlin/],
  ['java-v2', /software\.amazon\.awssdk/],
  ['java-v1', /com\.amazonaws|aws-java-sdk/],
]

/** Names of classes and of nested archives, as the directory of an archive has them. */
const archiveSigns: Signs = [
  ['kotlin', /aws\/sdk\/kotlin\/|aws\.sdk\.kotlin/],
  ['java-v2', /software\/amazon\/awssdk\/|\/(aws-core|sdk-core)-2\./],
  ['java-v1', /com\/amazonaws\/auth\/|aws-java-sdk-core-/],
]

export function javaSdk(view: View): SdkName | null {
  const { machine, words } = view
  const jar = words.find((word) => /\.(jar|war)$/.test(word))
  if (jar !== undefined) return oneOf(archiveSigns, bytesOf(machine, absolutePath(machine, jar)))
  const build = nearest(machine, machine.cwd, [
    'pom.xml',
    'build.gradle',
    'build.gradle.kts',
    'gradle/libs.versions.toml',
    'build.sbt',
  ])
  return build === null ? null : oneOf(javaSigns, build.text)
}

const goSigns: Signs = [
  ['go-v2', /github\.com\/aws\/aws-sdk-go-v2\b/],
  ['go-v1', /github\.com\/aws\/aws-sdk-go(?!-v2)[\s@]/],
]

export function goSdk(view: View): SdkName | null {
  const module = nearest(view.machine, directoryOf(view, /\.go$/), ['go.mod'])
  return module === null ? null : oneOf(goSigns, module.text)
}

/** What the code of an SDK says of itself inside a compiled program. */
const binarySigns: Signs = [
  ['go-v2', /github\.com\/aws\/aws-sdk-go-v2/],
  ['go-v1', /github\.com\/aws\/aws-sdk-go[\t@/](?!v2)/],
  ['rust', /aws-sdk-rust/],
  ['cpp', /aws-sdk-cpp/],
]

/** By the bytes of a program's file; null for what is no compiled program of these. */
export function binarySdk(machine: Machine, path: string): SdkName | null {
  const bytes = bytesOf(machine, path)
  return /^(\x7fELF|MZ|[\xcf\xfa\xca\xce\xfe]{4})/.test(bytes) ? oneOf(binarySigns, bytes) : null
}

function bytesOf(machine: Machine, path: string): string {
  const reading = machine.readFile(path)
  return reading.kind === 'found' ? new TextDecoder('latin1').decode(reading.bytes) : ''
}

/** The script of a package that `npm run NAME` runs, with the directory in which it runs; null when there is none. */
export function packageScript(
  machine: Machine,
  name: string,
  from: string,
): { readonly directory: string; readonly line: string } | null {
  const manifest = nearest(machine, from, ['package.json'])
  if (manifest === null) return null
  try {
    const { scripts } = JSON.parse(manifest.text) as { scripts?: Record<string, unknown> }
    const line = scripts !== undefined && Object.hasOwn(scripts, name) ? scripts[name] : undefined
    return typeof line === 'string' ? { directory: manifest.directory, line } : null
  } catch {
    return null
  }
}

/** How programs name a profile in code: `profile_name="dev"`, `fromIni({ profile: 'dev' })`, `WithSharedConfigProfile("dev")`. */
const profileInText =
  /(?:\bprofile(?:_?name)?["']?\s*(?:=>|[:=])|ConfigProfile\(|ProfileCredentials(?:Provider)?[\w.]*\(|SharedIniFileCredentials\(\{\s*profile:)\s*["']([^"'\n]{1,100})["']/gi

/**
 * The profile that a program's own code names, in the text on its command line or in its script; null when it names none that is
 * known here, or several.
 *
 * @param known the names of the machine's profiles
 */
export function profileInCode(view: View, known: ReadonlySet<string>): string | null {
  const matches = [...codeOf(view).matchAll(profileInText)]
  const named = new Set(matches.map((match) => match[1]!).filter((name) => known.has(name)))
  return named.size === 1 ? [...named][0]! : null
}

/** How programs load a file of variables: python-dotenv, dotenv of npm, Ruby and PHP. */
const dotenvInText =
  /\bload_dotenv\s*\(|\bdotenv[\w]*\.config\(|["']dotenv\/config["']|\bimport\s+["']dotenv\/config|\bDotenv\.load|\bDotenv::create|\brequire\(["']dotenv["']\)/

/**
 * Whether a program's code loads the .env of its directory by itself, and whether that is stronger than the environment. Bun and
 * Laravel's artisan always load it. Null when it does not, as far as its first file shows.
 */
export function dotenvInCode(view: View): { readonly wins: boolean } | null {
  const code = codeOf(view)
  const always = /^bunx?$/.test(programName(view.words[0] ?? '')) || view.words.includes('artisan')
  if (!always && !dotenvInText.test(code)) return null
  return { wins: /\boverride\s*[:=]\s*true\b|\bDotenv\.overload\b|createMutable\b/i.test(code) }
}

/** The text on the command line of a program, else that of its script; empty when there is neither. */
function codeOf({ machine, words }: View): string {
  const code = words.slice(1).find((_, index) => /^(-c|-e|--eval|-r|-p|--print)$/.test(words[index]!))
  if (code !== undefined) return code
  const script = words.slice(1).find((word) => /\.(py|[cm]?[jt]s|rb|php|go|pl)$/.test(word))
  return script === undefined ? '' : (readWritten(machine, absolutePath(machine, script), mostCode)?.text ?? '')
}

const mostCode = 512 * 1024
