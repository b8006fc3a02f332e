import { queryOptions } from '@tanstack/react-query'
import { aws } from '../api/call.ts'
import { awsCodeOf } from '../api/failure.ts'

/** What a password has to be like, as far as it is known here; the authority judges it in any case. */
export interface PasswordRules {
  readonly length: number
  /** Each stands for one character at least. */
  readonly wanted: readonly Kind[]
  /** So many of the four kinds at least. */
  readonly kinds: number
}

type Kind = 'upper' | 'lower' | 'digit' | 'symbol'

const words: Readonly<Record<Kind, string>> = {
  upper: 'an upper-case letter',
  lower: 'a lower-case letter',
  digit: 'a digit',
  symbol: 'a symbol',
}

/** IAM User Guide, "Setting an account password policy": the default. */
const byDefault: PasswordRules = { length: 8, wanted: [], kinds: 3 }

interface WirePolicy {
  readonly MinimumPasswordLength: number
  readonly RequireUppercaseCharacters?: boolean
  readonly RequireLowercaseCharacters?: boolean
  readonly RequireNumbers?: boolean
  readonly RequireSymbols?: boolean
}

/** Null: the person may not see the policy. */
export const passwordRulesQuery = queryOptions({
  queryKey: ['account', 'password-rules'],
  queryFn: async (): Promise<PasswordRules | null> => {
    try {
      const { PasswordPolicy: policy } = await aws<{ readonly PasswordPolicy: WirePolicy }>(
        'iam',
        'GetAccountPasswordPolicy',
      )
      const wanted: Kind[] = []
      if (policy.RequireUppercaseCharacters) wanted.push('upper')
      if (policy.RequireLowercaseCharacters) wanted.push('lower')
      if (policy.RequireNumbers) wanted.push('digit')
      if (policy.RequireSymbols) wanted.push('symbol')
      return { length: policy.MinimumPasswordLength, wanted, kinds: 0 }
    } catch (error) {
      const code = awsCodeOf(error)
      if (code === 'NoSuchEntity') return byDefault
      if (code === 'AccessDenied') return null
      throw error
    }
  },
})

/** The rules as a sentence. */
export function sayRules(rules: PasswordRules | null): string {
  if (rules === null) return 'As the password policy of the account has it.'
  const list = new Intl.ListFormat('en-GB').format(rules.wanted.map((kind) => words[kind]))
  const kinds =
    rules.wanted.length > 0
      ? `, with ${list}`
      : rules.kinds > 0
        ? `, with ${rules.kinds === 3 ? 'three' : rules.kinds} of: upper case, lower case, digits, symbols`
        : ''
  return `At least ${rules.length} characters${kinds}.`
}

/** Without characters that are mistaken for each other. */
const alphabets: Readonly<Record<Kind, string>> = {
  upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ',
  lower: 'abcdefghijkmnopqrstuvwxyz',
  digit: '23456789',
  // Of those that IAM counts as symbols.
  symbol: '!@#$%^&*()_+-=[]{}|',
}

/** A random password with all kinds of characters: 20 of them, or as many as the rules want. */
export function generatePassword(rules: PasswordRules | null): string {
  const length = Math.max(20, rules?.length ?? 0)
  const all = Object.values(alphabets).join('')
  for (;;) {
    const password = Array.from({ length }, () => all[randomBelow(all.length)]).join('')
    // All passwords with each kind are equally likely.
    if (Object.values(alphabets).every((alphabet) => [...password].some((one) => alphabet.includes(one))))
      return password
  }
}

function randomBelow(end: number): number {
  const whole = Math.floor(2 ** 32 / end) * end
  for (;;) {
    const [number] = crypto.getRandomValues(new Uint32Array(1))
    if (number! < whole) return number! % end
  }
}
