import type { Refusal } from '../model/refusal.ts'
import type { Decision } from '../model/store.ts'
import { causeOf } from './causes.ts'
import type { Fault } from './faults.ts'
import type { Walk } from './walk.ts'

const noSentences: readonly string[] = []

let lastSecond = Number.NaN
let lastSecondText = ''
let lastInstant = Number.NaN
let lastInstantText = ''

/** ISO 8601 with milliseconds; the very same text for all requests of a millisecond, which the log then need not compare. */
export function instantText(at: number): string {
  if (at !== lastInstant) {
    const text = secondText(at)
    const milliseconds = at - lastSecond * 1000
    lastInstant = at
    lastInstantText = `${text}${milliseconds < 10 ? '00' : milliseconds < 100 ? '0' : ''}${milliseconds}Z`
  }
  return lastInstantText
}

/** Does a text of `instantText` name the second in which `at` falls? */
export function isSameSecond(text: string, at: number): boolean {
  return text.startsWith(secondText(at))
}

function secondText(at: number): string {
  const second = Math.floor(at / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastSecondText = new Date(second * 1000).toISOString().slice(0, 20)
  }
  return lastSecondText
}

/** What is remembered of one call: never a secret, for every text in it comes from a check or from a bounded field. */
export function decisionOf(walk: Walk, status: number, fault: Fault | null, refusal: Refusal | null): Decision {
  const { received, authenticated, account } = walk
  const principal = authenticated !== null && 'principal' in authenticated ? authenticated.principal : null
  return {
    requestId: received.requestId,
    at: instantText(walk.at),
    outcome: fault === null ? 'accepted' : 'refused',
    service: walk.service,
    operation: walk.operation,
    accessKeyId: authenticated?.accessKeyId ?? null,
    principal: principal?.arn ?? walk.identifiedAs,
    account,
    region: authenticated?.region ?? (walk.endpointRegion === '' ? null : walk.endpointRegion),
    sourceIp: received.sourceIp,
    userAgent: (received.head.userAgent ?? '').slice(0, 256),
    status,
    code: fault?.code ?? null,
    reason: fault === null ? null : (refusal?.reason ?? 'internal-failure'),
    cause: refusal === null ? null : causeOf(refusal),
    evidence: refusal?.evidence ?? noSentences,
    checks: authenticated?.checks ?? noSentences,
    statement:
      refusal?.reason === 'not-authorized' || refusal?.reason === 'federation-not-authorized'
        ? refusal.statement
        : walk.statement,
    issued: fault === null ? walk.issued : null,
    denied: refusal?.reason === 'not-authorized' ? { action: refusal.action, resource: refusal.resource } : null,
    mismatch: refusal?.reason === 'signature-mismatch' ? (refusal.mismatch ?? null) : null,
  }
}
