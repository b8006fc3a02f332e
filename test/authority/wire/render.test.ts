import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Members } from '../../../src/authority/actions/grid.ts'
import { acceptedFormat, escapeXml, faultOf, renderFault, renderResult } from '../../../src/authority/wire/index.ts'

const output = {
  Name: { type: 'string', required: true },
  CreateDate: { type: 'timestamp' },
  Count: { type: 'integer' },
  IsTruncated: { type: 'boolean' },
  Seed: { type: 'blob' },
  Users: { type: 'list', required: true, member: { type: 'structure', members: { UserName: { type: 'string' } } } },
  Tags: { type: 'list', member: { type: 'string' } },
  LastUsed: { type: 'structure', members: { Region: { type: 'string' } } },
  SummaryMap: { type: 'map', value: { type: 'integer' } },
} as const satisfies Members
const row = { service: 'iam', name: 'TestThing', output } as const
const requestId = '01234567-89ab-cdef-0123-456789abcdef'
const bare = (xml: string) => xml.replace(/>\s+</g, '><').trim()

describe('a result', () => {
  test('stands in its envelope with every kind of member', () => {
    const values = {
      Name: 'a <b> & "c"',
      CreateDate: '2026-11-28T12:00:00Z',
      Count: 0,
      IsTruncated: false,
      Seed: new Uint8Array([1, 2, 3]),
      Users: [{ UserName: 'x' }, {}],
      Tags: ['t'],
      LastUsed: {},
      SummaryMap: { Users: 3 },
    }
    expect(bare(renderResult(row, values, requestId, 'xml'))).toBe(
      '<TestThingResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><TestThingResult>' +
        '<Name>a &lt;b&gt; &amp; &quot;c&quot;</Name><CreateDate>2026-11-28T12:00:00Z</CreateDate><Count>0</Count>' +
        '<IsTruncated>false</IsTruncated><Seed>AQID</Seed>' +
        '<Users><member><UserName>x</UserName></member><member/></Users><Tags><member>t</member></Tags><LastUsed/>' +
        '<SummaryMap><entry><key>Users</key><value>3</value></entry></SummaryMap>' +
        `</TestThingResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></TestThingResponse>`,
    )
    expect(JSON.parse(renderResult(row, values, requestId, 'json'))).toEqual({
      TestThingResponse: {
        TestThingResult: { ...values, CreateDate: Date.UTC(2026, 10, 28, 12) / 1000, Seed: 'AQID' },
        ResponseMetadata: { RequestId: requestId },
      },
    })
  })

  test('leaves absent members and empty optional lists out, and keeps an empty required list', () => {
    expect(bare(renderResult(row, { Name: 'n', Users: [], Tags: [] }, requestId, 'xml'))).toContain(
      '<TestThingResult><Name>n</Name><Users/></TestThingResult>',
    )
    expect(JSON.parse(renderResult(row, { Name: 'n', Tags: [] }, requestId, 'json'))).toMatchObject({
      TestThingResponse: { TestThingResult: { Name: 'n', Users: [] } },
    })
  })

  test('has no Result element when the operation has no output, and an empty one when it has no members', () => {
    const none = renderResult({ service: 'iam', name: 'DeleteUser', output: null }, {}, requestId, 'xml')
    expect(bare(none)).toBe(
      `<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></DeleteUserResponse>`,
    )
    expect(renderResult({ service: 'iam', name: 'UpdateRole', output: {} }, {}, requestId, 'xml')).toContain(
      '<UpdateRoleResult/>',
    )
  })
})

describe('a fault', () => {
  const fault = faultOf({ reason: 'token-unexpected' }, 'sts')

  test('carries its RequestId directly under ErrorResponse', () => {
    expect(bare(renderFault(fault, 'sts', requestId, 'xml'))).toBe(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>' +
        '<Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid</Message></Error>' +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`,
    )
  })

  test('is a nested Error object in JSON', () => {
    expect(JSON.parse(renderFault(fault, 'sts', requestId, 'json'))).toEqual({
      Error: {
        Code: 'InvalidClientTokenId',
        Message: 'The security token included in the request is invalid',
        Type: 'Sender',
      },
      RequestId: requestId,
    })
  })
})

describe('the format', () => {
  test.each([
    [null, 'xml'],
    ['*/*', 'xml'],
    ['application/json', 'json'],
    ['text/xml, application/json', 'xml'],
    ['APPLICATION/JSON', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['application/json;q=0', 'xml'],
    ['application/json; Q=0.000, */*', 'xml'],
    ['application/json;q=0.5, */*;q=0.1', 'json'],
    ['Application/JSON, text/xml;q=0', 'json'],
    ['application/json-seq', 'xml'],
  ] as const)('for Accept %s is %s', (accept, format) => {
    expect(acceptedFormat(accept)).toBe(format)
  })
})

test('escaped text is well-formed XML whatever it was made of, and gives ordinary text back (seed 7)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeXml(text)
      expect(escaped).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|apos;|#xD;)/)
      for (const character of escaped) {
        const code = character.codePointAt(0)!
        // XML 1.0 §2.2, production Char.
        const allowed =
          code === 9 ||
          code === 10 ||
          (code >= 0x20 && code <= 0xd7ff) ||
          (code >= 0xe000 && code <= 0xfffd) ||
          code >= 0x10000
        expect(allowed).toBe(true)
      }
    }),
    { seed: 7 },
  )
  expect(escapeXml('plain text, Zoë 😀\n')).toBe('plain text, Zoë 😀\n')
})
