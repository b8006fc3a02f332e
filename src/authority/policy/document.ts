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

/**
 * Ends the reading from wherever it is; `parseDocument` makes a value of it. `says` is the sentence of the resource policies'
 * parser, or how many characters it had taken: then it names the position after them. IAM's own parser says the same of every
 * fault of shape.
 */
function malformed(offset: number, says: string | { readonly consumed: number }): CountersignError {
  const data = typeof says === 'string' ? { offset, says } : { offset, consumed: says.consumed }
  return new CountersignError('syntax', syntaxErrors, { data })
}

/** A value that is not of the kind it should be. */
function misplaced(node: JsonNode): CountersignError {
  return malformed(node.start, { consumed: takenAt(node) })
}

/** A streaming parser has taken the first character of a text, a list or an object when it knows what it is, and all of a word. */
function takenAt(node: JsonNode): number {
  return node.type === 'string' || node.type === 'array' || node.type === 'object' ? node.start + 1 : node.end
}

/** Trust policies go the way of all resource policies: another parser, with other sentences than IAM's own. */
export function isResourcePolicy(kind: DocumentKind): kind is 'trust' | 'resource' {
  return kind === 'trust' || kind === 'resource'
}

/**
 * Reads a policy text into its elements. What is wrong with its JSON or its shape comes back as AWS's sentence with the
 * position; repeated names, unknown elements and unknown operators are faults too. IAM has one sentence for all of them in its
 * own policies (`authority.md` §4.5; recorded from AWS by localstack's validated snapshots, Feb 2026). In resource policies
 * they are told apart: sentences and positions as users of CreateRole and of DynamoDB's PutResourcePolicy met them.
 * `mayBeEmpty`: without statements, too.
 */
export function parseDocument(
  text: string,
  kind: DocumentKind,
  { mayBeEmpty = false } = {},
): { readonly document: PolicyDocument } | DocumentFault {
  if (text.length > longestText) return { refused: syntaxErrors, at: null }
  const parsed = parseJson(text)
  if ('fault' in parsed) return { refused: jsonSentence(parsed, kind), at: parsed.at }
  try {
    return { document: readDocument(parsed.node, mayBeEmpty) }
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'syntax') throw error
    const at = positionOf(text, error.data['offset'] as number)
    if (!isResourcePolicy(kind)) return { refused: error.message, at }
    const { says, consumed } = error.data
    return { refused: typeof says === 'string' ? says : positionSentence(positionOf(text, consumed as number)), at }
  }
}

function jsonSentence(fault: JsonFault, kind: DocumentKind): string {
  if (fault.fault !== 'syntax') return isResourcePolicy(kind) ? positionSentence(fault.at) : syntaxErrors
  return isResourcePolicy(kind) || kind === 'session' ? invalidJson : syntaxErrors
}

function positionSentence({ line, column }: TextPosition): string {
  return `Syntax error at position (${line},${column})`
}

function readDocument(node: JsonNode, mayBeEmpty: boolean): PolicyDocument {
  if (node.type !== 'object') {
    throw malformed(node.start, node.type === 'null' ? 'This text appears not to be a policy' : invalidJson)
  }
  if (node.members.length === 0) throw malformed(node.end, { consumed: node.end })
  const elements = elementsOf(node, ['Version', 'Id', 'Statement'])
  const version = elements.get('Version')
  const versionText = version === undefined ? '2008-10-17' : textOf(version)
  if (versionText !== '2008-10-17' && versionText !== '2012-10-17') {
    throw malformed(version!.start, 'The policy must contain a valid version string')
  }
  const id = elements.get('Id')
  if (id !== undefined) textOf(id)
  const statement = elements.get('Statement')
  if (statement === undefined && mayBeEmpty) return { version: versionText, statements: [] }
  if (statement === undefined) throw malformed(node.end, 'Missing required field Statement')
  const items = statement.type === 'array' ? statement.items : [statement]
  if (items.length === 0 && !mayBeEmpty)
    throw malformed(statement.start, 'Could not parse the policy: Statement is empty!')
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
  if (node.type !== 'object') throw misplaced(node)
  const elements = elementsOf(node, statementElements)
  for (const name of ['Principal', 'Action', 'Resource']) {
    const opposite = elements.get(`Not${name}`)
    if (elements.has(name) && opposite !== undefined) throw misplaced(opposite)
  }
  const read = <T>(name: string, how: (element: JsonNode) => T): T | null => {
    const element = elements.get(name)
    return element === undefined ? null : how(element)
  }
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
    principal: read('Principal', readPrincipal),
    notPrincipal: read('NotPrincipal', readPrincipal),
    conditions: read('Condition', readConditions) ?? [],
  }
}

function elementsOf(node: JsonNode & { type: 'object' }, known: readonly string[]): Map<string, JsonNode> {
  const elements = new Map<string, JsonNode>()
  for (const member of node.members) {
    if (!known.includes(member.name)) throw malformed(member.start, `Unknown field ${member.name}`)
    elements.set(member.name, member.value)
  }
  return elements
}

function textOf(node: JsonNode): string {
  if (node.type !== 'string') throw misplaced(node)
  return node.value
}

function textsOf(node: JsonNode): string[] {
  return node.type === 'array' ? node.items.map(textOf) : [textOf(node)]
}

type PrincipalKind = Exclude<keyof PrincipalElement, 'isStar'>
const principalKinds: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'] satisfies PrincipalKind[]

function readPrincipal(node: JsonNode): PrincipalElement {
  const element = {
    AWS: [] as string[],
    Service: [] as string[],
    Federated: [] as string[],
    CanonicalUser: [] as string[],
    isStar: node.type === 'string',
  }
  if (node.type === 'string') {
    if (node.value !== '*') throw malformed(node.start, { consumed: node.end })
    element.AWS.push('*')
    return element
  }
  if (node.type !== 'object') throw misplaced(node)
  if (node.members.length === 0) throw malformed(node.start, 'Missing required field Principal cannot be empty!')
  for (const { name, start, value } of node.members) {
    // The name and, with the colon, the beginning of its value were taken before the name was looked at.
    if (!principalKinds.includes(name)) throw malformed(start, { consumed: takenAt(value) })
    element[name as PrincipalKind].push(...textsOf(value))
  }
  return element
}

function readConditions(node: JsonNode): Condition[] {
  if (node.type !== 'object') throw misplaced(node)
  return node.members.flatMap((operator) => readOperator(operator))
}

function readOperator(member: JsonMember): Condition[] {
  const keys = member.value
  // AWS takes an empty block whatever its name.
  const empty = keys.type === 'object' && keys.members.length === 0
  const known = empty || parseOperator(member.name) !== null
  if (!known && /^(?!ForAllValues:|ForAnyValue:).*:/.test(member.name)) {
    throw malformed(member.start, 'Invalid condition prefix')
  }
  if (keys.type !== 'object') throw misplaced(keys)
  if (!known) throw malformed(member.start, `Invalid Condition type : ${member.name}`)
  return keys.members.map((key) => ({ operator: member.name, key: key.name, values: scalarsOf(key.value) }))
}

function scalarsOf(node: JsonNode): string[] {
  return node.type === 'array' ? node.items.map(scalarOf) : [scalarOf(node)]
}

function scalarOf(node: JsonNode): string {
  if (node.type === 'boolean') return String(node.value)
  if (node.type !== 'string' && node.type !== 'number') throw misplaced(node)
  return node.value
}
