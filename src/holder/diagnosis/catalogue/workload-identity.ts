import type { CauseId } from '../../../cause-ids.ts'
import { command, everywhere } from '../shells.ts'
import { clearCredentials, showClaims, showTrust } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, thread } from './sources.ts'
import {
  deniedNoPolicy,
  expiredToken,
  invalidClientTokenId,
  sessionRefused,
  symptom,
  unableToLocate,
  unrecognizedClient,
  webIdentityDenied,
} from './symptoms.ts'

/** Workloads: where the program runs gives it its identity. */
export const workloadEntries = {
  'imds-hop-limit': {
    title: 'The container cannot reach the metadata of its EC2 instance (hop limit 1)',
    story:
      'The metadata service answers version-2 requests with a hop limit, by default 1: the answer reaches the instance and not a container on it, which is one hop further. The host finds its role at once, and the container waits and then finds no credentials.',
    fits: 'In a container on EC2 the answer of the metadata service does not arrive with a hop limit of 1',
    symptoms: [
      unableToLocate,
      symptom('Go SDK v2', null, 'failed to refresh cached credentials, no EC2 IMDS role found'),
    ],
    signs: [
      hint('The program runs in a container on EC2, without a task role or pod identity.'),
      hint('The client waits some seconds before it gives up.'),
    ],
    probes: [
      probe(
        'P9',
        null,
        'From inside the container a PUT to `/latest/api/token` gets no answer, while the host gets one at once.',
      ),
    ],
    excludedBy: ['The PUT is answered inside the container.', 'The host finds no role either.'],
    lookAlikes: [
      unlike('instance-role-broken', 'the metadata service answers, and the role is not usable.'),
      unlike('docker-environment', 'you meant to pass keys, not to use the role of the host.'),
      unlike('container-uri-not-inherited', 'in ECS the role comes from another address, which a variable names.'),
      unlike('fell-through-to-role', 'metadata is switched off by `AWS_EC2_METADATA_DISABLED`.'),
    ],
    fixes: [
      cure(
        'Raise the hop limit of the instance to 2',
        command(
          'aws',
          'ec2',
          'modify-instance-metadata-options',
          '--instance-id',
          'i-INSTANCE',
          '--http-put-response-hop-limit',
          '2',
        ),
      ),
      cureWhen(
        'It is Kubernetes',
        'Give pods an identity of their own (EKS Pod Identity or IRSA) and leave the limit at 1: then no pod can act as its node',
      ),
    ],
    prevention: ['Set the hop limit in the launch template, or use task roles and pod identities.'],
    sources: [docs.imds, docs.sdkInstance],
    threads: 12,
  },
  'container-uri-not-inherited': {
    title: 'The process in the ECS task does not know where the task role’s credentials are',
    story:
      'ECS gives the address of a task’s credentials in `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, and only the first process of the container and its children have that variable. What cron, `su` and `sshd` start has not. The reverse happens too: static keys in the task definition come before the role and hide it.',
    fits: 'cron, su and sshd inside a task do not inherit the variable that leads to the task role',
    symptoms: [unableToLocate, deniedNoPolicy, invalidClientTokenId],
    signs: [
      proves('The variable is in `/proc/1/environ` and not in this process.'),
      proves('`AWS_ACCESS_KEY_ID` is set in the task: static keys come before the role.'),
    ],
    probes: [],
    excludedBy: ['The variable is set in this process, and its address answers.'],
    lookAlikes: [
      unlike('environment-dropped', 'the same outside of ECS.'),
      unlike('imds-hop-limit', 'the task has no role and should use that of its host.'),
      unlike('permission-missing', 'the role is used, and lacks a permission.'),
    ],
    fixes: [
      cure('Take the variable over from the first process before the command runs', {
        bash: ["export \"$(tr '\\0' '\\n' </proc/1/environ | grep '^AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=')\""],
        fish: ["export (string split0 </proc/1/environ | string match 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=*')"],
        powershell: [],
        cmd: [],
      }),
      cureWhen(
        'Static keys hide the role',
        'Delete them from the task definition, and from this shell for a try',
        clearCredentials,
      ),
    ],
    prevention: ['Let the entry point write the variable where cron and sshd find it, for example `/etc/environment`.'],
    sources: [thread('boto/boto3#4040'), docs.ecsRoles, docs.sdkContainer],
    threads: 8,
  },
  'reserved-variables': {
    title: 'Own keys are mixed with the session token of the Lambda function',
    story:
      'Lambda sets `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` for the role of the function. A client that is given an own key id and secret, but no token, takes the token from there, and AWS sees a long-term key with a foreign token. Frameworks and some SDKs do this by themselves.',
    fits: 'In Lambda the token of the function’s role may be sent with other keys',
    symptoms: [...sessionRefused],
    signs: [
      proves(
        '`AWS_LAMBDA_FUNCTION_NAME` is set, the key in use begins with `AKIA`, and the token is that of the function.',
      ),
      strong('The same keys work outside of Lambda.'),
    ],
    probes: [probe('P4', 'sts-without-token', 'Without the token the own key is accepted.')],
    excludedBy: ['The function uses only its role.', 'It fails outside of Lambda as well.'],
    lookAlikes: [
      unlike('stale-session-token', 'the same outside of Lambda, with a leftover token.'),
      unlike('token-property-name', 'the own credentials are temporary, and their token got lost.'),
      unlike('permission-missing', 'the role is used, and lacks a permission.'),
    ],
    fixes: [
      cure('Use the role of the function and give it the permissions; then no own keys are needed'),
      cureWhen(
        'You need another account’s keys',
        'Keep them in variables with names of your own (MY_AWS_ACCESS_KEY_ID) and pass all values to the client, the token explicitly as undefined',
      ),
    ],
    prevention: ['Assume a role of the other account instead of carrying its keys.'],
    sources: [
      docs.lambdaVariables,
      thread('serverless/serverless#459'),
      thread('anthropics/anthropic-sdk-typescript#537'),
      thread('brefphp/bref#1115'),
    ],
    threads: 6,
  },
  'pod-identity-misconfigured': {
    title: 'The identity of the pod (IRSA or Pod Identity) does not fit its role',
    story:
      'With IRSA a pod gets a token file and a role ARN, and STS exchanges them for a session if the trust policy of the role names that cluster, namespace and service account. With Pod Identity an agent on the node and an association do the same. One wrong letter in a name, a missing provider or association, an unreadable file, or static keys that come first, and it fails.',
    fits: 'The token of the pod is exchanged only if the trust policy names its service account',
    symptoms: [
      webIdentityDenied,
      symptom('STS', 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for ‹issuer›'),
      symptom('STS', 'InvalidIdentityToken', 'Incorrect token audience'),
      unableToLocate,
    ],
    signs: [
      proves(
        'The file that `AWS_WEB_IDENTITY_TOKEN_FILE` names is missing or not readable by the user of the container.',
      ),
      proves('The `sub` in the token is not what the trust policy asks for (`system:serviceaccount:NAMESPACE:NAME`).'),
      proves(
        'The `aud` is none that the OIDC provider in IAM lists (usually `sts.amazonaws.com`), or the token is past its `exp`.',
      ),
      proves('`AWS_ACCESS_KEY_ID` is set as well: static keys come first.'),
      strong(
        'Neither the variable nor `AWS_CONTAINER_CREDENTIALS_FULL_URI` is set: the pod was started before its service account was annotated.',
      ),
    ],
    probes: [],
    excludedBy: ['GetCallerIdentity in the pod names the role.'],
    lookAlikes: [
      unlike('node-role-instead', 'the pod acts as its node: no identity was given to it.'),
      unlike('oidc-trust-mismatch', 'the same with tokens of GitHub or GitLab.'),
      unlike('imds-hop-limit', 'nothing is configured, and the node’s metadata does not answer.'),
    ],
    fixes: [
      cure('Compare the claims of the token with the trust policy of the role, letter by letter', showClaims),
      cureWhen('You may read the role', 'Show its trust policy', showTrust),
      cureWhen(
        'You use Pod Identity',
        'Look whether the association is there, and the agent on the node',
        everywhere(
          'aws eks list-pod-identity-associations --cluster-name CLUSTER --namespace NAMESPACE',
          'kubectl get daemonset eks-pod-identity-agent -n kube-system',
        ),
      ),
      cureWhen(
        'The service account was annotated after the start',
        'Start the pods again',
        everywhere('kubectl rollout restart deployment NAME --namespace NAMESPACE'),
      ),
      cureWhen('The file is not readable', 'Set fsGroup in the securityContext of the pod'),
    ],
    prevention: ['Prefer EKS Pod Identity: it needs no OIDC provider and no condition on names in the trust policy.'],
    sources: [docs.irsa, docs.podIdentity, docs.webIdentity],
    threads: 11,
  },
  'node-role-instead': {
    title: 'The pod acts with the role of its node',
    story:
      'Without an identity of its own a pod that reaches the metadata service gets the role of the node it happens to run on, or what a metadata proxy such as kube2iam makes of it. Permissions are missing or, worse, far too many; on another node the same pod may be somebody else.',
    fits: 'A pod without an identity of its own takes the role of its node',
    symptoms: [deniedNoPolicy, ...sessionRefused.slice(0, 1)],
    signs: [
      hint(
        'The caller in the message is an assumed role with “node” or “instance” in its name and an instance id as session.',
      ),
      hint('The pod has an `iam.amazonaws.com/role` annotation, and the proxy does not serve it.'),
    ],
    probes: [probe('P9', null, 'The metadata service, asked from the pod, names the role of the node.')],
    excludedBy: ['The caller is the role of the pod.'],
    lookAlikes: [
      unlike('pod-identity-misconfigured', 'an identity is configured, and STS refuses it.'),
      unlike('fell-through-to-role', 'the same on a plain instance.'),
      unlike('permission-missing', 'the right role lacks a permission.'),
    ],
    fixes: [
      cure(
        'Give the pod an identity of its own (EKS Pod Identity, or IRSA with an annotated service account)',
        command(
          'aws',
          'eks',
          'create-pod-identity-association',
          '--cluster-name',
          'CLUSTER',
          '--namespace',
          'NAMESPACE',
          '--service-account',
          'NAME',
          '--role-arn',
          'ROLE_ARN',
        ),
      ),
      cureWhen(
        'You use kube2iam or a like proxy',
        'Correct the annotation `iam.amazonaws.com/role`, and let the proxy’s role assume that role',
      ),
    ],
    prevention: ['Keep the hop limit of nodes at 1 and block 169.254.169.254 for pods.'],
    sources: [docs.podIdentity, docs.irsa],
    threads: 4,
  },
  'instance-role-broken': {
    title: 'The role of the EC2 instance is gone, was made anew, or does not trust EC2',
    story:
      'An instance has a profile, the profile has a role, and the role must trust EC2. When one of them is deleted and made again with the same name, the instance keeps pointing to the old one and gets either no credentials or ones that are refused.',
    fits: 'The profile or role of an instance can be deleted while the instance goes on',
    symptoms: [
      invalidClientTokenId,
      unrecognizedClient,
      expiredToken,
      symptom('The metadata service, iam/info', null, '"Code" : "InstanceProfileNotFound"'),
      symptom('The metadata service, iam/info', null, '"Code" : "AssumeRoleUnauthorizedAccess"'),
    ],
    signs: [strong('The caller is on EC2 and uses nothing but the role.')],
    probes: [
      probe(
        'P9',
        null,
        '`iam/info` of the metadata service shows a `Code` other than Success, or a `LastUpdated` of long ago.',
      ),
    ],
    excludedBy: ['`iam/info` says Success and was updated within the last hours.'],
    lookAlikes: [
      unlike('imds-hop-limit', 'the metadata service does not answer at all, in a container.'),
      unlike('clock-skew', 'the instance was suspended and its clock is wrong.'),
      unlike('stale-process', 'the metadata service gives good credentials, and a program keeps old ones.'),
    ],
    fixes: [
      cure(
        'Attach the instance profile anew, then wait or restart the program',
        command(
          'aws',
          'ec2',
          'replace-iam-instance-profile-association',
          '--association-id',
          'ASSOCIATION',
          '--iam-instance-profile',
          'Name=PROFILE',
        ),
      ),
      cureWhen(
        'You need the association first',
        'Find it',
        command(
          'aws',
          'ec2',
          'describe-iam-instance-profile-associations',
          '--filters',
          'Name=instance-id,Values=i-INSTANCE',
        ),
      ),
      cureWhen(
        'The code is AssumeRoleUnauthorizedAccess',
        'Let the trust policy of the role name ec2.amazonaws.com',
        showTrust,
      ),
    ],
    prevention: ['Change roles in place; do not delete and re-create them under running instances.'],
    sources: [docs.imds, docs.sdkInstance],
    threads: 4,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
