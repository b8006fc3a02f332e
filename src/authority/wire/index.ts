/** The room's front door: the Query protocol in, XML or JSON out. */
export { type Answering, type AnsweringParts, createAnswering } from './answering.ts'
export { type BodyBudget, createBodyBudget, readBody } from './body.ts'
export { createExchange, type Exchange, type Reply, type Surroundings } from './exchange.ts'
export { type Fault, faultOf, internalFailure, type WireService } from './faults.ts'
export { type Head, readHead, splitTarget } from './head.ts'
export { type HttpFault, type HttpReply, originDecision, renderHttpFault } from './http-faults.ts'
export { parseInput } from './input.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { isLoopback, isOwnHost, judgeOrigin, type OriginRefusal, type OriginRules } from './origin.ts'
export { type Parameters, parseParameters } from './query.ts'
export {
  acceptedFormat,
  contentTypes,
  escapeXml,
  renderFault,
  renderResult,
  type WireFormat,
} from './render.ts'
export {
  answerTestControl,
  createFaultQueue,
  type FaultQueue,
  type InjectedFault,
  type TestControls,
} from './test-controls.ts'
export type { Received } from './walk.ts'
