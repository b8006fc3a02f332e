import { readsAs, type ValueType } from '../../policy/index.ts'
import { invalidInput, type Refused } from '../sentences.ts'

const names: Readonly<Record<ValueType, string>> = {
  string: 'text',
  numeric: 'a number',
  boolean: 'true or false',
  ip: 'an IP address',
  binary: 'Base64 text',
  date: 'a date in ISO 8601, or seconds since 1970',
}

/** The values of a context entry, which must be what its type says (IAM API reference, "ContextEntry"). */
export function valuesOf(key: string, values: readonly string[], type: string): readonly string[] | Refused {
  const one = type.replace(/List$/, '') as ValueType
  const wrong = values.findIndex((value) => !readsAs(one, value))
  return wrong < 0 ? values : invalidInput(`Value ${wrong + 1} of the context key ${key} is not ${names[one]}.`)
}
