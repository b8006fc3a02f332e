import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSamlMetadata } from '../../../src/authority/authentication/index.ts'
import { certificateOf, metadataOf } from '../saml.ts'

const certificate = certificateOf()
const good = metadataOf(certificate)

function whyNot(text: string): string {
  const read = readSamlMetadata(text)
  if ('ok' in read) throw new Error('the metadata was taken')
  return read.why
}

describe('the metadata of a SAML identity provider', () => {
  it('says who it is, how its assertions are signed and where one signs in', () => {
    expect(readSamlMetadata(good)).toEqual({
      ok: {
        entityId: 'https://idp.example.com/saml',
        signingCertificates: [Buffer.from(certificate, 'base64')],
        signOnServices: [
          { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', location: 'https://idp.example.com/sso' },
        ],
      },
    })
  })

  it.each([
    ['other prefixes', good.replaceAll('md:', 'saml-md:').replace('xmlns:md', 'xmlns:saml-md')],
    ['the default namespace', good.replaceAll('md:', '').replace('xmlns:md', 'xmlns')],
    ['no XML declaration', good.slice(good.indexOf('\n') + 1)],
    ['single quotes', good.replaceAll('"', "'")],
    [
      'a comment, an instruction and a CDATA section',
      good.replace('<md:NameID', '<!-- a > b --><?x y?><![CDATA[<&]]><md:NameID'),
    ],
    ['Windows line ends', good.replaceAll('\n', '\r\n')],
    ['a key for any use', good.replace(' use="signing"', '')],
    ['a certificate broken into lines', good.replace(certificate, certificate.replace(/.{64}/g, '$&\n'))],
    [
      'several protocols',
      good.replace('="urn:oasis:names:tc:SAML:2.0:protocol"', '="urn:x urn:oasis:names:tc:SAML:2.0:protocol"'),
    ],
    [
      'an EntitiesDescriptor around it',
      good
        .replace(
          '<md:EntityDescriptor',
          '<e:EntitiesDescriptor xmlns:e="urn:oasis:names:tc:SAML:2.0:metadata"><md:EntityDescriptor',
        )
        .replace('</md:EntityDescriptor>', '</md:EntityDescriptor></e:EntitiesDescriptor>'),
    ],
    ['a certificate with two extensions', metadataOf(certificateOf(1024, ['551d0e', '551d23']))],
  ])('may have %s', (_what, text) => {
    expect(readSamlMetadata(text)).toMatchObject({ ok: { entityId: 'https://idp.example.com/saml' } })
  })

  it('has its references resolved, and may name itself in any letters', () => {
    const read = readSamlMetadata(metadataOf(certificate, 'https://idp/?a=1&amp;b=&#x263a;&#9731;&quot;é'))
    expect(read).toMatchObject({ ok: { entityId: 'https://idp/?a=1&b=☺☃"é' } })
  })

  it.each([
    [
      'a document type',
      good.replace('<md:Entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><md:Entity'),
      'a document type declaration, which is not taken in line 2, column 1',
    ],
    [
      'an entity of its own',
      good.replace('https://idp.example.com/saml', '&e;'),
      'an entity that is none of XML’s own in line 2, column 1',
    ],
    ['a byte order mark', `\ufeff${good}`, 'a byte order mark in line 1, column 1'],
    ['another encoding', good.replace('UTF-8', 'UTF-16'), 'an encoding other than UTF-8 in line 1, column 1'],
    ['a wrong end tag', good.replace('</ds:X509Data>', '</ds:X509>'), 'an end tag that closes nothing in line 8'],
    ['no end', good.replace('</md:EntityDescriptor>', ''), 'no end of <md:EntityDescriptor>'],
    ['two roots', `${good.trimEnd()}<x/>`, 'a second root element'],
    ['text after the root', `${good}x`, 'text outside of the root element'],
    [
      'an undeclared prefix',
      good.replace(' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', ''),
      'a prefix that stands for nothing in line 5',
    ],
    [
      'an attribute given twice',
      good.replace('use="signing"', 'use="signing" use="encryption"'),
      'an attribute given twice in line 4, column 5',
    ],
    [
      'a character that XML has not',
      good.replace('NameIDFormat>urn', 'NameIDFormat>\u0000urn'),
      'a character that XML does not allow in line 11',
    ],
    [
      'the number of such a character',
      good.replace('NameIDFormat>urn', 'NameIDFormat>&#0;urn'),
      'an entity that is none of XML’s own',
    ],
    ['elements in elements without end', `${'<a>'.repeat(500)}${good}`, 'too many elements in line 1, column 193'],
    ['too many elements', good.replace('<md:NameID', `${'<a/>'.repeat(60_000)}<md:NameID`), 'too many elements'],
    ['nothing at all', ' '.repeat(1000), 'no element'],
    ['words', 'lorem ipsum '.repeat(100), 'text outside of the root element in line 1, column 1'],
  ])('is not taken with %s', (_what, text, why) => {
    expect(whyNot(text)).toContain(`The metadata is no XML that is taken: ${why}`)
  })

  it.each([
    ['no entityID', good.replace(' entityID="https://idp.example.com/saml"', ''), 'entityID'],
    ['an empty entityID', metadataOf(certificate, ''), 'entityID'],
    ['no identity provider', good.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), 'IDPSSODescriptor'],
    ['another protocol only', good.replace('SAML:2.0:protocol', 'SAML:1.1:protocol'), 'SAML 2.0'],
    ['elements of no namespace', good.replace('urn:oasis:names:tc:SAML:2.0:metadata', 'urn:x'), 'EntityDescriptor'],
    ['what is no Base64', metadataOf('*'.repeat(600)), 'not Base64'],
    ['what is no certificate', metadataOf('QUJD'.repeat(200)), 'no X.509 certificate'],
    ['a key of 512 bits', metadataOf(certificateOf(512)), '512 bits; at least 1024'],
    ['an extension twice', metadataOf(certificateOf(1024, ['551d0e', '551d0e'])), 'an extension twice'],
    [
      'two providers',
      `<e:EntitiesDescriptor xmlns:e="urn:oasis:names:tc:SAML:2.0:metadata">${good.slice(good.indexOf('\n'))}${good.slice(good.indexOf('\n'))}</e:EntitiesDescriptor>`,
      'more than one',
    ],
  ])('is none with %s', (_what, text, why) => {
    expect(whyNot(text)).toContain(why)
  })

  it('does not show what it holds in the reason', () => {
    expect(whyNot(good.replace('</md:EntityDescriptor>', '<secret&>'))).not.toContain('secret')
  })

  it('is read in a time that grows with its length (500,000 characters)', () => {
    const long = [
      good.replace('use="signing"', `use="signing" ${'x'.repeat(500_000)}`),
      good.replace('use="signing"', `use="signing"${' a="b"'.repeat(80_000)}`),
      good.replace('<md:NameIDFormat>', `<md:NameIDFormat>${'&amp;'.repeat(100_000)}`),
      `<${'a:'.repeat(250_000)}`,
      `<a ${' '.repeat(500_000)}`,
      `<!--${'-'.repeat(500_000)}`,
      `<?x ${'?'.repeat(500_000)}`,
    ]
    for (const text of long) {
      const begun = performance.now()
      readSamlMetadata(text)
      expect(performance.now() - begun).toBeLessThan(1000)
    }
  })

  it('never breaks down, whatever was done to it (seed 6)', () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(good.length),
        cut: fc.nat(30),
        put: fc.oneof(
          fc.string({ unit: 'binary', maxLength: 6 }),
          fc.constantFrom('<', '>', '&', '"', ']]>', '<!--', '<![CDATA[', '</', ':', '='),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(edits, (list) => {
        let text = good
        for (const { at, cut, put } of list) text = text.slice(0, at) + put + text.slice(at + cut)
        const read = readSamlMetadata(text)
        expect('ok' in read ? read.ok.entityId : read.why).not.toBe('')
      }),
      { seed: 6, numRuns: 400 },
    )
  })

  /** Why: IAM took them in September 2026 (radkawar/stackd, `internal/services/iam/testdata/federation/saml.json`). */
  it.each([
    ['no place to sign in', good.replace('SingleSignOnService', 'SingleLogoutService')],
    ['no certificate', good.replaceAll('X509Certificate', 'X509SubjectName')],
    ['a certificate for encryption only', good.replace('use="signing"', 'use="encryption"')],
  ])('is taken with %s', (_what, text) => {
    expect(readSamlMetadata(text)).toHaveProperty('ok')
  })
})
