import type { CauseId } from '../../../cause-ids.ts'
import { command } from '../shells.ts'
import { aws } from '../words.ts'
import { configureSet, editConfig, fix, logIn, showClaims, showTrust } from './commands.ts'
import { cure, cureWhen, type Entry, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import { deniedNoPolicy, expiredToken, invalidClientTokenId, likeness, symptom, webIdentityDenied } from './symptoms.ts'

/** Identities that come from somebody else's login. */
export const federatedEntries = {
  'oidc-trust-mismatch': {
    title: 'The role does not trust this workflow (GitHub or GitLab OIDC)',
    story:
      'CI asks STS for a role with a token that says which repository, branch, environment or pull request runs. The trust policy compares that `sub` letter by letter; a renamed repository, another branch or an environment changes it. In GitHub Actions there is also the permission `id-token: write`, without which there is no token at all.',
    fits: 'The trust policy of the role does not fit the token of the workflow',
    symptoms: [
      webIdentityDenied,
      symptom(
        'GitHub action configure-aws-credentials',
        null,
        'Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers',
      ),
    ],
    signs: [
      proves(
        'The `sub` of the token is not matched by the condition in the trust policy: `repo:ORG/REPO:ref:refs/heads/BRANCH`, `…:environment:NAME` and `…:pull_request` are three different things.',
      ),
      proves('`ACTIONS_ID_TOKEN_REQUEST_URL` is not set in the job: the permission is missing.'),
    ],
    probes: [],
    excludedBy: ['The answer is `InvalidIdentityToken`: then the token was not accepted at all.'],
    lookAlikes: [
      unlike('oidc-token-invalid', 'provider, audience or age of the token is wrong, and the text says which.'),
      unlike('ci-secret-missing', 'the job uses keys from secrets, not OIDC.'),
      unlike('explicitly-denied', 'an organisation policy denies the call.'),
    ],
    fixes: [
      cure('Compare the `sub` and `aud` of the token with the trust policy of the role, letter by letter', showTrust),
      cureWhen('The job has no token', 'Add `permissions: id-token: write` (and `contents: read`) to the job'),
      cureWhen(
        'Several branches or environments should be trusted',
        'Use StringLike with `repo:ORG/REPO:*` in the condition',
      ),
    ],
    prevention: ['Print the claims (not the token) in a step of the workflow when you set it up.'],
    sources: [
      docs.oidcProvider,
      docs.webIdentity,
      thread('aws-actions/configure-aws-credentials#280'),
      thread('aws-actions/configure-aws-credentials#318'),
      thread('aws-actions/configure-aws-credentials#1100'),
    ],
    threads: 15,
  },
  'oidc-token-invalid': {
    title: 'STS does not accept the web identity token',
    story:
      'The token of the identity provider (a JWT) is not good enough to be compared with anything: the account has no such provider, the audience is another, its key cannot be fetched, or it is too old. The answer says which of these it is.',
    fits: 'The answer names the reason: provider, audience, key or age of the token',
    symptoms: [
      symptom('STS', 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for ‹issuer›'),
      symptom('STS', 'InvalidIdentityToken', 'Incorrect token audience'),
      symptom(
        'STS',
        'InvalidIdentityToken',
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
      ),
      symptom(
        'STS',
        'InvalidIdentityToken',
        "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
      ),
      symptom(
        'STS',
        'ExpiredTokenException',
        'Token expired: current date/time ‹n› must be before the expiration date/time ‹n›',
      ),
    ],
    signs: [proves('The text says it.'), proves('The claims of the token show it: `iss`, `aud`, `exp`.')],
    probes: [],
    excludedBy: ['The answer is “Not authorized to perform sts:AssumeRoleWithWebIdentity”.'],
    lookAlikes: [
      unlike('oidc-trust-mismatch', 'the token is good, and the role does not trust what it says.'),
      unlike('session-expired', 'an AWS session is over; that text has no numbers in it.'),
      unlike('clock-skew', 'the two numbers in the text are hours apart though the token is new.'),
    ],
    fixes: [
      cure(
        'Create the provider in that account, with the audience `sts.amazonaws.com` (`sts.amazonaws.com.cn` in China)',
        command(
          'aws',
          'iam',
          'create-open-id-connect-provider',
          '--url',
          'https://ISSUER',
          '--client-id-list',
          'sts.amazonaws.com',
        ),
      ),
      cureWhen(
        'The token is too old',
        'Get a fresh one: read the file again at each use instead of keeping its text',
        showClaims,
      ),
      cureWhen(
        'The provider exists',
        'Look at its audiences',
        command('aws', 'iam', 'get-open-id-connect-provider', '--open-id-connect-provider-arn', 'PROVIDER_ARN'),
      ),
    ],
    prevention: ['Let the SDK read the token file by itself; it does so again when the token is renewed.'],
    sources: [
      docs.oidcProvider,
      docs.webIdentity,
      thread('aws/aws-sdk-js-v3#3052'),
      thread('aws/aws-sdk-js-v3#5270'),
      thread('aws/aws-sdk-java-v2#5709'),
    ],
    threads: 15,
  },
  'saml-failed': {
    title: 'The SAML login was not accepted',
    story:
      'Tools such as saml2aws send an assertion of the company’s login to STS. It is short-lived, names roles and provider as pairs of ARNs, and must be made out for AWS. Another usual way to fail is harmless: the login worked, and its keys were written to a profile (`saml`) that the next command does not use.',
    fits: 'The assertion, its audience or its roles do not fit',
    symptoms: [
      symptom('STS', 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML'),
      symptom('STS', 'InvalidIdentityToken', 'Response signature invalid'),
      symptom('STS', 'InvalidIdentityToken', 'RoleSessionName is required in AuthnResponse'),
    ],
    signs: [
      strong('A profile such as `[saml]` was written just now, and the refused key is in `[default]`.'),
      strong('The assertion is past its `NotOnOrAfter`, or its audience is not `urn:amazon:webservices`.'),
    ],
    probes: [],
    excludedBy: ['The login works, and its own profile is accepted.'],
    lookAlikes: [
      unlike('wrong-profile', 'the login worked, and another profile is used.'),
      unlike('session-expired', 'the session of an earlier login is over.'),
      unlike('oidc-token-invalid', 'the token is a JWT, not an assertion.'),
    ],
    fixes: [
      cure('Log in again at the identity provider, then compare its role attribute with the role and provider ARNs'),
      cureWhen(
        'The keys were written to another profile',
        'Use that one',
        command('aws', 'sts', 'get-caller-identity', '--profile', 'saml'),
      ),
    ],
    prevention: ['Set `AWS_PROFILE` to the profile that the login tool writes.'],
    sources: [docs.withSaml, docs.samlTrouble],
    threads: 8,
  },
  'sso-session-expired': {
    title: 'The sign-in to IAM Identity Center (SSO) is over, or there is none',
    story:
      'A profile with `sso_session` or `sso_start_url` needs a sign-in in the browser, which is kept in `~/.aws/sso/cache` and ends after some hours. Then nothing is sent to the service at all. A wrong `sso_region` or start URL gives the same picture, because the sign-in is looked for under another name.',
    fits: 'The sign-in of SSO ends after some hours and has to be repeated',
    symptoms: [
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'UnauthorizedSSOTokenError',
        'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
      ),
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'SSOTokenLoadError',
        'Error loading SSO Token: Token for ‹name› does not exist',
      ),
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'TokenRetrievalError',
        'Error when retrieving token from sso: Token has expired and refresh failed',
      ),
      symptom('The access portal', 'UnauthorizedException', 'Session token not found or invalid'),
    ],
    signs: [
      proves('The file of that sign-in in `~/.aws/sso/cache` is missing, or its `expiresAt` is past.'),
      proves('`sso_region` or `sso_start_url` is not the one with which you signed in.'),
    ],
    probes: [],
    excludedBy: ['You have signed in just now with the same profile, and it says the same.'],
    lookAlikes: [
      unlike('sso-role-unassigned', 'the sign-in is good: the portal answers “No access”.'),
      unlike('session-expired', 'keys were copied from the portal; those end by themselves.'),
      unlike('environment-shadows-profile', 'old keys in the environment are used, and SSO is not asked at all.'),
      unlike('profile-not-found', 'no profile of that name has SSO settings.'),
    ],
    fixes: [
      cure('Sign in again', logIn),
      cureWhen('It says the same right after', 'Throw the kept sign-ins away and sign in again', {
        bash: ['rm -f ~/.aws/sso/cache/*.json; aws sso login --profile NAME'],
        fish: ['rm -f ~/.aws/sso/cache/*.json; aws sso login --profile NAME'],
        powershell: ['Remove-Item "$HOME/.aws/sso/cache/*.json"; aws sso login --profile NAME'],
        cmd: ['del /q "%USERPROFILE%\\.aws\\sso\\cache\\*.json" & aws sso login --profile NAME'],
      }),
      cureWhen('The name of the sso-session has a slip in it', 'Let it be corrected', fix('sso-session-expired')),
      cureWhen('Region or start URL is wrong', 'Correct it', editConfig),
    ],
    prevention: [
      'Use an `[sso-session NAME]` section: its sign-in is renewed in the background and shared by all its profiles.',
    ],
    sources: [docs.cliSso, thread('aws/aws-cli#7340'), thread('aws/aws-cli#7361')],
    threads: 9,
  },
  'sso-role-unassigned': {
    title: 'That role is not assigned to you in that account (SSO)',
    story:
      'The sign-in works, and the portal refuses the account and role of the profile. The name is misspelled, the assignment was taken away, or the full role name (`AWSReservedSSO_…`) was written where the name of the permission set belongs.',
    fits: 'The sign-in is good; account or role of the profile is not assigned',
    symptoms: [symptom('The access portal, GetRoleCredentials', 'ForbiddenException', 'No access')],
    signs: [
      strong('`sso_role_name` begins with `AWSReservedSSO_`.'),
      strong('`sso_account_id` has not exactly 12 digits.'),
    ],
    probes: [],
    excludedBy: ['The portal in the browser shows that role for that account, with the same spelling.'],
    lookAlikes: [
      unlike('sso-session-expired', 'the sign-in itself is over.'),
      unlike('permission-missing', 'the role is given to you, and lacks a permission.'),
    ],
    fixes: [
      cure('Choose account and role again, or ask for the assignment', aws('NAME', 'configure', 'sso')),
      cureWhen('You know the right name', 'Set it', configureSet('sso_role_name', 'PERMISSION_SET')),
    ],
    prevention: ['Let `aws configure sso` write profiles: it offers only what is assigned.'],
    sources: [docs.cliSso, thread('aws/aws-sam-cli#2129'), thread('aws/aws-cli#6316'), thread('aws/aws-cli#7871')],
    threads: 6,
  },
  'cognito-pool': {
    title: 'The Cognito identity pool refuses the login or gives a small role',
    story:
      'An identity pool exchanges logins for AWS credentials. It refuses guests when guest access is off, and tokens when their provider is not entered or the login key is spelled otherwise. When it does hand out credentials, they are those of the guest role or of a role that was cut down.',
    fits: 'The settings of the pool do not fit the login',
    symptoms: [
      likeness(
        'Cognito identity pools',
        'NotAuthorizedException',
        'Unauthenticated access is not supported for this identity pool.',
      ),
      likeness('Cognito identity pools', 'NotAuthorizedException', 'Invalid login token.'),
      deniedNoPolicy,
    ],
    signs: [strong('The role in the caller’s ARN has `Unauth` in its name: you are a guest.')],
    probes: [],
    excludedBy: ['No identity pool is involved; user pools give JWTs, not AWS keys.'],
    lookAlikes: [
      unlike('permission-missing', 'the role is the right one, and lacks a permission.'),
      unlike('oidc-token-invalid', 'STS is asked directly, without a pool.'),
    ],
    fixes: [
      cure(
        'Look at the pool’s providers and guest access, and at the login key in the code (for a user pool: `cognito-idp.REGION.amazonaws.com/POOL_ID`)',
        command('aws', 'cognito-identity', 'describe-identity-pool', '--identity-pool-id', 'POOL_ID'),
      ),
    ],
    prevention: ['Log the role that the pool gave, at the start of the program.'],
    sources: [from('Amazon Cognito: identity pools')],
    threads: 4,
  },
  'managed-credentials': {
    title: 'A lab or cloud workbench manages the credentials (Cloud9, AWS Academy, CloudShell)',
    story:
      'In AWS Academy and other sandboxes the keys end with the lab, and all three values have to be copied anew. Cloud9 writes `~/.aws/credentials` again and again with keys that may not do everything. What you enter by hand is overwritten, or runs out with the lab.',
    fits: 'Credentials of labs and workbenches end with them and are rewritten by them',
    symptoms: [expiredToken, invalidClientTokenId, deniedNoPolicy],
    signs: [
      strong('The caller’s ARN or the page has `vocareum` or `voclabs` in it.'),
      strong('`C9_PROJECT` is set: this is Cloud9, which rewrites the file.'),
    ],
    probes: [],
    excludedBy: ['The machine is your own and nothing writes its AWS files.'],
    lookAlikes: [
      unlike('session-expired', 'the session is one that you made yourself.'),
      unlike('permission-missing', 'the lab’s role does not allow the action; sandboxes forbid much.'),
    ],
    fixes: [
      cure('Start the lab again, open “AWS Details”, and copy all three values'),
      cureWhen(
        'It is Cloud9',
        'Switch managed credentials off (Preferences, AWS Settings), then use the role of the instance or your own profile',
      ),
    ],
    prevention: ['Expect lab keys to last some hours, and copy them as a set of three.'],
    sources: [from('AWS Cloud9: managed temporary credentials'), from('AWS Academy lab pages')],
    threads: 5,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
