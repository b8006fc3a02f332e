/** Where the users of this account sign in. */
export function signInUrl(): string {
  return `${location.origin}/console/`
}
