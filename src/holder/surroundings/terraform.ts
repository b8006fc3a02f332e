import { Secret } from '../../anatomy/secret.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { Place, Placed } from '../sources/credential.ts'
import { type HclAttribute, type HclBody, type HclValue, parseHcl } from './hcl.ts'
import { jsonBody, memberOffset } from './json-members.ts'
import { readWritten, type Written } from './written.ts'

/** What a block of Terraform says about whose credentials it works with. What it does not say is null. */
export interface TerraformAccess {
  readonly what: 'provider' | 'backend'
  /** `alias` of a provider block; null for the default one, and for backends. */
  readonly alias: string | null
  /** Where the block begins. */
  readonly at: Place
  readonly profile: Placed<string> | null
  readonly accessKeyId: Placed<string> | null
  readonly secretAccessKey: Placed<Secret> | null
  readonly sessionToken: Placed<Secret> | null
  /** `shared_credentials_files` and `shared_config_files`, as written. */
  readonly files: readonly Placed<string>[]
  readonly role: Placed<string> | null
  readonly region: Placed<string> | null
  /** Settings of the block that are computed from something that was not found. */
  readonly computed: readonly string[]
}

export interface TerraformSeen {
  readonly directory: string
  /** Blocks `provider "aws"` of this directory. */
  readonly providers: readonly TerraformAccess[]
  /** The block `backend "s3"`; null when there is none. */
  readonly backend: TerraformAccess | null
  /** The backend as `terraform init` kept it in `.terraform/terraform.tfstate`. */
  readonly kept: TerraformAccess | null
  /** Files `*.tfbackend` that `terraform init` may be given beside the block. */
  readonly partial: readonly TerraformAccess[]
}

const mostFiles = 200
const mostPartial = 20
/** All of them together; a configuration of that size is none that a person runs in one directory. */
const mostCharacters = 8 * 1024 * 1024

interface Source {
  readonly written: Written
  readonly body: HclBody
}

/**
 * Reads the Terraform files of a directory; null when there are none that speak of AWS. Sources: the provider's and the S3
 * backend's pages (registry.terraform.io hashicorp/aws; developer.hashicorp.com/terraform/language/backend/s3), and "Input
 * Variables" for the order in which variables are defined.
 *
 * @param directory absolute or from the working directory, as of `-chdir`
 */
export function readTerraform(machine: Machine, directory: string = machine.cwd): TerraformSeen | null {
  const home = absolutePath(machine, directory)
  const names = machine.list(home)
  let left = mostCharacters
  const sources = configurationNames(names).flatMap((name) => {
    const found = left <= 0 ? [] : read(machine, joinPath(machine, home, name))
    for (const { written } of found) left -= written.text.length
    return found
  })
  const values = variablesOf(machine, home, names, sources)
  const providers = sources.flatMap((source) =>
    source.body.blocks
      .filter(({ type, labels }) => type === 'provider' && labels[0] === 'aws')
      .map((block) => accessOf('provider', source.written, block.body, block.offset, values)),
  )
  const backends = sources.flatMap((source) => backendBlocks(source))
  const partial = names
    .filter((name) => name.endsWith('.tfbackend'))
    .slice(0, mostPartial)
    .flatMap((name) => partialBackend(machine, joinPath(machine, home, name)) ?? [])
  const kept = keptBackend(machine, home)
  if (providers.length === 0 && backends.length === 0 && kept === null && partial.length === 0) return null
  return { directory: home, providers, backend: backends.at(-1) ?? null, kept, partial }
}

/**
 * `backend "s3"` of a block `terraform`, and `remote_state` of Terragrunt with the same settings in its `config`. Source:
 * terragrunt.gruntwork.io "remote_state".
 */
function backendBlocks({ written, body }: Source): readonly TerraformAccess[] {
  return body.blocks.flatMap((block) => {
    if (block.type === 'terraform')
      return block.body.blocks
        .filter(({ type, labels }) => type === 'backend' && labels[0] === 's3')
        .map((each) => accessOf('backend', written, each.body, each.offset, new Map()))
    const kind = block.body.attributes.get('backend')?.value
    const config = block.body.attributes.get('config')?.value
    if (block.type !== 'remote_state' || kind?.kind !== 'text' || kind.text !== 's3' || config?.kind !== 'object')
      return []
    return [accessOf('backend', written, config.body, block.offset, new Map())]
  })
}

/** A file for `-backend-config`: the settings of the block, without the block. */
export function partialBackend(machine: Machine, path: string): TerraformAccess | null {
  const [source] = read(machine, path)
  return source === undefined ? null : accessOf('backend', source.written, source.body, 0, new Map())
}

/** Files of a configuration in Terraform's order: overriding ones last. */
function configurationNames(names: readonly string[]): readonly string[] {
  const all = names
    .filter((name) => (/\.(tf|tofu)(\.json)?$/.test(name) && !/^[.#]|~$/.test(name)) || name === 'terragrunt.hcl')
    .slice(0, mostFiles)
  const overrides = (name: string) => /(^|_)override\.(tf|tofu)(\.json)?$/.test(name)
  return [...all.filter((name) => !overrides(name)), ...all.filter(overrides)]
}

function read(machine: Machine, path: string): readonly Source[] {
  const written = readWritten(machine, path)
  if (written === null) return []
  return [{ written, body: path.endsWith('.json') ? jsonBody(written.text) : parseHcl(written.text) }]
}

interface Known {
  readonly value: HclValue
  readonly at: Place
}

/** `var.NAME` and `local.NAME`, the latest definition of each: default, `TF_VAR_…`, terraform.tfvars, *.auto.tfvars. */
function variablesOf(
  machine: Machine,
  home: string,
  names: readonly string[],
  sources: readonly Source[],
): ReadonlyMap<string, Known> {
  const values = new Map<string, Known>()
  for (const { written, body } of sources) {
    for (const block of body.blocks) {
      const given = block.body.attributes
      if (block.type === 'variable' && block.labels[0] !== undefined) {
        const byDefault = given.get('default')
        if (byDefault !== undefined) values.set(`var.${block.labels[0]}`, known(written, byDefault))
      }
      if (block.type === 'locals')
        for (const attribute of given.values()) values.set(`local.${attribute.name}`, known(written, attribute))
    }
  }
  for (const name of machine.envNames()) {
    const variable = /^TF_VAR_(\w[\w-]*)$/.exec(name)?.[1]
    const text = variable === undefined ? undefined : machine.env(name)
    if (text !== undefined) values.set(`var.${variable}`, { value: { kind: 'text', text }, at: { variable: name } })
  }
  const isAutomatic = (name: string) => /\.auto\.tfvars(\.json)?$/.test(name)
  const files = ['terraform.tfvars', 'terraform.tfvars.json'].filter((name) => names.includes(name))
  for (const name of [...files, ...names.filter(isAutomatic).slice(0, mostFiles)]) {
    for (const { written, body } of read(machine, joinPath(machine, home, name)))
      for (const attribute of body.attributes.values()) values.set(`var.${attribute.name}`, known(written, attribute))
  }
  return values
}

function known(written: Written, { value, offset }: HclAttribute): Known {
  return { value, at: written.at(offset) }
}

/** All settings by which credentials are chosen. */
const settings = [
  'profile',
  'access_key',
  'secret_key',
  'token',
  'shared_credentials_file',
  'shared_credentials_files',
  'shared_config_files',
  'assume_role',
  'role_arn',
  'region',
] as const

function accessOf(
  what: TerraformAccess['what'],
  written: Written,
  body: HclBody,
  offset: number,
  values: ReadonlyMap<string, Known>,
): TerraformAccess {
  const computed: string[] = []
  const text = (name: string, within: HclBody = body): Placed<string> | null => {
    const attribute = within.attributes.get(name)
    if (attribute === undefined) return null
    const { value, at } = resolved(known(written, attribute), values)
    if (value.kind === 'text') return value.text === '' ? null : { value: value.text, at }
    if (!(value.kind === 'expression' && value.source === 'null')) computed.push(name)
    return null
  }
  const hidden = (name: string): Placed<Secret> | null => {
    const found = text(name)
    return found === null ? null : { value: new Secret(found.value), at: found.at }
  }
  const texts = (name: string): readonly Placed<string>[] => {
    const attribute = body.attributes.get(name)
    if (attribute === undefined) return []
    const { value, at } = resolved(known(written, attribute), values)
    const items = value.kind === 'list' ? value.items : [value]
    return items.slice(0, 20).flatMap((item) => {
      const inner = resolved({ value: item, at }, values)
      return inner.value.kind === 'text' ? [{ value: inner.value.text, at: inner.at }] : []
    })
  }
  const inner = body.attributes.get('assume_role')?.value
  const roleBody =
    body.blocks.find(({ type }) => type === 'assume_role')?.body ?? (inner?.kind === 'object' ? inner.body : null)
  return {
    what,
    alias: what === 'provider' ? (text('alias')?.value ?? null) : null,
    at: written.at(offset),
    profile: text('profile'),
    accessKeyId: text('access_key'),
    secretAccessKey: hidden('secret_key'),
    sessionToken: hidden('token'),
    files: ['shared_credentials_file', 'shared_credentials_files', 'shared_config_files'].flatMap(texts),
    role: text('role_arn') ?? (roleBody === null ? null : text('role_arn', roleBody)),
    region: text('region'),
    computed: computed.filter((name) => (settings as readonly string[]).includes(name)),
  }
}

/** Follows references to variables and locals; a circle ends after a few steps. */
function resolved(first: Known, values: ReadonlyMap<string, Known>): Known {
  let current = first
  for (let step = 0; step < 8 && current.value.kind === 'expression'; step += 1) {
    const next = values.get(current.value.source)
    if (next === undefined) return current
    current = next
  }
  return current
}

/** `backend.config` of `.terraform/terraform.tfstate`, what `terraform init` was last given. */
function keptBackend(machine: Machine, home: string): TerraformAccess | null {
  const written = readWritten(machine, joinPath(machine, home, '.terraform', 'terraform.tfstate'))
  if (written === null) return null
  const from = memberOffset(written.text, 'backend', 0)
  let config: unknown
  try {
    const state = JSON.parse(written.text) as { backend?: { type?: unknown; config?: unknown } } | null
    if (state?.backend?.type !== 's3') return null
    config = state.backend.config
  } catch {
    return null
  }
  const attributes = new Map<string, HclAttribute>()
  if (typeof config !== 'object' || config === null) return null
  for (const [name, value] of Object.entries(config)) {
    const role = name === 'assume_role' && typeof value === 'object' ? (value as { role_arn?: unknown } | null) : null
    const key = role === null ? name : 'role_arn'
    const text = role === null ? value : role.role_arn
    const list = Array.isArray(text) ? text.filter((item) => typeof item === 'string') : null
    const kept: HclValue | null =
      typeof text === 'string'
        ? { kind: 'text', text }
        : list === null
          ? null
          : { kind: 'list', items: list.map((item) => ({ kind: 'text', text: item })) }
    if (kept !== null)
      attributes.set(key, { name: key, value: kept, offset: Math.max(0, memberOffset(written.text, name, from)) })
  }
  return accessOf('backend', written, { attributes, blocks: [] }, Math.max(0, from), new Map())
}

/** The block that a subcommand of Terraform works with first: the backend for what only touches the state. */
export function blockInUse(
  seen: Pick<TerraformSeen, 'providers' | 'backend' | 'kept'>,
  args: readonly string[],
): TerraformAccess | null {
  const subcommand = args.find((word) => !word.startsWith('-'))
  const { providers, backend, kept } = seen
  if (subcommand !== undefined && /^(init|state|output|show|workspace|force-unlock|taint|untaint)$/.test(subcommand))
    return (subcommand === 'init' ? backend : (kept ?? backend)) ?? null
  return providers.find(({ alias }) => alias === null) ?? providers[0] ?? backend
}

/** The directory that `-chdir=DIR` leads to, or the working directory. */
export function terraformDirectory(machine: Machine, args: readonly string[]): string {
  const given = args.find((word) => /^-?-chdir=./.test(word))
  return given === undefined ? machine.cwd : absolutePath(machine, given.slice(given.indexOf('=') + 1))
}
