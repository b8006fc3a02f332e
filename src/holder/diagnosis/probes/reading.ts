import type { IncomingReply } from '../../machine/machine.ts'
import { memberOf } from '../../machine/reply-members.ts'
import { parseInstant } from '../answers.ts'
import type { ReplySeen } from '../verdict.ts'

/** Who STS says the caller is. */
export interface Identity {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

/** What came back for a question to an AWS endpoint, as far as it can be told. */
export type Reading =
  | { readonly kind: 'success'; readonly body: string; readonly requestId: string | null; readonly date: Date | null }
  | { readonly kind: 'refusal'; readonly reply: ReplySeen; readonly plain: string; readonly date: Date | null }
  /** Not an answer of AWS: a login page of a network, a redirect, another program's error. */
  | { readonly kind: 'stranger'; readonly because: string; readonly date: Date | null }

/** The replies that are asked for take a few kilobytes; the canonical request of a long token doubles them. */
const longestBody = 262_144

/**
 * Reads a reply, XML or JSON, tolerant of order and extra members and bounded in size.
 * Envelopes: `authority.md` §1.2 to §1.4.
 */
export function readReply(
  reply: IncomingReply,
  question: { readonly service: string; readonly operation: string },
): Reading {
  const date = dateOf(reply)
  const body = reply.body.slice(0, longestBody)
  if (reply.status >= 300 && reply.status < 400)
    return stranger(`the answer is a redirect (HTTP ${reply.status})`, date)
  if (/^\s*(<!doctype html|<html[\s>])/i.test(body))
    return stranger(`the answer is a web page (HTTP ${reply.status})`, date)
  const code = memberOf(body, 'Code') ?? codeOfJson(body, reply)
  const requestId = memberOf(body, 'RequestId') ?? headerOf(reply, 'x-amzn-requestid')
  if (reply.status === 200) {
    return code === null || body.includes(`${question.operation}Result`)
      ? { kind: 'success', body, requestId, date }
      : stranger('the answer says HTTP 200 and carries an error', date)
  }
  if (code === null || code.length > 200)
    return stranger(`the answer is HTTP ${reply.status} without an AWS error code`, date)
  const plain = (memberOf(body, 'Message') ?? memberOf(body, 'message') ?? '').slice(0, 100_000)
  const seen: ReplySeen = {
    ...question,
    status: reply.status,
    code,
    message: firstParagraph(plain),
    requestId,
    date: date?.toISOString().replace('.000Z', 'Z') ?? null,
  }
  return { kind: 'refusal', reply: seen, plain, date }
}

function stranger(because: string, date: Date | null): Reading {
  return { kind: 'stranger', because, date }
}

/** The long form of a signature refusal quotes the whole request, session token included: only its first paragraph is kept. */
function firstParagraph(message: string): string {
  const text = message.split(/\n\s*\n|The Canonical String for this request/)[0]!.trim()
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}

/** The identity in a GetCallerIdentity reply; null when it is not complete. */
export function identityIn(body: string): Identity | null {
  const account = memberOf(body, 'Account')
  const arn = memberOf(body, 'Arn')
  const userId = memberOf(body, 'UserId')
  if (account === null || arn === null || userId === null) return null
  return /^\d{12}$/.test(account) && /^arn:[\w-]+:/.test(arn) && arn.length < 2100 ? { account, arn, userId } : null
}

/** Restful services name the error in a header, the others in the body. */
function codeOfJson(body: string, reply: IncomingReply): string | null {
  if (!/^\s*\{/.test(body)) return null
  const type = memberOf(body, '__type') ?? headerOf(reply, 'x-amzn-errortype')
  return type === null ? null : type.slice(type.lastIndexOf('#') + 1).split(':')[0]!
}

function headerOf(reply: IncomingReply, name: string): string | null {
  return reply.headers.find(([header]) => header.toLowerCase() === name)?.[1] ?? null
}

function dateOf(reply: IncomingReply): Date | null {
  const text = headerOf(reply, 'date')
  return text === null ? null : parseInstant(text)
}

/** The canonical request that a signature refusal quotes; null when it quotes none. */
export function canonicalInRefusal(plain: string): string | null {
  const match =
    /The Canonical String for this request should have been\s*'([\s\S]*?)'\s*\n\s*\n?\s*The String-to-Sign should have been/.exec(
      plain.replaceAll('\r\n', '\n'),
    )
  return match?.[1] ?? null
}

/** The parts of two canonical requests that are not the same: header names, or what else they are. */
export function differences(ours: string, theirs: string): readonly string[] {
  const mine = partsOf(ours)
  const other = partsOf(theirs)
  return [...new Set([...mine.keys(), ...other.keys()])].filter((name) => mine.get(name) !== other.get(name))
}

function partsOf(canonical: string): ReadonlyMap<string, string> {
  const [method = '', path = '', query = '', ...rest] = canonical.split('\n')
  const parts = new Map([
    ['the method', method],
    ['the path', path],
    ['the query', query],
  ])
  const end = rest.lastIndexOf('')
  for (const line of rest.slice(0, Math.max(end, 0))) {
    const colon = line.indexOf(':')
    if (colon > 0) parts.set(`the header ${line.slice(0, colon)}`, line.slice(colon + 1))
  }
  parts.set('the list of signed headers', rest[end + 1] ?? '')
  parts.set('the hash of the body', rest[end + 2] ?? '')
  return parts
}
