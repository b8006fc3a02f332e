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
 * The members of a JSON body as parameters (`Tags.member.1.Key`), so that the one reader of inputs checks them. What is of another
 * type than the member becomes a text that the member's type refuses.
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
  for (const [name, member] of Object.entries(value).slice(0, 100))
    if (!name.includes('.')) flatten(name, member, 1, parameters)
  return { parameters }
}

/** No member of any action is deeper, or has more in it: what is inside of more may be deeper than the stack. */
const deepest = 6
const mostParameters = 2_000

function flatten(name: string, value: unknown, depth: number, parameters: Map<string, string>): void {
  // A name with a dot would pass for a member of a structure.
  if (value === null || name.length > 512 || parameters.size >= mostParameters) return
  if (typeof value !== 'object') parameters.set(name, String(value))
  else if (depth === deepest) parameters.set(name, '{}')
  else if (Array.isArray(value)) {
    if (value.length === 0) parameters.set(name, '')
    for (const [place, item] of value.slice(0, 200).entries())
      flatten(`${name}.member.${place + 1}`, item, depth + 1, parameters)
  } else {
    for (const [inner, member] of Object.entries(value))
      if (!inner.includes('.')) flatten(`${name}.${inner}`, member, depth + 1, parameters)
  }
}

/** Dates as seconds since the epoch; only members of the row are sent. */
export function renderJsonResult(output: Members | null, values: unknown): string {
  return output === null ? '' : JSON.stringify(structureValue(output, values as Readonly<Record<string, unknown>>))
}

function structureValue(members: Members, values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const value = values[name]
      return value === undefined ? [] : [[name, jsonValue(member, value)]]
    }),
  )
}

function jsonValue(member: Member, value: unknown): unknown {
  switch (member.type) {
    case 'structure':
      return structureValue(member.members, value as Readonly<Record<string, unknown>>)
    case 'list':
      return (value as readonly unknown[]).map((item) => jsonValue(member.member, item))
    case 'timestamp':
      return Date.parse(value as string) / 1000
    default:
      return value
  }
}

export function renderJsonFault({ message }: Fault): string {
  return JSON.stringify({ message })
}

/** AWS JSON 1.1 names the error in the body; these two services write its sentence with a capital. */
export function renderNamedFault({ code, message }: Fault): string {
  return JSON.stringify({ __type: code, Message: message })
}

/** A fault in AWS JSON 1.1: 400 for whatever the caller did, 500 for the rest. */
export function namedFault(usual: Fault): Fault {
  const { code, status } = jsonFault(usual)
  return { ...usual, code: moreNames[code] ?? code, status: status >= 500 ? 500 : 400 }
}

const moreNames: Readonly<Record<string, string>> = {
  NoSuchEntity: 'ResourceNotFoundException',
  EntityAlreadyExists: 'ConflictException',
  DeleteConflict: 'ConflictException',
  ConcurrentModification: 'ConflictException',
  LimitExceeded: 'ServiceQuotaExceededException',
  MalformedPolicyDocument: 'ValidationException',
  InvalidInput: 'ValidationException',
  InvalidParameterValue: 'ValidationException',
  InvalidAction: 'UnknownOperationException',
  TooManyRequestsException: 'ThrottlingException',
  ServiceUnavailable: 'InternalServerException',
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
