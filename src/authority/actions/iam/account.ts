import type { Directory } from '../../directory/directory.ts'
import { globalTokenVersionOf } from '../../model/regions.ts'
import { action } from '../grid.ts'
import { pageReply, pageRequest } from '../members.ts'
import { page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { invalidInput, isRefused, noSuch } from '../sentences.ts'
import { onAll } from '../subjects.ts'
import { put, write } from '../write.ts'

const accountAlias = {
  type: 'string',
  required: true,
  min: 3,
  max: 63,
  pattern: '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$',
} as const

const createAccountAlias = action({
  service: 'iam',
  name: 'CreateAccountAlias',
  input: { AccountAlias: accountAlias },
  output: null,
  permission: onAll('iam:CreateAccountAlias'),
  run: ({ AccountAlias }, context) =>
    write(context, () => {
      // Twelve digits would be taken for an account id.
      if (/^\d{12}$/.test(AccountAlias)) return invalidInput('An account alias must not be a 12-digit number.')
      return { ok: {}, changes: [put(context.directory, { ...context.directory.account, alias: AccountAlias })] }
    }),
})

const deleteAccountAlias = action({
  service: 'iam',
  name: 'DeleteAccountAlias',
  input: { AccountAlias: accountAlias },
  output: null,
  permission: onAll('iam:DeleteAccountAlias'),
  run: ({ AccountAlias }, context) =>
    write(context, () => {
      const { account } = context.directory
      if (account.alias !== AccountAlias) return noSuch.alias(AccountAlias)
      return { ok: {}, changes: [put(context.directory, { ...account, alias: null })] }
    }),
})

const listAccountAliases = action({
  service: 'iam',
  name: 'ListAccountAliases',
  input: pageRequest,
  output: { AccountAliases: { type: 'list', required: true, member: accountAlias }, ...pageReply },
  permission: onAll('iam:ListAccountAliases'),
  run: (input, context) => {
    const { alias } = context.directory.account
    const some = page(context, 'ListAccountAliases', input, alias === null ? [] : [alias], (name) => name)
    return isRefused(some) ? some : { ok: { AccountAliases: some.items, ...some.end } }
  },
})

/** Which session tokens the global endpoint of STS gives from now on. */
const setSecurityTokenServicePreferences = action({
  service: 'iam',
  name: 'SetSecurityTokenServicePreferences',
  input: { GlobalEndpointTokenVersion: { type: 'string', required: true, enum: ['v2Token', 'v1Token'] } },
  output: null,
  permission: onAll('iam:SetSecurityTokenServicePreferences'),
  run: ({ GlobalEndpointTokenVersion }, context) =>
    write(context, () => {
      const globalTokenVersion = GlobalEndpointTokenVersion === 'v1Token' ? 1 : 2
      return { ok: {}, changes: [put(context.directory, { ...context.directory.account, globalTokenVersion })] }
    }),
})

const getAccountSummary = action({
  service: 'iam',
  name: 'GetAccountSummary',
  input: {},
  output: { SummaryMap: { type: 'map', required: true, value: { type: 'integer', required: true } } },
  permission: onAll('iam:GetAccountSummary'),
  run: (_input, { directory }) => ({ ok: { SummaryMap: { ...countsOf(directory), ...limits } } }),
})

function countsOf(directory: Directory): Readonly<Record<string, number>> {
  const devices = directory.mfaDevices()
  return {
    Users: directory.users().length,
    Groups: directory.groups().length,
    Roles: directory.roles().length,
    Policies: directory.policies().length,
    PolicyVersionsInUse: policiesInUse(directory),
    InstanceProfiles: directory.instanceProfiles().length,
    ServerCertificates: 0,
    Providers: directory.oidcProviders().length + directory.samlProviders().length,
    MFADevices: devices.length,
    MFADevicesInUse: devices.filter((device) => device.owner !== null).length,
    AccountMFAEnabled: directory.mfaDevicesOf('root').length > 0 ? 1 : 0,
    AccountAccessKeysPresent: directory.accessKeysOf('root').length > 0 ? 1 : 0,
    AccountPasswordPresent: directory.loginProfile('root') === undefined ? 0 : 1,
    AccountSigningCertificatesPresent: 0,
    GlobalEndpointTokenVersion: globalTokenVersionOf(directory.account),
  }
}

/**
 * One version each, the one in force, of every managed policy that somebody has or is bounded by, AWS's own included (observed of
 * AWS in September 2026: radkawar/stackd, `testdata/aws/iam/account_reporting.json`).
 */
function policiesInUse(directory: Directory): number {
  const arns = new Set<string>()
  for (const holder of [...directory.users(), ...directory.groups(), ...directory.roles()]) {
    for (const arn of holder.attachedPolicies) arns.add(arn)
    if (holder.kind !== 'group' && holder.boundary !== null) arns.add(holder.boundary)
  }
  return arns.size
}

const limits = {
  UsersQuota: quotas.users,
  GroupsQuota: quotas.groups,
  RolesQuota: quotas.roles,
  PoliciesQuota: quotas.policies,
  PolicySizeQuota: quotas.policySize,
  PolicyVersionsInUseQuota: quotas.policyVersionsInUse,
  VersionsPerPolicyQuota: quotas.versionsPerPolicy,
  InstanceProfilesQuota: quotas.instanceProfiles,
  ServerCertificatesQuota: quotas.serverCertificates,
  AssumeRolePolicySizeQuota: quotas.trustPolicySize,
  UserPolicySizeQuota: quotas.userPolicySize,
  GroupPolicySizeQuota: quotas.groupPolicySize,
  RolePolicySizeQuota: quotas.rolePolicySize,
  GroupsPerUserQuota: quotas.groupsPerUser,
  AccessKeysPerUserQuota: quotas.accessKeysPerUser,
  SigningCertificatesPerUserQuota: quotas.signingCertificatesPerUser,
  AttachedPoliciesPerUserQuota: quotas.attachedPoliciesPerUser,
  AttachedPoliciesPerGroupQuota: quotas.attachedPoliciesPerGroup,
  AttachedPoliciesPerRoleQuota: quotas.attachedPoliciesPerRole,
}

export const account = [
  createAccountAlias,
  deleteAccountAlias,
  listAccountAliases,
  setSecurityTokenServicePreferences,
  getAccountSummary,
]
