import type { Source } from './entry.ts'

function page(title: string, url: string): Source {
  return { title, url: `https://docs.aws.amazon.com/${url}` }
}

/** AWS's own pages that the entries rest on. */
export const docs = {
  accessKeys: page('IAM: manage access keys for IAM users', 'IAM/latest/UserGuide/id_credentials_access-keys.html'),
  identifiers: page('IAM: identifiers', 'IAM/latest/UserGuide/reference_identifiers.html'),
  quotas: page('IAM and STS quotas', 'IAM/latest/UserGuide/reference_iam-quotas.html'),
  accessDenied: page(
    'IAM: troubleshoot access denied messages',
    'IAM/latest/UserGuide/troubleshoot_access-denied.html',
  ),
  signatureTrouble: page(
    'IAM: troubleshoot Signature Version 4',
    'IAM/latest/UserGuide/reference_sigv-troubleshooting.html',
  ),
  mfaApi: page('IAM: secure API access with MFA', 'IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html'),
  mfaSync: page('IAM: resynchronize MFA devices', 'IAM/latest/UserGuide/id_credentials_mfa_sync.html'),
  temporary: page('IAM: temporary security credentials', 'IAM/latest/UserGuide/id_credentials_temp.html'),
  stsRegions: page('IAM: STS in an AWS Region', 'IAM/latest/UserGuide/id_credentials_temp_enable-regions.html'),
  oidcProvider: page('IAM: create an OIDC provider', 'IAM/latest/UserGuide/id_roles_providers_create_oidc.html'),
  samlTrouble: page('IAM: troubleshoot SAML federation', 'IAM/latest/UserGuide/troubleshoot_saml.html'),
  generalTrouble: from('IAM User Guide: changes are not always visible at once'),
  getSessionToken: page('STS: GetSessionToken', 'STS/latest/APIReference/API_GetSessionToken.html'),
  getFederationToken: page('STS: GetFederationToken', 'STS/latest/APIReference/API_GetFederationToken.html'),
  assumeRole: page('STS: AssumeRole', 'STS/latest/APIReference/API_AssumeRole.html'),
  webIdentity: page('STS: AssumeRoleWithWebIdentity', 'STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html'),
  withSaml: page('STS: AssumeRoleWithSAML', 'STS/latest/APIReference/API_AssumeRoleWithSAML.html'),
  accessKeyInfo: page('STS: GetAccessKeyInfo', 'STS/latest/APIReference/API_GetAccessKeyInfo.html'),
  callerIdentity: page('STS: GetCallerIdentity', 'STS/latest/APIReference/API_GetCallerIdentity.html'),
  decodeMessage: page('STS: DecodeAuthorizationMessage', 'STS/latest/APIReference/API_DecodeAuthorizationMessage.html'),
  commonErrors: page('STS: common errors', 'STS/latest/APIReference/CommonErrors.html'),
  s3Errors: page('S3: error responses', 'AmazonS3/latest/API/ErrorResponses.html'),
  presigned: page('S3: presigned URLs', 'AmazonS3/latest/userguide/using-presigned-url.html'),
  ec2Errors: page('EC2: error codes', 'AWSEC2/latest/APIReference/errors-overview.html'),
  cliFiles: page('AWS CLI: configuration and credential files', 'cli/latest/userguide/cli-configure-files.html'),
  cliVariables: page('AWS CLI: environment variables', 'cli/latest/userguide/cli-configure-envvars.html'),
  cliTrouble: page('AWS CLI: troubleshooting', 'cli/latest/userguide/cli-chap-troubleshooting.html'),
  cliSso: page('AWS CLI: IAM Identity Center', 'cli/latest/userguide/cli-configure-sso.html'),
  cliRole: page('AWS CLI: using an IAM role', 'cli/latest/userguide/cli-configure-role.html'),
  sdkVariables: page('AWS SDKs: environment variables', 'sdkref/latest/guide/environment-variables.html'),
  sdkFiles: page('AWS SDKs: format of the shared files', 'sdkref/latest/guide/file-format.html'),
  sdkChain: page('AWS SDKs: standardized credential providers', 'sdkref/latest/guide/standardized-credentials.html'),
  sdkProcess: page('AWS SDKs: process credential provider', 'sdkref/latest/guide/feature-process-credentials.html'),
  sdkContainer: page(
    'AWS SDKs: container credential provider',
    'sdkref/latest/guide/feature-container-credentials.html',
  ),
  sdkInstance: page('AWS SDKs: IMDS credential provider', 'sdkref/latest/guide/feature-imds-credentials.html'),
  sdkEndpoints: page('AWS SDKs: service-specific endpoints', 'sdkref/latest/guide/feature-ss-endpoints.html'),
  regions: page('Account management: enable or disable Regions', 'accounts/latest/reference/manage-acct-regions.html'),
  ecsRoles: page('ECS: task IAM role', 'AmazonECS/latest/developerguide/task-iam-roles.html'),
  lambdaVariables: page('Lambda: environment variables', 'lambda/latest/dg/configuration-envvars.html'),
  irsa: page('EKS: IAM roles for service accounts', 'eks/latest/userguide/iam-roles-for-service-accounts.html'),
  podIdentity: page('EKS: Pod Identity', 'eks/latest/userguide/pod-identities.html'),
  imds: page('EC2: instance metadata service', 'AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html'),
  smtp: page('SES: SMTP credentials', 'ses/latest/dg/smtp-credentials.html'),
  registry: page('ECR: private registry authentication', 'AmazonECR/latest/userguide/registry_auth.html'),
} as const

/** A public thread on GitHub, `owner/repository#number`. */
export function thread(name: `${string}/${string}#${number}`): Source {
  const [repository, number] = name.split('#')
  // GitHub leads from an issue's address to the pull request of that number.
  return { title: name, url: `https://github.com/${repository}/issues/${number}` }
}

/** What can be read in an SDK's or a tool's own code or manual. */
export function from(title: string): Source {
  return { title, url: null }
}
