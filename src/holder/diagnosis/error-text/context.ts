import { serviceName, serviceOfHost, serviceOfOperation } from './names.ts'

export function operationIn(text: string): string | null {
  return (
    /error calling (?:sts|iam):(\w{1,120})/.exec(text)?.[1] ??
    /Not authorized to perform sts:(\w{1,120})/.exec(text)?.[1] ??
    // The stacks of JavaScript v3 and Kotlin name the operation whose answer was read.
    /\bde_(\w{1,120})CommandError\b/.exec(text)?.[1] ??
    /\.(\w{1,120})OperationDeserializer/.exec(text)?.[1] ??
    /"eventName"\s*:\s*"(\w{1,120})"/.exec(text)?.[1] ??
    /(?:^|[?&\s"'])Action=([A-Z]\w{1,120})/.exec(text)?.[1] ??
    /<((?!Error)\w{1,120})Response xmlns=/.exec(text)?.[1] ??
    null
  )
}

export function serviceIn(text: string): string | null {
  const command =
    /(?:^|[$>#\s])aws\s+(?:--?[\w-]+(?:[ =](?!-)[^\s-]\S{0,100})?\s+){0,8}(?!sso\s+login|(?:failed|exited|returned|ended|is|was|has|could|cannot)\s)([a-z][a-z0-9-]{1,40})\s+[a-z][a-z0-9-]+/m.exec(
      text,
    )?.[1]
  const host = /(?:https?:\/\/|host:\s?)([\w.-]{1,200}\.amazonaws\.com)/i.exec(text)?.[1]
  const source = /"eventSource"\s*:\s*"([\w-]{2,60})\.amazonaws\.com"/.exec(text)?.[1]
  const library =
    /@aws-sdk[\\/]client-([\w-]{2,60})|(?:awssdk|com\.amazonaws|sdk\.kotlin)\.services\.(\w{2,60})|aws-sdk[\\/]lib[\\/]services[\\/](\w{2,40})\.js|\bA(?:ws|WS)::(?!Errors|Sigv4)(\w{2,60})::|\bAmazon\.(?!Runtime)(\w{2,60})\.Amazon\w{2,60}Exception|com\.amazonaws\.AWS(\w{2,60})ErrorDomain|\bAws\\{1,4}(?!Exception|Common)(\w{2,60})\\{1,4}Exception\\/
      .exec(text)
      ?.slice(1)
      .find((name) => name !== undefined)
  if (/\/doc\/2011-06-15\//.test(text)) return 'sts'
  if (/\/doc\/2010-05-08\//.test(text)) return 'iam'
  if (
    /<HostId>|<AWSAccessKeyId>|<BucketName>|<X-Amz-(?:Expires|Date)>|<Token-0>|<Expires>[^<]{1,40}<\/Expires>\s*<ServerTime>/.test(
      text,
    )
  )
    return 's3'
  if (/<Response>\s*<Errors>\s*<Error>/.test(text)) return 'ec2'
  return (
    serviceName(source) ??
    serviceName(command) ??
    serviceName(library) ??
    serviceOfHost(host) ??
    (/\bBedrockException\b/.test(text) ? 'bedrock' : null)
  )
}

/**
 * The service of the action that a refusal names. Other services ask IAM and KMS in the caller's name, and so refuse with
 * those services' actions (IAM User Guide, `iam:PassRole`; KMS Developer Guide, "forward access sessions").
 */
export function serviceOfAction(text: string): string | null {
  const found =
    /\bis not authorized to perform:? (?!iam:PassRole|iam:CreateServiceLinkedRole|kms:)([a-z][a-z0-9-]{1,40}):(\w{1,120})/.exec(
      text,
    )
  return found === null ? null : (serviceOfOperation(found[2]!) ?? serviceName(found[1]))
}

const statuses: readonly RegExp[] = [
  /(?:http_?status_?code|status_?code|status code|http_error)["']?\s*[:=(,]\s*["']?(?:StatusCode\()?(4\d\d|50\d|51[01])\b/i,
  /\b(?:error|response) code["']?\s*[:=]?\s*["']?(4\d\d|50\d|51[01])\b/i,
  /HTTP\/\d(?:\.\d)?"? (4\d\d|50\d|51[01])\b/,
  /resulted in a `(4\d\d|50\d|51[01]) /,
  /\bstatus\b["']?\s*(?:[:=]>?|=>)\s*["']?(4\d\d|50\d|51[01])\b/i,
  /(?:error|exception|failed)["']?[:=]? \(?(4\d\d|50\d|51[01])\b/i,
  /\((4\d\d|50\d|51[01]), code=/,
  /\bwith (4\d\d|50\d|51[01]):/,
  /\b(4\d\d|50\d|51[01]) (?:Bad Request|Unauthorized|Forbidden|Not Found|Conflict)\b/,
  /(?:[:)]|\b[Ee]rror|\b[Rr]esponse) \[(4\d\d|50\d|51[01])\]/,
  /\bHTTP (4\d\d|50\d|51[01])\b/,
]

export function statusIn(text: string): number | null {
  for (const pattern of statuses) {
    const found = pattern.exec(text)?.[1]
    if (found !== undefined) return Number(found)
  }
  return null
}

/** The client whose marks stand around the error: wrappers before what they wrap. */
export function clientIn(text: string, seen: string | null): string | null {
  if (
    /registry\.terraform\.io|terraform-provider-aws|validating provider credentials|^[\s│╷]*Error: .{0,300}\n?[\s│]*\n?[\s│]*with (?:provider|module)/m.test(
      text,
    )
  )
    return 'terraform'
  if (seen === 'aws-cli' || seen === 'boto3') {
    // With --debug the AWS CLI prints its own traceback.
    if (/\bawscli[./\\](?:clidriver|customizations)|aws-cli\/\d/.test(text)) return 'aws-cli'
    if (
      /botocore\.(exceptions|errorfactory)|boto3|Traceback \(most recent call last\)|\.py", line \d+|\b\w{2,80}(?:Error|Exception)\(["']|\bClientError\b|\.exceptions\.\w+Error\b/.test(
        text,
      )
    )
      return 'boto3'
    return 'aws-cli'
  }
  if ((seen === null || seen === 'fields') && /\bAws\\{1,4}\w{2,60}\\{1,4}Exception\\|\baws-sdk-php\d?[/\\]/.test(text))
    return 'php'
  if (seen === null && /\bAmazon\.(?:Runtime|PowerShell|\w{2,60}\.Amazon\w{2,60}Exception)\b/.test(text))
    return 'dotnet'
  if (seen === null && /\bbotocore\.(?:exceptions|errorfactory)\b/.test(text)) return 'boto3'
  if (seen === 'js' || seen === 'js-v3' || seen === 'js-v2' || seen === null || seen === 'json') {
    if (/\$metadata|\$fault|CredentialsProviderError|@aws-sdk\/|@smithy\//.test(text)) return 'js-v3'
    if (
      /aws-sdk[\\/]+lib[\\/]|extractError|AWS\.(?:Request|Service)|retryDelay|"?retryable"?: ?(?:true|false)|\boriginalError\b|\bCredentialsError\b/.test(
        text,
      )
    )
      return 'js-v2'
  }
  if (seen === 'java')
    return /aws\.sdk\.kotlin/.test(text)
      ? 'kotlin'
      : /software\.amazon\.awssdk/.test(text)
        ? 'java-v2'
        : /com\.amazonaws/.test(text)
          ? 'java-v1'
          : 'java-v2'
  return seen === 'js' ? null : seen
}
