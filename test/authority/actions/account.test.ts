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
})
