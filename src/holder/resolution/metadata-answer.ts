import { parseInstant } from '../files/instants.ts'
import type { Place, ProviderName } from '../sources/credential.ts'
import { objectIn, shown, textIn } from './exchange.ts'
import { credentialOf, type FailureReason, failed, type Means, type Outcome } from './resolution.ts'

/** What the endpoints of containers and of instances answer: the same members in both. */
export interface MetadataAnswer {
  readonly body: string
  readonly provider: ProviderName
  /** E.g. `container:GetCredentials`. */
  readonly from: string
  readonly at: Place | null
}

/**
 * Reads `AccessKeyId`, `SecretAccessKey`, `Token`, `Expiration` and what may stand beside them. A `Code` other than `Success`
 * is the endpoint's own word that it has none.
 * Sources: Amazon ECS Developer Guide, "Task IAM role"; EC2 User Guide, "Retrieve security credentials from instance metadata".
 */
export function credentialsIn(answer: MetadataAnswer, { machine }: Means): Outcome {
  const { from, at } = answer
  const wrong = (reason: FailureReason, because: string): Outcome =>
    failed(reason, `MetadataRetrievalError: Error retrieving metadata: ${because}`, because, at)
  const members = objectIn(answer.body)
  if (members === null) return wrong('unexpected-answer', `the answer to ${from} is no JSON object`)
  const code = textIn(members, 'Code')
  if (code !== null && code !== 'Success') {
    const message = shown(textIn(members, 'Message') ?? '')
    return wrong('no-instance-role', `${from} was answered with ${shown(code)}${message === '' ? '' : `, ${message}`}`)
  }
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'Token'].map((name) =>
    textIn(members, name),
  )
  if (accessKeyId == null || secretAccessKey == null || sessionToken == null) {
    return wrong('unexpected-answer', `the answer to ${from} does not hold whole credentials`)
  }
  const end = textIn(members, 'Expiration')
  const expiration = end === null ? null : (parseInstant(end)?.at ?? null)
  if (expiration !== null && expiration <= machine.now()) {
    return wrong('expired', `${from} was answered with credentials that ended ${shown(end ?? '')}`)
  }
  const values = { accessKeyId, secretAccessKey, sessionToken, expiration, accountId: textIn(members, 'AccountId') }
  return { kind: 'resolved', credential: credentialOf(answer.provider, null, from, values), roleSession: null }
}
