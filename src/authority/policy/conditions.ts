import { isInRange, parseAddressRange, parseRequestAddress } from './addresses.ts'
import { compileArnCondition, isArn } from './arn.ts'
import { parsePolicyDate } from './dates.ts'
import { isMultivalued } from './list-keys.ts'
import { compareNumbers } from './numbers.ts'
import { matchesPattern } from './pattern.ts'
import type { PolicyRequest } from './policy.ts'
import { fillPattern, fillText, parseTemplate } from './template.ts'

/** Whether one value of the request's key fits one value of the policy. */
type ValueTest = (value: string, request: PolicyRequest) => boolean
type Operator = {
  readonly negated: boolean
  readonly compile: (value: string, variables: boolean) => ValueTest
  /** False for a value of the request that this operator cannot read: then the condition fails, negated or not. */
  readonly reads?: (given: string) => boolean
}

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
/** What is not `true`, in any case, is false (observed, radkawar/stackd, `testdata/aws/iam/condition_values.json`). */
const truth = (value: string): ValueTest => {
  const wanted = value.toLowerCase() === 'true'
  return (given) => (given.toLowerCase() === 'true') === wanted
}
/** Other texts for the same bytes (`YQ`, `YR==` for `YQ==`) do not count (same source). */
const bytes =
  (value: string): ValueTest =>
  (given) =>
    given === value
const address = (value: string): ValueTest => {
  const range = parseAddressRange(value)
  return (given) => {
    const found = range === null ? null : parseRequestAddress(given)
    return range !== null && found !== null && isInRange(found, range)
  }
}
const isAddress = (given: string): boolean => parseRequestAddress(given) !== null

export function canonicalBase64(text: string): string | null {
  const bare = text.replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) return null
  return Buffer.from(bare, 'base64').toString('base64')
}

const is = (compile: Operator['compile']): Operator => ({ negated: false, compile })
const not = (compile: Operator['compile'], reads?: Operator['reads']): Operator =>
  reads === undefined ? { negated: true, compile } : { negated: true, compile, reads }

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
  ['NotIpAddress', not(address, isAddress)],
  ['ArnEquals', is(compileArnCondition)],
  ['ArnLike', is(compileArnCondition)],
  ['ArnNotEquals', not(compileArnCondition, isArn)],
  ['ArnNotLike', not(compileArnCondition, isArn)],
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
 * number, a variable without a value) fits nothing; one that is no address or no ARN fails the negated operators as well. A key of
 * several values, or of a list with one in it, fails every operator without a set word. As AWS answered in September 2026
 * (radkawar/stackd, `testdata/aws/iam/condition_sets.json`, `condition_values.json`, `condition_ip.json`).
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
    operator.reads?.(given) !== false && tests.some((test) => test(given, request)) !== operator.negated
  const { set, ifExists } = parsed
  const isList = isMultivalued(name)
  return (request) => {
    const given = request.conditions.get(name) ?? []
    if (given.length === 0 && ifExists) return true
    switch (set) {
      case 'all':
        return given.every((value) => fits(value, request))
      case 'any':
        return given.some((value) => fits(value, request))
      default:
        if (given.length === 0) return operator.negated
        return given.length === 1 && !isList && fits(given[0]!, request)
    }
  }
}

function compileNull(name: string, values: readonly string[]): ConditionTest {
  const wanted = values.map((value) => value.toLowerCase())
  return (request) => {
    const absent = (request.conditions.get(name)?.length ?? 0) === 0
    return wanted.includes(absent ? 'true' : 'false')
  }
}
