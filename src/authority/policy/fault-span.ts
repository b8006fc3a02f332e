import type { CompileOptions } from './compile.ts'
import { parseDocument } from './document.ts'
import { type JsonNode, parseJson, type TextPosition } from './json.ts'
import { itemsOf, memberOf, type Span, spanOf, statementNodes, tokenEnd, writtenValue } from './places.ts'
import { checkRules, type RuleFault } from './rules.ts'

/**
 * Where in a text the fault stands for which `compilePolicy` refuses it: the value or the name that is wrong; of something
 * missing, the statement or the end of what should have it. Null for a text that is not refused. For people: AWS's own replies
 * name no such place.
 */
export function faultSpan(text: string, { kind, managed = false }: Omit<CompileOptions, 'name'>): Span | null {
  const parsed = parseDocument(text, kind)
  if ('refused' in parsed) return parsed.at === null ? { start: 0, end: text.length } : tokenAt(text, parsed.at)
  const fault = checkRules(parsed.document, kind, managed)
  const json = parseJson(text)
  return fault === null || 'fault' in json ? null : spanOfRule(fault, json.node)
}

/** What was read up to its end and then found wanting is shown by its last character. */
function tokenAt(text: string, at: TextPosition): Span {
  let offset = offsetOf(text, at)
  while (offset > 0 && (offset >= text.length || /\s/.test(text[offset]!))) offset--
  return { start: offset, end: text === '' ? 0 : tokenEnd(text, offset) }
}

function offsetOf(text: string, { line, column }: TextPosition): number {
  const lineEnds = /\r\n|\r|\n/g
  for (let passed = 1; passed < line; passed++) lineEnds.exec(text)
  return lineEnds.lastIndex + column - 1
}

function spanOfRule({ statement, element, value }: RuleFault, root: JsonNode): Span {
  const node = statement === null ? root : statementNodes(root)[statement.index]!
  const member = memberOf(node, element)
  if (member === undefined) return statement === null ? { start: node.start, end: node.start + 1 } : spanOf(node)
  if (value === undefined) return { start: member.start, end: member.value.end }
  return spanOf(find(member.value, value) ?? member.value)
}

function find(node: JsonNode, value: string): JsonNode | undefined {
  if (writtenValue(node) === value) return node
  const parts =
    node.type === 'object' ? node.members.map((member) => member.value) : node.type === 'array' ? itemsOf(node) : []
  for (const part of parts) {
    const found = find(part, value)
    if (found !== undefined) return found
  }
  return undefined
}
