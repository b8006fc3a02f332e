import type { ErrorSeen } from '../../holder/diagnosis/anywhere.ts'

/** `SignatureDoesNotMatch from sts GetCallerIdentity (HTTP 403)` */
export function errorTitle({ code, service, operation, status }: ErrorSeen): string {
  const where = [service, operation].filter((part) => part !== null).join(' ')
  return `${code}${where === '' ? '' : ` from ${where}`}${status === null ? '' : ` (HTTP ${status})`}`
}

/** As STS and IAM make them; a text has one, a log has more. */
const requestId = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const mostIds = 3

/** Request ids that stand in the text, each once. */
export function requestIdsIn(text: string): readonly string[] {
  return [...new Set(text.match(requestId)?.map((id) => id.toLowerCase()))].slice(0, mostIds)
}
