import {
  payloadHash,
  type SignableRequest,
  sameText,
  signingKey,
  symmetricAlgorithm,
  verify,
} from '../../signature/index.ts'
import type { SignatureMismatch, SignedTexts } from '../model/store.ts'
import { type Examination, readOf } from './examination.ts'
import { describeMismatch, findImplied, type Implied, seenParts } from './implied-request.ts'
import type { NamedCause } from './named-causes.ts'
import { masking } from './request-parts.ts'

/**
 * Why a signature does not match, as far as it can be proven: each likely mishap of the secret is tried, and the one whose
 * signature is the one that was sent is named. What cannot be proven is a wrong secret. Source: `causes.md` C04, C06, C11,
 * C13, C15, C16, C22, C81.
 */
export function explainMismatch(
  examination: Examination,
  request: SignableRequest,
  computed: SignedTexts,
): NamedCause & { readonly mismatch: SignatureMismatch | null } {
  const altered = nameAlteredBody(examination) ?? nameAlteredUrl(examination)
  const mangled = altered === null ? nameMangledSecret(examination, computed.stringToSign) : null
  const { implied, mismatch } = compareRequests(examination, request, computed, mangled)
  const named = altered ?? mangled ?? nameImplied(examination, implied)
  return { ...(named ?? unexplained), mismatch }
}

const unexplained: NamedCause = {
  cause: 'secret-wrong',
  evidence: ['the key is known, the signature is not the one that its secret gives'],
}

/** What was signed, side by side with what arrived. */
function compareRequests(
  examination: Examination,
  request: SignableRequest,
  computed: SignedTexts,
  mangled: NamedCause | null,
): { readonly implied: Implied | null; readonly mismatch: SignatureMismatch | null } {
  const { secret, tries, knowledge } = examination
  const authorization = readOf(examination)
  const { scope } = authorization
  if (secret === null || scope === null) return { implied: null, mismatch: null }
  const key = () => signingKey(secret, scope.date, scope.region, scope.service)
  const parts = seenParts(request, authorization, computed, key)
  if (parts === null) return { implied: null, mismatch: null }
  const seen = { request, authorization, parts, secret }
  const isSymmetric = authorization.algorithm === symmetricAlgorithm
  const found = isSymmetric && mangled === null ? findImplied(seen, () => tries.take(knowledge.now)) : null
  const secrets = [secret, authorization.sessionToken ?? '']
  // The names of parameters stand in it, and anything may stand in a name.
  const implied = found === null ? null : { ...found, says: masking(found.says, secrets) }
  const says = mangled === null ? null : mangled.evidence.join('; ')
  return { implied, mismatch: describeMismatch({ ...seen, secrets }, implied, says) }
}

/** The secret was the right one: what was signed is proven, and is not what arrived. */
function nameImplied(examination: Examination, implied: Implied | null): NamedCause | null {
  if (implied === null) return null
  const evidence = [implied.says]
  if (implied.aspects.includes('scope')) return { cause: 'signing-scope-wrong', evidence }
  return { cause: readOf(examination).form === 'query' ? 'presigned-altered' : 'request-altered', evidence }
}

/** A signed hash of another body proves that the body changed after signing, or that the signer hashed another one. */
function nameAlteredBody(examination: Examination): NamedCause | null {
  const authorization = readOf(examination)
  if (!authorization.signedHeaders.includes('x-amz-content-sha256')) return null
  const { headers, body } = examination.call.request
  const said = headers.find(([name]) => name.toLowerCase() === 'x-amz-content-sha256')?.[1].trim()
  if (said === undefined || !/^[0-9a-f]{64}$/.test(said) || said === payloadHash(body)) return null
  return { cause: 'request-altered', evidence: ['the body is not the one whose hash was signed'] }
}

/** More parameters than these are not tried one by one. */
const mostParameters = 20
const verbs = ['GET', 'POST', 'HEAD', 'PUT']

/**
 * A presigned URL whose signature is right for another verb, or without one of its parameters, was altered after it was signed
 * (`causes.md` C83).
 */
function nameAlteredUrl(examination: Examination): NamedCause | null {
  const authorization = readOf(examination)
  const { scope } = authorization
  if (authorization.form !== 'query' || authorization.algorithm !== symmetricAlgorithm) return null
  if (scope === null || examination.secret === null) return null
  const key = signingKey(examination.secret, scope.date, scope.region, scope.service)
  const { request } = examination.call
  const isGenuine = (altered: Partial<typeof request>): boolean =>
    verify({ request: { ...request, ...altered }, authorization, signingKey: key }).genuine
  const altered = (says: string): NamedCause => ({ cause: 'presigned-altered', evidence: [says] })
  for (const method of verbs) {
    if (method === request.method || !isGenuine({ method })) continue
    return altered(`the URL was signed for ${method} and used with ${request.method}`)
  }
  const parts = request.query.split('&')
  for (const [place, part] of parts.slice(0, mostParameters).entries()) {
    if (part.startsWith('X-Amz-') || !isGenuine({ query: parts.toSpliced(place, 1).join('&') })) continue
    return altered('the URL has a parameter more than when it was signed')
  }
  return null
}

function nameMangledSecret(examination: Examination, stringToSign: string): NamedCause | null {
  const authorization = readOf(examination)
  const { scope } = authorization
  if (authorization.algorithm !== symmetricAlgorithm || scope === null || examination.secret === null) return null
  const signedWith = (secret: string): boolean =>
    sameText(signingKey(secret, scope.date, scope.region, scope.service).sign(stringToSign), authorization.signature)
  for (const [cause, says, mangled] of manglings(examination.secret, scope.accessKeyId)) {
    if (mangled !== examination.secret && signedWith(mangled)) return { cause, evidence: [says] }
  }
  for (const [other, secret] of neighbours(examination)) {
    if (!signedWith(secret)) continue
    const cause = examination.session === null ? 'secret-wrong' : 'mixed-sessions'
    return { cause, evidence: [`the request was signed with the secret of ${other}`] }
  }
  return null
}

function* manglings(secret: string, id: string): Generator<readonly [NamedCause['cause'], string, string]> {
  yield ['surrounding-whitespace', 'the secret was used with a line feed at its end', `${secret}\n`]
  yield ['surrounding-whitespace', 'the secret was used with a carriage return at its end', `${secret}\r`]
  yield ['surrounding-whitespace', 'the secret was used with a line break at its end', `${secret}\r\n`]
  yield ['surrounding-whitespace', 'the secret was used with a blank at its end', `${secret} `]
  yield ['surrounding-whitespace', 'the secret was used with a blank at its beginning', ` ${secret}`]
  yield ['quoted-value', 'the secret was used with quotation marks around it', `"${secret}"`]
  yield ['quoted-value', 'the secret was used with quotation marks around it', `'${secret}'`]
  yield ['invisible-character', 'the secret was used with a byte order mark before it', `\ufeff${secret}`]
  yield ['invisible-character', 'the secret was used with a zero-width space after it', `${secret}\u200b`]
  yield ['id-secret-swapped', 'the access key id was used as the secret', id]
  yield ['secret-mangled', 'the secret was used percent-encoded', encodeURIComponent(secret)]
  yield ['secret-mangled', 'the secret was used with its plus signs turned to blanks', secret.replaceAll('+', ' ')]
  yield ['secret-mangled', 'the secret was used without its plus signs and slashes', secret.replace(/[+/]/g, '')]
  yield ['secret-mangled', 'the secret was used with its slashes escaped', secret.replaceAll('/', '\\/')]
  yield ['secret-mangled', 'the secret was used without its last character', secret.slice(0, -1)]
  yield ['secret-mangled', 'the secret was used without its first character', secret.slice(1)]
  yield ['base64-wrapped', 'the secret was used in base64', Buffer.from(secret).toString('base64')]
  yield ['base64-wrapped', 'the secret was used in base64', Buffer.from(`${secret}\n`).toString('base64')]
}

/** Secrets that a person may have taken for this one: those of the same user's other keys, and the session's parent. */
function* neighbours(examination: Examination): Generator<readonly [other: string, secret: string]> {
  const { directory } = examination.knowledge
  const { session, principal } = examination
  const owner = session?.ownerId ?? (principal?.type === 'root' ? 'root' : principal?.userId)
  if (owner === undefined) return
  for (const key of directory.accessKeysOf(owner)) {
    if (key.id !== examination.accessKeyId) yield [key.id, key.secret]
  }
}
