import { absolutePath } from '../machine/paths.ts'
import { pathOf } from '../machine/url.ts'
import type { ContainerPlan } from '../sources/plan.ts'
import { call, headerOf, objectIn, type PlannedCall, shown, textIn } from './exchange.ts'
import { credentialsIn } from './metadata-answer.ts'
import { type Failed, failed, type Means, type Outcome } from './resolution.ts'

/** botocore utils.py `ContainerMetadataFetcher`. */
const timeoutMs = 2000
const attempts = 3

/**
 * The endpoint of ECS, EKS pod identity and their like. Whether its host may be asked at all was judged by the chain.
 */
export async function container(plan: ContainerPlan, means: Means): Promise<Outcome> {
  const token = tokenOf(plan, means)
  if (typeof token === 'object' && token !== null) return token
  const planned: PlannedCall = {
    service: 'container',
    operation: 'GetCredentials',
    at: plan.at,
    timeoutMs,
    request: {
      method: 'GET',
      url: plan.url,
      headers: [['Accept', 'application/json'], ...(token === null ? [] : [['Authorization', token] as const])],
      body: '',
      direct: true,
    },
  }
  for (let attempt = 1; ; attempt += 1) {
    const called = await call(means, planned)
    const again = called.kind === 'failed' || (called.kind === 'answered' && called.reply.status >= 500)
    if (again && attempt < attempts) continue
    if (called.kind !== 'answered') return called
    const { reply } = called
    if (reply.status !== 200) return refused(plan, reply.status, reply.body, headerOf(reply, 'date'))
    const answer = {
      body: reply.body,
      provider: 'container-role',
      from: 'container:GetCredentials',
      at: plan.at,
    } as const
    return credentialsIn(answer, means)
  }
}

function tokenOf({ tokenFile, token, at }: ContainerPlan, { machine }: Means): string | null | Failed {
  const wrong = (says: string, because: string): Failed => failed('token-file', says, because, at)
  let text = token?.reveal() ?? null
  if (tokenFile !== null) {
    const reading = machine.readFile(absolutePath(machine, tokenFile))
    if (reading.kind === 'absent') {
      const says = `FileNotFoundError: No such file or directory: '${tokenFile}'`
      return wrong(says, `the authorization token file ${tokenFile} does not exist`)
    }
    if (reading.kind === 'unreadable') {
      return wrong(
        `OSError: ${reading.detail}`,
        `the authorization token file ${tokenFile} cannot be read: ${reading.detail}`,
      )
    }
    text = new TextDecoder().decode(reading.bytes)
  }
  if (text === null) return null
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
    return wrong(
      'ValueError: Auth token value is not a legal header value',
      'the authorization token cannot be a header',
    )
  }
  return text
}

/** The agents of ECS and EKS answer with JSON of their own: `{"code": …, "message": …}` or plain text. */
function refused({ url, at }: ContainerPlan, status: number, body: string, date: string | null): Failed {
  const said = objectIn(body)
  const code = textIn(said, 'code') ?? textIn(said, 'Code') ?? `HTTP ${status}`
  const message = shown(textIn(said, 'message') ?? textIn(said, 'Message') ?? (said === null ? body : ''))
  const meaning =
    status === 401 || status === 403
      ? 'it does not accept the authorization token'
      : status === 404 && pathOf(url) === '/'
        ? 'nothing is served at that address; the path is missing'
        : status === 404
          ? 'it knows no credentials at that path'
          : 'it gave no credentials'
  const says = `CredentialRetrievalError: Error when retrieving credentials from container-role: Received non 200 response ${status} from container metadata: ${message}`
  const because = `the container endpoint answered HTTP ${status}: ${meaning}${message === '' ? '' : ` (${message})`}`
  const shownCode = shown(code)
  const refusal = {
    service: 'container',
    operation: 'GetCredentials',
    status,
    code: shownCode,
    message,
    requestId: null,
    date,
  }
  return failed(status >= 500 || status === 429 ? 'unavailable' : 'refused', says, because, at, refusal)
}
