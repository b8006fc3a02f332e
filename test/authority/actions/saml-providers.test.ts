import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'
import { openState } from '../../../src/authority/store/state.ts'
import { certificateOf, metadataOf } from '../saml.ts'
import { ACCOUNT, openAuthority } from './authority-at-hand.ts'

/*
 * Replies and sentences as AWS gave them in February 2026 (localstack, `tests/aws/services/iam/test_iam_saml_providers.snapshot.json`).
 */
const SAMLMetadataDocument = metadataOf(certificateOf())
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:saml-provider/${name}`
const privateKey = (type: 'rsa' | 'ec' = 'rsa') => {
  const { privateKey: key } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

describe('a SAML provider', () => {
  it('is created, shown, listed, updated and deleted', async () => {
    const at = await openAuthority()
    expect(await at.ok('CreateSAMLProvider', { Name: 'Okta', SAMLMetadataDocument })).toEqual({
      SAMLProviderArn: arnOf('Okta'),
      Tags: undefined,
    })
    const SAMLProviderArn = arnOf('Okta')
    const shown = await at.ok('GetSAMLProvider', { SAMLProviderArn })
    expect(shown).toEqual({
      SAMLProviderUUID: expect.stringMatching(/^[A-Z0-9]{22,64}$/),
      SAMLMetadataDocument,
      CreateDate: '2026-11-28T12:00:00.750Z',
      ValidUntil: '2126-11-28T12:00:00.750Z',
      Tags: [],
      AssertionEncryptionMode: 'Allowed',
      PrivateKeyList: [],
    })
    expect(await at.ok('ListSAMLProviders')).toEqual({
      SAMLProviderList: [
        { Arn: SAMLProviderArn, ValidUntil: '2126-11-28T12:00:00.750Z', CreateDate: '2026-11-28T12:00:00.750Z' },
      ],
    })
    expect((await at.ok('GetAccountSummary')).SummaryMap.Providers).toBe(1)
    const other = SAMLMetadataDocument.replaceAll('idp.example.com', 'updated.example.com')
    expect(await at.ok('UpdateSAMLProvider', { SAMLProviderArn, SAMLMetadataDocument: other })).toEqual({
      SAMLProviderArn,
    })
    const after = await at.ok('GetSAMLProvider', { SAMLProviderArn })
    expect(after).toMatchObject({ SAMLMetadataDocument: other, SAMLProviderUUID: shown.SAMLProviderUUID })
    await at.ok('DeleteSAMLProvider', { SAMLProviderArn })
    expect(await at.ok('ListSAMLProviders')).toEqual({ SAMLProviderList: [] })
  })

  it('that is not there is refused alike by all calls', async () => {
    const at = await openAuthority()
    const SAMLProviderArn = arnOf('NonExistentProvider')
    const none = { reason: 'no-such-entity', says: `Manifest not found for arn ${SAMLProviderArn}` }
    const calls: readonly (readonly [string, object])[] = [
      ['GetSAMLProvider', {}],
      ['UpdateSAMLProvider', { SAMLMetadataDocument }],
      ['DeleteSAMLProvider', {}],
      ['TagSAMLProvider', { Tags: [] }],
      ['UntagSAMLProvider', { TagKeys: [] }],
      ['ListSAMLProviderTags', {}],
    ]
    for (const [call, more] of calls) expect(await at.refused(call, { SAMLProviderArn, ...more })).toEqual(none)
  })

  it('bears a name once, whatever its case', async () => {
    const at = await openAuthority()
    await at.ok('CreateSAMLProvider', { Name: 'Okta', SAMLMetadataDocument })
    expect(await at.refused('CreateSAMLProvider', { Name: 'OKTA', SAMLMetadataDocument })).toMatchObject({
      reason: 'entity-exists',
      says: 'Provider with name OKTA already exists.',
    })
  })

  it('needs metadata that can be read, and says why in the decision only', async () => {
    const at = await openAuthority()
    const bad = SAMLMetadataDocument.replace(/(<[\w:]*X509Certificate>)[^<]+/, '$1aaaa')
    const refusal = {
      reason: 'invalid-input',
      says: 'Could not parse metadata',
      evidence: ['A signing certificate is no X.509 certificate.'],
    }
    expect(await at.refused('CreateSAMLProvider', { Name: 'x', SAMLMetadataDocument: bad })).toEqual(refusal)
    const { SAMLProviderArn } = await at.ok('CreateSAMLProvider', { Name: 'x', SAMLMetadataDocument })
    expect(await at.refused('UpdateSAMLProvider', { SAMLProviderArn, SAMLMetadataDocument: bad })).toEqual(refusal)
    expect((await at.ok('GetSAMLProvider', { SAMLProviderArn })).SAMLMetadataDocument).toBe(SAMLMetadataDocument)
  })

  it('is refused a document longer than the store keeps, and keeps the longest that it takes', async () => {
    const at = await openAuthority()
    // Quotes are what JSON makes twice as long.
    const long = `${SAMLMetadataDocument}<!--${'"'.repeat(500_000 - SAMLMetadataDocument.length - 7)}-->`
    expect(long).toHaveLength(500_000)
    const { SAMLProviderArn } = await at.ok('CreateSAMLProvider', { Name: 'long', SAMLMetadataDocument: long })
    expect((await at.ok('GetSAMLProvider', { SAMLProviderArn })).SAMLMetadataDocument).toBe(long)
    expect(await at.refused('CreateSAMLProvider', { Name: 'longer', SAMLMetadataDocument: `${long} ` })).toMatchObject({
      reason: 'limit-exceeded',
      says: 'Cannot exceed quota for SAMLMetadataDocumentSize: 500000',
    })
  })

  it('has two private keys at most, which nobody is shown, and changes them one by one', async () => {
    const at = await openAuthority()
    const [first, second] = [privateKey(), privateKey()]
    const { SAMLProviderArn } = await at.ok('CreateSAMLProvider', {
      Name: 'secret',
      SAMLMetadataDocument,
      AssertionEncryptionMode: 'Required',
      AddPrivateKey: first,
    })
    at.tick(60)
    await at.ok('UpdateSAMLProvider', { SAMLProviderArn, AddPrivateKey: second })
    const shown = await at.ok('GetSAMLProvider', { SAMLProviderArn })
    expect(shown).toMatchObject({ AssertionEncryptionMode: 'Required', SAMLMetadataDocument })
    expect(shown.PrivateKeyList).toEqual([
      { KeyId: expect.stringMatching(/^[A-Z0-9]{22,64}$/), Timestamp: '2026-11-28T12:00:00.750Z' },
      { KeyId: expect.stringMatching(/^[A-Z0-9]{22,64}$/), Timestamp: '2026-11-28T12:01:00.750Z' },
    ])
    expect(await at.refused('UpdateSAMLProvider', { SAMLProviderArn, AddPrivateKey: privateKey() })).toMatchObject({
      reason: 'limit-exceeded',
    })
    const [old, young] = shown.PrivateKeyList as { KeyId: string }[]
    await at.ok('UpdateSAMLProvider', { SAMLProviderArn, RemovePrivateKey: old!.KeyId })
    expect((await at.ok('GetSAMLProvider', { SAMLProviderArn })).PrivateKeyList).toMatchObject([
      { KeyId: young!.KeyId },
    ])
    expect(at.state.directory.samlProvider(SAMLProviderArn)?.secret).toBe(JSON.stringify([second]))
    expect(await at.refused('UpdateSAMLProvider', { SAMLProviderArn, RemovePrivateKey: old!.KeyId })).toMatchObject({
      reason: 'no-such-entity',
    })
    // The last one stays as long as assertions have to be encrypted.
    const removeLast = { SAMLProviderArn, RemovePrivateKey: young!.KeyId }
    expect((await at.refused('UpdateSAMLProvider', removeLast)).reason).toBe('invalid-input')
    await at.ok('UpdateSAMLProvider', { ...removeLast, AssertionEncryptionMode: 'Allowed' })
    expect(
      (await at.refused('UpdateSAMLProvider', { SAMLProviderArn, AssertionEncryptionMode: 'Required' })).reason,
    ).toBe('invalid-input')
  })

  it.each([
    ['words', () => 'no key'],
    ['a public key', () => createPublicKey(privateKey()).export({ type: 'spki', format: 'pem' }) as string],
  ])('does not take %s for a private key', async (_what, key) => {
    const at = await openAuthority()
    const input = { Name: 'x', SAMLMetadataDocument, AddPrivateKey: key() }
    expect(await at.refused('CreateSAMLProvider', input)).toMatchObject({ reason: 'invalid-input' })
  })

  it('lies on the disk with its private keys sealed, and comes back whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-saml-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'authority.db')
    const at = await openAuthority({
      store: openSqliteStore({ path, masterKey: new Uint8Array(32).fill(7), now: Date.now }),
    })
    const key = privateKey()
    const { SAMLProviderArn } = await at.ok('CreateSAMLProvider', {
      Name: 'kept',
      SAMLMetadataDocument,
      AddPrivateKey: key,
    })
    const again = await openState({ store: at.store, now: () => at.now.getTime() })
    expect(again.directory.samlProvider(SAMLProviderArn)).toEqual(at.state.directory.samlProvider(SAMLProviderArn))
    expect(again.directory.samlProvider(SAMLProviderArn)?.secret).toBe(JSON.stringify([key]))
    await again.close()
    await at.state.close()
    await at.store.close()
    const disk = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join()
    expect(disk).toContain('kept')
    for (const line of key.split('\n').slice(1, 4)) expect(disk).not.toContain(line)
  })

  it('bears tags, whose keys count with their case', async () => {
    const at = await openAuthority()
    const { SAMLProviderArn } = await at.ok('CreateSAMLProvider', {
      Name: 'tagged',
      SAMLMetadataDocument,
      Tags: [{ Key: 'team', Value: 'a' }],
    })
    await at.ok('TagSAMLProvider', { SAMLProviderArn, Tags: [{ Key: 'Team', Value: 'b' }] })
    expect((await at.ok('ListSAMLProviderTags', { SAMLProviderArn })).Tags).toEqual([
      { Key: 'Team', Value: 'b' },
      { Key: 'team', Value: 'a' },
    ])
    // Observed of AWS in September 2026 (radkawar/stackd, `testdata/aws/iam/resource_inputs.json`).
    expect((await at.refused('TagSAMLProvider', { SAMLProviderArn, Tags: [] })).reason).toBe('invalid-input')
    expect((await at.refused('UntagSAMLProvider', { SAMLProviderArn, TagKeys: [] })).reason).toBe('invalid-input')
    await at.ok('UntagSAMLProvider', { SAMLProviderArn, TagKeys: ['TEAM'] })
    await at.ok('UntagSAMLProvider', { SAMLProviderArn, TagKeys: ['team'] })
    expect((await at.ok('GetSAMLProvider', { SAMLProviderArn })).Tags).toEqual([{ Key: 'Team', Value: 'b' }])
  })

  it('may be named by a trust policy, also when it comes later or goes', async () => {
    const at = await openAuthority()
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: arnOf('later') },
        Action: 'sts:AssumeRoleWithSAML',
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      },
    })
    await at.ok('CreateRole', { RoleName: 'staff', AssumeRolePolicyDocument })
    await at.ok('CreateSAMLProvider', { Name: 'later', SAMLMetadataDocument })
    await at.ok('DeleteSAMLProvider', { SAMLProviderArn: arnOf('later') })
    const { Role } = await at.ok('GetRole', { RoleName: 'staff' })
    expect(decodeURIComponent(Role.AssumeRolePolicyDocument)).toBe(AssumeRolePolicyDocument)
  })

  it('is a resource of its own, whose tags count in conditions', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'ada' })
    await at.ok('PutUserPolicy', {
      UserName: 'ada',
      PolicyName: 'saml',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'iam:CreateSAMLProvider', Resource: arnOf('ada-*') },
          {
            Effect: 'Allow',
            Action: 'iam:DeleteSAMLProvider',
            Resource: '*',
            Condition: { StringEquals: { 'aws:ResourceTag/owner': 'ada' } },
          },
        ],
      }),
    })
    const ada = at.user('ada')
    await at.ok('CreateSAMLProvider', { Name: 'ada-1', SAMLMetadataDocument }, ada)
    expect((await at.refused('CreateSAMLProvider', { Name: 'bob-1', SAMLMetadataDocument }, ada)).reason).toBe(
      'not-authorized',
    )
    // To tag is another permission.
    const tagged = { Name: 'ada-2', SAMLMetadataDocument, Tags: [{ Key: 'owner', Value: 'ada' }] }
    expect(await at.refused('CreateSAMLProvider', tagged, ada)).toMatchObject({ action: 'iam:TagSAMLProvider' })
    expect((await at.refused('DeleteSAMLProvider', { SAMLProviderArn: arnOf('ada-1') }, ada)).reason).toBe(
      'not-authorized',
    )
    await at.ok('CreateSAMLProvider', tagged)
    await at.ok('DeleteSAMLProvider', { SAMLProviderArn: arnOf('ada-2') }, ada)
  })
})
