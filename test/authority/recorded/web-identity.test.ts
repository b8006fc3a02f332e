import { createPrivateKey, createPublicKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { type Answer, asker, call, send } from '../server/caller.ts'
import { makeCertificate } from '../server/certificate.ts'
import { startIssuer, type TestIssuer } from '../server/issuer.ts'

/** Facts of radkawar/stackd's recordings of AWS, September 2026: `internal/services/sts/testdata`, the file stands with each. */
let authority: Authority
let issuer: TestIssuer
let provider: string

const audience = 'client-a'
const rolesClaim = 'https://aws.amazon.com/roles'
const notAuthorized = ['AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity']
const noKey = [
  'InvalidIdentityToken',
  400,
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
]
const taken = [null, 200, null]

beforeAll(async () => {
  issuer = await startIssuer()
  issuer.keys = { keys: [await issuer.newKey('RS256', 'one')] }
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(async () => {
  await authority.reset()
  await register(issuer)
})
afterAll(async () => {
  await authority.stop()
  await issuer.close()
})

async function must(parameters: Record<string, string>): Promise<Answer> {
  const answer = await asker(authority)(parameters)
  if (answer.status !== 200) throw new Error(answer.body)
  return answer
}

async function register(one: TestIssuer, role = 'app'): Promise<void> {
  const wanted = { Action: 'CreateOpenIDConnectProvider', Url: one.url, 'ClientIDList.member.1': audience }
  provider = (await must(wanted)).text('OpenIDConnectProviderArn')
  await makeRole(role)
}

function trust(Principal: unknown = { Federated: provider }, Condition: object = {}): string {
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition }]
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

const makeRole = (RoleName: string, AssumeRolePolicyDocument = trust()) =>
  must({ Action: 'CreateRole', RoleName, AssumeRolePolicyDocument })

const arnOf = (role: string) => `arn:aws:iam::${authority.account}:role/${role}`

async function sign(more: Record<string, unknown> = {}, by = issuer, algorithm = 'RS256'): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: by.url, sub: 'subject', aud: audience, iat: now, exp: now + 900, ...more }
  return by.sign(claims, { algorithm, kid: algorithm === 'RS256' ? 'one' : 'other' })
}

function assume(WebIdentityToken: string, role = 'app', more: Record<string, string> = {}): Promise<Answer> {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: arnOf(role),
    RoleSessionName: 'oidc-probe',
    WebIdentityToken,
    ...more,
  }).toString()
  const headers = [
    ['Host', new URL(authority.url).host],
    ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
  ] as const
  return send(authority, { method: 'POST', path: '/', query: '', headers, body })
}

const told = ({ code, status, message }: Answer) => [code ?? null, status, message ?? null]

const format = ['InvalidIdentityToken', 400, 'The roles claim is not in a supported format']
const none = ['InvalidIdentityToken', 400, 'The roles claim contains no valid role ARNs']
const other = [
  'InvalidIdentityToken',
  400,
  'The target role ARN is not present in the roles claim of the identity token',
]

describe('as recorded of AWS, a token of an identity provider', () => {
  /** `oidc/aws-roles.json`; APP stands for the ARN of the role that is asked for. */
  test.each<[unknown, readonly unknown[]]>([
    ['APP', taken],
    [['APP'], taken],
    [['APP', 'APP'], taken],
    ['OTHER;APP', taken],
    ['OTHER; APP', taken],
    [' APP ', taken],
    ['APP;', taken],
    [';APP', taken],
    [[123, 'APP'], taken],
    [[null, 'APP'], taken],
    [['not-an-arn', 'APP'], taken],
    [null, taken],
    [['OTHER'], other],
    [[], none],
    ['', none],
    [[['APP']], none],
    ['ANY', none],
    ['CASE', none],
    ['OTHER,APP', none],
    [123, format],
    [true, format],
    [{ role: 'APP' }, format],
  ])('that says it is for the roles %j is answered %j', async (claim, recorded) => {
    const written = JSON.stringify(claim)
      .replaceAll('APP', arnOf('app'))
      .replaceAll('OTHER', arnOf('another-role'))
      .replaceAll('ANY', arnOf('*'))
      .replaceAll('CASE', arnOf('app').toUpperCase())
    expect(told(await assume(await sign({ [rolesClaim]: JSON.parse(written) })))).toEqual(recorded)
  })

  test.each([
    ['true', 'absent', notAuthorized],
    ['true', 'matching', taken],
    ['true', 'another', other],
    ['false', 'absent', taken],
    ['false', 'matching', notAuthorized],
    ['false', 'another', other],
  ] as const)(
    'where sts:RoleAuthorizedByIdp is to be %s and its roles are %s is answered %j',
    async (wanted, roles, recorded) => {
      await makeRole('bound', trust(undefined, { Bool: { 'sts:RoleAuthorizedByIdp': wanted } }))
      const claim = {
        absent: {},
        matching: { [rolesClaim]: [arnOf('bound')] },
        another: { [rolesClaim]: [arnOf('x')] },
      }
      expect(told(await assume(await sign(claim[roles]), 'bound'))).toEqual(recorded)
    },
  )

  /** `oidc/aws-trust.json`, and its README; PROVIDER and ACCOUNT stand for what they say. */
  test.each<[object, readonly unknown[]]>([
    [{ StringEquals: { 'aws:PrincipalAccount': 'ACCOUNT' } }, taken],
    [{ StringEquals: { 'aws:PrincipalAccount': 'anonymous' } }, notAuthorized],
    [{ StringEquals: { 'aws:PrincipalType': 'User' } }, taken],
    [{ StringEquals: { 'aws:PrincipalType': 'Anonymous' } }, notAuthorized],
    [{ StringEquals: { 'aws:userid': 'PROVIDER' } }, taken],
    [{ StringEquals: { 'aws:userid': 'subject' } }, notAuthorized],
    [{ Null: { 'aws:PrincipalArn': 'true' } }, taken],
    [{ Null: { 'aws:PrincipalArn': 'false' } }, notAuthorized],
  ])('meets %j of a trust policy: %j', async (condition, recorded) => {
    const written = JSON.stringify(condition).replace('ACCOUNT', authority.account).replace('PROVIDER', provider)
    await makeRole('bound', trust(undefined, JSON.parse(written)))
    expect(told(await assume(await sign(), 'bound'))).toEqual(recorded)
  })

  it('is not what a trust policy means by all of AWS', async () => {
    await makeRole('open', trust({ AWS: '*' }))
    expect(told(await assume(await sign(), 'open'))).toEqual(notAuthorized)
  })

  /** `oidc/aws-trust.json` */
  test.each([
    ['www.amazon.com', ['InvalidIdentityToken', 400, 'Provided Token is not a Login With Amazon token']],
    [
      'graph.facebook.com',
      ['IDPRejectedClaim', 403, 'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190'],
    ],
    ...['accounts.google.com', 'https://www.amazon.com', 'custom.example.test'].map(
      (name) =>
        [
          name,
          [
            'AccessDenied',
            403,
            'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens',
          ],
        ] as const,
    ),
  ] as const)('that comes with ProviderId=%s is answered %j', async (ProviderId, recorded) => {
    expect(told(await assume(await sign(), 'app', { ProviderId }))).toEqual(recorded)
  })

  /** Its value was 25 there: it depends on the length of what the provider says. */
  it('takes room in the session, with neither policies nor tags (aws-trust.json)', async () => {
    const answer = await assume(await sign())
    expect(Number(answer.text('PackedPolicySize'))).toBeGreaterThan(0)
    const who = { accessKeyId: answer.text('AccessKeyId'), secretAccessKey: answer.text('SecretAccessKey') }
    const credentials = { ...who, sessionToken: answer.text('SessionToken') }
    expect((await call(authority, { Action: 'GetCallerIdentity' }, { credentials })).status).toBe(200)
  })

  describe('under a key of the provider (aws-keys.json)', () => {
    let one: TestIssuer
    beforeEach(async () => {
      one = await startIssuer()
      await register(one, 'keys')
    })
    afterEach(() => one.close())

    it('that is among more than a hundred RSA keys is refused, but not one of the other kind', async () => {
      const rsa = await one.newKey('RS256', 'one')
      const many = Array.from({ length: 100 }, (_, index) => ({ ...rsa, kid: `extra${index}` }))
      one.keys = { keys: [rsa, ...many, await one.newKey('ES256', 'other')] }
      expect(told(await assume(await sign({}, one), 'keys'))).toEqual(noKey)
      expect(told(await assume(await sign({}, one, 'ES256'), 'keys'))).toEqual(taken)
    })

    it.each([
      ['with its certificate', true, 'its own', taken],
      ['with the certificate of another', true, 'another', noKey],
      ['as a certificate alone', false, 'its own', noKey],
    ] as const)('that is given %s is answered', async (_what, isGiven, whose, recorded) => {
      const { cert, key } = makeCertificate()
      const own = createPrivateKey(key)
      const x5c = [(whose === 'its own' ? cert : makeCertificate().cert).replace(/-----[^-]+-----|\s/g, '')]
      const jwk = createPublicKey(own).export({ format: 'jwk' })
      one.keys = { keys: [{ ...(isGiven ? jwk : { kty: jwk.kty }), kid: 'other', x5c }] }
      const now = Math.floor(Date.now() / 1000)
      const token = await new SignJWT({ iss: one.url, sub: 'subject', aud: audience, iat: now, exp: now + 900 })
        .setProtectedHeader({ alg: 'ES256', kid: 'other' })
        .sign(own)
      expect(told(await assume(token, 'keys'))).toEqual(recorded)
    })
  })
})

/** `saml_trust_aws.json` */
it('as recorded of AWS, a trust policy is for {"AWS":"*"}, but not for "*"', async () => {
  const AssumeRolePolicyDocument = trust('*')
  const answer = await asker(authority)({ Action: 'CreateRole', RoleName: 'star', AssumeRolePolicyDocument })
  const says = 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'
  expect(told(answer)).toEqual(['MalformedPolicyDocument', 400, says])
  expect((await makeRole('star', trust({ AWS: '*' }))).status).toBe(200)
})
