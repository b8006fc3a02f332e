import { parseAddress } from './addresses.ts'
import { canonicalBase64 } from './conditions.ts'
import { parsePolicyDate } from './dates.ts'
import { compareNumbers } from './numbers.ts'

/** The types of a condition key's values (Service Authorization Reference, "Condition keys table"). */
const readers = {
  string: () => true,
  numeric: (value: string) => compareNumbers(value, value) !== null,
  boolean: (value: string) => /^(?:true|false)$/i.test(value),
  ip: (value: string) => parseAddress(value) !== null,
  binary: (value: string) => canonicalBase64(value) !== null,
  date: (value: string) => parsePolicyDate(value) !== null,
} as const

export type ValueType = keyof typeof readers

/** Can the operators of this type (`NumericEquals` and its kin for `numeric`) make anything of a request's value? */
export function readsAs(type: ValueType, value: string): boolean {
  return readers[type](value)
}
