import { createPublicKey, verify as verifyEcdsa } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  asymmetricSigningKey,
  presign,
  readAuthorization,
  type SignableRequest,
  type SignedRequest,
  type SignOptions,
  sign,
  standardRules,
  verify,
} from '../../src/signature/index.ts'

/*
 * The AWS Common Runtime's signing suite, read where it lies beside the checkout. Every case is checked stage by stage, in
 * both forms and in both directions.
 */
const suite = resolve(dirname(fileURLToPath(import.meta.url)), '../../../shared/vectors/sigv4-suite')

const absent = existsSync(suite) ? '' : ' (skipped: the suite does not lie beside the checkout)'

interface Context {
  readonly credentials: { access_key_id: string; secret_access_key: string; token?: string }
  readonly expiration_in_seconds: number
  readonly normalize: boolean
  readonly region: string
  readonly service: string
  readonly sign_body: boolean
  readonly timestamp: string
  readonly omit_session_token?: boolean
}

interface Case {
  readonly name: string
  readonly context: Context
  readonly request: SignableRequest
  read(file: string): string
}

const forms = ['header', 'query'] as const

describe.skipIf(!existsSync(suite))(`the signing suite of the AWS Common Runtime, SigV4${absent}`, () => {
  const cases = casesOf('v4')

  test('has its 38 cases', () => {
    expect(cases.length).toBe(38)
  })

  for (const form of forms) {
    test.each(cases)(`$name, ${form} form: canonical request, string to sign and signature come out as told`, (c) => {
      const signed = signCase(c, form)
      expect(signed.canonicalRequest).toBe(c.read(`${form}-canonical-request.txt`))
      expect(signed.stringToSign).toBe(c.read(`${form}-string-to-sign.txt`))
      expect(signed.signature).toBe(c.read(`${form}-signature.txt`))
      expect(linesOf(signed.request)).toEqual(linesOf(parse(c.read(`${form}-signed-request.txt`))))
    })

    test.each(cases)(
      `$name, ${form} form: the signed request of the suite is genuine, and another secret is not`,
      (c) => {
        const request = parse(c.read(`${form}-signed-request.txt`))
        const authorization = readAuthorization(request)
        if (authorization.kind !== 'read') throw new Error(authorization.kind)
        const options = { request, authorization, rules: rulesOfCase(c) }
        const secret = c.context.credentials.secret_access_key
        const verification = verify({ ...options, secret })
        expect(verification).toMatchObject({ genuine: true, unsignedHeaders: [], payload: { kind: 'hashed' } })
        expect(verification.canonicalRequest).toBe(c.read(`${form}-canonical-request.txt`))
        expect(verification.stringToSign).toBe(c.read(`${form}-string-to-sign.txt`))
        expect(authorization.sessionToken).toBe(c.context.credentials.token ?? null)
        expect(verify({ ...options, secret: `${secret}x` }).genuine).toBe(false)
      },
    )
  }
})

describe.skipIf(!existsSync(suite))(`the signing suite of the AWS Common Runtime, SigV4A${absent}`, () => {
  const cases = casesOf('v4a')

  test('has its 38 complete cases (two more are only a request)', () => {
    expect(cases.length).toBe(38)
  })

  test.each(cases)('$name: the derived key has the public half of the suite', (c) => {
    const { X, Y } = JSON.parse(c.read('public-key.json')) as { X: string; Y: string }
    expect(keyOf(c).publicPoint()).toEqual({ x: X, y: Y })
  })

  for (const form of forms) {
    test.each(cases)(
      `$name, ${form} form: both canonical stages come out as told, and the signature is of that key`,
      (c) => {
        const signed = signCase(c, form, 'AWS4-ECDSA-P256-SHA256')
        expect(signed.canonicalRequest).toBe(c.read(`${form}-canonical-request.txt`))
        expect(signed.stringToSign).toBe(c.read(`${form}-string-to-sign.txt`))
        const { X, Y } = JSON.parse(c.read('public-key.json')) as { X: string; Y: string }
        const [x, y] = [X, Y].map((half) => Buffer.from(half, 'hex').toString('base64url'))
        const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' })
        const ours = Buffer.from(signed.signature, 'hex')
        expect(
          verifyEcdsa('sha256', Buffer.from(signed.stringToSign), { key: publicKey, dsaEncoding: 'der' }, ours),
        ).toBe(true)
      },
    )

    test.each(cases)(`$name, ${form} form: the signed request of the suite is genuine`, (c) => {
      const request = parse(c.read(`${form}-signed-request.txt`))
      const authorization = readAuthorization(request)
      if (authorization.kind !== 'read') throw new Error(authorization.kind)
      const options = { request, authorization, rules: rulesOfCase(c), region: c.context.region }
      const verification = verify({ ...options, signingKey: keyOf(c) })
      expect(verification).toMatchObject({ genuine: true, unsignedHeaders: [] })
      expect(verification.canonicalRequest).toBe(c.read(`${form}-canonical-request.txt`))
      expect(verification.stringToSign).toBe(c.read(`${form}-string-to-sign.txt`))
      expect(verify({ ...options, signingKey: keyOf(c), region: 'eu-west-1' }).genuine).toBe(false)
      expect(verify({ ...options, secret: 'another' }).genuine).toBe(false)
    })
  }
})

function casesOf(kind: 'v4' | 'v4a'): readonly Case[] {
  if (!existsSync(suite)) return []
  return readdirSync(join(suite, kind))
    .filter((name) => existsSync(join(suite, kind, name, 'header-signature.txt')))
    .map((name) => {
      const read = (file: string): string => readFileSync(join(suite, kind, name, file), 'utf8')
      const context = JSON.parse(read('context.json')) as Context
      return { name, context, request: parse(read('request.txt')), read }
    })
}

function signCase(c: Case, form: 'header' | 'query', algorithm?: 'AWS4-ECDSA-P256-SHA256'): SignedRequest {
  const { context } = c
  const { access_key_id, secret_access_key, token } = context.credentials
  const rules = rulesOfCase(c)
  const options: SignOptions = {
    credentials: { accessKeyId: access_key_id, secretAccessKey: secret_access_key, sessionToken: token },
    region: context.region,
    service: context.service,
    at: new Date(context.timestamp),
    // The suite asks for the hash header in the header form only.
    rules: { ...rules, signPayload: context.sign_body && form === 'header' },
    sessionTokenPlacement: context.omit_session_token === true ? 'after-signing' : 'signed',
    ...(algorithm === undefined ? {} : { algorithm }),
  }
  if (form === 'header') return sign(c.request, options)
  return presign(c.request, { ...options, expiresIn: context.expiration_in_seconds })
}

function rulesOfCase(c: Case) {
  return { ...standardRules, normalizePath: c.context.normalize }
}

function keyOf(c: Case) {
  return asymmetricSigningKey(c.context.credentials.access_key_id, c.context.credentials.secret_access_key)
}

/** A raw HTTP/1.1 request; a line that begins with a blank continues the value before it. */
function parse(text: string): SignableRequest {
  const end = text.search(/\n\n|\n$/)
  const [first = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\n')
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? []
  const headers: [string, string][] = []
  for (const line of lines) {
    if (/^\s/.test(line)) headers.at(-1)![1] += `\n${line}`
    else headers.push([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)])
  }
  const mark = target.indexOf('?')
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    body: end < 0 ? '' : text.slice(end + 2),
  }
}

/** Order of added headers and of query parameters is not promised. */
function linesOf(request: SignableRequest) {
  const headers = request.headers.map(([name, value]) => `${name.toLowerCase()}:${value.trim()}`).sort()
  return { ...request, headers, query: request.query.split('&').sort() }
}
