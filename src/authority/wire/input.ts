import type { IntegerMember, ListMember, Member, Members, StringMember } from '../actions/grid.ts'
import type { Refusal, Violation } from '../model/refusal.ts'
import type { Parameters } from './query.ts'

/** What one parameter name leads to: a value of its own, parts below it, or (wrongly) both. */
interface Node {
  value: string | undefined
  parts: Map<string, Node> | undefined
}

type Values = Readonly<Record<string, unknown>>

/** Longest value that a violation prints. AWS prints all; a reply must stay bounded. */
const maxPrinted = 4096
/** As many as AWS names (radkawar/stackd, `testdata/aws/iam/tag_inputs.json`, September 2026). */
const maxViolations = 10
/** `ContextEntries.member.1.ContextKeyValues.member.2` has seven parts; deeper names are no input of any action. */
const maxDepth = 12

/**
 * Builds an action's input from parameters and checks it against the row's constraints.
 * Unknown parameters are passed over (AWS does); list members are read by their index; `Name=` is an empty list.
 *
 * Gives the values in the row's shape, or `constraints` with every broken constraint in AWS's clauses, or `input-malformed`
 * where the text cannot be the member's type at all. Source: `authority.md` §1.1, §4.4.
 */
export function parseInput(
  members: Members,
  parameters: Parameters,
): { readonly input: Values } | { readonly refused: Refusal } {
  if (Object.keys(members).length === 0) return empty
  const tree = growTree(members, parameters)
  const reader: Reader = { violations: [], says: null, malformed: null }
  const input = readStructure(members, tree, '', reader)
  if (reader.malformed !== null) return { refused: { reason: 'input-malformed', says: reader.malformed } }
  if (reader.violations.length > 0) return { refused: { reason: 'constraints', violations: reader.violations } }
  if (reader.says !== null) return { refused: { reason: 'invalid-parameter', says: reader.says } }
  return { input }
}

const empty = { input: {} } as const

interface Reader {
  readonly violations: Violation[]
  /** IAM's own sentence for the first member that has one. */
  says: string | null
  malformed: string | null
}

const noParts: ReadonlyMap<string, Node> = new Map()

function growTree(members: Members, parameters: Parameters): ReadonlyMap<string, Node> {
  const root = new Map<string, Node>()
  for (const [name, value] of parameters) {
    const dot = name.indexOf('.')
    if (!Object.hasOwn(members, dot === -1 ? name : name.slice(0, dot))) continue
    const parts = name.split('.')
    if (parts.length > maxDepth) continue
    let level = root
    for (let depth = 0; depth < parts.length; depth++) {
      const part = parts[depth]!
      let node = level.get(part)
      if (node === undefined) level.set(part, (node = { value: undefined, parts: undefined }))
      if (depth === parts.length - 1) node.value = value
      else level = node.parts ??= new Map()
    }
  }
  return root
}

function readStructure(members: Members, parts: ReadonlyMap<string, Node>, path: string, reader: Reader): Values {
  const values: Record<string, unknown> = {}
  for (const name of namesOf(members)) {
    const member = members[name]!
    const node = parts.get(name)
    const memberPath = path === '' ? lowerCamel(name) : `${path}.${lowerCamel(name)}`
    if (node === undefined) {
      if (member.required === true) violate(reader, memberPath, null, 'Member must not be null')
      continue
    }
    const value = readMember(member, node, memberPath, reader)
    if (value !== undefined) values[name] = value
  }
  return values
}

const orders = new WeakMap<Members, readonly string[]>()

/**
 * Members in the order in which AWS tells what is wrong with them. It is that of a Java HashMap of their names, as every recording has
 * it in which more than one was wrong: of IAM `value` before `key` (radkawar/stackd, `tag_inputs.json`) and `minimumPasswordLength`,
 * `passwordReusePrevention`, `maxPasswordAge` (localstack, `test_iam_account_password_policy.snapshot.json`); of STS `roleArn` before
 * `principalArn` (mmmorris1975/aws-runas#80); of DynamoDB `writeCapacityUnits` before `readCapacityUnits`; of Cognito `password` before
 * `username`.
 */
function namesOf(members: Members): readonly string[] {
  let names = orders.get(members)
  if (names === undefined) {
    names = Object.keys(members)
    let buckets = 16
    while (names.length > buckets * 0.75) buckets *= 2
    const bucketOf = (name: string) => spreadHash(lowerCamel(name)) & (buckets - 1)
    names = names.toSorted((a, b) => bucketOf(a) - bucketOf(b))
    orders.set(members, names)
  }
  return names
}

/** `String.hashCode` of the Java API with what `HashMap.hash` makes of it. */
function spreadHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash ^ (hash >>> 16)
}

function readMember(member: Member, node: Node, path: string, reader: Reader): unknown {
  switch (member.type) {
    case 'list':
      return readList(member, node, path, reader)
    case 'structure':
      if (node.value !== undefined && node.value !== '')
        return malformed(reader, 'Unexpected complex element termination')
      return readStructure(member.members, node.parts ?? noParts, path, reader)
    case 'map':
    case 'blob':
      return malformed(reader, 'Start of structure or map found where not expected.')
    default: {
      if (node.parts !== undefined) {
        return malformed(
          reader,
          node.parts.has('member')
            ? 'Start of list found where not expected'
            : 'Start of structure or map found where not expected.',
        )
      }
      return readScalar(member, node.value ?? '', path, reader)
    }
  }
}

function readScalar(
  member: Exclude<Member, { type: 'list' | 'structure' | 'map' | 'blob' }>,
  text: string,
  path: string,
  reader: Reader,
): unknown {
  switch (member.type) {
    case 'string':
      checkString(member, text, path, reader)
      return text
    case 'integer': {
      const value = Number(text)
      if (!/^[+-]?\d{1,10}$/.test(text) || value > 0x7fffffff || value < -0x80000000) {
        return malformed(reader, `Value at '${path}' is not an integer`)
      }
      checkInteger(member, value, path, reader)
      return value
    }
    case 'boolean':
      // As AWS takes them (observed in September 2026: radkawar/stackd, `testdata/aws/iam/credential_inputs.json`).
      if (!/^(?:true|false|1|0)$/.test(text)) return malformed(reader, `Value at '${path}' is not a boolean`)
      return text === 'true' || text === '1'
    case 'timestamp':
      if (Number.isNaN(Date.parse(text))) return malformed(reader, `Value at '${path}' is not a timestamp`)
      return text
  }
}

function readList(member: ListMember, node: Node, path: string, reader: Reader): readonly unknown[] | undefined {
  if (node.value !== undefined && node.value !== '') return malformed(reader, 'Unexpected list element termination')
  const elements: (readonly [index: number, element: Node])[] = []
  for (const [part, below] of node.parts ?? noParts) {
    if (part !== 'member' || below.value !== undefined) return malformed(reader, 'Unexpected list element termination')
    for (const [index, element] of below.parts ?? noParts) {
      const fault = faultOfIndex(index, member.member)
      if (fault !== null) return malformed(reader, fault)
      // A word in the place of the index begins an element, and fills none of its members.
      elements.push(/^\d/.test(index) ? [Number(index), element] : [elements.length + 1, emptyNode])
      if (member.member.type === 'structure' && [...(element.parts?.keys() ?? [])].some((part) => /^\d+$/.test(part)))
        return malformed(reader, 'Two index elements may not occur back to back')
    }
  }
  elements.sort((a, b) => a[0] - b[0])
  let hasGap = false
  for (const [place, [index]] of elements.entries()) {
    const before = place === 0 ? 1 : elements[place - 1]![0]
    if (index - before > mostSkipped)
      return malformed(reader, `Excessively sparse input would skip ${index - before} list elements`)
    hasGap ||= index > place + 1
  }
  if (member.max !== undefined && elements.length > member.max) {
    // The elements are not looked at: a thousand of them would give a thousand sentences about what is refused anyway.
    violate(reader, path, printList(elements, member), `Member must have length less than or equal to ${member.max}`)
    return undefined
  }
  if (member.member.type === 'string' && (hasGap || breaksAny(elements, member.member))) {
    violate(reader, path, printList(elements, member), everyClause(member.member))
    return undefined
  }
  const values: unknown[] = []
  for (const [position, element] of withGaps(elements).entries()) {
    const value = readMember(member.member, element, `${path}.${position + 1}.member`, reader)
    if (value !== undefined) values.push(value)
  }
  if (member.min !== undefined && elements.length < member.min) {
    violate(reader, path, printList(elements, member), `Member must have length greater than or equal to ${member.min}`)
  }
  return values
}

/**
 * An index is a number from 1 on. Some may be left out, but few in a row, and a list of texts wants every one. As AWS answered in
 * September 2026 (radkawar/stackd, `testdata/aws/iam/query_collections.json`).
 */
function faultOfIndex(index: string, member: Member): string | null {
  if (index.startsWith('-')) return `Key ${index.slice(0, 20)} may not have a leading '-'`
  if (!/^\d+$/.test(index)) return member.type === 'structure' ? null : 'Start of list found where not expected'
  if (/^0+$/.test(index)) return `${index.slice(0, 20)} is not a valid index`
  return index.length > 9 ? 'Unexpected list element termination' : null
}

const mostSkipped = 10

const emptyNode: Node = { value: undefined, parts: undefined }

/** An element that is left out stands in its place all the same; one that is there in two spellings (`1`, `01`) is one. */
function withGaps(elements: readonly (readonly [index: number, element: Node])[]): readonly Node[] {
  const all: Node[] = []
  for (const [index, element] of elements) {
    while (all.length < index - 1) all.push(emptyNode)
    const before = all[index - 1]
    all[index - 1] =
      before === undefined
        ? element
        : { value: element.value ?? before.value, parts: new Map([...(before.parts ?? []), ...(element.parts ?? [])]) }
  }
  return all
}

function breaksAny(elements: readonly (readonly [number, Node])[], member: StringMember): boolean {
  const reader: Reader = { violations: [], says: null, malformed: null }
  return elements.some(([, { value, parts }]) => {
    if (parts === undefined) checkString(member, value ?? '', '', reader)
    return reader.violations.length > 0
  })
}

/**
 * One sentence for all texts of a list, with every constraint that they have, broken or not. The order and wording are those of IAM's
 * replies about `clientIDList` and `thumbprintList` (recorded in February 2026 by localstack, `test_iam_oidc.snapshot.json`) and
 * `policyInputList` (radkawar/stackd, `query_collections.json`). Only keys of tags also "must not be null" (localstack's UntagRole).
 */
function everyClause({ max, min, pattern, enum: words, required }: StringMember): string {
  const clauses = [
    max === undefined ? null : `Member must have length less than or equal to ${max}`,
    min === undefined ? null : `Member must have length greater than or equal to ${min}`,
    pattern === undefined ? null : `Member must satisfy regular expression pattern: ${pattern}`,
    words === undefined ? null : `Member must satisfy enum value set: [${words.join(', ')}]`,
    required === true ? 'Member must not be null' : null,
  ]
  return `Member must satisfy constraint: [${clauses.filter((clause) => clause !== null).join(', ')}]`
}

function printList(elements: readonly (readonly [number, Node])[], member: ListMember): string {
  if (member.member.type !== 'string' || member.member.sensitive === true) return elements.length === 0 ? '[]' : '[…]'
  let text = ''
  for (const [, element] of elements) {
    if (text.length > maxPrinted) break
    text += `${text === '' ? '' : ', '}${element.value ?? ''}`
  }
  return `[${text}]`
}

/** Pattern before length: the order in which AWS lists two broken constraints of one member (Cognito, STS, DynamoDB replies). */
function checkString(member: StringMember, text: string, path: string, reader: Reader): void {
  const shown = member.sensitive === true ? undefined : text
  if (member.enum !== undefined && !member.enum.includes(text)) {
    violate(reader, path, shown, `Member must satisfy enum value set: [${member.enum.join(', ')}]`)
  }
  if (member.pattern !== undefined && !compiled(member.pattern).test(text)) {
    if (member.patternSays === undefined)
      violate(reader, path, shown, `Member must satisfy regular expression pattern: ${member.pattern}`)
    else reader.says ??= `The specified value for ${path} is invalid. ${member.patternSays}`
  }
  if (member.max !== undefined && text.length > member.max) {
    violate(reader, path, shown, `Member must have length less than or equal to ${member.max}`)
  }
  if (member.min !== undefined && text.length < member.min) {
    violate(reader, path, shown, `Member must have length greater than or equal to ${member.min}`)
  }
}

function checkInteger(member: IntegerMember, value: number, path: string, reader: Reader): void {
  if (member.max !== undefined && value > member.max) {
    violate(reader, path, String(value), `Member must have value less than or equal to ${member.max}`)
  }
  if (member.min !== undefined && value < member.min) {
    violate(reader, path, String(value), `Member must have value greater than or equal to ${member.min}`)
  }
}

const patterns = new Map<string, RegExp>()

/** The models' patterns describe the whole value (they are Java patterns used with `matches()`). */
function compiled(pattern: string): RegExp {
  let expression = patterns.get(pattern)
  if (expression === undefined) {
    // Java lets any character that is no letter be escaped, JavaScript only those that mean something.
    const plain = pattern.replace(/\\([^\w\s^$\\.*+?()[\]{}|/-]|\s)/g, '$1')
    patterns.set(pattern, (expression = new RegExp(`^(?:${plain})$`, 'su')))
  }
  return expression
}

function violate(reader: Reader, path: string, value: string | null | undefined, clause: string): void {
  if (reader.violations.length >= maxViolations) return
  const shown = typeof value === 'string' && value.length > maxPrinted ? `${value.slice(0, maxPrinted)}…` : value
  reader.violations.push({ path, value: shown, clause })
}

function malformed(reader: Reader, says: string): undefined {
  reader.malformed ??= says
  return undefined
}

/** `RoleSessionName` → `roleSessionName`; `MFASerial`-like runs keep AWS's own lower camel: only the first letter falls. */
function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
