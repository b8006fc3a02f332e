import { CountersignError } from '../../errors.ts'

/** Wrong usage: one sentence, and a hint that ends it. */
export function wrong(says: string, hint: string | null): CountersignError {
  return new CountersignError('usage', says, hint === null ? {} : { data: { hint } })
}
