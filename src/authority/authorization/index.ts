/** The room's front door: may this principal do that? */
export { type AssumeRoleQuestion, judgeAssumeRole } from './assume-role.ts'
export { type Authorization, authorize } from './authorize.ts'
export { type PrincipalPolicies, policiesOf } from './policies-of.ts'
export { type RequestFacts, requestConditions } from './request-conditions.ts'
export { resolveTrustPrincipals, type TrustPrincipals } from './trust-principals.ts'
