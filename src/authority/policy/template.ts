import { isMultivalued } from './list-keys.ts'
import { type PatternToken, parsePattern } from './pattern.ts'
import type { PolicyRequest } from './policy.ts'

/** A policy value with its variables found but not filled in. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `${*}`, `${?}` and `${$}`: the character itself. */
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'variable'
      readonly key: string
      /** The key as the policy spells it. */
      readonly spelled: string
      readonly fallback: string | null
    }

const variableShape = /\$\{(\$|[^${}]*)\}/g
/** Keys of tags may hold blanks, but no comma. */
const keyWithDefault = /^([^,']*[^,'\s])\s*(?:,\s*'([^']*)'\s*)?$/

/**
 * Finds the variables of a policy value: `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}` (IAM User Guide, "Policy
 * elements: Variables and tags"). What is not of that form stays as it is. Documents of version 2008-10-17 have no
 * variables: there `${` is ordinary text.
 */
export function parseTemplate(value: string, variables: boolean): TemplatePart[] {
  if (!variables || !value.includes('${')) return value === '' ? [] : [{ kind: 'text', text: value }]
  const parts: TemplatePart[] = []
  let done = 0
  for (const found of value.matchAll(variableShape)) {
    const part = variablePart(found[1]!)
    if (part === null) continue
    if (found.index > done) parts.push({ kind: 'text', text: value.slice(done, found.index) })
    parts.push(part)
    done = found.index + found[0].length
  }
  if (done < value.length) parts.push({ kind: 'text', text: value.slice(done) })
  return parts
}

function variablePart(inside: string): TemplatePart | null {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'literal', text: inside }
  const found = keyWithDefault.exec(inside)
  if (found === null) return null
  const spelled = found[1]!.trim()
  return { kind: 'variable', key: spelled.toLowerCase(), spelled, fallback: found[2] ?? null }
}

/** The value as plain text with variables filled in; null when one has neither value nor default. */
export function fillText(parts: readonly TemplatePart[], request: PolicyRequest): string | null {
  let text = ''
  for (const part of parts) {
    const filled = part.kind === 'variable' ? resolveVariable(part, request) : part.text
    if (filled === null) return null
    text += filled
  }
  return text
}

/**
 * The value as a pattern: `*` and `?` count only where the policy's author wrote them, never inside a variable's value
 * (else a user could name himself `*`). Null when a variable has neither value nor default.
 */
export function fillPattern(parts: readonly TemplatePart[], request: PolicyRequest): PatternToken[] | null {
  const tokens: PatternToken[] = []
  for (const part of parts) {
    if (part.kind === 'text') {
      tokens.push(...parsePattern(part.text))
      continue
    }
    const text = part.kind === 'variable' ? resolveVariable(part, request) : part.text
    if (text === null) return null
    if (text !== '') tokens.push({ kind: 'text', text })
  }
  return tokens
}

/** Multivalued keys cannot stand in a variable: not even its default does then (`testdata/aws/iam/condition_sets.json`). */
function resolveVariable(part: Extract<TemplatePart, { kind: 'variable' }>, request: PolicyRequest): string | null {
  const values = request.conditions.get(part.key)
  if (values !== undefined && values.length > 0 && (values.length > 1 || isMultivalued(part.key))) return null
  return values?.length === 1 ? values[0]! : part.fallback
}

/** True when the value has no variable, so that it needs no filling in per request. */
export function isConstant(parts: readonly TemplatePart[]): boolean {
  return parts.every((part) => part.kind !== 'variable')
}
