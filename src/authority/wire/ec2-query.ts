import type { Action, Member, Members } from '../actions/grid.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Fault } from './faults.ts'
import type { Parameters } from './query.ts'
import { escapeXml } from './render.ts'

/*
 * EC2's dialect of the Query protocol: lists are flat and named in the singular, elements begin in lower case, and nearly every
 * refusal of a credential is one and the same (`errors.md` §1.2, EC2 API Reference, "Error codes").
 */

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/'

/** `RegionName.1` as `RegionNames.member.1`, for the one reader that both dialects share. */
export function asPlainParameters(parameters: Parameters): Parameters {
  const plain = new Map<string, string>()
  for (const [name, value] of parameters) {
    const named = name
      .replace(/^(RegionName|Filter)\./, '$1s.member.')
      .replace(/^(Filters\.member\.\d+)\.Value\./, '$1.Values.member.')
    plain.set(named, value)
  }
  return plain
}

export function renderEc2Result(row: Pick<Action, 'name' | 'output'>, values: unknown, requestId: string): string {
  const content = row.output === null ? '<return>true</return>' : structure(row.output, values)
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<${row.name}Response xmlns="${namespace}">\n` +
    `    <requestId>${requestId}</requestId>\n    ${content}\n</${row.name}Response>`
  )
}

function structure(members: Members, values: unknown): string {
  const given = (values ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(members)
    .filter(([name]) => given[name] !== undefined)
    .map(([name, member]) => {
      const element = name.slice(0, 1).toLowerCase() + name.slice(1)
      return `<${element}>${content(member, given[name])}</${element}>`
    })
    .join('')
}

function content(member: Member, value: unknown): string {
  if (member.type === 'structure') return structure(member.members, value)
  if (member.type !== 'list') return escapeXml(String(value))
  return (value as readonly unknown[]).map((item) => `<item>${content(member.member, item)}</item>`).join('')
}

export function renderEc2Fault({ code, message }: Fault, requestId: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${escapeXml(code)}</Code>` +
    `<Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`
  )
}

const notValidated = ['AuthFailure', 401, 'AWS was not able to validate the provided access credentials'] as const
const expired = ['RequestExpired', 400, 'Request has expired.'] as const

/** What EC2 says where it says it otherwise than STS and IAM do. */
const own: { readonly [R in Refusal['reason']]?: readonly [code: string, status: number, message: string] } = {
  unsigned: ['AuthFailure', 401, 'AWS was not able to authenticate the request: access credentials are missing'],
  'signature-expired': expired,
  'signature-not-yet-current': expired,
  'token-expired': expired,
  'dry-run': ['DryRunOperation', 412, 'Request would have succeeded, but DryRun flag is set.'],
}

const ofCredentials: ReadonlySet<Refusal['reason']> = new Set([
  'two-authentications',
  'date-malformed',
  'host-not-signed',
  'algorithm-unsupported',
  'credential-malformed',
  'scope-wrong',
  'key-unknown',
  'key-inactive',
  'key-deleted',
  'key-not-propagated',
  'key-of-other-partition',
  'region-not-enabled',
  'token-of-global-endpoint',
  'signature-mismatch',
  'token-missing',
  'token-unexpected',
  'token-empty',
  'token-malformed',
  'token-foreign',
  'token-of-other-key',
  'parent-gone',
  'session-barred',
])

/** `usual`: what STS and IAM would say. `encoded`: the sealed account of a denial. */
export function ec2Fault(refusal: Refusal, usual: Fault, encoded: string | null): Fault {
  const as = ([code, status, message]: readonly [string, number, string]): Fault => ({
    ...usual,
    code,
    status,
    message,
  })
  const row = own[refusal.reason]
  if (row !== undefined) return as(row)
  if (ofCredentials.has(refusal.reason)) return as(notValidated)
  switch (refusal.reason) {
    case 'not-authorized': {
      const says = usual.message.replace(' on resource: *', '')
      const tail = encoded === null ? '' : `. Encoded authorization failure message: ${encoded}`
      return as(['UnauthorizedOperation', 403, `You are not authorized to perform this operation. ${says}${tail}`])
    }
    case 'action-unknown':
      return as(['InvalidAction', 400, `The action ${refusal.action} is not valid for this web service.`])
    case 'constraints':
    case 'input-malformed':
    case 'invalid-parameter':
    case 'invalid-input':
      return as(['InvalidParameterValue', 400, usual.message])
    default:
      return usual
  }
}
