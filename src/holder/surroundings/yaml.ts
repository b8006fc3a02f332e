import type { Document, Node, Scalar, YAMLMap } from 'yaml'

/** A YAML document with what is needed to walk it; loaded only where such a file stands. */
export interface YamlDocument {
  readonly root: Node | null
  /** The value under some keys, aliases followed and merge keys looked into; null when there is none. */
  get(node: Node | null, ...keys: readonly string[]): Node | null
  /** The pairs of a mapping, those of merge keys first. Empty for anything else. */
  pairs(node: Node | null): readonly YamlPair[]
  /** The items of a sequence, aliases followed. Empty for anything else. */
  items(node: Node | null): readonly Node[]
  /** The text of a scalar; null for null and for anything else. Numbers and booleans as they are written. */
  text(node: Node | null): string | null
}

export interface YamlPair {
  readonly key: string
  /** Offset of the key. */
  readonly offset: number
  readonly value: Node | null
}

const mostDepth = 40
/** Merge keys may multiply; no file that a person writes comes near. */
const mostPairs = 20_000

/** Parses a text (its first document); null when it is no YAML. Documents with too many aliases are none. */
export async function parseYaml(text: string): Promise<YamlDocument | null> {
  const { isAlias, isMap, isScalar, isSeq, parseAllDocuments } = await import('yaml')
  let parsed: ReturnType<typeof parseAllDocuments>
  try {
    parsed = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false })
  } catch {
    // Thousands of collections in collections are more than the stack holds.
    return null
  }
  const [document] = 'empty' in parsed ? [] : (parsed as Document.Parsed[])
  if (document === undefined || document.errors.length > 0) return null

  const followed = (node: unknown, depth = 0): Node | null => {
    if (isAlias(node)) return depth > mostDepth ? null : followed(node.resolve(document) ?? null, depth + 1)
    return (node as Node | null | undefined) ?? null
  }
  const textOf = (node: Node | null): string | null => {
    if (!isScalar(node) || node.value === null) return null
    return typeof node.value === 'string' ? node.value : ((node as Scalar).source ?? String(node.value))
  }
  let walked = 0
  const pairs = (node: Node | null, depth = 0): readonly YamlPair[] => {
    const map = followed(node)
    if (!isMap(map) || depth > mostDepth || walked > mostPairs) return []
    walked += map.items.length + 1
    return (map as YAMLMap<Node, Node>).items.flatMap((item): readonly YamlPair[] => {
      const key = textOf(item.key)
      if (key === null) return []
      if (key === '<<') {
        const merged = followed(item.value)
        const sources = isSeq(merged) ? (merged.items as Node[]) : [merged]
        return sources.flatMap((source) => pairs(source, depth + 1))
      }
      return [{ key, offset: item.key.range?.[0] ?? 0, value: followed(item.value) }]
    })
  }
  return {
    root: followed(document.contents),
    pairs: (node) => pairs(node),
    get: (node, ...keys) =>
      keys.reduce<Node | null>((at, key) => pairs(at).findLast((pair) => pair.key === key)?.value ?? null, node),
    items: (node) => {
      const list = followed(node)
      return isSeq(list) ? list.items.flatMap((item) => followed(item) ?? []) : []
    },
    text: textOf,
  }
}
