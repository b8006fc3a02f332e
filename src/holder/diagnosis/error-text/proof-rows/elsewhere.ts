import { command, everywhere } from '../../shells.ts'
import { type Proof, whoAmI } from './proof.ts'

/** Another service, another program, another kind of secret: `errors.md` §1.5, §1.8, §1.9. */
export const elsewhere: readonly Proof[] = [
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
  {
    id: 's3-compatible-mismatch',
    certainty: 'proven',
    message: /Credential access key has length (\d{1,4}), should be (\d{1,4})/i,
    title: 'The key was sent to a service that it is not for',
    says: ([, is, should]) => `That service’s key ids have ${should} characters, and this one has ${is}`,
    fix: 'Use keys and endpoint of one and the same provider',
  },
  {
    id: 's3-compatible-mismatch',
    certainty: 'likely',
    code: /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|InvalidArgument|Unauthorized)$/,
    whole:
      /r2\.cloudflarestorage\.com|\.wasabisys\.com|digitaloceanspaces\.com|\.backblazeb2\.com|Server: MinIO|<Resource>[^<]{0,200}<\/Resource><RequestId>[0-9A-F]{16}<\/RequestId><HostId>[0-9a-f-]{36,64}<|<RequestId>tx[0-9a-f]{20,24}-[0-9a-f]{6,12}-/i,
    title: 'The answer is not from AWS but from an S3-compatible service',
    says: 'The address or the form of the answer is that of another provider, which has keys of its own',
    fix: 'Use keys and endpoint of one and the same provider',
  },
  {
    id: 'presigned-altered',
    certainty: 'likely',
    code: /^AccessDenied$/,
    message: /Query-string authentication requires/,
    title: 'The presigned URL is not whole',
    says: 'A parameter of its signature is missing: the URL was cut, or put together by hand',
    fix: 'Use the URL exactly as it was made, and let the SDK make it',
  },
  {
    id: 'placeholder-value',
    certainty: 'likely',
    code: /^InvalidAccessKeyId$/,
    message: /^The AWS Access Key Id/,
    whole:
      /<AWSAccessKeyId>(?:(?:[A-Za-z0-9]{1,20}_){0,6}KEY(?:_?ID)?|undefined|null|none|foo|test|dummy|(?:your|my|insert|change)[-_ ]?[^<]{0,60})<\/AWSAccessKeyId>/i,
    title: 'A placeholder was sent as key id',
    says: 'What S3 was sent as key id is a placeholder or the name of a variable',
    fix: 'Put the real key id in its place, and look that the variable has a value',
    commands: everywhere('countersign check'),
  },
  // The credentials are innocent.
  ...(
    [
      [
        /^(?:InvalidClientTokenId|UnrecognizedClientException)$/,
        /no account found for the given parameters/i,
        'An account number or an ARN inside of the request is of an account that does not exist',
      ],
      [/^KMS(?!OptIn)/, undefined, 'The KMS key that the call would use is not usable, or is of another account'],
      [/^CloudTrailInvalidClientTokenId/, undefined, 'The account that owns the SNS topic of the trail is suspended'],
      [
        /^(?:InvalidNextToken|InvalidPaginationToken)/,
        undefined,
        'It is the token for the next page of a list, not one of a session',
      ],
      [
        /^UnauthorizedException$/,
        /authorization header|\bJWT\b|\btoken has expired|not authorized to make this call/i,
        'It is the authorizer of an application (AppSync, API Gateway) that refuses the token of its user',
      ],
      [
        /^InvalidAuthorizationMessage(?:Exception)?$/,
        undefined,
        'It is the message that was to be decoded, cut or with more around it, and no token of a session',
      ],
      [
        /^(?:IdempotentParameterMismatch|IdempotencyParameterMismatch|InvalidClientRequestToken|InvalidClientToken(?:Exception)?$)/,
        undefined,
        'It is the token that makes a request safe to repeat, not one of a session',
      ],
      [
        /^InvalidToken(?:Exception)?$/,
        /^(?!$)(?!.*(?:provided token|security token))/is,
        'It is a token of a task, a page or a product, not one of a session',
      ],
    ] as const
  ).map(
    ([code, message, says]): Proof => ({
      id: 'look-alike',
      certainty: 'proven',
      code,
      ...(message === undefined ? {} : { message }),
      title: 'Your credentials are innocent: the error is about something in the request',
      says: `${says}; the words only look like those of a credential error`,
      fix: 'Correct the ARN, account id or token in the call; leave the credentials as they are',
    }),
  ),
]
