/** Operations that people meet in error texts and that only one service has. */
const operationsOf: Readonly<Record<string, RegExp>> = {
  sts: /^(AssumeRole(With(SAML|WebIdentity))?|AssumeRoot|DecodeAuthorizationMessage|GetAccessKeyInfo|GetCallerIdentity|GetDelegatedAccessToken|GetFederationToken|GetSessionToken|GetWebIdentityToken)$/,
  iam: /^(Add|Attach|Change|Create|Deactivate|Delete|Detach|Enable|Get|List|Put|Remove|Resync|Update|Upload)(AccessKeys?|AccessKeyLastUsed|MFADevices?|VirtualMFADevices?|LoginProfile|Roles?|RolePolic(y|ies)|Users?|UserPolic(y|ies)|UserToGroup|GroupPolic(y|ies)|GroupsForUser|InstanceProfiles?|AccountAlias(es)?|AccountSummary|AccountPasswordPolicy|OpenIDConnectProviders?|SAMLProviders?|SSHPublicKeys?|ServerCertificates?|AttachedUserPolicies|AttachedRolePolicies)$/,
  s3: /^(ListBuckets|CreateBucket|HeadBucket|DeleteBucket|GetBucket\w+|PutBucket\w+|ListObjects(V2)?|ListObjectVersions|(Get|Put|Head|Delete|Copy)Objects?|(Get|Put)ObjectAcl|CreateMultipartUpload|UploadPart|CompleteMultipartUpload)$/,
  ec2: /^(DescribeInstances|RunInstances|(Start|Stop|Terminate)Instances|Describe(Regions|AvailabilityZones|Images|Vpcs|Subnets|SecurityGroups|Volumes|Snapshots|KeyPairs|Addresses|InstanceStatus))$/,
  dynamodb: /^(ListTables|DescribeTable|CreateTable|(Get|Put|Update|Delete)Item|Batch(Get|Write)Item|Scan)$/,
  lambda: /^(ListFunctions|GetFunction|CreateFunction|UpdateFunctionCode|InvokeFunction)$/,
  ssm: /^(Get|Put|Describe)Parameters?(ByPath)?$/,
  secretsmanager: /^(GetSecretValue|PutSecretValue|DescribeSecret|ListSecrets|CreateSecret)$/,
  kms: /^(Encrypt|Decrypt|GenerateDataKey|DescribeKey|ReEncrypt)$/,
  sqs: /^(SendMessage(Batch)?|ReceiveMessage|GetQueueUrl|ListQueues|CreateQueue|DeleteMessage)$/,
  sns: /^(Publish|ListTopics|CreateTopic|ListSubscriptions)$/,
  logs: /^(DescribeLog(Groups|Streams)|PutLogEvents|FilterLogEvents|CreateLog(Group|Stream))$/,
  cloudformation: /^((Describe|List|Create|Update|Delete)Stack(s|Events|Resources?|Sets?|Instances)?|CreateChangeSet)$/,
  ecr: /^(GetAuthorizationToken|DescribeRepositories|BatchGetImage)$/,
  'bedrock-runtime': /^(InvokeModel(WithResponseStream)?|Converse(Stream)?)$/,
  sso: /^(GetRoleCredentials|ListAccountRoles)$/,
  'sso-oidc': /^(CreateToken|RegisterClient|StartDeviceAuthorization)$/,
  states: /^(SendTask(Success|Failure|Heartbeat)|StartExecution|GetActivityTask)$/,
  rds: /^(Describe|Create|Delete|Modify)DB\w+$/,
  ses: /^(SendEmail|SendRawEmail|GetSendQuota)$/,
}

/** Services that speak the Query or REST-XML protocols, and so use the codes without `Exception` (`errors.md` §1.1). */
const xmlServices: ReadonlySet<string> = new Set([
  'sts',
  'iam',
  's3',
  'sns',
  'ses',
  'rds',
  'cloudformation',
  'elasticloadbalancing',
  'autoscaling',
  'cloudwatch',
  'route53',
  'cloudfront',
])

/** True when a service answers in JSON; null when it is not known. */
export function speaksJson(service: string | null): boolean | null {
  return service === null ? null : service !== 'ec2' && !xmlServices.has(service)
}

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
  email: 'ses',
  cognitoidentityprovider: 'cognito-idp',
  cognitoidentity: 'cognito-identity',
  bedrockruntime: 'bedrock-runtime',
  elasticloadbalancingv2: 'elasticloadbalancing',
  stepfunctions: 'states',
  sfn: 'states',
  ssooidc: 'sso-oidc',
  cognitoidentityclient: 'cognito-identity',
}

/** An SDK's spelling of a service (`AWSSecurityTokenService`, `Sts`, `Secrets Manager`) as the lower-case signing name. */
export function serviceName(spelled: string | null | undefined): string | null {
  const lower = (spelled ?? '').trim().toLowerCase()
  const plain = lower.replace(/[\s_-]/g, '')
  if (plain === '') return null
  const known = aliases[plain]
  if (known !== undefined) return known
  const bare = plain.replace(/^(amazon|aws)/, '').replace(/(v\d)?(client)?$/, '')
  // Host names and the CLI's words have hyphens of their own.
  return aliases[bare] ?? (/^[a-z0-9]+(-[a-z0-9]+)+$/.test(lower) ? lower : bare === '' ? plain : bare)
}

const regionLabel = /^[a-z]{2,4}(-[a-z]+){1,3}-\d$/

/** The service that a host of AWS belongs to, e.g. `bucket.s3.eu-west-1.amazonaws.com`; null for other hosts. */
export function serviceOfHost(url: string | null | undefined): string | null {
  const host = /^(?:https?:\/\/)?([\w.-]{1,200}?)\.amazonaws\.com/i.exec(url ?? '')?.[1]?.toLowerCase()
  if (host === undefined) return null
  const labels = host.split('.').filter((label) => !regionLabel.test(label) && !/^(dualstack|fips)$/.test(label))
  const label = labels.at(-1) ?? ''
  return /^s3(-|$)/.test(label) ? 's3' : serviceName(label.replace(/-fips$/, ''))
}

/** The service that owns an operation; null for names that several services share. */
export function serviceOfOperation(operation: string | null): string | null {
  if (operation === null) return null
  return Object.entries(operationsOf).find(([, pattern]) => pattern.test(operation))?.[0] ?? null
}
