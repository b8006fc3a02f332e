import { sameText } from '../../signature/index.ts'
import type { Account } from '../model/entities.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { assumption, refusal } from './decisions.ts'
import { headerOf } from './peers.ts'
import type { ContainerSecrets } from './secrets.ts'
import { createVending, type Ground, type Place, type Vended } from './vending.ts'

const clusterName = 'countersign'
const podName = 'countersign'
const namespace = 'default'

/**
 * The two agents that give containers their credentials: `/v2/credentials/‹id›` as the ECS agent answers (its
 * `tmds/handlers/v1/credentials_handler.go`) and `/eks/v1/credentials` as the EKS Pod Identity agent does (its
 * `pkg/handlers/eks_credential_handler.go`; EKS Auth's sentences from boto/botocore#3117). Null: the path is neither's.
 *
 * The id of the one and the token of the other are secrets, so it does not matter from where they are asked.
 */
export function createContainer(
  ground: Ground,
  roleName: string,
  secrets: ContainerSecrets,
): (call: Received) => OwnReply | null {
  const task = perAccount(ground, (account) => taskPlace(account, ground.region, roleName, secrets))
  const pod = perAccount(ground, (account) => podPlace(account, ground.region, roleName, secrets))

  function answerTask(call: Received, id: string): OwnReply {
    if (id === '') {
      const evidence = 'The path has no id of credentials.'
      return refuseTask(call, 400, 'NoIdInRequest', 'No Credential ID in the request', 'container-id-missing', evidence)
    }
    if (!sameText(id, secrets.credentialsId)) {
      const evidence = 'The id in the path is not the one of the task.'
      return refuseTask(call, 400, 'InvalidIdInRequest', 'Credentials not found', 'container-id-unknown', evidence)
    }
    const authorization = headerOf(call, 'authorization')
    if (authorization !== null && !sameText(authorization, secrets.token)) {
      const evidence = 'The Authorization header is not the token of the container.'
      return refuseTask(call, 401, 'InvalidToken', 'Authorization token is invalid', 'container-token-wrong', evidence)
    }
    const vended = task(call)
    if (vended.kind !== 'given') {
      const says = 'Credentials uninitialized for ID'
      return refuseTask(call, 503, 'CredentialsUninitialized', says, vended.kind, vended.evidence[0] ?? '', vended)
    }
    const body = {
      RoleArn: vended.roleArn,
      AccessKeyId: vended.accessKeyId,
      SecretAccessKey: vended.secretAccessKey,
      Token: vended.sessionToken,
      Expiration: vended.expiration,
    }
    return { ...json(200, body), decision: logged(call, 'ecs-tasks.amazonaws.com', vended) }
  }

  function refuseTask(
    call: Received,
    status: number,
    code: string,
    says: string,
    reason: string,
    evidence: string,
    vended?: Vended,
  ): OwnReply {
    const decision = refusal(
      { ground, call, endpoint: 'container' },
      {
        status,
        code,
        reason,
        cause: vended === undefined ? null : 'instance-role-broken',
        evidence: [evidence],
        statement: vended?.kind === 'not-trusted' ? vended.statement : null,
      },
    )
    return { ...json(status, { code, message: `CredentialsV2Request: ${says}`, HTTPErrorCode: status }), decision }
  }

  function answerPod(call: Received): OwnReply {
    const token = headerOf(call, 'authorization') ?? ''
    if (token === '') {
      const evidence = 'No token of the pod came in the Authorization header.'
      return refusePod(call, null, 'Service account token cannot be empty', 'pod-token-missing', evidence)
    }
    if (!sameText(token, secrets.token)) {
      const evidence = 'The Authorization header is not the token of the pod.'
      const says = 'The token included in the request is invalid.'
      return refusePod(call, 'InvalidTokenException', says, 'pod-token-wrong', evidence)
    }
    const vended = pod(call)
    if (vended.kind !== 'given') {
      const says = 'Unauthorized Exception! EKS does not have permissions to assume the associated role.'
      return refusePod(call, 'AccessDeniedException', says, vended.kind, vended.evidence[0] ?? '', vended)
    }
    const body = {
      AccessKeyId: vended.accessKeyId,
      SecretAccessKey: vended.secretAccessKey,
      Token: vended.sessionToken,
      AccountId: ground.directory().account.id,
      Expiration: vended.expiration,
    }
    return { ...json(200, body), decision: logged(call, 'pods.eks.amazonaws.com', vended) }
  }

  /** The agent passes on what EKS Auth told it; what it says itself has no code. Both are plain text. */
  function refusePod(
    call: Received,
    code: string | null,
    says: string,
    reason: string,
    evidence: string,
    vended?: Vended,
  ): OwnReply {
    const decision = refusal(
      { ground, call, endpoint: 'container' },
      {
        status: 400,
        code,
        reason,
        cause: 'pod-identity-misconfigured',
        evidence: [evidence],
        statement: vended?.kind === 'not-trusted' ? vended.statement : null,
      },
    )
    const body = code === null ? says : `[${call.requestId}]: (${code}): ${says}, fault: client`
    const more = ['X-Content-Type-Options', 'nosniff']
    return { status: 400, contentType: 'text/plain; charset=utf-8', body: `${body}\n`, more, decision }
  }

  function logged(call: Received, service: string, vended: Vended & { kind: 'given' }) {
    return vended.fresh ? assumption({ ground, call, endpoint: 'container' }, service, vended) : null
  }

  return (call) => {
    const [, id] = /^\/v2\/credentials(?:\/(.*))?$/s.exec(call.path) ?? []
    const isTask = id !== undefined || call.path === '/v2/credentials'
    if (!isTask && call.path !== '/eks/v1/credentials') return null
    if (call.method !== 'GET' && call.method !== 'HEAD') {
      const body = { code: 'MethodNotAllowed', message: 'Credentials are read by GET.', HTTPErrorCode: 405 }
      return { ...json(405, body), allow: 'GET, HEAD', decision: null }
    }
    return isTask ? answerTask(call, id ?? '') : answerPod(call)
  }
}

function json(status: number, body: object) {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}

/** After a reset the account may be another one. */
function perAccount(ground: Ground, placeOf: (account: Account) => Place): (call: Received) => Vended {
  let made: { readonly account: Account; readonly vend: (call: Received) => Vended } | null = null
  return (call) => {
    const { account } = ground.directory()
    if (made?.account.id !== account.id) made = { account, vend: createVending(ground, placeOf(account)) }
    return made.vend(call)
  }
}

/** A task's sessions bear its id (ECS Developer Guide, "Task IAM role"); trust policies may ask for its account and cluster. */
function taskPlace(account: Account, region: string, roleName: string, { taskId }: ContainerSecrets): Place {
  const arn = `arn:${account.partition}:ecs:${region}:${account.id}:task/${clusterName}/${taskId}`
  return {
    service: 'ecs-tasks.amazonaws.com',
    roleName,
    sessionName: taskId,
    tags: [],
    asked: { 'aws:sourceaccount': [account.id], 'aws:sourcearn': [arn] },
    brought: {},
  }
}

/** EKS User Guide, "Grant Pods access to AWS resources based on tags": session name and the six tags, all transitive. */
function podPlace(account: Account, region: string, roleName: string, { podId }: ContainerSecrets): Place {
  const cluster = `arn:${account.partition}:eks:${region}:${account.id}:cluster/${clusterName}`
  const tags = [
    { key: 'eks-cluster-arn', value: cluster },
    { key: 'eks-cluster-name', value: clusterName },
    { key: 'kubernetes-namespace', value: namespace },
    { key: 'kubernetes-service-account', value: 'default' },
    { key: 'kubernetes-pod-name', value: podName },
    { key: 'kubernetes-pod-uid', value: podId },
  ]
  return {
    service: 'pods.eks.amazonaws.com',
    roleName,
    sessionName: `eks-${clusterName}-${podName}-${podId}`.slice(0, 64),
    tags,
    asked: { 'aws:sourceaccount': [account.id], 'aws:sourcearn': [cluster] },
    brought: {},
  }
}
