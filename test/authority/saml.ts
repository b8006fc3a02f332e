import { createSign, generateKeyPairSync } from 'node:crypto'

/**
 * A fresh certificate of an identity provider (X.509, RFC 5280 §4.1), as Base64 of its DER. `extensions`: object identifiers, each
 * with an empty value.
 */
export function certificateOf(bits = 2048, extensions: readonly string[] = []): string {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const sha256WithRsa = der(0x30, der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))
  const name = der(0x30, der(0x31, der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('idp')))))
  // Long over: when it ends does not matter.
  const validity = der(0x30, der(0x17, Buffer.from('100101000000Z')), der(0x17, Buffer.from('120101000000Z')))
  const list = extensions.map((id) => der(0x30, der(0x06, Buffer.from(id, 'hex')), der(0x04, der(0x30))))
  const signed = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(list.length === 0 ? [] : [der(0xa3, der(0x30, ...list))]),
  )
  const signature = createSign('sha256').update(signed).sign(privateKey)
  return der(0x30, signed, sha256WithRsa, der(0x03, Buffer.from([0]), signature)).toString('base64')
}

/** The metadata of an identity provider in the form that AWS's own (IAM Identity Center) has; 1000 characters at least. */
export function metadataOf(certificate: string, entityId = 'https://idp.example.com/saml'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data>
          <ds:X509Certificate>${certificate}</ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
${' '.repeat(400)}`
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), content])
}
