import { parseAddressRange } from './addresses.ts'
import type { Advice, Placed } from './advice-parts.ts'
import { variableIsText } from './advice-statements.ts'
import { parseOperator } from './conditions.ts'
import { itemsOf, memberOf, nameSpan, type Span, spanOf, writtenValue } from './places.ts'
import { readsAs, type ValueType } from './value-types.ts'

/** One key of one operator, with its places. */
interface Test {
  readonly operator: string
  /** Without `ForAllValues:` and `IfExists`. */
  readonly name: string
  readonly set: 'all' | 'any' | null
  readonly ifExists: boolean
  readonly key: string
  readonly values: readonly { readonly value: string; readonly span: Span }[]
  readonly span: Span
}

/** Of the statement's conditions. */
export function conditionAdvice(placed: Placed): readonly Advice[] {
  const tests = testsOf(placed)
  return [
    ...emptyBlocks(placed),
    ...tests.flatMap((test) => [
      ...ofAllValues(test, tests, placed),
      ...ofMfa(test, placed),
      ...ofPresence(test, tests),
      ...ofKey(test, tests),
      ...ofValues(test, placed),
    ]),
  ]
}

function testsOf({ node, text }: Placed): readonly Test[] {
  const block = memberOf(node, 'Condition')?.value
  if (block?.type !== 'object') return []
  return block.members.flatMap((operator) => {
    const parsed = parseOperator(operator.name)
    if (parsed === null || operator.value.type !== 'object') return []
    return operator.value.members.map((key) => ({
      operator: operator.name,
      ...parsed,
      key: key.name,
      values: itemsOf(key.value).flatMap((item) => {
        const value = writtenValue(item)
        return value === null ? [] : [{ value, span: spanOf(item) }]
      }),
      span: nameSpan(key, text),
    }))
  })
}

function emptyBlocks({ node, text }: Placed): readonly Advice[] {
  const condition = memberOf(node, 'Condition')
  if (condition?.value.type !== 'object') return []
  const operators = condition.value.members
  const empty =
    operators.length === 0
      ? [condition]
      : operators.filter(({ value }) => value.type === 'object' && value.members.length === 0)
  return empty.map((member) => ({
    code: 'empty-condition',
    says: `${member.name} is empty and limits nothing: fill it or take it away.`,
    span: nameSpan(member, text),
  }))
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Does the statement ask that the key is there (`false`), or that it is not (`true`)? */
function nullTest(tests: readonly Test[], key: string): 'true' | 'false' | null {
  const test = tests.find((one) => one.name === 'Null' && isSame(one.key, key))
  const value = test?.values.length === 1 ? test.values[0]!.value.toLowerCase() : null
  return value === 'true' || value === 'false' ? value : null
}

function ofAllValues(test: Test, tests: readonly Test[], { statement }: Placed): readonly Advice[] {
  if (test.set !== 'all' || statement.effect !== 'Allow' || nullTest(tests, test.key) === 'false') return []
  const says = `ForAllValues also fits a request without ${test.key}: add "Null": {"${test.key}": "false"} beside it, or leave ForAllValues out for a key with one value.`
  return [{ code: 'for-all-values-of-none', says, span: test.span }]
}

const mfaPresent = 'aws:MultiFactorAuthPresent'

function ofMfa(test: Test, { statement }: Placed): readonly Advice[] {
  if (!isSame(test.key, mfaPresent)) return []
  const wants = test.values.map(({ value }) => value.toLowerCase())
  const denies = statement.effect === 'Deny'
  if (test.name === 'Bool' && !test.ifExists && denies && wants.includes('false')) {
    const says = `Requests with a long-term access key have no ${mfaPresent}, so this does not deny them: use BoolIfExists.`
    return [{ code: 'mfa-deny-misses-keys', says, span: test.span }]
  }
  if (test.name === 'Bool' && test.ifExists && !denies && wants.includes('true')) {
    const says = `Requests with a long-term access key have no ${mfaPresent}, so this allows them without MFA: use Bool.`
    return [{ code: 'mfa-allow-lets-keys-in', says, span: test.span }]
  }
  if (test.name === 'Null' && !denies && wants.includes('false')) {
    const says = `${mfaPresent} is there, as false, in sessions without MFA too: use "Bool": {"${mfaPresent}": "true"}.`
    return [{ code: 'mfa-present-is-not-true', says, span: test.span }]
  }
  return []
}

/** What `Null` says of a key, and what another operator wants of the same key. */
function ofPresence(test: Test, tests: readonly Test[]): readonly Advice[] {
  if (test.name === 'Null') return []
  const absent = nullTest(tests, test.key)
  if (test.ifExists && absent === 'false') {
    const says = `Null asks that ${test.key} is there, so IfExists changes nothing: write ${test.operator.replace(/IfExists$/, '')}.`
    return [{ code: 'if-exists-needless', says, span: test.span }]
  }
  if (absent !== 'true') return []
  const never = !test.ifExists && test.set !== 'all' && !/Not/.test(test.name)
  const says = never
    ? `Null asks that ${test.key} is not there, and ${test.operator} that it is: the statement never applies; take one of them away.`
    : `Null asks that ${test.key} is not there, so ${test.operator} changes nothing: take one of them away.`
  return [{ code: never ? 'condition-never-met' : 'condition-needless', says, span: test.span }]
}

function ofKey(test: Test, tests: readonly Test[]): readonly Advice[] {
  const twin = tests.find((one) => one.operator === test.operator && isSame(one.key, test.key))
  if (twin !== undefined && twin !== test) {
    const says = `${test.key} is the key ${twin.key} in other letters, and both must fit: put all values under one of them.`
    return [{ code: 'key-in-other-letters', says, span: test.span }]
  }
  if (test.key.includes(':')) return []
  const says = `${test.key} has no prefix, so no request ever has it: condition keys are named like aws:SourceIp or s3:prefix.`
  return [{ code: 'key-without-prefix', says, span: test.span }]
}

/** What the values of an operator's family must be; null: text of any kind. */
function typeOf(name: string): ValueType | null {
  if (name === 'Bool' || name === 'Null') return 'boolean'
  if (name.startsWith('Numeric')) return 'numeric'
  if (name.startsWith('Binary')) return 'binary'
  return name.endsWith('IpAddress') ? 'ip' : null
}

function ofValues(test: Test, placed: Placed): readonly Advice[] {
  const type = typeOf(test.name)
  const seen = new Set<string>()
  const advice: Advice[] = []
  for (const { value, span } of test.values) {
    const fault = seen.has(value) ? repeated(value) : ofValue(test, type, value, placed)
    seen.add(value)
    if (fault !== null) advice.push({ ...fault, span })
  }
  if (type === 'boolean' && seen.size > 1) {
    const says = `${test.operator} with true and false fits everything: keep one of them.`
    advice.push({ code: 'both-booleans', says, span: test.span })
  }
  return advice
}

type Words = Omit<Advice, 'span'>

function repeated(value: string): Words {
  return { code: 'repeated-value', says: `${value} stands in this list before: once is enough.` }
}

const typeNames = {
  boolean: 'true or false',
  numeric: 'a number',
  binary: 'Base64 text',
  ip: 'an address or a range',
} as const

function ofValue(test: Test, type: ValueType | null, value: string, { variables }: Placed): Words | null {
  const variable = value.includes('${')
  if (variable && type !== null) {
    const says = `${test.operator} fills no variables in, so this value never fits: use a String or Arn operator, or write the value.`
    return { code: 'variable-for-operator', says }
  }
  if (variable && !variables && !test.name.startsWith('Date')) return { code: 'variable-is-text', says: variableIsText }
  if (type !== null && !isReadable(type, value)) {
    const says = `${value} is not ${typeNames[type as keyof typeof typeNames]}, so nothing fits it: correct it.`
    return { code: 'unreadable-value', says }
  }
  if (test.name === 'IpAddress' && /\/0$/.test(value)) {
    return { code: 'all-addresses', says: `${value} is every address: narrow it, or take it away.` }
  }
  if (/^String(?:Not)?Equals/.test(test.name) && /[*?]/.test(value.replace(/\$\{[*?$]\}/g, ''))) {
    const says = `${test.operator} takes * and ? as they are: use ${test.name.includes('Not') ? 'StringNotLike' : 'StringLike'} for a pattern.`
    return { code: 'pattern-without-like', says }
  }
  return null
}

function isReadable(type: ValueType, value: string): boolean {
  return type === 'ip' ? parseAddressRange(value) !== null : readsAs(type, value)
}
