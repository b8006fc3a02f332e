import type { CauseId } from '../../../cause-ids.ts'
import { type AnswerFamily, skewInMessage } from '../answers.ts'
import { cure, evidence } from '../causes/cause.ts'
import { type Commands, command, everywhere, noCommands } from '../shells.ts'
import type { Certainty, Finding } from '../verdict.ts'
import { instantWords, span } from '../words.ts'
import type { ErrorText } from './index.ts'
import { skewInText } from './instants.ts'

/** What a text proves by itself: a pattern and the cause that it names. All rows that match are told. */
interface Proof {
  readonly id: CauseId
  readonly certainty: Certainty
  readonly code?: RegExp
  /** Looked for in the message; `whole` in the whole text. */
  readonly message?: RegExp
  readonly whole?: RegExp
  readonly title: string
  readonly says: string | ((match: RegExpExecArray) => string)
  readonly fix: string
  readonly commands?: Commands
}

const whoAmI = command('aws', 'sts', 'get-caller-identity')

/** `errors.md` §1.5 to §1.9, row by row. */
const proofs: readonly Proof[] = [
  // The fragment that IncompleteSignature quotes.
  {
    id: 'surrounding-whitespace',
    certainty: 'proven',
    message: /'\/\d{8}\/[^']{0,200}' not a valid key=value pair/,
    title: 'There is a blank or a line end behind the key id',
    says: 'The part that AWS could not read begins with the date: the key id before it ended in a blank',
    fix: 'Take the blank or line end out of AWS_ACCESS_KEY_ID or aws_access_key_id',
    commands: everywhere('countersign check'),
  },
  {
    id: 'surrounding-whitespace',
    certainty: 'proven',
    message: /'(?:AKIA|ASIA)[A-Z0-9]{12,28}\/?[^' ]{0,200}' not a valid key=value pair/,
    title: 'There is a blank before the key id',
    says: 'The part that AWS could not read is the key id itself: a blank stood before it',
    fix: 'Take the blank out of AWS_ACCESS_KEY_ID or aws_access_key_id',
    commands: everywhere('countersign check'),
  },
  {
    id: 'authorization-missing',
    certainty: 'proven',
    message: /'(?:Bearer|Basic|eyJ)[^']{0,8000}' not a valid key=value pair|Authorization header: '(?:Bearer|Basic) /,
    title: 'A token of another kind was sent instead of an AWS signature',
    says: 'A Bearer, Basic or JWT token stood in the Authorization header',
    fix: 'Send that token only where it belongs; AWS endpoints need signed requests',
  },
  {
    id: 'request-altered',
    certainty: 'likely',
    message: /'AWS4-HMAC-SHA256' not a valid key=value pair/,
    title: 'The Authorization header was sent twice or put together wrongly',
    says: 'The name of the algorithm stands a second time where a part should be',
    fix: 'Let one place only set the Authorization header',
  },
  {
    id: 'request-altered',
    certainty: 'likely',
    message:
      /Authorization header requires (?:three components|'Credential'|'Signature'|'SignedHeaders'|existence)|authorization component "[^"]{0,80}" is malformed|Unsupported AWS 'algorithm'|must be a 'SignedHeader'/i,
    title: 'The Authorization header is not whole',
    says: 'A part of the header is missing or wrong: it was put together by hand, or changed on its way',
    fix: 'Let the SDK sign the request, and let nothing between change its headers',
  },
  {
    id: 'inline-comment',
    certainty: 'possible',
    message: /'(?:#|;)[^']{0,200}' not a valid key=value pair/,
    title: 'A comment stands behind the key id',
    says: 'The part that AWS could not read begins like a comment',
    fix: 'Put the comment on a line of its own',
    commands: everywhere('countersign check'),
  },
  {
    id: 'id-secret-swapped',
    certainty: 'proven',
    message: /exactly 5 slash-delimited elements[^']{0,80}got '(?!A[KS]IA[A-Z2-7]{16}\/)[A-Za-z0-9+/]{35,45}\/\d{8}\//,
    title: 'A secret key stands where the key id belongs',
    says: 'What AWS read as key id has the length and the slashes of a secret key',
    fix: 'Exchange the two values, and replace the key: its secret was sent in the clear',
    commands: everywhere('countersign check'),
  },
  {
    id: 'signing-scope-wrong',
    certainty: 'proven',
    message:
      /exactly 5 slash-delimited elements[^']{0,80}got '[^'/]{0,128}\/\d{8}\/\/|got '[^'/]{0,128}\/\d{8}\/\w+\/aws4_request'/,
    title: 'The request was signed without a region',
    says: 'The place of the region in the signature is empty',
    fix: 'Set a region',
    commands: command('aws', 'configure', 'set', 'region', 'us-east-1'),
  },
  {
    id: 'id-secret-swapped',
    certainty: 'likely',
    code: /^(IncompleteSignature|AuthorizationHeaderMalformed)/,
    message: /exactly 5 slash-delimited elements|Credential is mal-?formed/i,
    title: 'Key id and secret key may be exchanged',
    says: 'A slash or blank in the key id gives this answer, and secrets have slashes',
    fix: 'Look at both values; if they are exchanged, replace the key, because its secret was sent in the clear',
    commands: everywhere('countersign check'),
  },
  {
    id: 'ci-secret-missing',
    certainty: 'likely',
    message: /non-empty Access Key \(AKID\)/,
    title: 'The key id is empty',
    says: 'The request was signed with an empty key id: the variable or secret that should hold it is not set there',
    fix: 'Set the variable or the CI secret',
    commands: everywhere('countersign chain'),
  },
  {
    id: 'old-signing',
    certainty: 'proven',
    message: /Please use AWS4-HMAC-SHA256/,
    title: 'The client signs in an old way that is not accepted any more',
    says: 'The service asks for Signature Version 4',
    fix: 'Upgrade the SDK or set it to Signature Version 4',
  },
  {
    id: 'presigned-altered',
    certainty: 'proven',
    message: /Only one auth mechanism allowed|Found both 'X-Amz-Algorithm'/,
    title: 'A presigned URL was sent together with an Authorization header',
    says: 'The request carries two signatures',
    fix: 'Send a presigned URL without an Authorization header',
  },
  // Signed for the wrong place.
  {
    id: 'signing-scope-wrong',
    certainty: 'proven',
    message: /header is malformed; the region '([\w-]{0,40})' (?:is wrong(?:; expecting '([\w-]{1,40}))?|i|$)/,
    title: 'The request was signed for the wrong region',
    says: ([, signed, right]) =>
      `It was signed for ${signed || 'no region'}${right === undefined ? '' : ` and must be signed for ${right}`}`,
    fix: 'Set the region of the bucket',
  },
  {
    id: 'signing-scope-wrong',
    certainty: 'proven',
    message:
      /Credential (?:should|must) be scoped to (a valid region|(?:the )?correct service)(?:(?:, not|:) '([\w-]{0,40})')?/i,
    title: 'The request was signed for the wrong region or service',
    says: (match) =>
      match[2] === undefined
        ? 'AWS says so; the key was not looked at'
        : match[1]!.startsWith('a valid')
          ? `It was signed for the region ${match[2] || '(none)'}; the key was not looked at`
          : `It must be signed for the service ${match[2]}; the key was not looked at`,
    fix: 'Set region and endpoint so that they fit',
  },
  // The credentials are fine, and the answer is still no.
  {
    id: 'key-quarantined',
    certainty: 'proven',
    message: /AWSCompromisedKeyQuarantine/,
    title: 'AWS found this key in public and put its user in quarantine',
    says: 'The policy that denies the action is AWS’s quarantine policy',
    fix: 'Make a new key, delete this one, look through CloudTrail, then detach the policy',
    commands: command('aws', 'iam', 'create-access-key'),
  },
  {
    id: 'explicitly-denied',
    certainty: 'proven',
    message: /with an explicit deny(?: in (an? [\w -]{1,60}? policy))?/,
    title: 'The credentials are fine; a policy denies the action',
    says: (match) => `There is an explicit deny${match[1] ? ` in ${match[1]}` : ''}: no permission outweighs it`,
    fix: 'Have that policy changed; if it asks for a one-time code, use a session made with one',
    commands: whoAmI,
  },
  {
    id: 'explicitly-denied',
    certainty: 'proven',
    message:
      /because no (session|permissions boundary|VPC endpoint|service control|resource control|role trust)( policy)? allows/,
    title: 'The credentials are fine; a policy above yours does not allow the action',
    says: (match) => `The ${match[1]} policy does not allow it`,
    fix: 'Have that policy changed',
    commands: whoAmI,
  },
  {
    id: 'permission-missing',
    certainty: 'proven',
    message: /because no (identity-based|resource-based) policy allows the ([\w:*-]{1,100}) action/,
    title: 'The credentials are fine; a permission is missing',
    says: (match) => `No ${match[1]} policy allows ${match[2]}`,
    fix: 'Have a policy allow the action',
    commands: whoAmI,
  },
  {
    id: 'explicitly-denied',
    certainty: 'likely',
    message:
      /is not authorized to perform:? sts:(?:AssumeRole|TagSession) on resource: (\S{1,300}?:role\/\S{1,300})(?! because)/,
    title: 'The credentials are fine; the role does not trust you, or you may not assume it',
    says: (match) =>
      `Either the trust policy of ${match[1]} does not name you, or your own policy does not allow it; a condition may ask for a one-time code`,
    fix: 'Look at the trust policy of the role first',
    commands: whoAmI,
  },
  {
    id: 'permission-missing',
    certainty: 'likely',
    message:
      /is not authorized to perform:? (?!sts:AssumeRole)([\w:*-]{1,100})(?!.{0,600}(?:explicit deny|because no))/,
    title: 'The credentials are fine; a permission is missing',
    says: (match) => `Nothing allows ${match[1]} for this identity`,
    fix: 'Have a policy allow the action',
    commands: whoAmI,
  },
  {
    id: 'explicitly-denied',
    certainty: 'proven',
    message: /Roles may not be assumed by root accounts/,
    title: 'The key is the root user’s, and root may not assume roles',
    says: 'AWS says so',
    fix: 'Use the key of an IAM user, or a role of IAM Identity Center',
  },
  {
    id: 'session-from-session',
    certainty: 'proven',
    message: /Cannot call Get(?:SessionToken|FederationToken) with session credentials/,
    title: 'A session cannot be made from a session',
    says: 'The call was signed with temporary keys (ASIA) and needs a long-term key (AKIA)',
    fix: 'Take the session out of the environment and make the call with the long-term key',
    commands: {
      bash: ['unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN'],
      fish: [
        'set -e AWS_ACCESS_KEY_ID; set -e AWS_SECRET_ACCESS_KEY; set -e AWS_SESSION_TOKEN; set -e AWS_SECURITY_TOKEN',
      ],
      powershell: [
        'Remove-Item Env:AWS_ACCESS_KEY_ID,Env:AWS_SECRET_ACCESS_KEY,Env:AWS_SESSION_TOKEN,Env:AWS_SECURITY_TOKEN -ErrorAction SilentlyContinue',
      ],
      cmd: [
        'set AWS_ACCESS_KEY_ID=',
        'set AWS_SECRET_ACCESS_KEY=',
        'set AWS_SESSION_TOKEN=',
        'set AWS_SECURITY_TOKEN=',
      ],
    },
  },
  {
    id: 'mfa-code-wrong',
    certainty: 'proven',
    message:
      /invalid MFA one time pass code|must provide both MFA serial number and one time pass code|at 'tokenCode' failed to satisfy constraint/i,
    title: 'The one-time code was not accepted',
    says: 'It was mistyped, too late, or used before: each code works once',
    fix: 'Wait for the next code (30 seconds) and use that',
  },
  {
    id: 'mfa-serial-wrong',
    certainty: 'likely',
    message: /unable to validate MFA code|at 'serialNumber' failed to satisfy constraint/i,
    title: 'The serial number is not that of your MFA device',
    says: 'AWS finds no such device for this user',
    fix: 'Look up the device',
    commands: command('aws', 'iam', 'list-mfa-devices'),
  },
  {
    id: 'mfa-device-unusable',
    certainty: 'possible',
    message: /unable to validate MFA code/i,
    title: 'The MFA device cannot be used for the API',
    says: 'Security keys and passkeys give no codes for the API, and a device can be out of step',
    fix: 'Use a device that shows six-digit codes, or resynchronise it',
    commands: command('aws', 'iam', 'list-mfa-devices'),
  },
  {
    id: 'duration-too-long',
    certainty: 'proven',
    message:
      /DurationSeconds exceeds|'durationSeconds' failed to satisfy constraint|1 hour session limit for roles assumed by role chaining/i,
    title: 'The session was asked for a longer time than is allowed',
    says: 'AWS names the limit: chained roles last one hour at most',
    fix: 'Ask for a shorter time (duration_seconds), or raise the role’s maximum',
  },
  {
    id: 'quota-or-conflict',
    certainty: 'proven',
    code: /^(LimitExceeded|EntityAlreadyExists|DeleteConflict|InvalidAuthenticationCode)/,
    title: 'IAM refuses the change, not the credentials',
    says: 'A limit (two keys per user), a leftover device, an order of deletion or two equal codes stand in the way',
    fix: 'Delete one of the two keys, or the leftover device, then repeat the step',
    commands: command('aws', 'iam', 'list-access-keys'),
  },
  {
    id: 'oidc-trust-mismatch',
    certainty: 'likely',
    message: /Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    title: 'The role does not trust this web identity',
    says: 'The subject or audience of the token does not fit the conditions of the role’s trust policy',
    fix: 'Compare the token’s "sub" and "aud" with the trust policy, letter by letter',
  },
  {
    id: 'oidc-trust-mismatch',
    certainty: 'likely',
    whole: /Credentials could not be loaded, please check your action inputs/,
    title: 'The workflow may not ask for an OIDC token',
    says: 'Without "permissions: id-token: write" the action gets no token',
    fix: 'Add "permissions: id-token: write" to the job',
  },
  {
    id: 'saml-failed',
    certainty: 'likely',
    message: /sts:AssumeRoleWithSAML|AuthnResponse|SAML|Response signature invalid|required audience/i,
    title: 'The SAML login was not accepted',
    says: 'The assertion, its audience or the role mapping does not fit',
    fix: 'Log in again at the identity provider, then compare its role attribute with the role and provider ARNs',
  },
  {
    id: 'oidc-token-invalid',
    certainty: 'proven',
    message:
      /No OpenIDConnect provider found|Incorrect token audience|Couldn't retrieve verification key|certificate doesn't match configured thumbprint|ID Token provided is not a valid JWT|Token expired: current date\/time|Token too old/,
    title: 'The web identity token is not accepted',
    says: 'AWS names the reason: provider, audience, key or age of the token',
    fix: 'Create the provider in that account, use the audience sts.amazonaws.com, and use a fresh token',
  },
  {
    id: 'sso-session-expired',
    certainty: 'proven',
    code: /^(UnauthorizedSSOToken|SSOTokenLoad)/,
    title: 'The SSO login has expired',
    says: 'The client found no SSO login that is still good, and sent nothing',
    fix: 'Log in again',
    commands: command('aws', 'sso', 'login'),
  },
  {
    id: 'sso-session-expired',
    certainty: 'proven',
    message: /Session token not found or invalid/,
    title: 'The SSO login has expired or was ended',
    says: 'The access portal does not know the login any more',
    fix: 'Log in again',
    commands: command('aws', 'sso', 'login'),
  },
  {
    id: 'sso-role-unassigned',
    certainty: 'likely',
    code: /^ForbiddenException$/,
    message: /No access/,
    title: 'That role is not assigned to you in that account',
    says: 'The SSO login is good; sso_role_name or sso_account_id does not fit an assignment',
    fix: 'Choose account and role again',
    commands: command('aws', 'configure', 'sso'),
  },
  {
    id: 'session-expired',
    certainty: 'proven',
    code: /^(LoginRefreshRequired|LoginTokenLoad)/,
    title: 'The console login has expired',
    says: 'The client asks for a new login, and sent nothing',
    fix: 'Log in again',
    commands: command('aws', 'login'),
  },
  {
    id: 'session-expired',
    certainty: 'proven',
    code: /^CredentialsExpired$/,
    title: 'The session has expired',
    says: 'The client found an end of the session that is over, and sent nothing',
    fix: 'Get a new session and replace all three values and AWS_CREDENTIAL_EXPIRATION',
  },
  {
    id: 'presigned-outlives-session',
    certainty: 'likely',
    code: /^AccessDenied$/,
    message: /^Request has expired/,
    title: 'The presigned URL is over',
    says: 'The URL was used after its time, or after the session that signed it ended',
    fix: 'Make a new URL',
  },
  {
    id: 'sts-region-deactivated',
    certainty: 'proven',
    code: /^RegionDisabledException$/,
    title: 'STS is switched off for the account in that region',
    says: 'The key is good; the STS endpoint of that region is off for the account',
    fix: 'Switch it on (IAM, Account settings), or use another region',
    commands: command('aws', 'configure', 'set', 'region', 'us-east-1'),
  },
  {
    id: 'account-not-activated',
    certainty: 'proven',
    code: /^(OptInRequired(Exception)?|SubscriptionRequiredException|NotSignedUp|PendingVerification|KMSOptInRequired)$/,
    title: 'The account or the service is not activated',
    says: 'The key is good; sign-up, payment or the subscription is not finished',
    fix: 'Finish the sign-up in the console, then wait up to 24 hours',
  },
  {
    id: 'account-suspended',
    certainty: 'possible',
    code: /^(NotSignedUp|AccountProblem|AllAccessDisabled|Blocked)$/,
    title: 'The account is blocked or suspended',
    says: 'AWS speaks of the state of the account',
    fix: 'Sign in as root and look at billing and notices',
  },
  {
    id: 'cognito-pool',
    certainty: 'likely',
    code: /^NotAuthorizedException$/,
    message: /identity pool|login token|Access to Identity/i,
    title: 'The Cognito identity pool refuses this login',
    says: 'The pool’s settings do not fit the login',
    fix: 'Look at the pool’s providers and guest access',
  },
  // Nothing was sent.
  {
    id: 'no-credentials',
    certainty: 'proven',
    code: /^NoCredentials$/,
    title: 'The client finds no credentials',
    says: 'It looked at all its sources and sent nothing',
    fix: 'See what each source holds',
    commands: everywhere('countersign chain'),
  },
  {
    id: 'partial-credentials',
    certainty: 'proven',
    message: /Partial credentials found in ([\w-]{1,60}), missing: ([\w,' ]{1,80})/,
    title: 'Only half of a key pair is there',
    says: (match) => `${match[2]!.trim()} is missing in ${match[1]}`,
    fix: 'Set both halves of one key',
    commands: command('aws', 'configure'),
  },
  {
    id: 'profile-not-found',
    certainty: 'proven',
    code: /^ProfileNotFound$/,
    message: /(?:config profile \(|profile: \[|Profile |profile, |Profile `)([^)\]\s'`]{0,120})/,
    title: 'The profile does not exist',
    says: (match) => (match[1] === '' ? 'An empty name was looked for' : `No file has a profile "${match[1]}"`),
    fix: 'Name a profile that exists, or create it',
    commands: command('aws', 'configure', 'list-profiles'),
  },
  {
    id: 'profile-not-found',
    certainty: 'proven',
    code: /^ProfileNotFound$/,
    message: /SharedConfigProfileNotExistsError|NoSuchProfileError/,
    title: 'The profile does not exist',
    says: 'The client found no profile of that name',
    fix: 'Name a profile that exists, or create it',
    commands: command('aws', 'configure', 'list-profiles'),
  },
  {
    id: 'file-syntax',
    certainty: 'proven',
    code: /^ConfigParse$/,
    message: /Unable to parse config file: ([^\r\n]{1,300})/,
    title: 'An AWS file has a mistake and is not used at all',
    says: (match) => `The client cannot read ${match[1]!.trim()}`,
    fix: 'Find the line',
    commands: everywhere('countersign check'),
  },
  {
    id: 'unexpected-file',
    certainty: 'proven',
    code: /^ConfigNotFound$/,
    title: 'An AWS file is not where it is looked for',
    says: 'The client says which file it does not find',
    fix: 'Correct AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE',
    commands: everywhere('countersign chain'),
  },
  {
    id: 'process-failed',
    certainty: 'proven',
    code: /^CredentialRetrieval$/,
    message: /from custom-process/,
    title: 'The credential_process of the profile failed',
    says: 'The client ran it and got no credentials',
    fix: 'Run the command of credential_process by hand and read what it says',
  },
  {
    id: 'sso-session-expired',
    certainty: 'likely',
    code: /^CredentialRetrieval$/,
    message: /from (?:sso|SSOTokenProvider)/i,
    title: 'The SSO login has expired',
    says: 'The client could not use its SSO login',
    fix: 'Log in again',
    commands: command('aws', 'sso', 'login'),
  },
  {
    id: 'source-profile-broken',
    certainty: 'proven',
    code: /^(InfiniteLoopConfig|InvalidConfig)$/,
    title: 'The role’s source_profile is wrong',
    says: 'The client cannot find credentials to assume the role with',
    fix: 'Correct source_profile in the config file',
    commands: command('aws', 'configure', 'list-profiles'),
  },
  {
    id: 'surrounding-whitespace',
    certainty: 'likely',
    code: /^InvalidHeaderValue$/,
    title: 'There is a line end or control character in a value',
    says: 'The HTTP client refuses to send the header: the key id or the token has a character in it that no header may have',
    fix: 'Find the value and take the character out',
    commands: everywhere('countersign check'),
  },
  {
    id: 'invisible-character',
    certainty: 'possible',
    code: /^InvalidHeaderValue$/,
    title: 'There is an invisible character in a value',
    says: 'Pasting into a terminal can leave one (Ctrl-V)',
    fix: 'Type the value again',
    commands: everywhere('countersign check'),
  },
  // Another service, another kind of secret.
  {
    id: 'wrong-url',
    certainty: 'likely',
    code: /^MissingAuthenticationToken/,
    whole: /execute-api|API ?Gateway|\{\s*"message"\s*:\s*"Missing Authentication Token"\s*\}/i,
    title: 'API Gateway has no such path, stage or method',
    says: 'API Gateway gives this answer for a route that does not exist',
    fix: 'Compare stage, path and method with the API',
  },
  {
    id: 's3-compatible-mismatch',
    certainty: 'likely',
    message: /^The Access Key Id you provided does not exist in our records/i,
    title: 'The answer is not from AWS but from an S3-compatible service',
    says: 'AWS writes "The AWS Access Key Id …"; this text does not',
    fix: 'Use keys and endpoint of one and the same provider',
  },
  {
    id: 'terraform-backend',
    certainty: 'likely',
    whole: /configuring S3 Backend|backend "s3"|terraform init/i,
    code: /^(InvalidClientTokenId|ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|NoCredentials|AccessDenied)/,
    title: 'Terraform’s S3 backend uses other credentials than the provider',
    says: 'The error comes from the backend, which has settings of its own',
    fix: 'Give the backend the profile too',
    commands: command('terraform', 'init', '-reconfigure', '-backend-config=profile=NAME'),
  },
  {
    id: 'bearer-token-left',
    certainty: 'possible',
    whole: /bedrock/i,
    code: /^UnrecognizedClientException$/,
    title: 'The tool uses other credentials than the shell, or an old bearer token',
    says: 'Programs with windows do not see what the shell sets; AWS_BEARER_TOKEN_BEDROCK goes before keys',
    fix: 'Start the tool from the shell in which "aws sts get-caller-identity" works',
    commands: whoAmI,
  },
  {
    id: 'smtp-password',
    certainty: 'likely',
    code: /^SmtpAuthentication$/,
    title: 'The SMTP password is not one',
    says: 'SES SMTP needs a password that is made from the secret key, for one region',
    fix: 'Create SMTP credentials in the SES console of that region',
  },
  {
    id: 'registry-login-expired',
    certainty: 'proven',
    code: /^RegistryLogin$/,
    title: 'The login at the container registry is over or missing',
    says: 'Logins at ECR last 12 hours, for one registry',
    fix: 'Log in again, with your account and region',
    commands: {
      bash: [
        'aws ecr get-login-password | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com',
      ],
      fish: [
        'aws ecr get-login-password | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com',
      ],
      powershell: [
        'aws ecr get-login-password | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com',
      ],
      cmd: [
        'aws ecr get-login-password | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com',
      ],
    },
  },
]

/** The causes that the text itself names, without any machine. */
export function proofsInText(read: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  const found = proofs.flatMap((proof): Finding[] => {
    const match = matchOf(proof, read)
    return match === null ? [] : [finding(proof, match, read)]
  })
  return [...found, ...clockProof(read, families), ...expiryProof(read, families), ...lookAlike(families)]
}

function matchOf({ code, message, whole }: Proof, read: ErrorText): RegExpExecArray | null {
  if (code !== undefined && !code.test(read.error?.code ?? '')) return null
  // Blanks are collapsed, as AWS writes some texts with two.
  const inMessage = message?.exec(read.plain.replace(/\s+/g, ' '))
  const inWhole = whole?.exec(read.whole)
  if ((message !== undefined && !inMessage) || (whole !== undefined && !inWhole)) return null
  return inMessage ?? inWhole ?? /^/.exec('')
}

function finding(
  { id, certainty, title, says, fix, commands }: Proof,
  match: RegExpExecArray,
  { hide }: ErrorText,
): Finding {
  return {
    id,
    certainty,
    title,
    // What is quoted from the text may be a secret in a wrong place.
    evidence: [evidence(typeof says === 'string' ? says : hide(says(match)))],
    fix: cure(fix, commands ?? noCommands),
  }
}

function clockProof(read: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  if (!families.includes('clock')) return []
  const told = skewInMessage(read.plain) ?? skewInText(read.whole)
  if (told === null) return []
  const direction = told.seconds > 0 ? 'behind' : 'ahead of'
  const fix = cure('Set the clock of the machine that signed', {
    bash: ['sudo timedatectl set-ntp true'],
    fish: ['sudo timedatectl set-ntp true'],
    powershell: ['w32tm /resync /force'],
    cmd: ['w32tm /resync /force'],
  })
  return [
    {
      id: 'clock-skew',
      // An old request may have been held up on its way; one from the future cannot.
      certainty: told.seconds < 0 ? 'proven' : 'likely',
      title: `The clock that signed was ${span(told.seconds)} ${direction} that of AWS`,
      evidence: [
        evidence(
          `The request says ${instantWords(told.request)}, AWS says ${instantWords(told.server)}; key and secret were not looked at`,
        ),
      ],
      fix,
    },
  ]
}

function expiryProof({ error }: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  if (families.length !== 1 || families[0] !== 'expired' || error === null) return []
  return [
    {
      id: 'session-expired',
      certainty: 'proven',
      title: 'The session has expired',
      evidence: [evidence('AWS says so: the three values were genuine and are past their end')],
      fix: cure(
        'Get a new session the way you got the old one, and replace all three values',
        everywhere('countersign check'),
      ),
    },
  ]
}

function lookAlike(families: readonly AnswerFamily[]): readonly Finding[] {
  if (!families.includes('look-alike')) return []
  return [
    {
      id: 'look-alike',
      certainty: 'proven',
      title: 'Your credentials are fine: the error is about something in the request',
      evidence: [
        evidence(
          'An ARN, account or token inside of the request is not known; the words only look like those of a credential error',
        ),
      ],
      fix: cure('Correct the ARN, account id or token in the call; leave the credentials as they are'),
    },
  ]
}
