import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { actions } from '../../../src/authority/actions/index.ts'
import { isSecretName } from '../../../src/authority/authentication/request-parts.ts'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import type { CauseId } from '../../../src/cause-ids.ts'
import { type Ask, asker, decisionOf, makeSession, makeUser, send } from '../server/caller.ts'

const started = Date.parse('2026-11-28T12:00:00Z')
const date = '20261128T120000Z'
/** Within the quarter of an hour in which a signature is good. */
let now = started
let authority: Authority
let ask: Ask
let dev: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
let host: string

beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, now: () => now })
  ask = asker(authority, { at: new Date(started) })
  dev = await makeUser(ask, 'dev', ['iam:*', 'sts:*'])
  host = new URL(authority.url).host
})
afterAll(() => authority.stop())
// Each test has the tries of a second of its own.
beforeEach(() => {
  now += 1_000
})

const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()

/** What a signer of nobody's signs, piece by piece; each test makes one piece wrong. */
interface Signer {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
  /** Of the key. */
  readonly scope: readonly [day: string, region: string, service: string]
  /** The canonical request of the lines. */
  readonly join: (lines: readonly string[]) => string
  readonly names: readonly string[]
}

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const body = 'Action=GetCallerIdentity&Version=2011-06-15'

/** Signs with what is wrong, and sends what is right. */
async function signAndSend(wrong: (right: Signer) => Partial<Signer>, sent: Sent = {}, credentials = dev) {
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    host,
    'x-amz-date': date,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
    ...sent.headers,
  }
  const right: Signer = {
    method: sent.method ?? 'POST',
    path: sent.path ?? '/',
    query: sent.query ?? '',
    headers,
    payload: sha(sent.body ?? body),
    scope: ['20261128', 'us-east-1', 'sts'],
    join: (lines) => lines.join('\n'),
    names: Object.keys(headers).toSorted(),
  }
  const { method, path, query, headers: signed, payload, scope, join, names } = { ...right, ...wrong(right) }
  const lines = names.map((name) => `${name}:${signed[name]}`)
  const canonicalRequest = join([method, path, query, ...lines, '', names.join(';'), payload])
  const scopeSent = '20261128/us-east-1/sts/aws4_request'
  const stringToSign = `AWS4-HMAC-SHA256\n${date}\n${scopeSent}\n${sha(canonicalRequest)}`
  const key = [...scope, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${credentials.secretAccessKey}`)
  const signature = hmac(key, stringToSign).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scopeSent}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  const answer = await send(authority, {
    method: sent.method ?? 'POST',
    path: sent.path ?? '/',
    query: sent.query ?? '',
    headers: [...Object.entries(headers), ['Authorization', authorization]],
    body: sent.body ?? body,
  })
  return { answer, canonicalRequest, stringToSign, signature }
}

const get = 'Action=GetCallerIdentity&Version=2011-06-15'

describe('what a client signed', () => {
  test('is not asked for when the signature is right', async () => {
    const { answer } = await signAndSend(() => ({}))
    expect(answer.status).toBe(200)
    expect((await decisionOf(authority, answer)).mismatch).toBeUndefined()
  })

  test.each<[what: string, wrong: (right: Signer) => Partial<Signer>, sent: Sent, says: RegExp, cause?: CauseId]>([
    ['the hash of an empty body', () => ({ payload: sha('') }), {}, /hash of an empty body/],
    ['UNSIGNED-PAYLOAD', () => ({ payload: 'UNSIGNED-PAYLOAD' }), {}, /UNSIGNED-PAYLOAD/],
    ['a body with a line feed', () => ({ payload: sha(`${body}\n`) }), {}, /ends with a line feed/],
    [
      'another order of parameters',
      () => ({ payload: sha('Version=2011-06-15&Action=GetCallerIdentity') }),
      {},
      /another order/,
    ],
    ['another verb', () => ({ method: 'GET' }), {}, /signed for GET and sent as POST/],
    [
      'a Host without its port',
      (r) => ({ headers: { ...r.headers, host: host.replace(/:\d+$/, '') } }),
      {},
      /Host without its port/,
    ],
    [
      'AWS’s own Host',
      (r) => ({ headers: { ...r.headers, host: 'sts.us-east-1.amazonaws.com' } }),
      {},
      /Host for sts\.us-east-1\.amazonaws\.com/,
    ],
    [
      'localhost',
      (r) => ({ headers: { ...r.headers, host: host.replace('127.0.0.1', 'localhost') } }),
      {},
      /Host for localhost:\d+/,
    ],
    [
      'a Content-Type without its charset',
      (r) => ({ headers: { ...r.headers, 'content-type': 'application/x-www-form-urlencoded' } }),
      { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } },
      /Content-Type without its charset/,
    ],
    [
      'a Content-Type with a charset',
      (r) => ({ headers: { ...r.headers, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } }),
      {},
      /the Content-Type application\/x-www-form-urlencoded; charset=utf-8/,
    ],
    [
      'a value that was not trimmed',
      (r) => ({ headers: { ...r.headers, 'x-note': 'a   b' } }),
      { headers: { 'x-note': 'a   b' } },
      /rows of blanks/,
    ],
    [
      'a query that is not sorted',
      () => ({ query: 'Version=2011-06-15&Action=GetCallerIdentity' }),
      { method: 'GET', query: 'Version=2011-06-15&Action=GetCallerIdentity', body: '' },
      /neither sorted nor encoded anew|not sorted/,
    ],
    [
      'plus signs for blanks',
      () => ({ query: `${get}&X=a+b` }),
      { method: 'GET', query: `${get}&X=a%20b`, body: '' },
      /plus signs in the query/,
    ],
    [
      'literal plus signs',
      () => ({ query: `${get}&X=a%2Bb` }),
      { method: 'GET', query: `${get}&X=a+b`, body: '' },
      /plus signs as plus signs/,
    ],
    [
      'a query that was encoded twice',
      () => ({ query: `${get}&X=a%2520b` }),
      { method: 'GET', query: `${get}&X=a%20b`, body: '' },
      /encoded twice/,
    ],
    [
      'one parameter less',
      () => ({ query: get }),
      { method: 'GET', query: `${get}&utm_source=mail`, body: '' },
      /without the parameter utm_source/,
    ],
    [
      'no empty line after the headers',
      () => ({ join: (lines) => lines.filter((line, n) => line !== '' || n === 2).join('\n') }),
      {},
      /empty line/,
    ],
    [
      'a line feed at the end',
      () => ({ join: (lines) => `${lines.join('\n')}\n` }),
      {},
      /line feed at the end of its canonical request/,
    ],
    [
      'a key for another Region',
      () => ({ scope: ['20261128', 'eu-west-1', 'sts'] }),
      {},
      /key for the Region eu-west-1/,
      'signing-scope-wrong',
    ],
    [
      'a key for another service',
      () => ({ scope: ['20261128', 'us-east-1', 'iam'] }),
      {},
      /key for the service iam/,
      'signing-scope-wrong',
    ],
    [
      'a key for yesterday',
      () => ({ scope: ['20261127', 'us-east-1', 'sts'] }),
      {},
      /key for the day 20261127/,
      'signing-scope-wrong',
    ],
    [
      'two things at once',
      (r) => ({ payload: sha(''), headers: { ...r.headers, host: host.replace(/:\d+$/, '') } }),
      {},
      /empty body; and signed with a Host without its port|Host without its port; and signed with the hash of an empty body/,
    ],
  ])('is proven: %s', async (_what, wrong, sent, says, cause = 'request-altered') => {
    const { answer, canonicalRequest, stringToSign, signature } = await signAndSend(wrong, sent)
    expect([answer.status, answer.code]).toEqual([403, 'SignatureDoesNotMatch'])
    const decision = await decisionOf(authority, answer)
    expect(decision.mismatch?.says).toMatch(says)
    expect(decision.mismatch?.implied).toEqual({ canonicalRequest, stringToSign })
    if (cause !== 'signing-scope-wrong') expect(decision.mismatch?.computed.canonicalRequest).not.toBe(canonicalRequest)
    expect(decision.cause).toBe(cause)
    // The caller hears what AWS would say, and nothing of this.
    expect(answer.body).not.toContain(decision.mismatch!.says)
    expect(answer.message).toContain(decision.mismatch!.computed.canonicalRequest)
    expect(JSON.stringify(decision)).not.toContain(signature)
  })

  test('is the request itself when only the secret was mangled', async () => {
    const answer = await ask(
      { Action: 'GetCallerIdentity' },
      { credentials: { ...dev, secretAccessKey: `${dev.secretAccessKey}\n` } },
    )
    const { mismatch } = await decisionOf(authority, answer)
    expect(mismatch?.implied).toEqual(mismatch?.computed)
    expect(mismatch?.says).toBe(
      'The request was signed as it arrived; the secret was used with a line feed at its end.',
    )
  })

  test('is not known when the secret is another one, and that is said', async () => {
    const answer = await ask({ Action: 'GetCallerIdentity' }, { credentials: { ...dev, secretAccessKey: 'another' } })
    const decision = await decisionOf(authority, answer)
    expect(decision.cause).toBe('secret-wrong')
    expect(decision.mismatch?.implied).toBeNull()
    expect(decision.mismatch?.says).toMatch(/signed with another secret\.$/)
  })
})

describe('the texts of a mismatch', () => {
  test('hold a session token neither in the header nor in the query', async () => {
    const session = await makeSession(ask, dev)
    const { sessionToken: token } = session
    const inHeader = await signAndSend(() => ({ payload: sha('') }), {}, session)
    const header = await decisionOf(authority, inHeader.answer)
    expect(header.mismatch?.implied).not.toBeNull()
    expect(header.mismatch?.computed.canonicalRequest).toContain(
      `x-amz-security-token:‹session token, ${token.length} characters›`,
    )
    const query = `${get}&X-Amz-Security-Token=${encodeURIComponent(token)}`
    const inQuery = await signAndSend(() => ({ payload: sha('') }), { query }, dev)
    const other = await decisionOf(authority, inQuery.answer)
    expect(other.mismatch?.computed.canonicalRequest).toMatch(/X-Amz-Security-Token=‹session token, \d+ characters›/)
    for (const text of [JSON.stringify(header), JSON.stringify(other)]) {
      expect(text).not.toContain(token)
      expect(text).not.toContain(encodeURIComponent(token))
      expect(text).not.toContain(token.slice(100, 140))
    }
  })

  test('hold no password, nor a hash by which it could be guessed', async () => {
    const secret = 'hunter2-Hunter2!'
    const parameters = { Action: 'GetCallerIdentity', Version: '2011-06-15', UserName: 'dev', Password: secret }
    const form = new URLSearchParams(parameters).toString()
    for (const [sent, hashes] of [
      [{ body: form }, [sha(form)]],
      [{ method: 'GET', query: form, body: '' }, []],
      [{ headers: { 'x-api-key': secret } }, []],
      [{ method: 'GET', query: `${get}&Pass%77ord=${encodeURIComponent(encodeURIComponent(secret))}`, body: '' }, []],
    ] as const) {
      const { answer, stringToSign, canonicalRequest } = await signAndSend(
        ({ method }) => ({ method: method === 'GET' ? 'POST' : 'GET' }),
        sent,
      )
      const { mismatch } = await decisionOf(authority, answer)
      const kept = JSON.stringify(mismatch)
      expect(mismatch?.says).toMatch(/signed for (?:GET|POST)/)
      expect(kept).toMatch(/‹(?:secret, \d+ characters|hash of a body with a secret in it)›/)
      for (const text of [
        secret,
        encodeURIComponent(secret),
        sha(canonicalRequest),
        stringToSign.slice(-64),
        ...hashes,
      ])
        expect(kept).not.toContain(text)
    }
  })

  test('hold no secret key, wherever it was put', async () => {
    const wrong = () => ({ payload: sha('') })
    for (const sent of [
      { query: `Note=${encodeURIComponent(dev.secretAccessKey)}` },
      { headers: { 'x-note': dev.secretAccessKey } },
      { query: encodeURIComponent(dev.secretAccessKey) },
    ]) {
      const { answer } = await signAndSend(wrong, sent)
      const kept = JSON.stringify((await decisionOf(authority, answer)).mismatch)
      expect(kept).toContain('‹secret, ')
      expect(kept).not.toContain(dev.secretAccessKey)
      expect(kept).not.toContain(encodeURIComponent(dev.secretAccessKey))
    }
  })

  test('hold neither the body nor a secret of the query where those were signed in another’s place', async () => {
    const secret = 'hunter2-Hunter2!'
    const asBody = await signAndSend(() => ({ payload: body }))
    const inBody = (await decisionOf(authority, asBody.answer)).mismatch
    expect(inBody?.says).toMatch(/body in place of its hash/)
    expect(inBody?.implied?.canonicalRequest).toMatch(/\n‹no hash, \d+ characters›$/)
    expect(JSON.stringify(inBody)).not.toContain(body)
    const query = `Action=GetCallerIdentity&Password=${secret}&Version=2011-06-15`
    const asPath = await signAndSend(() => ({ path: `/?${query}`, query: '' }), { query, method: 'GET', body: '' })
    const inPath = (await decisionOf(authority, asPath.answer)).mismatch
    expect(inPath?.says).toMatch(/query in its path/)
    expect(inPath?.implied?.canonicalRequest).toContain('/?Action=GetCallerIdentity&Password=‹secret, 16 characters›&')
    expect(JSON.stringify(inPath)).not.toContain(secret)
    const named = encodeURIComponent(dev.secretAccessKey)
    const asName = await signAndSend(() => ({ query: get }), { query: `${get}&${named}`, method: 'GET', body: '' })
    const decision = await decisionOf(authority, asName.answer)
    expect(decision.mismatch?.says).toMatch(/without the parameter/)
    expect(JSON.stringify(decision)).not.toContain(dev.secretAccessKey.slice(0, 30))
  })

  test('mask every input of STS and IAM that the grid calls sensitive', () => {
    const names = actions.flatMap(({ input }) =>
      Object.entries(input).flatMap(([name, member]) =>
        member.type === 'string' && member.sensitive === true ? [name] : [],
      ),
    )
    expect(names.length).toBeGreaterThan(2)
    expect(names.filter((name) => !isSecretName(name))).toEqual([])
    expect(['TokenCode', 'AuthenticationCode1', 'SAMLAssertion'].filter((name) => !isSecretName(name))).toEqual([])
  })

  // Why: a stranger who knows a key id may send as many wrong signatures as he likes.
  test('are looked for with bounded effort', async () => {
    const wrong = { credentials: { ...dev, secretAccessKey: 'another' } }
    now += 1_000
    const begun = performance.now()
    for (let n = 0; n < 100; n += 1) await ask({ Action: 'GetCallerIdentity', [`X${n}`]: 'y' }, wrong)
    const flooded = performance.now() - begun
    const { answer } = await signAndSend(() => ({ payload: 'UNSIGNED-PAYLOAD' }))
    // The clock stands still: all tries of this second are used up.
    expect((await decisionOf(authority, answer)).mismatch?.implied).toBeNull()
    expect(flooded).toBeLessThan(5_000)
  })
})
