import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { hasBoto3, hasCli, privateCli, programEnvironment } from './programs.ts'
import { call } from './server/caller.ts'

/*
 * The AWS CLI and boto3 with `AWS_ENDPOINT_URL` set and nothing else special. Skipped where they are not installed, but not in CI.
 */
const run = promisify(execFile)

let authority: Authority
let home: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'countersign-clients-'))
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(() => authority.reset())
afterAll(async () => {
  await authority.stop()
  rmSync(home, { recursive: true, force: true })
})

interface Keys {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly SessionToken?: string
}

function environment(keys: Keys) {
  const { AccessKeyId, SecretAccessKey, SessionToken } = keys
  const token = SessionToken === undefined ? {} : { sessionToken: SessionToken }
  return programEnvironment(home, authority.url, {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...token,
  })
}

const rootKeys = (): Keys => ({
  AccessKeyId: authority.root.accessKeyId,
  SecretAccessKey: authority.root.secretAccessKey,
})

const aws = (keys: Keys, ...words: string[]) => privateCli(home, environment(keys), words)

async function python(keys: Keys, program: string) {
  const { stdout } = await run('python3', ['-c', program], { env: environment(keys), timeout: 120_000 })
  return JSON.parse(stdout)
}

describe.skipIf(!hasCli)('with the AWS CLI', () => {
  it('a user gets a key and a device, and an MFA session out of them', async () => {
    await aws(rootKeys(), 'iam', 'create-user', '--user-name', 'alice')
    const { AccessKey } = await aws(rootKeys(), 'iam', 'create-access-key', '--user-name', 'alice')
    expect(AccessKey).toMatchObject({ UserName: 'alice', Status: 'Active' })
    const png = join(home, 'code.png')
    const { VirtualMFADevice } = await aws(
      rootKeys(),
      ...['iam', 'create-virtual-mfa-device', '--virtual-mfa-device-name', 'alice'],
      ...['--outfile', png, '--bootstrap-method', 'QRCodePNG'],
    )
    const { SerialNumber } = VirtualMFADevice
    expect(SerialNumber).toBe(`arn:aws:iam::${authority.account}:mfa/alice`)
    // The device's two next codes, by the authority's own clock.
    const now = Math.floor(Date.now() / 30_000) * 30_000
    authority.clock({ offset: (now - 30_000 - Date.now()) / 1000 })
    const first = authority.mfaCode(SerialNumber) ?? ''
    authority.clock({})
    const second = authority.mfaCode(SerialNumber) ?? ''
    await aws(
      rootKeys(),
      ...['iam', 'enable-mfa-device', '--user-name', 'alice', '--serial-number', SerialNumber],
      ...['--authentication-code1', first, '--authentication-code2', second],
    )
    authority.clock({ offset: 60 })
    const { Credentials } = await aws(
      AccessKey,
      ...['sts', 'get-session-token', '--serial-number', SerialNumber],
      ...['--token-code', authority.mfaCode(SerialNumber) ?? ''],
    )
    expect(await aws(Credentials, 'sts', 'get-caller-identity')).toMatchObject({
      Account: authority.account,
      Arn: `arn:aws:iam::${authority.account}:user/alice`,
    })
    const alice = `arn:aws:iam::${authority.account}:user/alice`
    expect(await aws(Credentials, 'iam', 'list-access-keys')).toBe(
      `An error occurred (AccessDenied) when calling the ListAccessKeys operation: User: ${alice} is not authorized to perform: ` +
        `iam:ListAccessKeys on resource: ${alice} because no identity-based policy allows the iam:ListAccessKeys action`,
    )
    authority.clock({})
  }, 120_000)

  it('a group has a member and lets it see that, and an instance profile has a role', async () => {
    const iam = (...words: string[]) => aws(rootKeys(), 'iam', ...words)
    const devs = ['--group-name', 'devs']
    const { Group } = await iam('create-group', ...devs)
    expect(Group).toMatchObject({ GroupName: 'devs', Arn: `arn:aws:iam::${authority.account}:group/devs` })
    // What other tests have the CLI do is done without it here: each call of it starts a Python.
    await call(authority, { Action: 'CreateUser', UserName: 'ann' })
    const key = await call(authority, { Action: 'CreateAccessKey', UserName: 'ann' })
    const ann = { AccessKeyId: key.text('AccessKeyId'), SecretAccessKey: key.text('SecretAccessKey') }
    await iam('add-user-to-group', ...devs, '--user-name', 'ann')
    await iam('attach-group-policy', ...devs, '--policy-arn', 'arn:aws:iam::aws:policy/IAMReadOnlyAccess')
    expect((await aws(ann, 'iam', 'get-group', ...devs)).Users).toMatchObject([{ UserName: 'ann' }])
    expect(await aws(ann, 'iam', 'delete-group', ...devs)).toBe(
      `An error occurred (AccessDenied) when calling the DeleteGroup operation: ` +
        `User: arn:aws:iam::${authority.account}:user/ann is not authorized to perform: iam:DeleteGroup on resource: ` +
        `${Group.Arn} because no identity-based policy allows the iam:DeleteGroup action`,
    )
    expect(await iam('delete-group', ...devs)).toBe(
      'An error occurred (DeleteConflict) when calling the DeleteGroup operation: ' +
        'Cannot delete entity, must remove users from group first.',
    )

    const web = ['--instance-profile-name', 'web']
    const trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`
    await call(authority, { Action: 'CreateRole', RoleName: 'r', AssumeRolePolicyDocument: trust })
    await iam('create-instance-profile', ...web, '--tags', 'Key=k,Value=v')
    await iam('wait', 'instance-profile-exists', ...web)
    await iam('add-role-to-instance-profile', ...web, '--role-name', 'r')
    const { InstanceProfile } = await iam('get-instance-profile', ...web)
    expect(InstanceProfile).toMatchObject({
      Arn: `arn:aws:iam::${authority.account}:instance-profile/web`,
      Roles: [{ RoleName: 'r', AssumeRolePolicyDocument: JSON.parse(trust) }],
      Tags: [{ Key: 'k', Value: 'v' }],
    })
  }, 120_000)
})

describe.skipIf(!hasBoto3)('with boto3', () => {
  it('a role tells when and where its session was last used', async () => {
    const { before, after, details, secondsAgo } = await python(
      rootKeys(),
      `
import boto3, datetime, json
iam = boto3.client('iam')
account = boto3.client('sts').get_caller_identity()['Account']
allow = lambda **more: json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole', **more}]})
iam.create_role(RoleName='r', AssumeRolePolicyDocument=allow(Principal={'AWS': account}))
iam.create_user(UserName='u')
iam.put_user_policy(UserName='u', PolicyName='p', PolicyDocument=allow(Resource='*'))
def sts(key, region='us-east-1'):
    return boto3.client('sts', region_name=region, aws_access_key_id=key['AccessKeyId'], aws_secret_access_key=key['SecretAccessKey'], aws_session_token=key.get('SessionToken'))
given = sts(iam.create_access_key(UserName='u')['AccessKey']).assume_role(RoleArn='arn:aws:iam::%s:role/r' % account, RoleSessionName='me')
before = iam.get_role(RoleName='r')['Role']['RoleLastUsed']
sts(given['Credentials'], 'ap-southeast-2').get_caller_identity()
after = iam.get_role(RoleName='r')['Role']['RoleLastUsed']
details = iam.get_account_authorization_details(Filter=['Role'])['RoleDetailList'][0]['RoleLastUsed']
ago = datetime.datetime.now(datetime.timezone.utc) - after['LastUsedDate']
print(json.dumps({'before': before, 'after': after['Region'], 'details': details == after, 'secondsAgo': ago.total_seconds()}))
`,
    )
    expect([before, after, details]).toEqual([{}, 'ap-southeast-2', true])
    expect(secondsAgo).toBeGreaterThanOrEqual(0)
    expect(secondsAgo).toBeLessThan(60)
  }, 120_000)

  it('lists come as lists, documents decoded, absent members absent, and every refusal under its exception', async () => {
    const answers = await python(
      rootKeys(),
      `
import boto3, json
iam, sts = boto3.client('iam'), boto3.client('sts')
out = {}
def refused(name, call, **kwargs):
    try:
        call(**kwargs)
        out[name] = 'answered'
    except Exception as e:
        out[name] = [type(e).__name__, e.response['Error']['Code'], e.response['Error']['Message'], e.response['ResponseMetadata']['HTTPStatusCode']]
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': sts.get_caller_identity()['Account']}, 'Action': 'sts:AssumeRole'}]}
out['empty'] = [iam.list_users()['Users'], iam.list_roles()['Roles'], iam.list_policies(Scope='Local')['Policies'], iam.list_virtual_mfa_devices()['VirtualMFADevices'], iam.list_account_aliases()['AccountAliases']]
user = iam.create_user(UserName='bob')['User']
out['user'] = sorted(user)
role = iam.create_role(RoleName='r', AssumeRolePolicyDocument=json.dumps(trust))['Role']
out['role'] = sorted(role)
out['trust'] = iam.get_role(RoleName='r')['Role']['AssumeRolePolicyDocument'] == trust
out['attached'] = iam.list_attached_role_policies(RoleName='r')['AttachedPolicies']
out['inline'] = iam.list_role_policies(RoleName='r')['PolicyNames']
out['tags'] = iam.list_user_tags(UserName='bob')['Tags']
iam.put_user_policy(UserName='bob', PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))
out['document'] = iam.get_user_policy(UserName='bob', PolicyName='p')['PolicyDocument']['Statement'][0]['Action']
for _ in range(2): iam.create_access_key(UserName='bob')
refused('third', iam.create_access_key, UserName='bob')
refused('absent', iam.get_user, UserName='carol')
refused('again', iam.create_user, UserName='bob')
refused('busy', iam.delete_user, UserName='bob')
refused('nonsense', iam.create_role, RoleName='x', AssumeRolePolicyDocument='{}')
refused('marker', iam.list_users, Marker='nonsense')
refused('rootrole', sts.assume_role, RoleArn=role['Arn'], RoleSessionName='me')
for n in range(5): iam.create_user(UserName='many%d' % n)
out['pages'] = [len(p['Users']) for p in iam.get_paginator('list_users').paginate(PaginationConfig={'PageSize': 2})]
policy = iam.create_policy(PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))['Policy']
out['policytags'] = ['Tags' in policy, iam.get_policy(PolicyArn=policy['Arn'])['Policy']['Tags']]
out['entities'] = iam.list_entities_for_policy(PolicyArn=policy['Arn'])['PolicyUsers']
device = iam.create_virtual_mfa_device(VirtualMFADeviceName='d')['VirtualMFADevice']
out['device'] = [len(device['Base32StringSeed']), device['QRCodePNG'][:4].hex()]
boto3.client('iam').get_waiter('user_exists').wait(UserName='bob', WaiterConfig={'Delay': 1, 'MaxAttempts': 3})
print(json.dumps(out))
`,
    )
    expect(answers).toEqual({
      empty: [[], [], [], [], []],
      user: ['Arn', 'CreateDate', 'Path', 'UserId', 'UserName'],
      role: ['Arn', 'AssumeRolePolicyDocument', 'CreateDate', 'Path', 'RoleId', 'RoleName'],
      trust: true,
      attached: [],
      inline: [],
      tags: [],
      document: '*',
      third: ['LimitExceededException', 'LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2', 409],
      absent: ['NoSuchEntityException', 'NoSuchEntity', 'The user with name carol cannot be found.', 404],
      again: ['EntityAlreadyExistsException', 'EntityAlreadyExists', 'User with name bob already exists.', 409],
      busy: ['DeleteConflictException', 'DeleteConflict', 'Cannot delete entity, must delete access keys first.', 409],
      nonsense: ['MalformedPolicyDocumentException', 'MalformedPolicyDocument', expect.any(String), 400],
      marker: ['ClientError', 'ValidationError', expect.any(String), 400],
      rootrole: ['ClientError', 'AccessDenied', 'Roles may not be assumed by root accounts.', 403],
      pages: [2, 2, 2],
      policytags: [false, []],
      entities: [],
      device: [64, '89504e47'],
    })
  }, 120_000)

  it('groups and instance profiles are resources with members, policies and a role', async () => {
    const answers = await python(
      rootKeys(),
      `
import boto3, json
iam, resource = boto3.client('iam'), boto3.resource('iam')
out = {}
def refused(name, call, **kwargs):
    try:
        call(**kwargs)
        out[name] = 'answered'
    except Exception as e:
        out[name] = [type(e).__name__, e.response['Error']['Message'], e.response['ResponseMetadata']['HTTPStatusCode']]
anything = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]})
out['empty'] = [iam.list_groups()['Groups'], iam.list_instance_profiles()['InstanceProfiles']]
group = resource.create_group(GroupName='devs', Path='/eng/')
out['group'] = sorted(iam.get_group(GroupName='devs')['Group'])
for n in range(5):
    resource.create_user(UserName='u%d' % n)
    group.add_user(UserName='u%d' % n)
group.add_user(UserName='u0')
out['members'] = [u.name for u in group.users.page_size(2)]
out['pages'] = [len(p['Users']) for p in iam.get_paginator('get_group').paginate(GroupName='devs', PaginationConfig={'PageSize': 2})]
out['member'] = sorted(iam.get_group(GroupName='devs')['Users'][0])
out['groups'] = [g.name for g in resource.User('u0').groups.all()]
group.create_policy(PolicyName='inline', PolicyDocument=anything)
group.attach_policy(PolicyArn='arn:aws:iam::aws:policy/IAMReadOnlyAccess')
out['policies'] = [[p.name for p in group.policies.all()], [p.arn for p in group.attached_policies.all()]]
out['document'] = iam.get_group_policy(GroupName='devs', PolicyName='inline')['PolicyDocument']['Statement'][0]['Action']
out['attached'] = [g.name for g in resource.Policy('arn:aws:iam::aws:policy/IAMReadOnlyAccess').attached_groups.all()]
refused('again', iam.create_group, GroupName='DEVS')
refused('absent', iam.get_group, GroupName='ops')
refused('nouser', iam.add_user_to_group, GroupName='devs', UserName='nobody')
refused('busy', iam.delete_group, GroupName='devs')
refused('member-busy', iam.delete_user, UserName='u0')
refused('nopolicy', iam.get_group_policy, GroupName='devs', PolicyName='none')
refused('notattached', iam.detach_group_policy, GroupName='devs', PolicyArn='arn:aws:iam::aws:policy/PowerUserAccess')
group = group.update(NewGroupName='engineers', NewPath='/')
group = resource.Group('engineers')
for user in group.users.all(): group.remove_user(UserName=user.name)
group.detach_policy(PolicyArn='arn:aws:iam::aws:policy/IAMReadOnlyAccess')
resource.GroupPolicy('engineers', 'inline').delete()
out['deleted'] = group.delete()['ResponseMetadata']['HTTPStatusCode']

trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
profile = resource.create_instance_profile(InstanceProfileName='web')
iam.get_waiter('instance_profile_exists').wait(InstanceProfileName='web', WaiterConfig={'Delay': 1, 'MaxAttempts': 3})
out['made'] = [profile.roles, 'Tags' in iam.list_instance_profiles()['InstanceProfiles'][0], iam.get_instance_profile(InstanceProfileName='web')['InstanceProfile']['Tags']]
role = resource.create_role(RoleName='r', AssumeRolePolicyDocument=json.dumps(trust))
profile.add_role(RoleName='r')
profile.reload()
out['roles'] = [profile.roles[0].name, profile.roles[0].assume_role_policy_document == trust, [p.name for p in role.instance_profiles.all()]]
out['role'] = sorted(iam.get_instance_profile(InstanceProfileName='web')['InstanceProfile']['Roles'][0])
refused('second', profile.add_role, RoleName='r')
refused('held', profile.delete)
refused('role-held', role.delete)
profile.remove_role(RoleName='r')
refused('not-in', profile.remove_role, RoleName='r')
role.delete()
profile.delete()
out['summary'] = [iam.get_account_summary()['SummaryMap'][k] for k in ['Groups', 'GroupsQuota', 'GroupsPerUserQuota', 'InstanceProfiles', 'InstanceProfilesQuota']]
print(json.dumps(out))
`,
    )
    const conflict = (what: string) => ['DeleteConflictException', `Cannot delete entity, must ${what} first.`, 409]
    const absent = (says: string) => ['NoSuchEntityException', says, 404]
    expect(answers).toEqual({
      empty: [[], []],
      group: ['Arn', 'CreateDate', 'GroupId', 'GroupName', 'Path'],
      members: ['u0', 'u1', 'u2', 'u3', 'u4'],
      pages: [2, 2, 1],
      member: ['Arn', 'CreateDate', 'Path', 'UserId', 'UserName'],
      groups: ['devs'],
      policies: [['inline'], ['arn:aws:iam::aws:policy/IAMReadOnlyAccess']],
      document: '*',
      attached: ['devs'],
      again: ['EntityAlreadyExistsException', 'Group with name DEVS already exists.', 409],
      absent: absent('The group with name ops cannot be found.'),
      nouser: absent('The user with name nobody cannot be found.'),
      busy: conflict('remove users from group'),
      'member-busy': conflict('remove users from group'),
      nopolicy: absent('The group policy with name none cannot be found.'),
      notattached: absent('Policy arn:aws:iam::aws:policy/PowerUserAccess was not found.'),
      deleted: 200,
      made: [[], false, []],
      roles: ['r', true, ['web']],
      role: ['Arn', 'AssumeRolePolicyDocument', 'CreateDate', 'Path', 'RoleId', 'RoleName'],
      second: ['LimitExceededException', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', 409],
      held: conflict('remove roles from instance profile'),
      'role-held': conflict('remove roles from instance profile'),
      'not-in': absent('Role r in Instance Profile web cannot be found.'),
      summary: [0, 300, 10, 0, 1000],
    })
  }, 120_000)
})
