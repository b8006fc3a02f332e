import { describe, expect, it } from 'vitest'
import { ACCOUNT, openAuthority } from './authority-at-hand.ts'

/*
 * Sentences as AWS answered in February 2026 (recorded in localstack's `tests/aws/services/iam/test_iam_oidc.snapshot.json`), and
 * the IAM API reference.
 */
const thumbprint = 'a'.repeat(40)
const arnOf = (server: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${server}`

describe('an OpenID Connect provider', () => {
  it('is named by its URL without the scheme, path included', async () => {
    const at = await openAuthority()
    for (const server of ['server.example.com', 'auth.example.com/', 'oidc.eks.eu-west-1.amazonaws.com/id/5E5D']) {
      const made = await at.ok('CreateOpenIDConnectProvider', {
        Url: `https://${server}`,
        ThumbprintList: [thumbprint],
      })
      expect(made).toEqual({ OpenIDConnectProviderArn: arnOf(server), Tags: undefined })
      const shown = await at.ok('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arnOf(server) })
      expect(shown).toEqual({
        Url: server,
        ClientIDList: [],
        ThumbprintList: [thumbprint],
        CreateDate: '2026-11-28T12:00:00.750Z',
        // An empty list, as AWS gives it.
        Tags: [],
      })
    }
    expect((await at.ok('ListOpenIDConnectProviders')).OpenIDConnectProviderList).toHaveLength(3)
    expect((await at.ok('GetAccountSummary')).SummaryMap.Providers).toBe(3)
  })

  it.each([
    'example.org',
    'http://example.org',
    'ftp://example.org',
    'https://',
    'https://me@example.org',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'https://exam ple.org',
  ])('cannot have the URL %s', async (Url) => {
    const at = await openAuthority()
    expect(await at.refused('CreateOpenIDConnectProvider', { Url, ThumbprintList: [thumbprint] })).toEqual({
      reason: 'invalid-parameter',
      says: 'Invalid Open ID Connect Provider URL',
    })
  })

  it.each(['http://127.0.0.1:8080/realms/x', 'http://localhost:8080', 'http://[::1]:80', 'http://idp.localhost'])(
    'may be on this computer without https, and then has no certificate: %s',
    async (Url) => {
      const at = await openAuthority()
      const { OpenIDConnectProviderArn: arn } = await at.ok('CreateOpenIDConnectProvider', { Url })
      expect((await at.ok('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })).ThumbprintList).toEqual([])
    },
  )

  it('is refused when its certificate cannot be seen and no thumbprint is given', async () => {
    const at = await openAuthority()
    const refusal = await at.refused('CreateOpenIDConnectProvider', { Url: 'https://server.example.com' })
    expect(refusal.reason).toBe('certificate-unreachable')
  })

  it('exists once for each URL', async () => {
    const at = await openAuthority()
    const request = { Url: 'https://server.example.com', ThumbprintList: [thumbprint] }
    await at.ok('CreateOpenIDConnectProvider', request)
    expect(await at.refused('CreateOpenIDConnectProvider', request)).toMatchObject({
      reason: 'entity-exists',
      says: 'Provider with url https://server.example.com already exists.',
    })
    // A URL counts with its case.
    await at.ok('CreateOpenIDConnectProvider', { ...request, Url: 'https://server.example.com/A' })
    await at.ok('CreateOpenIDConnectProvider', { ...request, Url: 'https://server.example.com/a' })
  })

  it('has five thumbprints and a hundred client ids at most', async () => {
    const at = await openAuthority()
    const Url = 'https://server.example.com'
    const letters = [...'abcdef'].map((letter) => letter.repeat(40))
    expect(await at.refused('CreateOpenIDConnectProvider', { Url, ThumbprintList: letters })).toEqual({
      reason: 'invalid-input',
      says: 'Thumbprint list must contain fewer than 5 entries.',
    })
    const ids = Array.from({ length: 101 }, (_, index) => String(index))
    const over = { reason: 'limit-exceeded', says: 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100' }
    expect(
      await at.refused('CreateOpenIDConnectProvider', { Url, ThumbprintList: [thumbprint], ClientIDList: ids }),
    ).toMatchObject(over)
    const hundred = { Url, ThumbprintList: letters.slice(1), ClientIDList: ids.slice(1) }
    const { OpenIDConnectProviderArn: arn } = await at.ok('CreateOpenIDConnectProvider', hundred)
    const add = { OpenIDConnectProviderArn: arn, ClientID: 'one more' }
    expect(await at.refused('AddClientIDToOpenIDConnectProvider', add)).toMatchObject(over)
  })

  it('gets and loses client ids, twice as well as once', async () => {
    const at = await openAuthority()
    const { OpenIDConnectProviderArn } = await at.ok('CreateOpenIDConnectProvider', {
      Url: 'https://server.example.com',
      ThumbprintList: [thumbprint],
      ClientIDList: ['a'],
    })
    const clientIds = async () => (await at.ok('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).ClientIDList
    for (let times = 0; times < 2; times++)
      await at.ok('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'b' })
    expect(await clientIds()).toEqual(['a', 'b'])
    for (let times = 0; times < 2; times++)
      await at.ok('RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'a' })
    expect(await clientIds()).toEqual(['b'])
  })

  it('has its thumbprints replaced as a whole', async () => {
    const at = await openAuthority()
    const { OpenIDConnectProviderArn } = await at.ok('CreateOpenIDConnectProvider', {
      Url: 'https://server.example.com',
      ThumbprintList: [thumbprint],
    })
    const ThumbprintList = ['c'.repeat(40), 'd'.repeat(40)]
    await at.ok('UpdateOpenIDConnectProviderThumbprint', { OpenIDConnectProviderArn, ThumbprintList })
    expect((await at.ok('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).ThumbprintList).toEqual(
      ThumbprintList,
    )
  })

  it('bears tags, whose keys count with their case', async () => {
    const at = await openAuthority()
    const { OpenIDConnectProviderArn, Tags } = await at.ok('CreateOpenIDConnectProvider', {
      Url: 'https://server.example.com',
      ThumbprintList: [thumbprint],
      Tags: [{ Key: 'k1', Value: 'v1' }],
    })
    expect(Tags).toEqual([{ Key: 'k1', Value: 'v1' }])
    await at.ok('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags: [{ Key: 'K1', Value: 'v2' }] })
    expect((await at.ok('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn })).Tags).toHaveLength(2)
    await at.ok('UntagOpenIDConnectProvider', { OpenIDConnectProviderArn, TagKeys: ['k1'] })
    expect((await at.ok('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).Tags).toEqual([
      { Key: 'K1', Value: 'v2' },
    ])
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `t${index}`, Value: '' }))
    expect(await at.refused('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags: many })).toMatchObject({
      reason: 'limit-exceeded',
      says: 'The number of tags has reached the maximum limit.',
    })
  })

  it('is gone once it is deleted, and cannot be deleted twice', async () => {
    const at = await openAuthority()
    const arn = arnOf('server.example.com')
    await at.ok('CreateOpenIDConnectProvider', { Url: 'https://server.example.com', ThumbprintList: [thumbprint] })
    await at.ok('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })
    expect(await at.refused('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })).toEqual({
      reason: 'no-such-entity',
      says: `OpenIDConnect Provider not found for arn ${arn}`,
    })
    expect(await at.refused('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })).toEqual({
      reason: 'no-such-entity',
      says: `OpenId connect Provider ${arn} cannot be found.`,
    })
  })

  it('is managed only by whom a policy allows, by its ARN', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'carol' })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['iam:CreateOpenIDConnectProvider', 'iam:GetOpenIDConnectProvider'],
          Resource: arnOf('server.example.com/*'),
        },
      ],
    })
    await at.ok('PutUserPolicy', { UserName: 'carol', PolicyName: 'p', PolicyDocument })
    const carol = at.user('carol')
    const request = { ThumbprintList: [thumbprint] }
    await at.ok('CreateOpenIDConnectProvider', { Url: 'https://server.example.com/team', ...request }, carol)
    const elsewhere = { Url: 'https://other.example.com', ...request }
    expect((await at.refused('CreateOpenIDConnectProvider', elsewhere, carol)).reason).toBe('not-authorized')
    const tagged = { Url: 'https://server.example.com/x', ...request, Tags: [{ Key: 'a', Value: 'b' }] }
    expect(await at.refused('CreateOpenIDConnectProvider', tagged, carol)).toMatchObject({
      reason: 'not-authorized',
      action: 'iam:TagOpenIDConnectProvider',
    })
  })
})

describe('a trust policy', () => {
  it('may name a provider that is not there yet, but nothing that has not the form of one', async () => {
    const at = await openAuthority()
    const role = (Federated: string) => ({
      RoleName: 'r',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' }],
      }),
    })
    // terraform-aws-modules/terraform-aws-iam#202, pulumi/pulumi-eks#871.
    for (const Federated of ['nonsense', `arn:aws:iam::${ACCOUNT}:role/x`]) {
      expect(await at.refused('CreateRole', role(Federated))).toEqual({
        reason: 'policy-malformed',
        says: 'Federated principals must be valid domain names or SAML metadata ARNs',
      })
    }
    await at.ok('CreateRole', role(arnOf('127.0.0.1:8080/id/x')))
  })
})
