/*
 * The library's front door: the holder's side. The authority has its own (`countersign/authority`), and so has the signature
 * (`countersign/signature`).
 */
export { type CauseId, causeNumbers } from './cause-ids.ts'
export { CountersignError, type ErrorCode } from './errors.ts'
export { traceChain } from './holder/chains/index.ts'
export type { ChainStep, EndpointChoice, SdkName, Trace } from './holder/chains/trace.ts'
export {
  type DiagnosisQuestion,
  diagnose,
  type ErrorSeen,
  type ExplainQuestion,
  type Explanation,
  explainError,
  explanationJson,
  type ProbeNotice,
  verdictJson,
} from './holder/diagnosis/index.ts'
export type {
  Certainty,
  CredentialShape,
  Evidence,
  Finding,
  Fix,
  ReplySeen,
  Shell,
  Verdict,
} from './holder/diagnosis/verdict.ts'
export type { FileEdit } from './holder/files/edit.ts'
export type { FileReading, IncomingReply, Machine, OutgoingRequest } from './holder/machine/machine.ts'
export { type RealMachineOptions, realMachine } from './holder/machine/real.ts'
export { type RecordedFile, type Recording, recordedMachine } from './holder/machine/recorded.ts'
export type { Credential, Place, ProviderName } from './holder/sources/credential.ts'
