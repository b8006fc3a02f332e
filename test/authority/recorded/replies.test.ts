import { describe, expect, it, test } from 'vitest'
import { ACCOUNT, openAuthority } from '../actions/authority-at-hand.ts'
import { asFar, fault, type Query, type Recorded, replay } from './replay.ts'

/**
 * Facts of localstack's validated snapshots of AWS, `tests/aws/services/iam/test_iam_*.snapshot.json` and `sts/test_sts.snapshot.json`;
 * the file and the month stand with each.
 */
const document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}'
const trustOf = (Principal: object, Action: string | readonly string[] = 'sts:AssumeRole', more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action, ...more }] })
const trust = trustOf({ Service: 'ec2.amazonaws.com' })
const policyArn = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
const absent = (message: string) => fault('NoSuchEntity', 404, message)
const conflict = (message: string) => fault('DeleteConflict', 409, message)
const taken = (message: string) => fault('EntityAlreadyExists', 409, message)
const invalid = (message: string) => fault('ValidationError', 400, message)
const noUser = (name: string) => absent(`The user with name ${name} cannot be found.`)
const noGroup = (name: string) => absent(`The group with name ${name} cannot be found.`)
const noRole = (name: string) => absent(`The role with name ${name} cannot be found.`)
const noProfile = (name: string) => absent(`Instance Profile ${name} cannot be found.`)
const violated = (path: string, constraint: string) =>
  invalid(`1 validation error detected: Value at '${path}' failed to satisfy constraint: ${constraint}`)

/** A user, two groups, two roles, an instance profile with one of them, and policies. */
async function world() {
  const at = await openAuthority()
  for (const UserName of ['u', 'bare']) await at.ok('CreateUser', { UserName })
  for (const GroupName of ['g', 'h']) await at.ok('CreateGroup', { GroupName })
  for (const RoleName of ['r', 'bare', 'inline', 'attached', 'profiled'])
    await at.ok('CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
  for (const PolicyName of ['p', 'unused-policy-with-a-name'])
    await at.ok('CreatePolicy', { PolicyName, PolicyDocument: document })
  for (const InstanceProfileName of ['empty', 'full']) await at.ok('CreateInstanceProfile', { InstanceProfileName })
  await at.ok('AddRoleToInstanceProfile', { InstanceProfileName: 'full', RoleName: 'profiled' })
  await at.ok('PutRolePolicy', { RoleName: 'inline', PolicyName: 'i', PolicyDocument: document })
  await at.ok('AttachRolePolicy', { RoleName: 'attached', PolicyArn: policyArn('p') })
  await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'i', PolicyDocument: document })
  await at.ok('CreateLoginProfile', { UserName: 'u', Password: 'Recorded-passw0rd' })
  for (const _ of [1, 2]) await at.ok('CreateAccessKey', { UserName: 'u' })
  return at
}

type Row = readonly [operation: string, query: Query, recorded: Recorded]

/** `test_iam_groups`, February 2026 */
const groups: readonly Row[] = [
  ['CreateGroup', { GroupName: 'g' }, taken('Group with name g already exists.')],
  ['GetGroup', { GroupName: 'none' }, noGroup('none')],
  ['DeleteGroup', { GroupName: 'none' }, noGroup('none')],
  ['UpdateGroup', { GroupName: 'none', NewGroupName: 'other' }, noGroup('none')],
  ['UpdateGroup', { GroupName: 'g', NewGroupName: 'h' }, taken('Group with name h already exists.')],
  ['AddUserToGroup', { GroupName: 'g', UserName: 'none' }, noUser('none')],
  ['AddUserToGroup', { GroupName: 'none', UserName: 'u' }, noGroup('none')],
  ['RemoveUserFromGroup', { GroupName: 'none', UserName: 'any-user' }, noUser('any-user')],
  ['RemoveUserFromGroup', { GroupName: 'none', UserName: 'u' }, noGroup('none')],
  ['RemoveUserFromGroup', { GroupName: 'g', UserName: 'u' }, 'ok'],
  [
    'GetGroupPolicy',
    { GroupName: 'g', PolicyName: 'none' },
    absent('The group policy with name none cannot be found.'),
  ],
  [
    'DetachGroupPolicy',
    { GroupName: 'g', PolicyArn: policyArn('p') },
    absent(`Policy ${policyArn('p')} was not found.`),
  ],
]

/** `test_iam_users`, February 2026 */
const users: readonly Row[] = [
  ['CreateUser', { UserName: 'u' }, taken('User with name u already exists.')],
  ['GetUser', { UserName: 'none' }, noUser('none')],
  ['UpdateUser', { UserName: 'none', NewUserName: 'other' }, noUser('none')],
  ['DeleteUser', { UserName: 'none' }, noUser('none')],
  ['CreateLoginProfile', { UserName: 'none', Password: 'Recorded-passw0rd' }, noUser('none')],
  [
    'CreateLoginProfile',
    { UserName: 'u', Password: 'Recorded-passw0rd' },
    taken('Login Profile for user u already exists.'),
  ],
  ['GetLoginProfile', { UserName: 'bare' }, absent('Login Profile for User bare cannot be found.')],
  ['DeleteLoginProfile', { UserName: 'bare' }, absent('Login Profile for User bare cannot be found.')],
  ['DeleteLoginProfile', { UserName: 'none' }, noUser('none')],
  ['CreateAccessKey', { UserName: 'none' }, noUser('none')],
  ['CreateAccessKey', { UserName: 'u' }, fault('LimitExceeded', 409, 'Cannot exceed quota for AccessKeysPerUser: 2')],
  [
    'UpdateAccessKey',
    { UserName: 'u', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Inactive' },
    absent('The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.'),
  ],
  [
    'AttachUserPolicy',
    { UserName: 'u', PolicyArn: policyArn('nonexistent') },
    absent(`Policy ${policyArn('nonexistent')} does not exist or is not attachable.`),
  ],
  ['DetachUserPolicy', { UserName: 'u', PolicyArn: policyArn('p') }, absent(`Policy ${policyArn('p')} was not found.`)],
  ['TagUser', { UserName: 'none', 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': 'v' }, noUser('none')],
  ['UntagUser', { UserName: 'none', 'TagKeys.member.1': 'k' }, noUser('none')],
  ['ListUserTags', { UserName: 'none' }, noUser('none')],
]

const tags = (...keys: readonly string[]): Query =>
  Object.fromEntries(
    keys.flatMap((key, index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, 'v'],
    ]),
  )
const tagKeys = (...keys: readonly string[]): Query =>
  Object.fromEntries(keys.map((key, index) => [`TagKeys.member.${index + 1}`, key]))
const many = Array.from({ length: 51 }, (_, index) => `k${index}`)
const keyPattern = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+'
const everyClause =
  'Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or ' +
  `equal to 1, Member must satisfy regular expression pattern: ${keyPattern}, Member must not be null]`

/** `test_iam_roles` and `test_iam_policies`, February 2026: what is said of tags; `twice` differs. */
const faultsOfTags = (tag: string, untag: string, holder: Query, twice: string, twoCases: Recorded): readonly Row[] => [
  [tag, { ...holder, ...tags(...many) }, violated('tags', 'Member must have length less than or equal to 50')],
  [tag, { ...holder, ...tags('k', 'k') }, fault('InvalidInput', 400, twice)],
  [tag, { ...holder, ...tags('k', 'K') }, twoCases],
  [
    tag,
    { ...holder, ...tags('k'.repeat(129)) },
    violated('tags.1.member.key', 'Member must have length less than or equal to 128'),
  ],
  [
    tag,
    { ...holder, 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': 'v'.repeat(257) },
    violated('tags.1.member.value', 'Member must have length less than or equal to 256'),
  ],
  [
    tag,
    { ...holder, ...tags('k!') },
    violated('tags.1.member.key', `Member must satisfy regular expression pattern: ${keyPattern}`),
  ],
  [untag, { ...holder, ...tagKeys(...many) }, violated('tagKeys', 'Member must have length less than or equal to 50')],
  [untag, { ...holder, ...tagKeys('k'.repeat(129)) }, violated('tagKeys', everyClause)],
  [untag, { ...holder, ...tagKeys('k!') }, violated('tagKeys', everyClause)],
]
const caseless = 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'

/** `test_iam_roles`, February 2026 */
const roles: readonly Row[] = [
  ['GetRole', { RoleName: 'none' }, noRole('none')],
  ['UpdateRole', { RoleName: 'none' }, noRole('none')],
  ['DeleteRole', { RoleName: 'none' }, noRole('none')],
  ['CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust }, taken('Role with name r already exists.')],
  ['DeleteRole', { RoleName: 'attached' }, conflict('Cannot delete entity, must detach all policies first.')],
  ['DeleteRole', { RoleName: 'inline' }, conflict('Cannot delete entity, must delete policies first.')],
  [
    'DeleteRole',
    { RoleName: 'profiled' },
    conflict('Cannot delete entity, must remove roles from instance profile first.'),
  ],
  [
    'UpdateAssumeRolePolicy',
    { RoleName: 'r', PolicyDocument: 'invalid json' },
    fault('MalformedPolicyDocument', 400, 'This policy contains invalid Json'),
  ],
  [
    'UpdateAssumeRolePolicy',
    { RoleName: 'r', PolicyDocument: trustOf({ Service: 'ec2.amazonaws.com' }, 's3:GetObject') },
    fault('MalformedPolicyDocument', 400, 'AssumeRole policy may only specify STS AssumeRole actions.'),
  ],
  [
    'UpdateAssumeRolePolicy',
    { RoleName: 'r', PolicyDocument: trustOf({ Service: 'ec2.amazonaws.com' }, 'sts:AssumeRole', { Resource: '*' }) },
    fault('MalformedPolicyDocument', 400, 'Has prohibited field Resource'),
  ],
  ...(['GetRolePolicy', 'DeleteRolePolicy'] as const).flatMap((operation): readonly Row[] => [
    [operation, { RoleName: 'r', PolicyName: 'none' }, absent('The role policy with name none cannot be found.')],
    [operation, { RoleName: 'none', PolicyName: 'none' }, noRole('none')],
  ]),
  ['PutRolePolicy', { RoleName: 'none', PolicyName: 'i', PolicyDocument: document }, noRole('none')],
  ['DetachRolePolicy', { RoleName: 'r', PolicyArn: policyArn('p') }, absent(`Policy ${policyArn('p')} was not found.`)],
  [
    'AttachRolePolicy',
    { RoleName: 'r', PolicyArn: 'longpolicynamebutnoarn' },
    invalid('ARN longpolicynamebutnoarn is not valid.'),
  ],
  [
    'AttachRolePolicy',
    { RoleName: 'r', PolicyArn: 'unused-policy-with-a-name' },
    invalid('ARN unused-policy-with-a-name is not valid.'),
  ],
  [
    'AttachRolePolicy',
    { RoleName: 'r', PolicyArn: policyArn('nonexistent-policy') },
    absent(`Policy ${policyArn('nonexistent-policy')} does not exist or is not attachable.`),
  ],
  ...(['PutRolePermissionsBoundary', 'CreateRole'] as const).flatMap((operation): readonly Row[] => {
    const role: Query =
      operation === 'CreateRole' ? { RoleName: 'new', AssumeRolePolicyDocument: trust } : { RoleName: 'r' }
    const strange = `arn:aws:iam::${ACCOUNT}:not_a_policy/invalid`
    return [
      [
        operation,
        { ...role, PermissionsBoundary: strange },
        fault('InvalidInput', 400, `ARN ${strange} is not valid.`),
      ],
      [
        operation,
        { ...role, PermissionsBoundary: policyArn('nonexistent-policy') },
        absent(`Scope ARN: ${policyArn('nonexistent-policy')} does not exist or is not attachable.`),
      ],
    ]
  }),
  ['PutRolePermissionsBoundary', { RoleName: 'none', PermissionsBoundary: policyArn('p') }, noRole('none')],
  ['TagRole', { RoleName: 'none', ...tags('k') }, noRole('none')],
  ['UntagRole', { RoleName: 'none', ...tagKeys('k') }, noRole('none')],
  ['ListRoleTags', { RoleName: 'none' }, noRole('none')],
  ...faultsOfTags('TagRole', 'UntagRole', { RoleName: 'r' }, caseless, fault('InvalidInput', 400, caseless)),
]

const noVersion = (name: string, version: string) =>
  absent(`Policy ${policyArn(name)} version ${version} does not exist or is not attachable.`)
const versionPattern = violated(
  'versionId',
  'Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?',
)

/** `test_iam_policies` and `test_iam_managed_policies`, February 2026 */
const policies: readonly Row[] = [
  [
    'CreatePolicy',
    { PolicyName: 'p', PolicyDocument: document },
    taken('A policy called p already exists. Duplicate names are not allowed.'),
  ],
  ['GetPolicyVersion', { PolicyArn: policyArn('none'), VersionId: 'v1' }, noVersion('none', 'v1')],
  ['GetPolicyVersion', { PolicyArn: policyArn('p'), VersionId: 'v9' }, noVersion('p', 'v9')],
  [
    'DeletePolicyVersion',
    { PolicyArn: policyArn('p'), VersionId: 'v1' },
    conflict('Cannot delete the default version of a policy.'),
  ],
  ['DeletePolicyVersion', { PolicyArn: policyArn('p'), VersionId: 'v9' }, noVersion('p', 'v9')],
  ['SetDefaultPolicyVersion', { PolicyArn: policyArn('none'), VersionId: 'v1' }, noVersion('none', 'v1')],
  ['SetDefaultPolicyVersion', { PolicyArn: policyArn('p'), VersionId: 'v4' }, noVersion('p', 'v4')],
  ['SetDefaultPolicyVersion', { PolicyArn: policyArn('p'), VersionId: 'wrong_version_id' }, versionPattern],
  ['GetPolicyVersion', { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess', VersionId: 'v0' }, versionPattern],
  ['TagPolicy', { PolicyArn: policyArn('none'), ...tags('k') }, absent(`Policy ${policyArn('none')} was not found.`)],
  [
    'UntagPolicy',
    { PolicyArn: policyArn('none'), ...tagKeys('k') },
    absent(`Policy ${policyArn('none')} was not found.`),
  ],
  ...faultsOfTags('TagPolicy', 'UntagPolicy', { PolicyArn: policyArn('p') }, 'Duplicate tag keys found.', 'ok'),
]

/** `test_iam_instance_profiles`, February 2026 */
const profiles: readonly Row[] = [
  ['GetInstanceProfile', { InstanceProfileName: 'none' }, noProfile('none')],
  ['DeleteInstanceProfile', { InstanceProfileName: 'none' }, noProfile('none')],
  ['CreateInstanceProfile', { InstanceProfileName: 'empty' }, taken('Instance Profile empty already exists.')],
  [
    'AddRoleToInstanceProfile',
    { InstanceProfileName: 'full', RoleName: 'r' },
    fault('LimitExceeded', 409, 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'),
  ],
  [
    'DeleteInstanceProfile',
    { InstanceProfileName: 'full' },
    conflict('Cannot delete entity, must remove roles from instance profile first.'),
  ],
  ...(['AddRoleToInstanceProfile', 'RemoveRoleFromInstanceProfile'] as const).flatMap((operation): readonly Row[] => [
    [operation, { InstanceProfileName: 'none', RoleName: 'r' }, noProfile('none')],
    [operation, { InstanceProfileName: 'empty', RoleName: 'none' }, noRole('none')],
  ]),
  [
    'RemoveRoleFromInstanceProfile',
    { InstanceProfileName: 'empty', RoleName: 'r' },
    absent('Role r in Instance Profile empty cannot be found.'),
  ],
  ['TagInstanceProfile', { InstanceProfileName: 'none', ...tags('k') }, noProfile('none')],
  ['UntagInstanceProfile', { InstanceProfileName: 'none', ...tagKeys('k') }, noProfile('none')],
  ['ListInstanceProfileTags', { InstanceProfileName: 'none' }, noProfile('none')],
]

const noDevice = (name: string) =>
  absent(`MFA Device with serial number arn:aws:iam::${ACCOUNT}:mfa/${name} does not exist.`)
const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' }
const badPath = invalid(
  'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
)

/** `test_iam_mfa`, February 2026 */
const devices: readonly Row[] = [
  ['ListVirtualMFADevices', { Marker: 'invalid' }, invalid('Invalid Marker.')],
  ['CreateVirtualMFADevice', { VirtualMFADeviceName: 'd', Path: 'test/' }, badPath],
  ['CreateVirtualMFADevice', { VirtualMFADeviceName: 'd', Path: '/test' }, badPath],
  ['CreateVirtualMFADevice', { VirtualMFADeviceName: 'd', Path: '/test//double/' }, 'ok'],
  [
    'CreateVirtualMFADevice',
    { VirtualMFADeviceName: 'd', Path: `/${'x'.repeat(511)}/` },
    violated('path', 'Member must have length less than or equal to 512'),
  ],
  ['DeleteVirtualMFADevice', { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/none` }, noDevice('none')],
  ['EnableMFADevice', { UserName: 'none', SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/none`, ...codes }, noUser('none')],
  ['DeactivateMFADevice', { UserName: 'none', SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/none` }, noUser('none')],
  ['DeactivateMFADevice', { UserName: 'u', SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/none` }, noDevice('none')],
]

/** `test_iam_account_password_policy`, February 2026 */
const account: readonly Row[] = [
  [
    'UpdateAccountPasswordPolicy',
    { MinimumPasswordLength: '500', PasswordReusePrevention: '30', MaxPasswordAge: '1200' },
    invalid(
      "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than " +
        "or equal to 128; Value at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal " +
        "to 24; Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095",
    ),
  ],
  ['GetAccountPasswordPolicy', {}, absent(`The Password Policy with domain name ${ACCOUNT} cannot be found.`)],
  ['DeleteAccountPasswordPolicy', {}, absent('The account policy with name PasswordPolicy cannot be found.')],
]

describe('as recorded of AWS, what cannot be done is refused:', () => {
  test.each([...groups, ...users, ...roles, ...policies, ...profiles, ...devices, ...account])(
    '%s %j',
    async (operation, query, recorded) => {
      expect(asFar(recorded, await replay(await world(), operation, query))).toEqual(recorded)
    },
  )
})

/** The members that a reply has, in the order of the alphabet; dates and ids differ. */
const members = (reply: object) =>
  Object.entries(reply)
    .flatMap(([name, value]) => (value === undefined ? [] : [name]))
    .toSorted()

describe('as recorded of AWS, replies have these members and no others:', () => {
  const role = ['Arn', 'AssumeRolePolicyDocument', 'CreateDate', 'Path', 'RoleId', 'RoleName']

  it('roles (test_iam_roles, February 2026)', async () => {
    const at = await world()
    const own: Query = {
      RoleName: 'new',
      AssumeRolePolicyDocument: trust,
      Description: 'd',
      MaxSessionDuration: '7200',
    }
    const { ok: made } = await replay(at, 'CreateRole', own)
    expect(members(made.Role)).toEqual(role)
    const more: Query = { RoleName: 'more', PermissionsBoundary: policyArn('p'), ...tags('k') }
    const { ok: full } = await replay(at, 'CreateRole', { ...own, ...more })
    expect(members(full.Role)).toEqual([...role, 'PermissionsBoundary', 'Tags'].toSorted())
    const { ok: got } = await replay(at, 'GetRole', { RoleName: 'r' })
    expect(members(got.Role)).toEqual([...role, 'MaxSessionDuration', 'RoleLastUsed'].toSorted())
    expect(members(got.Role.RoleLastUsed)).toEqual([])
    const { ok: gotFull } = await replay(at, 'GetRole', { RoleName: 'more' })
    expect(members(gotFull.Role)).toEqual(
      [...role, 'Description', 'MaxSessionDuration', 'PermissionsBoundary', 'RoleLastUsed', 'Tags'].toSorted(),
    )
    expect(gotFull.Role.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: policyArn('p'),
    })
    const { ok: all } = await replay(at, 'ListRoles')
    const listed = all.Roles.find(({ RoleName }: { RoleName: string }) => RoleName === 'more')
    expect(members(listed)).toEqual([...role, 'Description', 'MaxSessionDuration'].toSorted())
    const { ok: described } = await replay(at, 'UpdateRoleDescription', { RoleName: 'more', Description: 'e' })
    expect(members(described.Role)).toEqual([...role, 'Description'].toSorted())
    // Nothing to change changes nothing.
    await replay(at, 'UpdateRole', { RoleName: 'more' })
    const { ok: after } = await replay(at, 'GetRole', { RoleName: 'more' })
    expect([after.Role.Description, after.Role.MaxSessionDuration]).toEqual(['e', 7200])
  })

  it('instance profiles (test_iam_instance_profiles, February 2026)', async () => {
    const at = await world()
    const profile = ['Arn', 'CreateDate', 'InstanceProfileId', 'InstanceProfileName', 'Path', 'Roles']
    const { ok: made } = await replay(at, 'CreateInstanceProfile', { InstanceProfileName: 'new' })
    expect(members(made.InstanceProfile)).toEqual(profile)
    expect(made.InstanceProfile.Roles).toEqual([])
    const tagged = { InstanceProfileName: 'tagged', ...tags('k') }
    expect(members((await replay(at, 'CreateInstanceProfile', tagged)).ok.InstanceProfile)).toEqual([
      ...profile,
      'Tags',
    ])
    const { ok: got } = await replay(at, 'GetInstanceProfile', { InstanceProfileName: 'full' })
    expect(members(got.InstanceProfile)).toEqual([...profile, 'Tags'])
    expect(got.InstanceProfile.Tags).toEqual([])
    expect(members(got.InstanceProfile.Roles[0])).toEqual(role)
    for (const [operation, query] of [
      ['ListInstanceProfiles', {}],
      ['ListInstanceProfilesForRole', { RoleName: 'profiled' }],
    ] as const) {
      const { ok: listed } = await replay(at, operation, query)
      expect(members(listed)).toEqual(['InstanceProfiles', 'IsTruncated'])
      for (const one of listed.InstanceProfiles) expect(members(one)).toEqual(profile)
    }
  })

  const policy = [
    'Arn',
    'AttachmentCount',
    'CreateDate',
    'DefaultVersionId',
    'IsAttachable',
    'Path',
    'PermissionsBoundaryUsageCount',
    'PolicyId',
    'PolicyName',
    'UpdateDate',
  ]

  it('policies and their versions (test_iam_policies, February 2026)', async () => {
    const at = await world()
    const own = { PolicyDocument: document, Description: 'testing' }
    expect(members((await replay(at, 'CreatePolicy', { ...own, PolicyName: 'new' })).ok.Policy)).toEqual(policy)
    const cases = { ...own, PolicyName: 'cases', ...tags('a', 'A') }
    const { ok: made } = await replay(at, 'CreatePolicy', cases)
    expect(members(made.Policy)).toEqual([...policy, 'Tags'].toSorted())
    const keysOf = (reply: { Tags: { Key: string }[] }) => reply.Tags.map(({ Key }) => Key)
    expect(keysOf(made.Policy)).toEqual(['a', 'A'])
    const PolicyArn = policyArn('cases')
    expect(keysOf((await replay(at, 'ListPolicyTags', { PolicyArn })).ok)).toEqual(['A', 'a'])
    await replay(at, 'UntagPolicy', { PolicyArn, ...tagKeys('a') })
    expect(keysOf((await replay(at, 'ListPolicyTags', { PolicyArn })).ok)).toEqual(['A'])
    const { ok: got } = await replay(at, 'GetPolicy', { PolicyArn: policyArn('p') })
    expect(members(got.Policy)).toEqual([...policy, 'Tags'].toSorted())
    expect(got.Policy.Tags).toEqual([])
    const { ok: all } = await replay(at, 'ListPolicies', { Scope: 'Local' })
    for (const one of all.Policies) expect(members(one)).toEqual(policy)

    const version = ['CreateDate', 'IsDefaultVersion', 'VersionId']
    const add = (isDefault: string) =>
      replay(at, 'CreatePolicyVersion', { PolicyArn, PolicyDocument: document, SetAsDefault: isDefault })
    const { ok: second } = await add('true')
    expect(members(second.PolicyVersion)).toEqual(version)
    for (const _ of [3, 4, 5]) await add('false')
    const limit =
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.'
    expect((await add('false')).recorded).toEqual(fault('LimitExceeded', 409, limit))
    const { ok: listed } = await replay(at, 'ListPolicyVersions', { PolicyArn })
    for (const one of listed.Versions) expect(members(one)).toEqual(version)
    expect(
      listed.Versions.map(({ VersionId, IsDefaultVersion }: { VersionId: string; IsDefaultVersion: boolean }) => [
        VersionId,
        IsDefaultVersion,
      ]),
    ).toEqual([
      ['v5', false],
      ['v4', false],
      ['v3', false],
      ['v2', true],
      ['v1', false],
    ])
    await replay(at, 'DeletePolicyVersion', { PolicyArn, VersionId: 'v3' })
    expect((await add('false')).ok.PolicyVersion.VersionId).toBe('v6')
    const { ok: gotVersion } = await replay(at, 'GetPolicyVersion', { PolicyArn, VersionId: 'v2' })
    expect(members(gotVersion.PolicyVersion)).toEqual(['CreateDate', 'Document', 'IsDefaultVersion', 'VersionId'])
  })

  it('users, groups, keys and login profiles (test_iam_users, test_iam_groups, February 2026)', async () => {
    const at = await world()
    const user = ['Arn', 'CreateDate', 'Path', 'UserId', 'UserName']
    const withTags = { UserName: 'tagged', ...tags('k') }
    expect(members((await replay(at, 'CreateUser', withTags)).ok.User)).toEqual([...user, 'Tags'].toSorted())
    expect(members((await replay(at, 'GetUser', { UserName: 'tagged' })).ok.User)).toEqual([...user, 'Tags'].toSorted())
    expect(members((await replay(at, 'GetUser', { UserName: 'u' })).ok.User)).toEqual(user)
    for (const one of (await replay(at, 'ListUsers')).ok.Users) expect(members(one)).toEqual(user)
    const { ok: key } = await replay(at, 'CreateAccessKey', { UserName: 'bare' })
    expect(members(key.AccessKey)).toEqual(['AccessKeyId', 'CreateDate', 'SecretAccessKey', 'Status', 'UserName'])
    const { ok: unused } = await replay(at, 'GetAccessKeyLastUsed', { AccessKeyId: key.AccessKey.AccessKeyId })
    expect(unused).toEqual({ UserName: 'bare', AccessKeyLastUsed: { Region: 'N/A', ServiceName: 'N/A' } })
    const { ok: keys } = await replay(at, 'ListAccessKeys', { UserName: 'bare' })
    expect(members(keys.AccessKeyMetadata[0])).toEqual(['AccessKeyId', 'CreateDate', 'Status', 'UserName'])
    const { ok: profile } = await replay(at, 'GetLoginProfile', { UserName: 'u' })
    expect(members(profile.LoginProfile)).toEqual(['CreateDate', 'PasswordResetRequired', 'UserName'])
    const group = ['Arn', 'CreateDate', 'GroupId', 'GroupName', 'Path']
    for (const _ of [1, 2]) await at.ok('AddUserToGroup', { GroupName: 'g', UserName: 'u' })
    const { ok: got } = await replay(at, 'GetGroup', { GroupName: 'g' })
    expect([members(got), members(got.Group)]).toEqual([['Group', 'IsTruncated', 'Users'], group])
    expect(got.Users.map(members)).toEqual([user])
    const { ok: mine } = await replay(at, 'ListGroupsForUser', { UserName: 'u' })
    expect(mine.Groups.map(members)).toEqual([group])
  })

  it('the whole account (test_iam_account_authorization_details, February 2026)', async () => {
    const at = await world()
    const { ok } = await replay(at, 'GetAccountAuthorizationDetails')
    const named = (list: readonly Record<string, unknown>[], member: string, name: string) =>
      list.find((one) => one[member] === name)!
    const user = ['Arn', 'AttachedManagedPolicies', 'CreateDate', 'GroupList', 'Path', 'Tags', 'UserId', 'UserName']
    expect(members(named(ok.UserDetailList, 'UserName', 'bare'))).toEqual(user)
    expect(members(named(ok.UserDetailList, 'UserName', 'u'))).toEqual([...user, 'UserPolicyList'])
    expect(members(named(ok.GroupDetailList, 'GroupName', 'g'))).toEqual([
      'Arn',
      'AttachedManagedPolicies',
      'CreateDate',
      'GroupId',
      'GroupName',
      'GroupPolicyList',
      'Path',
    ])
    const lists = ['AttachedManagedPolicies', 'InstanceProfileList', 'RoleLastUsed', 'RolePolicyList', 'Tags']
    const profiled = named(ok.RoleDetailList, 'RoleName', 'profiled')
    expect(members(profiled)).toEqual([...role, ...lists].toSorted())
    const [profile] = profiled['InstanceProfileList'] as [Record<string, object[]>]
    expect(members(profile)).toEqual(['Arn', 'CreateDate', 'InstanceProfileId', 'InstanceProfileName', 'Path', 'Roles'])
    expect(members(profile['Roles']![0]!)).toEqual(role)
    const local = named(ok.Policies, 'PolicyName', 'p')
    expect(members(local)).toEqual([...policy, 'PolicyVersionList'].toSorted())
    const [version] = local['PolicyVersionList'] as [object]
    expect(members(version)).toEqual(['CreateDate', 'Document', 'IsDefaultVersion', 'VersionId'])
    const onlyRoles = { 'Filter.member.1': 'Role' }
    const { ok: filtered } = await replay(at, 'GetAccountAuthorizationDetails', onlyRoles)
    expect([filtered.UserDetailList, filtered.GroupDetailList, filtered.Policies]).toEqual([[], [], []])
  })

  it('virtual MFA devices (test_iam_mfa, February 2026)', async () => {
    const at = await openAuthority()
    const made = await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'd', Path: '/test-path/' })
    expect(members(made.VirtualMFADevice)).toEqual(['Base32StringSeed', 'QRCodePNG', 'SerialNumber'])
    expect(made.VirtualMFADevice.SerialNumber).toBe(`arn:aws:iam::${ACCOUNT}:mfa/test-path/d`)
    const { serialNumber } = await at.userWithDevice('u')
    const listed = async (AssignmentStatus: string) =>
      (await replay(at, 'ListVirtualMFADevices', { AssignmentStatus })).ok.VirtualMFADevices
    expect((await listed('Unassigned')).map(members)).toEqual([['SerialNumber']])
    const [assigned] = await listed('Assigned')
    expect(members(assigned)).toEqual(['EnableDate', 'SerialNumber', 'User'])
    expect(members(assigned.User)).toEqual(['Arn', 'CreateDate', 'Path', 'UserId', 'UserName'])
    const { ok: mine } = await replay(at, 'ListMFADevices', { UserName: 'u' })
    expect(mine.MFADevices.map(members)).toEqual([['EnableDate', 'SerialNumber', 'UserName']])
    const enabled: Query = {
      SerialNumber: serialNumber,
      AuthenticationCode1: at.code(serialNumber, -1),
      AuthenticationCode2: at.code(serialNumber),
    }
    await at.ok('CreateUser', { UserName: 'other' })
    const twice = await replay(at, 'EnableMFADevice', { UserName: 'other', ...enabled })
    expect(twice.recorded).toEqual(taken('MFA Device is already in use.'))
    await at.ok('DeactivateMFADevice', { UserName: 'u', SerialNumber: serialNumber })
    expect((await listed('Assigned')).length).toBe(0)
  })

  it('the password policy (test_iam_account_password_policy, February 2026)', async () => {
    const at = await openAuthority()
    await replay(at, 'UpdateAccountPasswordPolicy')
    expect((await replay(at, 'GetAccountPasswordPolicy')).ok.PasswordPolicy).toEqual({
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: false,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      ExpirePasswords: false,
    })
    await replay(at, 'UpdateAccountPasswordPolicy', {
      AllowUsersToChangePassword: 'true',
      HardExpiry: 'true',
      MaxPasswordAge: '60',
      MinimumPasswordLength: '10',
      PasswordReusePrevention: '3',
    })
    expect((await replay(at, 'GetAccountPasswordPolicy')).ok.PasswordPolicy).toMatchObject({
      AllowUsersToChangePassword: true,
      ExpirePasswords: true,
      HardExpiry: true,
      MaxPasswordAge: 60,
      MinimumPasswordLength: 10,
      PasswordReusePrevention: 3,
    })
  })
})

/** `sts/test_sts.snapshot.json`, April 2025 to February 2026 */
describe('as recorded of AWS, sessions of roles', () => {
  const tagging = trustOf({ AWS: ACCOUNT }, ['sts:AssumeRole', 'sts:TagSession'])
  const allowing = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
  })

  async function chained() {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'sts', PolicyDocument: allowing })
    for (const RoleName of ['one', 'two']) {
      await at.ok('CreateRole', { RoleName, AssumeRolePolicyDocument: tagging })
      await at.ok('PutRolePolicy', { RoleName, PolicyName: 'sts', PolicyDocument: allowing })
    }
    return at
  }

  const wanted = (name: string): Query => ({ RoleArn: roleArn(name), RoleSessionName: 'Session1' })
  const refusedTag = (message: string) => fault('InvalidParameterValue', 400, message)

  it('do not go with transitive keys that are no tags, or with keys in two cases', async () => {
    const at = await chained()
    const caller = at.user('u')
    const odd = await replay(at, 'AssumeRole', { ...wanted('one'), 'TransitiveTagKeys.member.1': 'k' }, caller)
    const says = 'The specified transitive tag key must be included in the requested tags.'
    expect(odd.recorded).toEqual(refusedTag(says))
    const cases = await replay(at, 'AssumeRole', { ...wanted('one'), ...tags('k', 'K') }, caller)
    expect(cases.recorded).toEqual(refusedTag(caseless))
  })

  test.each(['k', 'K'])('do not take %j in the place of a transitive tag of the session before', async (key) => {
    const at = await chained()
    const query = { ...wanted('one'), ...tags('k'), 'TransitiveTagKeys.member.1': 'k' }
    const { ok } = await replay(at, 'AssumeRole', query, at.user('u'))
    const session = at.session(ok.Credentials.SessionToken)
    const second = await replay(at, 'AssumeRole', { ...wanted('two'), ...tags(key) }, session)
    const says =
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
    expect(second.recorded).toEqual(refusedTag(says))
  })

  test.each([
    ['nothing-valid-in-here'],
    ['arn::b:::something/test-role'],
    ['arn:a::::something/test-role'],
    ['arn:a:::something/test-role'],
    ['arn:a:a::aaaaaaaaaa:'],
  ])('are not of %s', async (RoleArn) => {
    const at = await chained()
    const answer = await replay(at, 'AssumeRole', { RoleArn, RoleSessionName: 'Session1' }, at.user('u'))
    expect(answer.recorded).toEqual(invalid(`${RoleArn} is invalid`))
  })

  test.each([
    ['Session1:2', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*'],
    ['s'.repeat(65), 'Member must have length less than or equal to 64'],
  ])('are not named %s', async (RoleSessionName, constraint) => {
    const at = await chained()
    const answer = await replay(at, 'AssumeRole', { ...wanted('one'), RoleSessionName }, at.user('u'))
    const says = `1 validation error detected: Value '${RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: ${constraint}`
    expect(answer.recorded).toEqual(invalid(says))
  })

  it('tell of packed policies only where there are some; federated users always', async () => {
    const at = await chained()
    const reply = (await replay(at, 'AssumeRole', wanted('one'), at.user('u'))).ok
    expect(members(reply)).toEqual(['AssumedRoleUser', 'Credentials'])
    const bound = (await replay(at, 'AssumeRole', { ...wanted('one'), Policy: document }, at.user('u'))).ok
    expect(members(bound)).toEqual(['AssumedRoleUser', 'Credentials', 'PackedPolicySize'])
    const federated = (await replay(at, 'GetFederationToken', { Name: 'TestName' }, at.user('u'))).ok
    expect(federated.PackedPolicySize).toBe(0)
    expect(federated.FederatedUser).toEqual({
      FederatedUserId: `${ACCOUNT}:TestName`,
      Arn: `arn:aws:sts::${ACCOUNT}:federated-user/TestName`,
    })
  })
})

/** radkawar/stackd, `testdata/aws/sts/managed_session_policy.json`, September 2026 */
it('as recorded of AWS, a session follows the default version of its managed policy', async () => {
  const at = await openAuthority()
  await at.ok('CreateUser', { UserName: 'u' })
  const says = (Effect: string, Action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect, Action, Resource: '*' } })
  await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'sts', PolicyDocument: says('Allow', 'sts:*') })
  await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trustOf({ AWS: ACCOUNT }) })
  const PolicyDocument = says('Allow', 'iam:ListUsers')
  await at.ok('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument })
  await at.ok('CreatePolicy', { PolicyName: 'bound', PolicyDocument })
  const PolicyArn = policyArn('bound')
  const wanted: Query = {
    RoleArn: roleArn('r'),
    RoleSessionName: 'session',
    'PolicyArns.member.1.arn': PolicyArn,
    DurationSeconds: '900',
  }
  const { ok } = await replay(at, 'AssumeRole', wanted, at.user('u'))
  const session = at.session(ok.Credentials.SessionToken)
  expect((await replay(at, 'ListUsers', {}, session)).recorded).toBe('ok')
  const denying = says('Deny', 'iam:ListUsers')
  await at.ok('CreatePolicyVersion', { PolicyArn, PolicyDocument: denying, SetAsDefault: true })
  const denied = fault('AccessDenied', 403)
  expect(asFar(denied, await replay(at, 'ListUsers', {}, session))).toEqual(denied)
})
