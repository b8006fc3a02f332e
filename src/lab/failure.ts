import type { IncomingReply, Machine, OutgoingRequest } from '../holder/machine/machine.ts'
import { memberOf } from '../holder/machine/reply-members.ts'

/** What came back on the wire when a call was refused: all that an SDK has to make its message of. */
export interface Failure {
  /** As in the credential scope, e.g. `sts`. */
  readonly service: string
  /** E.g. `GetCallerIdentity`; empty where the request did not say. */
  readonly operation: string
  readonly status: number
  readonly code: string
  readonly message: string
  readonly requestId: string | null
  /** Header lines of the reply, names lower-cased. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** The URL as it was sent: where it was presigned it holds a signature, and perhaps a session token. */
  readonly url: string
}

/** A machine whose refused exchanges are seen. */
export interface Watched {
  readonly machine: Machine
  /** The ids of all replies, in order. */
  requestIds(): readonly string[]
  /** The last refusal that came back; null when everything that was sent was accepted. */
  failure(): Failure | null
}

/** The same machine, but the last refusal that it gets is kept. */
export function watch(machine: Machine): Watched {
  let last: Failure | null = null
  const ids: string[] = []
  const send = async (request: OutgoingRequest): Promise<IncomingReply> => {
    const reply = await machine.send(request)
    last = failureOf(request, reply)
    const id = reply.headers.find(([name]) => name === 'x-amzn-requestid')?.[1]
    if (id !== undefined) ids.push(id)
    return reply
  }
  const watched: Machine = Object.assign(Object.create(machine) as Machine, { send })
  return { machine: watched, requestIds: () => ids, failure: () => last }
}

/** Reads a reply that is not of 2xx; null for the others. */
export function failureOf(request: OutgoingRequest, reply: IncomingReply): Failure | null {
  if (reply.status < 400) return null
  const header = (name: string) => reply.headers.find(([key]) => key === name)?.[1] ?? null
  const first = (...names: readonly string[]) =>
    names.map((name) => memberOf(reply.body, name)).find((value) => value !== null) ?? null
  const code = header('x-amzn-errortype') ?? first('Code', '__type', 'code') ?? ''
  return {
    ...calledBy(request),
    status: reply.status,
    code: code.replace(/^.*#/, '').replace(/:.*$/, ''),
    message: first('Message', 'message', 'error_description') ?? '',
    requestId: header('x-amzn-requestid') ?? first('RequestID', 'RequestId'),
    headers: reply.headers,
    body: reply.body,
    url: request.url,
  }
}

function calledBy({ url, body, headers }: OutgoingRequest): Pick<Failure, 'service' | 'operation'> {
  const { searchParams, pathname } = new URL(url)
  const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? ''
  const credential = /Credential=([^,]+)/.exec(authorization)?.[1] ?? searchParams.get('X-Amz-Credential') ?? ''
  const parameters = body === '' ? searchParams : new URLSearchParams(body)
  const fromPath = /^\/(\w+)$/.exec(pathname)?.[1]
  const version = parameters.get('Version')
  return {
    service: credential.split('/').at(-2) ?? (version === '2010-05-08' ? 'iam' : 'sts'),
    operation:
      parameters.get('Action') ??
      (fromPath === undefined ? '' : fromPath.slice(0, 1).toUpperCase() + fromPath.slice(1)),
  }
}

/** The reply as `curl -i` shows it, with the command above it: what is pasted of a URL that somebody else has signed. */
export function asCurlSays({ status, headers, body, url }: Failure): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  return [`$ curl -i '${url}'`, `HTTP/1.1 ${status}`, ...lines, '', body, ''].join('\n')
}

/**
 * The failure as Terraform prints it when its S3 backend cannot sign in (hashicorp/terraform#35061; aws-sdk-go-v2's
 * `OperationError` and smithy-go's `ResponseError`).
 */
export function asTerraformSays({ code, message, operation, requestId, status }: Failure): string {
  const cause = `operation error STS: ${operation}, https response error StatusCode: ${status}, RequestID: ${requestId ?? ''}, api error ${code}: ${message}`
  return [
    `│ Error: validating provider credentials: retrieving caller identity from STS: ${cause}`,
    '│ ',
    '│ Error: error configuring S3 Backend: error validating provider credentials',
    '',
  ].join('\n')
}

/** The failure of an STS call as .NET prints it when nobody catches it (AWSSDK.Core, `AmazonServiceException`). */
export function asDotnetSays({ message }: Failure): string {
  return `Unhandled exception. Amazon.SecurityToken.AmazonSecurityTokenServiceException: ${message}\n ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type 'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.\n`
}

/** The failure of an STS call as PHP prints it (aws-sdk-php, `AwsException` and `WrappedHttpHandler`). */
export function asPhpSays({ operation, url, status, code, message, body }: Failure): string {
  const where = url.replace(/\/$/, '')
  return `Aws\\Sts\\Exception\\StsException: Error executing "${operation}" on "${where}"; AWS HTTP error: Client error: \`POST ${where}\` resulted in a \`${status} Forbidden\` response:\n${body}\n ${code} (client): ${message} - ${body}\n`
}

/** The failure as the AWS CLI prints it (awscli/clidriver.py and botocore/exceptions.py, `ClientError.MSG_TEMPLATE`). */
export function asAwsCliSays({ code, operation, message }: Failure): string {
  return `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`
}
