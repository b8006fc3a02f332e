/** One line of RESULTS.md: a ratio against a named reference, with the bound that the design sets. */
export interface Line {
  readonly what: string
  readonly ratio: number
  readonly bound: number
  /** True when the ratio may not exceed the bound, false when it may not fall below. */
  readonly atMost: boolean
  /** First and third quartile of the single turns' ratios. */
  readonly low: number
  readonly high: number
  readonly detail: string
}

/** Value at a share (0 to 1) of the sorted numbers. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
