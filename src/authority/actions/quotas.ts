/**
 * How many and how large, as AWS's defaults have it (`authority.md` §4.3; IAM User Guide, "IAM and AWS STS quotas").
 * Sizes are characters without white space.
 */
export const quotas = {
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  instanceProfiles: 1000,
  serverCertificates: 20,
  accessKeysPerUser: 2,
  signingCertificatesPerUser: 2,
  mfaDevicesPerUser: 8,
  groupsPerUser: 10,
  rolesPerInstanceProfile: 1,
  tagsPerEntity: 50,
  versionsPerPolicy: 5,
  policyVersionsInUse: 10000,
  attachedPoliciesPerUser: 10,
  attachedPoliciesPerGroup: 10,
  attachedPoliciesPerRole: 10,
  policySize: 6144,
  trustPolicySize: 2048,
  userPolicySize: 2048,
  groupPolicySize: 5120,
  rolePolicySize: 10240,
  oidcProviders: 100,
  clientIdsPerProvider: 100,
  thumbprintsPerProvider: 5,
  samlProviders: 100,
  privateKeysPerSamlProvider: 2,
  /**
   * Characters. The model lets 10,000,000 come in, and the wire does; here a document is kept in memory and with each change in
   * the log, a hundred of them. One identity provider's metadata has 2,000 to 100,000 characters.
   */
  samlMetadataSize: 500_000,
  /** IAM Identity Center User Guide, "AWS account quotas"; the policies of a set are those of its role. */
  permissionSets: 2000,
  inlinePolicySizePerPermissionSet: 10240,
  policiesPerPermissionSet: 20,
  tagsPerPermissionSet: 50,
  assignmentsPerPermissionSet: 5000,
  /** Characters of an inline session policy and the ARNs beside it. */
  sessionPolicySize: 2048,
  sessionPolicyArns: 10,
} as const
