import { hasBitsBelow, parseAddressRange } from './addresses.ts'
import { canonicalBase64 } from './conditions.ts'
import { parsePolicyDate } from './dates.ts'
import type { DocumentKind } from './document.ts'
import { compareNumbers } from './numbers.ts'

/**
 * Is a value such as this operator takes it in a document of this kind? IAM stores no policy with another; STS takes other numbers,
 * addresses and ARNs in session policies, where they fit nothing. As AWS answered in September 2026 (radkawar/stackd,
 * `testdata/aws/iam/condition_values.json`, `condition_ip.json`); of dates, localstack's snapshots of February 2026.
 */
export function isStored(operator: string, value: string, kind: DocumentKind): boolean {
  const type = /^(?:For(?:All|Any)Values?:)?(?:Not)?(Date|Numeric|Ip|Arn|Binary)/.exec(operator)?.[1]
  if (type === undefined) return true
  if (type === 'Date') return parsePolicyDate(value) !== null
  if (type === 'Binary') return canonicalBase64(value) !== null
  if (kind === 'session' || value.includes('${')) return true
  if (type === 'Numeric') return compareNumbers(value, value) !== null
  return type === 'Ip' ? isRange(value) : isArnPattern(value)
}

/** A range of IPv6 with bits below its prefix would match nothing, and a dotted ending is none of IAM's. */
function isRange(value: string): boolean {
  const range = parseAddressRange(value)
  if (range === null) return false
  return range.address.length === 4 || !(hasBitsBelow(range) || value.includes('.'))
}

/** Six parts; what begins with a `*` may stand for several of them. */
function isArnPattern(value: string): boolean {
  return value.includes('*') || (value.startsWith('arn:') && value.split(':').length >= 6)
}
