import type { Refusal } from '../model/refusal.ts'
import { faultOf, type OwnReply } from '../wire/index.ts'
import type { ApiRow, Asked } from './ground.ts'

/** A refusal in AWS's words, kept in the decision log like any other. */
export function refusedReply({ ground, call, principal }: Asked, row: ApiRow, refusal: Refusal): OwnReply {
  const { code, status, message } = faultOf(refusal, 'iam')
  const { reason, cause = null, evidence = [] } = refusal
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify({ message, code, reason }),
    decision: {
      requestId: call.requestId,
      at: new Date(ground.now()).toISOString(),
      outcome: 'refused',
      service: 'countersign',
      operation: row.path,
      accessKeyId: principal.accessKeyId,
      principal: principal.arn,
      account: ground.directory().account.id,
      region: ground.region,
      sourceIp: call.sourceIp,
      userAgent: (call.head.userAgent ?? '').slice(0, 256),
      status,
      code,
      reason,
      cause,
      evidence,
      checks: ['console-session'],
      statement: refusal.reason === 'not-authorized' ? refusal.statement : null,
    },
  }
}
