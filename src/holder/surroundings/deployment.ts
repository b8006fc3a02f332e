import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { Place, Placed } from '../sources/credential.ts'
import { memberOffset } from './json-members.ts'
import { readWritten, type Written } from './written.ts'
import { parseYaml } from './yaml.ts'

/** Texts of a YAML file at paths of keys, with their places. */
export type YamlTexts = (path: readonly string[]) => Placed<string> | null

/** YAML files of deployment tools are small; beyond this an alias bomb or a data set is more likely. */
const mostYaml = 256 * 1024

/**
 * A YAML file as texts at paths; null when it is absent or no YAML. The reader is loaded when there is something to read.
 *
 * @param path absolute
 */
export async function readYaml(machine: Machine, path: string): Promise<YamlTexts | null> {
  const written = readWritten(machine, path, mostYaml)
  if (written === null) return null
  const document = await parseYaml(written.text)
  if (document === null) return null
  return (path) => {
    const last = document
      .pairs(document.get(document.root, ...path.slice(0, -1)))
      .findLast(({ key }) => key === path.at(-1))
    const value = last === undefined ? null : document.text(last.value)
    return last === undefined || value === null ? null : { value, at: written.at(last.offset) }
  }
}

/** Names of the Serverless Framework's file, in the order in which it looks for them. */
const serverlessFiles = ['serverless.yml', 'serverless.yaml'] as const

/**
 * `provider.profile` of the Serverless Framework, with `${env:…}`, `${opt:…}` and `${self:…}` filled in where the machine tells.
 * Null when there is none, when it is computed from something else, or when keys or a profile of the environment come after it.
 * Sources: serverless.com/framework/docs "Variables"; serverless/serverless lib/plugins/aws/provider.js `getCredentials`.
 */
export async function serverlessProfile(machine: Machine, args: readonly string[]): Promise<Placed<string> | null> {
  if (machine.env('AWS_PROFILE') || (machine.env('AWS_ACCESS_KEY_ID') && machine.env('AWS_SECRET_ACCESS_KEY')))
    return null
  for (const name of serverlessFiles) {
    const texts = await readYaml(machine, joinPath(machine, machine.cwd, name))
    if (texts === null) continue
    const found = texts(['provider', 'profile'])
    if (found === null) return null
    const value = filledIn(found.value, texts, machine, args, 0)
    return value === null || value === '' ? null : { value, at: found.at }
  }
  return null
}

/** A text with its variables; each may have further ones to fall back on, separated by commas. */
function filledIn(
  text: string,
  texts: YamlTexts,
  machine: Machine,
  args: readonly string[],
  depth: number,
): string | null {
  if (!text.includes('${')) return text
  if (depth > 8 || text.length > 1000) return null
  // The innermost first: variables may stand inside of variables.
  const inner = /\$\{([^${}]*)\}/.exec(text)
  if (inner === null) return null
  const value = firstOf(inner[1]!, texts, machine, args, depth)
  if (value === null) return null
  return filledIn(
    text.slice(0, inner.index) + value + text.slice(inner.index + inner[0].length),
    texts,
    machine,
    args,
    depth + 1,
  )
}

function firstOf(
  alternatives: string,
  texts: YamlTexts,
  machine: Machine,
  args: readonly string[],
  depth: number,
): string | null {
  for (const alternative of alternatives.split(',').map((each) => each.trim())) {
    const literal = /^(['"])(.*)\1$/.exec(alternative)
    if (literal !== null) return literal[2]!
    const [, source, name] = /^(env|opt|self|sls):([\w.-]+)$/.exec(alternative) ?? []
    if (source === undefined || name === undefined) continue
    if (source === 'env') {
      const value = machine.env(name)
      if (value !== undefined) return value
    } else if (source === 'opt') {
      const value = option(args, name)
      if (value !== null) return value
    } else if (source === 'sls' && name === 'stage') {
      const stage = option(args, 'stage') ?? texts(['provider', 'stage'])?.value
      return stage ?? 'dev'
    } else if (source === 'self') {
      const found = texts(name.split('.'))
      const value = found === null ? null : filledIn(found.value, texts, machine, args, depth + 1)
      if (value !== null) return value
    }
  }
  return null
}

const shortOptions: Readonly<Record<string, string>> = { stage: '-s', region: '-r' }

/** The value of `--NAME VALUE` or `--NAME=VALUE`. */
function option(args: readonly string[], name: string): string | null {
  const joined = args.find((word) => word.startsWith(`--${name}=`))
  if (joined !== undefined) return joined.slice(name.length + 3)
  const at = args.findIndex((word) => word === `--${name}` || word === shortOptions[name])
  return at === -1 ? null : (args[at + 1] ?? null)
}

/**
 * `profile` of a SAM command in samconfig.toml (or .yaml, .yml): that of the command, else the global one, of the environment
 * that `--config-env` names. Source: AWS SAM developer guide, "AWS SAM CLI configuration file".
 */
export async function samProfile(machine: Machine, args: readonly string[]): Promise<Placed<string> | null> {
  const environment = option(args, 'config-env') ?? 'default'
  const words = args.filter((word, index) => !word.startsWith('-') && !args[index - 1]?.startsWith('-'))
  // Nested commands are one name: `sam local invoke` is `local_invoke`.
  const first = words[0] ?? ''
  const commandName = (['local', 'remote', 'list', 'pipeline'].includes(first) ? words.slice(0, 2) : [first])
    .join('_')
    .replaceAll('-', '_')
  const given = option(args, 'config-file')
  const names = given === null ? ['samconfig.toml', 'samconfig.yaml', 'samconfig.yml'] : [given]
  for (const name of names) {
    const path = given === null ? joinPath(machine, machine.cwd, name) : absolutePath(machine, name)
    const texts = path.endsWith('.toml') ? readToml(machine, path) : await readYaml(machine, path)
    if (texts === null) continue
    return (
      texts([environment, commandName, 'parameters', 'profile']) ??
      texts([environment, 'global', 'parameters', 'profile'])
    )
  }
  return null
}

/** Texts of a TOML file at paths: tables with plain or quoted names, and strings on one line. */
function readToml(machine: Machine, path: string): YamlTexts | null {
  const written = readWritten(machine, path)
  if (written === null) return null
  const found = new Map<string, Placed<string>>()
  let table: readonly string[] = []
  let offset = 0
  for (const line of written.text.split('\n')) {
    const header = /^\s*\[([^[\]]{1,200})\]\s*(#.*)?$/.exec(line.slice(0, 400))
    if (header !== null) table = namesOf(header[1]!)
    const entry = /^(\s*)([\w."'-]{1,200})\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')/.exec(line.slice(0, 2000))
    if (entry !== null) {
      const raw = entry[3]!
      const value = raw.slice(1, -1)
      found.set(JSON.stringify([...table, ...namesOf(entry[2]!)]), {
        value: raw.startsWith('"') ? value.replace(/\\(["\\])/g, '$1') : value,
        at: written.at(offset + entry[1]!.length),
      })
    }
    offset += line.length + 1
  }
  return (keys) => found.get(JSON.stringify(keys)) ?? null
}

function namesOf(dotted: string): readonly string[] {
  return dotted.split('.').map((name) => name.trim().replace(/^(["'])(.*)\1$/, '$2'))
}

/**
 * `profile` of `cdk.json` in the working directory, else of `~/.cdk.json`. Source: AWS CDK developer guide, "Configure the AWS
 * CDK CLI" (cdk.json takes the options of the command line).
 *
 * @param home the user's home directory; null when it is unknown
 */
export function cdkProfile(machine: Machine, home: string | null): Placed<string> | null {
  const paths = [
    joinPath(machine, machine.cwd, 'cdk.json'),
    ...(home === null ? [] : [joinPath(machine, home, '.cdk.json')]),
  ]
  for (const path of paths) {
    const written = readWritten(machine, path)
    const profile = written === null ? null : memberText(written, 'profile')
    if (profile !== null) return profile
  }
  return null
}

/**
 * `aws:profile` of a stack of Pulumi: the one that `--stack` names, or the only one that has settings here. Source:
 * pulumi.com/registry/packages/aws "Installation & Configuration".
 */
export async function pulumiProfile(machine: Machine, args: readonly string[]): Promise<Placed<string> | null> {
  const names = machine.list(machine.cwd).filter((name) => /^Pulumi\.[\w.-]+\.yaml$/.test(name))
  const stack = option(args, 'stack')
  const name =
    stack === null ? (names.length === 1 ? names[0] : undefined) : `Pulumi.${stack.replace(/^.*\//, '')}.yaml`
  const texts = name === undefined ? null : await readYaml(machine, joinPath(machine, machine.cwd, name))
  return texts?.(['config', 'aws:profile']) ?? null
}

/** `global.profile` of the EB CLI. Source: AWS Elastic Beanstalk Developer Guide, "Configure the EB CLI". */
export async function beanstalkProfile(machine: Machine): Promise<Placed<string> | null> {
  const texts = await readYaml(machine, joinPath(machine, machine.cwd, '.elasticbeanstalk', 'config.yml'))
  return texts?.(['global', 'profile']) ?? null
}

/**
 * `AWS_PROFILE=NAME` or `--profile NAME` in the script of package.json that is run: `npm run NAME`, `npm test`, `yarn NAME`.
 * Source: docs.npmjs.com "npm-run-script".
 */
export function scriptProfile(machine: Machine, args: readonly string[]): Placed<string> | null {
  const words = args.filter((word) => !word.startsWith('-'))
  const name = /^(run|run-script|rum|urn)$/.test(words[0] ?? '') ? words[1] : words[0]
  const written = name === undefined ? null : readWritten(machine, joinPath(machine, machine.cwd, 'package.json'))
  if (written === null || name === undefined) return null
  let script: unknown
  try {
    const manifest = JSON.parse(written.text) as { readonly scripts?: Readonly<Record<string, unknown>> } | null
    script = Object.hasOwn(manifest?.scripts ?? {}, name) ? manifest?.scripts?.[name] : undefined
  } catch {
    return null
  }
  if (typeof script !== 'string') return null
  const profile = /(?:^|[\s;&])(?:AWS_PROFILE=|--profile[= ])(["']?)([\w@.+/-]{1,128})\1(?=\s|$|;|&)/.exec(script)?.[2]
  const from = memberOffset(written.text, 'scripts', 0)
  return profile === undefined
    ? null
    : { value: profile, at: written.at(Math.max(0, memberOffset(written.text, name, from))) }
}

/** A text that is a direct member of a JSON file's object. */
function memberText(written: Written, name: string): Placed<string> | null {
  let value: unknown
  try {
    value = (JSON.parse(written.text) as Record<string, unknown> | null)?.[name]
  } catch {
    return null
  }
  const at: Place = written.at(Math.max(0, memberOffset(written.text, name, 0)))
  return typeof value === 'string' && value !== '' ? { value, at } : null
}
