import type { Action, Member, Members } from '../actions/grid.ts'
import type { Fault, WireService } from './faults.ts'

export type WireFormat = 'xml' | 'json'

/** Target namespaces of the two Query APIs (service models `sts-2011-06-15`, `iam-2010-05-08`). */
const namespaces: Readonly<Record<string, string>> = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
}

export const contentTypes: Readonly<Record<WireFormat, string>> = { xml: 'text/xml', json: 'application/json' }

/**
 * JSON only for those who ask for it and not for XML as well; the default is XML (`authority.md` §1.4). Names of types have no
 * case, and a weight of 0 means "not acceptable" (RFC 9110 §12.4.2, §12.5.1).
 */
export function acceptedFormat(accept: string | null): WireFormat {
  if (accept === null || !/json/i.test(accept)) return 'xml'
  const types = accept
    .split(',')
    .filter((range) => !/;\s*q=0(?:\.0*)?\s*(?:;|$)/i.test(range))
    .map((range) => range.split(';', 1)[0]!.trim().toLowerCase())
  return types.includes('application/json') && !types.some((type) => type.includes('xml')) ? 'json' : 'xml'
}

/**
 * Renders an action's output members as the success envelope (`authority.md` §1.2, §1.4, §1.8).
 * Takes the values in the row's shape (timestamps ISO 8601, blobs bytes); members without a value are left out, a required
 * list without elements is an empty element. A row whose output is null has no Result element.
 */
export function renderResult(
  row: Pick<Action, 'service' | 'name' | 'output'>,
  values: unknown,
  requestId: string,
  format: WireFormat,
): string {
  if (format === 'json') {
    const result = row.output === null ? {} : { [`${row.name}Result`]: jsonStructure(row.output, values) }
    return JSON.stringify({ [`${row.name}Response`]: { ...result, ResponseMetadata: { RequestId: requestId } } })
  }
  const { begin, end } = envelopeOf(row)
  const content = row.output === null ? '' : xmlOf(row.output, values)
  const result = row.output === null ? '' : `  ${element(`${row.name}Result`, content)}\n`
  return `${begin}${result}  <ResponseMetadata>\n    <RequestId>${requestId}${end}`
}

/** What stands around every answer of an action. */
const envelopes = new WeakMap<object, { readonly begin: string; readonly end: string }>()

function envelopeOf(row: Pick<Action, 'service' | 'name'>): { readonly begin: string; readonly end: string } {
  let envelope = envelopes.get(row)
  if (envelope === undefined) {
    envelope = {
      begin: `<${row.name}Response xmlns="${namespaces[row.service]}">\n`,
      end: `</RequestId>\n  </ResponseMetadata>\n</${row.name}Response>\n`,
    }
    envelopes.set(row, envelope)
  }
  return envelope
}

/** Renders a fault as the error envelope: `RequestId` stands directly under `ErrorResponse` (`authority.md` §1.3, §1.4). */
export function renderFault(fault: Fault, service: WireService, requestId: string, format: WireFormat): string {
  if (format === 'json') {
    const { code, message, type } = fault
    return JSON.stringify({
      Error: { Code: code, ...(message === '' ? {} : { Message: message }), Type: type },
      RequestId: requestId,
    })
  }
  // A few faults have no sentence at AWS; then there is no element, and clients show their own word for it.
  const said = fault.message === '' ? '' : `    <Message>${escapeXml(fault.message)}</Message>\n`
  return (
    `<ErrorResponse xmlns="${namespaces[service]}">\n  <Error>\n    <Type>${fault.type}</Type>\n` +
    `    <Code>${escapeXml(fault.code)}</Code>\n${said}  </Error>\n` +
    `  <RequestId>${requestId}</RequestId>\n</ErrorResponse>\n`
  )
}

function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`
}

/** The answer before, of the shapes that are nothing but texts: the same caller asks the same thing again and again. */
interface Rendered {
  readonly names: readonly string[]
  values: readonly unknown[]
  xml: string
}

const rendered = new WeakMap<Members, Rendered | null>()

function xmlOf(members: Members, values: unknown): string {
  let last = rendered.get(members)
  if (last === undefined) {
    const names = Object.keys(members)
    const isFlat = names.length <= 4 && names.every((name) => isOpenText(members[name]!))
    rendered.set(members, (last = isFlat ? { names, values: [], xml: '' } : null))
  }
  if (last === null) return xmlStructure(members, values)
  const given = (values ?? {}) as Readonly<Record<string, unknown>>
  let isSame = last.values.length > 0
  for (let place = 0; isSame && place < last.names.length; place++) {
    isSame = given[last.names[place]!] === last.values[place]
  }
  if (!isSame) {
    last.xml = xmlStructure(members, values)
    last.values = last.names.map((name) => given[name])
  }
  return last.xml
}

function isOpenText(member: Member): boolean {
  return member.type === 'string' && member.sensitive !== true
}

function xmlStructure(members: Members, values: unknown): string {
  const given = (values ?? {}) as Readonly<Record<string, unknown>>
  let text = ''
  for (const name in members) {
    const member = members[name]!
    const value = given[name]
    if (isLeftOut(member, value)) continue
    text += element(name, xmlValue(member, value))
  }
  return text
}

function isLeftOut(member: Member, value: unknown): boolean {
  if (member.type === 'list' && member.required !== true) return value === undefined || (value as []).length === 0
  return value === undefined && !(member.type === 'list' && member.required === true)
}

function xmlValue(member: Member, value: unknown): string {
  switch (member.type) {
    case 'string':
    case 'timestamp':
      return escapeXml(value as string)
    case 'integer':
    case 'boolean':
      return String(value)
    case 'blob':
      return base64(value as Uint8Array)
    case 'structure':
      return xmlStructure(member.members, value)
    case 'list': {
      let text = ''
      for (const item of (value as readonly unknown[] | undefined) ?? []) {
        text += element('member', xmlValue(member.member, item))
      }
      return text
    }
    case 'map': {
      let text = ''
      for (const [key, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
        text += `<entry><key>${escapeXml(key)}</key>${element('value', xmlValue(member.value, item))}</entry>`
      }
      return text
    }
  }
}

function jsonStructure(members: Members, values: unknown): Readonly<Record<string, unknown>> {
  const given = (values ?? {}) as Readonly<Record<string, unknown>>
  const json: Record<string, unknown> = {}
  for (const name in members) {
    const member = members[name]!
    if (!isLeftOut(member, given[name])) json[name] = jsonValue(member, given[name])
  }
  return json
}

function jsonValue(member: Member, value: unknown): unknown {
  switch (member.type) {
    case 'timestamp':
      return Date.parse(value as string) / 1000
    case 'blob':
      return base64(value as Uint8Array)
    case 'structure':
      return jsonStructure(member.members, value)
    case 'list':
      return ((value as readonly unknown[] | undefined) ?? []).map((item) => jsonValue(member.member, item))
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, unknown>>).map(([key, item]) => [
          key,
          jsonValue(member.value, item),
        ]),
      )
    default:
      return value
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

const specials =
  /[&<>"'\x00-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Almost all text is plain; this decides it without looking for each special character. */
const plain = /^[\n\t\x20\x21\x23-\x25\x28-\x3b\x3d\x3f-\x7e]*$/

/** Text that came from a caller may hold what XML 1.0 (§2.2) cannot carry at all: that becomes U+FFFD; a carriage return stays one. */
export function escapeXml(text: string): string {
  return plain.test(text) ? text : text.replace(specials, escapeCharacter)
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '&':
      return '&amp;'
    case '<':
      return '&lt;'
    case '>':
      return '&gt;'
    case '"':
      return '&quot;'
    case "'":
      return '&apos;'
    case '\r':
      return '&#xD;'
    default:
      return '\ufffd'
  }
}
