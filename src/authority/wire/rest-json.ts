import type { Member, Members } from '../actions/grid.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Fault } from './faults.ts'
import type { Parameters } from './query.ts'

/*
 * REST with JSON, as AWS Account Management speaks it: the path names the operation, errors are named in a header
 * (Smithy, `aws.protocols#restJson1`; service model `account-2021-02-01`).
 */

const paths: Readonly<Record<string, string>> = {
  '/getRegionOptStatus': 'GetRegionOptStatus',
  '/listRegions': 'ListRegions',
  '/enableRegion': 'EnableRegion',
  '/disableRegion': 'DisableRegion',
}

/** The operation that lives at a path; null where none does. */
export function operationAt(path: string): string | null {
  return Object.hasOwn(paths, path) ? paths[path]! : null
}

const largestBody = 65_536
const malformed = { refused: { reason: 'input-malformed', says: 'The body is not a JSON object.' } } as const

/**
 * The members of a JSON body as parameters, so that the one reader of inputs checks them. Lists of texts only; what is of
 * another type than the member becomes a text that the member's type refuses.
 */
export function readJsonParameters(
  body: Uint8Array,
): { readonly parameters: Parameters } | { readonly refused: Refusal } {
  if (body.length === 0) return { parameters: new Map() }
  if (body.length > largestBody) return malformed
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch {
    return malformed
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return malformed
  const parameters = new Map<string, string>()
  for (const [name, member] of Object.entries(value).slice(0, 100)) {
    if (member === null || name.includes('.')) continue
    if (Array.isArray(member)) {
      for (const [place, item] of member.slice(0, 200).entries())
        parameters.set(`${name}.member.${place + 1}`, textOf(item))
    } else parameters.set(name, textOf(member))
  }
  return { parameters }
}

/** No member is an object or a list of lists: what is inside of one is not looked at, for it may be deeper than the stack. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? '{}' : String(value)
}

export function renderJsonResult(output: Members | null, values: unknown): string {
  return output === null ? '' : JSON.stringify(values, Object.keys(namesIn({ type: 'structure', members: output })))
}

function namesIn(member: Member): Readonly<Record<string, true>> {
  if (member.type === 'list') return namesIn(member.member)
  if (member.type !== 'structure') return {}
  return Object.assign(
    {},
    ...Object.entries(member.members).map(([name, inner]) => ({ [name]: true, ...namesIn(inner) })),
  ) as Readonly<Record<string, true>>
}

export function renderJsonFault({ message }: Fault): string {
  return JSON.stringify({ message })
}

/** What the JSON services call what STS and IAM name otherwise (`errors.md` §1.2 to §1.5). */
const names: Readonly<Record<string, readonly [code: string, status: number]>> = {
  MissingAuthenticationToken: ['MissingAuthenticationTokenException', 403],
  InvalidClientTokenId: ['UnrecognizedClientException', 403],
  SignatureDoesNotMatch: ['InvalidSignatureException', 403],
  IncompleteSignature: ['IncompleteSignatureException', 403],
  ExpiredToken: ['ExpiredTokenException', 403],
  AccessDenied: ['AccessDeniedException', 403],
  ValidationError: ['ValidationException', 400],
  MalformedInput: ['ValidationException', 400],
  Throttling: ['TooManyRequestsException', 429],
  InternalFailure: ['InternalServerException', 500],
}

export function jsonFault(usual: Fault): Fault {
  const [code, status] = names[usual.code] ?? [usual.code, usual.status]
  return { ...usual, code, status }
}
