/*
 * The front door of `diagnosis`: from a machine, or from an error text, to a verdict with its proof and its cure. Nothing
 * here loads Node's modules or the signature unless a probe is sent.
 */
export { type DiagnosisQuestion, diagnose } from './diagnose.ts'
export type { ErrorSeen } from './error-text/index.ts'
export { type ExplainQuestion, type Explanation, explainError } from './explain.ts'
export { explanationJson, verdictJson } from './json.ts'
export type { ProbeNotice } from './probes/question.ts'
