import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateSAMLProviderCommand,
  CredentialReportNotPresentException,
  DeleteSAMLProviderCommand,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  GetSAMLProviderCommand,
  IAMClient,
  InvalidInputException,
  ListSAMLProvidersCommand,
  UpdateSAMLProviderCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { hasBoto3, hasCli, iamPrograms } from './programs.ts'
import { certificateOf, metadataOf } from './saml.ts'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const SAMLMetadataDocument = metadataOf(certificateOf())

describe('with the AWS SDK for JavaScript', () => {
  let iam: IAMClient
  beforeEach(() => {
    iam = new IAMClient({ endpoint: authority.url, region: 'us-east-1', credentials: authority.root, maxAttempts: 1 })
  })

  it('a SAML provider lives from the first call to the last', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const AddPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    const Tags = [{ Key: 'team', Value: 'id + é' }]
    const made = await iam.send(
      new CreateSAMLProviderCommand({ Name: 'Okta', SAMLMetadataDocument, Tags, AddPrivateKey }),
    )
    const { SAMLProviderArn } = made
    expect(SAMLProviderArn).toBe(`arn:aws:iam::${authority.account}:saml-provider/Okta`)
    const shown = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }))
    expect(shown).toMatchObject({ SAMLMetadataDocument, Tags, AssertionEncryptionMode: 'Allowed' })
    expect(shown.PrivateKeyList).toEqual([{ KeyId: expect.any(String), Timestamp: expect.any(Date) }])
    expect(shown.ValidUntil!.getUTCFullYear() - shown.CreateDate!.getUTCFullYear()).toBe(100)
    const remove = { SAMLProviderArn, RemovePrivateKey: shown.PrivateKeyList![0]!.KeyId }
    expect((await iam.send(new UpdateSAMLProviderCommand(remove))).SAMLProviderArn).toBe(SAMLProviderArn)
    expect((await iam.send(new ListSAMLProvidersCommand({}))).SAMLProviderList).toHaveLength(1)
    const bad = SAMLMetadataDocument.replace('</md:EntityDescriptor>', '')
    const refused = iam.send(new CreateSAMLProviderCommand({ Name: 'bad', SAMLMetadataDocument: bad }))
    await expect(refused).rejects.toBeInstanceOf(InvalidInputException)
    const [decision] = await authority.decisions({ limit: 1 })
    expect(decision?.evidence.join()).toContain('no end of <md:EntityDescriptor>')
    await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn }))
    expect((await iam.send(new ListSAMLProvidersCommand({}))).SAMLProviderList).toEqual([])
  })

  it('a document of 10,000,000 characters comes in and is refused by its length', async () => {
    const long = `${SAMLMetadataDocument}${'x'.repeat(10_000_000 - SAMLMetadataDocument.length)}`
    const call = iam.send(new CreateSAMLProviderCommand({ Name: 'long', SAMLMetadataDocument: long }))
    await expect(call).rejects.toMatchObject({ name: 'LimitExceededException', $metadata: { httpStatusCode: 409 } })
  })

  it('the credential report is asked for, generated and read', async () => {
    const get = () => iam.send(new GetCredentialReportCommand({}))
    await expect(get()).rejects.toBeInstanceOf(CredentialReportNotPresentException)
    await expect(get()).rejects.toMatchObject({ $metadata: { httpStatusCode: 410 } })
    expect((await iam.send(new GenerateCredentialReportCommand({}))).State).toBe('STARTED')
    expect((await iam.send(new GenerateCredentialReportCommand({}))).State).toBe('COMPLETE')
    const { Content, ReportFormat, GeneratedTime } = await get()
    expect([ReportFormat, GeneratedTime]).toEqual(['text/csv', expect.any(Date)])
    expect(Buffer.from(Content!).toString()).toMatch(/^user,arn,.*\n<root_account>,arn:aws:iam::\d{12}:root,.*$/)
  })
})

const { home, aws, python } = iamPrograms(() => authority)
beforeAll(() => {
  writeFileSync(join(home(), 'metadata.xml'), SAMLMetadataDocument)
  writeFileSync(join(home(), 'bad.xml'), SAMLMetadataDocument.replace('entityID', 'id'))
})

describe.skipIf(!hasCli)('with the AWS CLI', () => {
  it('a SAML provider is made of a file, shown and deleted', async () => {
    const document = `file://${join(home(), 'metadata.xml')}`
    const create = ['create-saml-provider', '--name', 'Okta', '--saml-metadata-document']
    const { SAMLProviderArn } = await aws(...create, document)
    const named = ['--saml-provider-arn', SAMLProviderArn as string]
    expect(await aws('get-saml-provider', ...named)).toMatchObject({ SAMLMetadataDocument, PrivateKeyList: [] })
    expect(await aws(...create, `file://${join(home(), 'bad.xml')}`)).toBe(
      'An error occurred (InvalidInput) when calling the CreateSAMLProvider operation: Could not parse metadata',
    )
    expect(await aws('delete-saml-provider', ...named)).toBeNull()
  }, 60_000)

  it('the credential report is told of as AWS tells it', async () => {
    // AWS gives no sentence: "Unknown" is the CLI's own (radkawar/stackd, `testdata/aws/iam/credential_report.json`).
    expect(await aws('get-credential-report')).toBe(
      'An error occurred (ReportNotPresent) when calling the GetCredentialReport operation: Unknown',
    )
    expect(await aws('generate-credential-report')).toEqual({
      State: 'STARTED',
      Description: 'No report exists. Starting a new report generation task',
    })
    expect(await aws('get-credential-report')).toEqual({
      Content: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      ReportFormat: 'text/csv',
      GeneratedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  }, 60_000)
})

describe.skipIf(!hasBoto3)('with boto3', () => {
  it('the report is waited for and read row by row, and a provider listed', async () => {
    const program = `
import boto3, csv, io, json, sys
iam = boto3.client('iam')
iam.create_user(UserName='alice', Path='/staff/')
iam.create_access_key(UserName='alice')
try:
    iam.get_credential_report()
except iam.exceptions.CredentialReportNotPresentException as error:
    absent = error.response['ResponseMetadata']['HTTPStatusCode']
while iam.generate_credential_report()['State'] != 'COMPLETE':
    pass
report = iam.get_credential_report()
rows = list(csv.DictReader(io.StringIO(report['Content'].decode())))
iam.create_saml_provider(Name='Okta', SAMLMetadataDocument=open('${join(home(), 'metadata.xml')}').read())
listed = iam.list_saml_providers()['SAMLProviderList'][0]
print(json.dumps({'absent': absent, 'rows': rows, 'years': listed['ValidUntil'].year - listed['CreateDate'].year}))
`
    const told = await python(program)
    expect(told).toMatchObject({ absent: 410, years: 100 })
    expect(told.rows).toMatchObject([
      { user: '<root_account>', access_key_1_active: 'true', access_key_1_last_used_service: 'iam' },
      {
        user: 'alice',
        arn: `arn:aws:iam::${authority.account}:user/staff/alice`,
        password_enabled: 'false',
        access_key_1_active: 'true',
        access_key_1_last_used_date: 'N/A',
        access_key_2_active: 'false',
      },
    ])
  }, 60_000)
})
