import type { HclAttribute, HclBlock, HclBody, HclValue } from './hcl.ts'

/** Where a member's name stands in a JSON text, from an offset on; -1 when it does not. For places in evidence only. */
export function memberOffset(text: string, name: string, from: number): number {
  const quoted = JSON.stringify(name)
  for (let at = text.indexOf(quoted, Math.max(0, from)); at !== -1; at = text.indexOf(quoted, at + 1)) {
    let after = at + quoted.length
    while (after < text.length && ' \t\r\n'.includes(text[after]!)) after += 1
    if (text[after] === ':') return at
  }
  return -1
}

/**
 * Terraform's JSON syntax as the same structure that HCL gives: objects below `provider`, `terraform`, `variable`, `locals` are
 * blocks, everything else attributes. A text that is no JSON object gives an empty body. Source: "JSON Configuration Syntax"
 * (developer.hashicorp.com/terraform/language/syntax/json).
 */
export function jsonBody(text: string): HclBody {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = null
  }
  return bodyOf(parsed, new Positions(text), ['provider', 'terraform', 'variable', 'locals'], 0)
}

/** Members come in the order of the text, so that looking for all of them is one walk through it. */
class Positions {
  readonly #text: string
  #at = 0
  #missed = 0

  constructor(text: string) {
    this.#text = text
  }

  next(name: string): number {
    // A name written with escapes is not found; many of those are not worth a walk each.
    if (this.#missed > 8) return this.#at
    const found = memberOffset(this.#text, name, this.#at)
    if (found === -1) this.#missed += 1
    else this.#at = found
    return this.#at
  }
}

/** How many labels stand between the type of a block and its body. */
const labelled: Readonly<Record<string, number>> = {
  provider: 1,
  variable: 1,
  backend: 1,
  terraform: 0,
  locals: 0,
  assume_role: 0,
}

const innerBlocks: Readonly<Record<string, readonly string[]>> = {
  terraform: ['backend'],
  provider: ['assume_role'],
  backend: ['assume_role'],
}

/** Deeper than this nobody writes. */
const deepest = 40

function bodyOf(value: unknown, positions: Positions, blockTypes: readonly string[], depth: number): HclBody {
  const attributes = new Map<string, HclAttribute>()
  const blocks: HclBlock[] = []
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > deepest)
    return { attributes, blocks }
  for (const [name, member] of Object.entries(value)) {
    const offset = positions.next(name)
    if (blockTypes.includes(name)) blocks.push(...blocksOf(name, member, positions, offset, depth))
    else attributes.set(name, { name, value: hclValue(member, positions, depth + 1), offset })
  }
  return { attributes, blocks }
}

function blocksOf(
  type: string,
  member: unknown,
  positions: Positions,
  offset: number,
  depth: number,
): readonly HclBlock[] {
  const inner = innerBlocks[type] ?? []
  const block = (labels: readonly string[], content: unknown, at: number): HclBlock => ({
    type,
    labels,
    body: bodyOf(content, positions, inner, depth + 1),
    offset: at,
  })
  if (labelled[type] === 0) return listed(member).map((each) => block([], each, offset))
  if (typeof member !== 'object' || member === null) return []
  return Object.entries(member).flatMap(([label, content]) => {
    const at = positions.next(label)
    return listed(content).map((each) => block([label], each, at))
  })
}

/** One object or several: JSON syntax takes both. */
function listed(member: unknown): readonly unknown[] {
  return Array.isArray(member) ? member.slice(0, 100) : [member]
}

function hclValue(member: unknown, positions: Positions, depth: number): HclValue {
  if (typeof member === 'string') {
    const inner = /^\$\{\s*([^{}]*?)\s*\}$/.exec(member.slice(0, 300))?.[1]
    if (inner !== undefined) return { kind: 'expression', source: inner.slice(0, 200) }
    return /\$\{/.test(member) ? { kind: 'expression', source: '"…"' } : { kind: 'text', text: member }
  }
  if (typeof member !== 'object' || member === null) return { kind: 'expression', source: String(member) }
  if (depth > deepest) return { kind: 'expression', source: '…' }
  if (Array.isArray(member))
    return { kind: 'list', items: member.slice(0, 1000).map((each) => hclValue(each, positions, depth + 1)) }
  return { kind: 'object', body: bodyOf(member, positions, [], depth + 1) }
}
