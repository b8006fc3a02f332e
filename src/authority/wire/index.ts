export { type Fault, faultOf, internalFailure } from './faults.ts'
export { parseInput } from './input.ts'
export { isLoopback, isOwnHost, judgeOrigin, type OriginRefusal, type OriginRules } from './origin.ts'
export { type Parameters, parseParameters } from './query.ts'
export {
  acceptedFormat,
  contentTypes,
  escapeXml,
  renderFault,
  renderResult,
  type WireFormat,
  type WireService,
} from './render.ts'
export {
  answerTestControl,
  createFaultQueue,
  type FaultQueue,
  type InjectedFault,
  type TestControls,
} from './test-controls.ts'
