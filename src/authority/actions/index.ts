import { accountRegions } from './account/regions.ts'
import { describeRegions } from './ec2/regions.ts'
import type { Action } from './grid.ts'
import { accessKeys } from './iam/access-keys.ts'
import { account } from './iam/account.ts'
import { authorizationDetails } from './iam/authorization-details.ts'
import { credentialReport } from './iam/credential-report.ts'
import { entityTags } from './iam/entity-tags.ts'
import { groups } from './iam/groups.ts'
import { heldPolicies } from './iam/held-policies.ts'
import { instanceProfiles } from './iam/instance-profiles.ts'
import { loginProfiles } from './iam/login-profiles.ts'
import { mfaDevices } from './iam/mfa-devices.ts'
import { oidcProviders } from './iam/oidc-providers.ts'
import { passwordPolicy } from './iam/password-policy.ts'
import { policies } from './iam/policies.ts'
import { policyVersions } from './iam/policy-versions.ts'
import { roles } from './iam/roles.ts'
import { samlProviders } from './iam/saml-providers.ts'
import { simulation } from './iam/simulation.ts'
import { users } from './iam/users.ts'
import { assignments } from './identity-center/assignments.ts'
import { identityStore } from './identity-center/identity-store.ts'
import { permissionSets } from './identity-center/permission-sets.ts'
import { setPolicies } from './identity-center/set-policies.ts'
import { getAccessKeyInfo } from './sts/access-key-info.ts'
import { assumeRole } from './sts/assume-role.ts'
import { decodeAuthorizationMessage } from './sts/authorization-message.ts'
import { getCallerIdentity } from './sts/caller-identity.ts'
import { getFederationToken } from './sts/federation-token.ts'
import { getSessionToken } from './sts/session-token.ts'
import { assumeRoleWithWebIdentity } from './sts/web-identity.ts'

/** The grid: every action of STS and IAM that this authority knows, one row each. */
export const actions: readonly Action[] = [
  getCallerIdentity,
  getSessionToken,
  getFederationToken,
  assumeRole,
  assumeRoleWithWebIdentity,
  getAccessKeyInfo,
  decodeAuthorizationMessage,
  ...users,
  ...accessKeys,
  ...loginProfiles,
  ...passwordPolicy,
  ...mfaDevices,
  ...groups,
  ...roles,
  ...instanceProfiles,
  ...policies,
  ...policyVersions,
  ...heldPolicies,
  ...oidcProviders,
  ...samlProviders,
  ...entityTags,
  ...account,
  ...credentialReport,
  ...authorizationDetails,
  ...simulation,
]

/** What other services say of regions: it is all that is known of them here. */
export const regionActions: readonly Action[] = [describeRegions, ...accountRegions]

/** IAM Identity Center: who has which role, and who there is. */
export const identityCenterActions: readonly Action[] = [
  ...permissionSets,
  ...setPolicies,
  ...assignments,
  ...identityStore,
]

const byName = new Map(actions.map((row) => [`${row.service}:${row.name}`, row]))

/** The row of an action, whose name counts with its case; undefined when the service has none of that name. */
export function findAction(service: 'sts' | 'iam', name: string): Action | undefined {
  return byName.get(`${service}:${name}`)
}
