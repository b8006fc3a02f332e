import type { IssuedSessionRow } from '../../authority/console/shapes.ts'

/** The name by which AWS's console puts it ("Revoke IAM role temporary security credentials"). */
export const revocationName = 'AWSRevokeOlderSessions'

/**
 * The policy that ends all sessions that were issued before `before` (ISO 8601), as AWS's console writes it: a deny of everything,
 * by the time at which the session's token was issued. Long-term keys have no such time and are not hit.
 */
export function revocation(before: string): string {
  const statement = {
    Effect: 'Deny',
    Action: ['*'],
    Resource: ['*'],
    Condition: { DateLessThan: { 'aws:TokenIssueTime': before } },
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2)
}

/**
 * Now, or just after the newest of the sessions that are to end: the clock of this browser may be behind the authority's. To the full
 * second, as AWS has it.
 */
export function revocationTime(now: number, sessions: readonly IssuedSessionRow[]): string {
  const newest = Math.max(now, ...sessions.map(({ issuedAt }) => Date.parse(issuedAt) + 1000))
  return new Date(Math.ceil(newest / 1000) * 1000).toISOString()
}
