/**
 * What clients say themselves, before any request was sent. `code` is the client's error class without its ending.
 * Sources: botocore `exceptions.py` and `session.py`, smithy-typescript `CredentialsProviderError`, aws-sdk-go `credentials`,
 * aws-sdk-go-v2 `config`, the Java SDKs' provider chains, aws-sdk-php `CredentialProvider`, Terraform's aws-sdk-go-base.
 */
export interface ClientText {
  readonly code: string
  readonly client: string | null
  /** The whole match is the message; group 1, where there is one, is a profile name or a provider. */
  readonly pattern: RegExp
  /** What the client writes around any reason: a reason that stands in the text is what the text is about. */
  readonly around?: true
}

export const clientTexts: readonly ClientText[] = [
  {
    code: 'PartialCredentials',
    client: 'boto3',
    pattern: /Partial credentials found in [\w-]{1,60}, missing: [\w,' ]{1,80}/,
  },
  {
    code: 'ProfileNotFound',
    client: 'boto3',
    pattern: /The config profile \(([^)\r\n]{0,200})\)(?: could not be found)?/,
  },
  { code: 'ConfigParse', client: 'boto3', pattern: /Unable to parse config file: [^\r\n]{1,400}/ },
  {
    code: 'ConfigNotFound',
    client: 'boto3',
    pattern: /The specified config file \([^)\r\n]{0,400}\) could not be found/,
  },
  {
    code: 'CredentialRetrieval',
    client: 'boto3',
    pattern: /Error when retrieving (?:credentials|token) from ([\w-]{1,60}): [^\r\n]{0,600}/,
  },
  {
    code: 'UnauthorizedSSOToken',
    client: 'boto3',
    pattern: /The SSO session associated with this profile has expired or is otherwise invalid[^\r\n]{0,200}/,
  },
  {
    code: 'UnauthorizedSSOToken',
    client: null,
    pattern:
      /The SSO session(?: token)?(?: associated with (?:this )?profile(?:=\S{1,200})?)? (?:has expired|was not found or is invalid)[^\r\n]{0,200}|Token is expired\. To refresh this SSO session[^\r\n]{0,200}/i,
  },
  {
    code: 'UnauthorizedSSOToken',
    client: 'go-v2',
    pattern:
      /(?:refresh|read) cached SSO token failed[^\r\n]{0,200}|failed to read cached SSO token file[^\r\n]{0,200}/,
  },
  { code: 'SSOTokenLoad', client: 'boto3', pattern: /Error loading SSO Token: [^\r\n]{0,300}/ },
  { code: 'UnauthorizedSSOToken', client: 'boto3', pattern: /Token has expired and refresh failed/ },
  {
    code: 'LoginRefreshRequired',
    client: 'boto3',
    pattern: /Your session has expired(?: or credentials have changed)?\. Please reauthenticate using 'aws login'\.?/,
  },
  { code: 'LoginTokenLoad', client: 'boto3', pattern: /Error loading login session token: [^\r\n]{0,300}/ },
  {
    code: 'CredentialsExpired',
    client: 'boto3',
    pattern: /Credentials were refreshed, but the refreshed credentials are still expired\.?/,
  },
  {
    code: 'InfiniteLoopConfig',
    client: 'boto3',
    pattern: /Infinite loop in credential configuration detected\.[^\r\n]{0,400}/,
  },
  {
    code: 'InvalidConfig',
    client: 'boto3',
    pattern:
      /The source profile "[^"\r\n]{0,200}" (?:must have credentials|referenced in the profile "[^"\r\n]{0,200}(?:" does not exist)?)\.?/,
  },
  {
    code: 'NoCredentials',
    client: 'boto3',
    pattern:
      /Unable to locate credentials(?:\. You can configure credentials by running "aws (?:configure|login)"\.?)?/,
  },
  { code: 'NoCredentials', client: 'boto3', pattern: /\bNoCredentialsError\b/ },
  { code: 'NoCredentials', client: 'boto3', pattern: /Unable to locate authorization token/ },
  { code: 'NoCredentials', client: 'js-v3', pattern: /Could not load credentials from any providers/ },
  {
    code: 'ProfileNotFound',
    client: 'js-v3',
    pattern: /Could not resolve credentials using profile: \[([^\]\r\n]{0,200})\][^\r\n]{0,200}/,
  },
  {
    code: 'ProfileNotFound',
    client: 'js-v3',
    pattern:
      /Profile ([^\s\r\n]{1,200}) (?:was not found|could not be found or parsed in shared credentials files?)[^\r\n]{0,100}/,
  },
  {
    code: 'NoCredentials',
    client: 'js-v2',
    pattern: /Missing credentials in config(?:, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1)?/,
    around: true,
  },
  { code: 'NoCredentials', client: 'js', pattern: /(?:Resolved credential object is not valid|Credential is missing)/ },
  { code: 'ProfileNotFound', client: 'go-v2', pattern: /failed to get shared config profile, ([^\s\r\n]{1,200})/ },
  {
    code: 'ProfileNotFound',
    client: 'go-v1',
    pattern: /SharedConfigProfileNotExistsError: failed to get profile[^\r\n]{0,200}/,
  },
  {
    code: 'NoCredentials',
    client: 'go-v1',
    pattern: /NoCredentialProviders: no valid providers in chain[^\r\n]{0,200}/,
  },
  {
    code: 'NoCredentials',
    client: 'go-v2',
    pattern:
      /no EC2 IMDS role found|failed to refresh cached credentials, static credentials are empty|StaticCredentialsEmpty/,
  },
  {
    code: 'NoCredentials',
    client: 'java-v2',
    pattern: /Unable to load credentials from any of the providers in the chain/,
  },
  {
    code: 'NoCredentials',
    client: 'java-v1',
    pattern: /Unable to load AWS credentials from any provider in the chain/,
  },
  {
    // Hadoop, over either SDK.
    code: 'NoCredentials',
    client: 'java',
    pattern: /No AWS Credentials provided by [^\r\n]{0,300}|No AWS credentials in the Hadoop configuration/,
  },
  {
    code: 'NoCredentials',
    client: 'kotlin',
    pattern: /No identity could be resolved|No credentials could be loaded from the chain/,
  },
  {
    code: 'NoCredentials',
    client: 'ruby',
    pattern: /unable to sign request without credentials set|Aws::(?:Sigv4::)?Errors::MissingCredentialsError/,
  },
  {
    code: 'ProfileNotFound',
    client: 'ruby',
    pattern: /Aws::Errors::NoSuchProfileError[^\r\n]{0,200}|Profile `([^'\r\n]{1,200})' is not set in[^\r\n]{0,200}/,
  },
  {
    code: 'NoCredentials',
    client: 'rust',
    pattern:
      /no providers in chain provided credentials|no credentials found in chain|the credential provider was not enabled|CredentialsNotLoaded\b/,
  },
  {
    code: 'NoCredentials',
    client: 'php',
    pattern: /Error retrieving credentials from the instance profile metadata (?:service|server)[^\r\n]{0,200}/,
  },
  {
    code: 'NoCredentials',
    client: 'dotnet',
    pattern:
      /(?:Failed to resolve AWS credentials|Unable to get IAM security credentials from EC2 Instance Metadata Service|Unable to find credentials)[^\r\n]{0,100}/,
  },
  { code: 'NoCredentials', client: 'terraform', pattern: /No valid credential sources (?:found|for)[^\r\n]{0,200}/i },
  {
    // aws-c-auth, below C++, Swift and the newer CLIs.
    code: 'NoCredentials',
    client: null,
    pattern: /Valid credentials could not be sourced by the (?:IMDS|ECS|environment|profile) provider/i,
  },
  { code: 'NoCredentials', client: null, pattern: /unable to discover AWS AccessKeyID and\/or SecretAccessKey/ },
  {
    code: 'NoCredentials',
    client: null,
    pattern:
      /AWS provider credentials not found|AWS credentials could not be obtained from standard locations|No valid AWS credentials found/,
  },
  {
    // The CDK writes it when its question who it is was refused, too.
    code: 'NoCredentials',
    client: null,
    pattern:
      /Unable to resolve AWS account to use|Need to perform AWS calls for account \S{1,20}, but no credentials (?:have been )?(?:configured|found)/,
    around: true,
  },
  {
    code: 'NoCredentials',
    client: null,
    pattern: /Credentials could not be loaded, please check your action inputs[^\r\n]{0,200}/,
  },
  {
    code: 'InvalidHeaderValue',
    client: null,
    pattern:
      /The header content contains invalid characters|Invalid character in header content \[\\*"(?:authorization|x-amz-security-token)\\*"\]|invalid header field value for "?(?:Authorization|X-Amz-Security-Token)"?|Specified value has invalid CRLF characters|Invalid header value b'AWS4-HMAC-SHA256|New-line characters are not allowed in header values/i,
  },
  {
    code: 'UnauthorizedSSOToken',
    client: null,
    pattern:
      /(?:The SSO session associated with this profile is invalid|Unable to load SSO token|failed to read `[^`\r\n]{0,300}[/\\]sso[/\\]cache[/\\][^`\r\n]{1,100}`|cached SSO token is expired, or not present|Token is invalid and failed to refresh|Cached SSO Token is expired|Aws::Errors::InvalidSSO(?:Token|Credentials))[^\r\n]{0,200}/,
  },
  {
    code: 'LoginRefreshRequired',
    client: null,
    pattern:
      /Failed to (?:refresh token|load a token for session)[^\r\n]{0,300}re-authenticate using aws login|login session (?:has expired|password has changed), please reauthenticate|token file not found, please reauthenticate/,
  },
  {
    code: 'RefreshWithMFAUnsupported',
    client: null,
    pattern:
      /Cannot refresh credentials: MFA token required|Profile \S{1,200} requires multi-factor authentication, but no MFA code callback was provided|assume role with MFA enabled, but (?:\w{1,40} session option not set|TokenProvider is not set)/,
  },
  {
    code: 'InfiniteLoopConfig',
    client: null,
    pattern:
      /Detected a cycle attempting to resolve credentials for profile[^\r\n]{0,200}|Circular relationship detected with profiles?[^\r\n]{0,200}|Aws::Errors::SourceProfileCircularReferenceError/,
  },
  {
    code: 'InvalidConfig',
    client: 'ruby',
    pattern: /Aws::Errors::NoSource(?:Profile|Credentials)Error|has a role_arn, but no source_profile/,
  },
  { code: 'PartialCredentials', client: 'go-v2', pattern: /partial credentials found for profile \S{1,200}/ },
  { code: 'PartialCredentials', client: 'go-v1', pattern: /EnvSecretNotFound: [^\r\n]{0,120}/ },
  // restic (`internal/backend/s3`) says so of one half only, and has the other one then.
  {
    code: 'PartialCredentials',
    client: null,
    pattern: /(?:Key ID|Secret) \(\$AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)\) is empty/,
  },
  {
    code: 'NoCredentials',
    client: 'go-v1',
    pattern: /EmptyStaticCreds: [^\r\n]{0,80}|EnvAccessKeyNotFound: [^\r\n]{0,120}/,
  },
  {
    code: 'CredentialRetrieval',
    client: null,
    pattern:
      /ProcessProviderExecutionError[^\r\n]{0,300}|error in credential_process: [^\r\n]{0,300}|credential process timed out[^\r\n]{0,200}|Failed to refresh process-based credentials[^\r\n]{0,200}|Aws::Errors::InvalidProcessCredentialsPayload/,
  },
  {
    code: 'ProfileNotFound',
    client: null,
    pattern:
      /(?:Profile ([\w.@-]{1,120}) not found\b|profile `([^`\r\n]{1,200})`\s{1,12}was not\b|Unable to find the '[^'\r\n]{1,200}' profile|No AWS profile named '[^'\r\n]{1,200}'?|'[^'\r\n]{1,200}' not found in credentials file|AWS profile "[^"\r\n]{1,200}" doesn't|Profile file contained no (?:credentials|information) for profile '[^'\r\n]{0,200}')/,
  },
  {
    code: 'ConfigParse',
    client: null,
    pattern:
      /could not parse profile file: [^\r\n]{1,400}|SharedConfigLoadError: [^\r\n]{1,300}|Invalid property definition[^\r\n]{1,300}/,
  },
  {
    code: 'NoCredentials',
    client: null,
    pattern:
      /No credentials specified or obtained from persisted\/shell defaults|No credentials present in INI profile '[^'\r\n]{0,200}'|Could not find environment variable credentials[^\r\n]{0,200}|Unable to find environment variable credentials/,
  },
  { code: 'MetadataRetrieval', client: 'boto3', pattern: /Error retrieving metadata: [^\r\n]{1,400}/ },
  {
    code: 'MetadataRetrieval',
    client: 'js-v3',
    pattern: /Error response received from (?:instance|container) metadata service/,
  },
  {
    code: 'MetadataRetrieval',
    client: 'go-v1',
    pattern: /(?:EC2RoleRequest|CredentialsEndpoint)Error: [^\r\n]{1,200}/,
  },
  {
    // Of one provider, and a chain has others: it has to be the cause of something.
    code: 'MetadataRetrieval',
    client: 'java',
    pattern:
      /(?<=sdk_client_exception: |Caused by: [\w.]{1,80}ClientException: )Unable to load credentials from service endpoint/,
    around: true,
  },
  {
    code: 'NoCredentials',
    client: 'go-v2',
    pattern: /get credentials: failed to refresh cached credentials/,
    around: true,
  },
  {
    // minio-go prints S3's sentence without its code (`ErrorResponse.Error`); the words before it are of those who call it.
    code: 'AccessDenied',
    client: null,
    pattern: /Access Denied(?<=\b(?:s3|S3|iter bucket|[Ss]tat)\b[^\r\n:]{0,40}: Access Denied)\.?/,
    around: true,
  },
  // The name alone, where the program did not print the message.
  { code: 'NoCredentials', client: null, pattern: /\bCredentialsProviderError\b/ },
]
