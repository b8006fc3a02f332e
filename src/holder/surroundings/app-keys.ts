import { Secret } from '../../anatomy/secret.ts'
import type { Machine } from '../machine/machine.ts'
import { joinPath } from '../machine/paths.ts'
import type { Placed } from '../sources/credential.ts'
import { memberOffset } from './json-members.ts'
import { type PhpEntry, phpArrays } from './php-arrays.ts'
import { readWritten, type Written } from './written.ts'
import { parseYaml, type YamlDocument } from './yaml.ts'

/** Programs with settings of their own for AWS. */
export type AppKind = 'laravel' | 'spring' | 'rails' | 'dotnet'

/** Keys that a program takes from a file of its own, past every chain. What the file leaves to the environment is null. */
export interface AppKeys {
  readonly app: AppKind
  readonly file: string
  /** True for what was made from other files and is read in their place until it is made anew. */
  readonly isCache: boolean
  readonly modifiedAt: Date
  readonly accessKeyId: Placed<string> | null
  /** The variable that the file takes the key id from instead. */
  readonly idVariable: Placed<string> | null
  readonly secretAccessKey: Placed<Secret> | null
  readonly sessionToken: Placed<Secret> | null
  /** The file says where the token comes from, be that a text or a variable. */
  readonly takesToken: boolean
  /** A token under a name that this program does not read, and the name that it does. */
  readonly misnamedToken: (Placed<string> & { readonly shouldBe: string }) | null
  readonly profile: Placed<string> | null
}

/** Reads the settings of the usual frameworks in the working directory. */
export async function readAppKeys(machine: Machine): Promise<readonly AppKeys[]> {
  const spring = await Promise.all(springFiles.map((path) => springKeys(machine, path)))
  return [...laravelKeys(machine), ...spring.flat(), ...(await railsKeys(machine)), ...dotnetKeys(machine)]
}

/** Reading YAML takes long for its size: what is larger than any person writes is passed over. */
const mostYaml = 64 * 1024

function open(machine: Machine, path: string): Written | null {
  const bound = /\.ya?ml$/.test(path) ? mostYaml : undefined
  return readWritten(machine, joinPath(machine, machine.cwd, ...path.split('/')), bound)
}

/** A name in a file with the text behind it. */
interface Pair {
  readonly name: string
  /** Empty where it comes from a variable or stands for nothing. */
  readonly text: string
  readonly variable?: string | undefined
  readonly offset: number
}

interface Names {
  readonly id: RegExp
  readonly secret: RegExp
  readonly token: RegExp | null
  readonly profile?: RegExp
  /** Names for the token that this program does not read. */
  readonly wrong?: { readonly names: RegExp; readonly shouldBe: string }
}

/** Null when none of the names stands there with a literal value. */
function keysOf(
  { app, written, isCache = false }: { readonly app: AppKind; readonly written: Written; readonly isCache?: boolean },
  pairs: readonly Pair[],
  names: Names,
): AppKeys | null {
  const literal = pairs.filter(({ text }) => text !== '' && !/^\$\{|^<%=|^#\{|^ENV\[|^null$/i.test(text))
  const find = (pattern: RegExp | null | undefined) =>
    pattern == null ? undefined : literal.findLast(({ name }) => pattern.test(name))
  const plain = (pair: Pair | undefined): Placed<string> | null =>
    pair === undefined ? null : { value: pair.text, at: written.at(pair.offset) }
  const hidden = (pair: Pair | undefined): Placed<Secret> | null =>
    pair === undefined ? null : { value: new Secret(pair.text), at: written.at(pair.offset) }
  // A misnamed token counts too where its value comes from the environment.
  const wrong = names.wrong === undefined ? undefined : pairs.find(({ name }) => names.wrong!.names.test(name))
  const variable = pairs.find((pair) => pair.variable !== undefined && names.id.test(pair.name))
  const keys: AppKeys = {
    app,
    file: written.file,
    isCache,
    modifiedAt: written.modifiedAt,
    accessKeyId: plain(find(names.id)),
    idVariable: variable === undefined ? null : { value: variable.variable!, at: written.at(variable.offset) },
    secretAccessKey: hidden(find(names.secret)),
    sessionToken: hidden(find(names.token)),
    takesToken: names.token === null || pairs.some(({ name }) => names.token!.test(name)),
    misnamedToken:
      wrong === undefined ? null : { value: wrong.name, at: written.at(wrong.offset), shouldBe: names.wrong!.shouldBe },
    profile: plain(find(names.profile)),
  }
  const { accessKeyId, idVariable, misnamedToken, profile } = keys
  return [accessKeyId, idVariable, misnamedToken, profile].every((each) => each === null) ? null : keys
}

// ---- Laravel

const laravelFiles = [
  ['bootstrap/cache/config.php', true],
  ['config/filesystems.php', false],
  ['config/services.php', false],
  ['config/queue.php', false],
  ['config/cache.php', false],
] as const

/**
 * `key`, `secret` and `token` of a disk, a queue, a mailer or a cache in AWS; the SDK for PHP takes the token under that name
 * and under no other. Source: laravel/framework FilesystemManager `formatS3Config`, MailManager `addSesCredentials`, SqsConnector.
 */
const laravelNames: Names = {
  id: /^key$/,
  secret: /^secret$/,
  token: /^token$/,
  wrong: { names: /^(aws_)?session_?token$/i, shouldBe: 'token' },
}

function laravelKeys(machine: Machine): readonly AppKeys[] {
  return laravelFiles.flatMap(([path, isCache]) => {
    const written = open(machine, path)
    if (written === null) return []
    return phpArrays(written.text)
      .filter(isOfAws)
      .flatMap((entries) => {
        const pairs = entries.flatMap(({ name, value, offset }): Pair[] =>
          value.kind === 'text'
            ? [{ name, text: value.text, offset }]
            : value.kind === 'env'
              ? [{ name, text: '', variable: value.name, offset }]
              : [],
        )
        return keysOf({ app: 'laravel', written, isCache }, pairs, laravelNames) ?? []
      })
      .filter(onlyOnce())
  })
}

/** An array with a key and a secret, and with something of AWS in it: other services call theirs the same. */
function isOfAws(entries: readonly PhpEntry[]): boolean {
  const value = (name: string) => entries.find((entry) => entry.name === name)?.value
  const [key, driver] = [value('key'), value('driver')]
  if (key === undefined || value('secret') === undefined) return false
  if (driver?.kind === 'text' && /^(s3|sqs|dynamodb|ses|ses-v2)$/.test(driver.text)) return true
  return (
    (key.kind === 'env' && /^AWS_/.test(key.name)) || (key.kind === 'text' && /^A[KS]IA[A-Z2-7]{16}$/.test(key.text))
  )
}

/** Disks and queues mostly share one key. */
function onlyOnce(): (keys: AppKeys) => boolean {
  const seen = new Set<string>()
  return ({ accessKeyId, idVariable, misnamedToken, takesToken }) => {
    const mark = [accessKeyId?.value, idVariable?.value, misnamedToken?.value, takesToken].join(' ')
    if (seen.has(mark)) return false
    seen.add(mark)
    return true
  }
}

// ---- Spring

const springFiles = ['', 'config/', 'src/main/resources/'].flatMap((folder) =>
  ['properties', 'yml', 'yaml'].map((ending) => `${folder}application.${ending}`),
)

/** Spring Cloud AWS 2 and 3. Source: docs.awspring.io "Credentials"; the names bind loosely (`accessKey`, `access-key`). */
const springNames: Names = {
  id: /^(spring\.)?cloud\.aws\.credentials\.access-?key$/i,
  secret: /^(spring\.)?cloud\.aws\.credentials\.secret-?key$/i,
  token: null,
  profile: /^spring\.cloud\.aws\.credentials\.profile\.name$|^cloud\.aws\.credentials\.profile-?name$/i,
}

async function springKeys(machine: Machine, path: string): Promise<readonly AppKeys[]> {
  const written = open(machine, path)
  if (written === null) return []
  const pairs = path.endsWith('.properties') ? properties(written.text) : flatPairs(await parseYaml(written.text))
  return [keysOf({ app: 'spring', written }, pairs, springNames)].filter((keys) => keys !== null)
}

/** Lines `name = value` or `name: value`. Source: java.util.Properties `load`. */
function properties(text: string): readonly Pair[] {
  const pairs: Pair[] = []
  let offset = 0
  for (const line of text.split('\n')) {
    const entry = /^(\s*)([^\s#!=:][^\s=:]*)\s*[=:](.*)$/.exec(line.slice(0, 4000).trimEnd())
    if (entry !== null) {
      const [, blank, name, text] = entry
      pairs.push({
        name: name!,
        text: text!.trim(),
        variable: variableIn(text!.trim()),
        offset: offset + blank!.length,
      })
    }
    offset += line.length + 1
  }
  return pairs
}

/** Every text of a document under its keys, joined by dots. */
function flatPairs(document: YamlDocument | null): readonly Pair[] {
  if (document === null) return []
  const pairs: Pair[] = []
  const walk = (node: YamlDocument['root'], path: readonly string[]): void => {
    if (path.length > 8 || pairs.length > 10_000) return
    for (const { key, offset, value } of document.pairs(node)) {
      const text = document.text(value)
      if (text !== null) pairs.push({ name: [...path, key].join('.'), text, variable: variableIn(text), offset })
      else walk(value, [...path, key])
    }
  }
  walk(document.root, [])
  return pairs
}

/** `${NAME}` of Spring, `<%= ENV["NAME"] %>` and `<%= ENV.fetch("NAME") %>` of Rails. */
function variableIn(text: string): string | undefined {
  return /^\$\{(\w{1,200})[:}]/.exec(text)?.[1] ?? /^<%=\s*ENV(?:\.fetch)?[[(]\s*["'](\w{1,200})["']/.exec(text)?.[1]
}

// ---- Rails

/** Active Storage hands the settings of a service to Aws::S3::Resource. Source: Rails Guides, "Active Storage Overview". */
const railsNames: Names = {
  id: /\.access_key_id$/,
  secret: /\.secret_access_key$/,
  token: /\.session_token$/,
  profile: /\.profile$/,
  wrong: { names: /\.(token|aws_session_token|security_token)$/, shouldBe: 'session_token' },
}

async function railsKeys(machine: Machine): Promise<readonly AppKeys[]> {
  const written = open(machine, 'config/storage.yml')
  if (written === null) return []
  const pairs = flatPairs(await parseYaml(written.text))
  const services = [...new Set(pairs.map(({ name }) => name.split('.')[0]!))]
  return services.flatMap((service) => {
    const own = pairs.filter(({ name }) => name.startsWith(`${service}.`))
    if (!own.some(({ name, text }) => name === `${service}.service` && text === 'S3')) return []
    return keysOf({ app: 'rails', written }, own, railsNames) ?? []
  })
}

// ---- .NET

/**
 * `AWS:Profile` of appsettings.json; keys have no place there. Source: AWS SDK for .NET Developer Guide, "AWSSDK.Extensions.NETCore.Setup
 * and the IConfiguration interface".
 */
export function dotnetKeys(machine: Machine): readonly AppKeys[] {
  return ['appsettings.json', 'appsettings.Development.json'].flatMap((path) => {
    const written = open(machine, path)
    if (written === null) return []
    let section: unknown
    try {
      // Comments may stand in such files.
      const value = JSON.parse(written.text.replace(/^[ \t]*\/\/.*$/gm, '')) as Record<string, unknown> | null
      section = value?.['AWS']
    } catch {
      return []
    }
    const profile = (section as Record<string, unknown> | null | undefined)?.['Profile']
    if (typeof profile !== 'string' || profile === '') return []
    const from = memberOffset(written.text, 'AWS', 0)
    const pair = { name: 'Profile', text: profile, offset: Math.max(0, memberOffset(written.text, 'Profile', from)) }
    const names: Names = { id: /(?!)/, secret: /(?!)/, token: null, profile: /^Profile$/ }
    return keysOf({ app: 'dotnet', written }, [pair], names) ?? []
  })
}
