/** What a new password has to be like; `kinds`: so many of upper case, lower case, numbers and symbols. */
export interface PasswordRules {
  readonly minimumLength: number
  readonly requireUppercase: boolean
  readonly requireLowercase: boolean
  readonly requireNumbers: boolean
  readonly requireSymbols: boolean
  readonly kinds: number
}

/** What comes next after each step of a sign-in. */
export type Step =
  | { readonly step: 'signed-in' }
  | { readonly step: 'mfa'; readonly challenge: string }
  | { readonly step: 'new-password'; readonly challenge: string; readonly policy: PasswordRules }

/** What root's password has to be like; an account's own policy is for its users. */
export const usualRules: PasswordRules = {
  minimumLength: 8,
  requireUppercase: false,
  requireLowercase: false,
  requireNumbers: false,
  requireSymbols: false,
  kinds: 3,
}

/** `At least 12 characters, with upper case letters and numbers.` */
export function rulesText(rules: PasswordRules): string {
  const wanted = [
    ...(rules.requireUppercase ? ['upper case letters'] : []),
    ...(rules.requireLowercase ? ['lower case letters'] : []),
    ...(rules.requireNumbers ? ['numbers'] : []),
    ...(rules.requireSymbols ? ['symbols'] : []),
  ]
  const kinds = rules.kinds > 0 ? [`${rules.kinds} of: upper case letters, lower case letters, numbers, symbols`] : []
  const list = [...(wanted.length === 0 ? [] : [new Intl.ListFormat('en-GB').format(wanted)]), ...kinds]
  return `At least ${rules.minimumLength} characters${list.length === 0 ? '' : `, with ${list.join('; ')}`}.`
}
