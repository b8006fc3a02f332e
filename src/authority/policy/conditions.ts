import { isInRange, parseAddress, parseAddressRange } from './addresses.ts'
import { compileArnCondition } from './arn.ts'
import { parsePolicyDate } from './dates.ts'
import { compareNumbers } from './numbers.ts'
import { matchesPattern } from './pattern.ts'
import type { PolicyRequest } from './policy.ts'
import { fillPattern, fillText, parseTemplate } from './template.ts'

/** Whether one value of the request's key fits one value of the policy. */
type ValueTest = (value: string, request: PolicyRequest) => boolean
type Operator = { readonly negated: boolean; readonly compile: (value: string, variables: boolean) => ValueTest }

/** `Null` stands apart: it asks about the key, not about its values. */
type OperatorName = { readonly set: 'all' | 'any' | null; readonly ifExists: boolean; readonly name: string }

export type ConditionTest = (request: PolicyRequest) => boolean

const textEquals = (value: string, variables: boolean): ValueTest => {
  const parts = parseTemplate(value, variables)
  return (given, request) => fillText(parts, request) === given
}
const textEqualsIgnoringCase = (value: string, variables: boolean): ValueTest => {
  const parts = parseTemplate(value, variables)
  return (given, request) => fillText(parts, request)?.toLowerCase() === given.toLowerCase()
}
const textLike = (value: string, variables: boolean): ValueTest => {
  const parts = parseTemplate(value, variables)
  return (given, request) => {
    const tokens = fillPattern(parts, request)
    return tokens !== null && matchesPattern(tokens, given)
  }
}
const number =
  (accepts: (order: number) => boolean) =>
  (value: string): ValueTest =>
  (given) => {
    const order = compareNumbers(given, value)
    return order !== null && accepts(order)
  }
const date =
  (accepts: (difference: number) => boolean) =>
  (value: string): ValueTest => {
    const limit = parsePolicyDate(value)
    return (given) => {
      const instant = parsePolicyDate(given)
      return limit !== null && instant !== null && accepts(instant - limit)
    }
  }
const truth = (value: string): ValueTest => {
  const wanted = value.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') return () => false
  return (given) => given.toLowerCase() === wanted
}
const bytes = (value: string): ValueTest => {
  const wanted = canonicalBase64(value)
  return (given) => wanted !== null && canonicalBase64(given) === wanted
}
const address = (value: string): ValueTest => {
  const range = parseAddressRange(value)
  return (given) => {
    const found = range === null ? null : parseAddress(given)
    return range !== null && found !== null && isInRange(found, range)
  }
}

export function canonicalBase64(text: string): string | null {
  const bare = text.replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) return null
  return Buffer.from(bare, 'base64').toString('base64')
}

const is = (compile: Operator['compile']): Operator => ({ negated: false, compile })
const not = (compile: Operator['compile']): Operator => ({ negated: true, compile })

/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const operators: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', is(textEquals)],
  ['StringNotEquals', not(textEquals)],
  ['StringEqualsIgnoreCase', is(textEqualsIgnoringCase)],
  ['StringNotEqualsIgnoreCase', not(textEqualsIgnoringCase)],
  ['StringLike', is(textLike)],
  ['StringNotLike', not(textLike)],
  ['NumericEquals', is(number((order) => order === 0))],
  ['NumericNotEquals', not(number((order) => order === 0))],
  ['NumericLessThan', is(number((order) => order < 0))],
  ['NumericLessThanEquals', is(number((order) => order <= 0))],
  ['NumericGreaterThan', is(number((order) => order > 0))],
  ['NumericGreaterThanEquals', is(number((order) => order >= 0))],
  ['DateEquals', is(date((difference) => difference === 0))],
  ['DateNotEquals', not(date((difference) => difference === 0))],
  ['DateLessThan', is(date((difference) => difference < 0))],
  ['DateLessThanEquals', is(date((difference) => difference <= 0))],
  ['DateGreaterThan', is(date((difference) => difference > 0))],
  ['DateGreaterThanEquals', is(date((difference) => difference >= 0))],
  ['Bool', is(truth)],
  ['BinaryEquals', is(bytes)],
  ['IpAddress', is(address)],
  ['NotIpAddress', not(address)],
  ['ArnEquals', is(compileArnCondition)],
  ['ArnLike', is(compileArnCondition)],
  ['ArnNotEquals', not(compileArnCondition)],
  ['ArnNotLike', not(compileArnCondition)],
])

/** `ForAnyValue:StringLikeIfExists` into its parts; null when AWS has no such operator. Case counts. */
export function parseOperator(text: string): OperatorName | null {
  const found = /^(?:ForAllValues:|ForAnyValue:)?/.exec(text)![0]
  const set = found === 'ForAllValues:' ? 'all' : found === 'ForAnyValue:' ? 'any' : null
  const rest = text.slice(found.length)
  if (rest === 'Null') return { set, ifExists: false, name: rest }
  const ifExists = rest.endsWith('IfExists')
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest
  return operators.has(name) ? { set, ifExists, name } : null
}

/**
 * One key of one operator of a `Condition` block. `values` are the policy's (any of them may fit; with a negated operator
 * none may). A key that is absent fails a positive operator and passes a negated one; `…IfExists` passes;
 * `ForAllValues:` passes and `ForAnyValue:` fails, whatever the operator. A value that cannot be read (a text that is no
 * number, a variable without a value) fits nothing.
 */
export function compileCondition(
  operatorText: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): ConditionTest {
  const parsed = parseOperator(operatorText)
  if (parsed === null) return () => false
  const name = key.toLowerCase()
  if (parsed.name === 'Null') return compileNull(name, values)
  const operator = operators.get(parsed.name)!
  const tests = values.map((value) => operator.compile(value, variables))
  const fits = (given: string, request: PolicyRequest): boolean =>
    tests.some((test) => test(given, request)) !== operator.negated
  const { set, ifExists } = parsed
  return (request) => {
    const given = request.conditions.get(name) ?? []
    if (given.length === 0 && ifExists) return true
    switch (set) {
      case 'all':
        return isNullSet(given) || given.every((value) => fits(value, request))
      case 'any':
        return given.some((value) => fits(value, request))
      default:
        // Several values without a set operator: AWS leaves it undefined. Read as "one of them fits", so that the negated
        // operator stays the exact opposite.
        return operator.negated
          ? given.every((value) => fits(value, request))
          : given.some((value) => fits(value, request))
    }
  }
}

/** "…or if the context key value resolves to a null dataset, such as an empty string" (User Guide, set operators). */
function isNullSet(given: readonly string[]): boolean {
  return given.every((value) => value === '')
}

function compileNull(name: string, values: readonly string[]): ConditionTest {
  const wanted = values.map((value) => value.toLowerCase())
  return (request) => {
    const absent = (request.conditions.get(name)?.length ?? 0) === 0
    return wanted.includes(absent ? 'true' : 'false')
  }
}
