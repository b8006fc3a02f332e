import { parseArn } from '../../../anatomy/arn.ts'
import { planBehind } from '../../sources/plan.ts'
import { isEmptyHanded, type Scene } from '../scene.ts'
import { command, everywhere } from '../shells.ts'
import { aws, configure, instantWords, profileOf, shownId, useProfile } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, mayBeLocal, unsetCure } from './cause.ts'

/** The role of an EC2 instance or of a container: it cannot be had, or it is used though another one was meant. */
export const instanceCauses: readonly Cause[] = [
  { id: 'imds-hop-limit', failsAt: 'always', insteadOf: ['docker-environment'], look: hopLimit },
  { id: 'instance-role-broken', failsAt: 'always', look: instanceRoleBroken },
  { id: 'node-role-instead', failsAt: 'always', insteadOf: ['fell-through-to-role'], look: nodeRole },
  { id: 'fell-through-to-role', failsAt: 'always', look: fellThrough },
]

const disabled = 'AWS_EC2_METADATA_DISABLED'

function hopLimit(scene: Scene): Found | null {
  const { told, failure, surroundings, trace } = scene
  const workload = surroundings?.workload
  const inContainer = workload?.container ?? null
  const lost = told?.instance?.kind === 'token-lost'
  const plan = planBehind(trace.winner?.plan, 'instance-metadata')
  const wantsToken = plan !== null && /none was to be had/.test(failure?.because ?? '')
  // Nobody answers in a container that stands on an instance, where every program may ask.
  const gotNothing = failure?.reason === 'unreachable' || (scene.refusal?.from === 'text' && failure == null)
  const isSilent =
    gotNothing && (plan !== null || isEmptyHanded(scene)) && mayBeLocal(scene) && workload?.instance != null
  if (!lost && !((wantsToken || isSilent) && inContainer !== null && workload?.platform !== 'ecs')) return null
  return found(
    lost ? 'proven' : 'likely',
    'The answer of the instance metadata does not reach into the container',
    [
      lost
        ? evidence(
            'The instance metadata answers an ordinary question, and its answer to the question for a token gets lost on the way',
            { probe: 'instance-metadata' },
          )
        : failure == null
          ? evidence('No source held credentials, and so the role of the instance was asked for in vain')
          : evidence(failure.because, failure.at),
      ...(inContainer === null
        ? []
        : [evidence('This program runs in a container: that is one hop more', inContainer)]),
      ...(workload?.instance == null ? [] : [evidence('The computer below is an EC2 instance', workload.instance)]),
    ],
    cure(
      'Let the answer take one hop more: set the hop limit of the instance to 2',
      command(
        ...['aws', 'ec2', 'modify-instance-metadata-options', '--instance-id', 'INSTANCE_ID'],
        ...['--http-put-response-hop-limit', '2'],
      ),
    ),
  )
}

/** `Code` of `iam/info` and of the credentials, as AWS writes them, in plain words. */
const roleCodes: Readonly<Record<string, string>> = {
  InstanceProfileNotFound: 'the instance profile that was attached does not exist any more',
  AssumeRoleUnauthorizedAccess: 'the role does not trust ec2.amazonaws.com, or was deleted and made anew',
}

function instanceRoleBroken(scene: Scene): Found | null {
  const { told, failure, trace } = scene
  const plan = planBehind(trace.winner?.plan, 'instance-metadata')
  const seen = told?.instance
  if (seen?.kind === 'off' || (plan !== null && /switched off \(HTTP 403\)/.test(failure?.because ?? '')))
    return found(
      'proven',
      'The instance metadata is switched off, and with it the role of the instance',
      [evidence('It answers 403: switched off', { probe: 'instance-metadata' })],
      switchOn(),
    )
  const code = seen?.kind === 'answered' ? seen.code : null
  if (code !== null && code !== 'Success')
    return found(
      'proven',
      'The role of the instance is broken',
      [
        evidence(`The instance metadata says ${code}: ${roleCodes[code] ?? 'it has no credentials for the role'}`, {
          probe: 'instance-metadata',
        }),
      ],
      reattach('Attach the instance profile again (with a role in it that trusts ec2.amazonaws.com)'),
    )
  if (seen?.kind === 'answered' && seen.role === null && (plan !== null || isEmptyHanded(scene)))
    return found(
      'proven',
      'No role is attached to this EC2 instance',
      [evidence('The instance metadata answers, and knows of no role', { probe: 'instance-metadata' })],
      reattach('Attach an instance profile with a role'),
    )
  if (failure?.reason === 'no-instance-role' && trace.winner?.plan != null)
    return found(
      'proven',
      plan === null
        ? 'The role of the container gives no credentials'
        : 'The role of the instance gives no credentials',
      [evidence(failure.because, failure.at)],
      reattach(
        plan === null
          ? 'Look whether the role exists and whether its trust policy names the service that runs the container, then attach it again'
          : 'Look whether the role exists and whether its trust policy names ec2.amazonaws.com, then attach it again',
      ),
    )
  return toldInText(scene) ?? agentRefuses(scene) ?? roleKeysRefused(scene)
}

/** What the instance metadata answered to a client that says so: 404 where there is no role, 403 where it is switched off. */
function toldInText({ refusal }: Scene): Found | null {
  if (refusal?.from !== 'text' || !refusal.families.includes('nothing-sent')) return null
  const status = refusal.named?.metadataStatus
  if (status === 404)
    return found(
      'likely',
      'No role is attached to that EC2 instance',
      [evidence('The instance metadata answered 404 when it was asked for the role')],
      reattach('Attach an instance profile with a role'),
    )
  if (status === 403)
    return found(
      'likely',
      'The instance metadata is switched off, and with it the role of the instance',
      [evidence('The instance metadata answered 403 when it was asked for the role')],
      switchOn(),
    )
  return null
}

function switchOn() {
  return cure(
    'Switch the instance metadata on',
    aws(null, ...'ec2 modify-instance-metadata-options --instance-id INSTANCE_ID --http-endpoint enabled'.split(' ')),
  )
}

function reattach(says: string) {
  return cure(
    says,
    aws(
      null,
      ...'ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=INSTANCE_ID'.split(' '),
    ),
  )
}

/** The agent of the platform answers, and has no credentials for this task. */
function agentRefuses({ failure, trace }: Scene): Found | null {
  const plan = trace.winner?.plan
  if (
    failure?.refusal?.service !== 'container' ||
    plan?.kind !== 'container' ||
    /169\.254\.170\.23|eks/i.test(plan.url)
  )
    return null
  return found(
    'likely',
    'The role of the container gives no credentials',
    [evidence(failure.because, failure.at)],
    cure(
      'Look whether the role of the task exists and whether its trust policy names the service that runs it (ecs-tasks.amazonaws.com at ECS)',
    ),
  )
}

/** What the instance gave out just now is not accepted. */
function roleKeysRefused(scene: Scene): Found | null {
  const { credential, refusal, session } = scene
  if (credential === null || refusal?.from !== 'probe') return null
  if (credential.provider !== 'iam-role' && credential.provider !== 'container-role') return null
  if (!refusal.families.includes('not-accepted') && !refusal.families.includes('expired')) return null
  return found(
    'likely',
    'The role behind these credentials is gone or was made anew',
    [
      evidence(`${shownId(scene.id)} was given out just now, and AWS refuses it`, credential.accessKeyId.at),
      ...(session?.issuedAt == null ? [] : [evidence(`It was issued ${instantWords(session.issuedAt)}`)]),
    ],
    reattach('Attach the role again, and wait up to an hour or restart'),
  )
}

/** ARNs of sessions that the metadata of instances made: their name is the id of the instance. */
function instanceSessions({ refusal }: Scene): readonly { readonly role: string; readonly instance: string }[] {
  return (refusal?.named?.arns ?? []).flatMap((text) => {
    const arn = parseArn(text)
    const [, role, instance] =
      /^assumed-role\/([^/]+)\/(i-[0-9a-f]{8}(?:[0-9a-f]{9})?)$/.exec(arn?.resource ?? '') ?? []
    return arn?.service === 'sts' && role !== undefined && instance !== undefined ? [{ role, instance }] : []
  })
}

/** A pod that has no role of its own, and so takes that of the computer below. */
function nodeRole(scene: Scene): Found | null {
  const { surroundings, credential, refusal, machine } = scene
  if (surroundings?.workload.platform !== 'kubernetes' || refusal === null) return null
  if (machine.env('AWS_WEB_IDENTITY_TOKEN_FILE') || machine.env('AWS_CONTAINER_CREDENTIALS_FULL_URI')) return null
  const [named] = instanceSessions(scene)
  const isOwn = refusal.from === 'probe' && credential?.provider === 'iam-role'
  if (named === undefined && !isOwn) return null
  return found(
    'likely',
    named === undefined
      ? 'The pod uses the role of its node'
      : `The pod uses the role of its node (${named.role.slice(0, 64)}) and not one of its own`,
    [
      named === undefined
        ? evidence('The credentials came from the instance metadata of the node', { probe: 'imds:GetRoleCredentials' })
        : evidence(`The caller is a session of the EC2 instance ${named.instance}`),
      evidence(
        'This is a pod of Kubernetes, and neither AWS_WEB_IDENTITY_TOKEN_FILE nor EKS Pod Identity is set up in it',
        surroundings.workload.at,
      ),
    ],
    cure(
      'Give the service account of the pod a role (eks.amazonaws.com/role-arn, or an EKS Pod Identity association), and start the pod anew',
      everywhere('kubectl get serviceaccount SERVICE_ACCOUNT -o yaml'),
    ),
  )
}

function fellThrough(scene: Scene): Found | null {
  const { machine, surroundings, others } = scene
  const onInstance = surroundings?.workload.instance ?? null
  const [named] = instanceSessions(scene)
  if (named === undefined && isEmptyHanded(scene)) {
    if (machine.env(disabled)?.toLowerCase() !== 'true' || !mayBeLocal(scene)) return null
    // Elsewhere the variable is set to save the time that asking in vain takes, and no role was meant.
    return found(
      onInstance === null ? 'possible' : 'proven',
      `Nothing on this machine holds credentials, and ${disabled} forbids to ask for the role of the instance`,
      [
        evidence(`${disabled} is true: the last source, the role of an instance, is not asked`, { variable: disabled }),
        evidence('No other source holds any'),
        ...(onInstance === null ? [] : [evidence('This is an EC2 instance', onInstance)]),
      ],
      onInstance === null
        ? cure(
            'Store a key or log in; only where the role of an instance is meant, take the variable away',
            configure(null),
          )
        : unsetCure('Take the variable away, so that the role of the instance is used', [disabled]),
    )
  }
  if (named === undefined) return null
  const meant = others.find(({ profile }) => profile !== null) ?? null
  const profile = profileOf(meant)
  return found(
    meant === null ? 'possible' : 'likely',
    `The request was made with the role of an EC2 instance (${named.role.slice(0, 64)})`,
    [
      evidence(
        `The caller is a session of the EC2 instance ${named.instance}: no source before the instance metadata held credentials there`,
      ),
      ...(meant === null
        ? []
        : [evidence(`Profile "${meant.profile}" holds keys that may have been meant`, meant.accessKeyId.at)]),
    ],
    meant === null
      ? cure('If another identity was meant, store its credentials for the user that runs the program')
      : cure(
          `If another identity was meant, name it, for example profile "${profile ?? 'default'}"`,
          useProfile(profile ?? 'default'),
        ),
  )
}
