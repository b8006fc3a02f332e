import type { SessionClaims } from '../model/principal.ts'

/**
 * Seals session tokens and opens them again. A token holds all that is needed to judge its bearer, so no session has a row
 * anywhere. Its outside keeps AWS's version 2 layout (creation time, region and account readable), see `anatomy/session-token.ts`.
 */
export interface SessionRing {
  /** Seals under the newest key. `region` stands in the clear in the token. */
  seal(claims: SessionClaims, region: string): string
  open(token: string): OpenedToken
}

export type OpenedToken =
  | { readonly kind: 'genuine'; readonly claims: SessionClaims }
  /** Not base64, not our layout, cut, or too long. */
  | { readonly kind: 'malformed' }
  /** Well-formed, but sealed by another authority, under a key that is gone, or altered. */
  | { readonly kind: 'foreign' }
