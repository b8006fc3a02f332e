/** The room's front door: may this principal do that? */
export { judgeAssumeRole } from './assume-role.ts'
export { authorize } from './authorize.ts'
export { callerConditions } from './caller-conditions.ts'
export { policiesHeldBy } from './policies-of.ts'
export { type RequestFacts, requestConditions } from './request-conditions.ts'
export { resolveTrustPrincipals } from './trust-principals.ts'
export { judgeVisitor } from './visitors.ts'
