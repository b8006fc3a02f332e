import { faultOfDocument } from '../actions/documents.ts'
import { policyDocument } from '../actions/members.ts'
import { quotas } from '../actions/quotas.ts'
import { resolveTrustPrincipals } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Refusal } from '../model/refusal.ts'
import { adviseOn, faultSpan, policySize, positionOf, type Span, textsIn } from '../policy/index.ts'
import type { Answer, ApiRow, Asked } from './ground.ts'
import type { PolicyCheckAnswer } from './shapes.ts'

/**
 * What the editor of policies is told while somebody types: the fault for which IAM would refuse the text, by the same code
 * that refuses it, and what to think over. Free for whoever is signed in, since it says nothing but of the text.
 */
export const policyCheck: ApiRow = {
  method: 'POST',
  path: 'policy-check',
  permission: [],
  run: ({ body, ground }: Asked): Answer => {
    const question = readQuestion(body)
    return 'invalid' in question ? question : { ok: checkPolicy(question, ground.directory()) }
  },
}

type Kind = 'identity' | 'trust' | 'resource'
type Holder = 'user' | 'group' | 'role'

interface Question {
  readonly document: string
  readonly kind: Kind
  /** An identity policy is to be inline in such a one; absent: it is to be managed. */
  readonly inline?: Holder | undefined
}

function readQuestion(body: unknown): Question | { readonly invalid: string } {
  if (typeof body !== 'object' || body === null) return { invalid: 'The body must be an object.' }
  const { document, kind, inline } = body as Readonly<Record<string, unknown>>
  if (typeof document !== 'string') return { invalid: 'document must be a text.' }
  if (kind !== 'identity' && kind !== 'trust' && kind !== 'resource')
    return { invalid: 'kind must be identity, trust or resource.' }
  if (inline !== undefined && inline !== 'user' && inline !== 'group' && inline !== 'role')
    return { invalid: 'inline must be user, group or role.' }
  return { document, kind, inline }
}

const inlineSizes: Readonly<Record<Holder, number>> = {
  user: quotas.userPolicySize,
  group: quotas.groupPolicySize,
  role: quotas.rolePolicySize,
}

function largestOf({ kind, inline }: Question): number | null {
  // Other services' policies have their own limits.
  if (kind === 'resource') return null
  if (kind === 'trust') return quotas.trustPolicySize
  return inline === undefined ? quotas.policySize : inlineSizes[inline]
}

function checkPolicy(question: Question, directory: Directory): PolicyCheckAnswer {
  const { document, kind } = question
  const largest = largestOf(question)
  const size = policySize(document)
  // In the order in which IAM looks: it names the first.
  const fault =
    formFault(document) ??
    documentFault(question) ??
    sizeFault(document, size, largest) ??
    principalFault(question, directory)
  // A text that cannot be taken as a parameter at all is not looked at any further.
  const advice = document.length > policyDocument.max ? [] : adviseOn(document, kind)
  return {
    faults: [
      ...(fault === null ? [] : [placed(document, fault.span, 'error', fault.code, fault.says)]),
      ...advice.map(({ span, code, says }) => placed(document, span, 'warning', code, says)),
    ],
    size,
    largest,
  }
}

type Fault = PolicyCheckAnswer['faults'][number]

function placed(text: string, span: Span, severity: Fault['severity'], code: string, says: string): Fault {
  const start = positionOf(text, span.start)
  const end = positionOf(text, span.end)
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column, severity, code, says }
}

interface Wrong {
  readonly span: Span
  readonly code: string
  readonly says: string
}

const malformedCode = 'policy-malformed' satisfies Refusal['reason']

/** What the parameter may be at all: as long, and of characters, as the model has it. */
function formFault(document: string): Wrong | null {
  const whole = { start: 0, end: document.length }
  if (document.length < policyDocument.min)
    return { span: whole, code: 'constraints', says: 'There is no policy yet: write one.' }
  if (document.length > policyDocument.max) {
    const says = `The text is longer than ${policyDocument.max} characters: shorten it.`
    return { span: { start: policyDocument.max, end: document.length }, code: 'constraints', says }
  }
  const strange = /[^\u0009\u000A\u000D\u0020-\u00FF]/u.exec(document)
  if (strange === null) return null
  const span = { start: strange.index, end: strange.index + strange[0].length }
  const says = `IAM takes no character ${describe(strange[0])} in a policy: write it as an escape, or take it away.`
  return { span, code: 'constraints', says }
}

function describe(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

/** The sentence of CreatePolicy, PutUserPolicy, CreateRole or another service. */
function documentFault({ document, kind, inline }: Question): Wrong | null {
  const managed = kind === 'identity' && inline === undefined
  const refused = faultOfDocument(document, kind, kind, managed)?.refused
  if (refused?.reason !== 'policy-malformed') return null
  const span = faultSpan(document, { kind, managed }) ?? { start: 0, end: document.length }
  return { span, code: malformedCode, says: refused.says }
}

/** A trust policy may name only who is there. */
function principalFault({ document, kind }: Question, directory: Directory): Wrong | null {
  if (kind !== 'trust') return null
  const resolved = resolveTrustPrincipals(document, directory)
  if (!('refused' in resolved)) return null
  return { span: principalSpan(document, directory), code: malformedCode, says: resolved.refused }
}

/** The first principal that is refused by itself. */
function principalSpan(document: string, directory: Directory): Span {
  for (const { name, value, span } of textsIn(document, 'Principal')) {
    const alone = { Effect: 'Allow', Principal: { [name]: value }, Action: 'sts:AssumeRole' }
    if ('refused' in resolveTrustPrincipals(JSON.stringify({ Statement: alone }), directory)) return span
  }
  return { start: 0, end: document.length }
}

function sizeFault(document: string, size: number, largest: number | null): Wrong | null {
  if (largest === null || size <= largest) return null
  const span = { start: offsetOfSize(document, largest), end: document.length }
  const says = `The policy has ${size} characters besides blanks, and IAM takes ${largest}: shorten it, or divide it.`
  return { span, code: 'limit-exceeded' satisfies Refusal['reason'], says }
}

/** Behind the last character that still counts as within the limit. */
function offsetOfSize(document: string, largest: number): number {
  let counted = 0
  for (let at = 0; at < document.length; at++) {
    if (!/\s/.test(document[at]!) && ++counted > largest) return at
  }
  return document.length
}
