/*
 * A refusal as each client shows it to a person: the forms of `errors.md` §1.1, completed with what the SDKs print when an
 * error is not caught. `test/cases/errors/` holds such texts as the real SDKs wrote them.
 */

import type { SdkName, Trace } from '../src/holder/chains/trace.ts'

/** What came back on the wire. */
export interface Refused {
  readonly service: 'sts' | 'iam'
  readonly operation: string
  readonly status: number
  readonly code: string
  readonly message: string
  readonly requestId: string
}

export type Rendering = (refused: Refused) => string

const names = {
  sts: {
    go: 'STS',
    java: 'Sts',
    javaOne: 'AWSSecurityTokenService',
    dotnet: 'SecurityToken',
    php: 'Sts',
    ruby: 'STS',
    ns: '2011-06-15',
  },
  iam: {
    go: 'IAM',
    java: 'Iam',
    javaOne: 'AmazonIdentityManagement',
    dotnet: 'IdentityManagement',
    php: 'Iam',
    ruby: 'IAM',
    ns: '2010-05-08',
  },
} as const

const host = { sts: 'sts.eu-west-1.amazonaws.com', iam: 'iam.amazonaws.com' } as const

function lowerFirst(text: string): string {
  return text[0]!.toLowerCase() + text.slice(1)
}

function snake(text: string): string {
  return text.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
}

function dotnetClass(service: Refused['service'], code: string): string {
  const typed = named.get(code)
  if (typed !== undefined) return `Model.${typed}`
  return service === 'sts' ? 'AmazonSecurityTokenServiceException' : 'AmazonIdentityManagementServiceException'
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Errors that the service models name: typed SDKs have a class for each. Their models: sts 2011-06-15, iam 2010-05-08. */
const modelled: ReadonlyMap<string, string> = new Map(
  (
    [
      ...[
        'ExpiredToken',
        'InvalidAuthorizationMessage',
        'InvalidIdentityToken',
        'PackedPolicyTooLarge',
        'LimitExceeded',
      ],
      ...['DeleteConflict', 'EntityAlreadyExists', 'EntityTemporarilyUnmodifiable', 'InvalidAuthenticationCode'],
      ...[
        'InvalidInput',
        'MalformedPolicyDocument',
        'NoSuchEntity',
        'PasswordPolicyViolation',
        'ConcurrentModification',
      ],
    ] as const
  ).map((code): [string, string] => [code, `${code}Exception`]),
)
const named = new Map([
  ...modelled,
  ['ExpiredTokenException', 'ExpiredTokenException'],
  ['RegionDisabledException', 'RegionDisabledException'],
  ['InvalidAuthorizationMessageException', 'InvalidAuthorizationMessageException'],
  ['IDPCommunicationError', 'IdpCommunicationErrorException'],
  ['IDPRejectedClaim', 'IdpRejectedClaimException'],
])

const cli: Rendering = ({ code, operation, message }) =>
  `An error occurred (${code}) when calling the ${operation} operation: ${message}`

const goTwo: Rendering = ({ service, operation, status, requestId, code, message }) =>
  `operation error ${names[service].go}: ${operation}, https response error StatusCode: ${status}, RequestID: ${requestId}, ${named.has(code) ? '' : 'api error '}${code}: ${message}`

const xml: Rendering = ({ service, code, message, requestId }) =>
  `<ErrorResponse xmlns="https://${service}.amazonaws.com/doc/${names[service].ns}/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${escaped(message)}</Message>\n  </Error>\n  <RequestId>${requestId}</RequestId>\n</ErrorResponse>`

/** One row per client; the name is what the table of results calls it. */
export const renderings: Readonly<Record<string, Rendering>> = {
  'aws-cli': (refused) => `\n${cli(refused)}\n`,
  'aws-cli 2.31': (refused) => `\naws: [ERROR]: ${cli(refused)}\n`,
  boto3: (refused) =>
    `Traceback (most recent call last):
  File "/srv/app/main.py", line 12, in <module>
    client.${snake(refused.operation)}()
  File "/usr/lib/python3/dist-packages/botocore/client.py", line 602, in _api_call
    return self._make_api_call(operation_name, kwargs)
  File "/usr/lib/python3/dist-packages/botocore/client.py", line 1078, in _make_api_call
    raise error_class(parsed_response, operation_name)
botocore.exceptions.ClientError: ${cli(refused)}`,
  'js-v3': ({ code, message, service, operation, status, requestId }) =>
    `${named.get(code) ?? code}: ${message}
    at throwDefaultError (/srv/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:867:20)
    at de_${operation}CommandError (/srv/app/node_modules/@aws-sdk/client-${service}/dist-cjs/index.js:1320:14)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5) {
  '$fault': 'client',
  '$metadata': {
    httpStatusCode: ${status},
    requestId: '${requestId}',
    extendedRequestId: undefined,
    cfId: undefined,
    attempts: 1,
    totalRetryDelay: 0
  },
  Type: 'Sender',
  Code: '${code}'
}`,
  'js-v2': ({ code, message, status, requestId }) =>
    `/srv/app/node_modules/aws-sdk/lib/protocol/query.js:50
    resp.error = AWS.util.error(new Error(), {
                 ^

${code}: ${message}
    at Request.extractError (/srv/app/node_modules/aws-sdk/lib/protocol/query.js:50:29)
    at Request.callListeners (/srv/app/node_modules/aws-sdk/lib/sequential_executor.js:106:20) {
  code: '${code}',
  time: 2026-11-21T20:00:00.000Z,
  requestId: '${requestId}',
  statusCode: ${status},
  retryable: false,
  retryDelay: 43.21
}`,
  'go-v1': ({ code, message, status, requestId }) =>
    `${code}: ${message}\n\tstatus code: ${status}, request id: ${requestId}`,
  'go-v2': (refused) => `2026/11/21 20:00:00 ${goTwo(refused)}\nexit status 1`,
  'java-v1': ({ message, service, status, code, requestId }) =>
    `Exception in thread "main" com.amazonaws.services.${service === 'sts' ? 'securitytoken' : 'identitymanagement'}.model.${names[service].javaOne}Exception: ${message} (Service: ${names[service].javaOne}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)
	at com.amazonaws.http.AmazonHttpClient$RequestExecutor.handleErrorResponse(AmazonHttpClient.java:1912)
	at com.example.Main.main(Main.java:14)`,
  'java-v2': ({ code, message, service, operation, status, requestId }) =>
    `Exception in thread "main" software.amazon.awssdk.services.${service}.model.${named.get(code) ?? `${names[service].java}Exception`}: ${message} (Service: ${names[service].java}, Status Code: ${status}, Request ID: ${requestId}) (SDK Attempt Count: 1)
	at software.amazon.awssdk.services.${service}.Default${names[service].java}Client.${lowerFirst(operation)}(Default${names[service].java}Client.java:912)
	at com.example.Main.main(Main.java:14)`,
  rust: ({ code, message, requestId }) =>
    `Error: unhandled error (${code})

Caused by:
    service error: unhandled error (${code}): Error { code: "${code}", message: ${JSON.stringify(message)}, aws_request_id: "${requestId}" }`,
  'rust debug': ({ code, message, requestId, status }) =>
    `thread 'main' panicked at src/main.rs:9:10:
called \`Result::unwrap()\` on an \`Err\` value: ServiceError(ServiceError { source: Unhandled(Unhandled { source: ErrorMetadata { code: Some("${code}"), message: Some(${JSON.stringify(message)}), extras: Some({"aws_request_id": "${requestId}"}) }, meta: ErrorMetadata { code: Some("${code}"), message: Some(${JSON.stringify(message)}), extras: Some({"aws_request_id": "${requestId}"}) } }), raw: Response { status: StatusCode(${status}), headers: Headers { headers: {"content-type": HeaderValue { _private: H0("text/xml") }} } } })`,
  dotnet: ({ code, message, service }) =>
    `Unhandled exception. Amazon.${names[service].dotnet}.${dotnetClass(service, code)}: ${message}
 ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type 'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.
   at Amazon.Runtime.HttpWebRequestMessage.ProcessHttpResponseMessage(HttpResponseMessage responseMessage)`,
  ruby: ({ code, message, service }) =>
    `/usr/share/rubygems/aws-sdk-core/lib/seahorse/client/plugins/raise_response_errors.rb:17:in \`call': ${message} (Aws::${names[service].ruby}::Errors::${code})\n\tfrom main.rb:5:in \`<main>'`,
  php: (refused) =>
    `PHP Fatal error:  Uncaught exception 'Aws\\${names[refused.service].php}\\Exception\\${names[refused.service].php}Exception' with message 'Error executing "${refused.operation}" on "https://${host[refused.service]}"; AWS HTTP error: Client error: \`POST https://${host[refused.service]}\` resulted in a \`${refused.status} Forbidden\` response:
${xml(refused)}
 ${refused.code} (client): ${refused.message} - ${xml(refused)}'`,
  terraform: (refused) =>
    `╷
│ Error: configuring Terraform AWS Provider: validating provider credentials: retrieving caller identity from STS: ${goTwo(refused)}
│ 
│   with provider["registry.terraform.io/hashicorp/aws"],
│   on main.tf line 10, in provider "aws":
│   10: provider "aws" {
│ 
╵`,
  'raw XML': xml,
  'raw JSON': ({ code, message, requestId }) =>
    JSON.stringify({ Error: { Code: code, Message: message, Type: 'Sender' }, RequestId: requestId }),
  'log line': (refused) =>
    JSON.stringify({
      level: 'error',
      time: '2026-11-21T20:00:00Z',
      logger: 'app',
      msg: 'startup failed',
      err: goTwo(refused),
    }),
  ansible: (refused) =>
    `fatal: [localhost]: FAILED! => {"boto3_version": "1.43.11", "botocore_version": "1.43.11", "changed": false, "error": {"code": "${refused.code}", "message": ${JSON.stringify(refused.message)}, "type": "Sender"}, "msg": ${JSON.stringify(`Failed: ${cli(refused)}`)}, "response_metadata": {"http_status_code": ${refused.status}, "request_id": "${refused.requestId}", "retry_attempts": 0}}`,
}

/** What an SDK says when its chain ends with nothing. */
const nothingFound: Readonly<Record<SdkName, string>> = {
  'aws-cli-v1': 'Unable to locate credentials. You can configure credentials by running "aws configure".',
  'aws-cli-v2': '\naws: [ERROR]: Unable to locate credentials. You can configure credentials by running "aws login".',
  boto3: 'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
  'js-v3': 'CredentialsProviderError: Could not load credentials from any providers',
  'js-v2': 'CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1',
  'go-v2':
    'operation error STS: GetCallerIdentity, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
  'go-v1':
    'NoCredentialProviders: no valid providers in chain. Deprecated.\n\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors',
  'java-v2':
    'software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(), EnvironmentVariableCredentialsProvider()])',
  'java-v1':
    'com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain: [EnvironmentVariableCredentialsProvider: Unable to load AWS credentials from environment variables (AWS_ACCESS_KEY_ID (or AWS_ACCESS_KEY) and AWS_SECRET_KEY (or AWS_SECRET_ACCESS_KEY))]',
  rust: 'dispatch failure: other: no providers in chain provided credentials',
  kotlin:
    'aws.smithy.kotlin.runtime.auth.awscredentials.CredentialsProviderException: No credentials could be loaded from the chain: CredentialsProviderChain -> EnvironmentCredentialsProvider -> ProfileCredentialsProvider',
  dotnet:
    'Amazon.Runtime.AmazonClientException: Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following errors:',
  ruby: 'unable to sign request without credentials set (Aws::Errors::MissingCredentialsError)',
  php: 'Aws\\Exception\\CredentialsException: Error retrieving credentials from the instance profile metadata service.',
  cpp: 'No AWS credentials provider found a credential: UnrecognizedClient',
  terraform: '╷\n│ Error: No valid credential sources found\n│ \n╵',
}

/** What a client says that had nothing to sign with; null when it had. */
export function clientText(sdk: SdkName, { error, winner, clientError }: Trace): string | null {
  if (error !== null) return error.says
  return winner === null ? nothingFound[sdk] : (clientError?.says ?? null)
}
