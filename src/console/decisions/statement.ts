import type { CureFacts } from '../../authority/console/shapes.ts'

type Missing = NonNullable<CureFacts['permission']>

/** The policy that would allow just what was refused. */
export function statementOf({ action, resource }: Missing): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] }
}

/** The simulator with this question filled in. */
export function checkPath({ principal, action, resource }: Missing): string {
  return `/simulator?${new URLSearchParams({ principal, action, resource })}`
}
