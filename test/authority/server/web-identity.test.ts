import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { type Answer, asker, call, decisionOf, send } from './caller.ts'
import { makeCertificate } from './certificate.ts'
import { startIssuer, type TestIssuer } from './issuer.ts'

/*
 * AssumeRoleWithWebIdentity over HTTP, with an identity provider on this computer. Sentences: those that STS was seen to send
 * (aws-orbit-workbench#771, mozilla-aws-cli#146, configure-aws-credentials, aws-cli#7194, terraform-provider-aws#44712).
 */
let authority: Authority
let issuer: TestIssuer
let provider: string

const audience = 'sts.amazonaws.com'
const subject = 'system:serviceaccount:default:app'

beforeAll(async () => {
  issuer = await startIssuer({ path: '/id/5E5D7BAA' })
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(async () => {
  await authority.reset()
  issuer.asked.length = 0
  provider = await register(issuer)
  await makeRole('app', condition({ aud: audience, sub: subject }))
})
afterAll(async () => {
  await authority.stop()
  await issuer.close()
})

const serverOf = (one: TestIssuer = issuer) => one.url.replace(/^https?:\/\//, '')
const condition = (claims: Record<string, string | string[]>, one: TestIssuer = issuer) => ({
  StringEquals: Object.fromEntries(
    Object.entries(claims).map(([claim, value]) => [`${serverOf(one)}:${claim}`, value]),
  ),
})

async function must(parameters: Record<string, string>): Promise<Answer> {
  const answer = await asker(authority)(parameters)
  if (answer.status !== 200) throw new Error(answer.body)
  return answer
}

async function register(one: TestIssuer, more: Record<string, string> = {}): Promise<string> {
  const made = await must({
    Action: 'CreateOpenIDConnectProvider',
    Url: one.url,
    'ClientIDList.member.1': audience,
    ...more,
  })
  return made.text('OpenIDConnectProviderArn')
}

async function makeRole(
  name: string,
  Condition: object = {},
  Action: readonly string[] = ['sts:AssumeRoleWithWebIdentity'],
  Federated: string = provider,
): Promise<void> {
  const Statement = [{ Effect: 'Allow', Principal: { Federated }, Action, Condition }]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await must({ Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument })
}

const now = () => Math.floor(Date.now() / 1000)
const claims = (more: Record<string, unknown> = {}) => ({
  iss: issuer.url,
  sub: subject,
  aud: [audience],
  iat: now(),
  exp: now() + 3600,
  ...more,
})

/** Nobody signs. */
function assume(
  token: string,
  more: Record<string, string> = {},
  headers: readonly (readonly [string, string])[] = [],
) {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: `arn:aws:iam::${authority.account}:role/app`,
    RoleSessionName: 'me',
    WebIdentityToken: token,
    ...more,
  }).toString()
  return send(authority, {
    method: 'POST',
    path: '/',
    query: '',
    headers: [
      ['Host', new URL(authority.url).host],
      ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ...headers,
    ],
    body,
  })
}

async function expectRefusal(
  answer: Answer,
  code: string,
  status: number,
  message: string | RegExp,
  evidence?: RegExp,
) {
  expect({ code: answer.code, status: answer.status }).toEqual({ code, status })
  if (typeof message === 'string') expect(answer.message).toBe(message)
  else expect(answer.message).toMatch(message)
  const decision = await decisionOf(authority, answer)
  const trust = code === 'AccessDenied'
  expect(decision.cause).toBe(trust ? 'oidc-trust-mismatch' : 'oidc-token-invalid')
  if (evidence !== undefined) expect(decision.evidence.join('\n')).toMatch(evidence)
  return decision
}

const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const noJwt = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
const notAuthorized = 'Not authorized to perform sts:AssumeRoleWithWebIdentity'

describe('a token that is in order', () => {
  it('gives a session of the role, which the authority verifies', async () => {
    const answer = await assume(await issuer.sign(claims()))
    expect(answer.status).toBe(200)
    expect(answer.text('SubjectFromWebIdentityToken')).toBe(subject)
    expect(answer.text('Audience')).toBe(audience)
    // As STS answers: the ARN, not the bare issuer (spiffe/spiffe.io#110).
    expect(answer.text('Provider')).toBe(provider)
    expect(answer.text('Arn')).toBe(`arn:aws:sts::${authority.account}:assumed-role/app/me`)
    expect(answer.text('AssumedRoleId')).toMatch(/^AROA[A-Z0-9]{17}:me$/)
    expect(Date.parse(answer.text('Expiration')) / 1000 - now()).toBeGreaterThan(3595)
    const who = await call(authority, { Action: 'GetCallerIdentity' }, { credentials: keysOf(answer) })
    expect(who.text('Arn')).toBe(`arn:aws:sts::${authority.account}:assumed-role/app/me`)
    expect(await decisionOf(authority, answer)).toMatchObject({
      outcome: 'accepted',
      operation: 'AssumeRoleWithWebIdentity',
      principal: `${provider}:${audience}:${subject}`,
      statement: 'trust policy#0',
      region: 'us-east-1',
    })
  })

  it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])('may be signed by %s', async (algorithm) => {
    const other = await startIssuer()
    try {
      other.keys = { keys: [await other.newKey(algorithm, 'k')] }
      provider = await register(other)
      await makeRole('other')
      const token = await other.sign({ ...claims(), iss: other.url }, { algorithm, kid: 'k' })
      expect((await assume(token, { RoleArn: `arn:aws:iam::${authority.account}:role/other` })).status).toBe(200)
    } finally {
      await other.close()
    }
  })

  it('is verified with one question to the provider, however many come', async () => {
    const token = await issuer.sign(claims())
    const answers = await Promise.all(Array.from({ length: 10 }, () => assume(token)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(issuer.asked.length).toBeLessThanOrEqual(2)
  })

  it('may be under a key that the provider has only now', async () => {
    expect((await assume(await issuer.sign(claims()))).status).toBe(200)
    const before = issuer.keys as { keys: object[] }
    try {
      issuer.keys = { keys: [...before.keys, await issuer.newKey('ES256', 'two')] }
      const token = await issuer.sign(claims(), { kid: 'two' })
      // Not asked again within seconds, so that strangers cannot make us ask.
      await expectRefusal(await assume(token), 'InvalidIdentityToken', 400, noKey, /no such key/)
      authority.clock({ offset: 11 })
      expect((await assume(token)).status).toBe(200)
    } finally {
      issuer.keys = before
    }
  })

  it('goes with session policies and a duration', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    })
    const answer = await assume(await issuer.sign(claims()), { Policy, DurationSeconds: '900' })
    expect(answer.status).toBe(200)
    expect(Number(answer.text('PackedPolicySize'))).toBeGreaterThan(0)
    expect(Date.parse(answer.text('Expiration')) / 1000 - now()).toBeLessThanOrEqual(900)
    const tooLong = await assume(await issuer.sign(claims()), { DurationSeconds: '7200' })
    expect([tooLong.code, tooLong.message]).toEqual([
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ])
    const large = await assume(await issuer.sign(claims()), {
      Policy,
      'PolicyArns.member.1.arn': `arn:aws:iam::aws:policy/${'x'.repeat(2000)}`,
    })
    expect(large.code).toBe('PackedPolicyTooLarge')
    const broken = await assume(await issuer.sign(claims()), { Policy: '{' })
    expect(broken.code).toBe('MalformedPolicyDocument')
  })

  it('counts for a signature that came along, whatever it is', async () => {
    const garbage = [['Authorization', 'AWS4-HMAC-SHA256 Credential=x']] as const
    expect((await assume(await issuer.sign(claims()), {}, garbage)).status).toBe(200)
  })

  it('leaves its claims with the session, for its own policies', async () => {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iam:ListUsers',
          Resource: '*',
          Condition: {
            StringEquals: { [`${serverOf()}:sub`]: subject, 'aws:FederatedProvider': provider },
            'ForAnyValue:StringEquals': { [`${serverOf()}:amr`]: 'mfa' },
          },
        },
      ],
    })
    await must({ Action: 'PutRolePolicy', RoleName: 'app', PolicyName: 'p', PolicyDocument })
    const ask = asker(authority)
    const withAmr = await assume(await issuer.sign(claims({ amr: ['pwd', 'mfa'] })))
    expect((await ask({ Action: 'ListUsers' }, { credentials: keysOf(withAmr) })).status).toBe(200)
    const without = await assume(await issuer.sign(claims()))
    expect((await ask({ Action: 'ListUsers' }, { credentials: keysOf(without) })).code).toBe('AccessDenied')
  })
})

describe('a token that is not in order', () => {
  it.each([
    ['a word', 'not-a-token'],
    ['two parts', 'eyJhbGciOiJSUzI1NiJ9.e30'],
    ['a payload that is no object', 'eyJhbGciOiJSUzI1NiJ9.W10.c2ln'],
    ['what is no base64', 'eyJhbGciOiJSUzI1NiJ9.???.c2ln'],
  ])('is no JWT: %s', async (_what, token) => {
    await expectRefusal(await assume(token), 'InvalidIdentityToken', 400, noJwt)
    expect(issuer.asked).toEqual([])
  })

  it('is of an issuer that nobody registered', async () => {
    const iss = 'https://token.actions.githubusercontent.com'
    const answer = await assume(await issuer.sign(claims({ iss })))
    await expectRefusal(
      answer,
      'InvalidIdentityToken',
      400,
      `No OpenIDConnect provider found in your account for ${iss}`,
    )
  })

  it('is of an issuer that differs by a slash, a letter or a scheme', async () => {
    for (const iss of [`${issuer.url}/`, issuer.url.replace('5E5D', '5e5d'), issuer.url.replace('http:', 'https:')]) {
      const answer = await assume(await issuer.sign(claims({ iss })))
      expect(answer.message).toBe(`No OpenIDConnect provider found in your account for ${iss}`)
    }
  })

  it('is for somebody else', async () => {
    const answer = await assume(await issuer.sign(claims({ aud: 'another' })))
    await expectRefusal(
      answer,
      'InvalidIdentityToken',
      400,
      notValidated,
      /for another; the provider's client ids are sts\.amazonaws\.com/,
    )
  })

  it('is for the authorised party where it has one', async () => {
    const other = await assume(await issuer.sign(claims({ azp: 'app-1' })))
    await expectRefusal(other, 'InvalidIdentityToken', 400, notValidated)
    await must({
      Action: 'AddClientIDToOpenIDConnectProvider',
      OpenIDConnectProviderArn: provider,
      ClientID: 'app-1',
    })
    await makeRole('party', condition({ aud: 'app-1', oaud: audience }))
    const RoleArn = `arn:aws:iam::${authority.account}:role/party`
    const answer = await assume(await issuer.sign(claims({ azp: 'app-1' })), { RoleArn })
    expect([answer.status, answer.text('Audience')]).toEqual([200, 'app-1'])
  })

  it('has expired, but for the five minutes that clocks may differ', async () => {
    expect((await assume(await issuer.sign(claims({ exp: now() - 290, iat: now() - 3600 })))).status).toBe(200)
    const exp = now() - 310
    const answer = await assume(await issuer.sign(claims({ exp, iat: exp - 600 })))
    const [, at] = /current date\/time (\d+) /.exec(answer.message ?? '') ?? []
    await expectRefusal(
      answer,
      'ExpiredTokenException',
      400,
      `Token expired: current date/time ${at} must be before the expiration date/time ${exp}`,
    )
    expect(Math.abs(Number(at) + 300 - now())).toBeLessThan(5)
  })

  it('is too old although it has not expired', async () => {
    const answer = await assume(await issuer.sign(claims({ iat: now() - 441_398, exp: now() + 3600 })))
    await expectRefusal(answer, 'ExpiredTokenException', 400, /^Token too old: 4413\d\d$/)
  })

  it.each([
    [
      'nbf',
      { nbf: 4_000_000_000 },
      /^Token not yet valid: current date\/time \d+ must be after or equal to the not-before date\/time 4000000000$/,
    ],
    ['iat', { iat: 4_000_000_000, exp: 4_000_003_600 }, /^Token issued in the future: 4000000000$/],
  ])('does not hold yet by its %s', async (_claim, more, says) => {
    await expectRefusal(await assume(await issuer.sign(claims(more))), 'InvalidIdentityToken', 400, says)
  })

  /** As recorded of AWS in September 2026: radkawar/stackd, `internal/services/sts/testdata/oidc/aws.json`. */
  it.each<readonly [object, string]>([
    [{ iss: undefined }, 'Missing a required claim: iss'],
    [{ sub: undefined }, 'Missing a required claim: sub'],
    [{ aud: undefined }, 'Missing a required claim: aud'],
    [{ exp: undefined }, 'Missing a required claim: exp'],
    [{ iat: undefined }, 'Missing a required claim: iat'],
    [{ aud: [] }, 'Claim is not allowed to be empty: aud'],
    [{ aud: '' }, notValidated],
    [{ azp: '' }, notValidated],
    [
      { aud: [audience, 'other'] },
      'Token audience contains more than one audience while authorized party is not present',
    ],
    [
      { aud: ['other', audience] },
      'Token audience contains more than one audience while authorized party is not present',
    ],
    [{ iat: null }, 'Invalid timestamp in token claims.'],
    [{ iat: 1_789_123_697.5 }, 'Invalid timestamp in token claims.'],
    [{ exp: 4_000_000_000.5 }, 'Invalid timestamp in token claims.'],
    [{ nbf: 'invalid' }, 'Invalid timestamp in token claims.'],
    [
      { 'https://aws.amazon.com/tags': { principal_tags: { Team: 'engineering' } } },
      'principal_tags passed in claim is not in correct format.',
    ],
    [{ iss: 7 }, notValidated],
  ])('has claims that cannot be used: %j', async (more, says) => {
    const answer = await assume(await issuer.sign(claims(more as Record<string, unknown>)))
    await expectRefusal(answer, 'InvalidIdentityToken', 400, says)
  })

  it.each<readonly [object, string]>([
    [{ sub: '' }, ''],
    [{ sub: 'a' }, 'a'],
    [{ sub: 123 }, '123'],
    [{ sub: 'a'.repeat(300) }, 'a'.repeat(300)],
    [{ aud: [audience] }, subject],
    [{ exp: '4000000000', iat: String(now()), nbf: String(now()) }, subject],
  ])('may have claims as they seldom are: %j', async (more, told) => {
    await makeRole('seldom', condition({ aud: audience }))
    const RoleArn = `arn:aws:iam::${authority.account}:role/seldom`
    const answer = await assume(await issuer.sign(claims(more as Record<string, unknown>)), { RoleArn })
    expect([answer.status, told === '' ? '' : answer.text('SubjectFromWebIdentityToken')]).toEqual([200, told])
  })

  it('names no key where there are several, or asks for an extension', async () => {
    const other = await startIssuer()
    try {
      other.keys = { keys: [await other.newKey('ES256', 'k'), await other.newKey('ES256', 'second')] }
      await register(other)
      const [head = '', payload, signature] = (await other.sign(claims({ iss: other.url }), { kid: 'k' })).split('.')
      const header = JSON.parse(Buffer.from(head, 'base64url').toString())
      const tokenOf = (more: object) =>
        `${Buffer.from(JSON.stringify({ ...header, ...more })).toString('base64url')}.${payload}.${signature}`
      for (const kid of [undefined, '', 'unknown'])
        await expectRefusal(await assume(tokenOf({ kid })), 'InvalidIdentityToken', 400, noKey)
      const extended = await assume(tokenOf({ crit: ['custom'], custom: 'yes' }))
      await expectRefusal(extended, 'InvalidIdentityToken', 400, noJwt)
    } finally {
      await other.close()
    }
  })

  it('was altered after it was signed', async () => {
    const [header, , signature] = (await issuer.sign(claims())).split('.')
    const payload = Buffer.from(JSON.stringify(claims({ sub: 'admin' }))).toString('base64url')
    await expectRefusal(
      await assume(`${header}.${payload}.${signature}`),
      'InvalidIdentityToken',
      400,
      /./,
      /signature/,
    )
  })

  it('is signed by a key of somebody else that calls itself ours', async () => {
    await issuer.newKey('ES256', 'stranger')
    const token = await issuer.sign(claims(), { kid: 'one', by: 'stranger' })
    await expectRefusal(await assume(token), 'InvalidIdentityToken', 400, /./, /signature/)
  })

  it('is signed by nobody, or with the public key as a secret', async () => {
    const payload = Buffer.from(JSON.stringify(claims())).toString('base64url')
    for (const alg of ['none', 'HS256']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'one' })).toString('base64url')
      await expectRefusal(await assume(`${header}.${payload}.c2ln`), 'InvalidIdentityToken', 400, noKey, /signed by/)
    }
  })

  it('is not echoed anywhere', async () => {
    const token = await issuer.sign(claims({ aud: 'another' }))
    const answer = await assume(token)
    const log = JSON.stringify(await authority.decisions({ limit: 100 }))
    for (const part of token.split('.')) {
      expect(answer.body).not.toContain(part)
      expect(log).not.toContain(part)
    }
    const short = await assume('abc')
    expect(short.code).toBe('ValidationError')
    expect(short.body).not.toContain('abc')
  })
})

describe('a provider that does not give its keys', () => {
  const cases: readonly (readonly [what: string, change: (one: TestIssuer) => void, evidence: RegExp])[] = [
    ['answers with 404', (one) => (one.configuration = 404), /status 404/],
    ['sends elsewhere', (one) => (one.configuration = 302), /status 302/],
    ['answers with what is no JSON', (one) => (one.configuration = '<html>'), /names no jwks_uri/],
    ['names a file', (one) => (one.configuration = { jwks_uri: 'file:///etc/passwd' }), /names no jwks_uri/],
    [
      'names plain http elsewhere',
      (one) => (one.configuration = { jwks_uri: 'http://10.0.0.1/k' }),
      /names no jwks_uri/,
    ],
    [
      'is that of another issuer',
      (one) => (one.configuration = { ...(one.configuration as object), issuer: 'https://x.example' }),
      /another issuer/,
    ],
    ['has no keys', (one) => (one.keys = {}), /no set of keys/],
    [
      'has too many keys',
      (one) => (one.keys = { keys: Array(101).fill((one.keys as { keys: object[] }).keys[0]) }),
      /no set of keys/,
    ],
    ['sends without end', (one) => (one.keys = 'x'.repeat(600_000)), /more than 524288 bytes/],
  ]
  it.each(cases)('because it %s', async (_what, change, evidence) => {
    const other = await startIssuer()
    try {
      await register(other)
      change(other)
      const answer = await assume(await other.sign({ ...claims(), iss: other.url }))
      await expectRefusal(answer, 'InvalidIdentityToken', 400, noKey, evidence)
    } finally {
      await other.close()
    }
  })

  it('because it is not there', async () => {
    // Where nobody ever listens; a port that was free a moment ago may be another's now.
    const url = 'http://127.0.0.1:1'
    await must({ Action: 'CreateOpenIDConnectProvider', Url: url, 'ClientIDList.member.1': audience })
    const token = await issuer.sign(claims({ iss: url }))
    await expectRefusal(await assume(token), 'IDPCommunicationError', 400, /could not be reached/, /ECONNREFUSED/)
  })
})

describe('a provider whose certificate nobody vouches for', () => {
  it('is trusted by its thumbprint and by nothing else', async () => {
    const tls = makeCertificate('localhost')
    const secure = await startIssuer({ tls, host: 'localhost' })
    try {
      // None given: the one that the provider shows now.
      provider = await register(secure)
      const shown = await must({ Action: 'GetOpenIDConnectProvider', OpenIDConnectProviderArn: provider })
      const [, thumbprint] = /<ThumbprintList><member>([0-9a-f]{40})<\/member><\/ThumbprintList>/.exec(shown.body) ?? []
      expect(thumbprint).toBeDefined()
      await makeRole('secure')
      const RoleArn = `arn:aws:iam::${authority.account}:role/secure`
      const token = await secure.sign({ ...claims(), iss: secure.url })
      expect((await assume(token, { RoleArn })).status).toBe(200)
      await must({
        Action: 'UpdateOpenIDConnectProviderThumbprint',
        OpenIDConnectProviderArn: provider,
        'ThumbprintList.member.1': 'a'.repeat(40),
      })
      await expectRefusal(
        await assume(token, { RoleArn }),
        'InvalidIdentityToken',
        400,
        "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        /vouched for by nobody/,
      )
    } finally {
      await secure.close()
    }
  })

  it('cannot be registered without one while it is not there', async () => {
    const answer = await asker(authority)({
      Action: 'CreateOpenIDConnectProvider',
      Url: 'https://localhost:1/gone',
    })
    expect([answer.code, answer.status]).toEqual(['OpenIdIdpCommunicationError', 400])
  })
})

describe('a trust policy', () => {
  it('decides about subject and audience, with their case', async () => {
    const answer = await assume(await issuer.sign(claims({ sub: 'system:serviceaccount:default:App' })))
    const decision = await expectRefusal(
      answer,
      'AccessDenied',
      403,
      notAuthorized,
      /actions or conditions do not allow/,
    )
    expect(decision.evidence.join('\n')).toContain('about the subject system:serviceaccount:default:App.')
  })

  it('must name the provider', async () => {
    await makeRole('elsewhere', {}, undefined, `arn:aws:iam::${authority.account}:oidc-provider/elsewhere.example`)
    const RoleArn = `arn:aws:iam::${authority.account}:role/elsewhere`
    const answer = await assume(await issuer.sign(claims()), { RoleArn })
    await expectRefusal(answer, 'AccessDenied', 403, notAuthorized, /No statement of the role trust policy names/)
  })

  it('must allow this very action', async () => {
    await makeRole('plain', {}, ['sts:AssumeRole'])
    const RoleArn = `arn:aws:iam::${authority.account}:role/plain`
    await expectRefusal(await assume(await issuer.sign(claims()), { RoleArn }), 'AccessDenied', 403, notAuthorized)
  })

  it('of a role that is not there refuses in the same words', async () => {
    const RoleArn = `arn:aws:iam::${authority.account}:role/nobody`
    const answer = await assume(await issuer.sign(claims()), { RoleArn })
    await expectRefusal(answer, 'AccessDenied', 403, notAuthorized, /There is no role/)
  })

  it('is asked about the name of the session and the length as well', async () => {
    await makeRole('named', {
      StringEquals: { 'sts:RoleSessionName': 'me' },
      NumericLessThan: { 'sts:DurationSeconds': '1000' },
    })
    const RoleArn = `arn:aws:iam::${authority.account}:role/named`
    const token = await issuer.sign(claims())
    expect((await assume(token, { RoleArn, DurationSeconds: '900' })).status).toBe(200)
    expect((await assume(token, { RoleArn, DurationSeconds: '900', RoleSessionName: 'you' })).code).toBe('AccessDenied')
    expect((await assume(token, { RoleArn, DurationSeconds: '1800' })).code).toBe('AccessDenied')
  })
})

describe('session tags and a source identity', () => {
  const tags = {
    'https://aws.amazon.com/tags': {
      principal_tags: { Project: ['Automation'], CostCenter: ['987654'] },
      transitive_tag_keys: ['Project'],
    },
  }
  const flat = {
    'https://aws.amazon.com/tags/principal_tags/Project': 'Automation',
    'https://aws.amazon.com/tags/transitive_tag_keys': ['Project'],
  }

  it('need permissions of their own in the trust policy', async () => {
    const answer = await assume(await issuer.sign(claims(tags)))
    await expectRefusal(answer, 'AccessDenied', 403, notAuthorized, /do not allow this sts:TagSession/)
    const identified = await assume(await issuer.sign(claims({ 'https://aws.amazon.com/source_identity': 'alice' })))
    await expectRefusal(identified, 'AccessDenied', 403, notAuthorized, /do not allow this sts:SetSourceIdentity/)
  })

  it.each([
    ['nested', tags],
    ['flattened', flat],
  ])('come from the %s claim and count in policies', async (_form, more) => {
    await makeRole('tagged', { StringEquals: { 'aws:RequestTag/Project': 'Automation' } }, [
      'sts:AssumeRoleWithWebIdentity',
      'sts:TagSession',
    ])
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iam:ListUsers',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalTag/Project': 'Automation' } },
        },
      ],
    })
    await must({ Action: 'PutRolePolicy', RoleName: 'tagged', PolicyName: 'p', PolicyDocument })
    const RoleArn = `arn:aws:iam::${authority.account}:role/tagged`
    const answer = await assume(await issuer.sign(claims(more)), { RoleArn })
    expect(answer.status).toBe(200)
    expect(Number(answer.text('PackedPolicySize'))).toBeGreaterThan(0)
    expect((await asker(authority)({ Action: 'ListUsers' }, { credentials: keysOf(answer) })).status).toBe(200)
  })

  it('set the source identity for the whole session', async () => {
    await makeRole('known', {}, ['sts:AssumeRoleWithWebIdentity', 'sts:SetSourceIdentity'])
    const RoleArn = `arn:aws:iam::${authority.account}:role/known`
    const answer = await assume(await issuer.sign(claims({ 'https://aws.amazon.com/source_identity': 'alice' })), {
      RoleArn,
    })
    expect(answer.text('SourceIdentity')).toBe('alice')
  })

  it.each([
    ['two values', { principal_tags: { Project: ['a', 'b'] } }],
    ['a number', { principal_tags: { Project: [7] } }],
    ['no object', ['Project']],
    ['a transitive key without its tag', { principal_tags: {}, transitive_tag_keys: ['Project'] }],
  ])('that cannot be read are refused: %s', async (_what, claim) => {
    const answer = await assume(await issuer.sign(claims({ 'https://aws.amazon.com/tags': claim })))
    expect([answer.status, answer.code, answer.message]).toEqual([400, 'ValidationError', 'Unable to validate tags'])
  })

  it('that cannot be a source identity are refused', async () => {
    for (const value of ['a', 'aws:root', 'with blank', 7]) {
      const answer = await assume(await issuer.sign(claims({ 'https://aws.amazon.com/source_identity': value })))
      expect(answer.code).toBe('InvalidIdentityToken')
    }
  })
})

describe('parameters', () => {
  it('are validated before anything is asked', async () => {
    const answer = await assume('x', { RoleSessionName: 'a b' })
    expect(answer.code).toBe('ValidationError')
    expect(answer.message).toMatch(/^2 validation errors detected: .*roleSessionName.*webIdentityToken/s)
    expect(issuer.asked).toEqual([])
  })

  it('that name an OAuth provider are refused, for only that provider could verify its token', async () => {
    const answer = await assume('opaque', { ProviderId: 'graph.facebook.com' })
    await expectRefusal(
      answer,
      'IDPRejectedClaim',
      403,
      'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190',
    )
    // Both recorded of AWS: radkawar/stackd, internal/services/sts/testdata/oidc, September 2026.
    const jwt = await assume(await issuer.sign(claims()), { ProviderId: 'www.amazon.com' })
    await expectRefusal(jwt, 'InvalidIdentityToken', 400, 'Provided Token is not a Login With Amazon token')
    const unknown = await assume(await issuer.sign(claims()), { ProviderId: 'example.com' })
    expect([unknown.status, unknown.code]).toEqual([403, 'AccessDenied'])
  })
})

function keysOf(answer: Answer) {
  return {
    accessKeyId: answer.text('AccessKeyId'),
    secretAccessKey: answer.text('SecretAccessKey'),
    sessionToken: answer.text('SessionToken'),
  }
}
