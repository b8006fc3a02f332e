/** The room's front door: policy texts in, decisions out. */
export { findAwsManagedPolicy, listAwsManagedPolicies } from './aws-managed.ts'
export { compilePolicy, policySize } from './compile.ts'
export { decide } from './decide.ts'
export { type DocumentKind, parseDocument } from './document.ts'
export type * from './policy.ts'
export type { PrincipalElement } from './principals.ts'
