import { isGoSpace } from '../../files/dialects/go-text.ts'
import type { GoError } from './answer.ts'

/** A JSON text as Go's decoder sees it: a value, or its error. */
export type GoJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: GoError }

/** `json.Unmarshal`. Both parsers take the same texts; the words of the error are Go's for the usual cases. */
export function parseGoJson(text: string): GoJson {
  try {
    return { kind: 'value', value: JSON.parse(text) as unknown }
  } catch (error) {
    return { kind: 'error', error: { name: 'SyntaxError', text: syntaxWords(text, String(error)) } }
  }
}

function syntaxWords(text: string, ours: string): string {
  const position = Number(/at position (\d+)/.exec(ours)?.[1] ?? Number.NaN)
  const isCut = [...text].every(isGoSpace) || Number.isNaN(position) || position >= text.length
  return isCut ? 'unexpected end of JSON input' : `invalid character '${text[position]}' in JSON input`
}

/** The member of an object under a name, as a Go structure takes it: whatever the case of its letters, the last one. */
export function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined
  const lower = name.toLowerCase()
  return Object.entries(value).findLast(([key]) => key.toLowerCase() === lower)?.[1]
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What Go calls the type of a JSON value in an empty interface (`%T`). */
export function goTypeOf(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  switch (typeof value) {
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'string'
    default:
      return 'map[string]interface {}'
  }
}

/** What Go's decoder calls a JSON value that does not fit its field. */
export function jsonKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
