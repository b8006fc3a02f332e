import type { Action } from '../actions/grid.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Decision } from '../model/store.ts'
import { decisionOf } from './decision.ts'
import { ec2Fault, renderEc2Fault, renderEc2Result } from './ec2-query.ts'
import { type Fault, faultOf, internalFailure, type WireService } from './faults.ts'
import { acceptedFormat, contentTypes, renderFault, renderResult } from './render.ts'
import { jsonFault, namedFault, renderJsonFault, renderJsonResult, renderNamedFault } from './rest-json.ts'
import type { Walk } from './walk.ts'

export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** Further header lines: names and values in turn. */
  readonly more?: readonly string[]
  /** Null where nothing was decided. */
  readonly decision: Decision | null
}

/** The answer of an action, in the dialect of its service. */
export function accept(walk: Walk, row: Action, values: unknown): Reply {
  const { received } = walk
  const decision = decisionOf(walk, 200, null, null)
  if (row.service === 'ec2') {
    const body = renderEc2Result(row, values, received.requestId)
    return { status: 200, contentType: ec2ContentType, body, decision }
  }
  if (row.service === 'account') {
    return { status: 200, contentType: contentTypes.json, body: renderJsonResult(row.output, values), decision }
  }
  if (isNamed(row.service)) {
    return { status: 200, contentType: namedContentType, body: renderJsonResult(row.output, values), decision }
  }
  const format = acceptedFormat(received.head.accept)
  const body = renderResult(row, values, received.requestId, format)
  return { status: 200, contentType: contentTypes[format], body, decision }
}

const namedContentType = 'application/x-amz-json-1.1'

/** AWS JSON 1.1: the head names the operation. */
function isNamed(service: WireService): boolean {
  return service === 'sso' || service === 'identitystore'
}

const ec2ContentType = 'text/xml;charset=UTF-8'

/** A refusal in the words of the service that was called. */
export function refuse(walk: Walk, refusal: Refusal): Reply {
  const usual = faultOf(refusal, walk.service)
  if (walk.service === 'ec2') return say(walk, ec2Fault(refusal, usual, walk.sealedDenial), refusal)
  if (isNamed(walk.service)) return say(walk, namedFault(usual), refusal)
  return say(walk, walk.service === 'account' ? jsonFault(usual) : usual, refusal)
}

/** Something broke inside: the caller hears no more than that. */
export function fail(walk: Walk): Reply {
  return say(walk, isNamed(walk.service) ? namedFault(internalFailure) : internalFailure, null)
}

function say(walk: Walk, fault: Fault, refusal: Refusal | null): Reply {
  const { requestId } = walk.received
  const decision = decisionOf(walk, fault.status, fault, refusal)
  const { status } = fault
  if (walk.service === 'ec2') {
    return { status, contentType: ec2ContentType, body: renderEc2Fault(fault, requestId), decision }
  }
  if (walk.service === 'account') {
    const more = ['x-amzn-ErrorType', fault.code]
    return { status, contentType: contentTypes.json, body: renderJsonFault(fault), more, decision }
  }
  if (isNamed(walk.service)) {
    const more = ['x-amzn-ErrorType', fault.code]
    return { status, contentType: namedContentType, body: renderNamedFault(fault), more, decision }
  }
  const format = acceptedFormat(walk.received.head.accept)
  const body = renderFault(fault, walk.service, requestId, format)
  return { status, contentType: contentTypes[format], body, decision }
}
