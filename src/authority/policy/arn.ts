import { matchesPattern, type PatternToken } from './pattern.ts'
import type { PolicyRequest } from './policy.ts'
import { fillPattern, isConstant, parseTemplate, type TemplatePart } from './template.ts'

type Matcher = (value: string, request: PolicyRequest) => boolean

/**
 * A `Resource` or `NotResource` value. Case counts. `*` and `?` work inside each colon part; a `*` that ends its part may
 * run over colons, and in the resource part (after the fifth colon) every `*` may (IAM User Guide, "Resource", "Using
 * wildcards in resource ARNs"). Variables work after the fifth colon only; null means that one has no value.
 */
export function compileResource(pattern: string, variables: boolean): (request: PolicyRequest) => boolean | null {
  if (pattern === '*') return () => true
  const fifthColon = indexOfColon(pattern, 5)
  const head = fifthColon < 0 ? pattern : pattern.slice(0, fifthColon + 1)
  const headTokens = headPattern(head)
  const parts = parseTemplate(fifthColon < 0 ? '' : pattern.slice(fifthColon + 1), variables)
  if (isConstant(parts)) {
    const tokens = joinText([...headTokens, ...(fillPattern(parts, nobody) ?? [])])
    return (request) => matchesPattern(tokens, request.resource)
  }
  return (request) => {
    const tokens = fillPattern(parts, request)
    return tokens === null ? null : matchesPattern(joinText([...headTokens, ...tokens]), request.resource)
  }
}

const nobody: PolicyRequest = { action: '', resource: '', conditions: new Map(), caller: null }

function indexOfColon(text: string, count: number): number {
  let at = -1
  for (let i = 0; i < count; i++) {
    at = text.indexOf(':', at + 1)
    if (at < 0) return -1
  }
  return at
}

function headPattern(head: string): PatternToken[] {
  const tokens: PatternToken[] = []
  for (let at = 0; at < head.length; at++) {
    const character = head[at]!
    if (character === '?') tokens.push({ kind: 'one' })
    else if (character !== '*') tokens.push({ kind: 'text', text: character })
    else {
      const next = head[at + 1]
      if (next !== '*') tokens.push({ kind: next === undefined || next === ':' ? 'run' : 'segment-run' })
    }
  }
  return joinText(tokens)
}

/** Neighbouring texts become one, so that the commonest patterns are one or two comparisons. */
function joinText(tokens: readonly PatternToken[]): PatternToken[] {
  const joined: PatternToken[] = []
  for (const token of tokens) {
    const last = joined.at(-1)
    if (token.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = { kind: 'text', text: last.text + token.text }
    } else if (!(token.kind === 'run' && last?.kind === 'run')) joined.push(token)
  }
  return joined
}

/**
 * The value of an ARN condition operator. The six parts are matched each by itself; only the last may hold colons (IAM
 * User Guide, "Amazon Resource Name (ARN) condition operators"). Null from the filling means: matches nothing.
 */
export function compileArnCondition(pattern: string, variables: boolean): Matcher {
  const parts = splitTemplate(parseTemplate(pattern, variables))
  if (parts === null) {
    return pattern === '*' ? () => true : () => false
  }
  return (value, request) => {
    const values = splitArn(value)
    if (values === null) return false
    return parts.every((part, index) => {
      const tokens = fillPattern(part, request)
      return tokens !== null && matchesPattern(joinText(tokens), values[index]!)
    })
  }
}

/** Can the operators on ARNs read this value of a request? */
export function isArn(text: string): boolean {
  return splitArn(text) !== null
}

/** The six parts of an ARN, the last with all further colons; null when it has fewer or does not begin with `arn`. */
function splitArn(text: string): string[] | null {
  const fifthColon = indexOfColon(text, 5)
  if (fifthColon < 0 || !text.startsWith('arn:')) return null
  return [...text.slice(0, fifthColon).split(':'), text.slice(fifthColon + 1)]
}

/** Cuts at the first five colons that the author wrote; colons inside variables do not count. */
function splitTemplate(parts: readonly TemplatePart[]): TemplatePart[][] | null {
  const six: TemplatePart[][] = [[]]
  for (const part of parts) {
    if (part.kind !== 'text') {
      six.at(-1)!.push(part)
      continue
    }
    let rest = part.text
    while (six.length < 6) {
      const colon = rest.indexOf(':')
      if (colon < 0) break
      if (colon > 0) six.at(-1)!.push({ kind: 'text', text: rest.slice(0, colon) })
      six.push([])
      rest = rest.slice(colon + 1)
    }
    if (rest !== '') six.at(-1)!.push({ kind: 'text', text: rest })
  }
  return six.length === 6 ? six : null
}
