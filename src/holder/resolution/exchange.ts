import { redact } from '../../anatomy/redact.ts'
import type { IncomingReply, OutgoingRequest } from '../machine/machine.ts'
import { memberOf } from '../machine/reply-members.ts'
import { hostOf } from '../machine/url.ts'
import type { Place } from '../sources/credential.ts'
import { type Described, described, type Failed, failed, type Means, type RefusalSeen } from './resolution.ts'

/** A call of a plan: which operation it is, and what is sent. */
export interface PlannedCall {
  readonly service: string
  readonly operation: string
  readonly at: Place | null
  readonly request: Omit<OutgoingRequest, 'timeoutMs'>
  /** Milliseconds, when these are fewer than an ordinary request may take. */
  readonly timeoutMs?: number | undefined
}

export type Called = { readonly kind: 'answered'; readonly reply: IncomingReply } | Failed | Described

/** What sending needs. */
export type Sending = Pick<Means, 'machine' | 'offline' | 'timeoutMs' | 'trail' | 'onStep'>

/** Sends one request of a plan and notes it in the trail. Never rejects. */
export async function call(means: Sending, planned: PlannedCall): Promise<Called> {
  const { request, at } = planned
  const operation = `${planned.service}:${planned.operation}`
  const host = hostOf(request.url)
  if (means.offline) return described('network', `${operation} would be asked of ${host}`)
  means.onStep(`asking ${host} for ${operation}`)
  const timeoutMs = Math.min(means.timeoutMs, planned.timeoutMs ?? means.timeoutMs)
  try {
    const reply = await means.machine.send({ ...request, timeoutMs })
    means.trail.push({ kind: 'call', operation, host, status: reply.status })
    return { kind: 'answered', reply }
  } catch (error) {
    means.trail.push({ kind: 'call', operation, host, status: null })
    const why = wordsOf(error)
    return failed('unreachable', `EndpointConnectionError: ${why}`, `${operation} got no answer: ${lowered(why)}`, at)
  }
}

/** Only our own errors are quoted; a stranger's message may hold anything. */
function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const ours = code === 'unreachable' || code === 'offline' || code === 'usage' || code === 'file-unreadable'
  return ours && typeof message === 'string' ? message.replace(/\.$/, '') : 'The request could not be sent'
}

function lowered(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence
}

/** An answer that is no success, as a failure: AWS's own refusal, or something else that answered. */
export function refusalOf(planned: PlannedCall, reply: IncomingReply): Failed {
  const operation = `${planned.service}:${planned.operation}`
  const code = codeOf(reply)
  if (code === null || (reply.status >= 300 && reply.status < 400)) {
    const says = `UnexpectedAnswer: HTTP ${reply.status} without an error code of AWS`
    const because = `${operation} was answered with HTTP ${reply.status} and no error code of AWS`
    return failed(reply.status >= 500 ? 'unavailable' : 'unexpected-answer', says, because, planned.at)
  }
  const message = shown(memberOf(reply.body, 'Message') ?? memberOf(reply.body, 'message') ?? errorText(reply.body))
  const refusal: RefusalSeen = {
    service: planned.service,
    operation: planned.operation,
    status: reply.status,
    code,
    message,
    requestId: memberOf(reply.body, 'RequestId') ?? headerOf(reply, 'x-amzn-requestid'),
    date: dateOf(reply),
  }
  const later =
    reply.status >= 500 || reply.status === 429 || /^(Throttl|TooManyRequests|RequestLimit|SlowDown)/.test(code)
  const because = `${operation} was refused: ${code}${message === '' ? '' : `, ${message}`}`
  return failed(later ? 'unavailable' : 'refused', `${code}: ${message}`, because, planned.at, refusal)
}

/**
 * The error code of an answer: XML `Code`, JSON `__type` or `code`, or the header of the REST protocols
 * (Smithy, "AWS restJson1 protocol", operation error serialization). Null when there is none.
 */
export function codeOf(reply: IncomingReply): string | null {
  const header = headerOf(reply, 'x-amzn-errortype')
  const text =
    header ?? memberOf(reply.body, 'Code') ?? memberOf(reply.body, '__type') ?? memberOf(reply.body, 'code') ?? null
  const code = text === null ? null : text.slice(text.lastIndexOf('#') + 1).split(':')[0]!
  return code !== null && /^[\w.-]{1,200}$/.test(code) ? code : null
}

/** OAuth's own form of an error (RFC 6749 §5.2). */
function errorText(body: string): string {
  return memberOf(body, 'error_description') ?? memberOf(body, 'error') ?? ''
}

/** What a stranger says, fit to be shown: one line, bounded, without secrets. */
export function shown(text: string): string {
  const [paragraph = ''] = redact(text).text.split(/\n\s*\n|The Canonical String for this request/)
  const line = paragraph.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > 500 ? `${line.slice(0, 500)}…` : line
}

export function headerOf(reply: IncomingReply, name: string): string | null {
  return reply.headers.find(([header]) => header.toLowerCase() === name)?.[1] ?? null
}

function dateOf(reply: IncomingReply): string | null {
  const at = new Date(headerOf(reply, 'date') ?? '')
  return Number.isNaN(at.getTime()) ? null : at.toISOString().replace('.000Z', 'Z')
}

/** A JSON object; null for anything else. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** A member that is a string with something in it; null for anything else. */
export function textIn(object: Readonly<Record<string, unknown>> | null, name: string): string | null {
  const value = object !== null && Object.hasOwn(object, name) ? object[name] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}
