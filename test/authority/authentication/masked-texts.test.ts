import { describe, expect, test } from 'vitest'
import { maskedTexts, partsOf, textsOf } from '../../../src/authority/authentication/request-parts.ts'
import { mistakesOf } from '../../../src/authority/authentication/signing-mistakes.ts'
import { type ReadAuthorization, readAuthorization, sign, signingKey, verify } from '../../../src/signature/index.ts'

/*
 * By the rooms inside, for once: whatever is tried may be what is shown, and no request could be made for each of them.
 */
const at = new Date('2026-11-28T12:00:00Z')
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY',
}
const token = 'FwoGZXIvYXdzEBYaDExamplE/Token+With==Everything&in=it'
const password = 'p%a+s s&w=o?r/d☃'
const encoded = encodeURIComponent(password)

const requests = {
  'in the query': {
    query: `Action=CreateLoginProfile&Password=${encoded}&X-Amz-Security-Token=${encodeURIComponent(token)}&N%65wPassword=${encoded}`,
    headers: [],
    body: '',
  },
  'in headers': {
    query: '',
    headers: [
      ['X-Amz-Security-Token', token],
      ['Cookie', `session=${encoded}`],
      ['X-Api-Key', `  ${encoded}  x`],
    ],
    body: '',
  },
  'in the body': {
    query: '',
    headers: [],
    body: `Action=CreateLoginProfile&Password=${encoded}&WebIdentityToken=${encodeURIComponent(token)}`,
  },
  'where nobody looks': {
    query: `Note=${encodeURIComponent(credentials.secretAccessKey)}&${encodeURIComponent(credentials.secretAccessKey)}=1`,
    headers: [['X-Note', credentials.secretAccessKey]],
    body: credentials.secretAccessKey,
  },
} as const

/** In all forms in which a signer may have put it. */
const forms = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(encodeURIComponent(secret)),
  encodeURIComponent(secret).toLowerCase(),
  encodeURIComponent(secret).replaceAll('%20', '+'),
]

describe('what may be shown of a request', () => {
  test.each(Object.entries(requests))(
    'never shows a secret that stands %s, whatever mistake it is shown with',
    (_where, { query, headers, body }) => {
      const { request } = sign(
        { method: 'POST', path: '/', query, headers: [['Host', '127.0.0.1:7374'], ...headers], body },
        { credentials, region: 'us-east-1', service: 'sts', at },
      )
      const authorization = readAuthorization(request) as ReadAuthorization
      const computed = verify({ request, authorization, secret: credentials.secretAccessKey })
      const key = () => signingKey(credentials.secretAccessKey, '20261128', 'us-east-1', 'sts')
      const parts = partsOf(request, authorization, computed, key)
      expect(textsOf(parts)).toEqual({
        canonicalRequest: computed.canonicalRequest,
        stringToSign: computed.stringToSign,
      })
      const secrets = [credentials.secretAccessKey, token]
      let shown = 0
      for (const { change, says } of mistakesOf({
        request,
        authorization,
        parts,
        secret: credentials.secretAccessKey,
      })) {
        const text = JSON.stringify(maskedTexts({ ...parts, ...change }, request, secrets))
        for (const secret of [password, token, credentials.secretAccessKey])
          for (const form of forms(secret)) expect(text, says).not.toContain(JSON.stringify(form).slice(1, -1))
        shown += 1
      }
      expect(shown).toBeGreaterThan(60)
    },
  )

  test('is the request as it is where there is nothing to hide', () => {
    const { request } = sign(
      { method: 'POST', path: '/a b', query: 'b=2&a=1', headers: [['Host', 'localhost']], body: 'Action=GetUser' },
      { credentials, region: 'us-east-1', service: 'sts', at },
    )
    const authorization = readAuthorization(request) as ReadAuthorization
    const { canonicalRequest, stringToSign } = verify({ request, authorization, secret: credentials.secretAccessKey })
    const computed = { canonicalRequest, stringToSign }
    const parts = partsOf(request, authorization, computed, () => signingKey('', '', '', ''))
    expect(maskedTexts(parts, request, [credentials.secretAccessKey])).toEqual(computed)
  })
})
