import { type JsonMember, type JsonNode, parseJson } from './json.ts'

/** From the first character to behind the last, counted in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

export function spanOf({ start, end }: Span): Span {
  return { start, end }
}

export function memberOf(node: JsonNode | undefined, name: string): JsonMember | undefined {
  return node?.type === 'object' ? node.members.find((member) => member.name === name) : undefined
}

/** A member's name, with its quotation marks. */
export function nameSpan({ start, name }: JsonMember, text: string): Span {
  const written = text.startsWith(JSON.stringify(name), start) ? JSON.stringify(name).length : 0
  return { start, end: written > 0 ? start + written : tokenEnd(text, start) }
}

/** The statements of a document, in their order. */
export function statementNodes(root: JsonNode): readonly JsonNode[] {
  const value = memberOf(root, 'Statement')?.value
  return value === undefined ? [] : itemsOf(value)
}

/** The values of a list, or the one value that stands without a list. */
export function itemsOf(node: JsonNode): readonly JsonNode[] {
  return node.type === 'array' ? node.items : [node]
}

/** The value as policies compare it: numbers and booleans as they are written. */
export function writtenValue(node: JsonNode): string | null {
  if (node.type === 'string' || node.type === 'number') return node.value
  return node.type === 'boolean' ? String(node.value) : null
}

/** Where the word, the quoted text or the single character ends that begins at `start`. */
export function tokenEnd(text: string, start: number): number {
  const token = /"(?:[^"\\\n\r]|\\.)*"?|[\w.+-]+|\S/y
  token.lastIndex = start
  const found = token.exec(text)
  return found === null ? Math.min(start + 1, text.length) : start + found[0].length
}

/** The texts within one element of all statements, each with the name of the member in which it stands. */
export function textsIn(
  text: string,
  element: string,
): readonly { readonly name: string; readonly value: string; readonly span: Span }[] {
  const json = parseJson(text)
  if ('fault' in json) return []
  return statementNodes(json.node).flatMap((node) => {
    const value = memberOf(node, element)?.value
    if (value?.type !== 'object') return []
    return value.members.flatMap((member) =>
      itemsOf(member.value).flatMap((item) =>
        item.type === 'string' ? [{ name: member.name, value: item.value, span: spanOf(item) }] : [],
      ),
    )
  })
}
