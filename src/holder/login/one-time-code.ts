import type { Failed } from '../resolution/index.ts'
import type { Person } from './means.ts'

/** Gives the codes of one device, one after the other. */
export interface Codes {
  /** Null when nobody gives one. The second differs from the first: AWS takes each code once. */
  next(): Promise<string | null>
  /** Whether they are made here, so that a wrong one can only be the clock's fault or the seed's. */
  readonly madeHere: boolean
}

/**
 * The codes of a device: the given one first, then those that the person has or gives.
 *
 * @param given what came with `--code`
 */
export function codesOf(person: Person, serial: string, given: string | null = null): Codes {
  let asked = 0
  let last: string | null = null
  return {
    madeHere: given === null && person.hasSeed(serial),
    async next() {
      asked += 1
      const code = asked === 1 && given !== null ? given : plainCode(await person.askCode(serial, asked > 1))
      if (code === null || code === last) return null
      last = code
      return code
    },
  }
}

/** The six digits, which people type in two groups; null for anything else. */
export function plainCode(typed: string | null): string | null {
  const digits = typed?.replace(/[\s-]/g, '') ?? ''
  return /^\d{6}$/.test(digits) ? digits : null
}

/** AWS's sentence: `MultiFactorAuthentication failed with invalid MFA one time pass code.` (errors reference §1.10) */
export function isWrongCode({ refusal }: Pick<Failed, 'refusal'>): boolean {
  return /invalid MFA one time pass code/.test(refusal?.message ?? '')
}
