import { parseArn } from '../../../anatomy/arn.ts'
import type { Place } from '../../sources/credential.ts'
import { planBehind } from '../../sources/plan.ts'
import { profileSettings } from '../../sources/settings.ts'
import { type Claims, type IdentityTokenSeen, readIdentityToken } from '../../surroundings/identity-token.ts'
import { brokenSource, type Scene, sectionAt } from '../scene.ts'
import { command, noCommands, setVariable } from '../shells.ts'
import type { Certainty, Evidence, Fix } from '../verdict.ts'
import { instantWords, placeWords, setVariables, span } from '../words.ts'
import {
  automaticCure,
  type Cause,
  cure,
  evidence,
  type Found,
  found,
  isJudged,
  mayBeLocal,
  shellCure,
  unsetCure,
} from './cause.ts'
import { describePod, keysInPlaceOfRole, podAgent } from './pod.ts'

/** Roles by a token of another issuer: pods of Kubernetes, CI systems. Which of the three it is, the platform decides. */
export const webIdentityCauses: readonly Cause[] = [
  {
    id: 'pod-identity-misconfigured',
    failsAt: 'always',
    insteadOf: ['file-syntax', 'oidc-trust-mismatch', 'oidc-token-invalid', 'container-uri-not-inherited'],
    look: (scene) =>
      isPod(scene)
        ? (keysInPlaceOfRole(scene) ?? podAgent(scene) ?? tokenOrRole(scene))
        : isWorkflow(scene)
          ? null
          : (tokenProblem(scene, 'file') ?? roleProblem(scene)),
  },
  {
    id: 'oidc-token-invalid',
    failsAt: 'always',
    insteadOf: ['file-syntax'],
    look: (scene) => (isPod(scene) ? null : tokenProblem(scene, isWorkflow(scene) ? 'all' : 'content')),
  },
  {
    id: 'oidc-trust-mismatch',
    failsAt: 'always',
    look: (scene) =>
      isPod(scene)
        ? null
        : (noTokenInWorkflow(scene) ?? (isWorkflow(scene) ? roleProblem(scene) : null) ?? trustProblem(scene)),
  },
]

function tokenOrRole(scene: Scene): Found | null {
  return tokenProblem(scene, 'all') ?? roleProblem(scene) ?? trustProblem(scene)
}

/** A CI job, which gets its token from the CI system and from no cluster. */
function isWorkflow({ machine, surroundings }: Scene): boolean {
  return surroundings?.workload.platform === 'github-actions' || Boolean(machine.env('CI') || machine.env('GITLAB_CI'))
}

const tokenVariable = 'AWS_WEB_IDENTITY_TOKEN_FILE'
const roleVariable = 'AWS_ROLE_ARN'

/** The pair of settings by which the token is found. */
interface Identity {
  readonly tokenFile: string
  readonly at: Place
  readonly roleArn: string | null
  readonly roleAt: Place
}

/** By the plan of the winner, else by what the environment or the profile says. */
function identityOf({ trace, machine, files }: Scene): Identity | null {
  const plan = planBehind(trace.winner?.plan, 'web-identity')
  const settings = profileSettings(files, trace.profile.name)
  const told = (variable: string, key: 'web_identity_token_file' | 'role_arn') => {
    const value = machine.env(variable)
    return value ? { value, at: { variable } as Place } : (settings?.get(key) ?? null)
  }
  const token = told(tokenVariable, 'web_identity_token_file')
  const role = told(roleVariable, 'role_arn')
  if (plan !== null)
    return { tokenFile: plan.tokenFile, at: plan.at, roleArn: plan.roleArn, roleAt: role?.at ?? plan.at }
  if (token === null || token.value === '') return null
  return { tokenFile: token.value, at: token.at, roleArn: role?.value ?? null, roleAt: role?.at ?? token.at }
}

function isPod(scene: Scene): boolean {
  if (scene.surroundings?.workload.platform === 'kubernetes') return true
  const files = [identityOf(scene)?.tokenFile, scene.machine.env('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')]
  return files.some((file) => file?.includes('/eks.amazonaws.com/') || file?.includes('/pods.eks.amazonaws.com/'))
}

/** Whether the web identity is what was used, or what the search stopped at. */
function isInUse(scene: Scene): boolean {
  const { winner, error } = scene.trace
  if (winner !== null) return planBehind(winner.plan, 'web-identity') !== null
  // Go stops for it while it reads the profile.
  if (error !== null && /web_identity_token_file requires role_arn/.test(error.says)) return true
  return error !== null && brokenSource(scene)?.provider === 'assume-role-with-web-identity'
}

interface Answer {
  readonly code: string
  readonly message: string
}

/** What STS answered to `AssumeRoleWithWebIdentity`, just now or in a text. */
function answerOf({ failure, refusal }: Scene): Answer | null {
  const told = failure?.refusal ?? (refusal?.from === 'text' ? refusal.reply : null)
  if (told === null || told === undefined) return null
  const isAbout =
    told.operation === 'AssumeRoleWithWebIdentity' ||
    /AssumeRoleWithWebIdentity|OpenIDConnect provider|token audience|identity provider/i.test(told.message) ||
    told.code === 'InvalidIdentityToken'
  return isAbout ? told : null
}

// ---- the token

/** What is wrong with the file of the token, or with the token in it. */
function tokenProblem(scene: Scene, where: 'file' | 'content' | 'all'): Found | null {
  const identity = identityOf(scene)
  const answer = answerOf(scene)
  if (identity === null || (answer === null && !(isInUse(scene) && mayBeLocal(scene)))) return null
  const seen = readIdentityToken(scene.machine, identity.tokenFile)
  const isThere = seen.kind === 'jwt' || seen.kind === 'no-jwt'
  if (where !== 'all' && isThere !== (where === 'content')) return null
  // What AWS has answered in a text was answered to a token of that time; here another one may stand by now, or none.
  if (answer !== null && scene.failure == null) {
    if (seen.kind !== 'jwt') return null
    const over = answer.code.startsWith('ExpiredToken') ? expiredToken(scene, identity, seen.claims) : null
    return over ?? refusedToken(scene, identity, seen.claims, answer)
  }
  const broken = brokenToken(scene, identity, seen)
  if (broken !== null) return broken
  return seen.kind === 'jwt' ? refusedToken(scene, identity, seen.claims, answer) : null
}

/** What no STS takes, whatever is set up there. */
function brokenToken(scene: Scene, identity: Identity, seen: IdentityTokenSeen): Found | null {
  const at = fileAt(identity)
  const file = `The file with the web identity token (${identity.tokenFile})`
  const named = evidence(`${placeWords(scene, identity.at)} names it`, identity.at)
  const told = (title: string, says: string, fix: Fix): Found =>
    found('proven', title, [evidence(says, at), named], fix)
  const restart = isPod(scene)
    ? cure('Look at the service account of the pod, and start the pod anew', describePod)
    : unsetCure(
        'Let the platform write a new token, or take the two variables away',
        setVariables(scene, [tokenVariable, roleVariable]),
      )
  switch (seen.kind) {
    case 'absent':
      return told('The web identity token is not there', `${file} does not exist`, restart)
    case 'empty':
      return told('The web identity token is empty', `${file} is empty`, restart)
    case 'unreadable':
      return seen.because === 'permission'
        ? told(
            'The web identity token may not be read by this user',
            `${file} is there, and you may not read it`,
            cure(
              isPod(scene)
                ? 'Set fsGroup in the security context of the pod to a group of its user, and start the pod anew'
                : 'Make the file readable for the user that runs the program',
            ),
          )
        : told('The web identity token cannot be read', `${file} is no readable file`, restart)
    case 'no-jwt':
      // An emulator may take anything for a token.
      if (!isJudged(scene)) return null
      return told(
        'What stands in the file of the web identity token is no such token',
        seen.how === 'cut'
          ? `${file} does not hold the three parts that a JWT has, with dots between them`
          : `${file} holds something else than a JWT`,
        restart,
      )
    case 'jwt':
      return isJudged(scene)
        ? (expiredToken(scene, identity, seen.claims) ?? foreignToken(identity, seen.claims))
        : null
  }
}

/** AWS allows no time after the end; clocks differ by seconds all the same. */
const leeway = 60

function expiredToken(scene: Scene, identity: Identity, { expiresAt }: Claims): Found | null {
  if (expiresAt === null) return null
  const over = (scene.now.getTime() - expiresAt.getTime()) / 1000
  if (over <= leeway) return null
  return found(
    'proven',
    'The web identity token is over',
    [
      evidence(`It ended ${instantWords(expiresAt)}, ${span(over)} ago, by its own claim "exp"`, fileAt(identity)),
      evidence(`${placeWords(scene, identity.at)} names the file ${identity.tokenFile}`, identity.at),
    ],
    isPod(scene)
      ? cure('Start the pod anew, and let the program read the file each time that it needs a session', describePod)
      : cure('Ask for a new token just before it is used: tokens of CI systems last some minutes only'),
  )
}

/** Tokens of the old kind, which the API server of the cluster takes and nobody else. */
function foreignToken(identity: Identity, { issuer }: Claims): Found | null {
  if (issuer !== 'kubernetes/serviceaccount') return null
  return found(
    'proven',
    'The web identity token is one for the cluster itself, not for AWS',
    [
      evidence(
        'Its issuer ("iss") is kubernetes/serviceaccount; AWS wants an address that begins with https://',
        fileAt(identity),
      ),
    ],
    cure(
      'Annotate the service account with eks.amazonaws.com/role-arn, so that the pod gets a token for AWS, and start the pod anew',
      describePod,
    ),
  )
}

/** A token that is whole, and that AWS has refused. */
function refusedToken(scene: Scene, identity: Identity, claims: Claims, answer: Answer | null): Found | null {
  if (
    answer === null ||
    !/^(InvalidIdentityToken|ExpiredToken|IDPRejectedClaim|IDPCommunicationError)/.test(answer.code)
  )
    return null
  const { message } = answer
  const isHere = scene.failure != null
  const facts = [...claimWords(identity, claims, ['issuer', 'audience'])]
  const certainty = (says: boolean): Certainty => (says && isHere ? 'proven' : 'likely')
  if (/No OpenIDConnect provider found/i.test(message))
    return found(
      certainty(true),
      'The account of the role has no identity provider for the issuer of this token',
      [
        evidence('AWS looked for an identity provider with the address of the issuer, and found none in that account'),
        ...facts,
      ],
      cure(
        'Create the provider in the account of the role, with exactly that address',
        command(
          'aws',
          'iam',
          'create-open-id-connect-provider',
          '--url',
          claims.issuer ?? 'ISSUER',
          '--client-id-list',
          awsAudience(identity),
        ),
      ),
    )
  const wanted = awsAudience(identity)
  if (/audience/i.test(message) || (claims.audiences.length > 0 && !claims.audiences.includes(wanted)))
    return found(
      certainty(/audience/i.test(message)),
      'The web identity token was made for another audience',
      [
        ...claimWords(identity, claims, ['audience']),
        evidence(`The usual audience is ${wanted}; the identity provider in IAM must list the one of the token`),
      ],
      cure(`Ask for a token with the audience ${wanted}, or add the audience of this one to the provider in IAM`),
    )
  return found(
    'likely',
    'The web identity token is not accepted',
    [evidence('AWS could not check the token against its issuer', fileAt(identity)), ...facts],
    cure('Compare issuer and audience with the identity provider in IAM; its keys must be reachable for AWS'),
  )
}

// ---- the role and its trust

function roleProblem(scene: Scene): Found | null {
  const identity = identityOf(scene)
  if (identity === null || !isInUse(scene) || !mayBeLocal(scene)) return null
  const { roleArn, roleAt } = identity
  if (roleArn === null || roleArn === '')
    return found(
      'proven',
      'There is a web identity token, but no role to use it for',
      [evidence(`${placeWords(scene, identity.at)} is set, and ${roleVariable} is not`, identity.at)],
      cure(`Set ${roleVariable} to the ARN of the role`, isPod(scene) ? describePod : noCommands),
    )
  const arn = parseArn(roleArn.trim())
  if (!isJudged(scene)) return null
  const isRole = arn?.service === 'iam' && /^\d{12}$/.test(arn.account) && /^role\/./.test(arn.resource)
  if (isRole && roleArn === roleArn.trim()) return null
  return found(
    'proven',
    'The ARN of the role is not one',
    [evidence(`${placeWords(scene, roleAt)} must look like arn:aws:iam::123456789012:role/NAME`, roleAt)],
    trimmedRole(scene, identity) ?? cure('Copy the ARN of the role from IAM', isPod(scene) ? describePod : noCommands),
  )
}

/** The ARN without the blanks around it. */
function trimmedRole({ files }: Scene, { roleArn, roleAt }: Identity): Fix | null {
  const value = roleArn?.trim() ?? ''
  if (value === roleArn || parseArn(value)?.service !== 'iam') return null
  const says = 'Take the blanks around the ARN away'
  if ('variable' in roleAt) return shellCure(says, { [roleAt.variable]: value }, setVariable(roleAt.variable, value))
  const place = sectionAt(files, roleAt)
  if (place === null) return null
  const edit = { kind: 'set', file: place.file, section: place.section.name, key: 'role_arn', value } as const
  return automaticCure(says, { edits: [edit] })
}

/** AWS knows the issuer, and the role does not let this subject in. */
function trustProblem(scene: Scene): Found | null {
  const answer = answerOf(scene)
  const identity = identityOf(scene)
  if (answer === null || !/^AccessDenied/.test(answer.code) || identity === null) return null
  const seen = readIdentityToken(scene.machine, identity.tokenFile)
  const facts: Evidence[] = [
    evidence(
      'AWS knows the issuer of the token, and the trust policy of the role does not let its bearer in (or there is no such role)',
    ),
  ]
  if (seen.kind === 'jwt') facts.push(...claimWords(identity, seen.claims, ['subject', 'audience']))
  const subject = seen.kind === 'jwt' ? seen.claims.subject : null
  const name = /role\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(identity.roleArn ?? '')?.[1] ?? 'ROLE'
  return found(
    'likely',
    'The trust policy of the role does not fit this web identity',
    facts,
    cure(
      subject === null
        ? 'Compare "sub" and "aud" of the token with the trust policy of the role, letter by letter'
        : `Compare the trust policy of the role with the subject ${shownClaim(subject)}, letter by letter`,
      command('aws', 'iam', 'get-role', '--role-name', name, '--query', 'Role.AssumeRolePolicyDocument'),
    ),
  )
}

/** GitHub gives the address for tokens to jobs that may have them, and to no others. */
function noTokenInWorkflow(scene: Scene): Found | null {
  const { machine, trace, surroundings } = scene
  if (surroundings?.workload.platform !== 'github-actions' || trace.winner !== null || trace.error !== null) return null
  if (!mayBeLocal(scene)) return null
  if (machine.env('ACTIONS_ID_TOKEN_REQUEST_URL')) return null
  const role = machine.envNames().find((name) => roleInputs.test(name) && /^arn:|^\w/.test(machine.env(name) ?? ''))
  if (role === undefined) return null
  return found(
    'proven',
    'The job may not ask GitHub for an identity token, and so it gets no role',
    [
      evidence(
        'ACTIONS_ID_TOKEN_REQUEST_URL is not set: GitHub sets it for jobs with the permission "id-token: write"',
        {
          variable: 'ACTIONS_ID_TOKEN_REQUEST_URL',
        },
      ),
      evidence(`${role} names a role, and nothing else on this machine holds credentials`, { variable: role }),
    ],
    cure('Add "permissions:" with "id-token: write" (and "contents: read") to the job or to the workflow'),
  )
}

/** The inputs of aws-actions/configure-aws-credentials, and what people call the same in `env:`. */
const roleInputs = /^(INPUT_ROLE-TO-ASSUME|AWS_ROLE_ARN|AWS_ROLE_TO_ASSUME|AWS_IAM_ROLE(_ARN)?|AWS_DEPLOY_ROLE(_ARN)?)$/

// ---- words

function fileAt({ tokenFile }: Identity): Place {
  return { file: tokenFile }
}

/** The audience that AWS's own tools ask for. */
function awsAudience({ roleArn }: Identity): string {
  return roleArn?.startsWith('arn:aws-cn:') ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com'
}

function claimWords(
  identity: Identity,
  { issuer, subject, audiences }: Claims,
  wanted: readonly ('issuer' | 'subject' | 'audience')[],
): readonly Evidence[] {
  const words = {
    issuer: issuer === null ? 'It names no issuer ("iss")' : `Its issuer ("iss") is ${shownClaim(issuer)}`,
    subject: subject === null ? 'It names no subject ("sub")' : `Its subject ("sub") is ${shownClaim(subject)}`,
    audience:
      audiences.length === 0
        ? 'It names no audience ("aud")'
        : `Its audience ("aud") is ${audiences.slice(0, 3).map(shownClaim).join(', ')}`,
  }
  return wanted.map((name) => evidence(words[name], fileAt(identity)))
}

/** Claims are no secrets, but a token may come from anywhere. */
function shownClaim(text: string): string {
  return text.slice(0, 200).replace(/[^\x21-\x7e]/g, '�')
}
