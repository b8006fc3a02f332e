/**
 * What goes with every page for people, as header names and values by turns; `policy` is its Content-Security-Policy.
 *
 * With `no-referrer` browsers send `Origin: null` with forms, and the guard against other sites' requests would refuse those (Fetch
 * standard, "append a request Origin header").
 */
export function pageHeaders(policy: string): readonly string[] {
  return [
    'Content-Security-Policy',
    policy,
    'X-Content-Type-Options',
    'nosniff',
    'X-Frame-Options',
    'DENY',
    'Referrer-Policy',
    'same-origin',
    'Cross-Origin-Opener-Policy',
    'same-origin',
    'Cross-Origin-Resource-Policy',
    'same-origin',
  ]
}
