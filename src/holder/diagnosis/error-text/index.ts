import { findSecrets, redact, type SecretKind, type SecretsFound } from '../../../anatomy/redact.ts'
import { createTraceHider } from '../../../anatomy/secret-traces.ts'
import { familiesOf } from '../answers.ts'
import { clientTexts } from './client-texts.ts'
import {
  anyLetters,
  askedCodes,
  bareCodes,
  codeOfMessage,
  codesByLetters,
  knownIssuer,
  knownMessages,
} from './codes.ts'
import { clientIn, operationIn, serviceIn, serviceOfAction, statusIn } from './context.ts'
import type { ErrorSeen } from './error-seen.ts'
import { layersOf, withoutControls } from './layers.ts'
import { partsOf } from './long-text.ts'
import { serviceOfOperation } from './names.ts'
import { readRendering, renderings } from './renderings.ts'

export type { SecretKind } from '../../../anatomy/redact.ts'
export type { ErrorSeen } from './error-seen.ts'

/** A text read for its error. `plain` is for looking for proofs only and must never be shown. */
export interface ErrorText {
  readonly error: ErrorSeen | null
  /** The unredacted message of that error. */
  readonly plain: string
  /** The unredacted text, cut to its bound. */
  readonly whole: string
  readonly exposed: readonly SecretKind[]
  /** Takes secrets, and what is left of those that the text held, out of words that quote it. */
  readonly hide: (words: string) => string
}

/** A page of log, not a log: of a log the page is found first. */
const longest = 100_000

interface Candidate {
  readonly at: number
  readonly seen: Partial<ErrorSeen>
  /** A sentence of a client, which needs nothing around it. */
  readonly alone?: true
  /** It stands around a reason. */
  readonly around?: boolean
}

/**
 * Finds the one AWS (or client) error that a text is about: a pasted page of log, an exception of any SDK, a raw XML or
 * JSON body, a bare code; coloured, quoted, escaped, wrapped or cut. Of more than 100,000 characters it is the last error, and at most so
 * many around it are read. Returned texts hold no secret. Forms: `errors.md` §1.1.
 */
export function readErrorText(text: string): ErrorText {
  if (text.length <= longest) return readPart(text)
  let first: ErrorText | null = null
  for (const part of partsOf(text, longest, scoreAtSight)) {
    const read = readPart(part)
    if (read.error !== null) return read
    first ??= read
  }
  return first!
}

/** How much a text tells of an error as it stands there; cheap, as nothing is unwrapped. */
function scoreAtSight(part: string): number {
  const chosen = choose(candidatesIn(withoutControls(part)))
  return chosen === null ? 0 : scoreOf(chosen)
}

function readPart(pasted: string): ErrorText {
  const layers = layersOf(pasted)
  const { exposed, hide } = secretsOf([pasted, ...layers])
  const [layer, ...joined] = layers
  let read = readLayer(layer!)
  for (const other of joined) {
    // Joining lines is a guess: it has to make the reading better.
    if (read.quality >= best && isWhole(read)) break
    const next = readLayer(other)
    if (next.quality > read.quality || (next.quality === read.quality && saysMore(next, read))) read = next
  }
  const { error, plain, whole } = read
  return { error: error && cleaned(error, hide), plain, whole, exposed, hide }
}

/** What is secret in any reading of a text: a token that a line end cut in two is whole in another one. */
function secretsOf(readings: readonly string[]): Pick<ErrorText, 'exposed' | 'hide'> {
  const found = readings.map((text) => findSecrets(text))
  for (const text of readings) if (text.includes('%')) found.push(inUrl(findSecrets(percentDecoded(text))))
  const hideTraces = createTraceHider(found.flatMap(({ values }) => values))
  return {
    exposed: [...new Set(found.flatMap(({ exposed }) => exposed))],
    hide: (words) => hideTraces(redact(words).text),
  }
}

/** Secrets of a URL stand in the text as they are encoded there. */
function inUrl({ exposed, values }: SecretsFound): SecretsFound {
  return { exposed, values: [...values, ...values.map((value) => encodeURIComponent(value))] }
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function cleaned(error: ErrorSeen, hide: (words: string) => string): ErrorSeen {
  const told = (words: string | null): string | null => (words === null ? null : hide(words))
  const message = hide(error.message).replace(/\s+/g, ' ').trim()
  return {
    ...error,
    code: hide(error.code),
    message: message.length > 1000 ? `${message.slice(0, 1000)}…` : message,
    service: told(error.service),
    operation: told(error.operation),
  }
}

interface Layer {
  readonly whole: string
  readonly plain: string
  readonly error: ErrorSeen | null
  /** The candidate's score first, then whether its message is a known one, then how many fields are told. */
  readonly quality: number
}

/** A known code with its message, by a client that names the operation, and all else told. */
const best = 160

function readLayer(whole: string): Layer {
  const chosen = choose(candidatesIn(whole))
  if (chosen === null) return { whole, plain: '', error: null, quality: 0 }
  const plain = chosen.seen.message ?? ''
  const error = errorOf(chosen, whole)
  const told = [error.service, error.operation, error.status, error.client].filter((field) => field !== null).length
  return {
    whole,
    plain,
    error,
    quality: scoreOf(chosen) * 10 + (codeOfMessage(plain) === null ? 0 : 5) + (chosen.seen.code ? 1 : 0) + told,
  }
}

/** The message comes to an end that somebody wrote. */
function isWhole({ plain }: Layer): boolean {
  return /[.!)}\]'">]\s*$/.test(plain)
}

function saysMore(next: Layer, now: Layer): boolean {
  const [longer, shorter] = [next, now].map(({ plain }) => plain.replace(/\s+/g, ''))
  if (next.error?.code !== now.error?.code || !longer!.includes(shorter!)) return false
  return longer!.length > shorter!.length || (now.plain.includes('\n') && !next.plain.includes('\n'))
}

function errorOf({ seen }: Candidate, whole: string): ErrorSeen {
  const plain = seen.message ?? ''
  const operation = seen.operation ?? operationIn(whole)
  const service = seen.service ?? serviceOfOperation(operation) ?? serviceIn(whole)
  // A client that sent nothing got no answer either; the status is that of some metadata endpoint.
  const sent = !familiesOf({ code: seen.code ?? '', message: '' }).includes('nothing-sent')
  const status = seen.status ?? (sent ? statusIn(whole) : null)
  return {
    code: seen.code || codeOfMessage(plain, service, status) || 'Unknown',
    message: plain,
    service: service ?? serviceOfAction(whole),
    operation,
    status,
    client: clientIn(whole, seen.client ?? null),
  }
}

function candidatesIn(text: string): readonly Candidate[] {
  return [...fromRenderings(text), ...fromClients(text), ...fromMessages(text), ...fromCode(text)]
}

function fromRenderings(text: string): readonly Candidate[] {
  return renderings.flatMap((row) => readRendering(row, text).map(unwrapped))
}

/** `error configuring …: error calling …: InvalidClientTokenId: The security token …`: the code that AWS has is the inner one. */
function unwrapped(candidate: Candidate): Candidate {
  const { code = '', message = '' } = candidate.seen
  if (code !== '' && isKnown(code, message)) return candidate
  for (const match of message.matchAll(/(?<=^|[\s:[("'=])([A-Z][A-Za-z]{4,60}(?:\.\w{2,60})?)(?:: | --? )/g)) {
    const inner = message.slice(match.index + match[0].length)
    if (isKnown(match[1]!, inner)) return { ...candidate, seen: { ...candidate.seen, code: match[1]!, message: inner } }
  }
  return candidate
}

function isKnown(code: string, message: string): boolean {
  return (
    familiesOf({ code, message: '' })[0] !== 'other' ||
    knownIssuer.test(code) ||
    (code !== '' && /^(RegistryLogin|SmtpAuthentication)$/.test(code) && message !== '')
  )
}

function fromClients(text: string): readonly Candidate[] {
  return clientTexts.flatMap(({ code, client, pattern, around = false }) => {
    const match = pattern.exec(text)
    if (match === null) return []
    const message = /^\w+$/.test(match[0]) ? '' : match[0]
    return [{ at: match.index, seen: { code, client, message }, alone: true, around }]
  })
}

function fromMessages(text: string): readonly Candidate[] {
  return knownMessages.flatMap(([pattern, code]) => {
    const match = pattern.exec(text)
    // The code is found anew once the service is known, which may have another name for it.
    return match === null
      ? []
      : [{ at: match.index, seen: { code: standsIn(text, code) ? code : '', message: match[0] } }]
  })
}

function standsIn(text: string, code: string): boolean {
  return new RegExp(`\\b${code}\\b`).test(text) || codeOfMessage(text) === null
}

function fromCode(text: string): readonly Candidate[] {
  const asked = text.trim()
  if (asked.length <= 60 && askedCodes.test(asked)) {
    const letters = asked.toLowerCase().replace(/\.$/, '')
    const code = codesByLetters.get(letters) ?? codesByLetters.get(letters.replace(/error$/, ''))
    if (code !== undefined) return [{ at: 0, seen: { code, message: '' } }]
  }
  const match = bareCodes.exec(text) ?? (asked.length <= 60 ? anyLetters.exec(text) : null)
  const code = match === null ? undefined : codesByLetters.get(match[1]!.toLowerCase())
  return code === undefined ? [] : [{ at: match!.index, seen: { code, message: '' } }]
}

/** The most telling candidate: about credentials before others, structured before loose, earlier before later. */
function choose(candidates: readonly Candidate[]): Candidate | null {
  let best: { candidate: Candidate; score: number } | null = null
  for (const [index, candidate] of candidates.entries()) {
    const score = scoreOf(candidate) * 1000 - index
    if (score >= 1000 * 2 && (best === null || score > best.score)) best = { candidate, score }
  }
  return best?.candidate ?? null
}

function scoreOf({ seen, alone, around }: Candidate): number {
  const code = seen.code || codeOfMessage(seen.message ?? '') || ''
  // Java and .NET leave out the codes that they have no class for: something was refused, nobody knows what.
  if (code === '') return seen.service != null && (seen.status != null || seen.message) ? 3 : 0
  // A gateway's own code stands for the message that it passes on; a word before a colon does not.
  const passedOn = seen.client !== 'js' && codeOfMessage(seen.message ?? '') !== null
  const known = isKnown(code, seen.message ?? '') || passedOn
  const structured =
    alone === true || seen.operation != null || seen.status != null || (seen.client != null && seen.client !== 'js')
  // A loose `Word: text` is an error only when the word is a code that AWS has; other programs' codes are in small letters.
  if (!known && (!structured || /^[a-z]/.test(code))) return 0
  return (
    (known ? 8 : 0) +
    (isKnown(code, seen.message ?? '') ? 1 : 0) +
    (structured ? 3 : 0) +
    (seen.message === '' ? 0 : 2) +
    (seen.operation != null ? 1 : 0) -
    (around === true ? 4 : 0)
  )
}
