/** Longer numbers are no numbers: a bound on what comparing may cost. */
const longest = 100
const decimal = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,2}))?$/

/**
 * Compares two decimal texts exactly (no floating point): below zero, zero or above as `a` is less than, equal to or
 * greater than `b`; null when one of them is not a number.
 */
export function compareNumbers(a: string, b: string): number | null {
  const left = parseDecimal(a)
  const right = parseDecimal(b)
  if (left === null || right === null) return null
  const places = Math.max(left.places, right.places)
  const difference = scaled(left, places) - scaled(right, places)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

interface Decimal {
  readonly digits: bigint
  readonly places: number
}

function parseDecimal(text: string): Decimal | null {
  const found = text.length <= longest ? decimal.exec(text) : null
  if (found === null) return null
  const fraction = found[3] ?? ''
  // `1e0` is a number to AWS as well (radkawar/stackd, `testdata/aws/iam/condition_values.json`).
  const places = fraction.length - Number(found[4] ?? 0)
  const digits = BigInt(found[2]! + fraction) * 10n ** BigInt(Math.max(0, -places))
  return { digits: found[1] === '-' ? -digits : digits, places: Math.max(0, places) }
}

function scaled(number: Decimal, places: number): bigint {
  return number.digits * 10n ** BigInt(places - number.places)
}
