const stsOperations =
  /^(AssumeRole(With(SAML|WebIdentity))?|AssumeRoot|DecodeAuthorizationMessage|GetAccessKeyInfo|GetCallerIdentity|GetDelegatedAccessToken|GetFederationToken|GetSessionToken|GetWebIdentityToken)$/

const iamOperations =
  /(AccessKeys?|MFADevices?|LoginProfile|Role|RolePolicy|RolePolicies|User|UserPolicy|UserPolicies|GroupPolicy|InstanceProfile|AccountAlias(es)?|AccountSummary|AccessKeyLastUsed|OpenIDConnectProvider|SAMLProvider)$/

const aliases: Readonly<Record<string, string>> = {
  awssecuritytokenservice: 'sts',
  securitytoken: 'sts',
  securitytokenservice: 'sts',
  amazonsecuritytokenservice: 'sts',
  awssecuritytokenserviceserviceexception: 'sts',
  identitymanagement: 'iam',
  amazonidentitymanagement: 'iam',
  s3api: 's3',
  s3control: 's3',
  simplestorageservice: 's3',
  dynamodbv2: 'dynamodb',
  secretsmanager: 'secretsmanager',
  cloudwatchlogs: 'logs',
  simplesystemsmanagement: 'ssm',
  simpleemailservice: 'ses',
}

/** An SDK's spelling of a service (`AWSSecurityTokenService`, `Sts`, `Secrets Manager`) as the lower-case signing name. */
export function serviceName(spelled: string | null | undefined): string | null {
  const plain = (spelled ?? '')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, '')
  if (plain === '') return null
  const known = aliases[plain]
  if (known !== undefined) return known
  const bare = plain.replace(/^(amazon|aws)/, '').replace(/(v\d)?(client)?$/, '')
  return aliases[bare] ?? (bare === '' ? plain : bare)
}

/** The service that owns an operation of STS or IAM; null for others, whose names are shared by several services. */
export function serviceOfOperation(operation: string | null): string | null {
  if (operation === null) return null
  if (stsOperations.test(operation)) return 'sts'
  return /^(Create|Delete|Get|List|Update|Enable|Deactivate|Resync|Attach|Detach|Put|Change)/.test(operation) &&
    iamOperations.test(operation)
    ? 'iam'
    : null
}
