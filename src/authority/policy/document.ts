import { CountersignError } from '../../errors.ts'
import { parseOperator } from './conditions.ts'
import { type JsonFault, type JsonMember, type JsonNode, parseJson, positionOf, type TextPosition } from './json.ts'
import type { PrincipalElement } from './principals.ts'

/**
 * Where a document is used decides its grammar. `trust`: a role's trust policy. `session`: passed to STS. `resource`:
 * another service's policy on its own resource.
 */
export type DocumentKind = 'identity' | 'boundary' | 'session' | 'trust' | 'resource'

/** A policy document as its elements stand in it; `rules.ts` says which of them AWS takes. */
export interface PolicyDocument {
  readonly version: '2008-10-17' | '2012-10-17'
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly sid: string | null
  /** As written; only `Allow` and `Deny` pass the rules. Null: not there. */
  readonly effect: string | null
  readonly action: readonly string[] | null
  readonly notAction: readonly string[] | null
  readonly resource: readonly string[] | null
  readonly notResource: readonly string[] | null
  readonly principal: PrincipalElement | null
  readonly notPrincipal: PrincipalElement | null
  /** The key that stands in a Principal element but names no kind of principal. */
  readonly unknownPrincipal: string | null
  readonly conditions: readonly Condition[]
}

interface Condition {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

/** Why a text is no policy document: AWS's sentence, and where the fault stands (for people, not for the wire). */
export interface DocumentFault {
  readonly refused: string
  readonly at: TextPosition | null
}

export const syntaxErrors = 'Syntax errors in policy.'
const invalidJson = 'This policy contains invalid Json'

/** The longest text that any parameter of IAM or STS takes (`policyDocumentType`, 131072 characters). */
const longestText = 131_072

/** Ends the reading from wherever it is; `parseDocument` makes a value of it. */
function malformed(offset: number, says = syntaxErrors): CountersignError {
  return new CountersignError('syntax', says, { data: { offset } })
}

/**
 * Reads a policy text into its elements. What is wrong with its JSON or its shape comes back as AWS's sentence
 * (`authority.md` §4.5) with the position; repeated names, unknown elements and unknown operators are faults too.
 */
export function parseDocument(text: string, kind: DocumentKind): { readonly document: PolicyDocument } | DocumentFault {
  if (text.length > longestText) return { refused: syntaxErrors, at: null }
  const parsed = parseJson(text)
  if ('fault' in parsed) return { refused: jsonSentence(parsed, kind), at: parsed.at }
  try {
    return { document: readDocument(parsed.node, kind) }
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'syntax') throw error
    return { refused: error.message, at: positionOf(text, error.data['offset'] as number) }
  }
}

function jsonSentence(fault: JsonFault, kind: DocumentKind): string {
  if (fault.fault !== 'syntax') return syntaxErrors
  return kind === 'trust' || kind === 'session' ? invalidJson : syntaxErrors
}

function readDocument(node: JsonNode, kind: DocumentKind): PolicyDocument {
  if (node.type !== 'object') throw malformed(node.start, kind === 'trust' ? invalidJson : syntaxErrors)
  const elements = elementsOf(node, ['Version', 'Id', 'Statement'])
  const version = elements.get('Version')
  const versionText = version === undefined ? '2008-10-17' : textOf(version)
  if (versionText !== '2008-10-17' && versionText !== '2012-10-17') throw malformed(version!.start)
  const id = elements.get('Id')
  if (id !== undefined) textOf(id)
  const statement = elements.get('Statement')
  if (statement === undefined) throw malformed(node.end)
  const items = statement.type === 'array' ? statement.items : [statement]
  if (items.length === 0) {
    throw malformed(statement.start, kind === 'trust' ? 'Could not parse the policy: Statement is empty!' : undefined)
  }
  return { version: versionText, statements: items.map((item, index) => readStatement(item, index)) }
}

const statementElements = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

function readStatement(node: JsonNode, index: number): Statement {
  if (node.type !== 'object') throw malformed(node.start)
  const elements = elementsOf(node, statementElements)
  for (const name of ['Principal', 'Action', 'Resource']) {
    const opposite = elements.get(`Not${name}`)
    if (elements.has(name) && opposite !== undefined) throw malformed(opposite.start)
  }
  const read = <T>(name: string, how: (element: JsonNode) => T): T | null => {
    const element = elements.get(name)
    return element === undefined ? null : how(element)
  }
  const principals = ['Principal', 'NotPrincipal'].map((name) => read(name, readPrincipal))
  return {
    index,
    start: node.start,
    end: node.end,
    sid: read('Sid', textOf),
    effect: read('Effect', textOf),
    action: read('Action', textsOf),
    notAction: read('NotAction', textsOf),
    resource: read('Resource', textsOf),
    notResource: read('NotResource', textsOf),
    principal: principals[0]?.element ?? null,
    notPrincipal: principals[1]?.element ?? null,
    unknownPrincipal: principals[0]?.unknown ?? principals[1]?.unknown ?? null,
    conditions: read('Condition', readConditions) ?? [],
  }
}

function elementsOf(node: JsonNode & { type: 'object' }, known: readonly string[]): Map<string, JsonNode> {
  const elements = new Map<string, JsonNode>()
  for (const member of node.members) {
    if (!known.includes(member.name)) throw malformed(member.start)
    elements.set(member.name, member.value)
  }
  return elements
}

function textOf(node: JsonNode): string {
  if (node.type !== 'string') throw malformed(node.start)
  return node.value
}

function textsOf(node: JsonNode): string[] {
  return node.type === 'array' ? node.items.map(textOf) : [textOf(node)]
}

type PrincipalKind = keyof PrincipalElement
const principalKinds: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'] satisfies PrincipalKind[]

function readPrincipal(node: JsonNode): { element: PrincipalElement; unknown: string | null } {
  const element = {
    AWS: [] as string[],
    Service: [] as string[],
    Federated: [] as string[],
    CanonicalUser: [] as string[],
  }
  if (node.type === 'string') {
    if (node.value !== '*') throw malformed(node.start)
    element.AWS.push('*')
    return { element, unknown: null }
  }
  if (node.type !== 'object') throw malformed(node.start)
  let unknown: string | null = null
  for (const member of node.members) {
    const values = textsOf(member.value)
    if (principalKinds.includes(member.name)) element[member.name as PrincipalKind].push(...values)
    else unknown ??= member.name
  }
  return { element, unknown }
}

function readConditions(node: JsonNode): Condition[] {
  if (node.type !== 'object') throw malformed(node.start)
  return node.members.flatMap((operator) => readOperator(operator))
}

function readOperator(member: JsonMember): Condition[] {
  const keys = member.value
  if (keys.type !== 'object') throw malformed(keys.start)
  // AWS takes an empty block whatever its name.
  if (keys.members.length > 0 && parseOperator(member.name) === null) throw malformed(member.start)
  return keys.members.map((key) => ({ operator: member.name, key: key.name, values: scalarsOf(key.value) }))
}

function scalarsOf(node: JsonNode): string[] {
  return node.type === 'array' ? node.items.map(scalarOf) : [scalarOf(node)]
}

function scalarOf(node: JsonNode): string {
  if (node.type === 'boolean') return String(node.value)
  if (node.type !== 'string' && node.type !== 'number') throw malformed(node.start)
  return node.value
}
