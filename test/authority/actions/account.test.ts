import { describe, expect, it } from 'vitest'
import { openAuthority } from './authority-at-hand.ts'

describe('the account', () => {
  it('has one alias at most, and the newest holds', async () => {
    const at = await openAuthority()
    await at.ok('CreateAccountAlias', { AccountAlias: 'first' })
    await at.ok('CreateAccountAlias', { AccountAlias: 'second' })
    expect((await at.ok('ListAccountAliases')).AccountAliases).toEqual(['second'])
    expect(await at.refused('DeleteAccountAlias', { AccountAlias: 'first' })).toMatchObject({
      reason: 'no-such-entity',
    })
    await at.ok('DeleteAccountAlias', { AccountAlias: 'second' })
    expect((await at.ok('ListAccountAliases')).AccountAliases).toEqual([])
    expect(await at.refused('CreateAccountAlias', { AccountAlias: '123456789012' })).toMatchObject({
      reason: 'invalid-input',
    })
  })

  it('counts what it has beside what it may have, under AWS’s names', async () => {
    const at = await openAuthority()
    await at.userWithDevice('u')
    await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: 'idle' })
    const { SummaryMap } = await at.ok('GetAccountSummary')
    // The keys of IAM's service model, `summaryKeyType`.
    expect(Object.keys(SummaryMap).sort()).toEqual(
      [
        'Users',
        'UsersQuota',
        'Groups',
        'GroupsQuota',
        'ServerCertificates',
        'ServerCertificatesQuota',
        'UserPolicySizeQuota',
        'GroupPolicySizeQuota',
        'GroupsPerUserQuota',
        'SigningCertificatesPerUserQuota',
        'AccessKeysPerUserQuota',
        'MFADevices',
        'MFADevicesInUse',
        'AccountMFAEnabled',
        'AccountAccessKeysPresent',
        'AccountPasswordPresent',
        'AccountSigningCertificatesPresent',
        'AttachedPoliciesPerGroupQuota',
        'AttachedPoliciesPerRoleQuota',
        'AttachedPoliciesPerUserQuota',
        'Policies',
        'PoliciesQuota',
        'PolicySizeQuota',
        'PolicyVersionsInUse',
        'PolicyVersionsInUseQuota',
        'VersionsPerPolicyQuota',
        'GlobalEndpointTokenVersion',
        'AssumeRolePolicySizeQuota',
        'InstanceProfiles',
        'InstanceProfilesQuota',
        'Providers',
        'RolePolicySizeQuota',
        'Roles',
        'RolesQuota',
      ].sort(),
    )
    expect(SummaryMap).toMatchObject({
      Users: 1,
      UsersQuota: 5000,
      MFADevices: 2,
      MFADevicesInUse: 1,
      AccountMFAEnabled: 0,
      AccountAccessKeysPresent: 1,
      AccessKeysPerUserQuota: 2,
    })
  })

  it('counts a policy in use once, whoever has it or is bounded by it, and AWS’s own too', async () => {
    // As AWS counted in September 2026 (radkawar/stackd, `testdata/aws/iam/account_reporting.json`).
    const at = await openAuthority()
    const inUse = async () => (await at.ok('GetAccountSummary')).SummaryMap.PolicyVersionsInUse
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    })
    const PolicyArn = (await at.ok('CreatePolicy', { PolicyName: 'p', PolicyDocument })).Policy.Arn
    await at.ok('CreatePolicyVersion', { PolicyArn, PolicyDocument })
    await at.ok('CreateUser', { UserName: 'a' })
    await at.ok('CreateUser', { UserName: 'b' })
    expect(await inUse()).toBe(0)
    await at.ok('PutUserPermissionsBoundary', { UserName: 'a', PermissionsBoundary: PolicyArn })
    expect(await inUse()).toBe(1)
    await at.ok('AttachUserPolicy', { UserName: 'b', PolicyArn })
    expect(await inUse()).toBe(1)
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await at.ok('PutUserPermissionsBoundary', { UserName: 'b', PermissionsBoundary })
    expect(await inUse()).toBe(2)
    await at.ok('CreateGroup', { GroupName: 'g' })
    await at.ok('AttachGroupPolicy', { GroupName: 'g', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
    expect(await inUse()).toBe(3)
  })
})
