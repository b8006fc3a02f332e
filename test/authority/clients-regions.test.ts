import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'

/*
 * What boto3 makes of regions, of EC2's own error envelope and of the JSON of account management. Secrets go in by the
 * environment and never come out.
 */
const run = promisify(execFile)
const hasBoto3 = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import boto3']).status === 0

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

/** Runs a program of boto3 as root; `tried(call)` gives what it answers, or the code, status and message of its refusal. */
async function python(program: string) {
  const head = `
import boto3, json, os
from botocore.config import Config
from botocore.exceptions import ClientError
def client(name, region='us-east-1', keys=None):
    return boto3.client(name, region_name=region, config=Config(retries={'max_attempts': 0}), **(keys or {}))
def keys_of(made):
    return {'aws_access_key_id': made['AccessKeyId'], 'aws_secret_access_key': made['SecretAccessKey'],
            'aws_session_token': made.get('SessionToken')}
def tried(call):
    try:
        answer = call()
        answer.pop('ResponseMetadata', None)
        return answer
    except ClientError as error:
        said = error.response['Error']
        return [said['Code'], error.response['ResponseMetadata']['HTTPStatusCode'], said['Message']]
def user(name, *allowed):
    iam = client('iam')
    iam.create_user(UserName=name)
    if allowed:
        iam.put_user_policy(UserName=name, PolicyName='own', PolicyDocument=json.dumps({'Version': '2012-10-17',
            'Statement': [{'Effect': 'Allow', 'Action': list(allowed), 'Resource': '*'}]}))
    return keys_of(iam.create_access_key(UserName=name)['AccessKey'])
`
  const { stdout } = await run('python3', ['-c', head + program], {
    env: {
      PATH: process.env['PATH'],
      HOME: '/nowhere',
      AWS_ENDPOINT_URL: authority.url,
      AWS_ACCESS_KEY_ID: authority.root.accessKeyId,
      AWS_SECRET_ACCESS_KEY: authority.root.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
    },
    timeout: 120_000,
  })
  return JSON.parse(stdout)
}

const notValidated = ['AuthFailure', 401, 'AWS was not able to validate the provided access credentials']
const notKnown = ['InvalidClientTokenId', 403, 'The security token included in the request is invalid']

describe.skipIf(!hasBoto3)('regions, asked with boto3', () => {
  it('stand as AWS ships them until one is switched on, and then keys work there', async () => {
    const told = await python(`
ec2, account = client('ec2'), client('account')
names = lambda answer: sorted(each['RegionName'] for each in answer['Regions'])
before = names(ec2.describe_regions())
all_of = {each['RegionName']: each['OptInStatus'] for each in ec2.describe_regions(AllRegions=True)['Regions']}
there = lambda: tried(client('sts', 'ap-east-1').get_caller_identity)
refused = there()
status = account.get_region_opt_status(RegionName='ap-east-1')['RegionOptStatus']
account.enable_region(RegionName='ap-east-1')
print(json.dumps({
  'before': before, 'one': all_of['ap-east-1'], 'usual': all_of['eu-west-1'], 'refused': refused, 'status': status,
  'after': [name for name in names(ec2.describe_regions()) if name not in before],
  'now': [account.get_region_opt_status(RegionName=name)['RegionOptStatus'] for name in ('ap-east-1', 'us-east-1')],
  'arn': there()['Arn'],
  'off': [account.disable_region(RegionName='ap-east-1') and None, there()],
}))
`)
    expect(told['before']).toContain('us-east-1')
    expect(told['before']).not.toContain('ap-east-1')
    expect([told['one'], told['usual'], told['status']]).toEqual(['not-opted-in', 'opt-in-not-required', 'DISABLED'])
    expect(told['refused']).toEqual(notKnown)
    expect(told['after']).toEqual(['ap-east-1'])
    expect(told['now']).toEqual(['ENABLED', 'ENABLED_BY_DEFAULT'])
    expect(told['arn']).toBe(`arn:aws:iam::${authority.account}:root`)
    expect(told['off'][1]).toEqual(notKnown)
    const [decision] = await authority.decisions({ limit: 1, outcome: 'refused' })
    expect(decision).toMatchObject({ cause: 'region-not-enabled', region: 'ap-east-1', operation: 'GetCallerIdentity' })
  })

  it('are filtered and named as EC2 does, and paged as account management does', async () => {
    const told = await python(`
ec2, account = client('ec2'), client('account')
names = lambda answer: [each['RegionName'] for each in answer['Regions']]
pages = list(account.get_paginator('list_regions').paginate(MaxResults=10, RegionOptStatusContains=['DISABLED']))
print(json.dumps({
  'filtered': names(ec2.describe_regions(AllRegions=True, Filters=[{'Name': 'region-name', 'Values': ['ap-east-*']}])),
  'named': names(ec2.describe_regions(RegionNames=['eu-west-1', 'ap-east-1'])),
  'endpoint': ec2.describe_regions(RegionNames=['eu-west-1'])['Regions'][0]['Endpoint'],
  'unknown': tried(lambda: ec2.describe_regions(RegionNames=['us--east-1'])),
  'dry': tried(lambda: ec2.describe_regions(DryRun=True)),
  'pages': [len(page['Regions']) for page in pages],
  'default': tried(lambda: account.enable_region(RegionName='us-east-1')),
  'strange': tried(lambda: account.get_region_opt_status(RegionName='xx-east-1')),
  'other': tried(lambda: account.get_region_opt_status(AccountId='000000000001', RegionName='us-east-1')),
}))
`)
    expect(told['filtered']).toEqual(['ap-east-1', 'ap-east-2'])
    expect(told['named']).toEqual(['ap-east-1', 'eu-west-1'])
    expect(told['endpoint']).toBe('ec2.eu-west-1.amazonaws.com')
    expect(told['unknown']).toEqual(['InvalidParameterValue', 400, 'Invalid region: [us--east-1]'])
    expect(told['dry']).toEqual(['DryRunOperation', 412, 'Request would have succeeded, but DryRun flag is set.'])
    expect(told['pages']).toEqual([10, 7])
    for (const name of ['default', 'strange']) expect(told[name].slice(0, 2)).toEqual(['ValidationException', 400])
    expect(told['other'].slice(0, 2)).toEqual(['AccessDeniedException', 403])
  })

  it('are refused in each service’s own words', async () => {
    const told = await python(`
nobody = {'aws_access_key_id': 'AKIAQQQQQQQQQQQQQQQQ', 'aws_secret_access_key': 'of nobody at all'}
wrong = {'aws_access_key_id': os.environ['AWS_ACCESS_KEY_ID'], 'aws_secret_access_key': 'not the one'}
asked = lambda keys, region='us-east-1': [
  tried(client('ec2', region, keys).describe_regions),
  tried(lambda: client('account', region, keys).get_region_opt_status(RegionName='ap-east-1')),
]
alice = user('alice')
print(json.dumps({'nobody': asked(nobody), 'wrong': [each[:2] for each in asked(wrong)], 'alice': asked(alice),
  'off': asked(None, 'af-south-1')[0]}))
`)
    const invalid = 'The security token included in the request is invalid.'
    expect(told['nobody']).toEqual([notValidated, ['UnrecognizedClientException', 403, invalid]])
    expect(told['wrong']).toEqual([notValidated.slice(0, 2), ['InvalidSignatureException', 403]])
    expect(told['off']).toEqual(notValidated)
    const arn = `arn:aws:iam::${authority.account}:user/alice`
    const why = 'because no identity-based policy allows the'
    expect(told['alice'][0].slice(0, 2)).toEqual(['UnauthorizedOperation', 403])
    expect(told['alice'][0][2]).toContain(
      `You are not authorized to perform this operation. User: ${arn} is not authorized to perform: ec2:DescribeRegions ${why} ec2:DescribeRegions action`,
    )
    expect(told['alice'][1]).toEqual([
      'AccessDeniedException',
      403,
      `User: ${arn} is not authorized to perform: account:GetRegionOptStatus on resource: arn:aws:account::${authority.account}:account ${why} account:GetRegionOptStatus action`,
    ])
  })

  it('give a denial of EC2 in a form that only who may can decode, and only here', async () => {
    const told = await python(`
alice, bob = user('alice'), user('bob', 'sts:DecodeAuthorizationMessage')
message = tried(client('ec2', keys=alice).describe_regions)[2].rsplit(' ', 1)[1]
decode = lambda keys, text: tried(lambda: client('sts', keys=keys).decode_authorization_message(EncodedMessage=text))
print(json.dumps({'length': len(message), 'alice': decode(alice, message)[:2],
  'bob': json.loads(decode(bob, message)['DecodedMessage']), 'altered': decode(bob, message[:-2] + 'AA')[:2],
  'none': decode(bob, 'not a message')[:2]}))
`)
    expect(told['length']).toBeLessThanOrEqual(10_240)
    expect(told['alice']).toEqual(['AccessDenied', 403])
    expect(told['bob']).toMatchObject({
      allowed: false,
      explicitDeny: false,
      matchedStatements: { items: [] },
      context: { action: 'ec2:DescribeRegions', principal: { arn: `arn:aws:iam::${authority.account}:user/alice` } },
    })
    for (const name of ['altered', 'none']) expect(told[name]).toEqual(['InvalidAuthorizationMessageException', 400])
  })
})

describe.skipIf(!hasBoto3)('STS in a region, asked with boto3', () => {
  it('says so where it was deactivated, but still tells who is calling', async () => {
    expect(await authority.stsEndpoint({ region: 'eu-west-3', active: false })).toBe(true)
    const told = await python(`
sts = client('sts', 'eu-west-3')
print(json.dumps({'session': tried(sts.get_session_token), 'arn': sts.get_caller_identity()['Arn']}))
`)
    expect(told['session']).toEqual([
      'RegionDisabledException',
      403,
      `STS is not activated in this region for account:${authority.account}. Your account administrator can activate STS in this region using the IAM Console.`,
    ])
    expect(told['arn']).toBe(`arn:aws:iam::${authority.account}:root`)
    const [decision] = await authority.decisions({ limit: 1, outcome: 'refused' })
    expect(decision?.cause).toBe('sts-region-deactivated')
    expect(await authority.stsEndpoint({ region: 'eu-west-3', active: true })).toBe(true)
    const now = await python(`print(json.dumps({'kinds': list(tried(client('sts', 'eu-west-3').get_session_token))}))`)
    expect(now['kinds']).toEqual(['Credentials'])
  })

  it('is switched over HTTP too, with the header that all test controls want', async () => {
    const post = (body: object) =>
      fetch(`${authority.url}/_test/sts-endpoint`, {
        method: 'POST',
        headers: { 'X-Countersign-Test': '1' },
        body: JSON.stringify(body),
      })
    expect((await post({ region: 'sa-east-1', active: false })).status).toBe(200)
    const told = await python(`print(json.dumps(tried(client('sts', 'sa-east-1').get_session_token)))`)
    expect(told.slice(0, 2)).toEqual(['RegionDisabledException', 403])
    for (const body of [
      { region: 'us-east-1', active: false },
      { region: 'sa-east-1' },
      { active: true },
      { off: 1 },
    ]) {
      expect((await post(body)).status).toBe(400)
    }
  })

  it('cannot be deactivated where the global endpoint lives, nor where there is no region', async () => {
    for (const region of ['us-east-1', 'cn-north-1', 'xx-east-1']) {
      expect(await authority.stsEndpoint({ region, active: false })).toBe(false)
    }
  })
})
