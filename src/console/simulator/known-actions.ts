const iam = `AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy ChangePassword
CreateAccessKey CreateAccountAlias CreateGroup CreateInstanceProfile CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy
CreatePolicyVersion CreateRole CreateSAMLProvider CreateUser CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey DeleteGroup
DeleteLoginProfile DeletePolicy DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUser
DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy DetachUserPolicy
EnableMFADevice GenerateCredentialReport GetAccessKeyLastUsed GetAccountAuthorizationDetails GetAccountPasswordPolicy
GetAccountSummary GetCredentialReport GetGroup GetLoginProfile GetPolicy GetPolicyVersion GetRole GetRolePolicy GetUser GetUserPolicy
ListAccessKeys ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy ListGroups ListGroupsForUser ListMFADevices
ListPolicies ListPolicyVersions ListRolePolicies ListRoles ListUserPolicies ListUsers ListVirtualMFADevices PassRole
PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy RemoveUserFromGroup ResyncMFADevice
SetDefaultPolicyVersion SimulateCustomPolicy SimulatePrincipalPolicy TagRole TagUser UpdateAccessKey UpdateAccountPasswordPolicy
UpdateAssumeRolePolicy UpdateLoginProfile UpdateRole UpdateUser`
const sts = `AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity
GetFederationToken GetSessionToken SetSourceIdentity TagSession`
const dynamodb = 'GetItem PutItem Query Scan UpdateItem'
const ec2 = 'DescribeInstances RunInstances StartInstances StopInstances TerminateInstances'
const kms = 'Decrypt Encrypt GenerateDataKey'
const lambda = 'InvokeFunction'
const s3 = 'DeleteObject GetObject ListAllMyBuckets ListBucket PutObject'
const secretsmanager = 'GetSecretValue'

/** Those that are asked about most; any other can be typed (Service Authorization Reference). */
export const knownActions: readonly string[] = Object.entries({
  iam,
  sts,
  dynamodb,
  ec2,
  kms,
  lambda,
  s3,
  secretsmanager,
}).flatMap(([service, names]) => names.split(/\s+/).map((name) => `${service}:${name}`))
