import { type Assignment, mostSteps } from './assignment.ts'
import { parseYaml, type YamlDocument } from './yaml.ts'

/** What a compose file gives to one service. */
export interface ComposeService {
  readonly service: string
  readonly assignments: readonly Assignment[]
  /** Files of `env_file`, as they are written. */
  readonly files: readonly string[]
}

/**
 * The environments of all services of a compose file (Compose specification, `environment`, `env_file`, interpolation): a map or a
 * list; a name without a value, and a value that is `${NAME}` and nothing else, is passed on from the shell in which compose runs.
 * Empty when it is no YAML.
 */
export async function readCompose(text: string): Promise<readonly ComposeService[]> {
  const document = await parseYaml(text)
  if (document === null) return []
  const services = document.pairs(document.get(document.root, 'services'))
  return services.slice(0, 100).map(({ key, value }) => ({
    service: key,
    assignments: environmentOf(document, document.get(value, 'environment')).slice(0, mostSteps),
    files: filesOf(document, document.get(value, 'env_file')),
  }))
}

type Node = YamlDocument['root']

function environmentOf(document: YamlDocument, node: Node): readonly Assignment[] {
  const inMap = document.pairs(node).map(({ key, offset, value }) => assignment(key, document.text(value), offset))
  const inList = document.items(node).flatMap((item) => {
    const text = document.text(item)
    const match = /^([^=]+)(?:=([\s\S]*))?$/.exec(text ?? '')
    return match === null ? [] : [assignment(match[1]!, match[2] ?? null, offsetIn(item))]
  })
  return [...inMap, ...inList]
}

/** A quote before the name is no part of it. */
function offsetIn(item: NonNullable<Node>): number {
  const quoted = 'type' in item && /^QUOTE_/.test(String(item.type)) ? 1 : 0
  return (item.range?.[0] ?? 0) + quoted
}

function assignment(name: string, written: string | null, offset: number): Assignment {
  const shared = { name, offset, isConditional: false, isExported: true }
  const reference = /^\$(?:(\w+)|\{(\w+)(?::?[-?][^{}]*)?\})$/.exec(written ?? '')
  const passed = reference?.[1] ?? reference?.[2]
  if (written === null || passed === name) return { ...shared, effect: 'passes-on', value: null }
  const isComputed = /\$/.test(written.replaceAll('$$', ''))
  return { ...shared, effect: 'sets', value: isComputed ? null : written.replaceAll('$$', '$') }
}

function filesOf(document: YamlDocument, node: Node): readonly string[] {
  const single = document.text(node)
  if (single !== null) return [single]
  return document.items(node).flatMap((item) => document.text(item) ?? document.text(document.get(item, 'path')) ?? [])
}
