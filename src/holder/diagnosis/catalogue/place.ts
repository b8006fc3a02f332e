import type { CauseId } from '../../../cause-ids.ts'
import { command, everywhere, setVariable, unsetVariables } from '../shells.ts'
import { configureSet, fix, showVariables } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  authFailure,
  invalidAccessKeyId,
  invalidClientTokenId,
  invalidToken,
  keyRefused,
  sessionRefused,
  symptom,
} from './symptoms.ts'

const defaultRegion = probe('P2', 'sts-in-default-region', 'The same credentials are accepted in us-east-1.')

/** Partition, region, endpoint: the request went somewhere else than was meant. */
export const placeEntries = {
  'other-partition': {
    title: 'The key belongs to another partition of AWS (China, GovCloud, European Sovereign Cloud)',
    story:
      'AWS is several worlds that know nothing of each other: the commercial one, China, GovCloud, the European Sovereign Cloud. Accounts, keys and sessions of one are unknown in all others. A key from China with the region eu-west-1 is refused just like a mistyped one.',
    fits: 'Keys of one partition are unknown in every other',
    symptoms: [...keyRefused, invalidToken],
    signs: [
      proves('The session token was issued in a region of another partition than the one that is asked.'),
      strong(
        '`role_arn` or `mfa_serial` of the profile begins with another partition (`arn:aws-cn:`) than the region belongs to.',
      ),
      hint(
        'The region begins with `cn-`, `us-gov-` or `eusc-`, and the key comes from a commercial account, or the other way round.',
      ),
    ],
    probes: [
      probe(
        'P2',
        null,
        'The regional STS of the other partition accepts the key. Only the key id and a signature travel there, never the secret.',
      ),
    ],
    excludedBy: ['The key works in another region of the same partition.'],
    lookAlikes: [
      unlike('region-not-enabled', 'same partition, and the region is one that has to be switched on.'),
      unlike('key-unknown', 'no partition knows the key.'),
      unlike('endpoint-override', 'the request goes to a host that is not AWS’s.'),
    ],
    fixes: [
      cure('Set a region of the partition that the key is from', configureSet('region', 'cn-north-1')),
      cureWhen('The variable sets another region', 'Set it', setVariable('AWS_REGION', 'us-gov-west-1')),
    ],
    prevention: ['Keep one profile per partition, each with its own region.'],
    sources: [
      docs.identifiers,
      thread('ekristen/aws-nuke#411'),
      thread('gruntwork-io/cloud-nuke#50'),
      thread('aws/aws-sdk-js-v3#5755'),
      thread('prowler-cloud/prowler#2347'),
      thread('aws/aws-cli#5564'),
    ],
    threads: 15,
  },
  'region-not-enabled': {
    title: 'The account has not switched on the region',
    story:
      'Regions that came after March 2019 (for example af-south-1, ap-east-1, eu-south-1, me-south-1) must be switched on for an account before anything works there. Until then the region does not know the account’s keys, and answers as if they were invalid. Switching on takes minutes to hours.',
    fits: 'In a region that was not switched on, AWS does not know the account’s keys',
    symptoms: [invalidClientTokenId, authFailure, invalidToken, invalidAccessKeyId],
    signs: [
      hint('The region is one of those that have to be switched on.'),
      hint('A loop over all regions fails in some of them only.'),
    ],
    probes: [defaultRegion, probe('P8', null, 'DescribeRegions with `--all-regions` shows `not-opted-in` for it.')],
    excludedBy: [
      'The region is one that every account has from the start.',
      'The key is refused in us-east-1 as well.',
    ],
    lookAlikes: [
      unlike(
        'v1-token-in-opt-in-region',
        'the region is on, and only sessions of the old kind fail there; long-term keys work.',
      ),
      unlike('sts-region-deactivated', 'the answer says so by name: `RegionDisabledException`.'),
      unlike('other-partition', 'no region of the partition accepts the key.'),
      unlike('explicitly-denied', 'an organisation policy forbids the region: `AccessDenied` names it.'),
    ],
    fixes: [
      cure(
        'Switch the region on (takes minutes to hours), or use another region',
        command('aws', 'account', 'enable-region', '--region-name', 'REGION'),
      ),
      cureWhen(
        'You want to see its state',
        'Ask',
        command('aws', 'account', 'get-region-opt-status', '--region-name', 'REGION'),
      ),
      cureWhen('You assume a role of another account', 'Switch it on in both accounts, the caller’s and the role’s'),
    ],
    prevention: [
      'Let loops over regions ask only those that are on: `aws ec2 describe-regions` without `--all-regions` lists them.',
    ],
    sources: [
      docs.regions,
      docs.stsRegions,
      thread('boto/boto3#3975'),
      thread('boto/boto3#4268'),
      thread('fog/fog-aws#585'),
      thread('cloud-custodian/cloud-custodian#9793'),
      thread('aws/aws-cli#8413'),
    ],
    threads: 18,
  },
  'v1-token-in-opt-in-region': {
    title: 'A session token of the old kind is used in an opt-in region',
    story:
      'The global STS endpoint (sts.amazonaws.com) issues version-1 tokens unless the account says otherwise, and those work only in regions that every account has from the start. In a region that was switched on later they are refused, while a long-term key works. Tokens of regional endpoints work everywhere.',
    fits: 'Tokens from the global STS endpoint do not work in regions that must be switched on',
    symptoms: [...sessionRefused],
    signs: [
      proves('The token begins with `FwoG` or `FQoG` (version 1), and the region is one that has to be switched on.'),
      hint('The login tool is an older one: it asks the global endpoint.'),
    ],
    probes: [defaultRegion, probe('P7', null, 'GetAccountSummary shows `GlobalEndpointTokenVersion` 1.')],
    excludedBy: ['The token begins with `IQoJ` (version 2).', 'The key begins with `AKIA`.'],
    lookAlikes: [
      unlike('region-not-enabled', 'long-term keys fail there too.'),
      unlike('session-expired', 'the session fails in every region.'),
      unlike('session-token-cut', 'the token is not whole.'),
    ],
    fixes: [
      cure(
        'Let STS issue tokens that work everywhere, then get a new session',
        command('aws', 'iam', 'set-security-token-service-preferences', '--global-endpoint-token-version', 'v2Token'),
      ),
      cureWhen(
        'You may not change the account',
        'Ask the regional endpoint, then get a new session',
        setVariable('AWS_STS_REGIONAL_ENDPOINTS', 'regional'),
      ),
      cureWhen('It should stay so for a profile', 'Set it there', configureSet('sts_regional_endpoints', 'regional')),
    ],
    prevention: [
      'Set the account to version 2 tokens, and keep login tools current: newer SDKs ask regional endpoints by themselves.',
    ],
    sources: [
      docs.stsRegions,
      thread('aws/aws-sdk-js#4129'),
      thread('brefphp/bref#384'),
      from('Published descriptions of the outer form of session tokens'),
    ],
    threads: 18,
  },
  'sts-region-deactivated': {
    title: 'STS is switched off for the account in that region',
    story:
      'An administrator can switch the STS endpoint of a region off for an account. The keys are good; only that endpoint does not make sessions for it. GetCallerIdentity still answers there, which makes it confusing. For AssumeRole the account of the role counts as well.',
    fits: 'The key is good; the STS endpoint of that region is off for the account',
    symptoms: [
      symptom(
        'STS',
        'RegionDisabledException',
        'STS is not activated in this region for account:‹id›. Your account administrator can activate STS in this region using the IAM Console.',
      ),
    ],
    signs: [proves('The text says it, with the account.')],
    probes: [probe('P1', 'sts-as-it-is', 'GetCallerIdentity succeeds in the same region.')],
    excludedBy: ['The code is another one.'],
    lookAlikes: [
      unlike('region-not-enabled', 'the region as a whole is off; the answer is a plain refusal of the key.'),
      unlike('explicitly-denied', 'a policy denies the call.'),
    ],
    fixes: [
      cure('Use the STS endpoint of another region', configureSet('region', 'us-east-1')),
      cureWhen('You manage the account', 'Switch it on: IAM, Account settings, Security Token Service'),
    ],
    prevention: ['Use the region in which you work for STS too, and leave it active.'],
    sources: [docs.stsRegions, thread('aws/aws-sdk-go-v2#2846')],
    threads: 8,
  },
  'signing-scope-wrong': {
    title: 'The request was signed for the wrong region or service',
    story:
      'A signature is made for one region and one service, and both must fit the endpoint. They do not when the endpoint is set by hand, when a bucket lies in another region, when no region is set, or when a client signs for IAM, Route 53 or CloudFront with your region instead of us-east-1. AWS notices before it looks at the key.',
    fits: 'AWS says for which region or service it expects the signature',
    symptoms: [
      symptom(
        'Most services',
        'SignatureDoesNotMatch or InvalidSignatureException',
        "Credential should be scoped to a valid region, not '‹region›'.",
      ),
      symptom(
        'Most services',
        'SignatureDoesNotMatch or InvalidSignatureException',
        "Credential should be scoped to correct service: '‹service›'.",
      ),
      symptom(
        'S3',
        'AuthorizationHeaderMalformed',
        "The authorization header is malformed; the region '‹one›' is wrong; expecting '‹other›'",
      ),
      symptom(
        'Most services',
        'IncompleteSignature',
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '‹id›/‹date›//‹service›/aws4_request'",
      ),
    ],
    signs: [
      proves('The text names the region or service that it expects.'),
      proves('The region in the name of the host is not the one that was signed for.'),
      proves('The quoted credential has two slashes in a row: no region was set.'),
    ],
    probes: [],
    excludedBy: ['The text speaks of times, of the key or of “we calculated”.'],
    lookAlikes: [
      unlike('secret-wrong', 'the text says “we calculated” and names no region.'),
      unlike('endpoint-override', 'the endpoint is another than was meant; the region is right.'),
      unlike('id-secret-swapped', 'the same “5 slash-delimited elements”, and the quoted id is a secret.'),
    ],
    fixes: [
      cure('Set the region that the answer names', configureSet('region', 'REGION')),
      cureWhen(
        'It is an S3 bucket',
        'Ask where it lies',
        command('aws', 's3api', 'get-bucket-location', '--bucket', 'BUCKET'),
      ),
      cureWhen(
        'The endpoint was set by hand',
        'Take it away and let the SDK choose',
        unsetVariables(['AWS_ENDPOINT_URL']),
      ),
    ],
    prevention: ['Set the region, and leave the endpoint to the SDK.'],
    sources: [docs.signatureTrouble, docs.s3Errors],
    threads: 10,
  },
  'endpoint-override': {
    title: 'Requests go to another endpoint than was meant',
    story:
      '`AWS_ENDPOINT_URL`, a line `endpoint_url` in the config file or `--endpoint-url` sends requests to an emulator, a proxy or a private endpoint, which does not know your AWS key. Or the reverse: keys of an emulator (`test`, account 000000000000) reach the real AWS because the endpoint is not set in this process.',
    fits: 'AWS_ENDPOINT_URL or endpoint_url can send requests to an emulator, or an emulator’s keys can reach AWS',
    symptoms: [...keyRefused],
    signs: [
      proves('An endpoint is set, and its host is not AWS’s.'),
      proves('The key id is `test` or of account 000000000000, and the request goes to AWS.'),
    ],
    probes: [],
    excludedBy: ['No endpoint is set anywhere, and the key has the form of AWS’s.'],
    lookAlikes: [
      unlike('s3-compatible-mismatch', 'the other endpoint is an S3 provider of its own.'),
      unlike('placeholder-value', 'no emulator is meant; the value is just an example.'),
      unlike('other-partition', 'the host is AWS’s, in another partition.'),
    ],
    fixes: [
      cure('Look where requests go', showVariables),
      cureWhen(
        'AWS was meant',
        'Take the override away',
        unsetVariables(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL_S3']),
      ),
      cureWhen('It stands in the config file', 'Let the line `endpoint_url` be deleted', fix('endpoint-override')),
      cureWhen('An emulator was meant', 'Set its address', setVariable('AWS_ENDPOINT_URL', 'http://localhost:4566')),
    ],
    prevention: ['Keep emulator and AWS apart in two profiles, each with its endpoint and keys.'],
    sources: [
      docs.sdkEndpoints,
      thread('localstack/localstack#948'),
      thread('localstack/localstack#3562'),
      thread('localstack/localstack#4012'),
    ],
    threads: 6,
  },
  's3-compatible-mismatch': {
    title: 'Keys of one S3 provider are used at another',
    story:
      'R2, Wasabi, Spaces, B2, MinIO and others speak the language of S3 and have keys of their own. A key of theirs at amazonaws.com, or an AWS key at their endpoint, is unknown. Their error text often gives it away: it lacks the word AWS.',
    fits: 'S3-compatible providers have keys of their own',
    symptoms: [
      symptom(
        'S3-compatible services',
        'InvalidAccessKeyId',
        'The Access Key Id you provided does not exist in our records.',
      ),
      invalidAccessKeyId,
    ],
    signs: [
      strong('The text says “The Access Key Id …” without “AWS”: the answer is not from AWS.'),
      strong('The key begins with `AKIA`, and the host is not amazonaws.com; or the key does not, and the host is.'),
    ],
    probes: [],
    excludedBy: ['Key and host are both AWS’s.'],
    lookAlikes: [
      unlike('endpoint-override', 'the other endpoint is an emulator, and was not meant.'),
      unlike('not-an-access-key', 'the key is of no S3 provider either.'),
      unlike('key-unknown', 'key and host belong together, and the key is wrong.'),
    ],
    fixes: [
      cure(
        'Use endpoint and keys of one and the same provider',
        everywhere('aws s3 ls --endpoint-url https://ENDPOINT --profile NAME'),
      ),
      cureWhen(
        'It should stay so',
        'Store the endpoint in the profile of that provider',
        configureSet('endpoint_url', 'https://ENDPOINT'),
      ),
    ],
    prevention: ['One profile per provider, with its endpoint in it.'],
    sources: [thread('langgenius/dify#14474'), docs.sdkEndpoints],
    threads: 10,
  },
  'old-signing': {
    title: 'The client signs in an old way that is not accepted any more',
    story:
      'Signature Version 2 and the old SES signature (version 3) are switched off in newer regions and services. Old SDKs, old plug-ins and hand-written code still use them. The key is good.',
    fits: 'The service asks for Signature Version 4',
    symptoms: [
      symptom(
        'S3',
        'InvalidRequest',
        'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
      ),
      symptom('SES', 'InvalidClientTokenId', 'The security token included in the request is invalid'),
    ],
    signs: [
      proves('The Authorization header begins with `AWS ` or `AWS3-HTTPS`.'),
      proves('The URL has `AWSAccessKeyId=` and `Signature=` in it.'),
    ],
    probes: [],
    excludedBy: ['The header begins with `AWS4-HMAC-SHA256`.'],
    lookAlikes: [
      unlike('authorization-missing', 'no signature arrives.'),
      unlike('request-altered', 'the signature is of version 4, and something changed the request.'),
    ],
    fixes: [
      cure('Upgrade the SDK or plug-in, or set it to Signature Version 4'),
      cureWhen(
        'It is the AWS CLI with an old profile',
        'Take the old setting away',
        command('countersign', 'configure', 'set', 'default.s3.signature_version', 's3v4'),
      ),
    ],
    prevention: ['Do not sign by hand.'],
    sources: [docs.signatureTrouble, docs.s3Errors],
    threads: 3,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
