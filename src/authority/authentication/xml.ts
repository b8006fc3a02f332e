/** An element of an XML document, with the names that its prefixes stand for. */
export interface XmlElement {
  /** Empty: none. */
  readonly namespace: string
  readonly name: string
  /** Those without a prefix by their name, the others as `{namespace}name`; declarations of namespaces are not among them. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The characters that stand directly in it. */
  readonly text: string
}

export type XmlReading = { readonly root: XmlElement } | { readonly fault: XmlFault }

export interface XmlFault {
  readonly says: string
  /** Both count from 1. */
  readonly line: number
  readonly column: number
}

const most = { depth: 64, elements: 50_000, attributes: 256 }
const start =
  'A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f' +
  '\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}'
const name = `[${start}][${start}\\-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040]*`
const blank = '[ \\t\\r\\n]'
const attribute = `${blank}+(?:${name}:)?${name}${blank}*=${blank}*(?:"[^<"]*"|'[^<']*')`
const tag = new RegExp(`<((?:${name}:)?${name})((?:${attribute})*)${blank}*(/?)>`, 'uy')
const endTag = new RegExp(`</((?:${name}:)?${name})${blank}*>`, 'uy')
const attributes = new RegExp(`((?:${name}:)?${name})${blank}*=${blank}*(?:"([^<"]*)"|'([^<']*)')`, 'ug')
const declaration = new RegExp(
  `<\\?xml${blank}+version${blank}*=${blank}*(?:"1\\.\\d+"|'1\\.\\d+')` +
    `(?:${blank}+encoding${blank}*=${blank}*(?:"([\\w.-]+)"|'([\\w.-]+)'))?` +
    `(?:${blank}+standalone${blank}*=${blank}*(?:"(?:yes|no)"|'(?:yes|no)'))?${blank}*\\?>`,
  'uy',
)
const instruction = new RegExp(`<\\?(?!xml[ \\t\\r\\n?])${name}(?:${blank}[^]*?)?\\?>`, 'uy')
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const reserved: Readonly<Record<string, string>> = { xml: 'http://www.w3.org/XML/1998/namespace' }
const declares = 'http://www.w3.org/2000/xmlns/'

interface Scope {
  readonly declared: ReadonlyMap<string, string>
  readonly outer: Scope | null
}

interface Open {
  readonly element: XmlElement & { readonly children: XmlElement[]; text: string }
  /** As it stands in the document, for the end tag. */
  readonly written: string
  readonly scope: Scope
}

/**
 * Reads a whole XML 1.0 document with its namespaces, in time that grows with its length alone. What a reader could be led astray
 * by is refused: a document type declaration (and so every entity but XML's own five), another encoding than UTF-8, a byte order
 * mark. Sources: W3C XML 1.0 (Fifth Edition), Namespaces in XML 1.0.
 *
 * Gives the root, or the first fault with its place.
 */
export function readXml(text: string): XmlReading {
  const bad = forbidden.exec(text)
  if (bad !== null) return fault(text, bad.index, 'a character that XML does not allow')
  if (text.startsWith('\ufeff')) return fault(text, 0, 'a byte order mark')
  let at = 0
  declaration.lastIndex = 0
  const declared = declaration.exec(text)
  if (declared !== null) {
    const encoding = declared[1] ?? declared[2]
    if (encoding !== undefined && !/^utf-8$/i.test(encoding)) return fault(text, 0, 'an encoding other than UTF-8')
    at = declared[0].length
  }
  const open: Open[] = []
  let root: XmlElement | null = null
  let elements = 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const end = next === -1 ? text.length : next
    if (end > at) {
      const said = characters(text.slice(at, end))
      if (said === null) return fault(text, at, 'an entity that is none of XML’s own, or ]]>')
      const inside = open.at(-1)
      if (inside !== undefined) inside.element.text += said
      else if (!/^[ \t\n]*$/.test(said)) return fault(text, at, 'text outside of the root element')
    }
    if (next === -1) break
    at = next
    const aside = readAside(text, at)
    if (aside !== null) {
      if ('says' in aside) return fault(text, at, aside.says)
      if (aside.text !== null) {
        const inside = open.at(-1)
        if (inside === undefined) return fault(text, at, 'text outside of the root element')
        inside.element.text += aside.text
      }
      at = aside.end
      continue
    }
    if (text[at + 1] === '/') {
      endTag.lastIndex = at
      const closing = endTag.exec(text)
      const last = open.pop()
      if (closing === null || closing[1] !== last?.written) return fault(text, at, 'an end tag that closes nothing')
      at = endTag.lastIndex
      continue
    }
    tag.lastIndex = at
    const opening = tag.exec(text)
    if (opening === null) return fault(text, at, 'a tag that is not well-formed')
    elements += 1
    if (elements > most.elements || open.length >= most.depth) return fault(text, at, 'too many elements')
    const made = elementOf(opening[1]!, opening[2]!, open.at(-1)?.scope ?? null)
    if ('says' in made) return fault(text, at, made.says)
    const parent = open.at(-1)
    if (parent !== undefined) parent.element.children.push(made.element)
    else if (root === null) root = made.element
    else return fault(text, at, 'a second root element')
    if (opening[3] === '') open.push(made)
    at = tag.lastIndex
  }
  if (open.length > 0) return fault(text, text.length, `no end of <${open.at(-1)!.written}>`)
  return root === null ? fault(text, text.length, 'no element') : { root }
}

/** Comments, character data sections and instructions; null where an element begins or ends. */
function readAside(
  text: string,
  at: number,
): { readonly end: number; readonly text: string | null } | { readonly says: string } | null {
  if (text.startsWith('<!--', at)) {
    const end = text.indexOf('--', at + 4)
    if (end === -1 || text[end + 2] !== '>') return { says: 'a comment that is not well-formed' }
    return { end: end + 3, text: null }
  }
  if (text.startsWith('<![CDATA[', at)) {
    const end = text.indexOf(']]>', at)
    if (end === -1) return { says: 'a CDATA section without an end' }
    return { end: end + 3, text: text.slice(at + 9, end).replace(/\r\n?/g, '\n') }
  }
  if (text.startsWith('<!', at)) return { says: 'a document type declaration, which is not taken' }
  if (!text.startsWith('<?', at)) return null
  instruction.lastIndex = at
  return instruction.test(text)
    ? { end: instruction.lastIndex, text: null }
    : { says: 'an instruction that is not well-formed' }
}

function elementOf(written: string, list: string, outer: Scope | null): Open | { readonly says: string } {
  const given: (readonly [written: string, value: string])[] = []
  const declared = new Map<string, string>()
  for (const [, attributeName, double, single] of list.matchAll(attributes)) {
    if (given.length + declared.size >= most.attributes) return { says: 'too many attributes' }
    const value = characters((double ?? single ?? '').replace(/\r\n|[\t\r\n]/g, ' '), true)
    if (value === null) return { says: 'an entity that is none of XML’s own' }
    const prefix = attributeName === 'xmlns' ? '' : attributeName!.startsWith('xmlns:') ? attributeName!.slice(6) : null
    if (prefix === null) given.push([attributeName!, value])
    else if (declared.has(prefix)) return { says: 'an attribute given twice' }
    else if (Object.hasOwn(reserved, prefix) ? reserved[prefix] !== value : !mayDeclare(prefix, value))
      return { says: 'a namespace that cannot be declared' }
    else declared.set(prefix, value)
  }
  const scope: Scope = declared.size === 0 && outer !== null ? outer : { declared, outer }
  const attributesGiven = new Map<string, string>()
  for (const [attributeName, value] of given) {
    const colon = attributeName.indexOf(':')
    const namespace = colon === -1 ? '' : namespaceOf(attributeName.slice(0, colon), scope)
    if (namespace === undefined) return { says: 'a prefix that stands for nothing' }
    const key = colon === -1 ? attributeName : `{${namespace}}${attributeName.slice(colon + 1)}`
    if (attributesGiven.has(key)) return { says: 'an attribute given twice' }
    attributesGiven.set(key, value)
  }
  const colon = written.indexOf(':')
  const namespace = namespaceOf(colon === -1 ? '' : written.slice(0, colon), scope)
  if (namespace === undefined) return { says: 'a prefix that stands for nothing' }
  const element = {
    namespace,
    name: written.slice(colon + 1),
    attributes: attributesGiven,
    children: [] as XmlElement[],
    text: '',
  }
  return { element, written, scope }
}

function mayDeclare(prefix: string, namespace: string): boolean {
  if (prefix === 'xmlns' || namespace === declares || namespace === reserved['xml']) return false
  return prefix === '' || namespace !== ''
}

function namespaceOf(prefix: string, scope: Scope): string | undefined {
  for (let one: Scope | null = scope; one !== null; one = one.outer) {
    const namespace = one.declared.get(prefix)
    if (namespace !== undefined) return namespace
  }
  return prefix === '' ? '' : Object.hasOwn(reserved, prefix) ? reserved[prefix] : undefined
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The text with its references resolved; null when one of them is none of XML's own. */
function characters(text: string, isAttribute = false): string | null {
  if (!isAttribute && text.includes(']]>')) return null
  const plain = !isAttribute && text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  if (!plain.includes('&')) return plain
  let isSound = true
  const said = plain.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));|&/g,
    (all, hex, decimal, word) => {
      if (word !== undefined) return entities[word as string]!
      const code = hex !== undefined ? Number.parseInt(hex as string, 16) : Number(decimal ?? Number.NaN)
      const character = code <= 0x10ffff ? String.fromCodePoint(code) : null
      if (character !== null && !forbidden.test(character)) return character
      isSound = false
      return all
    },
  )
  return isSound ? said : null
}

function fault(text: string, at: number, says: string): { readonly fault: XmlFault } {
  const before = text.slice(0, at)
  const line = before.split(/\r\n|[\r\n]/).length
  return { fault: { says, line, column: at - Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) } }
}
