import { X509Certificate } from 'node:crypto'
import { readXml, type XmlElement } from './xml.ts'

/** What is needed of an identity provider's SAML 2.0 metadata. */
interface SamlMetadata {
  readonly entityId: string
  /** Certificates (DER) by which its assertions are verified. */
  readonly signingCertificates: readonly Uint8Array[]
  readonly signOnServices: readonly { readonly binding: string; readonly location: string }[]
}

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata'
const signature = 'http://www.w3.org/2000/09/xmldsig#'
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'
const fewestBits = 1024

/**
 * Reads the metadata document of one identity provider (SAML 2.0 Metadata, §2.3 and §2.4): an EntityDescriptor with an entityID
 * and an IDPSSODescriptor for the SAML 2.0 protocol. Without a signing certificate or a SingleSignOnService IAM takes it all the same
 * (observed in September 2026: radkawar/stackd, `internal/services/iam/testdata/federation/saml.json`). It may stand in an
 * EntitiesDescriptor, alone of its kind. As IAM has it (IAM User Guide, "Create a SAML identity provider"), a certificate's key has
 * at least 1024 bits and none of its extensions comes twice; when it ends does not matter.
 *
 * Gives what it says, or why it is none: in words for the decision log, without any of its text.
 */
export function readSamlMetadata(
  text: string,
): { readonly ok: SamlMetadata } | { readonly why: string; readonly lacksIssuer?: boolean } {
  const reading = readXml(text)
  if ('fault' in reading) {
    const { says, line, column } = reading.fault
    return { why: `The metadata is no XML that is taken: ${says} in line ${line}, column ${column}.` }
  }
  const providers = providersIn(reading.root)
  const provider = providers[0]
  if (provider === undefined)
    return {
      why: 'The metadata has no EntityDescriptor with an IDPSSODescriptor for SAML 2.0.',
      lacksIssuer: /^Entit(?:y|ies)Descriptor$/.test(reading.root.name) && reading.root.namespace === metadata,
    }
  if (providers.length > 1) return { why: 'The metadata describes more than one identity provider.' }
  const { entity, role } = provider
  const entityId = entity.attributes.get('entityID') ?? ''
  if (entityId === '' || entityId.length > 1024)
    return { why: 'The EntityDescriptor has no entityID of 1 to 1024 characters.' }
  const signOnServices = role.children
    .filter((child) => isNamed(child, metadata, 'SingleSignOnService'))
    .map(({ attributes }) => ({ binding: attributes.get('Binding') ?? '', location: attributes.get('Location') ?? '' }))
  const signingCertificates: Uint8Array[] = []
  for (const given of certificateTexts(role)) {
    const certificate = readCertificate(given)
    if ('why' in certificate) return certificate
    signingCertificates.push(certificate.der)
  }
  return { ok: { entityId, signingCertificates, signOnServices } }
}

function isNamed(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespace === namespace
}

function providersIn(element: XmlElement): readonly { readonly entity: XmlElement; readonly role: XmlElement }[] {
  if (isNamed(element, metadata, 'EntitiesDescriptor')) return element.children.flatMap(providersIn)
  if (!isNamed(element, metadata, 'EntityDescriptor')) return []
  const role = element.children.find(
    (child) =>
      isNamed(child, metadata, 'IDPSSODescriptor') &&
      (child.attributes.get('protocolSupportEnumeration') ?? '').split(/\s+/).includes(protocol),
  )
  return role === undefined ? [] : [{ entity: element, role }]
}

/** A key without a use is for all uses. */
function certificateTexts(role: XmlElement): readonly string[] {
  const below = (elements: readonly XmlElement[], namespace: string, name: string): readonly XmlElement[] =>
    elements.flatMap(({ children }) => children.filter((child) => isNamed(child, namespace, name)))
  const keys = below([role], metadata, 'KeyDescriptor').filter(
    ({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing',
  )
  const data = below(below(keys, signature, 'KeyInfo'), signature, 'X509Data')
  return below(data, signature, 'X509Certificate').map(({ text }) => text.replace(/[ \t\r\n]/g, ''))
}

function readCertificate(base64: string): { readonly der: Uint8Array } | { readonly why: string } {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { why: 'A signing certificate is not Base64.' }
  const der = Buffer.from(base64, 'base64')
  let bits: number | undefined
  try {
    bits = new X509Certificate(der).publicKey.asymmetricKeyDetails?.modulusLength
  } catch {
    return { why: 'A signing certificate is no X.509 certificate.' }
  }
  if (bits !== undefined && bits < fewestBits)
    return { why: `A signing certificate has a key of ${bits} bits; at least ${fewestBits} are needed.` }
  if (repeatsExtension(der)) return { why: 'A signing certificate has an extension twice.' }
  return { der }
}

/** RFC 5280 §4.1: the extensions stand under the tag [3] at the end of the part that is signed. */
function repeatsExtension(der: Uint8Array): boolean {
  const signed = valuesIn(valuesIn(der)[0]?.content ?? empty)[0]?.content ?? empty
  const list = valuesIn(signed).find(({ tag }) => tag === 0xa3)?.content ?? empty
  const extensions = valuesIn(valuesIn(list)[0]?.content ?? empty)
  const ids = extensions.map(({ content }) => Buffer.from(valuesIn(content)[0]?.content ?? empty).toString('hex'))
  return new Set(ids).size !== ids.length
}

const empty = new Uint8Array()

/** The values of a DER sequence; ends where the bytes are none. */
function valuesIn(bytes: Uint8Array): readonly { readonly tag: number; readonly content: Uint8Array }[] {
  const values: { readonly tag: number; readonly content: Uint8Array }[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const tag = bytes[at]!
    let length = bytes[at + 1]!
    at += 2
    if (length >= 0x80) {
      const digits = bytes.subarray(at, at + (length & 0x7f))
      at += digits.length
      length = digits.reduce((sum, byte) => sum * 256 + byte, 0)
    }
    values.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return values
}
