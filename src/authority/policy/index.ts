/** The room's front door: policy texts in, decisions out. */
export { findAwsManagedPolicy, listAwsManagedPolicies } from './aws-managed.ts'
export { type CompileOptions, type CompileResult, compilePolicy, policySize } from './compile.ts'
export { decide } from './decide.ts'
export { type DocumentKind, type PolicyDocument, parseDocument } from './document.ts'
export type * from './policy.ts'
export type { PrincipalElement } from './principals.ts'
