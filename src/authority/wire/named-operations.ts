import { isHeaderNamed } from '../../signature/index.ts'
import type { WireService } from './faults.ts'
import type { Head } from './head.ts'
import { usualContentType } from './query.ts'
import { operationAt } from './rest-json.ts'

/** An operation that the request's head names, with its parameters in a JSON body. */
export interface NamedOperation {
  readonly service: WireService
  readonly operation: string
  /** REST-JSON by the path, or AWS JSON 1.1 by the header `X-Amz-Target` (Smithy, `aws.protocols#awsJson1_1`). */
  readonly protocol: 'rest-json' | 'json-1.1'
}

/** Service models sso-admin 2020-07-20 and identitystore 2020-06-15, `targetPrefix`. */
const services: Readonly<Record<string, WireService>> = {
  SWBExternalService: 'sso',
  AWSIdentityStore: 'identitystore',
}

/** Null for a call of the Query protocol. */
export function namedOperation({
  path,
  method,
  head,
}: {
  readonly path: string
  readonly method: string
  readonly head: Head
}): NamedOperation | null {
  if (path.length > 1) {
    const operation = operationAt(path)
    return operation === null ? null : { service: 'account', operation, protocol: 'rest-json' }
  }
  if (head.contentType === usualContentType || method !== 'POST') return null
  if (!/^application\/x-amz-json-1\.[01]\s*(?:;|$)/i.test(head.contentType ?? '')) return null
  const target = head.headers.find(([name]) => isHeaderNamed(name, 'x-amz-target'))?.[1] ?? ''
  const [, prefix, operation] = /^(\w{1,64})\.(\w{1,128})$/.exec(target) ?? []
  if (prefix === undefined || operation === undefined || !Object.hasOwn(services, prefix)) return null
  return { service: services[prefix]!, operation, protocol: 'json-1.1' }
}
