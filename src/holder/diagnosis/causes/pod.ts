import type { ProviderName } from '../../sources/credential.ts'
import type { Scene } from '../scene.ts'
import { everywhere } from '../shells.ts'
import { credentialVariables, placeWords, setVariables, shownId } from '../words.ts'
import { cure, evidence, type Found, found, unsetCure } from './cause.ts'

const rolesOfPods: readonly ProviderName[] = ['assume-role-with-web-identity', 'container-role']

/** Keys were put into the pod, and they go before its role. */
export function keysInPlaceOfRole(scene: Scene): Found | null {
  const { trace, credential, refusal } = scene
  const shadowed = trace.steps.find(({ provider, outcome }) => rolesOfPods.includes(provider) && outcome === 'shadowed')
  if (shadowed === undefined || credential === null || refusal === null) return null
  if (!refusal.families.some((family) => ['not-accepted', 'expired', 'signature'].includes(family))) return null
  const at = credential.accessKeyId.at
  return found(
    'likely',
    'Keys that were put into the pod are used instead of its role',
    [
      evidence(`${shownId(scene.id)} in ${placeWords(scene, at)} goes before the role of the pod`, at),
      evidence(`The role of the pod would be used without it: ${shadowed.because}`, shadowed.at),
    ],
    unsetCure(
      'Take the keys out of the pod (its env, envFrom and Secrets), so that its role is used',
      setVariables(scene, credentialVariables),
    ),
  )
}

/** EKS Pod Identity: an agent on the node gives the credentials, for a token of the pod. */
export function podAgent(scene: Scene): Found | null {
  const { failure, trace } = scene
  const plan = trace.winner?.plan
  if (failure == null || plan?.kind !== 'container' || !/169\.254\.170\.23|fd00:ec2::23|eks/i.test(plan.url))
    return null
  const agent = 'The agent of EKS Pod Identity'
  const title =
    failure.reason === 'token-file'
      ? 'The token of EKS Pod Identity cannot be used'
      : failure.reason === 'unreachable'
        ? `${agent} does not answer on this node`
        : `${agent} gives no credentials for this pod`
  const isNamed = failure.reason === 'token-file' || failure.refusal !== null
  return found(
    isNamed ? 'proven' : 'likely',
    title,
    [evidence(failure.because, failure.at)],
    failure.reason === 'unreachable'
      ? cure(
          'Look whether the agent runs on the node',
          everywhere('kubectl get daemonset eks-pod-identity-agent -n kube-system'),
        )
      : cure(
          'Look at the association of the service account, then start the pod anew',
          everywhere('aws eks list-pod-identity-associations --cluster-name CLUSTER'),
        ),
  )
}

/** Shows the annotation that gives a service account its role. */
export const describePod = everywhere('kubectl get serviceaccount SERVICE_ACCOUNT -o yaml')
