/**
 * What AWS and its clients say word for word (`errors.md` §1.2 to §1.8): a text that was cut at its end is completed from here
 * when only one of them begins so.
 */
const sentences: readonly string[] = [
  'The security token included in the request is invalid',
  'The security token included in the request is expired',
  'The security token included in the request has expired',
  'The AWS Access Key Id you provided does not exist in our records.',
  'The Access Key Id you provided does not exist in our records.',
  'The provided token is malformed or otherwise invalid.',
  'The provided token has expired.',
  'The provided token must be refreshed.',
  'AWS was not able to validate the provided access credentials',
  'AWS was not able to authenticate the request: access credentials are missing',
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  'The difference between the request time and the current time is too large.',
  "The difference between the request time and the server's time is too large.",
  'No valid AWS credentials found',
  'The access key ID you provided does not exist in our records',
  "Logins don't match. Please include at least one valid login for this identity or identity pool.",
  'AWS credentials could not be obtained from standard locations',
  'No AWS credentials in the Hadoop configuration',
  'Request is missing Authentication Token',
  'Missing Authentication Token',
  'No account found for the given parameters',
  'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got ',
  "Credential should be scoped to a valid region, not '",
  "Credential should be scoped to correct service: '",
  'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
  'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
  'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ',
  'To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user.',
  'Roles may not be assumed by root accounts.',
  'Cannot call GetSessionToken with session credentials',
  'Cannot call GetFederationToken with session credentials',
  'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  'Not authorized to perform sts:AssumeRoleWithSAML',
  'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  'No OpenIDConnect provider found in your account for ',
  'Incorrect token audience',
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
  'Token audience contains more than one audience while authorized party is not present',
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
  'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  'The AWS Access Key Id needs a subscription for the service',
  'You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.',
  'STS is not activated in this region for account:',
  'Session token not found or invalid',
  'Your authorization token has expired. Reauthenticate and try again.',
  'no basic auth credentials',
  'Authentication Credentials Invalid',
  'Unable to locate credentials. You can configure credentials by running "aws configure".',
  'Could not load credentials from any providers',
  'Unable to load credentials from any of the providers in the chain',
  'Unable to load AWS credentials from any provider in the chain',
  'no providers in chain provided credentials',
  'Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1',
  'NoCredentialProviders: no valid providers in chain',
  'Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers',
  'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
  "Your session has expired. Please reauthenticate using 'aws login'.",
  'The header content contains invalid characters',
  'net/http: invalid header field value for "Authorization"',
  'Unable to get IAM security credentials from EC2 Instance Metadata Service.',
  'Cannot refresh credentials: MFA token required.',
  'assume role with MFA enabled, but AssumeRoleTokenProvider session option not set.',
  'assume role with MFA enabled, but TokenProvider is not set',
  'partial credentials found for profile ',
  'SharedConfigProfileNotExistsError: failed to get profile, ',
  'failed to get shared config profile, ',
  'error in credential_process: ',
  'Infinite loop in credential configuration detected.',
  'Unauthenticated access is not supported for this identity pool.',
  'but no credentials have been configured',
  'Valid credentials could not be sourced by the IMDS provider',
  'Invalid character in header content ["authorization"]',
  'Authentication code for device is not valid.',
  "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
  'Cannot exceed quota for AccessKeysPerUser: 2',
  'unable to discover AWS AccessKeyID and/or SecretAccessKey',
  'Error response received from instance metadata service',
  'Token must be redeemed within 5 minutes of issuance',
  'Unable to load SSO token',
  'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
]

const shortest = 18

/** The text with its last sentence completed as far as it can only be one; the text itself when there is none. */
export function completed(text: string): string {
  const end = text
    .trimEnd()
    .replace(/(?:…|\.\.\.|\[truncated\]|\(truncated\.*\)?)$/i, '')
    .trimEnd()
  const tail = end.slice(-200)
  let begun = 0
  let rests: string[] = []
  for (const sentence of sentences) {
    const length = overlap(tail, sentence)
    if (length < begun || length < shortest) continue
    if (length > begun) rests = []
    begun = length
    rests.push(sentence.slice(length))
  }
  const rest = sharedStart(rests)
  return rest === '' ? text : `${end}${rest}`
}

/** How many characters of the sentence stand at the end of the text. */
function overlap(tail: string, sentence: string): number {
  for (let length = Math.min(tail.length, sentence.length - 1); length >= shortest; length -= 1)
    if (tail.endsWith(sentence.slice(0, length))) return length
  return 0
}

function sharedStart([first = '', ...others]: readonly string[]): string {
  let length = first.length
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1
  }
  return first.slice(0, length)
}
